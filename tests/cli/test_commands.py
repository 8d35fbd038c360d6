"""Typed functions as commands."""

import datetime as dt
import enum
from pathlib import Path
from typing import Literal

import pytest
from click.testing import CliRunner

from segue.app import App
from segue.cli.commands import build_command, commands_of
from segue.core.config.settings import Settings
from segue.core.errors import CommandError

pytestmark = pytest.mark.feature("M-192")


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Config(Settings):
    page_size: int = 20


class Other(Settings):
    page_size: int = 30


def _run(function, *arguments, app=None):
    result = CliRunner().invoke(build_command("test", function, app), arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_arguments_and_options_follow_from_the_signature():
    def reprice(percent: int, *, reason: str, dry_run: bool = False, limit: int = 5):
        return f"{percent!r} {reason!r} {dry_run!r} {limit!r}"

    assert _run(reprice, "10", "--reason", "x").output == "10 'x' False 5\n"
    given = _run(reprice, "10", "--reason=x", "--dry-run", "--limit", "7")

    assert given.output == "10 'x' True 7\n"


def test_a_flag_that_is_on_can_be_switched_off():
    def build(minify: bool = True):
        return f"{minify}"

    assert _run(build).output == "True\n"
    assert _run(build, "--no-minify").output == "False\n"


def test_a_missing_argument_is_told():
    def reprice(percent: int): ...

    result = _run(reprice)

    assert result.exit_code == 2
    assert "Missing argument 'PERCENT'" in result.output


def test_a_wrong_value_is_told():
    def reprice(percent: int): ...

    assert "'ten': no valid integer" in _run(reprice, "ten").output


def test_choices_come_from_enums_and_literals():
    def paint(colour: Colour, size: Literal["s", "l"] = "s"):
        return f"{colour} {size}"

    assert _run(paint, "red", "--size", "l").output == "Colour.RED l\n"
    assert "'green' is not one of 'red', 'blue'" in _run(paint, "green").output


def test_an_enum_is_shown_as_default_by_its_value():
    def paint(colour: Colour = Colour.BLUE):
        return f"{colour}"

    assert "[default: blue]" in _run(paint, "--help").output
    assert _run(paint).output == "Colour.BLUE\n"


def test_dates_and_paths_are_read():
    def export(folder: Path, since: dt.date = dt.date(2026, 1, 1)):
        return f"{folder!r} {since!r}"

    result = _run(export, "out", "--since", "2026-11-22")

    assert result.output == f"{Path('out')!r} datetime.date(2026, 11, 22)\n"


def test_a_list_is_given_several_times():
    def tag(names: list[str], colours: tuple[Colour, ...] = (Colour.RED,)):
        return f"{names} {[colour.value for colour in colours]}"

    assert _run(tag, "a", "b").output == "['a', 'b'] ['red']\n"
    given = _run(tag, "a", "--colours", "blue", "--colours", "red")

    assert given.output == "['a'] ['blue', 'red']\n"


def test_a_list_that_may_be_absent_is_none():
    def tag(names: list[str] | None = None):
        return f"{names!r}"

    assert _run(tag).output == "None\n"
    assert _run(tag, "--names", "x").output == "['x']\n"


def test_starred_parameters_take_the_rest():
    def copy(target: Path, *sources: Path):
        return f"{target} {[str(source) for source in sources]}"

    assert _run(copy, "a", "b", "c").output == "a ['b', 'c']\n"
    assert _run(copy, "a").output == "a []\n"


def test_a_parameter_without_a_hint_is_read_by_its_default_or_as_text():
    def old(name, count=3, note=None):
        return f"{name!r} {count!r} {note!r}"

    assert _run(old, "1", "--count", "4", "--note", "5").output == "'1' 4 '5'\n"


def test_a_name_with_an_underscore_at_its_end_loses_it_on_the_command_line():
    def show(type_: str = "x"):
        return type_

    assert _run(show, "--type", "y").output == "y\n"


def test_an_async_function_is_run():
    async def fetch(name: str):
        return f"fetched {name}"

    assert _run(fetch, "it").output == "fetched it\n"


def test_a_function_that_returns_nothing_prints_nothing():
    def quiet(): ...

    assert _run(quiet).output == ""


def test_the_docstring_is_the_help():
    def reprice(percent: int, dry_run: bool = False):
        """Raise all prices.

        Of every book.

        Args:
            percent: By how much.
            dry_run: Change nothing.
        """

    text = _run(reprice, "--help").output

    assert "Raise all prices.\n\n  Of every book." in text
    assert "Arguments:\n    PERCENT  By how much." in text
    assert "--dry-run / --no-dry-run  Change nothing." in text
    assert build_command("x", reprice).get_short_help_str() == "Raise all prices."


def test_a_function_without_words_has_a_help_too():
    def bare(x: int): ...

    assert "Usage: test [OPTIONS] X" in _run(bare, "--help").output


def test_the_app_and_its_settings_are_filled_in():
    app = App(Config)

    def show(app: App, config: Config, n: int = 1):
        return f"{type(app).__name__} {config.page_size} {n}"

    result = _run(show, "--n", "2", app=app)

    assert result.output == "App 20 2\n"
    assert "config" not in _run(show, "--help", app=app).output


@pytest.mark.parametrize("app", [App(), App(Config)])
def test_settings_that_the_app_does_not_have_are_an_error(app):
    def show(config: Other): ...

    with pytest.raises(CommandError) as caught:
        _run(show, app=app)

    assert caught.value.problem.code == "SG-CLI-011"
    assert "config: Other" in caught.value.problem.what


def test_a_plugin_command_finds_the_app_when_it_runs(project):
    project.write(
        "app.py",
        """
        from segue.app import App
        app = App()
        app.state.name = "found"
        """,
    )

    def show(app: App):
        return app.state.name

    assert _run(show).output == "found\n"


@pytest.mark.parametrize("kind", ["keywords", "positional", "mapping"])
def test_a_parameter_that_no_command_line_carries_is_an_error(kind):
    def keywords(**options: str): ...

    def positional(x: int, /): ...

    def mapping(x: dict[str, int]): ...

    with pytest.raises(CommandError) as caught:
        build_command("test", locals()[kind])

    assert caught.value.problem.code == "SG-CLI-010"
    assert f"test_commands.py:{locals()[kind].__code__.co_firstlineno}" in str(
        caught.value
    )


def test_a_hint_that_cannot_be_read_is_an_error():
    def show(x: "Missing"): ...  # noqa: F821 - that is the point

    with pytest.raises(CommandError) as caught:
        build_command("test", show)

    assert "'Missing'" in caught.value.problem.fix


def test_a_callable_object_is_named_in_errors():
    class Command:
        def __call__(self, x: dict[str, int]): ...

    with pytest.raises(CommandError, match="SG-CLI-010"):
        build_command("test", Command().__call__)
    with pytest.raises(CommandError, match="SG-CLI-010"):
        build_command("test", Command())


def test_the_commands_of_an_app_are_built_by_name():
    app = App()

    @app.command
    def sweep_up():
        """Sweep."""

    @app.command(name="tidy")
    def other(): ...

    assert list(commands_of(app)) == ["sweep-up", "tidy"]


def test_a_command_that_takes_a_name_of_ours_is_an_error():
    app = App()

    @app.command
    def run(): ...

    with pytest.raises(CommandError) as caught:
        commands_of(app, taken=["run"])

    assert caught.value.problem.code == "SG-CLI-008"
    assert len(caught.value.problem.where) == 2


def test_a_name_of_two_words_is_a_command_within_a_command():
    app = App()

    @app.command(name="db make")
    def make(*, dry_run: bool = False):
        """Write it."""
        return f"made {dry_run}"

    @app.command(name="db check_all")
    def check(): ...

    db = commands_of(app)["db"]
    done = CliRunner().invoke(db, ["make", "--dry-run"])
    shown = CliRunner().invoke(db, ["--help"])

    assert done.output == "made True\n"
    assert db.get_short_help_str() == "Commands: make, check-all."
    assert "Write it." in shown.output


@pytest.mark.parametrize(("first", "second"), [("db", "db make"), ("db make", "db")])
def test_a_command_is_either_one_or_holds_some(first, second):
    app = App()

    @app.command(name=first)
    def one(): ...

    @app.command(name=second)
    def two(): ...

    with pytest.raises(CommandError) as caught:
        commands_of(app)

    assert caught.value.problem.code == "SG-CLI-008"

"""The group `segue`: its own commands, the plugins' and the app's."""

import subprocess
import sys

import pytest

from segue.cli.main import BUILT_IN, cli

BROKEN = "raise ValueError('not today')\n"

COMMANDS = """
    from segue.app import App

    app = App()

    @app.command
    def reprice(percent: int, dry_run: bool = False):
        "Raise all prices."
        return f"{percent} {dry_run}"
"""


@pytest.mark.feature("M-191")
def test_the_help_lists_every_command(segue):
    result = segue("--help")

    assert result.exit_code == 0
    assert all(f"  {name} " in result.output for name in BUILT_IN)
    assert "Commands of this app" not in result.output


@pytest.mark.feature("M-191")
def test_without_arguments_the_help_is_shown(segue):
    assert "Commands:" in segue().output


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_every_command_has_a_help_of_its_own(segue, name):
    result = segue(name, "--help")

    assert result.exit_code == 0
    assert f"Usage: segue {name}" in result.output


@pytest.mark.feature("M-191")
def test_the_help_imports_neither_a_server_nor_the_commands(project):
    code = (
        "import sys; from segue.cli.main import cli\n"
        "cli(['--help'], standalone_mode=False)\n"
        "heavy = {'granian', 'uvicorn', 'watchfiles', 'asyncio', 'ssl', 'jinja2',"
        " 'wsgiref', 'segue.cli.run', 'segue.cli.serve', 'segue.testing'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert done.stderr.strip() == ""
    assert done.returncode == 0


def test_the_version_is_told(segue):
    pytest.importorskip("importlib.metadata")
    result = segue("--version")

    # A checkout that is not installed has no version to tell.
    assert result.output.startswith("segue ") or isinstance(
        result.exception, RuntimeError
    )


@pytest.mark.feature("M-192")
def test_a_command_of_the_app_is_run(segue, project):
    project.write("app.py", COMMANDS)

    assert segue("reprice", "10", "--dry-run").output == "10 True\n"


@pytest.mark.feature("M-192")
def test_the_help_lists_the_commands_of_the_app(segue, project):
    project.write("app.py", COMMANDS)

    assert (
        "Commands of this app:\n  reprice  Raise all prices.\n"
        in segue("--help").output
    )


@pytest.mark.feature("M-191")
@pytest.mark.parametrize("early", [True, False])
def test_the_app_may_be_named_before_or_after_the_command(segue, project, early):
    project.write("shop/website.py")
    words = ("--app", "shop/website.py")

    result = segue(*words, "routes") if early else segue("routes", *words)

    assert "home" in result.output


def test_the_app_may_be_named_by_the_environment(segue, project, monkeypatch):
    project.write("site_of_shop.py", COMMANDS)
    monkeypatch.setenv("SEGUE_APP", "site_of_shop:app")

    assert segue("reprice", "1").output == "1 False\n"


def test_the_help_of_a_broken_app_says_so(segue, project):
    project.write("app.py", BROKEN)

    result = segue("--help")

    assert result.exit_code == 0
    assert "The app could not be loaded: SG-CLI-004" in " ".join(result.output.split())


@pytest.mark.feature("M-191")
def test_a_mistake_is_told_without_a_traceback(segue, project):
    project.write("app.py", BROKEN)

    result = segue("routes")

    assert result.exit_code == 1
    assert result.output.startswith("SG-CLI-004  Importing app failed")
    assert "Traceback" not in result.output


def test_the_whole_traceback_is_shown_when_asked_for(segue, project):
    project.write("app.py", BROKEN)

    result = segue("--traceback", "routes")

    assert isinstance(result.exception.__cause__, ValueError)


def test_an_unknown_command_in_a_broken_app_tells_of_the_app(segue, project):
    project.write("app.py", BROKEN)

    assert "SG-CLI-004" in segue("reprice").output


@pytest.mark.feature("M-191")
def test_an_unknown_command_is_refused_with_the_nearest_one(segue):
    result = segue("rutes")

    assert result.exit_code == 2
    assert "No such command 'rutes'. Did you mean 'routes'?" in result.output


def test_an_unknown_option_is_refused(segue):
    result = segue("--nope")

    assert result.exit_code == 2
    assert "--nope" in result.output


def test_all_names_are_listed_for_completion(project):
    project.write("app.py", COMMANDS)

    names = cli.list_commands(None)

    assert names[: len(BUILT_IN)] == list(BUILT_IN)
    assert names[-1] == "reprice"


@pytest.mark.feature("M-191")
def test_the_package_runs_as_a_module(project):
    project.write("app.py")

    done = subprocess.run(
        [sys.executable, "-m", "segue", "routes"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert "home" in done.stdout

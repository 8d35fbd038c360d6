"""Commands that installed packages bring."""

import pytest

from segue.cli import plugins
from segue.core.errors import CommandError

pytestmark = pytest.mark.feature("M-031", "M-192")

CODE = """
    import click

    from segue.app import App

    def tidy(days: int = 3):
        "Tidy up."
        return f"tidied {days}"

    @click.command()
    def greet():
        "Greet."
        click.echo("hello")

    def name_of(app: App):
        return app.state.name
"""

METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"


@pytest.fixture
def install(project, monkeypatch):
    """Install a package with entry points into a folder on the path."""
    folder = project.folder / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def install(name, points, code=CODE):
        project.write(f"site-packages/{name}.py", code)
        info = f"site-packages/{name}-1.0.dist-info"
        project.write(f"{info}/METADATA", METADATA.format(name=name))
        lines = "\n".join(f"{key} = {value}" for key, value in points.items())
        project.write(f"{info}/entry_points.txt", f"[segue.commands]\n{lines}\n")

    return install


def test_a_typed_function_of_a_package_is_a_command(install, segue):
    install("shop_tools", {"tidy": "shop_tools:tidy"})

    assert segue("tidy", "--days", "5").output == "tidied 5\n"


def test_a_click_command_of_a_package_is_a_command(install, segue):
    install("shop_tools", {"greet": "shop_tools:greet"})

    assert segue("greet").output == "hello\n"


def test_the_help_lists_the_commands_of_plugins(install, segue):
    install("shop_tools", {"tidy": "shop_tools:tidy", "greet": "shop_tools:greet"})

    text = segue("--help").output

    assert "Commands of plugins:\n  greet  Greet.\n  tidy   Tidy up.\n" in text


def test_a_plugin_may_ask_for_the_app(install, segue, project):
    install("shop_tools", {"name": "shop_tools:name_of"})
    project.write(
        "app.py",
        "from segue.app import App\napp = App()\napp.state.name = 'shop'\n",
    )

    assert segue("name").output == "shop\n"


def test_a_broken_plugin_does_not_break_the_help(install, segue):
    install("shop_tools", {"tidy": "shop_tools:missing"})

    result = segue("--help")

    assert result.exit_code == 0
    assert "cannot be loaded" in " ".join(result.output.split())


def test_a_broken_plugin_is_told_with_its_package(install, segue):
    install("shop_tools", {"tidy": "shop_tools:missing"})

    result = segue("tidy")

    assert result.exit_code == 1
    assert result.output.startswith("SG-CLI-009")
    assert "shop_tools: shop_tools:missing" in result.output


def test_two_plugins_of_one_name_are_told_with_both_packages(install, segue):
    install("one_tools", {"tidy": "one_tools:tidy"})
    install("two_tools", {"tidy": "two_tools:tidy"})

    result = segue("tidy")

    assert result.output.startswith("SG-CLI-008")
    assert "one_tools: one_tools:tidy" in result.output
    assert "two_tools: two_tools:tidy" in result.output


def test_a_plugin_cannot_take_the_name_of_a_command_of_ours(install):
    install("shop_tools", {"run": "shop_tools:tidy"})

    with pytest.raises(CommandError, match="SG-CLI-008"):
        plugins.find("run", ["run"])


def test_a_name_that_no_plugin_brings_is_not_found(project):
    assert plugins.find("nothing", ()) is None

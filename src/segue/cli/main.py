"""The group `segue`: knows every command's name, imports only the one asked for.

A command's module is imported when the command runs or prints its own help.
`segue --help` prints the summaries written here, then asks the plugins and the
app of this folder for theirs.
"""

import importlib
from typing import Any, Final

import click

from segue.cli import plugins
from segue.core.errors import CommandError, SegueError, did_you_mean

__all__ = ["BUILT_IN", "Segue", "cli", "main"]

BUILT_IN: Final = {
    "run": "Serve the app for development, reloading on change.",
    "serve": "Serve the app for production.",
    "routes": "List the routes.",
    "map": "Describe everything the app has, for people and programs.",
    "explain": "Tell the whole walk of a request.",
    "request": "Send a request to the app in this process.",
    "shell": "Open a Python shell with the app loaded.",
    "settings": "Show each setting's value and where it comes from.",
    "help": "Explain an error code, SG-ROUTE-003 for example.",
}


class Segue(click.Group):
    """A group whose commands come from files, plugins and the app."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx  # the names are the same everywhere
        return [*BUILT_IN, *plugins.names(), *_commands_of_app()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx  # so are the commands
        if cmd_name in BUILT_IN:
            # Imported here, because most of them need what the others do not.
            module = importlib.import_module(f"segue.cli.{cmd_name}")
            command: click.Command = module.command
            return command
        return plugins.find(cmd_name, BUILT_IN) or _command_of_app(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            near = did_you_mean(name, [*BUILT_IN, *plugins.names()])
            ctx.fail(f"No such command {name!r}.{near}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SegueError as error:
            if ctx.params["traceback"]:
                raise
            click.echo(str(error), err=True)
            ctx.exit(1)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        del ctx  # written for the interface of click
        rows = {
            "Commands": list(BUILT_IN.items()),
            "Commands of plugins": plugins.summaries(),
            "Commands of this app": _summaries_of_app(),
        }
        for title, lines in rows.items():
            if lines:
                with formatter.section(title):
                    formatter.write_dl(lines)


def _commands_of_app() -> dict[str, click.Command]:
    # The commands above do not need an app to be looked for.
    from segue.cli.selection import app_of_commands  # noqa: PLC0415

    try:
        app = app_of_commands()
    except CommandError as error:
        if error.problem.code == "SG-CLI-001":
            return {}  # a folder without an app has no commands of an app
        raise
    # Nor do they need the reader of signatures.
    from segue.cli.commands import commands_of  # noqa: PLC0415

    return commands_of(app, taken=BUILT_IN)


def _command_of_app(name: str) -> click.Command | None:
    return _commands_of_app().get(name)


def _summaries_of_app() -> list[tuple[str, str]]:
    try:
        commands = _commands_of_app()
    except SegueError as error:
        first = str(error).partition("\n")[0]
        return [("(none)", f"The app could not be loaded: {first}")]
    return [(name, command.get_short_help_str()) for name, command in commands.items()]


@click.group(cls=Segue, name="segue")
@click.version_option(package_name="segue", message="%(prog)s %(version)s")
@click.option(
    "--app",
    "app_text",
    metavar="MODULE:NAME",
    help="The app: module:name, module:factory() or its file.",
)
@click.option("--traceback", is_flag=True, help="Show the whole traceback of errors.")
def cli(app_text: str | None, *, traceback: bool) -> None:
    """Run, serve and look into a Segue app."""
    # Both options are read from the context by the commands below.
    del app_text, traceback


def main() -> None:
    """Run the command line; the script `segue` points here."""
    cli(prog_name="segue")

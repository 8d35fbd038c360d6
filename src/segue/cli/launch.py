"""From a target to a running server; `segue run` and `segue serve` share it."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import Any, Final, Literal, TypeAlias

import click

from segue.cli.inspection import Inspection, Interface, inspect_apart
from segue.cli.interface import Choice, choose
from segue.cli.options import Options, check_address, check_tls, free_port
from segue.cli.target import Target
from segue.core.errors import MissingExtraError

__all__ = ["ServerName", "installed_server", "launch", "plan_launch"]

ServerName: TypeAlias = Literal["granian", "uvicorn", "wsgiref"]

_SPELLED: Final[Mapping[ServerName, str]] = {
    "granian": "Granian",
    "uvicorn": "uvicorn",
    "wsgiref": "wsgiref",
}
_EXTRAS: Final = {"granian": "server", "uvicorn": "uvicorn"}


def installed_server(asked: ServerName | None) -> ServerName:
    """Find the server to use: the one asked for, else the best one installed.

    Raises:
        MissingExtraError: If the one asked for is not installed.
    """
    if asked is None:
        if find_spec("granian"):
            return "granian"
        return "uvicorn" if find_spec("uvicorn") else "wsgiref"
    if asked != "wsgiref" and find_spec(asked) is None:
        purpose = f"--server {asked}"
        raise MissingExtraError(asked, extra=_EXTRAS[asked], purpose=purpose)
    return asked


def plan_launch(
    found: Inspection, server: ServerName, asked: Interface | None
) -> Choice:
    """Choose the protocol for an app on a server.

    Raises:
        CommandError: If the server or the app cannot do what was asked for.
        MissingExtraError: If the app needs a server that is not installed.
    """
    if server == "wsgiref":
        if not found.is_segue and found.needs_asgi is not None:
            purpose = "An ASGI application"
            raise MissingExtraError("granian", extra="server", purpose=purpose)
        return Choice("wsgi", "it is all that the standard library serves")
    if server == "uvicorn" and asked is None and found.is_segue:
        return Choice("asgi", "it is all that uvicorn serves")
    return choose(found, asked)


def launch(
    target: Target, options: Options, server: ServerName, asked: Interface | None
) -> None:
    """Check everything, say what is served and how, and serve until stopped.

    Raises:
        SegueError: Everything that keeps the server from starting.
    """
    check_tls(options.certificate, options.key)
    if options.uds is None and options.port == 0:
        options = replace(options, port=free_port(options.host))
    check_address(options)
    # Logging is set up where lines are written; `--help` writes none.
    from segue.observe.logs import setup  # noqa: PLC0415

    setup()
    found = inspect_apart(target)
    choice = plan_launch(found, server, asked)
    _say(target, options, server, choice)
    for note in found.notes:
        click.echo(f"  {note}")
    if server == "wsgiref" and found.websockets is not None:
        click.echo(
            f"  WebSockets do not work without a server: {found.websockets}", err=True
        )
    _runner(server)(target, options, choice.interface)


def _say(target: Target, options: Options, server: ServerName, choice: Choice) -> None:
    workers = "" if options.workers == 1 else f" with {options.workers} workers"
    click.echo(f"  {target.place} on {options.url}")
    click.echo(f"  {_SPELLED[server]}{workers} as {choice}")


def _runner(server: ServerName) -> Callable[[Target, Options, Interface], Any]:
    # Only the file of the chosen server is imported.
    module = importlib.import_module(f"segue.cli.{server}_server")
    runner: Callable[[Target, Options, Interface], Any] = getattr(
        module, f"serve_{server}"
    )
    return runner

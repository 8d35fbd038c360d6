"""`segue run`: the app for development."""

import ipaddress
import sys
from pathlib import Path
from typing import Any, Final

import click

from segue.cli.inspection import Interface
from segue.cli.launch import ServerName, installed_server, launch
from segue.cli.options import Options
from segue.cli.reload import supervise
from segue.cli.selection import app_option, chosen_place
from segue.cli.target import Target

__all__ = ["command"]

# A stop in development need not wait long for somebody's download.
_KILL_AFTER: Final = 3

_CARRIED: Final = ("app", "host", "port", "debug", "server", "interface", "access_log")


@click.command("run")
@app_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--reload/--no-reload", default=True, help="Restart when a file changes.")
@click.option(
    "--watch",
    "watched",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Another folder whose changes restart the app.",
)
@click.option(
    "--debug/--no-debug",
    default=True,
    envvar="SEGUE_DEBUG",
    help="Show the debug page and warn of calls that block the loop.",
)
@click.option(
    "--server",
    type=click.Choice(["granian", "uvicorn", "wsgiref"]),
    help="The server; by default the best one installed.",
)
@click.option(
    "--interface",
    type=click.Choice(["wsgi", "asgi", "rsgi"]),
    help="The protocol; by default chosen from the routes.",
)
@click.option("--access-log/--no-access-log", default=True, help="Log each request.")
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    app_text: str | None,
    reload: bool,
    watched: tuple[Path, ...],
    server: ServerName | None,
    interface: Interface | None,
    access_log: bool,
    **listening: Any,
) -> None:
    """Serve the app for development, reloading on change.

    The server and the protocol are those of `segue serve`, so what works here
    works there.
    """
    place = chosen_place(app_text)
    if reload:
        folders = [Path(place.folder), *(path.resolve() for path in watched)]
        context.exit(supervise(_without_reload(context), folders))
    chosen = installed_server(server)
    options = Options(kill_after=_KILL_AFTER, **listening)
    _warn(options, chosen, asked=server is not None)
    target = Target(place, development=True, debug=options.debug, access_log=access_log)
    launch(target, options, chosen, interface)


def _without_reload(context: click.Context) -> list[str]:
    """Build the command line of the process that serves, from what was given."""
    given = [sys.executable, "-m", "segue", "run", "--no-reload"]
    app_text = context.params["app_text"] or context.find_root().params.get("app_text")
    values = {**context.params, "app": app_text}
    for name in _CARRIED:
        option, value = name.replace("_", "-"), values[name]
        if isinstance(value, bool):
            given.append(f"--{option}" if value else f"--no-{option}")
        elif value is not None:
            given += [f"--{option}", str(value)]
    return given


def _warn(options: Options, server: ServerName, *, asked: bool) -> None:
    if options.debug and not is_loopback(options.host):
        click.secho(
            f"  Everybody who reaches {options.host} can read source and values on "
            "the debug page. Use `segue serve` for that.",
            fg="yellow",
            err=True,
        )
    if server == "wsgiref" and not asked:
        click.echo(
            "  No server is installed, so the standard library serves: "
            'pip install "segue[server]"',
            err=True,
        )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches what listens on a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""`segue serve`: the app for production."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from segue.cli.inspection import Interface
from segue.cli.launch import ServerName, installed_server, launch
from segue.cli.options import Options
from segue.cli.pidfile import pid_file
from segue.cli.selection import app_option, chosen_place
from segue.cli.target import Target
from segue.core.errors import MissingExtraError

__all__ = ["command"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Workers(click.ParamType[int]):
    """A number of processes, or `auto` for one per processor."""

    name = "number|auto"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if value == "auto":
            return os.cpu_count() or 1
        try:
            workers = int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a number nor 'auto'", param, ctx)
        if workers < 1:
            self.fail("at least one worker is needed", param, ctx)
        return workers


def _listening(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about the address."""
    for option in (
        click.option("--http2", is_flag=True, help="Offer HTTP/2 as well."),
        click.option("--key", type=_FILE, help="PEM file of its key (PKCS#8)."),
        click.option("--certificate", type=_FILE, help="PEM file; switches TLS on."),
        click.option(
            "--uds",
            type=click.Path(path_type=Path),
            help="Listen on this Unix socket instead.",
        ),
        click.option(
            "--port",
            type=click.IntRange(0, 65535),
            default=8000,
            envvar="PORT",
            show_default=True,
            show_envvar=True,
            help="Port to listen on; 0 takes a free one.",
        ),
        click.option(
            "--host", default="127.0.0.1", show_default=True, help="Where to listen."
        ),
    ):
        function = option(function)
    return function


def _working(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about the processes."""
    for option in (
        click.option(
            "--kill-after",
            type=click.IntRange(1),
            default=30,
            show_default=True,
            help="Seconds a stopping worker may finish its requests.",
        ),
        click.option(
            "--pid",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write the process number to this file.",
        ),
        click.option(
            "--interface",
            type=click.Choice(["wsgi", "asgi", "rsgi"]),
            help="The protocol; by default chosen from the routes.",
        ),
        click.option(
            "--server",
            type=click.Choice(["granian", "uvicorn"]),
            help="The server; by default the best one installed.",
        ),
        click.option(
            "--threads",
            type=click.IntRange(1),
            help="Threads of each worker for sync handlers.",
        ),
        click.option(
            "--workers",
            type=_Workers(),
            default=1,
            envvar="WEB_CONCURRENCY",
            show_default=True,
            show_envvar=True,
            help="Number of processes, or 'auto'.",
        ),
    ):
        function = option(function)
    return function


@click.command("serve")
@app_option
@_listening
@_working
@click.option(
    "--proxies",
    multiple=True,
    metavar="ADDRESS",
    help="A proxy whose X-Forwarded headers are believed; may be repeated.",
)
@click.option("--access-log/--no-access-log", default=False, help="Log each request.")
def command(
    *,
    app_text: str | None,
    server: ServerName | None,
    interface: Interface | None,
    pid: Path | None,
    threads: int | None,
    proxies: tuple[str, ...],
    access_log: bool,
    **listening: Any,
) -> None:
    """Serve the app for production.

    The protocol is chosen from the routes: WSGI when every handler is a plain
    function, else ASGI. SIGTERM lets requests finish; SIGHUP loads the code anew
    without losing one.
    """
    place = chosen_place(app_text)
    chosen = installed_server(server)
    if chosen == "wsgiref":
        raise MissingExtraError("granian", extra="server", purpose="`segue serve`")
    target = Target(
        place, access_log=access_log, threads=threads, proxies=_split(proxies)
    )
    with pid_file(pid):
        launch(target, Options(threads=threads, **listening), chosen, interface)


def _split(proxies: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        part.strip() for text in proxies for part in text.split(",") if part.strip()
    )

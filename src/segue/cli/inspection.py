"""What the server must know of an app before it starts one.

Asked in a process of its own, which loads the app, answers in one line of JSON
and ends: see `target.py` for why the starting process never imports the app.
Every mistake that keeps the app from starting is found here, before a port is
opened.
"""

import inspect
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeAlias

import click

from segue.app import App
from segue.cli.target import Target, prepare
from segue.core.errors import SegueError
from segue.core.types import WEBSOCKET

__all__ = [
    "Inspection",
    "Interface",
    "inspect_apart",
    "inspect_app",
    "prepare_extensions",
]

Interface: TypeAlias = Literal["wsgi", "asgi", "rsgi"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in an app.

    Attributes:
        is_segue: Whether it is an `App`; else another WSGI or ASGI application.
        needs_asgi: The line that makes ASGI the better choice, or None.
        streams: Whether some answer is a stream.
        websockets: The place of the first WebSocket, or None.
        notes: What extensions say to whoever starts the server.
    """

    is_segue: bool = True
    needs_asgi: str | None = None
    streams: bool = False
    websockets: str | None = None
    notes: tuple[str, ...] = ()


def inspect_app(app: Any) -> Inspection:
    """Read from an app what decides how it is served."""
    if isinstance(app, App):
        return Inspection(
            needs_asgi=app.needs_asgi(),
            streams=app.streams,
            websockets=_websocket_of(app),
        )
    if _takes_asgi(app):
        return Inspection(is_segue=False, needs_asgi="it is an ASGI application")
    return Inspection(is_segue=False)


def inspect_apart(target: Target) -> Inspection:
    """Inspect a target's app in a process of its own.

    Raises:
        SystemExit: With the process's status, after its words were repeated.
    """
    command = [sys.executable, "-m", "segue.cli.inspection", target.dumps()]
    # What the module prints while it is imported is kept back: it will print the
    # same again in each worker.
    done = subprocess.run(  # noqa: S603 - our own module, no shell
        command, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode != 0:
        click.echo(done.stderr, err=True, nl=False)
        raise SystemExit(done.returncode)
    return Inspection(**json.loads(done.stdout))


def prepare_extensions(app: Any, *, development: bool) -> tuple[str, ...]:
    """Let extensions do what is done once, before any worker starts.

    An extension that wants to has a method `before_serving(app, development=...)`,
    which gives lines to tell, or raises to keep the server from starting.
    """
    told: list[str] = []
    for extension in app.extensions.values() if isinstance(app, App) else ():
        look = getattr(extension, "before_serving", None)
        if look is not None:
            told += look(app, development=development)
    return tuple(told)


def _websocket_of(app: App) -> str | None:
    for route in app.routes:
        if route.methods is not None and WEBSOCKET in route.methods:
            return str(route.place)
    return None


def _takes_asgi(app: Any) -> bool:
    call = app if inspect.isroutine(app) else type(app).__call__
    if inspect.iscoroutinefunction(call):
        return True
    try:
        needed = [
            parameter
            for parameter in inspect.signature(app).parameters.values()
            if parameter.default is inspect.Parameter.empty
            and parameter.kind is not inspect.Parameter.VAR_POSITIONAL
        ]
    except (TypeError, ValueError):  # a callable written in C: the older protocol
        return False
    return len(needed) == 3  # noqa: PLR2004 - scope, receive, send


def _answer(text: str) -> None:
    """Load the app and write what was found; standard output is for that alone."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        target = Target.loads(text)
        app = prepare(target)
        notes = prepare_extensions(app, development=target.development)
        found = replace(inspect_app(app), notes=notes)
    except SegueError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    with answer:
        json.dump(asdict(found), answer)


if __name__ == "__main__":
    _answer(sys.argv[1])

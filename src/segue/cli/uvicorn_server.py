"""Serves an app by uvicorn, as ASGI."""

import os
import signal
from collections.abc import Callable
from typing import Any, Final

from segue.cli.inspection import Interface
from segue.cli.options import Options
from segue.cli.signals import STOPPING
from segue.cli.target import Target, drain_of, load_target
from segue.core.errors import CommandError

__all__ = ["announce_stop", "load_worker", "serve_uvicorn", "settings_of"]

_VARIABLE: Final = "SEGUE_TARGET"


def serve_uvicorn(target: Target, options: Options, interface: Interface) -> None:
    """Serve until a signal stops it; workers load the app for themselves.

    Raises:
        CommandError: If something is asked for that uvicorn does not do.
    """
    # A server that only this function needs.
    import uvicorn  # noqa: PLC0415

    _refuse(options, interface)
    os.environ[_VARIABLE] = target.dumps()
    # uvicorn raises the signal that stopped it once more when it is done, which
    # would end this process as if it had failed.
    signal.signal(signal.SIGTERM, _ignore)
    uvicorn.run("segue.cli.uvicorn_server:load_worker", **settings_of(options))


def _ignore(_number: int, _frame: Any) -> None:
    """Do nothing, unlike SIG_IGN without passing that on to the workers."""


def settings_of(options: Options) -> dict[str, Any]:
    """Build the arguments of `uvicorn.run`."""
    settings: dict[str, Any] = {
        "factory": True,
        "interface": "asgi3",
        "workers": options.workers,
        "log_config": None,
        "log_level": "warning" if options.debug else "info",
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "timeout_graceful_shutdown": options.kill_after,
        "ssl_certfile": options.certificate,
        "ssl_keyfile": options.key,
    }
    if options.uds is None:
        return settings | {"host": options.host, "port": options.port}
    return settings | {"uds": str(options.uds)}


def _refuse(options: Options, interface: Interface) -> None:
    if interface != "asgi":
        raise CommandError(
            "SG-RUN-003",
            f"uvicorn cannot serve {interface.upper()}.",
            why="It is an ASGI server.",
            fix=f"Leave out --interface, or use --server granian "
            f"--interface {interface}",
        )
    if options.http2:
        raise CommandError(
            "SG-RUN-003",
            "uvicorn cannot serve HTTP/2.",
            why="It speaks HTTP/1.1 only.",
            fix="Leave out --http2, or use --server granian",
        )


def load_worker() -> Any:
    """Load the app in a worker of uvicorn, ready to be told of the stop.

    uvicorn takes the name of this function and calls it without arguments, so
    the target comes by the environment.
    """
    app = load_target(Target.loads(os.environ[_VARIABLE]))
    drain = drain_of(app)
    if drain is not None:
        announce_stop(drain)
    return app


def announce_stop(drain: Callable[[], None]) -> None:
    """Call `drain` before uvicorn's own signal handlers, which are there already.

    uvicorn waits for every answer to end before it says that it stops, and a
    stream has no end of its own.
    """
    for number in STOPPING:
        signal.signal(number, _after(drain, signal.getsignal(number)))


def _after(drain: Callable[[], None], handler: Any) -> Callable[[int, Any], None]:
    def handle(number: int, frame: Any) -> None:
        drain()
        if callable(handler):
            handler(number, frame)

    return handle

"""Serves an app by uvicorn, as ASGI."""

import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any, Final

from segue.cli.drain import adrain_of, before_handlers
from segue.cli.inspection import Interface
from segue.cli.options import Options
from segue.cli.target import Target, load_target
from segue.core.errors import CommandError

__all__ = ["load_worker", "serve_uvicorn", "settings_of"]

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
    adrain = adrain_of(app)
    if adrain is not None:
        before_handlers(_on_the_loop(adrain))
    return app


def _on_the_loop(adrain: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    # The server runs on it already, so asyncio is there.
    import asyncio  # noqa: PLC0415

    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Future[None]] = []

    def drain() -> None:
        # Called by a signal, between any two steps of the loop.
        loop.call_soon_threadsafe(lambda: tasks.append(asyncio.ensure_future(adrain())))

    return drain

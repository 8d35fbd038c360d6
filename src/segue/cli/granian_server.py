"""Serves an app by Granian, from Python.

What Granian does not do by itself and is seen to here: a worker that hangs is
killed after a while, a worker that died is replaced, and open streams are told
of the stop when it begins, not when everything else has ended.
"""

import logging
import sys
from functools import partial
from importlib.util import find_spec
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, Final

from segue.app import App
from segue.cli.drain import wrap_granian
from segue.cli.inspection import Interface
from segue.cli.options import Options
from segue.cli.target import Target, load_target

__all__ = ["load_worker", "serve_granian", "settings_of"]

# Enough that clients which read slowly do not hold every thread; Granian starts
# them when they are needed and ends them when they are idle.
_THREADS: Final = 64


def serve_granian(target: Target, options: Options, interface: Interface) -> None:
    """Serve until a signal stops it; workers load the app for themselves."""
    # A compiled server that only this function needs.
    from granian.server import Server  # noqa: PLC0415

    server = Server(str(target.place), **settings_of(options, interface))
    logging.getLogger("_granian").addFilter(_is_news)
    server.serve(
        target_loader=partial(load_worker, target, interface), wrap_loader=False
    )


def _is_news(record: logging.LogRecord) -> bool:
    """Drop Granian's doubt about the number of threads: it is meant so."""
    return "Python threads" not in record.getMessage()


def settings_of(options: Options, interface: Interface) -> dict[str, Any]:
    """Build the arguments of Granian's server."""
    # A compiled server that only these functions need.
    from granian.constants import HTTPModes, Interfaces, Loops  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    settings: dict[str, Any] = {
        "interface": Interfaces(interface),
        "workers": options.workers,
        "loop": Loops.uvloop if find_spec("uvloop") else Loops.asyncio,
        "http": HTTPModes.auto if options.http2 else HTTPModes.http1,
        "websockets": interface != "wsgi",
        "log_level": LogLevels.warning if options.debug else LogLevels.info,
        "log_dictconfig": _LOGGING,
        "respawn_failed_workers": not options.debug,
        "workers_kill_timeout": options.kill_after,
        "ssl_cert": options.certificate,
        "ssl_key": options.key,
    }
    if interface == "wsgi":
        settings["blocking_threads"] = options.threads or _THREADS
    if options.uds is None:
        return settings | {"address": options.host, "port": options.port}
    return settings | {"uds": options.uds}


# Granian's lines go where ours go; by itself it would write to standard output.
_LOGGING: Final[dict[str, Any]] = {
    "loggers": {
        "_granian": {"handlers": [], "propagate": True},
        "granian.access": {"handlers": [], "propagate": True},
    }
}


def load_worker(target: Target, interface: Interface) -> Any:
    """Load the app in a worker of Granian, ready to be told of the stop."""
    if target.debug:
        _reopen_terminal()
    app = load_target(target)
    # Granian has no hook for the beginning of a stop; see `drain.py`.
    from granian import _signals  # noqa: PLC0415

    wrap_granian(app, _signals)
    if interface == "wsgi" and isinstance(app, App):
        _start(app)
    return app


def _start(app: App) -> None:
    """Start the lifespan, which WSGI knows nothing of, and see to its end."""
    app.start()
    # Before Python 3.13 a forked process leaves without calling `atexit`.
    Finalize(None, app.stop, exitpriority=0)


def _reopen_terminal() -> None:
    """Give `breakpoint()` a terminal: multiprocessing closes a worker's stdin."""
    if sys.stdin is not None and sys.stdin.isatty():
        return
    try:
        sys.stdin = Path("/dev/tty").open(encoding="utf-8")  # noqa: SIM115 - stays open
    except OSError:
        return  # no terminal, so nobody to debug for

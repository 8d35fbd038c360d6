"""The beginning of a stop: what has no end of its own is ended first.

A server that stops waits for the answers under way. A WebSocket or a stream of
events is never done by itself, so without a word it would be waited for in vain
and then be cut off. Servers tell the app of the stop only after that wait;
therefore their signal handlers are preceded by these functions.
"""

import signal
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Final

from segue.app import App
from segue.cli.signals import STOPPING

__all__ = [
    "adrain_of",
    "before_handlers",
    "drain_of",
    "wake_main_thread",
    "wrap_granian",
]

# The app bounds its goodbyes itself; this is for the one that does not come back.
_LONGEST: Final = 10.0

# No signal has this number.
_ENOUGH: Final = 0


def drain_of(app: Any) -> Callable[[], None] | None:
    """Find what ends the streams of an app that is served by threads."""
    return app.kernel.sockets.end_streams if isinstance(app, App) else None


def adrain_of(app: Any) -> Callable[[], Awaitable[None]] | None:
    """Find what ends the sockets and streams of an app that is served on a loop."""
    return app.kernel.sockets.close if isinstance(app, App) else None


def wrap_granian(app: Any, signals: Any) -> None:
    """Make Granian's signal handlers of this worker drain the app first.

    And make them run once, and for certain: see `wake_main_thread`.

    Args:
        app: The app of this worker.
        signals: Granian's module that sets the handlers of a worker.
    """
    loop_signals, sync_signals = signals.set_loop_signals, signals.set_sync_signals

    def set_loop_signals(loop: Any) -> Any:
        event = loop_signals(loop)
        stop = _Stop(loop, adrain_of(app), event.set)
        for number in STOPPING:
            loop.add_signal_handler(number, stop)
        return event

    def set_sync_signals() -> Any:
        event = sync_signals()
        before_handlers(drain_of(app), once=True)
        if hasattr(signal, "pthread_kill"):  # not on Windows
            wake_main_thread()
        return event

    signals.set_loop_signals = set_loop_signals
    signals.set_sync_signals = set_sync_signals


def before_handlers(drain: Callable[[], object] | None, *, once: bool = False) -> None:
    """Call `drain` before the signal handlers that are there already.

    Args:
        drain: Called by the first signal only.
        once: Whether the handlers too hear of the first signal only.
    """
    told: list[int] = []
    handlers: dict[int, Any] = {n: signal.getsignal(n) for n in STOPPING}

    def handle(number: int, frame: Any) -> None:
        told.append(number)
        if len(told) > 1 and once:
            return
        if len(told) == 1 and drain is not None:
            drain()
        handler = handlers[number]
        if callable(handler):
            handler(number, frame)

    for number in STOPPING:
        signal.signal(number, handle)


def wake_main_thread() -> Callable[[], None]:
    """See to it that a signal handler runs although the main thread sleeps.

    Python runs handlers in the main thread, and that of a WSGI worker of Granian
    waits on a lock without end. The kernel may give the signal to another thread
    of the process, a terminal's interrupt for example; then nobody wakes the
    main thread, and the worker would have to be killed. The byte that Python
    writes for each signal is written by whatever thread; so a thread waits for
    it and sends the signal on to the main thread.

    Returns:
        A function that undoes it.
    """
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
    main = threading.main_thread().ident or 0

    def pass_on() -> None:
        told = False
        # Both ends are kept by this thread; whoever called forgets them.
        with receiver, sender:
            while (number := receiver.recv(1)[0]) != _ENOUGH:
                if number in STOPPING and not told:
                    told = True
                    signal.pthread_kill(main, number)

    thread = threading.Thread(target=pass_on, name="segue-signals", daemon=True)
    thread.start()

    def undo() -> None:
        signal.set_wakeup_fd(-1)
        sender.send(bytes([_ENOUGH]))
        thread.join()

    return undo


class _Stop:
    """Drains on a loop, then calls a function; both once."""

    def __init__(
        self,
        loop: Any,
        adrain: Callable[[], Awaitable[None]] | None,
        then: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._adrain = adrain
        self._then = then
        self._task: Any = None

    def __call__(self) -> None:
        if self._task is None:
            self._task = self._loop.create_task(self._drain())

    async def _drain(self) -> None:
        # A worker on a loop has asyncio; the commands do not need it.
        import asyncio  # noqa: PLC0415

        try:
            if self._adrain is not None:
                await asyncio.wait_for(self._adrain(), _LONGEST)
        except TimeoutError:
            return
        finally:
            self._then()

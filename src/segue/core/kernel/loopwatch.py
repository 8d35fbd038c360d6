"""The watch over the event loop: who blocks it, with file and line.

A blocking call inside `async def` stops every other request, and nothing shows it.
In development a thread asks the loop for a sign of life; when none comes for a while
it looks where the loop's thread stands, and says so once for each place.
"""

import sys
import threading
import time
from types import FrameType
from typing import Any

__all__ = ["LoopWatch", "user_line"]


class LoopWatch:
    """Watches one event loop from a thread of its own.

    Args:
        loop: The loop, running in the thread that makes this.
        limit: Seconds without a sign of life that are reported.
    """

    def __init__(self, loop: Any, limit: float = 0.1) -> None:
        self._loop = loop
        self._limit = limit
        self._thread_id = threading.get_ident()
        self._alive = threading.Event()
        self._stopped = threading.Event()
        self._told: set[str] = set()
        self._thread = threading.Thread(
            target=self._watch, name="segue-loop-watch", daemon=True
        )

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the watch."""
        self._stopped.set()
        self._thread.join(timeout=1)

    def _watch(self) -> None:
        while not self._stopped.wait(self._limit / 2):
            self._alive.clear()
            try:
                self._loop.call_soon_threadsafe(self._alive.set)
            except RuntimeError:
                return  # the loop is closed
            began = time.perf_counter()
            if self._alive.wait(self._limit):
                continue
            frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # the documented way to another thread's stack
            line = user_line(frame)
            while not self._alive.wait(0.05) and not self._stopped.is_set():
                continue
            self._tell(line, time.perf_counter() - began)

    def _tell(self, line: str, seconds: float) -> None:
        if line in self._told or not line:
            return
        self._told.add(line)
        import logging  # noqa: PLC0415 - `import segue` does not pay for logging

        logging.getLogger("segue.loop").warning(
            "The event loop stood still for %.2f s at %s. Every other request waited. "
            "Await something that does not block, write `def` instead of `async def`, "
            "or use asyncio.to_thread().",
            seconds,
            line,
        )


def user_line(frame: FrameType | None) -> str:
    """Find the innermost line of the app's own code: `file.py:12 function`.

    Nothing for a loop that is only waiting, and for code that is not the app's.
    """
    while frame is not None:
        name = frame.f_code.co_filename.replace("\\", "/")
        if not (
            "/site-packages/" in name
            or "/lib/python" in name
            or "/segue/core/" in name
            or name.startswith("<")
        ):
            return f"{name}:{frame.f_lineno} {frame.f_code.co_qualname}"
        frame = frame.f_back
    return ""

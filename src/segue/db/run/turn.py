"""A Turn: who may write to an SQLite file next. First come, first served.

SQLite lets one connection write at a time, and makes the others poll: under load some
wait for ever. So the writers of a process stand in a line before they begin. Threads
and tasks stand in the same one.
"""

import threading
from collections import deque
from typing import Any

__all__ = ["Turn", "Waiter"]


class Waiter:
    """One who waits for something, in a thread or on an event loop.

    Attributes:
        item: What it was given; None while it waits.
    """

    __slots__ = ("_future", "_lock", "_loop", "item")

    def __init__(self, loop: Any = None) -> None:
        self.item: Any = None
        self._loop = loop
        self._future: Any = None if loop is None else loop.create_future()
        self._lock = threading.Lock()
        self._lock.acquire()

    def give(self, item: Any) -> None:
        """Give it what it waits for, from any thread."""
        self.item = item
        if self._loop is None:
            self._lock.release()
            return
        try:
            self._loop.call_soon_threadsafe(_wake, self._future)
        except RuntimeError:
            # Its loop was closed while it waited: nobody is there to take it.
            self.item = None
            raise

    def wait(self, seconds: float) -> bool:
        """Wait in a thread; tell whether something came."""
        return self._lock.acquire(timeout=max(seconds, 0))

    async def await_(self, seconds: float) -> bool:
        """Wait on the loop; tell whether something came."""
        import asyncio  # noqa: PLC0415 - only async code comes here

        done, _waiting = await asyncio.wait({self._future}, timeout=seconds)
        return bool(done)


def _wake(future: Any) -> None:
    if not future.done():
        future.set_result(None)


class Turn:
    """A lock that is handed on in the order of asking.

    Attributes:
        waited: How many had to wait since the start.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiters: deque[Waiter] = deque()
        self._taken = False
        self.waited = 0

    def take(self, seconds: float) -> bool:
        """Wait for the turn in a thread; tell whether it came in time."""
        waiter = self._enter(None)
        if waiter is None or waiter.wait(seconds):
            return True
        return self._left(waiter)

    def take_now(self) -> bool:
        """Take the turn if it is nobody's."""
        with self._lock:
            if self._taken:
                return False
            self._taken = True
            return True

    async def atake(self, seconds: float) -> bool:
        """Wait for the turn on an event loop; tell whether it came in time."""
        import asyncio  # noqa: PLC0415 - only async code comes here

        waiter = self._enter(asyncio.get_running_loop())
        if waiter is None:
            return True
        try:
            if await waiter.await_(seconds):
                return True
        except BaseException:
            if self._left(waiter):
                self.give()
            raise
        return self._left(waiter)

    def give(self) -> None:
        """Hand the turn on."""
        while True:
            with self._lock:
                if not self._waiters:
                    self._taken = False
                    return
                waiter = self._waiters.popleft()
                try:
                    waiter.give(True)
                except RuntimeError:
                    continue
                return

    def _enter(self, loop: Any) -> Waiter | None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return None
            waiter = Waiter(loop)
            self._waiters.append(waiter)
            self.waited += 1
            return waiter

    def _left(self, waiter: Waiter) -> bool:
        """Leave the line; tell whether the turn came in the last moment."""
        with self._lock:
            if waiter.item is not None:
                return True
            if waiter in self._waiters:  # else its loop was found gone
                self._waiters.remove(waiter)
            return False

"""A Pool: the connections of one database, lent one by one.

The one given back last is lent first, so that under a light load the others grow old
and are closed. Where all are lent, who comes waits in a line, and not for ever. Both
threads and tasks may wait in it.

The usual way takes no lock: a deque's `pop` and `append` are atomic. A lock guards the
line and the count. Giving back first puts the connection on the shelf, then looks for
somebody who waits; who starts to wait looks at the shelf once more when it stands in
the line. So none of the two can miss the other.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec

from segue.db.run.errors import PoolTimeoutError
from segue.db.run.turn import Waiter

__all__ = ["Connector", "Pool", "PoolLimits", "PoolStatistics", "Slot"]

_log = logging.getLogger("segue.db")
_OPEN: Any = object()
"""Given to who waits instead of a connection: leave to open one."""


class Connector(Protocol):
    """What a pool asks of a driver."""

    def connect(self) -> Any:
        """Open a connection; an awaitable of one for an async driver."""
        ...  # protocol

    def close(self, connection: Any) -> None:
        """Close a connection at once, whatever state it is in."""
        ...  # protocol

    def is_usable(self, connection: Any) -> bool:
        """Tell, without asking the server, whether it is open and in no transaction."""
        ...  # protocol

    def ping(self, connection: Any) -> Any:
        """Ask the server something; an awaitable for an async driver."""
        ...  # protocol


class PoolLimits(msgspec.Struct, frozen=True):
    """How many connections there are, and for how long.

    Attributes:
        size: How many at most.
        wait: Seconds to wait for one.
        lifetime: Seconds after which one is replaced; None for never.
        idle: Seconds without use after which one is asked whether it still lives.
    """

    size: int
    wait: float = 10.0
    lifetime: float | None = 3600.0
    idle: float | None = 30.0


class PoolStatistics(msgspec.Struct, frozen=True):
    """How a pool does.

    Attributes:
        size: How many connections there may be.
        opened: How many there are.
        idle: How many of them nobody uses.
        waiting: How many wait for one just now.
        waited: How often somebody had to wait since the start.
        timeouts: How often in vain.
        replaced: How many connections were found dead or grew too old.
    """

    size: int
    opened: int
    idle: int
    waiting: int
    waited: int
    timeouts: int
    replaced: int


class Slot:
    """A connection of a pool.

    Attributes:
        used: When it was last given back.
        born: When it was opened.
    """

    __slots__ = ("born", "connection", "used")

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.born = self.used = time.monotonic()


class Pool:
    """Connections that are lent.

    Args:
        connector: Opens and closes them.
        limits: How many, and for how long.
        name: What it is called in messages.
        opener: Where `connector.connect` blocks but tasks ask too: runs it for them.
    """

    def __init__(
        self,
        connector: Connector,
        limits: PoolLimits,
        name: str = "the database",
        opener: Callable[..., Awaitable[Any]] | None = None,
    ) -> None:
        self.connector = connector
        self.limits = limits
        self.name = name
        self._opener = opener
        self._free: deque[Slot] = deque()
        self._waiters: deque[Waiter] = deque()
        self._lock = threading.Lock()
        self._opened = self._waited = self._timeouts = self._replaced = 0
        self._suspect = 0.0
        self._closed = False
        self._checks = limits.idle is not None or limits.lifetime is not None
        self._idle = float("inf") if limits.idle is None else limits.idle
        self._life = float("inf") if limits.lifetime is None else limits.lifetime

    @property
    def statistics(self) -> PoolStatistics:
        """How it does just now."""
        return PoolStatistics(
            size=self.limits.size,
            opened=self._opened,
            idle=len(self._free),
            waiting=len(self._waiters),
            waited=self._waited,
            timeouts=self._timeouts,
            replaced=self._replaced,
        )

    @property
    def shelf(self) -> tuple[deque[Slot], deque[Waiter]]:
        """The connections at hand, and who waits, for who takes one by itself.

        That is right where connections need no question before they are lent, and only
        while nobody waits.
        """
        return self._free, self._waiters

    # -- lending

    def take(self) -> Slot:
        """Lend a connection to a thread.

        Raises:
            PoolTimeoutError: None came free in time.
            DatabaseError: None could be opened.
        """
        while True:
            slot = self._at_hand()
            if slot is None:
                waiter = self._enter(None)
                if not waiter.wait(self.limits.wait):
                    self._leave(waiter)
                slot = self._given(waiter)
            if slot is None:
                return self._open()
            if not self._checks or self._is_fresh(slot):
                return slot
            if self._is_young(slot) and self._answers(slot):
                return slot
            self._replace(slot)

    async def atake(self) -> Slot:
        """Lend a connection to a task.

        Raises:
            PoolTimeoutError: None came free in time.
            DatabaseError: None could be opened.
        """
        while True:
            slot = self._at_hand()
            if slot is None:
                slot = await self._await_one()
            if slot is None:
                return await self._aopen()
            if not self._checks or self._is_fresh(slot):
                return slot
            if self._is_young(slot) and await self._aanswers(slot):
                return slot
            self._replace(slot)

    def take_now(self) -> Slot | None:
        """Lend a connection if one is at hand that needs no question first."""
        slot = self._at_hand()
        if slot is not None and self._checks and not self._is_fresh(slot):
            self.give(slot)
            return None
        return slot

    def give(self, slot: Slot) -> None:
        """Take a connection back that is as good as before."""
        if self._checks:
            if self._closed:
                self.drop(slot)
                return
            slot.used = time.monotonic()
        self._free.append(slot)
        if self._waiters:
            self._hand_over()

    def give_after_error(self, slot: Slot) -> None:
        """Take a connection back that may be broken, or in the middle of something."""
        if self.connector.is_usable(slot.connection):
            self.give(slot)
        else:
            self.drop(slot)

    def drop(self, slot: Slot) -> None:
        """Close a connection; somebody who waits may open another."""
        self.connector.close(slot.connection)
        with self._lock:
            self._opened -= 1
            self._replaced += 1
            self._invite()

    def suspect(self) -> None:
        """Ask each idle connection before it is lent again: one was found dead."""
        self._suspect = time.monotonic()

    def _at_hand(self) -> Slot | None:
        if self._waiters:
            return None  # they were first
        try:
            return self._free.pop()
        except IndexError:
            return None

    def _is_fresh(self, slot: Slot) -> bool:
        now = time.monotonic()
        return (
            now - slot.used < self._idle
            and slot.used > self._suspect
            and now - slot.born < self._life
        )

    def _is_young(self, slot: Slot) -> bool:
        return time.monotonic() - slot.born < self._life

    def _answers(self, slot: Slot) -> bool:
        try:
            self.connector.ping(slot.connection)
        except Exception:
            return False
        return True

    async def _aanswers(self, slot: Slot) -> bool:
        try:
            if self._opener is None:
                await self.connector.ping(slot.connection)
            else:
                await self._opener(self.connector.ping, slot.connection)
        except Exception:
            return False
        except BaseException:
            self.drop(slot)
            raise
        return True

    def _replace(self, slot: Slot) -> None:
        if self._is_young(slot):
            _log.warning("A connection to %s was dead; it is replaced.", self.name)
        self.drop(slot)

    def _open(self) -> Slot:
        try:
            return Slot(self.connector.connect())
        except BaseException:
            self._not_opened()
            raise

    async def _aopen(self) -> Slot:
        try:
            if self._opener is None:
                return Slot(await self.connector.connect())
            return Slot(await self._opener(self.connector.connect))
        except BaseException:
            self._not_opened()
            raise

    def _not_opened(self) -> None:
        with self._lock:
            self._opened -= 1
            self._invite()

    # -- the line

    def _enter(self, loop: Any) -> Waiter:
        """Stand in the line, at whose head something may be had at once."""
        with self._lock:
            if self._waiters:
                return self._line(loop)
            try:
                item: Any = self._free.pop()
            except IndexError:
                if self._opened >= self.limits.size:
                    return self._line(loop)
                self._opened += 1
                item = _OPEN
            waiter = Waiter()
            waiter.give(item)
            return waiter

    def _line(self, loop: Any) -> Waiter:
        waiter = Waiter(loop)
        self._waiters.append(waiter)
        self._waited += 1
        # Given back between the look at the shelf and this line.
        self._serve()
        return waiter

    def _serve(self) -> None:
        """Hand what is on the shelf to who waits; the lock is held."""
        while self._waiters and self._free:
            try:
                slot = self._free.pop()
            except IndexError:
                return
            if not self._give_first(slot):
                self._free.append(slot)
                return

    def _hand_over(self) -> None:
        with self._lock:
            self._serve()

    def _invite(self) -> None:
        """Let who waits open a connection in place of one; the lock is held."""
        if self._waiters and self._opened < self.limits.size:
            self._opened += 1
            if not self._give_first(_OPEN):
                self._opened -= 1

    def _give_first(self, item: Any) -> bool:
        while self._waiters:
            try:
                self._waiters.popleft().give(item)
            except RuntimeError:
                continue  # its loop is gone
            return True
        return False

    def _given(self, waiter: Waiter) -> Slot | None:
        return None if waiter.item is _OPEN else waiter.item

    async def _await_one(self) -> Slot | None:
        import asyncio  # noqa: PLC0415 - only async code comes here

        waiter = self._enter(asyncio.get_running_loop())
        if waiter.item is not None:
            return self._given(waiter)
        try:
            if not await waiter.await_(self.limits.wait):
                self._leave(waiter)
        except BaseException as error:
            if not isinstance(error, PoolTimeoutError):
                self._give_away(waiter)
            raise
        return self._given(waiter)

    def _leave(self, waiter: Waiter) -> None:
        """Leave the line, unless something came in the last moment.

        Raises:
            PoolTimeoutError: Nothing did.
        """
        with self._lock:
            if waiter.item is not None:
                return
            self._remove(waiter)
            self._timeouts += 1
        raise self._too_late()

    def _remove(self, waiter: Waiter) -> None:
        if waiter in self._waiters:  # else its loop was found gone
            self._waiters.remove(waiter)

    def _too_late(self) -> PoolTimeoutError:
        limits = self.limits
        return PoolTimeoutError(
            f"All {limits.size} connections to {self.name} were in use for "
            f"{limits.wait:g} s. Find who holds one for so long, or give "
            "Database(pool_size=...) a larger number."
        )

    def _give_away(self, waiter: Waiter) -> None:
        """Give on what came for one who was cancelled."""
        with self._lock:
            if waiter.item is None:
                self._remove(waiter)
                return
        if waiter.item is _OPEN:
            self._not_opened()
        else:
            self.give(waiter.item)

    # -- the end

    def close(self) -> None:
        """Close what nobody uses; what is lent is closed when it comes back."""
        with self._lock:
            self._closed = self._checks = True
            shelf = list(self._free)
            self._free.clear()
            self._opened -= len(shelf)
        for slot in shelf:
            self.connector.close(slot.connection)

"""A Source: a driver and its pool, for sync code and for one event loop.

Outside a transaction a run of steps borrows a connection and gives it back; a read
whose connection turns out to be dead is done again on another one. Inside one the
transaction holds the connection, and the source only drives on it.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeVar

from segue.db.command import Command, Steps
from segue.db.run.driver import AsyncDriver, Driver, Lost, Manner
from segue.db.run.errors import ConnectionLostError, DatabaseError
from segue.db.run.pool import Pool, Slot

__all__ = ["AsyncSource", "Source"]

T = TypeVar("T")

_log = logging.getLogger("segue.db")


class Source:
    """A driver that blocks, and its pool."""

    def __init__(self, driver: Driver, pool: Pool) -> None:
        self.driver = driver
        self.pool = pool
        self._drive = driver.drive
        self._take = pool.take
        self._give = pool.give

    def run(self, steps: Steps[T]) -> T:
        """Do some steps; each of their statements commits itself."""
        slot = self._take()
        try:
            value = self._drive(slot.connection, steps, repeats=True)
        except Lost as lost:
            return self._again(slot, steps, lost)
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        self._give(slot)
        return value

    def _again(self, slot: Slot, steps: Steps[T], lost: Lost) -> T:
        """Go on with a command whose connection was dead, on another one."""
        _tell_lost(self.pool, lost)
        self.pool.drop(slot)
        try:
            slot = self._take()
        except DatabaseError as error:
            return _failed(steps, error)
        try:
            value = self._drive(slot.connection, steps, lost.command)
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        self._give(slot)
        return value

    def stream(self, command: Command, size: int) -> Iterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        slot = self._take()
        try:
            yield from self.driver.stream(slot.connection, command, size)
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        self._give(slot)

    # -- transactions

    def begin(self, manner: Manner) -> Slot:
        """Begin a transaction, on a connection that lives."""
        slot = self._take()
        try:
            self.driver.begin(slot.connection, manner)
        except ConnectionLostError as error:
            _tell_lost(self.pool, error)
            self.pool.drop(slot)
            slot = self._take()
            self._begin(slot, manner)
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        return slot

    def _begin(self, slot: Slot, manner: Manner) -> None:
        try:
            self.driver.begin(slot.connection, manner)
        except BaseException:
            self.pool.give_after_error(slot)
            raise

    def end(self, slot: Slot, *, commit: bool) -> None:
        """Commit a transaction or roll it back, and give its connection back."""
        try:
            self.driver.end(slot.connection, commit=commit)
        except DatabaseError as error:
            self.pool.give_after_error(slot)
            if commit:
                raise
            _tell_undone(self.pool, error)
            return
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        self._give(slot)


class AsyncSource:
    """An async driver, and its pool.

    Args:
        driver: The driver.
        pool: Of connections that belong to the loop, or are driven in threads.
        loop: The loop that the connections belong to, if they do.
    """

    def __init__(self, driver: AsyncDriver, pool: Pool, loop: Any = None) -> None:
        self.driver = driver
        self.pool = pool
        self.loop = loop

    async def run(self, steps: Steps[T]) -> T:
        """Do some steps; each of their statements commits itself."""
        slot = self.pool.take_now() or await self.pool.atake()
        try:
            value = await self.driver.drive(slot.connection, steps, repeats=True)
        except Lost as lost:
            return await self._again(slot, steps, lost)
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        self.pool.give(slot)
        return value

    async def _again(self, slot: Slot, steps: Steps[T], lost: Lost) -> T:
        _tell_lost(self.pool, lost)
        self.pool.drop(slot)
        try:
            slot = await self.pool.atake()
        except DatabaseError as error:
            return _failed(steps, error)
        try:
            value = await self.driver.drive(slot.connection, steps, lost.command)
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        self.pool.give(slot)
        return value

    async def stream(self, command: Command, size: int) -> AsyncIterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        slot = await self.pool.atake()
        rows = self.driver.stream(slot.connection, command, size)
        try:
            async for some in rows:
                yield some
        except BaseException:
            await rows.aclose()  # type: ignore[attr-defined]
            self.pool.give_after_error(slot)
            raise
        self.pool.give(slot)

    # -- transactions

    async def begin(self, manner: Manner) -> Slot:
        """Begin a transaction, on a connection that lives."""
        slot = await self.pool.atake()
        try:
            await self.driver.begin(slot.connection, manner)
        except ConnectionLostError as error:
            _tell_lost(self.pool, error)
            self.pool.drop(slot)
            slot = await self.pool.atake()
            await self._begin(slot, manner)
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        return slot

    async def _begin(self, slot: Slot, manner: Manner) -> None:
        try:
            await self.driver.begin(slot.connection, manner)
        except BaseException:
            self.pool.give_after_error(slot)
            raise

    async def end(self, slot: Slot, *, commit: bool) -> None:
        """Commit a transaction or roll it back, and give its connection back."""
        try:
            await self.driver.end(slot.connection, commit=commit)
        except DatabaseError as error:
            self.pool.give_after_error(slot)
            if commit:
                raise
            _tell_undone(self.pool, error)
            return
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        self.pool.give(slot)


def _tell_lost(pool: Pool, error: Exception) -> None:
    """Say that a connection was lost, and have the idle ones asked."""
    cause = error.error if isinstance(error, Lost) else error
    _log.warning("A connection to %s was lost: %s", pool.name, cause)
    pool.suspect()


def _failed(steps: Steps[T], error: DatabaseError) -> T:
    """Throw an error into the steps where there is no connection to go on with."""
    try:
        steps.throw(error)
    except StopIteration as end:
        value: T = end.value
        return value
    raise error


def _tell_undone(pool: Pool, error: DatabaseError) -> None:
    """Say that a connection broke before it rolled back, which the server does then.

    It is no error of its own: it would hide what there is to roll back for.
    """
    _log.warning("A connection to %s broke in a transaction: %s", pool.name, error)

"""A pinned database: everything runs on one connection, inside one transaction.

For tests, whose writes are undone at the end. What would commit by itself is a
savepoint, so that a statement that fails undoes itself alone; so is what would be a
transaction. They come one after the other: who begins has the turn until its end.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeVar

from segue.core.kernel.threads import WorkerThreads
from segue.db.command import Command, Steps
from segue.db.run.driver import Driver, Manner
from segue.db.run.errors import DatabaseBusyError
from segue.db.run.pool import Slot
from segue.db.run.source import AsyncSource, Source
from segue.db.run.threaded import ThreadedDriver
from segue.db.run.turn import Turn

__all__ = ["AsyncPinnedSource", "PinnedSource"]

T = TypeVar("T")


class PinnedSource(Source):
    """One connection for all sync code.

    Args:
        around: Where the connection and its transaction come from.
    """

    def __init__(self, around: Source) -> None:
        super().__init__(around.driver, around.pool)
        self._around = around
        self.slot = around.begin(Manner())
        self.turn = Turn()
        self.wait = around.pool.limits.wait

    def close(self) -> None:
        """Undo everything."""
        self._around.end(self.slot, commit=False)

    def run(self, steps: Steps[T]) -> T:
        """Do some steps; what they did is undone if they fail."""
        self._take_turn()
        try:
            return self.run_in_turn(steps)
        finally:
            self.turn.give()

    def run_in_turn(self, steps: Steps[T]) -> T:
        """Do some steps where the turn was taken."""
        driver, connection = self.driver, self.slot.connection
        driver.control(connection, "SAVEPOINT segue_pinned")
        try:
            value = driver.drive(connection, steps)
        except BaseException:
            undo(driver, connection)
            raise
        driver.control(connection, "RELEASE SAVEPOINT segue_pinned")
        return value

    def stream(self, command: Command, size: int) -> Iterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        return self.driver.stream(self.slot.connection, command, size)

    def begin(self, manner: Manner) -> Slot:  # noqa: ARG002 - what it sees is settled
        """Begin what would be a transaction elsewhere."""
        self._take_turn()
        try:
            self.driver.control(self.slot.connection, "SAVEPOINT segue_pinned")
        except BaseException:
            self.turn.give()
            raise
        return self.slot

    def end(self, slot: Slot, *, commit: bool) -> None:
        """Keep it until the end of the test, or undo it."""
        try:
            if commit:
                self.driver.control(slot.connection, "RELEASE SAVEPOINT segue_pinned")
            else:
                undo(self.driver, slot.connection)
        finally:
            self.turn.give()

    def _take_turn(self) -> None:
        if not self.turn.take(self.wait):
            raise self.too_late()

    def too_late(self) -> DatabaseBusyError:
        """Build the error for one whose turn did not come."""
        return DatabaseBusyError(
            "A transaction of this test was open for too long. What a request writes "
            "waits for it: send none inside `with db.transaction():`."
        )


class AsyncPinnedSource(AsyncSource):
    """The same connection for all async code, driven in threads."""

    def __init__(self, pinned: PinnedSource, threads: WorkerThreads) -> None:
        super().__init__(ThreadedDriver(pinned.driver, threads), pinned.pool)
        self._pinned = pinned
        self._run = threads.complete

    async def run(self, steps: Steps[T]) -> T:
        """Do some steps; what they did is undone if they fail."""
        await self._take_turn()
        try:
            value: T = await self._run(self._pinned.run_in_turn, steps)
        finally:
            self._pinned.turn.give()
        return value

    def stream(self, command: Command, size: int) -> AsyncIterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        return self.driver.stream(self._pinned.slot.connection, command, size)

    async def begin(self, manner: Manner) -> Slot:  # noqa: ARG002 - what it sees is settled
        """Begin what would be a transaction elsewhere."""
        slot = self._pinned.slot
        await self._take_turn()
        try:
            await self.driver.control(slot.connection, "SAVEPOINT segue_pinned")
        except BaseException:
            self._pinned.turn.give()
            raise
        return slot

    async def end(self, slot: Slot, *, commit: bool) -> None:
        """Keep it until the end of the test, or undo it."""
        connection = slot.connection
        try:
            if commit:
                sql = "RELEASE SAVEPOINT segue_pinned"
                await self.driver.control(connection, sql)
            else:
                await self._run(undo, self._pinned.driver, connection)
        finally:
            self._pinned.turn.give()

    async def _take_turn(self) -> None:
        if not await self._pinned.turn.atake(self._pinned.wait):
            raise self._pinned.too_late()


def undo(driver: Driver, connection: Any) -> None:
    """Undo what was done since the savepoint, and forget it."""
    driver.control(connection, "ROLLBACK TO SAVEPOINT segue_pinned")
    driver.control(connection, "RELEASE SAVEPOINT segue_pinned")

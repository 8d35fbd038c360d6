"""SQLite in async code.

A read runs on the loop itself, where it costs what it costs in sync code: to go to a
thread and back takes longer than most reads. It has a budget: after some thousand steps
of SQLite's machine, about a tenth of a millisecond, it is stopped and done again in a
thread; the statement is remembered, and goes there at once the next time.

A write waits for its turn on the loop before it takes a connection and a thread. One
that waited in a thread would keep it from the transaction it waits for.
"""

import sqlite3
from typing import Any, Final, TypeVar

from segue.core.kernel.threads import WorkerThreads
from segue.db.command import Command, Result, Steps
from segue.db.run.driver import Manner
from segue.db.run.errors import DatabaseError
from segue.db.run.pool import Pool, Slot
from segue.db.run.source import AsyncSource
from segue.db.run.sqlite import FAULTS, SqliteDriver, sqlite_error
from segue.db.run.threaded import ThreadedDriver

__all__ = ["AsyncSqliteSource"]

T = TypeVar("T")

_STEPS: Final = 1000
_LOOKS: Final = 4
"""A read may take four times a thousand steps of SQLite's machine on the loop. SQLite
counts them over the life of a statement, so one look alone would say nothing."""
_REMEMBERED: Final = 1000


class AsyncSqliteSource(AsyncSource):
    """SQLite for one event loop.

    Args:
        driver: The driver, whose line of writers is the same as that of sync code.
        pool: The pool, the same as that of sync code.
        threads: Where everything that may wait runs.
        inline: Whether there is a file to read on the loop; not without one.
    """

    def __init__(
        self, driver: SqliteDriver, pool: Pool, threads: WorkerThreads, *, inline: bool
    ) -> None:
        super().__init__(ThreadedDriver(driver, threads), pool)
        self._plain = driver
        self._run = threads.complete
        self._slow: set[str] = set()
        self._reader: sqlite3.Connection | None = None
        self._inline = inline
        self._looks = 0

    async def run(self, steps: Steps[T]) -> T:
        """Do some steps; each of their statements commits itself."""
        try:
            command = next(steps)
            while True:
                try:
                    result = self._quick(command)
                    if result is None:
                        result = await self._slowly(command)
                except DatabaseError as error:
                    command = steps.throw(error)
                    continue
                command = steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value

    def _quick(self, command: Command) -> Result | None:
        """Read on the loop; None where that is not the place."""
        if command.writes or not self._inline or command.sql in self._slow:
            return None
        reader = self._reader or self._open()
        self._looks = 0
        try:
            cursor = reader.execute(command.sql, command.values)
            return Result(cursor.fetchall(), -1)
        except FAULTS as error:
            name = getattr(error, "sqlite_errorname", "")
            if name in _FOR_A_THREAD:
                if name == "SQLITE_INTERRUPT":
                    self._remember(command.sql)
                return None
            raise sqlite_error(error, command.sql) from error

    def _open(self) -> sqlite3.Connection:
        reader = self._reader = self._plain.connect_reader()
        reader.set_progress_handler(self._stop, _STEPS)
        return reader

    def _stop(self) -> bool:
        self._looks += 1
        return self._looks > _LOOKS

    def _remember(self, sql: str) -> None:
        if len(self._slow) >= _REMEMBERED:
            self._slow.clear()
        self._slow.add(sql)

    async def _slowly(self, command: Command) -> Result:
        if not command.writes:
            return await self._on(await self.pool.atake(), self._plain.execute, command)
        await self._turn()
        try:
            slot = await self.pool.atake()
            return await self._on(slot, self._plain.execute_in_turn, command)
        finally:
            self._plain.turn.give()

    async def _on(self, slot: Slot, execute: Any, command: Command) -> Result:
        try:
            result: Result = await self._run(execute, slot.connection, command)
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        self.pool.give(slot)
        return result

    async def begin(self, manner: Manner) -> Slot:
        """Begin a transaction; one that may write waits for its turn first."""
        if manner.read_only:
            return await super().begin(manner)
        await self._turn()
        try:
            slot = await self.pool.atake()
        except BaseException:
            self._plain.turn.give()
            raise
        try:
            await self._run(self._plain.begin, slot.connection, manner)
        except BaseException:
            # Cancelled, it may have begun: then closing it hands the turn on.
            if not self._plain.is_writing(slot.connection):
                self._plain.turn.give()
            self.pool.give_after_error(slot)
            raise
        return slot

    async def _turn(self) -> None:
        if not await self._plain.turn.atake(self._plain.wait):
            raise self._plain.too_late()

    def close(self) -> None:
        """Close what reads on the loop, and read there no more."""
        self._inline = False
        if self._reader is not None:
            self._reader.close()
            self._reader = None


_FOR_A_THREAD: Final = frozenset(
    {"SQLITE_INTERRUPT", "SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_LOCKED"}
    | {"SQLITE_BUSY_SNAPSHOT", "SQLITE_READONLY"}
)
"""What says that a read does not belong on the loop."""

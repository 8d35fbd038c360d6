"""A driver that blocks, for async code: each run of steps in a worker thread."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, TypeVar

from segue.core.kernel.threads import WorkerThreads
from segue.db.command import Command, Result, Steps
from segue.db.run.driver import Driver, Manner

__all__ = ["ThreadedDriver"]

T = TypeVar("T")
_END: Any = object()


class ThreadedDriver:
    """Drives a plain driver in threads.

    Args:
        driver: The driver.
        threads: At least as many as there are connections, so that who holds one
            never waits for a thread.
    """

    def __init__(self, driver: Driver, threads: WorkerThreads) -> None:
        self.plain = driver
        self.dialect: Any = driver.dialect
        self.raw = driver.raw
        self._run = threads.complete

    async def drive(
        self,
        connection: Any,
        steps: Steps[T],
        command: Command | None = None,
        *,
        repeats: bool = False,
    ) -> T:
        """Do the commands of some steps, one after the other."""
        drive = partial(self.plain.drive, repeats=repeats)
        value: T = await self._run(drive, connection, steps, command)
        return value

    async def execute(self, connection: Any, command: Command) -> Result:
        """Do one command."""
        result: Result = await self._run(self.plain.execute, connection, command)
        return result

    async def stream(
        self, connection: Any, command: Command, size: int
    ) -> AsyncIterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        rows: Any = self.plain.stream(connection, command, size)
        try:
            while (some := await self._run(next, rows, _END)) is not _END:
                yield some
        finally:
            await self._run(rows.close)

    async def begin(self, connection: Any, manner: Manner) -> None:
        """Begin a transaction."""
        await self._run(self.plain.begin, connection, manner)

    async def end(self, connection: Any, *, commit: bool) -> None:
        """Commit it or roll it back."""
        await self._run(partial(self.plain.end, connection, commit=commit))

    async def control(self, connection: Any, sql: str) -> None:
        """Do a statement about savepoints."""
        await self._run(self.plain.control, connection, sql)

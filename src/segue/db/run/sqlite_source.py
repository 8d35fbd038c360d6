"""SQLite for sync code: a read in as few steps as Python can take.

SQLite answers in four microseconds, so what stands around it counts: here the shelf of
the pool is asked directly. Everything unusual goes the long way.
"""

import sqlite3
from typing import Any, TypeVar

from segue.db.command import Result, Steps
from segue.db.run.errors import DatabaseError
from segue.db.run.pool import Pool
from segue.db.run.source import Source
from segue.db.run.sqlite import SqliteDriver, throw_into

__all__ = ["SqliteSource"]

T = TypeVar("T")


class SqliteSource(Source):
    """The driver and the pool of a file."""

    def __init__(self, driver: SqliteDriver, pool: Pool) -> None:
        super().__init__(driver, pool)
        self._execute = driver.execute
        self._shelf, self._waiters = pool.shelf

    def run(self, steps: Steps[T]) -> T:
        """Do some steps; each of their statements commits itself."""
        shelf = self._shelf
        try:
            slot: Any = self._take() if self._waiters else shelf.pop()
        except IndexError:
            slot = self._take()
        connection = slot.connection
        try:
            command = next(steps)
            while True:
                try:
                    if command.writes:
                        result = self._execute(connection, command)
                    else:
                        found = connection.execute(command.sql, command.values)
                        result = Result(found.fetchall(), -1)
                except (sqlite3.Error, DatabaseError) as error:
                    command = throw_into(steps, error, command)
                    continue
                command = steps.send(result)
        except StopIteration as end:
            value = end.value
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        self._give(slot)
        return value  # type: ignore[no-any-return]

"""SQLite for sync code: a read in as few steps as Python can take.

SQLite answers in four microseconds, so what stands around it counts: here the shelf of
the pool is asked directly. Everything unusual goes the long way.
"""

from typing import Any, TypeVar

from segue.db.command import Command, Result, Steps
from segue.db.run.driver import Manner
from segue.db.run.errors import DatabaseError
from segue.db.run.pool import Pool, Slot
from segue.db.run.source import Source
from segue.db.run.sqlite import FAULTS, SqliteDriver, throw_into

__all__ = ["SqliteSource"]

T = TypeVar("T")


class SqliteSource(Source):
    """The driver and the pool of a file."""

    def __init__(self, driver: SqliteDriver, pool: Pool) -> None:
        super().__init__(driver, pool)
        self._lone = driver
        self._shelf, self._waiters = pool.shelf

    def run(self, steps: Steps[T]) -> T:
        """Do some steps; each of their statements commits itself."""
        shelf = self._shelf
        try:
            slot = self._take() if self._waiters else shelf.pop()
        except IndexError:
            slot = self._take()
        connection = slot.connection
        try:
            command = next(steps)
            while not command.writes:
                try:
                    found = connection.execute(command.sql, command.values)
                    result = Result(found.fetchall(), -1)
                except FAULTS as error:
                    command = throw_into(steps, error, command)
                    continue
                command = steps.send(result)
        except StopIteration as end:
            value: T = end.value
            self._give(slot)
            return value
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        if self._lone.turn.take_now():
            return self._write_at_once(slot, steps, command)
        # Who waits for a turn keeps nobody from a connection.
        self._give(slot)
        return self._go_on(steps, command)

    def fetch(self, sql: str, values: Any) -> list[Any]:
        """Read the rows of one statement: what the commonest questions need no more of.

        What goes wrong is done again the long way, which tells it.
        """
        try:
            slot = self._take() if self._waiters else self._shelf.pop()
        except IndexError:
            slot = self._take()
        try:
            rows: list[Any] = slot.connection.execute(sql, values).fetchall()
        except FAULTS:
            self.pool.give_after_error(slot)
            return self._read(Command(sql, values)).rows
        except BaseException:
            self.pool.give_after_error(slot)
            raise
        self._give(slot)
        return rows

    def _write_at_once(self, slot: Slot, steps: Steps[T], command: Command) -> T:
        """Do the first command that writes, whose turn it is: most often the last."""
        lone = self._lone
        try:
            result = lone.execute_in_turn(slot.connection, command)
        except DatabaseError as error:
            self.pool.give_after_error(slot)
            lone.turn.give()
            return self._go_on_after(steps, error)
        except BaseException:
            self.pool.give_after_error(slot)
            lone.turn.give()
            raise
        self._give(slot)
        lone.turn.give()
        try:
            command = steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value
        return self._go_on(steps, command)

    def _go_on_after(self, steps: Steps[T], error: DatabaseError) -> T:
        try:
            command = steps.throw(error)
        except StopIteration as end:
            value: T = end.value
            return value
        return self._go_on(steps, command)

    def _go_on(self, steps: Steps[T], command: Command) -> T:
        """Go on with steps that write, each command on its own."""
        try:
            while True:
                try:
                    result = (
                        self._write(command) if command.writes else self._read(command)
                    )
                except DatabaseError as error:
                    command = steps.throw(error)
                    continue
                command = steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value

    def _read(self, command: Command) -> Result:
        return self.run(_one(command))

    def _write(self, command: Command) -> Result:
        """Do one command that writes, when its turn has come."""
        self._lone.take_turn()
        try:
            slot = self._take()
            try:
                result = self._lone.execute_in_turn(slot.connection, command)
            except BaseException:
                self.pool.give_after_error(slot)
                raise
            self._give(slot)
            return result
        finally:
            self._lone.turn.give()

    def begin(self, manner: Manner) -> Slot:
        """Begin a transaction; one that may write waits for its turn first."""
        if manner.read_only:
            return super().begin(manner)
        self._lone.take_turn()
        try:
            slot = self._take()
            try:
                self._lone.begin(slot.connection, manner)
            except BaseException:
                self.pool.give_after_error(slot)
                raise
        except BaseException:
            self._lone.turn.give()
            raise
        return slot


def _one(command: Command) -> Steps[Result]:
    return (yield command)

"""A `Db` and an `AsyncDb` whose statements are noted: in development and in tests."""

from collections.abc import AsyncIterator, Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from segue.core.handlers.places import calling_place
from segue.db.async_session import AsyncDb
from segue.db.command import Command, Steps
from segue.db.run.statements import Statement, Statements, follow, tell_loops
from segue.db.session import Db

__all__ = ["WatchedAsyncDb", "WatchedDb"]

T = TypeVar("T")


class WatchedDb(Db[Any]):
    """A `Db` whose statements are noted.

    Attributes:
        statements: What it asked.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.statements = Statements()
        # Nothing goes past `run`.
        self._fetch = None

    def run(self, steps: Steps[T]) -> T:
        """Do some steps, and give what they return."""
        return super().run(follow(steps, calling_place(), self._note))

    def stream_rows(self, command: Command, size: int = 500) -> Iterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        self._note(Statement(command.sql, 0.0, calling_place()))
        return super().stream_rows(command, size)

    def finish(self, *, commit: bool) -> None:
        """End the transaction of the request, and tell what it asked too often."""
        super().finish(commit=commit)
        tell_loops(self.statements, "A request")

    @contextmanager
    def max_queries(self, count: int) -> Generator[Statements, None, None]:
        """Fail a test whose block asks more than some statements."""
        with self.database.watch() as seen:
            yield seen
        if len(seen) > count:
            raise AssertionError(f"{len(seen)} statements instead of {count}:\n{seen}")

    def _note(self, statement: Statement) -> None:
        self.statements.append(statement)
        self.database.note(statement)


class WatchedAsyncDb(AsyncDb[Any]):
    """An `AsyncDb` whose statements are noted.

    Attributes:
        statements: What it asked.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.statements = Statements()

    def run(self, steps: Steps[T]) -> Coroutine[Any, Any, T]:
        """Do some steps, and give what they return."""
        return super().run(follow(steps, calling_place(), self._note))

    def stream_rows(
        self, command: Command, size: int = 500
    ) -> AsyncIterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        self._note(Statement(command.sql, 0.0, calling_place()))
        return super().stream_rows(command, size)

    async def finish(self, *, commit: bool) -> None:
        """End the transaction of the request, and tell what it asked too often."""
        await super().finish(commit=commit)
        tell_loops(self.statements, "A request")

    def _note(self, statement: Statement) -> None:
        self.statements.append(statement)
        self.database.note(statement)

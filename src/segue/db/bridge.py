"""Sync code in an async request: its `Db` speaks through the request's `AsyncDb`.

A sync guard, a sync provider and `run_sync` run in worker threads. What they ask is
done on the event loop, on the connection and in the transaction of the request.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from segue.core.errors import WalkError
from segue.core.handlers.places import calling_place
from segue.db.async_session import AsyncDb, inside
from segue.db.command import Command, Steps
from segue.db.run.block import Block
from segue.db.run.borrowed import borrowed
from segue.db.run.driver import Manner
from segue.db.session import Db

__all__ = ["BridgedDb", "ThreadLife"]

T = TypeVar("T")


class ThreadLife:
    """Stands for the task of a block that a thread opened.

    Attributes:
        is_over: The function in the thread has returned.
    """

    def __init__(self) -> None:
        self.is_over = False

    def done(self) -> bool:
        """Tell whether it has ended, as a task does."""
        return self.is_over


class BridgedDb(Db[Any]):
    """The `Db` of sync code in an async request.

    Args:
        through: The request's `AsyncDb`.
        loop: Where it lives.
        life: Of the function in the thread, where it is known.
    """

    def __init__(self, through: AsyncDb[Any], loop: Any, life: Any = None) -> None:
        self.database = through.database
        self._through = through
        self._loop = loop
        self._life = life

    @property
    def dialect(self) -> Any:
        """SQLAlchemy's dialect, for which statements are compiled."""
        return self._through.dialect

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._through.in_transaction

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        if asyncio._get_running_loop() is self._loop:  # noqa: SLF001 - documented to cost nothing
            work.close()
            raise WalkError(
                "SG-DB-140",
                "Db was used on the event loop.",
                why="It would wait there for itself, and every other request with it.",
                fix="Ask for AsyncDb and await it; or call the plain function in a "
                "thread: await db.run_sync(function).",
                where=(calling_place(),),
            )
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def run(self, steps: Steps[T]) -> T:
        """Do some steps, and give what they return."""
        return self._wait(self._through.run(steps))

    def stream_rows(self, command: Command, size: int = 500) -> Iterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        rows: Any = self._through.stream_rows(command, size)
        try:
            while some := self._wait(_next(rows)):
                yield some
        finally:
            self._wait(rows.aclose())

    def on_commit(self, hook: Callable[[], Any]) -> None:
        """Call a function when what was done so far is committed."""
        if not self._wait(_deferred(self._through, hook)):
            hook()

    def enter(self, manner: Manner) -> Block:
        """Open a block: a transaction, or a savepoint in the one that is open."""
        block = self._wait(self._through.enter(manner, self._life))
        inside.set(block)
        return block

    def leave(self, block: Block, *, commit: bool) -> None:
        """End a block."""
        inside.set(block.outer)
        self._wait(self._through.leave(block, commit=commit))

    @contextmanager
    def sa(self) -> Generator[Any]:
        """Give SQLAlchemy's Connection, inside a transaction of `transaction()`."""
        with self.transaction():
            lent = self._through.lend()
            raw = self._wait(lent.__aenter__())
            try:
                with borrowed(self.dialect, raw) as connection:
                    yield connection
            finally:
                self._wait(lent.__aexit__(None, None, None))

    def finish(self, *, commit: bool) -> None:
        """End nothing: the request's `AsyncDb` does."""


async def _next(rows: AsyncIterator[Any]) -> Any:
    return await anext(rows, None)


async def _deferred(db: AsyncDb[Any], hook: Callable[[], Any]) -> bool:
    """Have a plain function called in a thread when there is something to wait for."""

    async def later() -> None:
        await db.database.opened.callers.complete(hook)

    return db.defer(later)

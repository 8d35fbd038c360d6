"""Db: a database as sync code sees it. `AsyncDb` is its twin."""

import functools
import logging
import random
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar

from segue.core.errors import WalkError
from segue.core.handlers.places import calling_place
from segue.db.command import Command, Steps
from segue.db.run.block import Block, check_manner, no_second_manner
from segue.db.run.borrowed import borrowed
from segue.db.run.driver import Isolation, Manner
from segue.db.run.errors import DatabaseError, RepeatableError
from segue.db.run.root import R
from segue.db.run.source import Source
from segue.db.verbs import Verbs

__all__ = ["Db", "Transaction", "pause_before"]

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger("segue.db")


class Db(Verbs, Generic[R]):
    """A database, for one request or one piece of work in sync code.

    Outside a transaction each statement commits itself, on a connection that it has
    only for as long as it runs. In a request that may change things, the first
    statement that writes or locks opens the transaction of the request.

    Args:
        database: The `Database` it speaks to.
        source: Its driver and pool.
        atomic: The first write opens a transaction, which `end` ends.
    """

    __slots__ = (
        "_atomic",
        "_block",
        "_hooks",
        "_opening",
        "_run_alone",
        "_source",
        "database",
    )

    def __init__(self, database: Any, source: Source, *, atomic: bool = False) -> None:
        self.database = database
        self._source = source
        self._run_alone = source.run
        self._fetch = getattr(source, "fetch", None)
        self._atomic = atomic
        self._block: Block | None = None
        self._hooks: list[Callable[[], Any]] | None = None
        # Threads of a handler that write at the same time are in one transaction.
        self._opening = threading.Lock() if atomic else None

    @property
    def dialect(self) -> Any:
        """SQLAlchemy's dialect, for which statements are compiled."""
        return self._source.driver.dialect

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._block is not None

    # -- statements

    def run(self, steps: Steps[T]) -> T:
        """Do some steps, and give what they return."""
        block = self._block
        if block is None:
            return self._run_opening(steps) if self._atomic else self._run_alone(steps)
        with block.lock:
            return self._source.driver.drive(block.slot.connection, steps)

    def _run_opening(self, steps: Steps[T]) -> T:
        """Do some steps, of which the first write opens the transaction."""
        try:
            command = next(steps)
            while not (command.writes or command.locks):
                try:
                    result = self._run_alone(_one(command))
                except DatabaseError as error:
                    command = steps.throw(error)
                else:
                    command = steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value
        block = self._begun()
        with block.lock:
            return self._source.driver.drive(block.slot.connection, steps, command)

    def _begun(self) -> Block:
        """Find the transaction of the request, or begin it; two do not both."""
        assert self._opening is not None  # noqa: S101 - there is one where this is asked
        with self._opening:
            block = self._block
            return self._open(Manner(), joined=True) if block is None else block

    def stream_rows(self, command: Command, size: int = 500) -> Iterator[list[Any]]:
        """Read the rows of a command, a list of some at a time.

        They come from a cursor of the database, so memory stays the same however many
        there are. Outside a transaction the stream has a connection until its end.
        """
        block = self._block
        if block is not None:
            driver = self._source.driver
            return driver.stream(block.slot.connection, command, size)
        return self._source.stream(command, size)

    # -- transactions

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool = False,
        retries: int = 0,
    ) -> "Transaction":
        """Make several statements one: all of them are kept, or none.

        Use it with `with`; inside another one it is a savepoint, which is undone alone.
        In a request that may change things it belongs to the request's transaction.

        Args:
            isolation: What it sees of others, where the usual is not enough.
            read_only: It promises to write nothing.
            retries: How often to begin again where another transaction was in the way.
                Only a whole function can be done again: `db.transaction(retries=3)`
                is its decorator.
        """
        manner = Manner(isolation, read_only)
        if isolation is not None:
            check_manner(manner, calling_place())
        return Transaction(self, manner, retries)

    def on_commit(self, hook: Callable[[], Any]) -> None:
        """Call a function when what was done so far is committed.

        Without a transaction that is at once. What a transaction or a savepoint that is
        rolled back was asked to call is never called.
        """
        if self._block is not None:
            self._block.hooks.append(hook)
        elif self._atomic:
            self._hooks = [*(self._hooks or ()), hook]
        else:
            hook()

    def _open(self, manner: Manner, *, joined: bool) -> Block:
        slot = self._source.begin(manner)
        self._block = Block(slot, None, threading.RLock(), joined=joined)
        return self._block

    def enter(self, manner: Manner) -> Block:
        """Open a block: a transaction, or a savepoint in the one that is open."""
        outer = self._block
        if outer is None:
            return self._open(manner, joined=self._atomic and not manner.read_only)
        no_second_manner(manner)
        block = Block(outer.slot, outer, outer.lock)
        with outer.lock:
            self._source.driver.control(block.connection, f"SAVEPOINT {block.name}")
        self._block = block
        return block

    def leave(self, block: Block, *, commit: bool) -> None:
        """End a block."""
        if not block.is_open:
            return
        if block.outer is not None:
            self._leave_savepoint(block, block.outer, commit=commit)
        elif block.joined and commit:
            return  # the request goes on with it, and ends it
        else:
            self._end(block, commit=commit)

    def _leave_savepoint(self, block: Block, outer: Block, *, commit: bool) -> None:
        block.is_open = False
        self._block = outer
        control, connection = self._source.driver.control, block.connection
        with outer.lock:
            if commit:
                control(connection, f"RELEASE SAVEPOINT {block.name}")
                outer.hooks += block.hooks
                return
            try:
                control(connection, f"ROLLBACK TO SAVEPOINT {block.name}")
                control(connection, f"RELEASE SAVEPOINT {block.name}")
            except DatabaseError as error:
                # The transaction is gone as a whole: who ends it is told.
                _log.debug(
                    "The savepoint %s could not be undone: %s", block.name, error
                )

    def _end(self, block: Block, *, commit: bool) -> None:
        block.is_open = False
        self._block = None
        with block.lock:
            self._source.end(block.slot, commit=commit)
        if commit:
            call_hooks(block.hooks)

    def max_queries(self, count: int) -> AbstractContextManager[Any]:
        """Fail a test whose block asks more than some statements.

        Those of requests that are sent inside it count as well.

        Args:
            count: How many statements there may be.

        Raises:
            AssertionError: With what was asked, and from where.
        """
        raise WalkError(
            "SG-DB-134",
            f"max_queries({count}) was asked of a Db that nobody watches.",
            why="What it asks itself would not be counted, and the test pass.",
            fix="Use the fixture `db`, or the Db of `rolled_back(app)`; elsewhere "
            "count what `with database.watch() as seen:` has.",
            where=(calling_place(),),
        )

    # -- SQLAlchemy

    @contextmanager
    def sa(self) -> Generator[Any]:
        """Give SQLAlchemy's Connection, inside a transaction of `transaction()`.

        What is done with it is committed and undone with everything else there.
        """
        with self.transaction():
            block = self._block
            assert block is not None  # noqa: S101 - transaction() opened it
            with borrowed(self.dialect, self._raw(block)) as connection:
                yield connection

    @contextmanager
    def session(self, **options: Any) -> Generator[Any]:
        """Give a Session of SQLAlchemy's ORM on the connection of a transaction.

        Args:
            options: As `sqlalchemy.orm.Session` takes them.
        """
        # Imported here: only who has mapped classes needs it.
        from sqlalchemy.orm import Session  # noqa: PLC0415

        with self.sa() as connection:
            mode: Any = "create_savepoint"
            with Session(connection, join_transaction_mode=mode, **options) as session:
                yield session
                session.commit()

    def _raw(self, block: Block) -> Any:
        return self._source.driver.raw(block.connection)

    # -- the end of a request

    def finish(self, *, commit: bool) -> None:
        """End the transaction of the request, and whatever is open inside it."""
        block, self._atomic = self._block, False
        if block is None and self._hooks is None:
            return
        hooks, self._hooks = self._hooks or [], None
        while block is not None and block.outer is not None:
            block.is_open = False
            commit = False  # a generator was left in the middle of its `with`
            block = block.outer
        if block is not None:
            block.hooks[:0] = hooks
            self._end(block, commit=commit and block.joined)
        elif commit:
            call_hooks(hooks)


class Transaction:
    """What `Db.transaction` gives: for `with`, or a decorator of a whole function."""

    def __init__(self, db: "Db[Any]", manner: Manner, retries: int) -> None:
        self._db = db
        self._manner = manner
        self._retries = retries
        self._entered: list[Block] = []

    def __enter__(self) -> Self:
        if self._retries:
            raise no_retries()
        self._entered.append(self._db.enter(self._manner))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.leave(self._entered.pop(), commit=error is None)

    def __call__(self, function: Callable[P, T]) -> Callable[P, T]:
        """Make a function that runs in a transaction, as often as it takes."""

        @functools.wraps(function)
        def run(*arguments: P.args, **named: P.kwargs) -> T:
            once = Transaction(self._db, self._manner, 0)
            left = 0 if self._db.in_transaction else self._retries
            for attempt in range(left):
                try:
                    with once:
                        return function(*arguments, **named)
                except RepeatableError:
                    time.sleep(pause_before(attempt + 1))
            with once:
                return function(*arguments, **named)

        return run


def pause_before(attempt: int) -> float:
    """Tell how many seconds to wait before a transaction is begun again."""
    # Not the same for two that were in each other's way.
    return random.uniform(0.5, 1.0) * min(0.01 * 2.0**attempt, 1.0)  # noqa: S311 - no secret


def no_retries() -> WalkError:
    """Build the error for a `with` that should be done again."""
    return WalkError(
        "SG-DB-132",
        "A `with` block cannot be done again, so it takes no retries=.",
        why="Where two transactions are in each other's way, one has to begin anew "
        "from its first line; Python cannot go back to the head of a block.",
        fix="Put the lines into a function: "
        "db.transaction(retries=3)(transfer)(source, target).",
        where=(calling_place(),),
    )


def call_hooks(hooks: list[Callable[[], Any]]) -> None:
    """Call what waited for a commit, each of them whatever became of the others."""
    for hook in hooks:
        try:
            hook()
        except Exception:
            # It is committed: nobody must be told that it failed.
            _log.exception("A function of on_commit() failed: %r", hook)


def _one(command: Command) -> Steps[Any]:
    return (yield command)

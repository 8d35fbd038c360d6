"""AsyncDb: a database as async code sees it. `Db` is its twin, with the same words.

Several tasks may use one at a time. Which transaction a statement belongs to is decided
by where it is awaited: inside the `async with`, and in the tasks begun there. The
others of a request have theirs, or none. A block whose task has ended, since the next
part of a stream came in another one, goes on with whoever comes next.
"""

import asyncio
import functools
import inspect
import logging
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
)
from contextlib import asynccontextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar

from segue.core.handlers.places import calling_place
from segue.db.async_verbs import AsyncVerbs
from segue.db.command import Command, Steps
from segue.db.run.block import Block, check_manner, no_second_manner
from segue.db.run.driver import Isolation, Manner
from segue.db.run.errors import DatabaseError, RepeatableError
from segue.db.run.root import R
from segue.db.run.source import AsyncSource
from segue.db.session import no_retries, pause_before

__all__ = ["AsyncDb", "AsyncTransaction", "inside"]

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger("segue.db")
_running_loop = asyncio._get_running_loop  # noqa: SLF001 - public, and costs nothing
inside: ContextVar[Block | None] = ContextVar("segue_db_block", default=None)


class AsyncDb(AsyncVerbs, Generic[R]):
    """A database, for one request or one piece of work in async code.

    Outside a transaction each statement commits itself, on a connection that it has
    only for as long as it runs, so several may be gathered. In a request that may
    change things, the first statement that writes or locks opens the transaction of the
    request; from then on they take turns on its connection.

    Args:
        database: The `Database` it speaks to.
        source: Finds its driver and pool for the running loop.
        atomic: The first write opens a transaction, which `finish` ends.
    """

    def __init__(
        self,
        database: Any,
        source: Callable[[], AsyncSource],
        *,
        atomic: bool = False,
    ) -> None:
        self.database = database
        self._find_source = source
        self._found: AsyncSource | None = None
        self._atomic = atomic
        self._root: Block | None = None
        self._blocks: list[Block] = []
        self._hooks: list[Callable[[], Any]] = []
        self._opening: asyncio.Lock | None = None

    @property
    def _source(self) -> AsyncSource:
        found = self._found
        if found is None or found.loop not in (None, _running_loop()):
            found = self._found = self._find_source()
        return found

    @property
    def dialect(self) -> Any:
        """SQLAlchemy's dialect, for which statements are compiled."""
        return self.database.dialect

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open here."""
        return self._here() is not None

    def _here(self) -> Block | None:
        """Find the block that belongs to this place."""
        if self._blocks:
            block = inside.get()
            while block is not None:
                if block.is_open and block in self._blocks:
                    return block
                block = block.outer
            for block in reversed(self._blocks):
                if block.task.done():
                    return block
        return self._root

    # -- statements

    def run(self, steps: Steps[T]) -> Coroutine[Any, Any, T]:
        """Do some steps, and give what they return."""
        if self._root is None and not self._blocks:
            if self._atomic:
                return self._run_opening(steps)
            found = self._found
            if found is not None and (
                found.loop is None or found.loop is _running_loop()
            ):
                return found.run(steps)
        return self._run_inside(steps)

    async def _run_inside(self, steps: Steps[T]) -> T:
        block = self._here()
        if block is None:
            return await self._source.run(steps)
        async with block.lock:
            return await self._source.driver.drive(block.slot.connection, steps)

    async def _run_opening(self, steps: Steps[T]) -> T:
        """Do some steps, of which the first write opens the transaction."""
        try:
            command = next(steps)
            while not (command.writes or command.locks):
                try:
                    result = await self._source.run(_one(command))
                except DatabaseError as error:
                    command = steps.throw(error)
                else:
                    command = steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value
        block = await self._begun()
        async with block.lock:
            return await self._source.driver.drive(
                block.slot.connection, steps, command
            )

    async def _begun(self) -> Block:
        """Find the transaction of the request, or begin it; two do not both."""
        if self._opening is None:
            self._opening = asyncio.Lock()
        async with self._opening:
            if self._root is None:
                slot = await self._source.begin(Manner())
                self._root = Block(slot, None, asyncio.Lock(), joined=True)
            return self._root

    async def stream_rows(
        self, command: Command, size: int = 500
    ) -> AsyncIterator[list[Any]]:
        """Read the rows of a command, a list of some at a time.

        They come from a cursor of the database, so memory stays the same however many
        there are. Outside a transaction the stream has a connection until its end.
        """
        block = self._here()
        if block is None:
            rows = self._source.stream(command, size)
        else:
            rows = self._source.driver.stream(block.slot.connection, command, size)
        async for some in rows:
            yield some

    # -- transactions

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool = False,
        retries: int = 0,
    ) -> "AsyncTransaction":
        """Make several statements one: all of them are kept, or none.

        Use it with `async with`; see `Db.transaction`.

        Args:
            isolation: What it sees of others, where the usual is not enough.
            read_only: It promises to write nothing.
            retries: How often to begin again; only for a whole function.
        """
        manner = Manner(isolation, read_only)
        if isolation is not None:
            check_manner(manner, calling_place())
        return AsyncTransaction(self, manner, retries)

    def on_commit(self, hook: Callable[[], Any]) -> None:
        """Call or await a function when what was done so far is committed.

        Without a transaction that is at once; an async function cannot be awaited
        there, so it is begun as a task.
        """
        if not self.defer(hook) and inspect.isawaitable(made := hook()):
            self.database.keep_task(asyncio.ensure_future(made))

    def defer(self, hook: Callable[[], Any]) -> bool:
        """Keep a function for the commit; tell whether there is one to wait for."""
        block = self._here()
        if block is not None:
            block.hooks.append(hook)
        elif self._atomic:
            self._hooks.append(hook)
        return block is not None or self._atomic

    async def enter(self, manner: Manner, owner: Any = None) -> Block:
        """Open a block: a transaction, or a savepoint in the one that is open here.

        Args:
            manner: How it is begun.
            owner: Stands for the task, where a thread opens it.
        """
        owner = owner or asyncio.current_task()
        outer = self._here()
        if outer is None and self._atomic and not manner.read_only:
            if manner == Manner():
                outer = await self._begun()
            else:
                return await self._enter_root(manner)
        if outer is None:
            slot = await self._source.begin(manner)
            block = Block(slot, None, asyncio.Lock(), task=owner)
        else:
            no_second_manner(manner)
            await outer.lock.acquire()
            block = Block(outer.slot, outer, asyncio.Lock(), task=owner)
            try:
                await self._control(block, f"SAVEPOINT {block.name}")
            except BaseException:
                outer.lock.release()
                raise
        self._blocks.append(block)
        return block

    async def _enter_root(self, manner: Manner) -> Block:
        """Begin the transaction of the request in a manner of its own."""
        slot = await self._source.begin(manner)
        root = Block(slot, None, asyncio.Lock(), joined=True)
        self._root = root
        return root

    async def leave(self, block: Block, *, commit: bool) -> None:
        """End a block."""
        if not block.is_open:
            return
        if block.joined:
            if not commit:
                await self._end(block, commit=False)
            return
        if block.outer is None:
            await self._end(block, commit=commit)
        else:
            await self._leave_savepoint(block, block.outer, commit=commit)

    async def _leave_savepoint(
        self, block: Block, outer: Block, *, commit: bool
    ) -> None:
        try:
            async with block.lock:
                block.is_open = False
                self._blocks.remove(block)
                if commit:
                    await self._control(block, f"RELEASE SAVEPOINT {block.name}")
                    outer.hooks += block.hooks
                    return
                try:
                    await self._control(block, f"ROLLBACK TO SAVEPOINT {block.name}")
                    await self._control(block, f"RELEASE SAVEPOINT {block.name}")
                except DatabaseError as error:
                    # The transaction is gone as a whole: who ends it is told.
                    _log.debug("%s could not be undone: %s", block.name, error)
        finally:
            outer.lock.release()

    async def _control(self, block: Block, sql: str) -> None:
        await self._source.driver.control(block.slot.connection, sql)

    async def _end(self, block: Block, *, commit: bool) -> None:
        async with block.lock:
            block.is_open = False
            if block is self._root:
                self._root = None
            else:
                self._blocks.remove(block)
            await self._source.end(block.slot, commit=commit)
        if commit:
            await _call_hooks(block.hooks)

    # -- sync code

    async def run_sync(self, function: Callable[[Any], T]) -> T:
        """Call a plain function in a worker thread with a `Db` on this connection.

        For what has no async form: `db.sa()`, `db.session()`, a library.
        """
        called: T = await self.database.call_in_thread(self, function)
        return called

    # -- the end of a request

    async def finish(self, *, commit: bool) -> None:
        """End the transaction of the request, and whatever is open inside it."""
        self._atomic = False
        hooks, self._hooks = self._hooks, []
        root, left = self._root, self._blocks[::-1]
        for block in left:
            # A generator was left in the middle of its `async with`.
            block.is_open = False
            self._blocks.remove(block)
            if block.outer is None:
                await self._source.end(block.slot, commit=False)
            elif block.outer.lock.locked():
                block.outer.lock.release()
        commit = commit and not left
        if root is not None:
            root.hooks[:0] = hooks
            await self._end(root, commit=commit)
        elif commit:
            await _call_hooks(hooks)

    # -- SQLAlchemy

    @asynccontextmanager
    async def lend(self) -> AsyncGenerator[Any]:
        """Lend a thread the plain connection of the transaction that is open here."""
        block = self._here()
        assert block is not None  # noqa: S101 - who asks has opened it
        async with block.lock:
            yield self._source.driver.raw(block.slot.connection)


class AsyncTransaction:
    """What `AsyncDb.transaction` gives: for `async with`, or a decorator."""

    def __init__(self, db: "AsyncDb[Any]", manner: Manner, retries: int) -> None:
        self._db = db
        self._manner = manner
        self._retries = retries
        self._entered: list[tuple[Block, Token[Block | None]]] = []

    async def __aenter__(self) -> Self:
        if self._retries:
            raise no_retries()
        block = await self._db.enter(self._manner)
        self._entered.append((block, inside.set(block)))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        block, token = self._entered.pop()
        try:
            inside.reset(token)
        except ValueError:
            # Ended in another context than it began in, as parts of a stream are.
            inside.set(block.outer)
        await self._db.leave(block, commit=error is None)

    def __call__(
        self, function: Callable[P, Awaitable[T]]
    ) -> Callable[P, Awaitable[T]]:
        """Make a function that runs in a transaction, as often as it takes."""

        @functools.wraps(function)
        async def run(*arguments: P.args, **named: P.kwargs) -> T:
            once = AsyncTransaction(self._db, self._manner, 0)
            left = 0 if self._db.in_transaction else self._retries
            for attempt in range(left):
                try:
                    async with once:
                        return await function(*arguments, **named)
                except RepeatableError:
                    await asyncio.sleep(pause_before(attempt + 1))
            async with once:
                return await function(*arguments, **named)

        return run


async def _call_hooks(hooks: list[Callable[[], Any]]) -> None:
    """Call what waited for a commit, each of them whatever became of the others."""
    for hook in hooks:
        try:
            made = hook()
            if inspect.isawaitable(made):
                await made
        except Exception:
            # It is committed: nobody must be told that it failed.
            _log.exception("A function of on_commit() failed: %r", hook)


def _one(command: Command) -> Steps[Any]:
    return (yield command)

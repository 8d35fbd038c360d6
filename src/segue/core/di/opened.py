"""What providers opened for one request, and how it is given back.

A generator provider yields its value once. It goes on when the answer is made, before
the answer leaves, so that a unit of work ends while there is still somebody to tell of
its failure; behind a stream it goes on when the stream has ended. The last one opened
is the first one closed. What its yield gives back is the `Response`, or None for a
plain answer. An exception arrives at its yield, as in a `with` block. It cannot be
swallowed there, since somebody still has to answer for it, but another may be raised in
its place.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from segue.core.di.unit import Unit
from segue.core.errors import WalkError
from segue.core.types import UNSET

__all__ = ["AsyncOpened", "Opened"]

_END: Any = object()


class Opened:
    """The generators that are open, all of them sync."""

    __slots__ = ("_generators",)

    def __init__(self) -> None:
        self._generators: list[Any] = []

    def open(self, generator: Any) -> Any:
        """Run a provider to its yield; give what it yields.

        Raises:
            WalkError: It ended without a yield.
        """
        value = next(generator, _END)
        if value is _END:
            raise _mistake(generator, "ended without a yield")
        self._generators.append(generator)
        return value

    def enter(self, unit: Unit) -> Unit:
        """Begin a unit of sync code."""
        unit.begin(None)
        self._generators.append(unit)
        return unit

    def finish(self, response: Any) -> None:
        """End what ends when the answer is made; behind a stream the rest stays open.

        Args:
            response: The `Response`; None for a plain answer.
        """
        if response is not None and response.kind == "stream":
            units = [one for one in self._generators if isinstance(one, Unit)]
            self._generators = [o for o in self._generators if not isinstance(o, Unit)]
            for unit in reversed(units):
                self._close_one(unit, response)
            self.hold(response)
            return
        self.close(response)

    def close(self, response: Any) -> None:
        """Let all go on to their end, the last one first."""
        while self._generators:
            self._close_one(self._generators.pop(), response)

    def _close_one(self, one: Any, response: Any) -> None:
        try:
            if isinstance(one, Unit):
                one.end(response, None)
            else:
                _end(one, response)
        except BaseException as error:
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """Throw an error into all, the last one first, then raise it, or its successor.

        Raises:
            BaseException: The error; or what one of them raised instead.
        """
        while self._generators:
            error = _thrown(self._generators.pop(), error)
        raise error

    def hold(self, response: Any) -> bool:
        """Stay open until the chunks of a stream have ended; tell whether it is one."""
        if response is None or response.kind != "stream":
            return False
        response.chunks = _HeldChunks(response.chunks, self)
        return True


class AsyncOpened:
    """The generators that are open for an async function, of both colours.

    Args:
        run: Runs a function in a worker thread.
    """

    __slots__ = ("_generators", "_run")

    def __init__(self, run: Callable[..., Awaitable[Any]]) -> None:
        self._run = run
        self._generators: list[tuple[Any, Callable[..., Any] | None]] = []

    async def open(self, generator: Any) -> Any:
        """Run an async provider to its yield; give what it yields.

        Raises:
            WalkError: It ended without a yield.
        """
        value = await anext(generator, _END)
        if value is _END:
            raise _mistake(generator, "ended without a yield")
        self._generators.append((generator, None))
        return value

    async def open_blocking(self, generator: Any) -> Any:
        """Do the same for a sync provider, in a worker thread."""
        return self._opened(
            generator, await self._run(next, generator, _END), self._run
        )

    def open_inline(self, generator: Any) -> Any:
        """Do the same for a sync provider that never waits."""
        return self._opened(generator, next(generator, _END), _here)

    def open_here(self, generator: Any) -> Any:
        """Do the same from a worker thread, where it is ended as well."""
        return self._opened(generator, next(generator, _END), self._run)

    def _opened(self, generator: Any, value: Any, run: Callable[..., Any]) -> Any:
        if value is _END:
            raise _mistake(generator, "ended without a yield")
        self._generators.append((generator, run))
        return value

    def enter(self, unit: Unit, loop: Any = UNSET) -> Unit:
        """Begin a unit.

        Args:
            unit: The unit.
            loop: Where the request is answered; the running one unless it is given.
        """
        if loop is UNSET:
            import asyncio  # noqa: PLC0415 - only apps with async code pay for it

            loop = asyncio.get_running_loop()
        unit.begin(loop)
        self._generators.append((unit, None))
        return unit

    async def finish(self, response: Any, error: BaseException | None = None) -> None:
        """End what ends when the answer is made; behind a stream the rest stays open.

        Args:
            response: The `Response`; None for a plain answer.
            error: What the handler raised, if the answer tells of it.
        """
        if response is not None and response.kind == "stream":
            for unit in self._taken_units():
                try:
                    await unit.aend(response if error is None else None, error)
                except BaseException as raised:
                    await self.fail(raised)
        if self.hold(response):
            return
        if error is None:
            await self.close(response)
        else:
            await self.fail(error)

    def finish_here(self, response: Any, error: BaseException | None) -> None:
        """Do the same from sync code, where all of them are sync."""
        if response is not None and response.kind == "stream":
            for unit in self._taken_units():
                try:
                    unit.end(response if error is None else None, error)
                except BaseException as raised:
                    self.close_here(None, raised)
        if not self.hold(response):
            self.close_here(response, error)

    def _taken_units(self) -> list[Unit]:
        units = [one for one, _run in self._generators if isinstance(one, Unit)]
        self._generators = [o for o in self._generators if not isinstance(o[0], Unit)]
        return units[::-1]

    async def close(self, response: Any) -> None:
        """Let all go on to their end, the last one first."""
        while self._generators:
            generator, run = self._generators.pop()
            await self._close_one(generator, run, response)

    async def _close_one(self, one: Any, run: Any, response: Any) -> None:
        try:
            if run is None:
                await _aend(one, response)
            else:
                await run(_end, one, response)
        except BaseException as error:
            await self.fail(error)

    def close_here(self, response: Any, error: BaseException | None = None) -> None:
        """Let all go on to their end from sync code, where all of them are sync.

        Raises:
            BaseException: The error, if there is one; or what one raised at its end.
        """
        while self._generators:
            generator, _run = self._generators.pop()
            if error is not None:
                error = _thrown(generator, error)
                continue
            try:
                _end(generator, response)
            except BaseException as raised:
                error = raised
        if error is not None:
            raise error

    async def fail(self, error: BaseException) -> None:
        """Throw an error into all, the last one first, then raise it, or its successor.

        Raises:
            BaseException: The error; or what one of them raised instead.
        """
        while self._generators:
            generator, run = self._generators.pop()
            if run is None:
                error = await _athrown(generator, error)
            else:
                error = await run(_thrown, generator, error)
        raise error

    def hold(self, response: Any) -> bool:
        """Stay open until the chunks of a stream have ended; tell whether it is one."""
        if response is None or response.kind != "stream":
            return False
        response.chunks = _AsyncHeldChunks(response.chunks, self, self._run)
        return True


async def _here(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


def _end(generator: Any, response: Any) -> None:
    if isinstance(generator, Unit):
        generator.end(response, None)
        return
    try:
        generator.send(response)
    except StopIteration:
        return
    generator.close()
    raise _mistake(generator, "yielded twice")


async def _aend(generator: Any, response: Any) -> None:
    if isinstance(generator, Unit):
        await generator.aend(response, None)
        return
    try:
        await generator.asend(response)
    except StopAsyncIteration:
        return
    await generator.aclose()
    raise _mistake(generator, "yielded twice")


def _thrown(generator: Any, error: BaseException) -> BaseException:
    if isinstance(generator, Unit):
        try:
            generator.end(None, error)
        except BaseException as raised:
            return raised
        return error
    try:
        generator.throw(error)
    except StopIteration:
        return error
    except BaseException as raised:
        return _successor(raised, error)
    generator.close()
    return error


async def _athrown(generator: Any, error: BaseException) -> BaseException:
    if isinstance(generator, Unit):
        try:
            await generator.aend(None, error)
        except BaseException as raised:
            return raised
        return error
    try:
        await generator.athrow(error)
    except StopAsyncIteration:
        return error
    except BaseException as raised:
        return _successor(raised, error)
    await generator.aclose()
    return error


def _successor(raised: BaseException, thrown: BaseException) -> BaseException:
    # A StopIteration thrown into a generator comes out wrapped (PEP 479).
    is_wrapped = isinstance(raised, RuntimeError) and raised.__cause__ is thrown
    is_stop = isinstance(thrown, (StopIteration, StopAsyncIteration))
    return thrown if is_wrapped and is_stop else raised


def _mistake(generator: Any, what: str) -> WalkError:
    name = getattr(generator, "__name__", type(generator).__name__)
    return WalkError(
        "SG-WALK-060",
        f"The provider {name}() {what}.",
        why="It gives one value; what stands behind the yield is its end.",
        fix="Write one `yield value`, and no other.",
    )


class _HeldChunks:
    """The chunks of a stream, with what must stay open while they are read."""

    def __init__(self, chunks: Any, opened: Opened) -> None:
        self._chunks = chunks
        self._source = iter(chunks)
        self._opened = opened

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._source)
        except StopIteration:
            raise
        except BaseException as error:
            self._opened.fail(error)

    def close(self) -> None:
        """Close the chunks, then what they were made from."""
        close = getattr(self._chunks, "close", None)
        try:
            if close is not None:
                close()
        except BaseException as error:
            self._opened.fail(error)
        self._opened.close(None)


class _AsyncHeldChunks:
    """The same on an event loop; sync chunks are read in a worker thread."""

    def __init__(
        self, chunks: Any, opened: AsyncOpened, run: Callable[..., Awaitable[Any]]
    ) -> None:
        self._chunks = chunks
        self._opened = opened
        self._run = run
        self._source: Any = None

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        chunk: Any = _END
        try:
            chunk = await self._next()
        except BaseException as error:
            await self._opened.fail(error)
        if chunk is _END:
            raise StopAsyncIteration
        return chunk

    async def _next(self) -> Any:
        if hasattr(self._chunks, "__aiter__"):
            self._source = self._source or aiter(self._chunks)
            return await anext(self._source, _END)
        self._source = self._source or iter(self._chunks)
        return await self._run(next, self._source, _END)

    async def aclose(self) -> None:
        """Close the chunks, then what they were made from."""
        try:
            if hasattr(self._chunks, "aclose"):
                await self._chunks.aclose()
            elif hasattr(self._chunks, "close"):
                await self._run(self._chunks.close)
        except BaseException as error:
            await self._opened.fail(error)
        await self._opened.close(None)

"""One request and its answer, on their way through an async app.

ASGI and RSGI differ in words, not in what happens: the app takes the body piece by
piece, starts an answer, writes it, ends. The client takes the answer piece by piece
and may hang up at any time. Everything here runs on one event loop.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Coroutine
from typing import Any, TypeVar

from segue.core.errors import ClientDisconnected
from segue.testing.errors import ClientError, RSGIProtocolClosed, broken
from segue.testing.framing import Framing
from segue.testing.outgoing import Body, Outgoing, Received, Sent
from segue.testing.witness import Call

__all__ = ["PARTING", "PIECE", "BodyFeed", "Exchange", "settled", "within"]

T = TypeVar("T")

PARTING = (OSError, ClientDisconnected, RSGIProtocolClosed)
"""What an app may let through when its client has hung up; servers only log it."""

PIECE = 65536
"""Bytes of a body that travel together, as servers read them."""


async def within(work: Coroutine[Any, Any, T], timeout: float | None, what: str) -> T:
    """Await something for a bounded time.

    Raises:
        ClientError: The time is over; says what was waited for.
    """
    limit = asyncio.timeout(timeout)
    try:
        async with limit:
            return await work
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise ClientError(
            "SG-TEST-010",
            f"{what} did not come within {timeout} seconds.",
            why="A test that waits for ever says nothing.",
            fix="Find what the app waits for, or give the client a longer timeout=.",
        ) from error


class BodyFeed:
    """Hands the body of a request to an app, up to where the client hangs up.

    Attributes:
        cut: The body ended early, because the client went away.
    """

    def __init__(self, request: Outgoing) -> None:
        self.cut = False
        self._left = request.cut.count if isinstance(request.cut, Sent) else None
        self._over = b""
        self._pieces = _pieces(request.content)

    async def take(self) -> bytes | None:
        """Take the next piece, or None when there is none left."""
        if self._left == 0:
            # One look ahead: a client that sent everything cut nothing off.
            self.cut = bool(self._over) or await self._more() is not None
            return None
        piece = self._over or await self._more()
        if piece is None or self._left is None:
            return piece
        piece, self._over = piece[: self._left], piece[self._left :]
        self._left -= len(piece)
        return piece

    async def _more(self) -> bytes | None:
        async for piece in self._pieces:
            return piece
        return None


class Exchange:
    """The answer to one request, while an async app makes it.

    Attributes:
        request: What was sent.
        feed: The body on its way in.
        gone: Set when the client has hung up.
        status: The answer's status; 0 until it is known.
        headers: The answer's headers.
        complete: The app ended its answer and the client heard all of it.
        problem: What the test must see, whatever the app made of it.
    """

    def __init__(
        self,
        protocol: str,
        request: Outgoing,
        call: Call,
        *,
        window: int | None = None,
        timeout: float | None = None,
    ) -> None:
        self.protocol = protocol
        self.request = request
        self.feed = BodyFeed(request)
        self.gone = asyncio.Event()
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.complete = False
        self.ended = asyncio.Event()
        self.problem: BaseException | None = None
        self._call = call
        self._window = window
        self._timeout = timeout
        self._framing: Framing | None = None
        self._chunks: deque[bytes] = deque()
        self._buffered = 0
        self._moved = asyncio.Event()
        self._left = request.cut.count if isinstance(request.cut, Received) else None
        self._task: asyncio.Task[None] | None = None
        if isinstance(request.cut, Sent):
            self.gone.set()

    # The app's side

    def launch(self, work: Coroutine[Any, Any, None]) -> None:
        """Start the app on this request."""
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(work, context=self._call.context)
        self._task.add_done_callback(self._settle)

    def refuse(self, what: str, fix: str) -> Exception:
        """Build the error for a broken rule; the test will see it in any case."""
        return self.noted(broken(self.protocol, what, fix))

    def noted(self, error: Exception) -> Exception:
        """Keep an error for the test, the first one only."""
        self.problem = self.problem or error
        return error

    async def take(self) -> bytes | None:
        """Take the next piece of the request's body."""
        try:
            return await self.feed.take()
        except Exception as error:
            # The test's own iterator failed: its error, not the app's.
            self.noted(error)
            self.hang_up()
            self.feed.cut = True
            return None

    def start(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Start the answer."""
        try:
            framing = Framing(self.protocol, self.request.method, status, headers)
        except Exception as error:
            self.noted(error)
            raise
        self._framing = framing
        self.status, self.headers = status, headers
        if self._left == 0:
            self.hang_up()
        self._moved.set()

    async def write(self, data: bytes) -> None:
        """Write a piece of the answer; waits while the client does not read."""
        data = self._framed(data)
        if self.gone.is_set():
            # Nobody hears it. A loop must still see other things happen.
            await asyncio.sleep(0)
            return
        self._push(data)
        while self._full() and not self.gone.is_set():
            self._moved.clear()
            await self._moved.wait()

    def push(self, data: bytes) -> None:
        """Write a piece of the answer without waiting for the client."""
        data = self._framed(data)
        if not self.gone.is_set():
            self._push(data)

    async def disconnected(self) -> None:
        """Wait until nobody listens any more: gone, or the answer is complete."""
        while not self.gone.is_set() and not self.ended.is_set():
            self._moved.clear()
            await self._moved.wait()

    def finish(self) -> None:
        """End the answer."""
        if self.ended.is_set():
            return
        self.ended.set()
        self._moved.set()
        try:
            if self._framing is not None and self.problem is None:
                self._framing.end()
        except Exception as error:
            self.noted(error)
            raise

    # The client's side

    def hang_up(self) -> None:
        """Be gone: nothing that comes after this is heard."""
        self.gone.set()
        self._moved.set()

    async def open(self) -> None:
        """Wait for the start of the answer, or for the app to fail."""
        await self._bounded(self._started(), "The start of the answer")

    async def next_chunk(self) -> bytes | None:
        """Take the next piece of the answer, or None at its end."""
        return await self._bounded(self._next(), "The next piece of the answer")

    async def drain(self) -> bytes:
        """Take all that is left of the answer."""
        chunks: list[bytes] = []
        while (chunk := await self.next_chunk()) is not None:
            chunks.append(chunk)
        return b"".join(chunks)

    async def close(self) -> None:
        """Let the app come to its end, and stop it when it does not."""
        task = self._task
        if task is None or task.done():
            return
        if not self.ended.is_set():
            self.hang_up()
        try:
            await self._bounded(settled(task), "The end of the app's work")
        finally:
            task.cancel()
            await settled(task)

    @property
    def error(self) -> BaseException | None:
        """What came out of the callable, unless it is about the client's going."""
        if self._task is None or not self._task.done() or self._task.cancelled():
            return None
        error = self._task.exception()
        return None if self.gone.is_set() and isinstance(error, PARTING) else error

    async def _bounded(self, work: Coroutine[Any, Any, T], what: str) -> T:
        try:
            return await within(work, self._timeout, what)
        except ClientError:
            self.hang_up()
            if self._task is not None:
                self._task.cancel()
            raise

    async def _started(self) -> None:
        while not self.status and not self._over():
            self._moved.clear()
            await self._moved.wait()

    async def _next(self) -> bytes | None:
        while not self._chunks:
            if self.ended.is_set() or self.gone.is_set() or self._over():
                self.complete = self.ended.is_set() and not self.gone.is_set()
                return None
            self._moved.clear()
            await self._moved.wait()
        chunk = self._chunks.popleft()
        self._buffered -= len(chunk)
        self._moved.set()
        return chunk

    def _settle(self, task: asyncio.Task[None]) -> None:
        """Wake who waits; and look at the outcome, which nobody else may ask for."""
        self._moved.set()
        if not task.cancelled():
            task.exception()

    def _over(self) -> bool:
        return self._task is not None and self._task.done()

    def _full(self) -> bool:
        return self._window is not None and self._buffered >= self._window

    def _framed(self, data: bytes) -> bytes:
        if self._framing is None:
            raise self.refuse(
                "The app wrote a body before it started an answer.",
                "Send the status and the headers first.",
            )
        try:
            return self._framing.add(data)
        except Exception as error:
            self.noted(error)
            raise

    def _push(self, data: bytes) -> None:
        if self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        if data:
            self._chunks.append(data)
            self._buffered += len(data)
            self._moved.set()
        if self._left == 0:
            self.hang_up()


async def settled(task: asyncio.Task[None]) -> None:
    """Wait for a task without taking its outcome."""
    await asyncio.wait([task])


async def _pieces(content: Body) -> AsyncIterator[bytes]:
    """Yield a body in the pieces in which a server would read it, none empty."""
    if isinstance(content, bytes):
        for at in range(0, len(content), PIECE):
            yield content[at : at + PIECE]
    elif isinstance(content, AsyncIterable):
        async for piece in content:
            if piece:
                yield piece
    else:
        iterator = iter(content)

        def following() -> bytes | None:
            return next(iterator, None)

        # A test's generator may wait for something that happens on this loop.
        while (data := await asyncio.to_thread(following)) is not None:
            if data:
                yield data

"""How each client reads an answer: four meetings of a client and a protocol.

Client      over WSGI           `WsgiExchange` itself, in the test's thread
Client      over ASGI and RSGI  `Blocking`, on the client's loop thread
AsyncClient over WSGI           `Threaded`, in worker threads
AsyncClient over ASGI and RSGI  `Exchange` itself, on the test's loop
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Protocol

from segue.testing.drivers import AsyncDriver
from segue.testing.errors import ClientError
from segue.testing.exchange import Exchange
from segue.testing.loop import LoopThread
from segue.testing.outgoing import Body, Outgoing
from segue.testing.witness import Call
from segue.testing.wsgi import WsgiExchange

__all__ = [
    "AsyncWire",
    "Blocking",
    "Threaded",
    "Wire",
    "blocking_pieces",
    "conclude",
    "sync_pieces",
]


class Told(Protocol):
    """What every wire knows of its answer."""

    status: int
    headers: list[tuple[str, str]]
    complete: bool
    problem: BaseException | None

    @property
    def error(self) -> BaseException | None:
        """What came out of the app's callable."""
        ...  # protocol


class Wire(Told, Protocol):
    """An answer that is read by blocking."""

    def next_chunk(self) -> bytes | None:
        """Take the next piece, or None at the end."""
        ...  # protocol

    def drain(self) -> bytes:
        """Take all that is left."""
        ...  # protocol

    def close(self) -> None:
        """Hang up where the answer is not over, and see the app end."""
        ...  # protocol


class AsyncWire(Told, Protocol):
    """An answer that is read by awaiting."""

    async def next_chunk(self) -> bytes | None:
        """Take the next piece, or None at the end."""
        ...  # protocol

    async def drain(self) -> bytes:
        """Take all that is left."""
        ...  # protocol

    async def close(self) -> None:
        """Hang up where the answer is not over, and see the app end."""
        ...  # protocol


class Blocking:
    """An exchange on a loop thread, read from another thread."""

    def __init__(
        self, driver: AsyncDriver, loop: LoopThread, request: Outgoing, call: Call
    ) -> None:
        self._loop = loop
        self._exchange: Exchange = loop.run(driver.launch(request, call))
        self._tell()

    def _tell(self) -> None:
        exchange = self._exchange
        self.status, self.headers = exchange.status, exchange.headers
        self.complete, self.problem = exchange.complete, exchange.problem

    @property
    def error(self) -> BaseException | None:
        """What came out of the app's callable."""
        return self._exchange.error

    def next_chunk(self) -> bytes | None:
        """Take the next piece, or None at the end."""
        chunk = self._loop.run(self._exchange.next_chunk())
        self._tell()
        return chunk

    def drain(self) -> bytes:
        """Take all that is left."""
        body = self._loop.run(self._exchange.drain())
        self._tell()
        return body

    def close(self) -> None:
        """Hang up where the answer is not over, and see the app end."""
        self._loop.run(self._exchange.close())
        self._tell()


class Threaded:
    """A WSGI exchange whose steps run in worker threads."""

    def __init__(self, exchange: WsgiExchange) -> None:
        self._exchange = exchange
        self._tell()

    def _tell(self) -> None:
        exchange = self._exchange
        self.status, self.headers = exchange.status, exchange.headers
        self.complete, self.problem = exchange.complete, exchange.problem

    @property
    def error(self) -> BaseException | None:
        """What came out of the app's callable."""
        return self._exchange.error

    async def open(self) -> None:
        """Call the app, up to its first piece of body."""
        await asyncio.to_thread(self._exchange.open)
        self._tell()

    async def next_chunk(self) -> bytes | None:
        """Take the next piece, or None at the end."""
        chunk = await asyncio.to_thread(self._exchange.next_chunk)
        self._tell()
        return chunk

    async def drain(self) -> bytes:
        """Take all that is left."""
        body = await asyncio.to_thread(self._exchange.drain)
        self._tell()
        return body

    async def close(self) -> None:
        """Close the app's iterable."""
        await asyncio.to_thread(self._exchange.close)
        self._tell()


def conclude(wire: Told, call: Call, *, raising: bool) -> bytes:
    """See how a call ended: raise what the test must see, or build the 500 page.

    Returns:
        The body that a server would send by itself, mostly nothing.
    """
    call.over = True
    if raising and call.faults:
        raise call.faults[0]
    if wire.problem is not None:
        raise wire.problem
    error = wire.error
    if error is None:
        wire.status = wire.status or 499
        return b""
    if raising or not isinstance(error, Exception):
        raise error
    if wire.status:
        return b""
    wire.status = 500
    wire.headers = [("content-type", "text/plain; charset=utf-8")]
    return b"Internal Server Error"


def sync_pieces(content: Body) -> Iterable[bytes]:
    """Build the pieces of a body for an app that reads by blocking.

    Raises:
        ClientError: They can only be awaited, and nobody here can.
    """
    if isinstance(content, AsyncIterable):
        raise ClientError(
            "SG-TEST-007",
            "Client was given an async iterable as content.",
            why="It has no event loop that the iterable belongs to.",
            fix="Give it bytes or a plain iterable, or use AsyncClient.",
        )
    if isinstance(content, bytes):
        return [content] if content else []
    return (piece for piece in content if piece)


def blocking_pieces(content: Body, loop: asyncio.AbstractEventLoop) -> Iterable[bytes]:
    """Build the pieces of a body for a worker thread beside a running loop."""
    if not isinstance(content, AsyncIterable):
        return sync_pieces(content)
    return _fetched(aiter(content), loop)


def _fetched(
    source: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop
) -> Iterator[bytes]:
    async def fetch() -> bytes | None:
        return await anext(source, None)

    while (
        piece := asyncio.run_coroutine_threadsafe(fetch(), loop).result()
    ) is not None:
        if piece:
            yield piece

"""Bodies: the bytes of a request, read once, within a limit, in both colours.

The protocol adapters hand over a `BodySource`; a `Body` counts what comes out of it.
A body over its limit is refused before a byte is read when its length is announced,
else with the chunk that goes over it; what lies behind that chunk stays unread.
"""

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any, Protocol

from segue.core.errors import ClientDisconnected, ContentTooLarge, WalkError

__all__ = ["Body", "BodySource", "on_event_loop", "running_loop"]


class BodySource(Protocol):
    """Where the bytes of a body come from; each adapter has one.

    Both iterators end only where the body really ended; a body that was cut short
    raises `ClientDisconnected`. `chunks` may block and runs on worker threads.
    """

    @property
    def content_length(self) -> int | None:
        """The announced length in bytes; None when none is announced."""
        ...  # protocol

    def chunks(self) -> Iterator[bytes]:
        """Read the body in blocking steps."""
        ...  # protocol

    def achunks(self) -> AsyncIterator[bytes]:
        """Read the body in awaited steps."""
        ...  # protocol


class Body:
    """The body of one request.

    It is either read whole, and then there for every later use, or streamed, once.

    Args:
        source: Where the bytes come from.
        limit: The most bytes that are taken.
    """

    __slots__ = ("_begun", "_data", "_failure", "_limit", "_source")

    def __init__(self, source: BodySource, limit: int) -> None:
        self._source = source
        self._limit = limit
        self._begun = False
        self._data: bytes | None = None
        self._failure: Exception | None = None

    @property
    def buffered(self) -> bool:
        """Whether the whole body is in memory already."""
        return self._data is not None

    def read(self) -> bytes:
        """Read the whole body; a second call costs nothing.

        Raises:
            ContentTooLarge: It is over the limit.
            ClientDisconnected: It did not end properly.
            WalkError: It was streamed before, or this is the event loop's thread.
        """
        if self._data is None:
            self._data = b"".join(self.stream())
        return self._data

    async def aread(self) -> bytes:
        """Read the whole body as `read` does, in awaited steps."""
        if self._data is None:
            self._data = b"".join([chunk async for chunk in self.astream()])
        return self._data

    def stream(self) -> Iterator[bytes]:
        """Read the body in chunks, none of which is kept.

        Raises:
            ContentTooLarge: It is over the limit.
            WalkError: It was streamed before, or this is the event loop's thread.
        """
        if self._data is not None:
            return iter((self._data,))
        if on_event_loop():
            raise WalkError(
                "SG-HTTP-031",
                "A request's body is read by a blocking call on the event loop.",
                why="Every other request of this worker would wait for this client.",
                fix="Write `async def` and the awaited twin: `await request.ajson()`.",
            )
        self._begin()
        return self._chunks()

    def astream(self) -> AsyncIterator[bytes]:
        """Read the body as `stream` does, in awaited steps."""
        if self._data is not None:
            return _one(self._data)
        self._begin()
        return self._achunks()

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        try:
            for chunk in self._source.chunks():
                total = self._count(total, chunk)
                yield chunk
        except (ContentTooLarge, ClientDisconnected) as error:
            self._failure = error
            raise

    async def _achunks(self) -> AsyncIterator[bytes]:
        total = 0
        try:
            async for chunk in self._source.achunks():
                total = self._count(total, chunk)
                yield chunk
        except (ContentTooLarge, ClientDisconnected) as error:
            self._failure = error
            raise

    def _begin(self) -> None:
        # A handler of errors that looks at the body again gets the same answer.
        if self._failure is not None:
            raise self._failure
        if self._begun:
            raise WalkError(
                "SG-HTTP-030",
                "The body of this request is read a second time.",
                why="It was streamed, so its bytes are gone.",
                fix="Read it once, or call `request.body()` first, which keeps it.",
            )
        self._begun = True
        length = self._source.content_length
        if length is not None and length > self._limit:
            self._failure = self._too_large()
            raise self._failure

    def _count(self, total: int, chunk: bytes) -> int:
        total += len(chunk)
        if total > self._limit:
            raise self._too_large()
        return total

    def _too_large(self) -> ContentTooLarge:
        return ContentTooLarge(f"The body is over the limit of {self._limit} bytes.")


async def _one(chunk: bytes) -> AsyncIterator[bytes]:
    yield chunk


def on_event_loop() -> bool:
    """Tell whether an event loop runs in this thread, without importing asyncio."""
    return running_loop() is not None


def running_loop() -> Any:
    """Find the event loop that runs in this thread, without importing asyncio."""
    # Another thread may be importing asyncio just now, so the name may be missing;
    # it is public for the makers of event loops, and does not raise.
    probe = getattr(sys.modules.get("asyncio"), "_get_running_loop", None)
    return None if probe is None else probe()

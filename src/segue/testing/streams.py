"""Answers that are read as they come, with and without `await`."""

import codecs
from collections.abc import AsyncIterator, Iterator

from segue.core.http.headers import Headers
from segue.testing.outgoing import Outgoing
from segue.testing.response import ClientResponse
from segue.testing.wires import AsyncWire, Told, Wire, conclude
from segue.testing.witness import Call

__all__ = ["AsyncResponseStream", "ResponseStream"]


class _Streamed(ClientResponse):
    """What both kinds of stream know."""

    def __init__(
        self,
        wire: Told,
        request: Outgoing,
        call: Call,
        *,
        protocol: str,
        raising: bool,
    ) -> None:
        super().__init__(wire, request, protocol=protocol)
        self._told = wire
        self._call = call
        self._raising = raising
        self._chunks: list[bytes] = []
        self._concluded = False

    def _end(self) -> bytes:
        """Take over how the call ended; the page of a failure is its last piece."""
        if self._concluded:
            return b""
        self._concluded = True
        page = conclude(self._told, self._call, raising=self._raising)
        self.status = self._told.status
        self.headers = Headers(self._told.headers)
        self.complete = self._told.complete
        return page


class ResponseStream(_Streamed):
    """An answer that is read by iterating."""

    def __init__(
        self, wire: Wire, request: Outgoing, call: Call, *, protocol: str, raising: bool
    ) -> None:
        super().__init__(wire, request, call, protocol=protocol, raising=raising)
        self._wire = wire
        if not wire.status:
            self._body = self._close()

    def iter_bytes(self) -> Iterator[bytes]:
        """Yield the body in the pieces in which the app sent it."""
        if self._body is not None:
            # Read already, or the page of an app that failed before its answer.
            yield self._body
            return
        while (chunk := self._wire.next_chunk()) is not None:
            yield chunk
        self._close()

    def iter_text(self) -> Iterator[str]:
        """Yield the body as text, never cutting a character in two."""
        decoder = codecs.getincrementaldecoder(self.charset)("replace")
        for chunk in self.iter_bytes():
            if text := decoder.decode(chunk):
                yield text
        if text := decoder.decode(b"", final=True):
            yield text

    def iter_lines(self) -> Iterator[str]:
        """Yield the lines of the body without their ends."""
        rest = ""
        for text in self.iter_text():
            *lines, rest = (rest + text).split("\n")
            yield from (line.removesuffix("\r") for line in lines)
        if rest:
            yield rest.removesuffix("\r")

    def read(self) -> bytes:
        """Read what is left; `body`, `text` and `json()` work from here on."""
        if self._body is None:
            self._body = b"".join(self.iter_bytes())
        return self._body

    def close(self) -> None:
        """Hang up where the answer is not over, and see how the app ended."""
        self._close()

    def abandon(self) -> None:
        """Hang up without a look at how the app ended."""
        self._concluded = self._call.over = True
        self._wire.close()

    def _close(self) -> bytes:
        self._wire.close()
        return self._end()


class AsyncResponseStream(_Streamed):
    """An answer that is read by `async for`."""

    def __init__(
        self,
        wire: AsyncWire,
        request: Outgoing,
        call: Call,
        *,
        protocol: str,
        raising: bool,
    ) -> None:
        super().__init__(wire, request, call, protocol=protocol, raising=raising)
        self._wire = wire

    async def begin(self) -> None:
        """See at once when the app failed before its answer."""
        if not self._wire.status:
            self._body = await self._close()

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """Yield the body in the pieces in which the app sent it."""
        if self._body is not None:
            # Read already, or the page of an app that failed before its answer.
            yield self._body
            return
        while (chunk := await self._wire.next_chunk()) is not None:
            yield chunk
        await self._close()

    async def iter_text(self) -> AsyncIterator[str]:
        """Yield the body as text, never cutting a character in two."""
        decoder = codecs.getincrementaldecoder(self.charset)("replace")
        async for chunk in self.iter_bytes():
            if text := decoder.decode(chunk):
                yield text
        if text := decoder.decode(b"", final=True):
            yield text

    async def iter_lines(self) -> AsyncIterator[str]:
        """Yield the lines of the body without their ends."""
        rest = ""
        async for text in self.iter_text():
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                yield line.removesuffix("\r")
        if rest:
            yield rest.removesuffix("\r")

    async def read(self) -> bytes:
        """Read what is left; `body`, `text` and `json()` work from here on."""
        if self._body is None:
            self._body = b"".join([chunk async for chunk in self.iter_bytes()])
        return self._body

    async def close(self) -> None:
        """Hang up where the answer is not over, and see how the app ended."""
        await self._close()

    async def abandon(self) -> None:
        """Hang up without a look at how the app ended."""
        self._concluded = self._call.over = True
        await self._wire.close()

    async def _close(self) -> bytes:
        await self._wire.close()
        return self._end()

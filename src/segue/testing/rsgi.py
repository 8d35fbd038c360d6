"""RSGI 1.6: the objects that Granian 2.8 gives to an app, with its habits.

Measured on Granian: a header whose value is not visible ASCII is listed by `keys()`
but has no value; iteration over a body ends with an empty piece and, when the client
went away, without an error (awaiting the whole body raises); a stream never waits for
its reader. A second answer is dropped there without a word and is an error here.

Source: the RSGI specification 1.6.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from segue.testing.errors import RSGIProtocolClosed, RSGIProtocolError
from segue.testing.exchange import Exchange
from segue.testing.framing import is_text_pair
from segue.testing.outgoing import Outgoing

__all__ = [
    "RSGIHTTPProtocol",
    "RSGIHeaders",
    "RSGIScope",
    "RSGIStreamTransport",
    "rsgi_http",
    "rsgi_scope",
]

Pairs = list[tuple[str, str]]


class RSGIHeaders:
    """The headers of a request: many values a name, names in lower case."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: tuple[tuple[bytes, bytes], ...]) -> None:
        self._pairs = [(name.decode("latin-1"), _visible(v)) for name, v in pairs]

    def __contains__(self, key: str) -> bool:
        return key.lower() in {name for name, _ in self._pairs}

    def __getitem__(self, key: str) -> str:
        value: str | None = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def keys(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self._pairs))

    def values(self) -> list[str]:
        return [value for _, value in self._pairs if value is not None]

    def items(self) -> Pairs:
        return [(name, value) for name, value in self._pairs if value is not None]

    def get(self, key: str, default: Any = None) -> Any:
        """Find the first value of a name."""
        first = [value for name, value in self._pairs if name == key.lower()][:1]
        return default if first in ([], [None]) else first[0]

    def get_all(self, key: str) -> list[str]:
        """List every value of a name."""
        return [value for name, value in self.items() if name == key.lower()]


@dataclass(frozen=True, slots=True)
class RSGIScope:
    """What is known of a request before its body."""

    proto: Literal["http", "ws"]
    http_version: str
    rsgi_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: RSGIHeaders


def rsgi_scope(proto: Literal["http", "ws"], request: Outgoing) -> RSGIScope:
    """Build the scope; under HTTP/2 the authority stands in for the host header."""
    authority, headers = None, request.headers
    if request.http_version != "1.1":
        host = request.header(b"host")
        authority = None if host is None else host.decode("latin-1")
        headers = tuple(pair for pair in headers if pair[0] != b"host")
    return RSGIScope(
        proto=proto,
        http_version=request.http_version,
        rsgi_version="1.6",
        server="{}:{}".format(*request.server),
        client="{}:{}".format(*request.peer) if request.peer else "",
        scheme=request.url.scheme.replace("ws", "http"),
        method=request.method,
        path=request.path_bytes.decode("utf-8", "replace"),
        query_string=request.url.query,
        authority=authority,
        headers=RSGIHeaders(headers),
    )


class RSGIStreamTransport:
    """What `response_stream` returns."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def send_bytes(self, data: Any) -> None:
        """Send a piece; never waits for the client."""
        if not isinstance(data, bytes):
            raise self._exchange.refuse(
                f"The app sent {data!r:.60} as bytes.", "Send bytes, or use send_str."
            )
        self._send(data)

    async def send_str(self, data: Any) -> None:
        """Send a piece of text as UTF-8."""
        if not isinstance(data, str):
            raise self._exchange.refuse(
                f"The app sent {data!r:.60} as str.", "Send str, or use send_bytes."
            )
        self._send(data.encode())

    def _send(self, data: bytes) -> None:
        if self._exchange.gone.is_set():
            raise RSGIProtocolClosed("RSGI transport is closed")
        self._exchange.push(data)


class RSGIHTTPProtocol:
    """The second argument of an RSGI app for an HTTP request."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._taken = False
        self._answered = False

    def __call__(self) -> Awaitable[bytes]:
        """Read the whole body, once."""
        self._take()
        return self._whole()

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body piece by piece, once; the last piece is empty."""
        self._take()
        return self._pieces()

    async def client_disconnect(self) -> None:
        """Wait until the client is gone."""
        await self._exchange.disconnected()

    def response_empty(self, status: int, headers: Pairs) -> None:
        self._whole_answer(status, headers, b"")

    def response_str(self, status: int, headers: Pairs, body: Any) -> None:
        if not isinstance(body, str):
            raise self._exchange.refuse(
                f"response_str got {body!r:.60}.", "Give it a str."
            )
        self._whole_answer(status, headers, body.encode())

    def response_bytes(self, status: int, headers: Pairs, body: Any) -> None:
        if not isinstance(body, bytes):
            raise self._exchange.refuse(
                f"response_bytes got {body!r:.60}.", "Give it bytes."
            )
        self._whole_answer(status, headers, body)

    def response_file(self, status: int, headers: Pairs, file: str) -> None:
        """Answer with a file; one that is not there becomes Granian's own 404."""
        self._file_answer(status, headers, file, 0, None)

    def response_file_range(
        self, status: int, headers: Pairs, file: str, start: int, end: int
    ) -> None:
        """Answer with the bytes of a file from `start` up to before `end`."""
        self._file_answer(status, headers, file, start, end)

    def response_stream(self, status: int, headers: Pairs) -> RSGIStreamTransport:
        """Start a streamed answer; it ends when the app returns."""
        self._start(status, headers)
        return RSGIStreamTransport(self._exchange)

    def _take(self) -> None:
        if self._taken:
            raise RSGIProtocolError("RSGI protocol error")
        self._taken = True

    async def _whole(self) -> bytes:
        pieces = [piece async for piece in self._pieces()]
        if self._exchange.feed.cut:
            raise RSGIProtocolClosed("RSGI transport is closed")
        return b"".join(pieces)

    async def _pieces(self) -> AsyncIterator[bytes]:
        while (piece := await self._exchange.take()) is not None:
            yield piece
        yield b""

    def _start(self, status: int, headers: Any) -> None:
        exchange = self._exchange
        if exchange.status:
            raise exchange.refuse(
                f"The app answered again, with {status!r}.", "Answer a request once."
            )
        if type(status) is not int:
            raise exchange.refuse(
                f"The app sent the status {status!r}.", "Send the status as an int."
            )
        for pair in headers:
            if not is_text_pair(pair):
                raise exchange.refuse(
                    f"The app sent the header {pair!r}.",
                    "Send each header as a tuple of two str.",
                )
        exchange.start(status, list(headers))

    def _whole_answer(self, status: int, headers: Pairs, body: bytes) -> None:
        self._start(status, headers)
        self._exchange.push(body)
        self._exchange.finish()

    def _file_answer(
        self, status: int, headers: Pairs, file: str, start: int, end: int | None
    ) -> None:
        try:
            data = Path(file).read_bytes()[start:end]
        except OSError:
            status, headers, data = 404, [], b"Not found"
        self._whole_answer(status, headers, data)


async def rsgi_http(app: Callable[..., Any], exchange: Exchange) -> None:
    """Drive an app through one HTTP exchange."""
    protocol = RSGIHTTPProtocol(exchange)
    await app(rsgi_scope("http", exchange.request), protocol)
    if not exchange.status:
        raise exchange.refuse(
            "The app returned without an answer.",
            "Call one of the response_ methods before returning.",
        )
    exchange.finish()


def _visible(value: bytes) -> str | None:
    """Decode a value as Granian does, which gives up on anything but ASCII."""
    text = value.decode("latin-1")
    return text if text.isascii() and text.replace("\t", " ").isprintable() else None

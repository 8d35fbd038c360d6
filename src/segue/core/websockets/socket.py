"""A WebSocket as a value: accept, receive, send, close. It knows no wire format.

The opening handshake is answered when the handler first receives or sends, or by
`accept()` when a subprotocol or headers are to be chosen; until then an `HTTPError`
still refuses it with a status.
"""

import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast

import msgspec

from segue.core.errors import WalkError

__all__ = [
    "Channel",
    "Messages",
    "Unreadable",
    "WebSocket",
    "WebSocketClosed",
    "allowed_origin",
]

_SENDABLE = frozenset({*range(1000, 1004), *range(1007, 1015)})
# 1004 is reserved; 1005, 1006 and 1015 only tell what happened.


if sys.version_info >= (3, 13):  # pragma: no cover - one of the two
    Incoming = TypeVar("Incoming", default=str | bytes)
    Outgoing = TypeVar("Outgoing", default=str | bytes)
else:  # pragma: no cover
    Incoming = TypeVar("Incoming")
    Outgoing = TypeVar("Outgoing")


class WebSocketClosed(Exception):
    """The other side closed, or is gone.

    Attributes:
        code: The close code; 1005 when none came, 1006 when the connection broke.
        reason: What the other side said.
    """

    def __init__(self, code: int = 1005, reason: str = "") -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"{code} {reason}".strip())


class Unreadable(Exception):
    """A message that is not of the type that a handler receives.

    Attributes:
        code: What the socket is closed with: 1003, or 1007.
        reason: What is wrong with it.
    """

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"{code} {reason}")


class Messages(NamedTuple):
    """How the messages of a socket are read and written; None leaves the frames.

    Attributes:
        read: Makes a message of a frame, or raises `Unreadable`.
        write: Makes a frame of a message.
    """

    read: Callable[[str | bytes], Any] | None
    write: Callable[[Any], str | bytes] | None


class Channel(Protocol):
    """What a protocol offers of one socket."""

    async def accept(
        self, subprotocol: str | None, headers: Iterable[tuple[str, str]]
    ) -> None:
        """Answer the handshake."""
        ...  # protocol

    async def receive(self) -> str | bytes:
        """Wait for a message; raises `WebSocketClosed`."""
        ...  # protocol

    async def send(self, message: str | bytes) -> None:
        """Send a message; raises `WebSocketClosed`."""
        ...  # protocol

    async def close(self, code: int, reason: str) -> None:
        """Close an accepted socket."""
        ...  # protocol

    async def refuse(self, status: int) -> None:
        """Answer the handshake with a status instead."""
        ...  # protocol


class WebSocket(Generic[Incoming, Outgoing]):
    """One socket, between its handshake and its close.

    `WebSocket[Say, Said]` receives messages of the one type and sends messages of the
    other; `WebSocket` alone receives and sends text and bytes.

    Attributes:
        request: The request of the handshake: path, query, headers, cookies, client.
        subprotocols: What the client offers, in its order.
        accepted: Whether the handshake was answered.
        closed: Whether no message can pass any more.
    """

    __slots__ = (
        "__weakref__",
        "_channel",
        "_messages",
        "_opening",
        "accepted",
        "closed",
        "request",
        "subprotocols",
    )

    def __init__(
        self, channel: Channel, request: Any, messages: Messages | None = None
    ) -> None:
        self._channel = channel
        self._messages = messages or _FRAMES
        self._opening: Any = None
        self.request = request
        offered = request.headers.get("sec-websocket-protocol") or ""
        self.subprotocols = [p.strip() for p in offered.split(",") if p.strip()]
        self.accepted = False
        self.closed = False

    async def accept(
        self,
        subprotocol: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer the handshake; only needed to choose a subprotocol or headers.

        Raises:
            WalkError: The subprotocol is none of those that the client offers.
        """
        if self.accepted or self.closed:
            return
        if self._opening is None:
            import asyncio  # noqa: PLC0415 - only apps with sockets pay for it

            self._opening = asyncio.Lock()
        # One task may begin to read while another begins to write.
        async with self._opening:
            if not self.accepted:
                await self._accept(subprotocol, headers or {})

    async def _accept(
        self, subprotocol: str | None, headers: Mapping[str, str]
    ) -> None:
        if subprotocol is not None and subprotocol not in self.subprotocols:
            raise WalkError(
                "SG-WALK-040",
                f"The socket was accepted with subprotocol {subprotocol!r}, but the "
                f"client offers {self.subprotocols!r}.",
                why="A client closes a connection that chose what it did not offer.",
                fix="Choose one of `socket.subprotocols`, or none.",
            )
        await self._channel.accept(subprotocol, list(headers.items()))
        self.accepted = True

    async def receive(self) -> Incoming:
        """Wait for the next message.

        One that is not of the type closes the socket: with 1003 when it is text for
        bytes or bytes for text, with 1007 and the reason otherwise.

        Raises:
            WebSocketClosed: The other side closed, or is gone, or was closed now.
        """
        frame = await self._receive()
        read = self._messages.read
        if read is None:
            return cast("Incoming", frame)
        try:
            return cast("Incoming", read(frame))
        except Unreadable as error:
            await self.close(error.code, error.reason)
            raise WebSocketClosed(error.code, error.reason) from error

    async def _receive(self) -> str | bytes:
        await self.accept()
        if self.closed:
            raise WebSocketClosed(1006)
        try:
            return await self._channel.receive()
        except WebSocketClosed:
            self.closed = True
            raise

    async def receive_text(self) -> str:
        """Wait for a message of text; closes with 1003 when it is binary."""
        message = await self._receive()
        if isinstance(message, str):
            return message
        await self.close(1003, "text expected")
        raise WebSocketClosed(1003, "text expected")

    async def receive_bytes(self) -> bytes:
        """Wait for a binary message; closes with 1003 when it is text."""
        message = await self._receive()
        if isinstance(message, bytes):
            return message
        await self.close(1003, "bytes expected")
        raise WebSocketClosed(1003, "bytes expected")

    async def receive_json(self, type: Any = Any) -> Any:  # noqa: A002 - as msgspec
        """Wait for a JSON message of a type; closes with 1007 when it does not fit."""
        message = await self._receive()
        try:
            return msgspec.json.decode(message, type=type)
        except (msgspec.DecodeError, RecursionError) as error:
            reason = str(error)[:120]
            await self.close(1007, reason)
            raise WebSocketClosed(1007, reason) from error

    async def send(self, message: Outgoing) -> None:
        """Send a message: of the declared type as JSON, or else text or bytes.

        Raises:
            WebSocketClosed: Nobody is there to take it.
            WalkError: It is neither text nor bytes, or cannot be JSON.
        """
        write = self._messages.write
        await self._send(message if write is None else write(message))

    async def _send(self, message: Any) -> None:
        if not isinstance(message, (str, bytes, bytearray, memoryview)):
            raise WalkError(
                "SG-WALK-044",
                f"A socket cannot send a {type(message).__name__}.",
                why="A message of a WebSocket is text or bytes.",
                fix="Send data with `await socket.send_json(data)`, or say its type: "
                "`socket: WebSocket[Say, Said]`.",
            )
        await self.accept()
        if self.closed:
            raise WebSocketClosed(1006)
        try:
            await self._channel.send(
                message if isinstance(message, str) else bytes(cast("bytes", message))
            )
        except WebSocketClosed:
            self.closed = True
            raise

    async def send_json(self, data: Any) -> None:
        """Send data as one JSON message of text."""
        await self._send(msgspec.json.encode(data).decode())

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close; before the handshake is answered this refuses it with 403.

        Args:
            code: 1000 to 1014 without 1004 to 1006; 3000 to 4999 for your own.
            reason: At most 123 bytes; what is longer is cut.

        Raises:
            WalkError: The code is one that no side may send.
        """
        if not (3000 <= code <= 4999 or code in _SENDABLE):  # noqa: PLR2004 - RFC 6455, 7.4.2
            raise WalkError(
                "SG-WALK-043",
                f"A socket cannot be closed with the code {code!r}.",
                why="The other side would take it for a broken connection.",
                fix="Use 1000, another of 1001 to 1014 that may be sent, or a code of "
                "your own from 3000 to 4999.",
            )
        if self.closed:
            return
        self.closed = True
        if self.accepted:
            short = reason.encode()[:123].decode(errors="ignore")
            await self._channel.close(code, short)
        else:
            await self._channel.refuse(403)

    async def refuse(self, status: int = 403) -> None:
        """Answer the handshake with a status, once."""
        if not self.accepted and not self.closed:
            self.closed = True
            await self._channel.refuse(status)

    async def __aiter__(self) -> AsyncIterator[Incoming]:
        try:
            while True:
                yield await self.receive()
        except WebSocketClosed:
            return


_FRAMES = Messages(None, None)


def allowed_origin(origin: str | None, host: str, origins: Iterable[str]) -> bool:
    """Tell whether a page of this origin may open a socket here.

    A browser sends cookies with a handshake from any page, and no CORS check guards
    it; so a foreign or `null` origin is refused unless it is named. A client without
    an `Origin` is no browser.
    """
    if origin is None:
        return True
    allowed = (origins,) if isinstance(origins, str) else tuple(origins)
    if "*" in allowed or origin in allowed:
        return True
    if origin == "null":
        return False
    # Imported here: browsers alone name an origin, and few apps have a socket.
    from urllib.parse import urlsplit  # noqa: PLC0415

    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and _same_host(
        parts.netloc, host, parts.scheme
    )


def _same_host(origin: str, host: str, scheme: str) -> bool:
    port = ":443" if scheme == "https" else ":80"
    return origin.lower().removesuffix(port) == host.lower().removesuffix(port)

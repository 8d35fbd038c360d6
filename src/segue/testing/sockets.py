"""WebSockets over ASGI and RSGI: the protocols' words on the app's end of a link.

Measured on Granian 2.8: RSGI has neither subprotocols nor close codes (a client sees
1005), refuses with 403 whatever the status was, and a second `accept()` takes the
whole worker down.

Source: the ASGI specification, WebSocket; the RSGI specification 1.6.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from segue.testing.asgi import asgi_scope, checked_pairs
from segue.testing.errors import (
    RSGIProtocolClosed,
    RSGIProtocolError,
    WebSocketRejected,
)
from segue.testing.framing import check_fields
from segue.testing.link import Closing, Link
from segue.testing.rsgi import rsgi_scope

__all__ = [
    "DENIAL",
    "RSGIWebsocketProtocol",
    "RSGIWebsocketTransport",
    "asgi_websocket",
    "rsgi_websocket",
]

DENIAL: Final = "websocket.http.response"


async def asgi_websocket(
    app: Callable[..., Any],
    link: Link,
    state: dict[str, Any],
    extensions: tuple[str, ...],
) -> None:
    """Drive an app through one WebSocket."""
    connection = _AsgiSocket(link, denial=DENIAL in extensions)
    scope = asgi_scope("websocket", link.request, state, extensions)
    scope["subprotocols"] = list(link.offered)
    await app(scope, connection.receive, connection.send)
    if not link.accepted and not link.closed:
        raise link.refuse(
            "The app returned without an answer to the handshake.",
            "Send websocket.accept or websocket.close.",
        )


class _AsgiSocket:
    """The two callables of one ASGI WebSocket and the order of their messages."""

    def __init__(self, link: Link, *, denial: bool) -> None:
        self._link = link
        self._denial = denial
        self._told = False
        self._refusal: tuple[int, list[tuple[str, str]]] | None = None
        self._body = b""

    async def receive(self) -> dict[str, Any]:
        """Hand over the handshake, then what the client sends, then its end."""
        if not self._told:
            self._told = True
            return {"type": "websocket.connect"}
        frame = await self._link.take()
        if isinstance(frame, Closing):
            return {
                "type": "websocket.disconnect",
                "code": frame.code,
                "reason": frame.reason,
            }
        key = "text" if isinstance(frame, str) else "bytes"
        return {"type": "websocket.receive", key: frame}

    async def send(self, message: Mapping[str, Any]) -> None:
        """Take a message of the app, in the order that the protocol wants."""
        link, kind = self._link, str(message.get("type"))
        if link.ours is not None:
            raise OSError("The client has closed the WebSocket.")
        known = self._answers if not link.accepted else self._messages
        take = None if link.closed else known().get(kind)
        if take is None:
            state = "closed" if link.closed else "open" if link.accepted else "new"
            raise link.refuse(
                f"The app sent {kind!r} on a WebSocket that is {state}.",
                "Send websocket.accept or websocket.close first, then "
                "websocket.send, then at most one websocket.close.",
            )
        take(message)

    def _answers(self) -> dict[str, Callable[[Mapping[str, Any]], None]]:
        """List what may answer the handshake."""
        if self._refusal is not None:
            return {f"{DENIAL}.body": self._deny_body}
        answers = {"websocket.accept": self._accept, "websocket.close": self._reject}
        return answers | ({f"{DENIAL}.start": self._deny} if self._denial else {})

    def _messages(self) -> dict[str, Callable[[Mapping[str, Any]], None]]:
        """List what may be sent on an open WebSocket."""
        return {"websocket.send": self._put, "websocket.close": self._close}

    def _accept(self, message: Mapping[str, Any]) -> None:
        link, chosen = self._link, message.get("subprotocol")
        if chosen is not None and chosen not in link.offered:
            raise link.refuse(
                f"The app chose the subprotocol {chosen!r} of {list(link.offered)}.",
                "Choose one that the client offers, or none.",
            )
        pairs = checked_pairs(link.refuse, message.get("headers") or ())
        _check(link, pairs)
        link.accept(chosen, pairs)

    def _reject(self, _: Mapping[str, Any]) -> None:
        self._link.reject(WebSocketRejected(403))

    def _deny(self, message: Mapping[str, Any]) -> None:
        pairs = checked_pairs(self._link.refuse, message.get("headers") or ())
        _check(self._link, pairs)
        self._refusal = message["status"], pairs

    def _deny_body(self, message: Mapping[str, Any]) -> None:
        self._body += message.get("body", b"")
        if not message.get("more_body", False) and self._refusal is not None:
            status, pairs = self._refusal
            self._link.reject(WebSocketRejected(status, pairs, self._body))

    def _put(self, message: Mapping[str, Any]) -> None:
        text, data = message.get("text"), message.get("bytes")
        given = [value for value in (text, data) if value is not None]
        fits = isinstance(text, str) if data is None else isinstance(data, bytes)
        if len(given) != 1 or not fits:
            raise self._link.refuse(
                f"The app sent text={text!r:.60} and bytes={data!r:.60}.",
                "Send either text as str or bytes as bytes.",
            )
        self._link.put(given[0])

    def _close(self, message: Mapping[str, Any]) -> None:
        code = message.get("code", 1000)
        legal = code in range(3000, 5000) or code in {
            *range(1000, 1004),
            *range(1007, 1015),
        }
        if type(code) is not int or not legal:
            raise self._link.refuse(
                f"The app closed with the code {code!r}.",
                "Use 1000, 1001 to 1003, 1007 to 1014, or 3000 to 4999.",
            )
        self._link.put(Closing(code, message.get("reason") or ""))


def _check(link: Link, pairs: list[tuple[str, str]]) -> None:
    """Check header fields; what is found reaches the test whatever the app does."""
    try:
        check_fields(link.protocol, pairs)
    except Exception as error:
        link.problem = link.problem or error
        raise


async def rsgi_websocket(app: Callable[..., Any], link: Link) -> None:
    """Drive an app through one WebSocket."""
    await app(rsgi_scope("ws", link.request), RSGIWebsocketProtocol(link))
    if not link.accepted:
        link.reject(WebSocketRejected(403))
    elif not link.closed:
        link.put(Closing(1005))


@dataclass(frozen=True, slots=True)
class _Message:
    """What a transport receives; `data` is missing where the client closed."""

    kind: int


@dataclass(frozen=True, slots=True)
class _DataMessage(_Message):
    data: str | bytes


class RSGIWebsocketTransport:
    """What `accept()` returns."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._ended = False

    async def receive(self) -> _Message:
        """Wait for a message: kind 0 is the end, 1 bytes, 2 text."""
        if self._ended:
            raise self._gone()
        frame = await self._link.take()
        if isinstance(frame, Closing):
            self._ended = True
            return _Message(0)
        return _DataMessage(2 if isinstance(frame, str) else 1, frame)

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary message."""
        self._send(data, bytes)

    async def send_str(self, data: str) -> None:
        """Send a text message."""
        self._send(data, str)

    def _send(self, data: str | bytes, kind: type) -> None:
        if not isinstance(data, kind):
            raise self._link.refuse(
                f"The app sent {data!r:.60} as {kind.__name__}.",
                "Use send_str for str and send_bytes for bytes.",
            )
        if self._link.closed:
            raise self._gone()
        self._link.put(data)

    def _gone(self) -> Exception:
        if self._link.theirs is not None:
            return RSGIProtocolError("RSGI protocol error")
        return RSGIProtocolClosed("RSGI transport is closed")


class RSGIWebsocketProtocol:
    """The second argument of an RSGI app for a WebSocket."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def accept(self) -> RSGIWebsocketTransport:
        """Let the client in, once."""
        if self._link.accepted or self._link.closed:
            raise self._link.refuse(
                "The app called accept() twice, or after close().",
                "Accept once and keep the transport.",
            )
        self._link.accept()
        return RSGIWebsocketTransport(self._link)

    def close(self, status: int | None = None) -> None:
        """Refuse the handshake, or end the open WebSocket."""
        del status  # Granian sends 403 and no close code, whatever it is.
        if not self._link.accepted:
            self._link.reject(WebSocketRejected(403))
        elif not self._link.closed:
            self._link.put(Closing(1005))

"""ASGI 3: the messages of an HTTP exchange, checked in both directions.

Source: the ASGI specification, HTTP & WebSocket message format 2.3, the version
that uvicorn and Granian announce; there a message to a client that is gone is
dropped without an error.
"""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from segue.core.types import Scope
from segue.testing.exchange import PIECE, Exchange
from segue.testing.outgoing import Outgoing

__all__ = ["PATHSEND", "asgi_http", "asgi_scope", "checked_pairs"]

PATHSEND = "http.response.pathsend"

# Sends to nobody after which an app that never looks is stopped.
_PATIENCE = 10_000


def asgi_scope(
    kind: str, request: Outgoing, state: dict[str, Any], extensions: tuple[str, ...]
) -> Scope:
    """Build the scope of a connection; `kind` is `http` or `websocket`."""
    path = request.path_bytes.decode("utf-8", "replace")
    scope: Scope = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": request.http_version,
        "scheme": request.url.scheme,
        "path": path,
        "raw_path": request.raw_path,
        "query_string": request.url.query.encode("latin-1"),
        "root_path": request.root_path,
        "headers": list(request.headers),
        "client": request.peer,
        "server": request.server,
        "state": dict(state),
        "extensions": {name: {} for name in extensions},
    }
    if kind == "http":
        scope["method"] = request.method
    return scope


def checked_pairs(
    refuse: Callable[[str, str], Exception], headers: object
) -> list[tuple[str, str]]:
    """Build header pairs of text from a message's, which are pairs of bytes."""
    pairs: list[tuple[str, str]] = []
    for pair in cast("list[Any]", headers):
        if len(pair) != 2 or not all(type(part) is bytes for part in pair):  # noqa: PLR2004 - a pair
            raise refuse(
                f"The app sent the header {pair!r}.",
                "Send each header as a pair of bytes.",
            )
        name, value = pair
        if name != name.lower():
            raise refuse(
                f"The app sent the header name {name!r}.",
                "Send header names in lower case.",
            )
        pairs.append((name.decode("latin-1"), value.decode("latin-1")))
    return pairs


async def asgi_http(
    app: Callable[..., Any],
    exchange: Exchange,
    state: dict[str, Any],
    extensions: tuple[str, ...],
) -> None:
    """Drive an app through one HTTP exchange."""
    connection = _Connection(exchange, extensions)
    scope = asgi_scope("http", exchange.request, state, extensions)
    await app(scope, connection.receive, connection.send)
    if not exchange.ended.is_set() and not exchange.gone.is_set():
        raise exchange.refuse(
            "The app returned before its answer was complete.",
            "Send http.response.start, then a body with more_body False.",
        )


class _Connection:
    """The two callables of one ASGI call and the order of their messages."""

    def __init__(self, exchange: Exchange, extensions: tuple[str, ...]) -> None:
        self._exchange = exchange
        self._pathsend = PATHSEND in extensions
        self._unread = True
        self._unheard = 0

    async def receive(self) -> dict[str, Any]:
        """Hand over the body piece by piece, then wait for the client to go."""
        exchange = self._exchange
        if self._unread and not exchange.ended.is_set():
            piece = await exchange.take()
            self._unread = piece is not None
            if not exchange.feed.cut:
                return {
                    "type": "http.request",
                    "body": piece or b"",
                    "more_body": self._unread,
                }
        await exchange.disconnected()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        """Take a message of the app, in the order that the protocol wants."""
        exchange = self._exchange
        self._check(message)
        if exchange.gone.is_set():
            self._unheard += 1
            if self._unheard > _PATIENCE:
                raise OSError("The client is gone, and the app sends on.")
        if message["type"] == "http.response.start":
            self._start(message)
        elif message["type"] == PATHSEND:
            await self._send_file(message["path"])
        else:
            await exchange.write(message.get("body", b""))
            if not message.get("more_body", False):
                exchange.finish()

    def _start(self, message: Mapping[str, Any]) -> None:
        refuse = self._exchange.refuse
        if type(message.get("status")) is not int:
            raise refuse(
                f"The app sent the status {message.get('status')!r}.",
                "Send the status as an int.",
            )
        pairs = checked_pairs(refuse, message.get("headers", ()))
        self._exchange.start(message["status"], pairs)

    async def _send_file(self, path: str) -> None:
        data = await asyncio.to_thread(Path(path).read_bytes)
        for at in range(0, len(data), PIECE):
            await self._exchange.write(data[at : at + PIECE])
        self._exchange.finish()

    def _check(self, message: Mapping[str, Any]) -> None:
        """Refuse a message that may not come, or not now."""
        exchange, kind = self._exchange, message.get("type")
        known = {"http.response.start", "http.response.body"}
        if kind not in known | ({PATHSEND} if self._pathsend else set()):
            raise exchange.refuse(
                f"The app sent the message {kind!r}.",
                "Send http.response.start and http.response.body.",
            )
        if exchange.ended.is_set():
            raise exchange.refuse(
                f"The app sent {kind} after its answer was complete.",
                "Send nothing after a body with more_body False.",
            )
        if (kind == "http.response.start") == bool(exchange.status):
            raise exchange.refuse(
                f"The app sent {kind} {'again' if exchange.status else 'first'}.",
                "Send http.response.start once, before any body.",
            )
        if not isinstance(message.get("body", b""), bytes):
            raise exchange.refuse(
                f"The app sent a body of type {type(message['body']).__name__}.",
                "Send the body as bytes.",
            )

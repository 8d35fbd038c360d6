"""The channels of a WebSocket: the messages of ASGI and RSGI, made alike."""

import asyncio
from collections.abc import Iterable
from typing import Any

from segue.core.errors import WalkError
from segue.core.types import Receive, Scope, Send
from segue.core.websockets.socket import WebSocketClosed

__all__ = ["ASGIChannel", "RSGIChannel"]


class ASGIChannel:
    """One socket over ASGI."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._extensions: Any = scope.get("extensions") or ()
        self._receive = receive
        self._send = send
        self._reader: Any = None
        self._code = 0
        self._is_told: asyncio.Event | None = None

    async def accept(
        self, subprotocol: str | None, headers: Iterable[tuple[str, str]]
    ) -> None:
        raw = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers]
        await self._put(
            {"type": "websocket.accept", "subprotocol": subprotocol, "headers": raw}
        )

    async def receive(self) -> str | bytes:
        # Noted for close(), which a server may not carry out while somebody reads.
        self._reader = asyncio.current_task()
        try:
            message = await self._receive()
        except asyncio.CancelledError:
            if self._is_told is None:
                raise
            self._reader.uncancel()
            # A handler that returns now would take the close frame's place.
            await self._is_told.wait()
            raise WebSocketClosed(self._code) from None
        finally:
            self._reader = None
        if message["type"] == "websocket.disconnect":
            code = message.get("code")
            raise WebSocketClosed(
                1005 if code is None else code, message.get("reason") or ""
            )
        text: str | None = message.get("text")
        data: bytes = message.get("bytes") or b""
        return data if text is None else text

    async def send(self, message: str | bytes) -> None:
        key = "text" if isinstance(message, str) else "bytes"
        await self._put({"type": "websocket.send", key: message})

    async def close(self, code: int, reason: str) -> None:
        self._code, self._is_told = code, asyncio.Event()
        if self._reader is not None:
            self._reader.cancel()
        try:
            await self._put({"type": "websocket.close", "code": code, "reason": reason})
        finally:
            self._is_told.set()

    async def refuse(self, status: int) -> None:
        if "websocket.http.response" not in self._extensions:
            await self._put({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        headers = [(b"content-length", b"0")]
        await self._put(
            {
                "type": "websocket.http.response.start",
                "status": status,
                "headers": headers,
            }
        )
        await self._put({"type": "websocket.http.response.body", "body": b""})

    async def _put(self, message: dict[str, Any]) -> None:
        try:
            await self._send(message)
        except (OSError, RuntimeError) as error:
            # What servers raise when the connection is gone already; uvicorn's
            # ClientDisconnected is an OSError, Granian raises a RuntimeError.
            raise WebSocketClosed(1006) from error


class RSGIChannel:
    """One socket over RSGI; it has no subprotocols, headers or reasons."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport: Any = None

    async def accept(
        self, subprotocol: str | None, headers: Iterable[tuple[str, str]]
    ) -> None:
        if subprotocol is not None or list(headers):
            raise WalkError(
                "SG-WALK-042",
                "A WebSocket over RSGI cannot choose a subprotocol or headers.",
                why="The RSGI protocol has no place for them in its handshake.",
                fix="Serve the app with --interface asgi.",
            )
        self._transport = await self._protocol.accept()

    async def receive(self) -> str | bytes:
        try:
            message = await self._transport.receive()
        except (
            Exception
        ) as error:  # RSGIProtocolClosed is not importable without Granian
            raise WebSocketClosed(1006) from error
        if message.kind == 0:
            raise WebSocketClosed(1005)
        data: str | bytes = message.data
        return data

    async def send(self, message: str | bytes) -> None:
        try:
            if isinstance(message, str):
                await self._transport.send_str(message)
            else:
                await self._transport.send_bytes(bytes(message))
        except Exception as error:  # as above
            raise WebSocketClosed(1006) from error

    async def close(self, code: int, reason: str) -> None:
        del reason
        self._protocol.close(code)

    async def refuse(self, status: int) -> None:
        self._protocol.close(status)

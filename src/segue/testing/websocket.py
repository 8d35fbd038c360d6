"""A test's end of a WebSocket, with and without `await`."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec

from segue.core.http.headers import Headers
from segue.testing.errors import ClientError, WebSocketClosed
from segue.testing.link import Closing, Link
from segue.testing.loop import LoopThread

__all__ = ["AsyncWebSocketSession", "WebSocketSession"]


class AsyncWebSocketSession:
    """An open WebSocket to the app, for async tests.

    Iterating yields messages until the app closes.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the app chose."""
        return self._link.subprotocol

    @property
    def headers(self) -> Headers:
        """The headers that the app added to its acceptance."""
        return Headers(self._link.headers)

    async def send_text(self, text: str) -> None:
        """Send a text message."""
        self._link.send(text)

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary message."""
        self._link.send(data)

    async def send_json(self, value: Any) -> None:
        """Send a value as JSON in a text message."""
        self._link.send(msgspec.json.encode(value).decode())

    async def receive(self) -> str | bytes:
        """Wait for the next message.

        Raises:
            WebSocketClosed: The app closed; says with which code.
        """
        return await self._link.receive()

    async def receive_text(self) -> str:
        """Wait for the next message, which must be text."""
        message = await self._link.receive()
        if isinstance(message, bytes):
            raise _unexpected(message, "text")
        return message

    async def receive_bytes(self) -> bytes:
        """Wait for the next message, which must be binary."""
        message = await self._link.receive()
        if isinstance(message, str):
            raise _unexpected(message, "bytes")
        return message

    async def receive_json(self, type: Any = Any) -> Any:  # noqa: A002 - as in Request.json
        """Wait for the next message and decode it from JSON."""
        return msgspec.json.decode(await self._link.receive(), type=type)

    async def receive_close(self) -> WebSocketClosed:
        """Wait until the app closes; what it says before that is an error."""
        try:
            message = await self._link.receive()
        except WebSocketClosed as closed:
            return closed
        raise _unexpected(message, "a close")

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close from this end."""
        self._link.send(Closing(code, reason))

    async def drop(self) -> None:
        """Go away without a close frame, as a client that loses its network."""
        self._link.send(Closing(1006))

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        try:
            while True:
                yield await self.receive()
        except WebSocketClosed:
            return


class WebSocketSession:
    """An open WebSocket to the app.

    Iterating yields messages until the app closes.
    """

    def __init__(self, session: AsyncWebSocketSession, loop: LoopThread) -> None:
        self._session = session
        self._loop = loop

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the app chose."""
        return self._session.subprotocol

    @property
    def headers(self) -> Headers:
        """The headers that the app added to its acceptance."""
        return self._session.headers

    def send_text(self, text: str) -> None:
        """Send a text message."""
        self._loop.run(self._session.send_text(text))

    def send_bytes(self, data: bytes) -> None:
        """Send a binary message."""
        self._loop.run(self._session.send_bytes(data))

    def send_json(self, value: Any) -> None:
        """Send a value as JSON in a text message."""
        self._loop.run(self._session.send_json(value))

    def receive(self) -> str | bytes:
        """Wait for the next message.

        Raises:
            WebSocketClosed: The app closed; says with which code.
        """
        return self._loop.run(self._session.receive())

    def receive_text(self) -> str:
        """Wait for the next message, which must be text."""
        return self._loop.run(self._session.receive_text())

    def receive_bytes(self) -> bytes:
        """Wait for the next message, which must be binary."""
        return self._loop.run(self._session.receive_bytes())

    def receive_json(self, type: Any = Any) -> Any:  # noqa: A002 - as in Request.json
        """Wait for the next message and decode it from JSON."""
        return self._loop.run(self._session.receive_json(type))

    def receive_close(self) -> WebSocketClosed:
        """Wait until the app closes; what it says before that is an error."""
        return self._loop.run(self._session.receive_close())

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close from this end."""
        self._loop.run(self._session.close(code, reason))

    def drop(self) -> None:
        """Go away without a close frame, as a client that loses its network."""
        self._loop.run(self._session.drop())

    def __iter__(self) -> Iterator[str | bytes]:
        try:
            while True:
                yield self.receive()
        except WebSocketClosed:
            return


def _unexpected(message: str | bytes, wanted: str) -> ClientError:
    return ClientError(
        "SG-TEST-016",
        f"The app sent {message!r:.80}, the test waits for {wanted}.",
        why="The message is taken and gone.",
        fix="Use receive() where either may come.",
    )

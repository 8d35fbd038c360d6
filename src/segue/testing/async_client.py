"""`AsyncClient`: the same browser, for tests that are coroutines themselves."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Literal, Self, Unpack

from segue.testing.conversation import ClientOptions, Conversation, Manner
from segue.testing.drivers import AsyncDriver, choose_protocol
from segue.testing.errors import ClientError
from segue.testing.jar import CookieJar
from segue.testing.outgoing import HeaderPairs, Outgoing, RequestOptions
from segue.testing.response import ClientResponse
from segue.testing.streams import AsyncResponseStream
from segue.testing.websocket import AsyncWebSocketSession
from segue.testing.wires import AsyncWire, Threaded, blocking_pieces, conclude
from segue.testing.witness import Call, Witness
from segue.testing.wsgi import WsgiExchange

__all__ = ["AsyncClient"]


class AsyncClient:
    """Drives any WSGI, ASGI 3 or RSGI app from an async test, on the test's loop.

    With `async with`, the app's lifespan runs around the block. A WSGI app runs in
    worker threads, so several requests may be gathered.

    Args:
        app: The application object; a Segue app, or anybody's.
        options: See `ClientOptions`.
    """

    def __init__(self, app: Any, **options: Unpack[ClientOptions]) -> None:
        self.app = app
        self._manner = Manner(**options)
        self._conversation = Conversation(self._manner)
        self._witness = Witness(app)
        self._protocol: Literal["wsgi", "asgi", "rsgi"] | None = None
        self._driver: AsyncDriver | None = None
        self._alive = False

    @property
    def protocol(self) -> Literal["wsgi", "asgi", "rsgi"]:
        """The protocol that the app is driven through."""
        if self._protocol is None:
            self._protocol = choose_protocol(self.app, self._manner.protocol)
        return self._protocol

    @property
    def cookies(self) -> CookieJar:
        """The jar; a test may read, set and delete."""
        return self._conversation.jar

    async def __aenter__(self) -> Self:
        if self.protocol == "wsgi":
            await asyncio.to_thread(getattr(self.app, "start", _nothing))
        else:
            await self._async_driver().start()
        self._alive = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop the app, if this client started it."""
        alive, self._alive = self._alive, False
        self._witness.close()
        if alive and self.protocol == "wsgi":
            await asyncio.to_thread(getattr(self.app, "stop", _nothing))
        elif alive:
            await self._async_driver().stop()

    async def request(
        self, method: str, url: str, **options: Unpack[RequestOptions]
    ) -> ClientResponse:
        """Send a request and read its whole answer."""
        request = self._conversation.prepare(method, url, options)
        history: tuple[ClientResponse, ...] = ()
        while True:
            response = await self._whole(request, history)
            following = self._conversation.follow(response, options)
            if following is None:
                return response
            request, history = following, (*history, response)

    async def get(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send a GET."""
        return await self.request("GET", url, **options)

    async def head(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send a HEAD."""
        return await self.request("HEAD", url, **options)

    async def options(
        self, url: str, **options: Unpack[RequestOptions]
    ) -> ClientResponse:
        """Send an OPTIONS."""
        return await self.request("OPTIONS", url, **options)

    async def post(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send a POST."""
        return await self.request("POST", url, **options)

    async def put(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send a PUT."""
        return await self.request("PUT", url, **options)

    async def patch(
        self, url: str, **options: Unpack[RequestOptions]
    ) -> ClientResponse:
        """Send a PATCH."""
        return await self.request("PATCH", url, **options)

    async def delete(
        self, url: str, **options: Unpack[RequestOptions]
    ) -> ClientResponse:
        """Send a DELETE."""
        return await self.request("DELETE", url, **options)

    @asynccontextmanager
    async def stream(
        self, method: str, url: str, **options: Unpack[RequestOptions]
    ) -> AsyncGenerator[AsyncResponseStream]:
        """Send a request and read its answer as it comes.

        Leaving the block before the end of the answer hangs up.
        """
        stream = await self._stream(method, url, options)
        try:
            yield stream
        except BaseException:
            # The test's own error is the one to show.
            await stream.abandon()
            raise
        await stream.close()

    @asynccontextmanager
    async def websocket(
        self,
        url: str,
        *,
        subprotocols: Sequence[str] = (),
        headers: HeaderPairs = (),
    ) -> AsyncGenerator[AsyncWebSocketSession]:
        """Open a WebSocket to the app; it is closed with the block.

        Raises:
            WebSocketRejected: The app refused the handshake.
        """
        driver = self._async_driver()
        offered = tuple(subprotocols)
        request = self._conversation.handshake(url, offered, headers)
        raising = self._manner.raise_server_exceptions
        call = self._witness.call()
        link = await driver.connect(request, call, offered, raising=raising)
        try:
            yield AsyncWebSocketSession(link)
        except BaseException:
            # The test's own error is the one to show.
            await link.abandon()
            raise
        await link.finish()

    async def _whole(
        self, request: Outgoing, history: tuple[ClientResponse, ...]
    ) -> ClientResponse:
        call = self._witness.call()
        wire = await self._open(request, call)
        try:
            body = await wire.drain()
        finally:
            await wire.close()
        body += conclude(wire, call, raising=self._manner.raise_server_exceptions)
        response = ClientResponse(
            wire, request, protocol=self.protocol, history=history, body=body
        )
        self._conversation.hear(response)
        return response

    async def _stream(
        self, method: str, url: str, options: RequestOptions
    ) -> AsyncResponseStream:
        request = self._conversation.prepare(method, url, options)
        history: tuple[ClientResponse, ...] = ()
        while True:
            call = self._witness.call()
            wire = await self._open(request, call)
            raising = self._manner.raise_server_exceptions
            stream = AsyncResponseStream(
                wire, request, call, protocol=self.protocol, raising=raising
            )
            await stream.begin()
            stream.history = history
            self._conversation.hear(stream)
            following = self._conversation.follow(stream, options)
            if following is None:
                return stream
            await stream.read()
            request, history = following, (*history, stream)

    async def _open(self, request: Outgoing, call: Call) -> AsyncWire:
        """Start the app on a request."""
        if self.protocol != "wsgi":
            return await self._async_driver().launch(request, call)
        pieces = blocking_pieces(request.content, asyncio.get_running_loop())
        wire = Threaded(WsgiExchange(self.app, request, pieces, call))
        await wire.open()
        return wire

    def _async_driver(self) -> AsyncDriver:
        """Find the driver; the first use builds it."""
        if self.protocol == "wsgi":
            raise ClientError(
                "SG-TEST-009",
                "This client drives its app through WSGI, which has no WebSockets.",
                why="A WSGI server would refuse the upgrade.",
                fix='Pass protocol="asgi" or "rsgi" to AsyncClient.',
            )
        if self._driver is None:
            self._driver = AsyncDriver(
                self.app,
                self.protocol,
                extensions=self._manner.extensions,
                timeout=self._manner.timeout,
            )
        return self._driver


def _nothing() -> None:
    """Stand in for the start or stop that a WSGI app does not have."""

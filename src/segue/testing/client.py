"""`Client`: a test's browser, without a network and without `await`."""

import weakref
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, Self, Unpack

from segue.testing.conversation import ClientOptions, Conversation, Manner
from segue.testing.drivers import AsyncDriver, choose_protocol, rsgi_hooks
from segue.testing.errors import ClientError
from segue.testing.jar import CookieJar
from segue.testing.loop import LoopThread
from segue.testing.outgoing import HeaderPairs, Outgoing, RequestOptions
from segue.testing.response import ClientResponse
from segue.testing.streams import ResponseStream
from segue.testing.websocket import AsyncWebSocketSession, WebSocketSession
from segue.testing.wires import Blocking, Wire, conclude, sync_pieces
from segue.testing.witness import Call, Witness
from segue.testing.wsgi import WsgiExchange

__all__ = ["Client"]


class Client:
    """Drives any WSGI, ASGI 3 or RSGI app from a plain test.

    With `with`, the app's lifespan runs around the block; without, the app is only
    called. An async app runs on one event loop in a thread of the client, from the
    first request to `close()`; a WSGI app runs in the test's own thread.

    Args:
        app: The application object; a Segue app, or anybody's.
        options: See `ClientOptions`.

    Example:
        >>> def app(environ, start_response):
        ...     start_response("200 OK", [("content-type", "text/plain")])
        ...     return [b"Hello"]
        >>> with Client(app) as client:
        ...     client.get("/").text
        'Hello'
    """

    def __init__(self, app: Any, **options: Unpack[ClientOptions]) -> None:
        self.app = app
        self._manner = Manner(**options)
        self._conversation = Conversation(self._manner)
        self._witness = Witness(app)
        self._protocol: Literal["wsgi", "asgi", "rsgi"] | None = None
        self._driver: AsyncDriver | None = None
        self._loop: LoopThread | None = None
        self._reaper: weakref.finalize[..., Any] | None = None
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

    def __enter__(self) -> Self:
        if self.protocol == "wsgi":
            getattr(self.app, "start", _nothing)()
        elif self.protocol == "rsgi":
            self._open_loop(lifespan=True)
        else:
            driver, loop = self._async_parts()
            try:
                loop.run(driver.start())
            except BaseException:
                self.close()
                raise
        self._alive = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the app, if this client started it, and free what the client holds."""
        alive, self._alive = self._alive, False
        try:
            if alive and self.protocol == "wsgi":
                getattr(self.app, "stop", _nothing)()
            elif alive and self.protocol == "asgi":
                driver, loop = self._async_parts()
                loop.run(driver.stop())
        finally:
            self._witness.close()
            loop_thread, self._loop = self._loop, None
            if self._reaper is not None:
                self._reaper.detach()
            if loop_thread is not None:
                loop_thread.stop()

    def request(
        self, method: str, url: str, **options: Unpack[RequestOptions]
    ) -> ClientResponse:
        """Send a request and read its whole answer."""
        request = self._conversation.prepare(method, url, options)
        history: tuple[ClientResponse, ...] = ()
        while True:
            response = self._whole(request, history)
            following = self._conversation.follow(response, options)
            if following is None:
                return response
            request, history = following, (*history, response)

    def get(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send a GET."""
        return self.request("GET", url, **options)

    def head(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send a HEAD."""
        return self.request("HEAD", url, **options)

    def options(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send an OPTIONS."""
        return self.request("OPTIONS", url, **options)

    def post(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send a POST."""
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send a PUT."""
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send a PATCH."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Unpack[RequestOptions]) -> ClientResponse:
        """Send a DELETE."""
        return self.request("DELETE", url, **options)

    @contextmanager
    def stream(
        self, method: str, url: str, **options: Unpack[RequestOptions]
    ) -> Generator[ResponseStream]:
        """Send a request and read its answer as it comes.

        Leaving the block before the end of the answer hangs up.
        """
        stream = self._stream(method, url, options)
        try:
            yield stream
        except BaseException:
            # The test's own error is the one to show.
            stream.abandon()
            raise
        stream.close()

    @contextmanager
    def websocket(
        self,
        url: str,
        *,
        subprotocols: Sequence[str] = (),
        headers: HeaderPairs = (),
    ) -> Generator[WebSocketSession]:
        """Open a WebSocket to the app; it is closed with the block.

        Raises:
            WebSocketRejected: The app refused the handshake.
        """
        driver, loop = self._async_parts()
        offered = tuple(subprotocols)
        request = self._conversation.handshake(url, offered, headers)
        raising = self._manner.raise_server_exceptions
        link = loop.run(
            driver.connect(request, self._witness.call(), offered, raising=raising)
        )
        try:
            yield WebSocketSession(AsyncWebSocketSession(link), loop)
        except BaseException:
            # The test's own error is the one to show.
            loop.run(link.abandon())
            raise
        loop.run(link.finish())

    def _whole(
        self, request: Outgoing, history: tuple[ClientResponse, ...]
    ) -> ClientResponse:
        call = self._witness.call()
        wire = self._open(request, call)
        try:
            body = wire.drain()
        finally:
            wire.close()
        body += conclude(wire, call, raising=self._manner.raise_server_exceptions)
        response = ClientResponse(
            wire, request, protocol=self.protocol, history=history, body=body
        )
        self._conversation.hear(response)
        return response

    def _stream(self, method: str, url: str, options: RequestOptions) -> ResponseStream:
        request = self._conversation.prepare(method, url, options)
        history: tuple[ClientResponse, ...] = ()
        while True:
            call = self._witness.call()
            wire = self._open(request, call)
            raising = self._manner.raise_server_exceptions
            stream = ResponseStream(
                wire, request, call, protocol=self.protocol, raising=raising
            )
            stream.history = history
            self._conversation.hear(stream)
            following = self._conversation.follow(stream, options)
            if following is None:
                return stream
            stream.read()
            request, history = following, (*history, stream)

    def _open(self, request: Outgoing, call: Call) -> Wire:
        """Start the app on a request."""
        content = sync_pieces(request.content)
        if self.protocol != "wsgi":
            driver, loop = self._async_parts()
            return Blocking(driver, loop, request, call)
        exchange = WsgiExchange(self.app, request, content, call)
        exchange.open()
        return exchange

    def _async_parts(self) -> tuple[AsyncDriver, LoopThread]:
        """Find the driver and its loop; the first use starts them."""
        if self.protocol == "wsgi":
            raise ClientError(
                "SG-TEST-009",
                "This client drives its app through WSGI, which has no WebSockets.",
                why="A WSGI server would refuse the upgrade.",
                fix='Pass protocol="asgi" or "rsgi" to Client.',
            )
        if self._driver is None:
            self._driver = AsyncDriver(
                self.app,
                self.protocol,
                extensions=self._manner.extensions,
                timeout=self._manner.timeout,
            )
        return self._driver, self._loop or self._open_loop()

    def _open_loop(self, *, lifespan: bool = False) -> LoopThread:
        before, after = rsgi_hooks(self.app) if lifespan else (None, None)
        self._loop = LoopThread(before, after)
        # A client that nobody closes must not leave its loop behind.
        self._reaper = weakref.finalize(self, self._loop.stop)
        return self._loop


def _nothing() -> None:
    """Stand in for the start or stop that a WSGI app does not have."""

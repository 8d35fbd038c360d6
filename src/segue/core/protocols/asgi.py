"""ASGI: scope, receive and send, to the kernel and back; sockets and lifespan too.

`asgi()` is a plain function: it matches, and returns the coroutine of the endpoint
that was found, so that no coroutine stands between the server and the endpoint.

Source: ASGI 3.0, HTTP and WebSocket 2.5, lifespan 2.0.
"""

import traceback
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, TypeAlias

from segue.core.errors import ClientDisconnected, SegueError
from segue.core.handlers.answers import MEDIA_TYPES
from segue.core.handlers.compile import compile_short
from segue.core.handlers.wire import Wire
from segue.core.http.request import Request
from segue.core.http.response import Response
from segue.core.kernel.current import current
from segue.core.kernel.entry import Entry
from segue.core.kernel.handshake import answer_handshake
from segue.core.kernel.kernel import Kernel
from segue.core.kernel.steps import Colour
from segue.core.protocols.channels import ASGIChannel
from segue.core.protocols.delivery import fail, reply_plain, search, walk_through
from segue.core.protocols.scope import (
    ASGIExchange,
    below_root as _below,
    check_length,
    read_body as _read,
    read_rest,
)
from segue.core.protocols.short import is_kept, short_names
from segue.core.protocols.streaming import send_pieces
from segue.core.routing.matcher import Matcher
from segue.core.types import Receive, Scope, Send

__all__ = ["begin_asgi", "build_asgi"]

Values: TypeAlias = tuple[Any, ...]
Endpoint: TypeAlias = Callable[
    [Scope, Receive, Send, Values], Coroutine[Any, Any, None]
]

_TYPES = tuple((b"content-type", media_type.encode()) for media_type in MEDIA_TYPES)


def build_asgi(  # noqa: C901 - the hot path in one piece
    kernel: Kernel,
) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Build the ASGI callable of a kernel."""
    matcher = kernel.targets(lambda entry: _endpoint(kernel, entry))
    for slots in matcher.static.values():
        # HEAD goes the long way, where the body is taken off.
        slots.pop("HEAD", None)
    static, find, known_hosts = matcher.static, matcher.find, kernel.known_hosts
    app = kernel.app

    def asgi(  # noqa: C901, PLR0912 - the hot path in one piece
        scope: Scope, receive: Receive, send: Send
    ) -> Awaitable[None]:
        """Answer one request, one socket, or the lifespan."""
        if scope["type"] != "http":
            return _other(kernel, matcher, scope, receive, send)
        try:
            current.set(app)
            host = None
            for name, value in scope["headers"]:
                if name == b"host":
                    # A second one makes a host that nobody knows.
                    host = value if host is None else b","
            if host not in known_hosts:
                _check_host(kernel, host)
            path = scope["path"]
            if scope.get("root_path"):
                path = _below(scope)
            slots = static.get(path)
            if slots is not None:
                target = slots.get(scope["method"])
                if target is not None:
                    return target.endpoint(scope, receive, send, ())
            if path[:1] != "/" or "\0" in path or "\ufffd" in path:
                kernel.check_path(path, scope["method"])
            if scope["method"] != "HEAD":
                found = find(path, scope["method"])
                if found is not None:
                    target, values = found
                    return target.endpoint(scope, receive, send, values)
            return _search(kernel, matcher, path, scope, receive, send)
        except Exception as error:
            return _fail(kernel, kernel.edge, scope, receive, send, (), error)

    return asgi


async def begin_asgi(
    ready: Callable[[], Any],
    started: Callable[[], None],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Answer what comes before the app is ready: start it first, if nobody did.

    Until `started` is called every request comes this way and waits for the start.

    A mistake in the app is told through the lifespan, where a server shows it and
    stops; raised there, servers would take it for an app without a lifespan.
    """
    try:
        kernel, asgi = ready()
    except Exception as error:
        if scope["type"] != "lifespan":
            raise
        await receive()
        await send({"type": "lifespan.startup.failed", "message": _told(error)})
        return
    if scope["type"] != "lifespan":
        await kernel.astart()
        started()
    await asgi(scope, receive, send)


def _check_host(kernel: Kernel, host: bytes | None) -> None:
    kernel.check_host(None if host is None else host.decode("latin-1"))
    # As bytes as well: the short way compares what the server gave.
    kernel.remember_host(host or b"")


def _search(
    kernel: Kernel,
    matcher: Matcher[Any],
    path: str,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> Awaitable[None]:
    return search(kernel, matcher, path, _Line(scope, receive, send))


# -- the two ways to a handler


def _endpoint(kernel: Kernel, entry: Entry) -> Endpoint:
    if not entry.is_plain:
        return _walked(kernel, entry)
    if entry.colour is Colour.BLOCKING:
        return _in_worker(kernel, entry)
    names = {
        **short_names(kernel, entry),
        "fail_": partial(_fail, kernel, entry),
        "reply_": partial(_reply_plain, kernel, entry),
    }
    if is_kept(entry):
        names["read_"] = partial(_read_kept, kernel, entry)
    return compile_short(entry.call.plan, kernel.tools, _WIRE, names)


def _in_worker(kernel: Kernel, entry: Entry) -> Endpoint:
    """Serve a sync handler: gather here, call it in a worker thread."""
    call, limit, run = entry.call, entry.limits.body, kernel.threads.run
    request_of = short_names(kernel, entry)["request_of_"]
    read = partial(_read_kept, kernel, entry) if is_kept(entry) else _read

    async def in_worker(
        scope: Scope, receive: Receive, send: Send, values: Values
    ) -> None:
        inputs: Values = ()
        try:
            if call.query:
                inputs += (scope["query_string"].decode("latin-1"),)
            if call.body:
                inputs += await read(scope, receive, limit)
            if call.request:
                exchange = ASGIExchange(scope, receive)
                inputs += (request_of(exchange, entry, values),)
            result = await run(call.function, *inputs, *values)
        except Exception as error:
            await _fail(kernel, entry, scope, receive, send, values, error)
            return
        await _reply_plain(
            kernel, entry, scope, receive, send, values, entry.response(result)
        )

    return in_worker


async def _read_kept(
    kernel: Kernel, entry: Entry, scope: Scope, receive: Receive, limit: int
) -> tuple[bytes, str]:
    """Read the whole body through a `Request`, which has the limit as well."""
    del limit
    request = kernel.request(ASGIExchange(scope, receive), entry)
    return await request.abody(), request.headers.get("content-type") or ""


def _walked(kernel: Kernel, entry: Entry) -> Endpoint:
    def walked(
        scope: Scope, receive: Receive, send: Send, values: Values
    ) -> Coroutine[Any, Any, None]:
        return walk_through(kernel, entry, _Line(scope, receive, send), values)

    return walked


def _fail(
    kernel: Kernel,
    entry: Entry,
    scope: Scope,
    receive: Receive,
    send: Send,
    values: Values,
    error: Exception,
) -> Awaitable[None]:
    return fail(kernel, entry, _Line(scope, receive, send), values, error)


def _reply_plain(
    kernel: Kernel,
    entry: Entry,
    scope: Scope,
    receive: Receive,
    send: Send,
    values: Values,
    response: Response,
) -> Awaitable[None]:
    line = _Line(scope, receive, send)
    return reply_plain(kernel, entry, line, values, response)


# -- the way out


class _Line:
    """One call of the server."""

    __slots__ = ("_receive", "_scope", "_send")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send

    @property
    def call(self) -> tuple[Any, ...]:
        return self._scope, self._receive, self._send

    def exchange(self) -> ASGIExchange:
        return ASGIExchange(self._scope, self._receive)

    async def send(self, response: Response) -> None:
        await self._start(response)
        await self._put({"type": "http.response.body", "body": response.body})

    async def stream(self, kernel: Kernel, request: Request, response: Any) -> None:
        async def put(chunk: bytes) -> None:
            part = {"type": "http.response.body", "body": chunk, "more_body": True}
            await self._put(part)

        # The handler may still read it, if there is more of it to come.
        body: Any = request.exchange.body
        await self._start(response)
        await send_pieces(kernel, response, put, body.watch())
        await self._put({"type": "http.response.body", "body": b""})

    async def _start(self, response: Response) -> None:
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in response.headers.pairs()
        ]
        await self._put(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": headers,
            }
        )

    async def _put(self, message: dict[str, Any]) -> None:
        try:
            await self._send(message)
        except OSError as error:
            # Servers that raise when nobody is there any more.
            raise ClientDisconnected("nobody takes the answer") from error


# -- sockets and lifespan


async def _other(
    kernel: Kernel, matcher: Matcher[Any], scope: Scope, receive: Receive, send: Send
) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(kernel, receive, send)
    elif scope["type"] == "websocket":
        await _websocket(kernel, matcher, scope, receive, send)
    else:
        raise NotImplementedError(f"ASGI scope {scope['type']!r}")


async def _websocket(
    kernel: Kernel, matcher: Matcher[Any], scope: Scope, receive: Receive, send: Send
) -> None:
    if (await receive())["type"] == "websocket.connect":
        channel = ASGIChannel(scope, receive, send)
        exchange = ASGIExchange(scope, receive)
        await answer_handshake(kernel, matcher, channel, exchange)


async def _lifespan(kernel: Kernel, receive: Receive, send: Send) -> None:
    await receive()
    try:
        await kernel.astart()
    except Exception as error:
        await send({"type": "lifespan.startup.failed", "message": _told(error)})
        raise
    await send({"type": "lifespan.startup.complete"})
    await receive()
    try:
        await kernel.astop()
    except Exception as error:
        await send({"type": "lifespan.shutdown.failed", "message": _told(error)})
        raise
    await send({"type": "lifespan.shutdown.complete"})


def _told(error: Exception) -> str:
    """Write an error for a server's log: one of ours says enough by itself."""
    if isinstance(error, SegueError):
        return str(error)
    return "".join(traceback.format_exception(error))


_WIRE = Wire(
    parameters="scope_, receive_, send_, values_",
    is_async=True,
    query="scope_['query_string'].decode('latin-1')",
    body="await read_(scope_, receive_, limit_)",
    quick_body=(
        "content_type_ = ''",
        "for name_, value_ in scope_['headers']:",
        "    if name_ == b'content-type':",
        "        content_type_ = json_",
        "        if value_ != b'application/json':",
        "            content_type_ = value_.decode('latin-1')",
        "    elif name_ == b'content-length':",
        "        if len(value_) >= digits_ or not value_.isdigit():",
        "            check_length_(value_, limit_)",
        "message_ = await receive_()",
        "body_ = message_.get('body', b'')",
        "if message_.get('more_body') or len(body_) > limit_ or not body_:",
        "    body_ = await rest_(message_, receive_, limit_)",
    ),
    request="request_of_(exchange_(scope_, receive_), entry_, values_)",
    send=(
        "head_ = [types_[kind_], (b'content-length', b'%d' % len(out_))]",
        "start_ = {'type': 'http.response.start', 'status': status_, 'headers': head_}",
        "await send_(start_)",
        "await send_({'type': 'http.response.body', 'body': out_})",
        "return",
    ),
    reply="await reply_(scope_, receive_, send_, values_, pair_)",
    fail="return await fail_(scope_, receive_, send_, values_, error_)",
    names={
        "protocol_": "asgi",
        "types_": _TYPES,
        "check_length_": check_length,
        "json_": "application/json",
        "rest_": read_rest,
        "read_": _read,
        "exchange_": ASGIExchange,
    },
)

"""RSGI: a scope and a protocol object, to the kernel and back.

What RSGI hides: the raw path, headers that are not UTF-8, and whether anybody reads
a stream. It takes everything it is given into memory, so a stream is ended with an
error at a byte budget instead of filling it; files go by `response_file`, which
needs no memory.

Source: RSGI 1.6 as Granian serves it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from functools import partial
from typing import Any, TypeAlias

from segue.core.errors import (
    BadRequest,
    ClientDisconnected,
    ContentTooLarge,
    LengthRequired,
    WalkError,
)
from segue.core.handlers.answers import MEDIA_TYPES
from segue.core.handlers.compile import compile_short
from segue.core.handlers.wire import Wire
from segue.core.http.files import File
from segue.core.http.request import Request
from segue.core.http.response import Response
from segue.core.kernel.current import current
from segue.core.kernel.entry import Entry
from segue.core.kernel.handshake import answer_handshake
from segue.core.kernel.kernel import Kernel
from segue.core.kernel.steps import Colour
from segue.core.protocols.bodies import blocking
from segue.core.protocols.channels import RSGIChannel
from segue.core.protocols.delivery import fail, reply_plain, search, walk_through
from segue.core.protocols.short import is_kept, short_names
from segue.core.protocols.streaming import send_pieces
from segue.core.routing.matcher import Matcher

__all__ = ["RSGIExchange", "begin_rsgi", "build_rsgi"]

Values: TypeAlias = tuple[Any, ...]
Endpoint: TypeAlias = Callable[[Any, Any, Any, Values], Coroutine[Any, Any, None]]

_HEADS = tuple([("content-type", media_type)] for media_type in MEDIA_TYPES)


def build_rsgi(  # noqa: C901 - the hot path in one piece
    kernel: Kernel,
) -> Callable[[Any, Any], Awaitable[None]]:
    """Build the RSGI callable of a kernel."""
    matcher = kernel.targets(lambda entry: _endpoint(kernel, entry))
    for slots in matcher.static.values():
        # HEAD goes the long way, where the body is taken off.
        slots.pop("HEAD", None)
    static, find, known_hosts = matcher.static, matcher.find, kernel.known_hosts
    app = kernel.app

    def rsgi(scope: Any, protocol: Any) -> Awaitable[None]:
        """Answer one request or one socket."""
        if scope.proto != "http":
            return _websocket(kernel, matcher, scope, protocol)
        try:
            if current.get() is not app:
                current.set(app)
            # Made anew each time it is read.
            headers = scope.headers
            hosts = headers.get_all("host")
            if len(hosts) != 1 or hosts[0] not in known_hosts:
                _check_host(kernel, scope, hosts)
            path, method = scope.path, scope.method
            slots = static.get(path)
            if slots is not None:
                target = slots.get(method)
                if target is not None:
                    return target.endpoint(scope, protocol, headers, ())
            if path[:1] != "/" or "\0" in path or "\ufffd" in path:
                kernel.check_path(path, method)
            if method != "HEAD":
                found = find(path, method)
                if found is not None:
                    target, values = found
                    return target.endpoint(scope, protocol, headers, values)
            return _search(kernel, matcher, scope, protocol)
        except Exception as error:
            return _fail(kernel, kernel.edge, scope, protocol, (), error)

    return rsgi


async def begin_rsgi(
    ready: Callable[[], Any], started: Callable[[], None], scope: Any, protocol: Any
) -> None:
    """Answer what comes before the app is ready: start it first, if nobody did.

    Until `started` is called every request comes this way and waits for the start.
    """
    kernel, rsgi = ready()
    await kernel.astart()
    started()
    await rsgi(scope, protocol)


def _check_host(kernel: Kernel, scope: Any, hosts: list[str]) -> None:
    if not hosts and scope.authority:
        # HTTP/2 names the host in a field of its own.
        hosts = [scope.authority]
    if len(hosts) != 1:
        raise BadRequest("The request must name one valid host.")
    kernel.check_host(hosts[0])


def _search(
    kernel: Kernel, matcher: Matcher[Any], scope: Any, protocol: Any
) -> Awaitable[None]:
    return search(kernel, matcher, scope.path, _Line(scope, protocol))


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
        scope: Any, protocol: Any, headers: Any, values: Values
    ) -> None:
        del headers
        inputs: Values = ()
        try:
            if call.query:
                inputs += (scope.query_string,)
            if call.body:
                inputs += await read(scope, protocol, limit)
            if call.request:
                exchange = RSGIExchange(scope, protocol)
                inputs += (request_of(exchange, entry, values),)
            result = await run(call.function, *inputs, *values)
        except Exception as error:
            await _fail(kernel, entry, scope, protocol, values, error)
            return
        await _reply_plain(
            kernel, entry, scope, protocol, values, entry.response(result)
        )

    return in_worker


async def _read_kept(
    kernel: Kernel, entry: Entry, scope: Any, protocol: Any, limit: int
) -> tuple[bytes, str]:
    """Read the whole body through a `Request`, which has the limit as well."""
    del limit
    request = kernel.request(RSGIExchange(scope, protocol), entry)
    return await request.abody(), request.headers.get("content-type") or ""


def _walked(kernel: Kernel, entry: Entry) -> Endpoint:
    def walked(
        scope: Any, protocol: Any, headers: Any, values: Values
    ) -> Coroutine[Any, Any, None]:
        del headers
        return walk_through(kernel, entry, _Line(scope, protocol), values)

    return walked


def _fail(
    kernel: Kernel,
    entry: Entry,
    scope: Any,
    protocol: Any,
    values: Values,
    error: Exception,
) -> Awaitable[None]:
    return fail(kernel, entry, _Line(scope, protocol), values, error)


def _reply_plain(
    kernel: Kernel,
    entry: Entry,
    scope: Any,
    protocol: Any,
    values: Values,
    response: Response,
) -> Awaitable[None]:
    return reply_plain(kernel, entry, _Line(scope, protocol), values, response)


# -- the way out


class _Line:
    """One call of the server."""

    __slots__ = ("_protocol", "_scope")

    def __init__(self, scope: Any, protocol: Any) -> None:
        self._scope = scope
        self._protocol = protocol

    @property
    def call(self) -> tuple[Any, ...]:
        return self._scope, self._protocol, self._scope.headers

    def exchange(self) -> "RSGIExchange":
        return RSGIExchange(self._scope, self._protocol)

    async def send(self, response: Response) -> None:
        status, headers = response.status, response.headers.pairs()
        if response.body:
            self._protocol.response_bytes(status, headers, response.body)
        else:
            self._protocol.response_empty(status, headers)

    async def stream(self, kernel: Kernel, request: Request, response: Any) -> None:
        del request
        if isinstance(response, File) and len(response.file_parts) < 2:  # noqa: PLR2004 - all of it, or one range
            _send_file(response, self._protocol)
            return
        status, headers = response.status, response.headers.pairs()
        transport = self._protocol.response_stream(status, headers)
        left = budget = kernel.configuration.stream_budget

        async def put(chunk: bytes) -> None:
            nonlocal left
            left -= len(chunk)
            if left < 0:
                raise _over_budget(budget)
            try:
                await transport.send_bytes(chunk)
            except Exception as error:  # see _read
                raise ClientDisconnected("nobody takes the answer") from error

        await send_pieces(kernel, response, put, _gone(self._protocol))


def _send_file(file: File, protocol: Any) -> None:
    headers = file.headers.pairs()
    if not file.file_parts:
        protocol.response_empty(file.status, headers)
        return
    start, length = file.file_parts[0]
    protocol.response_file_range(
        file.status, headers, file.path, start, int(start) + int(length)
    )


async def _gone(protocol: Any) -> None:
    await protocol.client_disconnect()


def _over_budget(budget: int) -> WalkError:
    return WalkError(
        "SG-WALK-050",
        f"A stream over RSGI was ended after {budget} bytes.",
        why="RSGI does not tell whether the client reads; the rest would be kept in "
        "memory for a client that has stalled.",
        fix="Serve the app with --interface asgi, where streams wait for their "
        "client, or send a File.",
    )


# -- sockets


def _websocket(
    kernel: Kernel, matcher: Matcher[Any], scope: Any, protocol: Any
) -> Awaitable[None]:
    channel, exchange = RSGIChannel(protocol), RSGIExchange(scope, protocol)
    return answer_handshake(kernel, matcher, channel, exchange)


# -- the way in


def _length(scope: Any) -> int | None:
    """Find the length of the body; None when there is no body.

    A body without a length is refused: read in pieces, Granian ends it alike whether
    it was whole or cut off; read at once, nothing bounds it.
    """
    text = scope.headers.get("content-length")
    if not text:
        if "transfer-encoding" in scope.headers or scope.http_version == "2":
            raise LengthRequired(
                "This server does not tell where a body without a length ends."
            )
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20):  # noqa: PLR2004 - 64 bits
        raise BadRequest("The Content-Length is malformed.")
    return int(text)


def _length_within(scope: Any, limit: int) -> int:
    """Find the length of the body, 0 for none; refuse one over the limit."""
    length = _length(scope) or 0
    if length > limit:
        raise ContentTooLarge(f"The body is over the limit of {limit} bytes.")
    return length


def _cut_off() -> ClientDisconnected:
    return ClientDisconnected("the body ended early")


async def _read(scope: Any, protocol: Any, limit: int) -> tuple[bytes, str]:
    """Read the whole body; give it with its content type."""
    content_type = scope.headers.get("content-type") or ""
    length = _length(scope)
    if length is None:
        return b"", content_type
    if length > limit:
        raise ContentTooLarge(f"The body is over the limit of {limit} bytes.")
    try:
        body: bytes = await protocol()
    except Exception as error:  # RSGIProtocolError is not importable without Granian
        raise ClientDisconnected("the body ended early") from error
    if len(body) != length:
        raise ClientDisconnected("the body ended early")
    return body, content_type


async def _parts(protocol: Any) -> AsyncIterator[bytes]:
    try:
        async for part in protocol:
            yield part
    except Exception as error:  # as above
        raise ClientDisconnected("the body ended early") from error


class RSGIExchange:
    """One request, or the handshake of one socket, as RSGI gives it."""

    __slots__ = ("body", "raw")

    protocol = "rsgi"
    root_path = ""

    def __init__(self, scope: Any, protocol: Any) -> None:
        self.raw = scope
        self.body = _Body(scope, protocol)

    @property
    def method(self) -> str:
        return str(self.raw.method)

    @property
    def path(self) -> str:
        return str(self.raw.path)

    @property
    def query_string(self) -> str:
        return str(self.raw.query_string)

    @property
    def scheme(self) -> str:
        scheme = str(self.raw.scheme)
        return {"ws": "http", "wss": "https"}.get(scheme, scheme)

    @property
    def http_version(self) -> str:
        return str(self.raw.http_version)

    @property
    def client(self) -> tuple[str, int] | None:
        return _address(self.raw.client)

    @property
    def server(self) -> tuple[str, int | None] | None:
        return _address(self.raw.server)

    def header_pairs(self) -> list[tuple[str, str]]:
        """Give the headers; a name with an underscore is dropped as a forgery."""
        headers = self.raw.headers
        pairs = [
            (name.lower(), value) for name, value in headers.items() if "_" not in name
        ]
        if "host" not in headers and self.raw.authority:
            pairs.append(("host", self.raw.authority))
        return pairs


def _address(text: str | None) -> tuple[str, int] | None:
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        return None
    return host.strip("[]"), int(port)


class _Body:
    """The body of one request."""

    __slots__ = ("_loop", "_protocol", "_scope")

    def __init__(self, scope: Any, protocol: Any) -> None:
        self._loop = asyncio.get_running_loop()
        self._scope = scope
        self._protocol = protocol

    @property
    def content_length(self) -> int | None:
        return _length(self._scope)

    def chunks(self) -> Iterator[bytes]:
        return blocking(self.achunks(), self._loop)

    async def achunks(self) -> AsyncIterator[bytes]:
        left = self.content_length
        if left is None:
            return
        async for chunk in _parts(self._protocol):
            left -= len(chunk)
            if chunk:
                yield chunk
        if left:
            raise ClientDisconnected("the body ended early")


_WIRE = Wire(
    parameters="scope_, protocol_, headers_, values_",
    is_async=True,
    query="scope_.query_string",
    body="await read_(scope_, protocol_, limit_)",
    quick_body=(
        "content_type_ = headers_.get('content-type') or ''",
        "length_ = headers_.get('content-length')",
        "if length_ and len(length_) < digits_ and length_.isdecimal():",
        "    length_ = int(length_)",
        "else:",
        "    length_ = length_of_(scope_, limit_)",
        "body_ = b''",
        "if length_:",
        "    try:",
        "        body_ = await protocol_()",
        "    except Exception as cut_:",
        "        raise cut_off_() from cut_",
        "    if len(body_) != length_:",
        "        raise cut_off_()",
    ),
    request="request_of_(exchange_(scope_, protocol_), entry_, values_)",
    send=("protocol_.response_bytes(status_, heads_[kind_], out_)", "return"),
    reply="await reply_(scope_, protocol_, values_, pair_)",
    fail="return await fail_(scope_, protocol_, values_, error_)",
    names={
        "protocol_": "rsgi",
        "heads_": _HEADS,
        "cut_off_": _cut_off,
        "length_of_": _length_within,
        "read_": _read,
        "exchange_": RSGIExchange,
    },
)

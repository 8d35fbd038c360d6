"""WSGI: an environ and `start_response`, to the kernel and back.

Two ways lead to a handler. The short way, for a route that nothing surrounds, calls
the compiled function with what it needs and sends the pair it returns. The long way
makes a `Request` and walks. Both end in `_reply` when there is a `Response`.

What WSGI hides: header names are merged (`X_Forwarded_For` looks like
`X-Forwarded-For`), repeated headers are joined by some servers, and a body without
a length is only readable where the server says that it marks its end
(`wsgi.input_terminated`); elsewhere such a request is refused with 411.

Source: PEP 3333.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial
from http import HTTPStatus
from typing import Any, TypeAlias

from segue.core.errors import (
    BadRequest,
    ClientDisconnected,
    ContentTooLarge,
    LengthRequired,
)
from segue.core.handlers.answers import MEDIA_TYPES
from segue.core.handlers.compile import compile_short
from segue.core.handlers.wire import Wire
from segue.core.http.request import Request
from segue.core.http.response import Response, Stream
from segue.core.kernel.current import current, find_request
from segue.core.kernel.entry import Entry
from segue.core.kernel.kernel import Kernel
from segue.core.kernel.steps import Colour
from segue.core.protocols.short import short_names
from segue.core.routing.matcher import Found, Matcher

__all__ = ["WSGIExchange", "build_wsgi"]

Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[..., Any]
Endpoint: TypeAlias = Callable[
    [Environ, StartResponse, tuple[Any, ...]], Iterable[bytes]
]

_CHUNK = 64 * 1024
_UNPREFIXED = (
    ("content-type", "CONTENT_TYPE"),
    ("content-length", "CONTENT_LENGTH"),
)
_STATUS_LINES = {
    status.value: f"{status.value} {status.phrase}" for status in HTTPStatus
}
_TYPES = tuple(("content-type", media_type) for media_type in MEDIA_TYPES)


def build_wsgi(kernel: Kernel) -> Callable[[Environ, StartResponse], Iterable[bytes]]:
    """Build the WSGI callable of a kernel."""
    matcher = kernel.targets(lambda entry: _endpoint(kernel, entry))
    for slots in matcher.static.values():
        # HEAD goes the long way, where the body is taken off.
        slots.pop("HEAD", None)
    static, find, known_hosts = matcher.static, matcher.find, kernel.known_hosts
    app = kernel.app

    def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            if current.get() is not app:
                current.set(app)
            if environ.get("HTTP_HOST") not in known_hosts:
                kernel.check_host(environ.get("HTTP_HOST"))
            path = environ["PATH_INFO"]
            slots = static.get(path)
            if slots is not None:
                target = slots.get(environ["REQUEST_METHOD"])
                if target is not None:
                    return target.endpoint(environ, start_response, ())
            path = _path(environ)
            kernel.check_path(path, environ["REQUEST_METHOD"])
            if environ["REQUEST_METHOD"] != "HEAD":
                found = find(path, environ["REQUEST_METHOD"])
                if found is not None:
                    target, values = found
                    return target.endpoint(environ, start_response, values)
            return _search(kernel, matcher, path, environ, start_response)
        except Exception as error:
            return _fail(kernel, kernel.edge, environ, start_response, (), error)

    return wsgi


def _path(environ: Environ) -> str:
    # Only below a mount point is an empty path the root; else the target was none.
    path = environ["PATH_INFO"]
    return "/" if not path and environ.get("SCRIPT_NAME") else _decode(path)


def _decode(path: str) -> str:
    if path.isascii():
        return path
    return path.encode("latin-1").decode("utf-8", "replace")


def _search(
    kernel: Kernel,
    matcher: Matcher[Any],
    path: str,
    environ: Environ,
    start_response: StartResponse,
) -> Iterable[bytes]:
    request = kernel.request(WSGIExchange(environ))
    method = environ["REQUEST_METHOD"]
    found = matcher.search(path, method, request.host, lambda: request)
    if isinstance(found, Found):
        values = (*found.values, *found.host_values.values())
        if method != "HEAD" and not found.vary:
            answer: Iterable[bytes]
            answer = found.entry.endpoint(environ, start_response, values)
            return answer
        entry = found.entry.entry
        request = kernel.request(WSGIExchange(environ), entry, values)
        response = kernel.answer(request, entry, values)
    else:
        response = kernel.answer(request, kernel.miss(request, found))
    if found.vary:
        response.headers.vary(*found.vary)
    return _reply(kernel, environ, start_response, response, request)


# -- the two ways to a handler


def _endpoint(kernel: Kernel, entry: Entry) -> Endpoint:
    if not entry.is_short:
        return _walked(kernel, entry)
    if entry.colour is Colour.ASYNC:
        return _on_loop(kernel, entry)
    names = {
        **short_names(kernel, entry),
        "status_": _STATUS_LINES.get(entry.status) or f"{entry.status} Unknown",
        "fail_": partial(_fail, kernel, entry),
        "reply_": partial(_reply_plain, kernel, entry),
    }
    return compile_short(entry.call.plan, kernel.values, _WIRE, names)


def _on_loop(kernel: Kernel, entry: Entry) -> Endpoint:
    """Serve an async handler: gather here, await on the background loop."""
    call, limit = entry.call, entry.limits.body

    def on_loop(
        environ: Environ, start_response: StartResponse, values: tuple[Any, ...]
    ) -> Iterable[bytes]:
        inputs: tuple[Any, ...] = ()
        try:
            if call.query:
                inputs += (environ.get("QUERY_STRING"),)
            if call.body:
                inputs += _read(environ, limit)
            if call.request:
                inputs += (kernel.request(WSGIExchange(environ), entry, values),)
            result = kernel.loop.run(call.function(*inputs, *values))
        except Exception as error:
            return _fail(kernel, entry, environ, start_response, values, error)
        return _reply_plain(
            kernel, entry, environ, start_response, values, entry.response(result)
        )

    return on_loop


def _walked(kernel: Kernel, entry: Entry) -> Endpoint:
    def walked(
        environ: Environ, start_response: StartResponse, values: tuple[Any, ...]
    ) -> Iterable[bytes]:
        request = kernel.request(WSGIExchange(environ), entry, values)
        response = kernel.answer(request, entry, values)
        return _reply(kernel, environ, start_response, response, request)

    return walked


def _fail(
    kernel: Kernel,
    entry: Entry,
    environ: Environ,
    start_response: StartResponse,
    values: tuple[Any, ...],
    error: Exception,
) -> Iterable[bytes]:
    request = _request(kernel, entry, environ, values)
    response = kernel.answer(request, entry, values, error)
    return _reply(kernel, environ, start_response, response, request)


def _request(
    kernel: Kernel, entry: Entry, environ: Environ, values: tuple[Any, ...]
) -> Request:
    """Find the request that the handler had, or make one."""
    request = find_request()
    if (
        request is None
        or request.raw is not environ
        or (request.route is not entry.route)
    ):
        request = kernel.request(WSGIExchange(environ), entry, values)
    return request


# -- the way out


def _reply_plain(
    kernel: Kernel,
    entry: Entry,
    environ: Environ,
    start_response: StartResponse,
    values: tuple[Any, ...],
    response: Response,
) -> Iterable[bytes]:
    request = None
    try:
        if response.kind != "bytes" or kernel.needs_request(response):
            request = _request(kernel, entry, environ, values)
        kernel.settle(response, request)
    except Exception as error:
        response.close()
        return _fail(kernel, entry, environ, start_response, values, error)
    return _reply(kernel, environ, start_response, response, request)


def _reply(
    kernel: Kernel,
    environ: Environ,
    start_response: StartResponse,
    response: Response,
    request: Request | None,
) -> Iterable[bytes]:
    method = environ["REQUEST_METHOD"]
    try:
        response.finish(method)
    except Exception as error:
        # A status that is none, for example.
        response.close()
        request = request or kernel.request(WSGIExchange(environ))
        response = kernel.answer(request, kernel.edge, (), error)
        response.finish(method)
    status = _STATUS_LINES.get(response.status) or f"{response.status} Unknown"
    start_response(status, response.headers.pairs())
    if response.kind == "bytes" and not kernel.has_aftermath(response):
        if request is not None:
            request.close()
        return [response.body] if response.body else []
    if request is None:
        request = kernel.request(WSGIExchange(environ))
    return _Sending(kernel, request, response)


class _Sending:
    """The iterable of an answer; its `close` is the end of the request."""

    def __init__(self, kernel: Kernel, request: Request, response: Response) -> None:
        self._kernel = kernel
        self._request = request
        self._response = response
        self._error: Exception | None = None
        self._is_begun = self._is_ended = False
        self._pull = _Pull(kernel)
        self._chunks = iter(self._source())
        if kernel.is_endless(response):
            kernel.sockets.add_stream(self, self._end)

    def _source(self) -> Iterable[bytes]:
        response: Any = self._response
        if response.kind == "bytes":
            return [response.body] if response.body else []
        if isinstance(response, Stream) and response.is_async:
            return self._pull.chunks(aiter(response))
        chunks: Iterable[bytes] = response
        return chunks

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._is_ended:
            raise StopIteration
        try:
            chunk = next(self._chunks)
        except StopIteration:
            self._is_ended = True
            raise
        except Exception as error:
            # The status is out; only breaking off tells the client of it.
            self._error, self._is_ended = error, True
            self._kernel.surface.faults.write(error, self._request)
            raise
        self._is_begun = True
        return chunk

    def _end(self) -> None:
        """End a stream of events, from any thread."""
        self._is_ended = True
        self._pull.end()

    def close(self) -> None:
        """Close the source, then do what comes after the answer."""
        kernel, request, response = self._kernel, self._request, self._response
        kernel.sockets.forget_stream(self)
        if self._is_begun and not self._is_ended:
            self._error = ClientDisconnected("the client went away during the answer")
        try:
            if isinstance(response, Stream) and response.is_async:
                kernel.loop.run(response.aclose())
            else:
                response.close()
        except Exception as error:
            kernel.surface.faults.write(error, request)
        request.close()
        kernel.finish(request, response, self._error)


class _Pull:
    """Pulls an async stream through the background loop, a chunk at a time."""

    def __init__(self, kernel: Kernel) -> None:
        self._loop = kernel.loop
        self._task: Any = None
        self._is_ended = False

    def chunks(self, source: AsyncIterator[bytes]) -> Iterator[bytes]:
        """Give the chunks, up to the end of the source or to `end`."""
        while (chunk := self._loop.run(self._following(source))) is not None:
            yield chunk

    async def _following(self, source: AsyncIterator[bytes]) -> bytes | None:
        import asyncio  # noqa: PLC0415 - only apps with async code pay for it

        self._task = asyncio.ensure_future(_next(source))
        if self._is_ended:
            self._task.cancel()
        await asyncio.wait({self._task})
        if self._is_ended and self._task.cancelled():
            return None
        chunk: bytes | None = self._task.result()
        return chunk

    def end(self) -> None:
        """End it, also while it waits; from any thread."""
        self._is_ended = True
        if self._task is not None:
            self._task.get_loop().call_soon_threadsafe(self._task.cancel)


async def _next(source: AsyncIterator[bytes]) -> bytes | None:
    return await anext(source, None)


# -- the way in


class WSGIExchange:
    """One request as WSGI gives it."""

    __slots__ = ("body", "raw")

    protocol = "wsgi"

    def __init__(self, environ: Environ) -> None:
        self.raw = environ
        self.body = _Body(environ)

    @property
    def method(self) -> str:
        return str(self.raw["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        return _path(self.raw)

    @property
    def root_path(self) -> str:
        return _decode(self.raw.get("SCRIPT_NAME") or "").rstrip("/")

    @property
    def query_string(self) -> str:
        return str(self.raw.get("QUERY_STRING") or "")

    @property
    def scheme(self) -> str:
        return str(self.raw.get("wsgi.url_scheme") or "http")

    @property
    def http_version(self) -> str:
        return str(self.raw.get("SERVER_PROTOCOL") or "HTTP/1.1").removeprefix("HTTP/")

    @property
    def client(self) -> tuple[str, int] | None:
        address = self.raw.get("REMOTE_ADDR")
        if not address:
            return None
        port = str(self.raw.get("REMOTE_PORT") or "")
        return str(address), int(port) if port.isdecimal() else 0

    @property
    def server(self) -> tuple[str, int | None] | None:
        port = str(self.raw.get("SERVER_PORT") or "")
        name = str(self.raw.get("SERVER_NAME") or "")
        return (name, int(port) if port.isdecimal() else None) if name else None

    def header_pairs(self) -> list[tuple[str, str]]:
        """Give the headers; names lower-case with dashes."""
        pairs = [
            (key[5:].replace("_", "-").lower(), value)
            for key, value in self.raw.items()
            if key.startswith("HTTP_") and isinstance(value, str)
        ]
        pairs += [
            (name, self.raw[key]) for name, key in _UNPREFIXED if self.raw.get(key)
        ]
        return pairs


class _Body:
    """The body of one request, in blocking pieces."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Environ) -> None:
        self._environ = environ

    @property
    def content_length(self) -> int | None:
        return _length(self._environ)

    def chunks(self) -> Iterator[bytes]:
        return _pieces(self._environ, _length(self._environ))

    async def achunks(self) -> AsyncIterator[bytes]:
        import asyncio  # noqa: PLC0415 - only async handlers come here

        chunks = self.chunks()
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            yield chunk


def _read(environ: Environ, limit: int) -> tuple[bytes, str]:
    """Read the whole body; give it with its content type."""
    return _whole(environ, limit), environ.get("CONTENT_TYPE") or ""


def _whole(environ: Environ, limit: int) -> bytes:
    length = _length(environ)
    if length is not None and length > limit:
        raise ContentTooLarge(f"The body is over the limit of {limit} bytes.")
    parts: list[bytes] = []
    size = 0
    for part in _pieces(environ, length, at_once=length or _CHUNK):
        size += len(part)
        if size > limit:
            raise ContentTooLarge(f"The body is over the limit of {limit} bytes.")
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _pieces(
    environ: Environ, length: int | None, at_once: int = _CHUNK
) -> Iterator[bytes]:
    """Read up to the end of the body, which a chunked one marks itself."""
    if length is None:
        if not _is_chunked(environ):
            return
        _check_end(environ)
    read = environ["wsgi.input"].read
    while length is None or length > 0:
        try:
            part: bytes = read(at_once if length is None else min(length, at_once))
        except Exception as error:
            # Each server has errors of its own for a body that breaks off.
            raise ClientDisconnected("the body ended early") from error
        if not part:
            if length is not None:
                raise ClientDisconnected("the body ended early")
            return
        if length is not None:
            length -= len(part)
        yield part


def _length(environ: Environ) -> int | None:
    text = environ.get("CONTENT_LENGTH")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20):  # noqa: PLR2004 - 64 bits
        raise BadRequest("The Content-Length is malformed.")
    return int(text)


def _is_chunked(environ: Environ) -> bool:
    return bool(environ.get("HTTP_TRANSFER_ENCODING"))


def _check_end(environ: Environ) -> None:
    # Granian says that it marks the end, and marks the end of a broken body as well.
    software = str(environ.get("SERVER_SOFTWARE") or "")
    if not environ.get("wsgi.input_terminated") or software.startswith("Granian"):
        raise LengthRequired(
            "This server does not tell where a chunked body ends; send a length."
        )


_WIRE = Wire(
    parameters="environ_, start_response_, values_",
    is_async=False,
    query="environ_.get('QUERY_STRING')",
    body="read_(environ_, limit_)",
    request="request_of_(exchange_(environ_), entry_, values_)",
    send=(
        "start_response_(status_, [types_[kind_], ('content-length', str(len(out_)))])",
        "return [out_]",
    ),
    reply="return reply_(environ_, start_response_, values_, pair_)",
    fail="return fail_(environ_, start_response_, values_, error_)",
    names={
        "protocol_": "wsgi",
        "types_": _TYPES,
        "read_": _read,
        "exchange_": WSGIExchange,
    },
)

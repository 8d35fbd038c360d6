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
from segue.core.kernel.current import current
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
    if not entry.is_plain:
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
    request = kernel.request(WSGIExchange(environ), entry, values)
    response = kernel.answer(request, entry, values, error)
    return _reply(kernel, environ, start_response, response, request)


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
        if kernel.needs_request(response):
            request = kernel.request(WSGIExchange(environ), entry, values)
        kernel.settle(response, request)
    except Exception as error:
        return _fail(kernel, entry, environ, start_response, values, error)
    return _reply(kernel, environ, start_response, response, request)


def _reply(
    kernel: Kernel,
    environ: Environ,
    start_response: StartResponse,
    response: Response,
    request: Request | None,
) -> Iterable[bytes]:
    response.finish(environ["REQUEST_METHOD"])
    status = _STATUS_LINES.get(response.status) or f"{response.status} Unknown"
    start_response(status, response.headers.pairs())
    aftermath = kernel.has_aftermath(response)
    if response.kind == "bytes" and not aftermath:
        return [response.body] if response.body else []
    if request is None:
        request = kernel.request(WSGIExchange(environ))
    return _Sending(kernel, request, response, _chunks(kernel, response))


def _chunks(kernel: Kernel, response: Any) -> Iterable[bytes]:
    if response.kind == "bytes":
        return [response.body] if response.body else []
    if isinstance(response, Stream) and response.is_async:
        return _pulled(kernel, aiter(response))
    chunks: Iterable[bytes] = response
    return chunks


def _pulled(kernel: Kernel, chunks: AsyncIterator[bytes]) -> Iterator[bytes]:
    """Pull an async stream through the background loop, a chunk at a time."""

    async def following() -> bytes | None:
        return await anext(chunks, None)

    while (chunk := kernel.loop.run(following())) is not None:
        yield chunk


class _Sending:
    """The iterable of an answer; its `close` is the end of the request."""

    def __init__(
        self,
        kernel: Kernel,
        request: Request,
        response: Response,
        chunks: Iterable[bytes],
    ) -> None:
        self._kernel = kernel
        self._request = request
        self._response = response
        self._chunks = iter(chunks)
        self._error: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except StopIteration:
            raise
        except Exception as error:
            # The status is out; only breaking off tells the client of it.
            self._error = error
            self._kernel.surface.faults.write(error, self._request)
            raise

    def close(self) -> None:
        """Close the source, then do what comes after the answer."""
        response = self._response
        try:
            if isinstance(response, Stream) and response.is_async:
                self._kernel.loop.run(response.aclose())
            else:
                response.close()
        except Exception as error:
            self._kernel.surface.faults.write(error, self._request)
        self._request.close()
        self._kernel.finish(self._request, response, self._error)


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
        length = _length(self._environ)
        source = self._environ["wsgi.input"]
        if length is None:
            if not _is_chunked(self._environ):
                return
            _check_end(self._environ)
            while chunk := source.read(_CHUNK):
                yield chunk
            return
        while length > 0:
            chunk = source.read(min(length, _CHUNK))
            if not chunk:
                raise ClientDisconnected("the body ended early")
            length -= len(chunk)
            yield chunk

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
    if length is None:
        if not _is_chunked(environ):
            return b""
        _check_end(environ)
        data = environ["wsgi.input"].read(limit + 1)
        if len(data) > limit:
            raise ContentTooLarge(f"The body is over the limit of {limit} bytes.")
        return bytes(data)
    if length > limit:
        raise ContentTooLarge(f"The body is over the limit of {limit} bytes.")
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) == length:
        return body
    parts = [body]
    left = length - len(body)
    while left > 0:
        part = environ["wsgi.input"].read(left)
        if not part:
            raise ClientDisconnected("the body ended early")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


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

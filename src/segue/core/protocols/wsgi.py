"""WSGI: an environ and `start_response`, to the kernel and back.

Two ways lead to a handler. The short way, for a route that nothing surrounds, calls
the compiled function with what it needs and sends the pair it returns. The long way
makes a `Request` and walks. Both end in `_reply` when there is a `Response`.

Source: PEP 3333.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial
from http import HTTPStatus
from typing import Any, TypeAlias

from segue.core.errors import ClientDisconnected
from segue.core.handlers.answers import MEDIA_TYPES
from segue.core.handlers.compile import compile_short
from segue.core.handlers.wire import Wire
from segue.core.http.request import Request
from segue.core.http.response import Response, Stream
from segue.core.kernel.current import current
from segue.core.kernel.entry import Entry
from segue.core.kernel.kernel import Kernel
from segue.core.kernel.steps import Colour
from segue.core.protocols.environ import (
    Environ,
    WSGIExchange,
    read_body as _read,
    read_path as _path,
    read_whole,
)
from segue.core.protocols.short import is_kept, short_names
from segue.core.routing.matcher import Found, Matcher

__all__ = ["build_wsgi"]

StartResponse: TypeAlias = Callable[..., Any]
Endpoint: TypeAlias = Callable[
    [Environ, StartResponse, tuple[Any, ...]], Iterable[bytes]
]

_STATUS_LINES = {
    status.value: f"{status.value} {status.phrase}" for status in HTTPStatus
}
_TYPES = tuple(("content-type", media_type) for media_type in MEDIA_TYPES)


def build_wsgi(  # noqa: C901 - the hot path in one piece
    kernel: Kernel,
) -> Callable[[Environ, StartResponse], Iterable[bytes]]:
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
            if path[:1] != "/" or "\0" in path or not path.isascii():
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
    if is_kept(entry):
        names["read_"] = partial(_read_kept, kernel, entry)
    return compile_short(entry.call.plan, kernel.tools, _WIRE, names)


def _on_loop(kernel: Kernel, entry: Entry) -> Endpoint:
    """Serve an async handler: gather here, await on the background loop."""
    call, limit = entry.call, entry.limits.body
    request_of = short_names(kernel, entry)["request_of_"]
    read = partial(_read_kept, kernel, entry) if is_kept(entry) else _read

    def on_loop(
        environ: Environ, start_response: StartResponse, values: tuple[Any, ...]
    ) -> Iterable[bytes]:
        inputs: tuple[Any, ...] = ()
        try:
            if call.query:
                inputs += (environ.get("QUERY_STRING"),)
            if call.body:
                inputs += read(environ, limit)
            if call.request:
                inputs += (request_of(WSGIExchange(environ), entry, values),)
            result = kernel.loop.run(call.function(*inputs, *values))
        except Exception as error:
            return _fail(kernel, entry, environ, start_response, values, error)
        return _reply_plain(
            kernel, entry, environ, start_response, values, entry.response(result)
        )

    return on_loop


def _read_kept(
    kernel: Kernel, entry: Entry, environ: Environ, limit: int
) -> tuple[bytes, str]:
    """Read the whole body through a `Request`, which has the limit as well."""
    del limit
    request = kernel.request(WSGIExchange(environ), entry)
    return request.body(), request.headers.get("content-type") or ""


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
    request = kernel.request_again(environ, entry, values)
    return request or kernel.request(WSGIExchange(environ), entry, values)


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


_WIRE = Wire(
    parameters="environ_, start_response_, values_",
    is_async=False,
    query="environ_.get('QUERY_STRING')",
    body="read_(environ_, limit_)",
    quick_body=(
        "body_ = whole_(environ_, limit_)",
        "content_type_ = environ_.get('CONTENT_TYPE') or ''",
    ),
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
        "whole_": read_whole,
        "exchange_": WSGIExchange,
    },
)

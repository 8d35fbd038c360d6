"""The ways of a request over an event loop, and of its answer: ASGI and RSGI alike.

What differs between the two is a `Line`: one call of the server, from which a request
is read and into which an answer is written.
"""

from typing import Any, Protocol

from segue.core.errors import ClientDisconnected
from segue.core.http.request import Exchange, Request
from segue.core.http.response import Response, Stream
from segue.core.kernel.entry import Entry
from segue.core.kernel.kernel import Kernel
from segue.core.routing.matcher import Found, Matcher

__all__ = ["Line", "fail", "reply", "reply_plain", "search", "walk_through"]

_BODILESS = (204, 304)


class Line(Protocol):
    """One call of a server, with what it was called with."""

    @property
    def call(self) -> tuple[Any, ...]:
        """The arguments of the call, the scope first."""
        ...  # protocol

    def exchange(self) -> Exchange:
        """Make the exchange of the request."""
        ...  # protocol

    async def send(self, response: Response) -> None:
        """Send an answer whose whole body is there."""
        ...  # protocol

    async def stream(self, kernel: Kernel, request: Request, response: Any) -> None:
        """Send a stream or a file.

        Raises:
            ClientDisconnected: The client went away before the end.
        """
        ...  # protocol


async def search(kernel: Kernel, matcher: Matcher[Any], path: str, line: Line) -> None:
    """Answer what the quick look did not find: hosts, predicates, HEAD, misses."""
    request = kernel.request(line.exchange())
    method = request.method
    try:
        found = matcher.search(path, method, request.host, lambda: request)
    except Exception as error:
        await fail(kernel, kernel.edge, line, (), error)
        return
    if isinstance(found, Found):
        values = (*found.values, *found.host_values.values())
        if method != "HEAD" and not found.vary:
            await found.entry.endpoint(*line.call, values)
            return
        entry = found.entry.entry
        request = kernel.request(line.exchange(), entry, values)
        response = await kernel.aanswer(request, entry, values)
    else:
        response = await kernel.aanswer(request, kernel.miss(request, found))
    if found.vary:
        response.headers.vary(*found.vary)
    await reply(kernel, request, response, line)


async def walk_through(
    kernel: Kernel, entry: Entry, line: Line, values: tuple[Any, ...]
) -> None:
    """Answer by the long way, through everything that surrounds a route."""
    request = kernel.request(line.exchange(), entry, values)
    response = await kernel.aanswer(request, entry, values)
    await reply(kernel, request, response, line)


async def fail(
    kernel: Kernel,
    entry: Entry,
    line: Line,
    values: tuple[Any, ...],
    error: Exception,
) -> None:
    """Answer for what the short way ran into."""
    request = _request(kernel, entry, line, values)
    response = await kernel.aanswer(request, entry, values, error)
    await reply(kernel, request, response, line)


async def reply_plain(
    kernel: Kernel,
    entry: Entry,
    line: Line,
    values: tuple[Any, ...],
    response: Response,
) -> None:
    """Send the `Response` of a short way."""
    request = _request(kernel, entry, line, values)
    try:
        kernel.settle(response, request)
    except Exception as error:
        await _close(kernel, request, response)
        await fail(kernel, entry, line, values, error)
        return
    await reply(kernel, request, response, line)


async def reply(
    kernel: Kernel, request: Request, response: Response, line: Line
) -> None:
    """Send an answer, then do what comes after it, in any case."""
    response = await _finished(kernel, request, response)
    error: Exception | None = None
    try:
        if response.kind == "bytes" or _is_bodiless(request, response):
            await line.send(response)
        else:
            await line.stream(kernel, request, response)
    except ClientDisconnected as gone:
        error = gone
    except Exception as failed:
        # The status is out; only breaking off tells the client of it.
        error = failed
        kernel.surface.faults.write(failed, request)
        raise
    except BaseException:
        error = ClientDisconnected("the answer was broken off")
        raise
    finally:
        await _close(kernel, request, response)
        request.close()
        if kernel.has_aftermath(response):
            await kernel.afinish(request, response, error)
        # Else this frame and the error hold each other, and both the connection.
        del error


def _request(
    kernel: Kernel, entry: Entry, line: Line, values: tuple[Any, ...]
) -> Request:
    request = kernel.request_again(line.call[0], entry, values)
    return request or kernel.request(line.exchange(), entry, values)


async def _finished(kernel: Kernel, request: Request, response: Response) -> Response:
    try:
        response.finish(request.method)
    except Exception as error:
        # A status that is none, for example.
        await _close(kernel, request, response)
        response = await kernel.aanswer(request, kernel.edge, (), error)
        response.finish(request.method)
    return response


def _is_bodiless(request: Request, response: Response) -> bool:
    return request.method == "HEAD" or response.status in _BODILESS


async def _close(kernel: Kernel, request: Request, response: Response) -> None:
    if response.kind == "bytes":
        return
    try:
        if isinstance(response, Stream) and not response.is_async:
            # What a generator does at its end may wait.
            await kernel.threads.complete(response.close)
        else:
            await response.aclose()
    except Exception as error:
        kernel.surface.faults.write(error, request)

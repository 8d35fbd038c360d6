"""The walk of one WebSocket: host, route, origin, inputs, handler, and its end."""

from contextlib import suppress
from typing import Any

from segue.core.errors import BadRequest, HTTPError
from segue.core.http.request import Exchange, Request
from segue.core.kernel.entry import Entry
from segue.core.kernel.kernel import Kernel
from segue.core.routing.matcher import Found, Matcher, Miss
from segue.core.types import WEBSOCKET
from segue.core.websockets.socket import (
    Channel,
    WebSocket,
    WebSocketClosed,
    allowed_origin,
)

__all__ = ["answer_handshake", "serve_socket"]


async def answer_handshake(
    kernel: Kernel, matcher: Matcher[Any], channel: Channel, exchange: Exchange
) -> None:
    """Find who serves a socket; refuse it where nobody does."""
    request = kernel.request(exchange)
    try:
        found = _match(kernel, matcher, request)
    except HTTPError as error:
        await _refuse(channel, error.status)
    except Exception as error:
        kernel.surface.faults.write(error, request)
        await _refuse(channel, 500)
    else:
        if not isinstance(found, Found):
            await _refuse(channel, 405 if found.allowed else 404)
            return
        entry: Entry = found.entry.entry
        values = (*found.values, *found.host_values.values())
        request = kernel.request(exchange, entry, values)
        await serve_socket(
            kernel, WebSocket(channel, request, entry.messages), entry, values
        )


def _match(
    kernel: Kernel, matcher: Matcher[Any], request: Request
) -> Found[Any] | Miss:
    hosts = request.headers.get_all("host")
    if len(hosts) != 1:
        raise BadRequest("The request must name one valid host.")
    kernel.check_host(hosts[0])
    kernel.check_path(request.path, WEBSOCKET)
    return matcher.search(request.path, WEBSOCKET, request.host, lambda: request)


async def serve_socket(
    kernel: Kernel,
    socket: WebSocket[Any, Any],
    entry: Entry,
    values: tuple[Any, ...],
) -> None:
    """Serve one socket from its handshake to its close; raises no exception."""
    request, call = socket.request, entry.call
    origins = entry.route.options.get("origins", ())
    origin = request.headers.get("origin")
    if kernel.sockets.stopping:
        await _end(socket, 503, 1012, "")
        return
    if not allowed_origin(origin, request.host, origins):
        await _end(socket, 403, 1008, "")
        return
    inputs: list[Any] = [request.query_string] if call.query else []
    inputs += [request] if call.request else []
    inputs += [{WebSocket: socket}] if call.carried else []
    kernel.sockets.add(socket)
    ending: tuple[int, int, str] = (403, 1000, "")
    try:
        await call.function(*inputs, *values)
    except WebSocketClosed:
        # Of this socket, most likely; were it another's, this one is still open.
        pass
    except HTTPError as error:
        ending = (error.status, 1008, error.detail or error.title)
    except Exception as error:
        kernel.surface.faults.write(error, request)
        ending = (500, 1011, "the handler failed")
    await _end(socket, *ending)


async def _end(socket: WebSocket[Any, Any], status: int, code: int, why: str) -> None:
    """Refuse a socket with a status, or close it with a code once it was accepted."""
    # Servers have errors of their own for a client that is gone; that is an end too.
    with suppress(Exception):
        await socket.refuse(status)
        await socket.close(code, why)


async def _refuse(channel: Channel, status: int) -> None:
    with suppress(WebSocketClosed):
        await channel.refuse(status)

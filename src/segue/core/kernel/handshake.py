"""The walk of one WebSocket: origin, inputs, handler, and its end in any case."""

from typing import Any

from segue.core.errors import HTTPError
from segue.core.kernel.entry import Entry
from segue.core.kernel.kernel import Kernel
from segue.core.websockets.socket import WebSocket, WebSocketClosed, allowed_origin

__all__ = ["serve_socket"]


async def serve_socket(
    kernel: Kernel,
    socket: WebSocket[Any, Any],
    entry: Entry,
    values: tuple[Any, ...],
) -> None:
    """Serve one socket from its handshake to its close; never raises."""
    request, call = socket.request, entry.call
    origins = entry.route.options.get("origins", ())
    origin = request.headers.get("origin")
    if not allowed_origin(origin, request.host, origins):
        await socket.refuse(403)
        return
    inputs: list[Any] = [request.query_string] if call.query else []
    inputs += [request] if call.request else []
    inputs += [{WebSocket: socket}] if call.carried else []
    kernel.sockets.add(socket)
    try:
        await call.function(*inputs, *values)
        await socket.close(1000)
    except WebSocketClosed:
        pass
    except HTTPError as error:
        await socket.refuse(error.status)
        await socket.close(1008, error.detail or error.title)
    except Exception as error:
        kernel.surface.faults.write(error, request)
        await _end(socket)


async def _end(socket: WebSocket[Any, Any]) -> None:
    try:
        await socket.refuse(500)
        await socket.close(1011, "the handler failed")
    except Exception:  # noqa: S110 - the client is gone as well; the log has the cause
        pass

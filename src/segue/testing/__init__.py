"""Tests of an app: a client without a network, a real server, overrides.

Each name is loaded when it is first used: pytest imports this package for the plugin
in it, in every run wherever Segue is installed, and most runs want nothing of it.

Example:
    >>> from segue.testing import Client
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [("content-type", "text/plain")])
    ...     return [b"Hello"]
    >>> Client(app).get("/").text
    'Hello'
"""

# Pyright looks for names that `__getattr__` gives; it finds them in `__init__.pyi`.
# pyright: reportUnsupportedDunderAll=false

import importlib
import typing

__all__ = [
    "AsyncClient",
    "AsyncResponseStream",
    "AsyncWebSocketSession",
    "Client",
    "ClientError",
    "ClientOptions",
    "ClientResponse",
    "CookieJar",
    "FrozenClock",
    "LiveServer",
    "LiveServerError",
    "ProtocolError",
    "Received",
    "RequestOptions",
    "ResponseStream",
    "Sent",
    "StoredCookie",
    "WebSocketClosed",
    "WebSocketRejected",
    "WebSocketSession",
    "override",
]

_HOMES: typing.Final = {
    "AsyncClient": "async_client",
    "AsyncResponseStream": "streams",
    "AsyncWebSocketSession": "websocket",
    "Client": "client",
    "ClientError": "errors",
    "ClientOptions": "conversation",
    "ClientResponse": "response",
    "CookieJar": "jar",
    "FrozenClock": "overrides",
    "LiveServer": "live",
    "LiveServerError": "errors",
    "ProtocolError": "errors",
    "Received": "outgoing",
    "RequestOptions": "outgoing",
    "ResponseStream": "streams",
    "Sent": "outgoing",
    "StoredCookie": "jar",
    "WebSocketClosed": "errors",
    "WebSocketRejected": "errors",
    "WebSocketSession": "websocket",
    "override": "overrides",
}


def __getattr__(name: str) -> typing.Any:
    """Load a public name from its module."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]

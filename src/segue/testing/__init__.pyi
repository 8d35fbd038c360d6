# What type checkers read; `__init__.py` loads the same names when used.
from segue.testing.async_client import AsyncClient
from segue.testing.client import Client
from segue.testing.conversation import ClientOptions
from segue.testing.errors import (
    ClientError,
    LiveServerError,
    ProtocolError,
    WebSocketClosed,
    WebSocketRejected,
)
from segue.testing.jar import CookieJar, StoredCookie
from segue.testing.live import LiveServer
from segue.testing.outgoing import Received, RequestOptions, Sent
from segue.testing.overrides import FrozenClock, override
from segue.testing.response import ClientResponse
from segue.testing.streams import AsyncResponseStream, ResponseStream
from segue.testing.websocket import AsyncWebSocketSession, WebSocketSession

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

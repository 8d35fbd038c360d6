"""A WebSocket as a value with send and receive; no wire protocol."""

from segue.core.websockets.socket import (
    Channel,
    WebSocket,
    WebSocketClosed,
    allowed_origin,
)

__all__ = ["Channel", "WebSocket", "WebSocketClosed", "allowed_origin"]

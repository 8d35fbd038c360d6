"""The sockets that are open in this process."""

import weakref
from typing import Any

from segue.core.websockets.socket import WebSocket

__all__ = ["OpenSockets"]


class OpenSockets:
    """The sockets that are open in this process, so that a stop can close them.

    A server that stops without a close frame leaves its clients guessing; 1012 says
    that the service restarts and that trying again makes sense.
    """

    def __init__(self) -> None:
        self._open: weakref.WeakSet[WebSocket[Any, Any]] = weakref.WeakSet()
        self.stopping = False

    def __len__(self) -> int:
        return len(self._open)

    def add(self, socket: WebSocket[Any, Any]) -> None:
        """Remember a socket until it is gone."""
        self._open.add(socket)

    async def close(self) -> None:
        """Close them all with 1012."""
        self.stopping = True
        for socket in list(self._open):
            try:
                await socket.close(1012, "service restart")
            except Exception:  # noqa: S112 - it is gone already, which is what we want
                continue

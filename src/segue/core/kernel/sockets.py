"""What is open in this process and has no end of its own."""

import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from segue.core.websockets.socket import WebSocket

__all__ = ["OpenSockets"]

# A client that does not even take the close frame is not waited for.
_LONGEST: Final = 5.0


class OpenSockets:
    """The sockets and the streams of events that are open, so that a stop ends them.

    A server that stops without a close frame leaves its clients guessing; 1012 says
    that the service restarts and that trying again makes sense. A stream of events
    just ends, and its client comes back.

    Attributes:
        stopping: The app is about to stop; what is new is ended at once.
    """

    def __init__(self) -> None:
        self._open: weakref.WeakSet[WebSocket[Any, Any]] = weakref.WeakSet()
        self._streams: dict[object, Callable[[], object]] = {}
        self.stopping = False

    def __len__(self) -> int:
        return len(self._open)

    def add(self, socket: WebSocket[Any, Any]) -> None:
        """Remember a socket until it is gone."""
        self._open.add(socket)

    def add_stream(self, key: object, end: Callable[[], object]) -> None:
        """Remember what ends a stream of events, from any thread."""
        self._streams[key] = end
        if self.stopping:
            end()

    def forget_stream(self, key: object) -> None:
        """Forget a stream that has ended."""
        self._streams.pop(key, None)

    def end_streams(self) -> None:
        """End the streams of events, and what comes after them."""
        self.stopping = True
        for end in list(self._streams.values()):
            end()

    async def close(self) -> None:
        """End the streams, and close all sockets with 1012, all at once."""
        self.end_streams()
        sockets = list(self._open)
        if sockets:
            import asyncio  # noqa: PLC0415 - only apps with sockets pay for it

            tasks = [asyncio.ensure_future(_close(socket)) for socket in sockets]
            _, late = await asyncio.wait(tasks, timeout=_LONGEST)
            for task in late:
                task.cancel()


async def _close(socket: WebSocket[Any, Any]) -> None:
    # What fails here is gone already, which is what we want.
    with suppress(Exception):
        await socket.close(1012, "service restart")

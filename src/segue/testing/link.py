"""One WebSocket between a test and an app: frames on their way, in both directions.

The protocols put their words on the app's end of it, the sessions theirs on the
test's end. Everything here runs on one event loop.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from segue.testing.errors import (
    ClientError,
    WebSocketClosed,
    WebSocketRejected,
    broken,
)
from segue.testing.exchange import PARTING, settled, within
from segue.testing.outgoing import Outgoing
from segue.testing.witness import Call

__all__ = ["Closing", "Frame", "Link"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Closing:
    """A close frame; 1006 stands for a connection that broke without one."""

    code: int
    reason: str = ""


Frame: TypeAlias = str | bytes | Closing


class Link:
    """A WebSocket from its handshake to its end.

    Attributes:
        request: The handshake.
        offered: The subprotocols that the client offers.
        accepted: The app accepted the handshake.
        subprotocol: The one that the app chose.
        headers: The headers that the app added to its acceptance.
        ours: How the client closed it, if it did.
        theirs: How the app closed it, if it did.
        problem: What the test must see, whatever the app made of it.
    """

    def __init__(
        self,
        protocol: str,
        request: Outgoing,
        call: Call,
        *,
        offered: tuple[str, ...] = (),
        timeout: float | None = None,
        raising: bool = True,
    ) -> None:
        self.protocol = protocol
        self.request = request
        self.offered = offered
        self.accepted = False
        self.subprotocol: str | None = None
        self.headers: list[tuple[str, str]] = []
        self.ours: Closing | None = None
        self.theirs: Closing | None = None
        self.problem: BaseException | None = None
        self._call = call
        self._timeout = timeout
        self._raising = raising
        self._refusal: WebSocketRejected | None = None
        self._to_app: deque[Frame] = deque()
        self._to_test: deque[Frame] = deque()
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # The app's side

    @property
    def closed(self) -> bool:
        """The app can send nothing more: either side closed, or it refused."""
        return bool(self.ours or self.theirs or self._refusal)

    def refuse(self, what: str, fix: str) -> Exception:
        """Build the error for a broken rule; the test will see it in any case."""
        error = broken(self.protocol, what, fix)
        self.problem = self.problem or error
        return error

    def accept(
        self,
        subprotocol: str | None = None,
        headers: list[tuple[str, str]] | None = None,
    ) -> None:
        """Let the client in."""
        self.accepted, self.subprotocol = True, subprotocol
        self.headers = headers or []
        self._moved.set()

    def reject(self, refusal: WebSocketRejected) -> None:
        """Keep the client out."""
        self._refusal = refusal
        self._moved.set()

    def put(self, frame: Frame) -> None:
        """Send a frame to the test."""
        if isinstance(frame, Closing):
            self.theirs = self.theirs or frame
        self._to_test.append(frame)
        self._moved.set()

    async def take(self) -> Frame:
        """Wait for a frame of the test; after its end there is nothing but the end."""
        while not self._to_app:
            if self.ours is not None or self.theirs is not None:
                return self.ours or Closing(1005)
            self._moved.clear()
            await self._moved.wait()
        return self._to_app.popleft()

    # The test's side

    async def connect(self, work: Coroutine[Any, Any, None]) -> None:
        """Start the app and wait for its word on the handshake.

        Raises:
            WebSocketRejected: The app refused.
        """
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(work, context=self._call.context)
        self._task.add_done_callback(self._settle)
        await self._bounded(self._answered(), "The answer to the handshake")
        if self.accepted:
            return
        await self.finish()
        raise self._refusal or WebSocketRejected(500)

    def send(self, frame: Frame) -> None:
        """Send a frame to the app.

        Raises:
            WebSocketClosed: Nobody takes it any more.
        """
        ended = self.theirs or self.ours
        if ended is not None:
            raise WebSocketClosed(ended.code, ended.reason)
        if isinstance(frame, Closing):
            self.ours = frame
        else:
            self._to_app.append(frame)
        self._moved.set()

    async def receive(self) -> str | bytes:
        """Wait for a message of the app.

        Raises:
            WebSocketClosed: The app closed, or ended without a word (1006).
        """
        frame = await self._bounded(self._next(), "A message of the app")
        if isinstance(frame, Closing):
            # What went wrong in the app says more than the code it closed with.
            self._raise_fault()
            raise WebSocketClosed(frame.code, frame.reason)
        return frame

    async def finish(self) -> None:
        """Close where nobody did, and see how the app ends."""
        await self.abandon()
        self._conclude()

    async def abandon(self) -> None:
        """Close where nobody did, without a look at how the app ends."""
        if not self.closed:
            self.send(Closing(1000))
        task = self._task
        if task is None or task.done():
            return
        try:
            await self._bounded(settled(task), "The end of the app's work")
        finally:
            self._call.over = True
            task.cancel()
            await settled(task)

    def _raise_fault(self) -> None:
        if self._raising and self._call.faults:
            raise self._call.faults[0]

    def _conclude(self) -> None:
        self._raise_fault()
        if self.problem is not None:
            raise self.problem
        error = self._error()
        if self._raising and error is not None:
            raise error

    def _error(self) -> BaseException | None:
        if self._task is None or not self._task.done() or self._task.cancelled():
            return None
        error = self._task.exception()
        return None if self.ours and isinstance(error, PARTING) else error

    async def _answered(self) -> None:
        while not (self.accepted or self._refusal or self._over()):
            self._moved.clear()
            await self._moved.wait()

    async def _next(self) -> Frame:
        while not self._to_test:
            if self._over():
                self._conclude()
                # A server has only the end of the connection to tell it with.
                return self.ours or self.theirs or Closing(1006)
            if self.ours is not None:
                return self.ours
            self._moved.clear()
            await self._moved.wait()
        return self._to_test.popleft()

    def _settle(self, task: asyncio.Task[None]) -> None:
        """Wake who waits; and look at the outcome, which nobody else may ask for."""
        self._moved.set()
        if not task.cancelled():
            task.exception()

    def _over(self) -> bool:
        return self._task is not None and self._task.done()

    async def _bounded(self, work: Coroutine[Any, Any, T], what: str) -> T:
        try:
            return await within(work, self._timeout, what)
        except ClientError:
            if self._task is not None:
                self._task.cancel()
            raise

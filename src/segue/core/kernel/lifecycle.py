"""Start and stop: lifespans in order, and back again in reverse."""

import threading
from collections.abc import Sequence
from typing import Any, NoReturn

from segue.core.errors import WalkError
from segue.core.handlers.compile import Call
from segue.core.kernel.loop import BackgroundLoop

__all__ = ["Lifecycle"]

_END: Any = object()


class Lifecycle:
    """The lifespans of an app, started once and stopped once.

    Args:
        lifespans: Compiled generator functions with one yield each.
        loop: Where async lifespans run when a server has no loop of its own.
    """

    def __init__(self, lifespans: Sequence[Call], loop: BackgroundLoop) -> None:
        self._lifespans = lifespans
        self._loop = loop
        self._running: list[tuple[Call, Any]] = []
        self._lock = threading.Lock()
        self.started = False

    @property
    def is_async(self) -> bool:
        """Whether some lifespan awaits."""
        return any(call.plan.is_async for call in self._lifespans)

    def start(self) -> None:
        """Start every lifespan from sync code; once, however often it is called."""
        with self._lock:
            if not self.started:
                self._drive(self._start())
                self.started = True

    def stop(self) -> None:
        """End the lifespans from sync code, the last one first."""
        with self._lock:
            if self.started:
                self.started = False
                self._drive(self._stop())

    async def astart(self) -> None:
        """Start every lifespan on the running loop."""
        if not self.started:
            self.started = True
            try:
                await self._start()
            except BaseException:
                self.started = False
                raise

    async def astop(self) -> None:
        """End the lifespans on the running loop, the last one first."""
        if self.started:
            self.started = False
            await self._stop()

    def _drive(self, coroutine: Any) -> None:
        if self.is_async:
            self._loop.run(coroutine)
            return
        try:
            coroutine.send(None)
        except StopIteration:
            return

    async def _start(self) -> None:
        try:
            for call in self._lifespans:
                generator = call.function()
                following = anext(generator, _END) if call.plan.is_async else None
                first = await following if following else next(generator, _END)
                if first is _END:
                    _refuse_without_yield(call)
                self._running.append((call, generator))
        except BaseException:
            await self._stop()
            raise

    async def _stop(self) -> None:
        first: BaseException | None = None
        while self._running:
            call, generator = self._running.pop()
            try:
                if call.plan.is_async:
                    await anext(generator, None)
                    await generator.aclose()
                else:
                    next(generator, None)
                    generator.close()
            except Exception as error:
                # The others must end as well; the first error is told afterwards.
                first = first or error
        if first is not None:
            raise first


def _refuse_without_yield(call: Call) -> NoReturn:
    raise WalkError(
        "SG-WALK-030",
        f"The lifespan {call.plan.name}() ended without a yield.",
        why="What stands before the yield is the start, what stands after it the stop.",
        fix="Write one bare `yield` in it.",
        where=(call.plan.place,),
    )

"""Start and stop: shared values, then lifespans, in order; and back in reverse."""

import threading
from collections.abc import Sequence
from typing import Any, NoReturn

from segue.core.errors import WalkError
from segue.core.handlers.compile import Call
from segue.core.kernel.loop import BackgroundLoop
from segue.core.kernel.providers import SharedValue

__all__ = ["Lifecycle"]

_END: Any = object()


class Lifecycle:
    """What an app has for as long as it lives, started once and stopped once.

    Args:
        lifespans: Compiled generator functions with one yield each.
        loop: Where async steps run when a server has no loop of its own.
        shared: What providers make for the app, before the lifespans begin.

    Attributes:
        shared: As given.
        started: Whether the app lives.
    """

    def __init__(
        self,
        lifespans: Sequence[Call],
        loop: BackgroundLoop,
        shared: Sequence[SharedValue] = (),
    ) -> None:
        self._lifespans = lifespans
        self.shared = shared
        self._loop = loop
        self._running: list[tuple[Call, Any]] = []
        self._made_keys: list[SharedValue] = []
        self._lock = threading.Lock()
        self._turn: tuple[Any, Any] = (None, None)
        self.started = False

    @property
    def is_async(self) -> bool:
        """Whether some step of the start awaits."""
        calls = (*self._lifespans, *(each.call for each in self.shared))
        return any(call.plan.is_async for call in calls)

    def start(self) -> bool:
        """Start every lifespan from sync code, once.

        Returns:
            Whether it was this call that did.
        """
        with self._lock:
            if self.started:
                return False
            self._drive(self._start())
            self.started = True
            return True

    def stop(self) -> bool:
        """End the lifespans from sync code, the last one first."""
        with self._lock:
            if not self.started:
                return False
            self.started = False
            self._drive(self._stop())
            return True

    async def astart(self) -> bool:
        """Start every lifespan on the running loop; who comes second waits."""
        async with self._turn_of_loop():
            if self.started:
                return False
            await self._start()
            self.started = True
            return True

    async def astop(self) -> bool:
        """End the lifespans on the running loop, the last one first."""
        if not self.started:
            return False
        self.started = False
        await self._stop()
        return True

    def _turn_of_loop(self) -> Any:
        import asyncio  # noqa: PLC0415 - only apps under a loop come here

        loop = asyncio.get_running_loop()
        if self._turn[0] is not loop:
            self._turn = (loop, asyncio.Lock())
        return self._turn[1]

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
            for shared in self.shared:
                # A test may have put another value in its place.
                if shared.key not in shared.values:
                    shared.values[shared.key] = await self._made(shared.call)
                    self._made_keys.append(shared)
            for call in self._lifespans:
                await self._begun(call, "lifespan")
        except BaseException:
            await self._stop()
            raise

    async def _made(self, call: Call) -> Any:
        if call.plan.is_generator:
            return await self._begun(call, "provider")
        value = call.function()
        return await value if call.plan.is_async else value

    async def _begun(self, call: Call, kind: str) -> Any:
        """Run a generator to its yield; give what it yields."""
        generator = call.function()
        following = anext(generator, _END) if call.plan.is_async else None
        first = await following if following else next(generator, _END)
        if first is _END:
            _refuse_without_yield(call, kind)
        self._running.append((call, generator))
        return first

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
        while self._made_keys:
            shared = self._made_keys.pop()
            shared.values.pop(shared.key, None)
        if first is not None:
            raise first


def _refuse_without_yield(call: Call, kind: str) -> NoReturn:
    raise WalkError(
        "SG-WALK-030",
        f"The {kind} {call.plan.name}() ended without a yield.",
        why="What stands before the yield is the start, what stands after it the stop.",
        fix="Write one `yield` in it.",
        where=(call.plan.place,),
    )

"""The body of a request that is read on an event loop, also from worker threads."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

__all__ = ["LoopBody"]


class LoopBody:
    """What the bodies of ASGI and RSGI have in common: `chunks` out of `achunks`."""

    __slots__ = ("_loop",)

    def __init__(self) -> None:
        self._loop: Any = asyncio.get_running_loop()

    def chunks(self) -> Iterator[bytes]:
        """Read the body from a worker thread, in blocking steps."""
        chunks = self.achunks()
        while True:
            step = asyncio.run_coroutine_threadsafe(_next(chunks), self._loop)
            chunk = step.result()
            if chunk is None:
                return
            yield chunk

    def achunks(self) -> AsyncIterator[bytes]:
        """Read the body on the loop."""
        raise NotImplementedError


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)

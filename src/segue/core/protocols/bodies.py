"""The body of a request that a worker thread reads, from an event loop."""

import asyncio
from collections.abc import AsyncIterator, Iterator

__all__ = ["blocking"]


def blocking(
    chunks: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop
) -> Iterator[bytes]:
    """Read chunks of a loop from another thread, in blocking steps."""
    while True:
        following = asyncio.run_coroutine_threadsafe(_next(chunks), loop)
        chunk = following.result()
        if chunk is None:
            return
        yield chunk


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)

"""The pieces of a stream or a file, on an event loop, until the client is gone."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from segue.core.errors import ClientDisconnected
from segue.core.http.files import File
from segue.core.http.response import Stream
from segue.core.kernel.kernel import Kernel

__all__ = ["pieces"]

_END: Any = object()


async def pieces(
    kernel: Kernel, response: Stream | File, gone: "asyncio.Future[Any]"
) -> AsyncIterator[bytes]:
    """Give the pieces one after the other; a sync source is read in a worker thread.

    Args:
        kernel: The app.
        response: A stream or a file.
        gone: Done when nobody reads any more. A source that waits for something
            else, news for example, is then cancelled.

    Raises:
        ClientDisconnected: The client went away before the end.
    """
    if isinstance(response, Stream) and response.is_async:
        chunks = aiter(response)
        while True:
            chunk = await _or_gone(anext(chunks, _END), gone)
            if chunk is _END:
                return
            yield chunk
    source = iter(response)
    while True:
        chunk = await kernel.threads.run(next, source, _END)
        if chunk is _END:
            return
        if gone.done():
            raise ClientDisconnected("the client went away during the answer")
        yield chunk


async def _or_gone(following: Any, gone: "asyncio.Future[Any]") -> Any:
    if gone.done():
        following.close()
        raise ClientDisconnected("the client went away during the answer")
    task = asyncio.ensure_future(_as_coroutine(following))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientDisconnected("the client went away during the answer")
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})


async def _as_coroutine(awaitable: Any) -> Any:
    return await awaitable

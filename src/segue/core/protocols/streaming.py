"""The pieces of a stream or a file, on an event loop, until the client is gone."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from typing import Any, TypeAlias, cast

from segue.core.errors import ClientDisconnected
from segue.core.http.files import File
from segue.core.http.response import Stream
from segue.core.kernel.kernel import Kernel

__all__ = ["send_pieces"]

Put: TypeAlias = Callable[[bytes], Awaitable[None]]

_END: Any = object()


async def send_pieces(
    kernel: Kernel,
    response: Stream | File,
    put: Put,
    gone: Coroutine[Any, Any, None],
) -> None:
    """Put the pieces one after the other; a sync source is read in a worker thread.

    A source that waits for something, news for example, is cancelled as soon as
    nobody reads any more. A stream of events has no end of its own: it is ended
    when the app stops.

    Args:
        kernel: The app.
        response: A stream or a file.
        put: Sends one piece; waits while the client does not read.
        gone: Ends when nobody reads any more.

    Raises:
        ClientDisconnected: The client went away before the end.
    """
    sending = asyncio.ensure_future(_put_all(kernel, response, put))
    watching = asyncio.ensure_future(gone)
    stopping = asyncio.get_running_loop().create_future()
    waiting: set[asyncio.Future[Any]] = {sending, watching, stopping}
    if kernel.is_endless(response):
        kernel.sockets.add_stream(stopping, lambda: _settle(stopping))
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not sending.done():
            await _cancelled(sending)
            if not stopping.done():
                raise ClientDisconnected("the client went away during the answer")
        else:
            sending.result()
    finally:
        kernel.sockets.forget_stream(stopping)
        stopping.cancel()
        watching.cancel()
        await _cancelled(sending)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def _cancelled(task: asyncio.Future[None]) -> None:
    """End a task, and raise what went wrong in it at its end."""
    if task.done():
        return
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()


async def _put_all(kernel: Kernel, response: Stream | File, put: Put) -> None:
    if isinstance(response, Stream) and response.is_async:
        chunks = cast("AsyncGenerator[bytes]", aiter(response))
        async with aclosing(chunks):
            async for chunk in chunks:
                await put(chunk)
        return
    source = iter(response)
    while True:
        chunk = await kernel.threads.complete(next, source, _END)
        if chunk is _END:
            return
        await put(chunk)

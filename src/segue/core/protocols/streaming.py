"""The pieces of a stream or a file, on an event loop, until the client is gone."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing, suppress
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
    watching = asyncio.ensure_future(_until(gone))
    stopping = asyncio.Event()
    ending = asyncio.ensure_future(stopping.wait())
    if kernel.is_endless(response):
        loop = asyncio.get_running_loop()
        kernel.sockets.add_stream(
            stopping, lambda: loop.call_soon_threadsafe(stopping.set)
        )
    try:
        await asyncio.wait(
            {sending, watching, ending}, return_when=asyncio.FIRST_COMPLETED
        )
        if sending.done():
            sending.result()
        elif not stopping.is_set():
            raise ClientDisconnected("the client went away during the answer")
    finally:
        kernel.sockets.forget_stream(stopping)
        ending.cancel()
        watching.cancel()
        await _end(sending)
        # Its error holds this frame: together they would hold the connection.
        del sending


async def _until(gone: Coroutine[Any, Any, None]) -> None:
    # A server whose `receive` fails has lost its client as well.
    with suppress(Exception):
        await gone


async def _end(task: asyncio.Future[None]) -> None:
    """Cancel a task, and raise what went wrong in it at its end."""
    if not task.done():
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
                # Else a source that never waits would keep the loop for itself.
                await asyncio.sleep(0)
        return
    source = iter(response)
    while True:
        chunk = await kernel.threads.complete(next, source, _END)
        if chunk is _END:
            return
        await put(chunk)

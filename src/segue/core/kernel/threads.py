"""The worker threads: where sync handlers run under ASGI and RSGI.

One bounded set per app. Its queue is bounded as well: when it is full the request
is answered at once with 503 and `Retry-After`, instead of joining a line that the
client will not wait for. A waiting handler whose client is gone is still run to its
end, so that a transaction is never cut in the middle.

The hand-over is a `SimpleQueue` and one `call_soon_threadsafe` back.
"""

import contextvars
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from segue.core.errors import ServiceUnavailable

__all__ = ["WorkerThreads"]


class WorkerThreads:
    """Bounded threads fed by a bounded queue.

    Args:
        size: How many threads there may be; they are started when first needed.
        waiting: How many calls may wait for a thread.

    Attributes:
        busy: How many calls are running or waiting.
        started: How many threads were started.
        refused: How many calls were refused since the start.
    """

    def __init__(self, size: int, waiting: int) -> None:
        self.size = size
        self.waiting = waiting
        self.busy = 0
        self.started = 0
        self.refused = 0
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._lock = threading.Lock()

    def submit(
        self,
        loop: Any,
        future: Any,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        *,
        begun: bool = False,
    ) -> None:
        """Queue a call whose result is set on a future of the loop.

        Args:
            loop: The loop of the future.
            future: Where the result goes.
            function: What to call.
            arguments: With what.
            begun: It belongs to work that has begun, and is never refused: half of
                an answer, or a teardown that does not run, is worse than waiting.

        Raises:
            ServiceUnavailable: All threads are busy and the queue is full.
        """
        with self._lock:
            if self.busy >= self.size + self.waiting and not begun:
                self.refused += 1
                raise ServiceUnavailable(
                    "All workers are busy.", headers={"retry-after": "1"}
                )
            self.busy += 1
            start = self.busy > self.started and self.started < self.size
            if start:
                self.started += 1
        if start:
            threading.Thread(
                target=self._work, name=f"segue-worker-{self.started}", daemon=True
            ).start()
        context = contextvars.copy_context()
        self._queue.put((loop, future, context, function, arguments))

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a sync function in a worker thread, under a copy of this context."""
        import asyncio  # noqa: PLC0415 - 35 ms that a WSGI app never needs

        loop = asyncio.get_running_loop()
        future = loop.create_future()
        try:
            self.submit(loop, future, function, arguments)
            return await future
        finally:
            # What it failed with holds this frame, and this frame would hold it.
            del future

    async def complete(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run what belongs to work that has begun: never refused, never left behind.

        Who waits for it and is cancelled waits until it is done all the same: what
        comes next, closing a generator for example, must not meet it still running.
        """
        import asyncio  # noqa: PLC0415 - see run()

        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self.submit(loop, future, function, arguments, begun=True)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait({future})
            future.exception()  # nobody is left to take it
            raise
        finally:
            del future  # see run()

    def stop(self) -> None:
        """End the threads when what is queued has run."""
        with self._lock:
            count, self.started = self.started, 0
        for _ in range(count):
            self._queue.put(None)

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            loop, future, context, function, arguments = item
            outcome: tuple[Any, ...]
            try:
                outcome = (_set_result, future, context.run(function, *arguments))
            except BaseException as error:
                outcome = (_set_error, future, error)
            with self._lock:
                self.busy -= 1
            try:
                loop.call_soon_threadsafe(*outcome)
            except RuntimeError:
                # The loop was closed while this ran: nobody waits any more.
                continue
            finally:
                del item, loop, future, context, function, arguments, outcome


def _set_result(future: Any, result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _set_error(future: Any, error: BaseException) -> None:
    if future.done():
        return
    if isinstance(error, StopIteration):
        # A future cannot carry it; the cause keeps the handler's own traceback.
        wrapped = RuntimeError("a handler raised StopIteration")
        wrapped.__cause__ = error
        error = wrapped
    future.set_exception(error)

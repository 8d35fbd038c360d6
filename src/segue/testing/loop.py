"""An event loop in a thread of its own, for a client without one.

What an app opens on its loop stays usable for as long as the client lives, because
every request of a client runs on the same loop.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

__all__ = ["LoopThread"]

T = TypeVar("T")


class LoopThread:
    """Runs an event loop until it is told to stop.

    Args:
        before: Called with the loop before it runs, as RSGI servers do.
        after: Called with the loop after it ran.
    """

    def __init__(
        self,
        before: Callable[[asyncio.AbstractEventLoop], object] | None = None,
        after: Callable[[asyncio.AbstractEventLoop], object] | None = None,
    ) -> None:
        self._before = before
        self._after = after
        self._ready: Future[asyncio.AbstractEventLoop] = Future()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(
            target=self._main, name="segue-client", daemon=True
        )
        self._thread.start()
        try:
            self._loop = self._ready.result()
        except BaseException:
            self._thread.join()
            raise

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and wait for what it returns."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        """Stop the loop, cancel what is left on it and wait for the thread.

        Raises:
            Exception: What `after` raised.
        """
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            if threading.current_thread() is not self._thread:
                self._thread.join()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _main(self) -> None:
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            try:
                if self._before is not None:
                    self._before(loop)
            except BaseException as error:
                self._ready.set_exception(error)
                return
            loop.call_soon(self._ready.set_result, loop)
            loop.run_forever()
            try:
                if self._after is not None:
                    self._after(loop)
            except BaseException as error:
                self._failure = error

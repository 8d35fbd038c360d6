"""One event loop in the background: where async handlers run under WSGI.

There is one per process and it lives as long as the process, so that connection
pools made on it can be used by every request. After a fork the child makes its own.
"""

import os
import threading
from collections.abc import Coroutine
from typing import Any

__all__ = ["BackgroundLoop"]


class BackgroundLoop:
    """An event loop in a thread of its own, started when first used."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: Any = None
        self._pid = 0

    @property
    def loop(self) -> Any:
        """The running loop."""
        if self._loop is None or self._pid != os.getpid():
            self._start()
        return self._loop

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine as one task under a copy of this context, and wait."""
        import asyncio  # noqa: PLC0415 - only apps with async code pay for it

        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        except BaseException:
            coroutine.close()
            raise
        try:
            return future.result()
        except BaseException:
            # KeyboardInterrupt or a worker's timeout in this thread.
            future.cancel()
            raise

    def stop(self) -> None:
        """Cancel what runs, close the loop and end the thread."""
        with self._lock:
            loop, self._loop = self._loop, None
            if loop is None or self._pid != os.getpid():
                return
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()

    def _start(self) -> None:
        import asyncio  # noqa: PLC0415 - see run()

        with self._lock:
            if self._loop is not None and self._pid == os.getpid():
                return
            loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=_run, args=(loop,), name="segue-loop", daemon=True
            )
            self._thread.start()
            self._loop, self._pid = loop, os.getpid()


def _run(loop: Any) -> None:
    import asyncio  # noqa: PLC0415 - see BackgroundLoop.run

    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

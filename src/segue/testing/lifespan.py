"""ASGI lifespan: start and stop of an app, in one task of its own.

Source: the ASGI specification, lifespan protocol 2.0. An app that raises at the
first message does not know the protocol; servers go on without it, and so do we.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from segue.testing.errors import ClientError, broken
from segue.testing.exchange import within

__all__ = ["Lifespan"]


class Lifespan:
    """The life of one ASGI app.

    Attributes:
        state: What the app put into it at its start; each request gets a copy.
    """

    def __init__(self, app: Callable[..., Any], timeout: float | None) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._timeout = timeout
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._phase = "startup"
        self._answered = asyncio.Event()
        self._refusal: str | None = None
        self._supported = True
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the app.

        Raises:
            ClientError: The app says that it failed to start; its own exception is
                raised instead where one came out.
        """
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
        }
        work = self._app(scope, self._to_app.get, self._send)
        self._task = asyncio.get_running_loop().create_task(work)
        await self._tell("startup")
        if not self._answered.is_set() and self._task.done():
            self._supported = False
            # Looked at, so that nobody complains of an exception without a reader.
            await asyncio.gather(self._task, return_exceptions=True)

    async def stop(self) -> None:
        """Stop the app and wait for the end of its task.

        Raises:
            ClientError: The app says that it failed to stop.
        """
        if self._task is None or not self._supported:
            return
        self._phase = "shutdown"
        self._answered.clear()
        await self._tell("shutdown")
        await self._end()

    async def _tell(self, phase: str) -> None:
        """Send the app a message and wait for its answer, or for its end."""
        task = self._task
        if task is None:
            return
        await self._to_app.put({"type": f"lifespan.{phase}"})
        answer = asyncio.ensure_future(self._answered.wait())
        try:
            waiting = asyncio.wait({task, answer}, return_when="FIRST_COMPLETED")
            await within(waiting, self._timeout, f"The app's {phase}")
        except ClientError:
            task.cancel()
            raise
        finally:
            answer.cancel()
        if self._refusal is not None:
            await self._fail(phase)
        # Before any answer it may be an app that knows no lifespan.
        if phase == "shutdown" and task.done() and not self._answered.is_set():
            task.result()

    async def _fail(self, phase: str) -> None:
        """Raise what kept the app from starting or stopping."""
        await self._end()
        raise ClientError(
            "SG-TEST-011",
            f"The app failed at its {phase}: {self._refusal or 'no reason given'}",
            why="No request can be answered by an app that did not start.",
            fix="Mend the lifespan; without `with`, the client does not run it.",
        )

    async def _end(self) -> None:
        """Wait for the task; its own exception says more than any message."""
        if self._task is not None:
            await within(self._finished(), self._timeout, "The end of the lifespan")

    async def _finished(self) -> None:
        if self._task is not None:
            await self._task

    async def _send(self, message: Mapping[str, Any]) -> None:
        kind = message.get("type")
        if kind == f"lifespan.{self._phase}.failed":
            self._refusal = str(message.get("message", ""))
        elif kind != f"lifespan.{self._phase}.complete" or self._answered.is_set():
            raise broken(
                "ASGI",
                f"The app sent {kind!r} during its {self._phase}.",
                f"Answer it once, with lifespan.{self._phase}.complete or .failed.",
            )
        self._answered.set()

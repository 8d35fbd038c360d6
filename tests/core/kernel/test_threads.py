"""The worker threads: bounded, honest when full, and under the caller's context."""

import asyncio
import contextvars
import threading
from typing import Any

import pytest

from segue import App
from segue.core.errors import ServiceUnavailable
from segue.core.kernel.threads import WorkerThreads
from segue.testing import AsyncClient

word: contextvars.ContextVar[str] = contextvars.ContextVar("word", default="none")


@pytest.fixture
def threads() -> Any:
    threads = WorkerThreads(2, 1)
    yield threads
    threads.stop()


def test_a_call_runs_in_a_worker_under_a_copy_of_the_context(
    threads: WorkerThreads,
) -> None:
    async def main() -> Any:
        word.set("mine")

        def work() -> Any:
            seen = word.get()
            word.set("the worker's")
            return seen, threading.current_thread().name

        return await threads.run(work), word.get()

    (seen, name), after = asyncio.run(main())

    assert seen == "mine"
    assert name.startswith("segue-worker-")
    assert after == "mine"


def test_an_error_comes_back_to_the_caller(threads: WorkerThreads) -> None:
    def work() -> None:
        raise LookupError("in the worker")

    with pytest.raises(LookupError, match="in the worker"):
        asyncio.run(threads.run(work))


def test_a_stop_iteration_comes_back_as_the_cause_of_a_runtime_error(
    threads: WorkerThreads,
) -> None:
    with pytest.raises(RuntimeError) as caught:
        asyncio.run(threads.run(next, iter(())))

    assert isinstance(caught.value.__cause__, StopIteration)


@pytest.mark.feature("M-173")
def test_threads_are_bounded_and_a_full_queue_is_refused_at_once(
    threads: WorkerThreads,
) -> None:
    gate = threading.Event()

    async def main() -> Any:
        calls = [asyncio.ensure_future(threads.run(gate.wait, 10)) for _ in range(3)]
        while threads.busy < 3:
            await asyncio.sleep(0)
        with pytest.raises(ServiceUnavailable) as caught:
            await threads.run(gate.wait, 10)
        gate.set()
        return await asyncio.gather(*calls), caught.value

    results, refused = asyncio.run(main())

    assert results == [True, True, True]
    assert refused.headers == {"retry-after": "1"}
    assert (threads.started, threads.refused, threads.busy) == (2, 1, 0)


def test_a_full_queue_is_a_503_with_retry_after() -> None:
    app = App(threads=1)
    gate = threading.Event()
    entered = threading.Event()

    def slow() -> str:
        entered.set()
        gate.wait(10)
        return "done"

    app.add("/", slow)
    app.freeze()
    app.kernel.threads.waiting = 0

    async def main() -> Any:
        async with AsyncClient(app, protocol="asgi") as client:
            first = asyncio.ensure_future(client.get("/"))
            await asyncio.to_thread(entered.wait, 10)
            second = await client.get("/")
            gate.set()
            return await first, second

    first, second = asyncio.run(main())

    assert (first.status, first.text) == (200, "done")
    assert (second.status, second.headers["retry-after"]) == (503, "1")


def test_a_waiter_that_was_cancelled_does_not_end_its_call(
    threads: WorkerThreads,
) -> None:
    gate, done = threading.Event(), threading.Event()

    def work() -> None:
        gate.wait(10)
        done.set()

    async def main() -> None:
        call = asyncio.ensure_future(threads.run(work))
        while threads.busy == 0:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        call.cancel()
        gate.set()
        await asyncio.to_thread(done.wait, 10)
        while threads.busy:
            await asyncio.sleep(0.001)

    asyncio.run(main())

    assert done.is_set()


def test_an_error_nobody_waits_for_any_more_is_dropped(threads: WorkerThreads) -> None:
    gate = threading.Event()

    def work() -> None:
        gate.wait(10)
        raise LookupError

    async def main() -> None:
        call = asyncio.ensure_future(threads.run(work))
        await asyncio.sleep(0)
        call.cancel()
        gate.set()
        while threads.busy:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)

    asyncio.run(main())


def test_a_loop_that_is_gone_does_not_end_the_worker(threads: WorkerThreads) -> None:
    class ClosedLoop:
        def call_soon_threadsafe(self, *_: Any) -> None:
            raise RuntimeError("closed")

    finished = threading.Event()
    threads.submit(ClosedLoop(), None, finished.set, ())

    assert finished.wait(10)
    assert asyncio.run(threads.run(lambda: 7)) == 7


def test_stopped_threads_start_again_when_needed(threads: WorkerThreads) -> None:
    asyncio.run(threads.run(lambda: 1))
    threads.stop()

    assert threads.started == 0
    assert asyncio.run(threads.run(lambda: 2)) == 2

"""The background loop: one for all requests, and a new one after a fork."""

import asyncio
import os
import signal
import threading

import pytest

from segue import App
from segue.core.kernel.loop import BackgroundLoop
from segue.testing import Client


def test_every_async_handler_under_wsgi_runs_on_the_same_loop() -> None:
    app = App()

    async def home() -> str:
        thread = threading.current_thread().name
        return f"{id(asyncio.get_running_loop())} {thread}"

    app.add("/", home)
    with Client(app, protocol="wsgi") as client:
        answers = {client.get("/").text for _ in range(3)}

    assert len(answers) == 1
    assert answers.pop().endswith("segue-loop")


def test_an_error_comes_back_and_a_stopped_loop_starts_again() -> None:
    loop = BackgroundLoop()

    async def boom() -> None:
        raise LookupError("on the loop")

    async def fine() -> int:
        return 7

    with pytest.raises(LookupError, match="on the loop"):
        loop.run(boom())
    loop.stop()
    loop.stop()

    assert loop.run(fine()) == 7
    loop.stop()


def test_stopping_cancels_what_still_runs() -> None:
    loop = BackgroundLoop()
    begun, cancelled = threading.Event(), threading.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    asyncio.run_coroutine_threadsafe(endless(), loop.loop)
    begun.wait(10)
    loop.stop()

    assert cancelled.is_set()


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="needs POSIX signals")
def test_an_interrupt_of_the_waiting_thread_cancels_the_work() -> None:
    loop = BackgroundLoop()
    begun, cancelled = threading.Event(), threading.Event()

    class Interrupted(BaseException):
        pass

    def interrupt(*_: object) -> None:
        raise Interrupted

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    def send() -> None:
        begun.wait(10)
        os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, interrupt)
    sender = threading.Thread(target=send)
    sender.start()
    try:
        with pytest.raises(Interrupted):
            loop.run(endless())
    finally:
        signal.signal(signal.SIGUSR1, before)
        sender.join()

    assert cancelled.wait(10)
    loop.stop()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process")
def test_a_forked_worker_makes_a_loop_of_its_own() -> None:
    loop = BackgroundLoop()

    async def answer() -> int:
        return 42

    loop.run(answer())
    pid = os.fork()
    if pid == 0:  # pragma: no cover - the child
        os._exit(loop.run(answer()))
    _, status = os.waitpid(pid, 0)
    loop.stop()

    assert os.waitstatus_to_exitcode(status) == 42


def test_what_cannot_be_run_is_closed(app: App) -> None:
    class NoCoroutine:
        closed = False

        def close(self) -> None:
            self.closed = True

    loop, odd = BackgroundLoop(), NoCoroutine()

    with pytest.raises(TypeError):
        loop.run(odd)  # type: ignore[arg-type]
    loop.stop()

    assert odd.closed


def test_a_second_thread_that_came_to_start_it_finds_it_started() -> None:
    loop = BackgroundLoop()
    first = loop.loop

    loop._start()

    assert loop.loop is first
    loop.stop()

"""The beginning of a stop."""

import asyncio
import signal
import threading
from types import SimpleNamespace

import pytest

from segue.app import App
from segue.cli import drain as drain_module
from segue.cli.drain import (
    adrain_of,
    before_handlers,
    drain_of,
    wake_main_thread,
    wrap_granian,
)
from segue.cli.signals import STOPPING

pytestmark = pytest.mark.feature("M-215")


def _streaming(done):
    """An app with an open stream that notes when it is ended."""
    app = App()
    app.kernel.sockets.add_stream("stream", lambda: done.append("drain"))
    return app


@pytest.fixture
def signals(monkeypatch):
    """Stand for Granian's module of a worker, and put the handlers back."""
    undone = []
    monkeypatch.setattr(
        drain_module, "wake_main_thread", lambda: undone.append(wake_main_thread())
    )
    before = {number: signal.getsignal(number) for number in STOPPING}
    done = []
    event = SimpleNamespace(set=lambda: done.append("stop"))

    def set_sync_signals():
        for number in STOPPING:
            signal.signal(number, lambda *_: event.set())
        return event

    yield SimpleNamespace(
        done=done,
        set_loop_signals=lambda loop: event,
        set_sync_signals=set_sync_signals,
    )
    for undo in undone:
        undo()
    for number, handler in before.items():
        signal.signal(number, handler)


async def _signalled(signals, *numbers):
    """Let Granian set its handlers on this loop, then send it signals."""
    loop = asyncio.get_running_loop()
    signals.set_loop_signals(loop)
    try:
        for number in numbers:
            signal.raise_signal(number)
        async with asyncio.timeout(10):
            while "stop" not in signals.done:
                await asyncio.sleep(0.001)
    finally:
        for number in STOPPING:
            loop.remove_signal_handler(number)


@pytest.mark.parametrize("number", STOPPING)
def test_an_app_on_a_loop_is_drained_before_the_server_stops(signals, number):
    wrap_granian(_streaming(signals.done), signals)

    asyncio.run(_signalled(signals, number))

    assert signals.done == ["drain", "stop"]


def test_several_signals_on_a_loop_stop_the_server_once(signals):
    wrap_granian(_streaming(signals.done), signals)

    asyncio.run(_signalled(signals, *STOPPING))

    assert signals.done == ["drain", "stop"]


def test_a_client_that_takes_no_goodbye_is_not_waited_for(signals, monkeypatch):
    monkeypatch.setattr(drain_module, "_LONGEST", 0.01)

    async def never():
        await asyncio.Event().wait()

    monkeypatch.setattr(drain_module, "adrain_of", lambda app: never)
    wrap_granian(App(), signals)

    asyncio.run(_signalled(signals, signal.SIGTERM))

    assert signals.done == ["stop"]


@pytest.mark.parametrize("number", STOPPING)
def test_an_app_in_threads_is_drained_before_the_server_stops(signals, number):
    wrap_granian(_streaming(signals.done), signals)

    signals.set_sync_signals()
    signal.raise_signal(number)

    assert signals.done == ["drain", "stop"]


def test_several_signals_in_threads_stop_the_server_once(signals):
    wrap_granian(_streaming(signals.done), signals)

    signals.set_sync_signals()
    for number in (*STOPPING, *STOPPING):
        signal.raise_signal(number)

    assert signals.done == ["drain", "stop"]


def _other(environ, start_response): ...


def test_another_application_in_threads_is_stopped_once(signals):
    wrap_granian(_other, signals)

    signals.set_sync_signals()
    for number in STOPPING:
        signal.raise_signal(number)

    assert signals.done == ["stop"]


def test_another_application_on_a_loop_is_stopped_once(signals):
    wrap_granian(_other, signals)

    asyncio.run(_signalled(signals, *STOPPING))

    assert signals.done == ["stop"]


def test_a_signal_that_another_thread_gets_wakes_the_main_thread(signals):
    arrived = []
    ready = threading.Lock()
    ready.acquire()
    signal.signal(signal.SIGTERM, lambda *_: arrived.append(ready.release()))
    undo = wake_main_thread()

    def strike():
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    striking = threading.Timer(0.05, strike)
    striking.start()
    woken = ready.acquire(timeout=30)
    undo()
    striking.join()

    assert woken
    assert arrived


def test_other_signals_wake_nobody(signals):
    undo = wake_main_thread()
    signal.signal(signal.SIGTERM, lambda *_: signals.done.append("stop"))
    before = signal.signal(signal.SIGUSR1, lambda *_: signals.done.append("other"))

    signal.raise_signal(signal.SIGUSR1)
    signal.raise_signal(signal.SIGTERM)
    undo()
    signal.signal(signal.SIGUSR1, before)

    assert signals.done[0] == "other"
    assert set(signals.done) == {"other", "stop"}


def test_every_app_closes_its_sockets():
    app = App()

    asyncio.run(adrain_of(app)())

    assert app.kernel.sockets.stopping


def test_other_applications_are_not_told():
    assert drain_of(print) is None
    assert adrain_of(print) is None


def test_handlers_that_are_no_functions_are_passed_over(signals):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

    before_handlers(lambda: signals.done.append("drain"))
    signal.raise_signal(signal.SIGTERM)

    assert signals.done == ["drain"]


def test_a_system_without_signals_to_threads_does_without(signals, monkeypatch):
    monkeypatch.delattr(signal, "pthread_kill")
    monkeypatch.setattr(drain_module, "wake_main_thread", None)
    wrap_granian(_streaming(signals.done), signals)

    signals.set_sync_signals()
    signal.raise_signal(signal.SIGTERM)

    assert signals.done == ["drain", "stop"]

"""The beginning of a stop."""

import asyncio
import signal
from types import SimpleNamespace

import pytest

from segue.app import App
from segue.cli import drain as drain_module
from segue.cli.drain import adrain_of, before_handlers, drain_of, wrap_granian
from segue.cli.signals import STOPPING

pytestmark = pytest.mark.feature("M-215")


class _Told(App):
    """An app that notes what it is told."""

    def __init__(self, done):
        super().__init__()
        self.done = done

    def drain(self):
        self.done.append("drain")

    async def adrain(self):
        self.done.append("adrain")


@pytest.fixture
def signals():
    """Stand for Granian's module of a worker, and put the handlers back."""
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
            while signals.done.count("stop") < len(numbers):
                await asyncio.sleep(0.001)
    finally:
        for number in STOPPING:
            loop.remove_signal_handler(number)


@pytest.mark.parametrize("number", STOPPING)
def test_an_app_on_a_loop_is_drained_before_the_server_stops(signals, number):
    wrap_granian(_Told(signals.done), signals)

    asyncio.run(_signalled(signals, number))

    assert signals.done == ["adrain", "stop"]


def test_a_second_signal_does_not_wait(signals):
    app = _Told(signals.done)

    async def never():
        await asyncio.Event().wait()

    app.adrain = never
    wrap_granian(app, signals)

    async def twice():
        loop = asyncio.get_running_loop()
        signals.set_loop_signals(loop)
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(0)
        signal.raise_signal(signal.SIGINT)
        async with asyncio.timeout(10):
            while not signals.done:
                await asyncio.sleep(0.001)
        for number in STOPPING:
            loop.remove_signal_handler(number)

    asyncio.run(twice())

    assert signals.done[0] == "stop"


def test_a_client_that_takes_no_goodbye_is_not_waited_for(signals, monkeypatch):
    monkeypatch.setattr(drain_module, "_LONGEST", 0.01)
    app = _Told(signals.done)

    async def never():
        await asyncio.Event().wait()

    app.adrain = never
    wrap_granian(app, signals)

    asyncio.run(_signalled(signals, signal.SIGTERM))

    assert signals.done == ["stop"]


@pytest.mark.parametrize("number", STOPPING)
def test_an_app_in_threads_is_drained_before_the_server_stops(signals, number):
    wrap_granian(_Told(signals.done), signals)

    signals.set_sync_signals()
    signal.raise_signal(number)

    assert signals.done == ["drain", "stop"]


def test_another_application_leaves_the_handlers_alone(signals):
    def other(environ, start_response): ...

    wrap_granian(other, signals)
    loop = SimpleNamespace()  # has no add_signal_handler

    signals.set_loop_signals(loop)
    signals.set_sync_signals()
    signal.raise_signal(signal.SIGTERM)

    assert signals.done == ["stop"]


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

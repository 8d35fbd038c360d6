"""Being asked to stop."""

import os
import signal

import pytest

from segue.cli.signals import STOPPING, on_stop


@pytest.mark.parametrize("number", STOPPING)
def test_a_function_is_called_on_a_signal_and_the_handlers_come_back(number):
    before = [signal.getsignal(each) for each in STOPPING]
    called = []

    with on_stop(lambda: called.append(number)):
        os.kill(os.getpid(), number)

    assert called == [number]
    assert [signal.getsignal(each) for each in STOPPING] == before

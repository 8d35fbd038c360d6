"""Calls a function when the process is asked to stop."""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final

__all__ = ["STOPPING", "on_stop"]

STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_stop(call: Callable[[], object]) -> Generator[None]:
    """Call a function on SIGINT and SIGTERM for as long as the block runs."""

    def handle(_number: int, _frame: Any) -> None:
        call()

    before = {number: signal.signal(number, handle) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

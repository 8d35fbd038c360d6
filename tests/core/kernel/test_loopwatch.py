"""The watch over the loop names the line that blocks it."""

import asyncio
import re
import sys
import time
from types import FrameType

import pytest

from segue import App
from segue.core.kernel.loopwatch import LoopWatch, user_line
from segue.testing import Client


@pytest.mark.feature("M-174")
@pytest.mark.parametrize("protocol", ["asgi", "rsgi"])
def test_a_blocking_call_in_an_async_handler_is_reported_with_its_line(
    app: App, protocol: str, caplog: pytest.LogCaptureFixture
) -> None:
    app.watch_loop = True

    async def blocking() -> str:
        time.sleep(0.4)  # the line that is looked for
        return "x"

    app.add("/", blocking)
    with Client(app, protocol=protocol) as client:
        client.get("/")
        client.get("/")

    reports = [r.getMessage() for r in caplog.records if r.name == "segue.loop"]
    assert len(reports) == 1, "each place is told once"
    assert "test_loopwatch.py:" in reports[0]
    assert "blocking" in reports[0]


def test_a_loop_that_only_waits_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        watch = LoopWatch(asyncio.get_running_loop(), limit=0.02)
        watch.start()
        await asyncio.sleep(0.2)
        watch.stop()

    asyncio.run(main())

    assert caplog.records == []


def test_a_watch_ends_with_its_loop() -> None:
    async def main() -> LoopWatch:
        watch = LoopWatch(asyncio.get_running_loop(), limit=0.02)
        watch.start()
        return watch

    watch = asyncio.run(main())
    watch._thread.join(5)

    assert not watch._thread.is_alive()


def test_code_that_is_nobodys_has_no_line() -> None:
    assert user_line(None) == ""


def test_a_loop_that_only_waits_is_at_no_line_of_the_app() -> None:
    assert user_line(None) == ""


def test_a_line_below_the_library_is_the_one_of_the_app() -> None:
    frames: list[FrameType] = []

    def called_by_the_library(match: re.Match[str]) -> str:
        frames.append(sys._getframe(1))
        return ""

    re.sub("x", called_by_the_library, "x")

    assert "/re/" in frames[0].f_code.co_filename
    assert user_line(frames[0]).endswith(
        "test_a_line_below_the_library_is_the_one_of_the_app"
    )

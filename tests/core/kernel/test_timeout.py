"""Timeouts: an answer that takes too long is a 503, and what it held is let go."""

import asyncio

import pytest

from segue import App, Request, Wrap
from segue.testing import Client


def test_an_async_handler_that_takes_too_long_is_cancelled_and_answered_with_503(
    app: App, client: Client
) -> None:
    trail: list[str] = []

    @app.middleware
    def closing() -> Wrap:
        try:
            yield
        finally:
            trail.append("closed")

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            trail.append("cancelled")

    app.add("/", slow, timeout=0.05)

    answer = client.get("/")

    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert trail == ["cancelled", "closed"]


def test_a_handler_in_time_is_not_disturbed(app: App, client: Client) -> None:
    async def quick() -> str:
        return "quick"

    app.add("/", quick, timeout=30)
    app.add("/sync", lambda: "sync", timeout=30)

    assert client.get("/").text == "quick"
    assert client.get("/sync").text == "sync"


def test_a_timeout_error_of_the_handlers_own_is_an_error_like_any_other(
    app: App, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    async def other() -> None:
        raise TimeoutError("the database")

    app.add("/", other, timeout=30)

    assert client.get("/").status == 500
    assert "TimeoutError: the database" in caplog.text


@pytest.mark.parametrize("protocol", ["asgi", "rsgi"])
def test_the_client_of_a_sync_handler_that_takes_too_long_gets_its_503(
    app: App, protocol: str
) -> None:
    import threading

    gate, done = threading.Event(), threading.Event()

    def slow(request: Request) -> str:
        gate.wait(10)
        done.set()
        return "late"

    app.add("/", slow, timeout=0.05)
    with Client(app, protocol=protocol) as client:
        answer = client.get("/")
        gate.set()
        done.wait(10)

    assert answer.status == 503
    assert done.is_set(), "a sync handler is never cut in the middle"

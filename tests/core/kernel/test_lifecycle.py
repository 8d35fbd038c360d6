"""Lifespans: once, in order, back in reverse, and told when they fail."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from segue import App
from segue.core.errors import WalkError
from segue.core.kernel.events import AppStarted, AppStopped
from segue.testing import Client


def trailing(app: App) -> list[str]:
    trail: list[str] = []

    @app.lifespan
    def first(it: App) -> Iterator[None]:
        assert it is app
        trail.append("first up")
        yield
        trail.append("first down")

    @app.lifespan
    async def second() -> AsyncIterator[None]:
        trail.append("second up")
        yield
        trail.append("second down")

    @app.on(AppStarted)
    def started(event: AppStarted) -> None:
        assert event.app is app
        trail.append("started")

    @app.on(AppStopped)
    async def stopped() -> None:
        trail.append("stopped")

    return trail


@pytest.mark.feature("M-178")
def test_lifespans_run_once_in_order_and_end_in_reverse(
    app: App, protocol: str
) -> None:
    trail = trailing(app)
    app.add("/", lambda: "x")

    with Client(app, protocol=protocol) as client:
        client.get("/")
        client.get("/")
        during = list(trail)

    assert during == ["first up", "second up", "started"]
    assert trail[3:] == ["second down", "first down", "stopped"]


@pytest.mark.parametrize("protocol", ["asgi", "rsgi"])
def test_an_app_whose_server_starts_nothing_starts_with_its_first_request(
    app: App, protocol: str
) -> None:
    trail = trailing(app)
    app.add("/", lambda: "x")
    client = Client(app, protocol=protocol)

    client.get("/")
    client.get("/")
    client.close()

    assert trail == ["first up", "second up", "started"]
    app.stop()


def test_sync_lifespans_alone_need_no_loop(app: App) -> None:
    trail: list[str] = []

    @app.lifespan
    def only() -> Iterator[None]:
        trail.append("up")
        yield
        trail.append("down")

    app.start()
    app.start()
    app.stop()
    app.stop()

    assert trail == ["up", "down"]


def test_a_start_that_fails_ends_what_had_started(app: App) -> None:
    trail: list[str] = []

    @app.lifespan
    def fine() -> Iterator[None]:
        yield
        trail.append("fine down")

    @app.lifespan
    def broken() -> Iterator[None]:
        raise LookupError("no database")
        yield

    with pytest.raises(LookupError, match="no database"):
        app.start()

    assert trail == ["fine down"]


def test_an_async_start_that_fails_can_be_tried_again(app: App) -> None:
    tries: list[int] = []

    @app.lifespan
    async def flaky() -> AsyncIterator[None]:
        tries.append(1)
        if len(tries) == 1:
            raise LookupError("not yet")
        yield

    async def main() -> None:
        with pytest.raises(LookupError):
            await app.kernel.astart()
        await app.kernel.astart()
        await app.kernel.astop()
        await app.kernel.astop()

    asyncio.run(main())

    assert len(tries) == 2


def test_an_end_that_fails_lets_the_others_end_and_is_told(app: App) -> None:
    trail: list[str] = []

    @app.lifespan
    def first() -> Iterator[None]:
        yield
        trail.append("first down")

    @app.lifespan
    def second() -> Iterator[None]:
        yield
        raise LookupError("second")

    app.start()

    with pytest.raises(LookupError, match="second"):
        app.stop()
    assert trail == ["first down"]


@pytest.mark.parametrize("is_async", [False, True])
def test_a_lifespan_without_a_yield_is_an_error_that_says_so(
    app: App, is_async: bool
) -> None:
    def empty() -> Any:
        return
        yield

    async def aempty() -> Any:
        return
        yield

    app.lifespan(aempty if is_async else empty)

    with pytest.raises(WalkError) as caught:
        app.start()

    assert caught.value.problem.code == "SG-WALK-030"

"""Events: any class can be one; who listens is called in order."""

import asyncio
from dataclasses import dataclass

import pytest

from segue import App, Group
from segue.core.kernel.events import RequestFinished
from segue.testing import Client


@dataclass(frozen=True)
class Ordered:
    number: int


@pytest.mark.feature("M-178")
def test_an_event_reaches_every_listener_in_order(app: App) -> None:
    trail: list[str] = []
    group = Group("/g")

    @app.on(Ordered)
    def first(event: Ordered) -> None:
        trail.append(f"first {event.number}")

    @group.on(Ordered)
    async def second(ordered: Ordered) -> None:
        trail.append(f"second {ordered.number}")

    app.include(group)
    app.emit(Ordered(1))
    app.emit("nobody listens to text")
    asyncio.run(app.aemit(Ordered(2)))
    app.stop()

    assert trail == ["first 1", "second 1", "first 2", "second 2"]


def test_request_finished_tells_of_every_answer(app: App, client: Client) -> None:
    seen: list[tuple[str, int, bool]] = []

    @app.on(RequestFinished)
    def finished(event: RequestFinished) -> None:
        seen.append((event.request.path, event.response.status, event.seconds > 0))

    app.add("/", lambda: "x")

    client.get("/")
    client.get("/nothing")

    assert seen == [("/", 200, True), ("/nothing", 404, True)]

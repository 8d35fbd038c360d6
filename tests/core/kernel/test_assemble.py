"""Putting an app together: what is wrong is told at once, with every place."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from segue import App, Controller, Group, WebSocket, get
from segue.core.errors import ConfigurationError, Problem


def codes_of(app: App) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        app.freeze()
    return [problem.code for problem in caught.value.problems]


def test_two_commands_of_one_name_are_told_with_both_places(app: App) -> None:
    group = Group()

    def first() -> None: ...

    def second() -> None: ...

    app.command(name="clean")(first)
    group.command(name="clean")(second)
    app.include(group)

    with pytest.raises(ConfigurationError) as caught:
        app.freeze()

    problem = caught.value.problems[0]
    assert problem.code == "SG-APP-006"
    assert ["first" in problem.where[0], "second" in problem.where[1]] == [True] * 2


@pytest.mark.parametrize("kind", ["def", "generator"])
def test_a_handler_of_a_socket_must_be_awaited(app: App, kind: str) -> None:
    def sync(socket: WebSocket) -> None: ...

    async def generator(socket: WebSocket) -> AsyncIterator[str]:
        yield "x"

    app.websocket("/")(sync if kind == "def" else generator)

    assert codes_of(app) == ["SG-WALK-041"]


def test_a_middleware_without_a_yield_is_told(app: App) -> None:
    @app.middleware
    def stamp() -> None: ...

    assert codes_of(app) == ["SG-WALK-023"]


def test_a_controller_is_made_once_for_all_its_methods(app: App) -> None:
    made: list[Any] = []

    class Books(Controller):
        def __init__(self, app: App) -> None:
            made.append(app)

        @get("/one")
        def one(self) -> str:
            return "one"

        @get("/two")
        def two(self) -> str:
            return "two"

    app.include(Books)

    assert [str(route.pattern) for route in app.routes] == ["/one", "/two"]
    assert made == []
    app.start()
    assert made == [app]
    app.stop()


def test_every_mistake_is_told_at_once(app: App) -> None:
    def unknown(thing: type) -> None: ...

    app.websocket("/ws")(lambda: None)
    app.add("/a", unknown)
    app.add("/b", unknown)

    codes = codes_of(app)

    assert codes[0] == "SG-WALK-041"
    assert len(codes) == 3


def test_a_mistake_that_a_controller_finds_stops_the_start(app: App) -> None:
    class Books(Controller):
        def __init__(self) -> None:
            raise ConfigurationError(
                [Problem("SG-CONF-001", "No shelf.", "No books.", "Set SHELF.")]
            )

        @get("/")
        def index(self) -> str:
            return "x"

    app.include(Books)

    with pytest.raises(ConfigurationError, match="No shelf"):
        app.start()

"""A value for plain functions is nothing for async ones, and the reverse."""

import pytest

from segue import App, Wrap
from segue.errors import ConfigurationError
from segue.testing import Client


class Blocking:
    pass


class Awaited:
    pass


@pytest.fixture
def app():
    app = App()
    app.provide(Blocking, Blocking, serves="def", instead=Awaited)
    app.provide(Awaited, Awaited, serves="async def", instead=Blocking)
    return app


def problems(app):
    with pytest.raises(ConfigurationError) as caught:
        app.freeze()
    return caught.value.problems


def test_an_async_handler_cannot_work_with_what_blocks(app):
    @app.get("/")
    async def home(value: Blocking):
        pass

    (problem,) = problems(app)
    assert problem.code == "SG-PLAN-029"
    assert "`value: Awaited`" in problem.fix


def test_a_plain_handler_cannot_work_with_what_is_awaited(app):
    @app.get("/")
    def home(value: Awaited):
        pass

    (problem,) = problems(app)
    assert problem.code == "SG-PLAN-029"
    assert "awaited" in problem.why


def test_guards_and_providers_have_their_own_colour(app):
    class Made:
        pass

    @app.provide
    def made(value: Blocking) -> Made:
        return Made()

    def guard(value: Blocking) -> bool:
        return True

    @app.get("/", allow=guard)
    async def home(made: Made, value: Awaited):
        return "home"

    assert Client(app).get("/").text == "home"


def test_a_class_or_an_inline_provider_has_the_colour_of_who_asks(app):
    class Repository:
        def __init__(self, value: Blocking):
            pass

    class Shelf:
        pass

    def shelf(value: Awaited) -> Shelf:
        return Shelf()

    app.provide(Repository)
    app.provide(Shelf, shelf, inline=True)

    @app.get("/a")
    async def a(repository: Repository):
        pass

    @app.get("/b")
    def b(repository: Repository):
        pass

    @app.get("/c")
    async def c(shelf: Shelf):
        pass

    assert [p.code for p in problems(app)] == ["SG-PLAN-029"]


def test_an_async_guard_cannot_work_with_what_blocks(app):
    async def guard(value: Blocking) -> bool:
        return True

    @app.get("/", allow=guard)
    async def home():
        pass

    assert [p.code for p in problems(app)] == ["SG-PLAN-029"]


@pytest.mark.parametrize("protocol", ["wsgi", "asgi"])
def test_a_middleware_with_what_blocks_runs_in_a_thread(app, protocol):
    import asyncio
    import sys

    on_loop = []

    @app.middleware
    def around(value: Blocking) -> Wrap:
        on_loop.append(_runs())
        try:
            yield
        finally:
            on_loop.append(_runs())

    def _runs():
        return "asyncio" in sys.modules and asyncio._get_running_loop() is not None

    @app.get("/a")
    async def a():
        return "a"

    @app.get("/b", inline=True)
    def b():
        return "b"

    @app.get("/c")
    async def c():
        raise ValueError

    with Client(app, protocol=protocol, raise_server_exceptions=False) as client:
        assert client.get("/a").text == "a"
        assert client.get("/b").text == "b"
        assert client.get("/c").status == 500

    assert on_loop == [False] * 6

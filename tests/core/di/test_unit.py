"""A unit ends when the answer is made, the same way in sync and in async code."""

import asyncio
from typing import ClassVar

import pytest

from segue import App, Response, Stream, Wrap
from segue.core.di.opened import AsyncOpened, Opened
from segue.core.di.unit import Unit
from segue.errors import NotFound
from segue.testing import Client


async def run(function, *arguments):
    return function(*arguments)


class Noted(Unit):
    """A unit that writes down what it is told."""

    log: ClassVar[list] = []
    failing: BaseException | None = None

    name = "unit"

    def begin(self, loop):
        self.log.append(f"begin {self.name} {'loop' if loop else 'here'}")

    def end(self, response, error):
        self._note("end", response, error)

    async def aend(self, response, error):
        self._note("aend", response, error)

    def _note(self, word, response, error):
        status = response.status if response is not None else None
        self.log.append(f"{word} {self.name} {status} {type(error).__name__}")
        if Noted.failing is not None:
            raise Noted.failing


def named(name):
    unit = Noted()
    unit.name = name
    return unit


@pytest.fixture(autouse=True)
def log():
    Noted.log = log = []
    Noted.failing = None
    return log


def noted_generator(log):
    try:
        log.append(f"sent {(yield)}")
    except ValueError as error:
        log.append(f"thrown {error}")


async def anoted_generator(log):
    try:
        log.append(f"sent {(yield)}")
    except ValueError as error:
        log.append(f"thrown {error}")


def test_a_unit_does_nothing_by_itself():
    unit = Unit()
    unit.begin(None)
    unit.end(None, None)

    assert asyncio.run(unit.aend(None, None)) is None


def test_the_last_one_begun_ends_first(log):
    opened = Opened()
    opened.open(noted_generator(log))
    assert opened.enter(Noted()).name == "unit"
    opened.finish(None)

    assert log == ["begin unit here", "end unit None NoneType", "sent None"]


def test_in_async_code_it_is_awaited(log):
    async def story():
        opened = AsyncOpened(run)
        await opened.open(anoted_generator(log))
        opened.enter(Noted())
        await opened.finish(Response(status=201))

    asyncio.run(story())

    assert log[:2] == ["begin unit loop", "aend unit 201 NoneType"]


def test_before_a_stream_a_unit_ends_and_a_generator_stays(log):
    opened = Opened()
    opened.open(noted_generator(log))
    opened.enter(named("a"))
    opened.enter(named("b"))
    response = Stream([b"1"])
    opened.finish(response)
    assert log[2:] == ["end b 200 NoneType", "end a 200 NoneType"]

    list(response)
    response.close()
    assert log[4:] == ["sent None"]


def test_before_an_async_stream_a_unit_ends_and_a_generator_stays(log):
    async def story():
        opened = AsyncOpened(run)
        await opened.open(anoted_generator(log))
        opened.enter(Noted())
        response = Stream([b"1"])
        await opened.finish(response)
        assert log[1:] == ["aend unit 200 NoneType"]
        await response.aclose()

    asyncio.run(story())

    assert log[2:] == ["sent None"]


def test_in_sync_code_a_scope_ends_it_too(log):
    opened = AsyncOpened(run)
    opened.open_here(noted_generator(log))
    opened.enter(Noted(), None)
    response = Stream([b"1"])
    opened.finish_here(response, None)
    assert log == ["begin unit here", "end unit 200 NoneType"]

    opened = AsyncOpened(run)
    opened.enter(Noted(), None)
    with pytest.raises(ValueError, match="x"):
        opened.finish_here(None, ValueError("x"))
    assert log[-1] == "end unit None ValueError"


def test_an_error_that_a_stream_tells_of_arrives_at_its_end(log):
    error = ValueError("x")
    opened = AsyncOpened(run)
    opened.enter(Noted(), None)
    opened.finish_here(Stream([b"1"]), error)

    async def story():
        opened = AsyncOpened(run)
        opened.enter(Noted())
        await opened.finish(Stream([b"1"]), error)

    asyncio.run(story())

    assert log[1] == "end unit None ValueError"
    assert log[3] == "aend unit None ValueError"


def test_an_error_arrives_at_its_end(log):
    opened = Opened()
    opened.enter(Noted())
    with pytest.raises(ValueError, match="x"):
        opened.fail(ValueError("x"))

    async def story():
        opened = AsyncOpened(run)
        opened.enter(Noted())
        with pytest.raises(ValueError, match="x"):
            await opened.fail(ValueError("x"))

    asyncio.run(story())

    assert log[1] == "end unit None ValueError"
    assert log[3] == "aend unit None ValueError"


@pytest.mark.parametrize("response", [None, Stream([b"1"])])
def test_an_end_that_fails_is_told_to_the_others(log, response):
    opened = Opened()
    opened.open(noted_generator(log))
    opened.enter(Noted())
    Noted.failing = ValueError("full")
    with pytest.raises(ValueError, match="full"):
        opened.finish(response)
    assert log[-1] == "thrown full"

    opened = AsyncOpened(run)
    opened.open_here(noted_generator(log))
    opened.enter(Noted(), None)
    with pytest.raises(ValueError, match="full"):
        opened.finish_here(response, None)
    assert log[-1] == "thrown full"

    async def story():
        opened = AsyncOpened(run)
        await opened.open(anoted_generator(log))
        opened.enter(Noted())
        with pytest.raises(ValueError, match="full"):
            await opened.finish(response)

    asyncio.run(story())
    assert log[-1] == "thrown full"


def test_an_end_that_fails_after_an_error_takes_its_place(log):
    Noted.failing = OSError("full")
    opened = Opened()
    opened.enter(Noted())
    with pytest.raises(OSError, match="full"):
        opened.fail(ValueError("x"))

    async def story():
        opened = AsyncOpened(run)
        opened.enter(Noted())
        with pytest.raises(OSError, match="full"):
            await opened.fail(ValueError("x"))

    asyncio.run(story())


def build():
    app = App()
    app.provide(Noted)

    @app.get("/plain/{name}")
    def plain(name: str, unit: Noted):
        if name == "missing":
            raise NotFound
        return ("bad", 400) if name == "bad" else name

    @app.get("/async/{name}")
    async def awaited(name: str, unit: Noted):
        if name == "missing":
            raise NotFound
        return ("bad", 400) if name == "bad" else name

    @app.get("/stream")
    def stream(unit: Noted):
        unit.log.append("chunk")
        yield "a"

    return app


@pytest.mark.parametrize("protocol", ["wsgi", "asgi", "rsgi"])
def test_a_route_tells_its_unit_how_it_ended(log, protocol):
    with Client(build(), protocol=protocol) as client:
        for path in ("/plain/ok", "/plain/bad", "/plain/missing", "/async/ok"):
            client.get(path)
        client.get("/async/missing")
        assert client.get("/stream").text == "a"

    assert [line for line in log if not line.startswith("begin")] == [
        "end unit None NoneType",
        "end unit 400 NoneType",
        "end unit None NotFound",
        "aend unit None NoneType",
        "aend unit None NotFound",
        "end unit 200 NoneType",
        "chunk",
    ]
    kinds = [line for line in log if line.startswith("begin")]
    assert kinds[:3] == ["begin unit here"] * 3
    assert kinds[3:5] == ["begin unit loop"] * 2


@pytest.mark.parametrize("protocol", ["wsgi", "asgi"])
def test_hooks_share_the_unit_of_a_route(log, protocol):
    app = build()

    @app.middleware
    def around(unit: Noted) -> Wrap:
        unit.log.append("in")
        yield
        unit.log.append("out")

    @app.before
    async def before(unit: Noted):
        unit.log.append("before")

    with Client(app, protocol=protocol) as client:
        client.get("/plain/ok")

    assert log == ["begin unit loop", "in", "before", "out", "aend unit 200 NoneType"]

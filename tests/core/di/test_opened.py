"""What providers opened is given back in order, whatever happens."""

import asyncio

import pytest

from segue import Response, Stream
from segue.core.di.opened import AsyncOpened, Opened
from segue.core.errors import WalkError


async def run(function, *arguments):
    return function(*arguments)


def resource(name, log, *, at_end=None, instead=None, twice=False):
    try:
        answer = yield name
        log.append((name, answer))
        if at_end is not None:
            raise at_end
        if twice:
            yield
    except ValueError as error:
        log.append((name, repr(error)))
        if instead is not None:
            raise instead from error


async def aresource(name, log, **options):
    try:
        answer = yield name
        log.append((name, answer))
        if options.get("at_end"):
            raise options["at_end"]
        if options.get("twice"):
            yield
    except ValueError as error:
        log.append((name, repr(error)))
        if options.get("again"):
            yield
        if options.get("instead"):
            raise options["instead"] from error


class Sync:
    """The sync container."""

    def __init__(self):
        self.opened = Opened()

    def open(self, *arguments, **options):
        return self.opened.open(resource(*arguments, **options))

    def close(self, response=None):
        return self.opened.close(response)

    def fail(self, error):
        return self.opened.fail(error)


class Async:
    """The async one, with generators of a kind."""

    def __init__(self, kind):
        self.kind = kind
        self.opened = AsyncOpened(run)
        # One for all calls: the end of a loop ends its generators.
        self.loop = asyncio.new_event_loop()

    def open(self, *arguments, **options):
        if self.kind == "async":
            return self.loop.run_until_complete(
                self.opened.open(aresource(*arguments, **options))
            )
        generator = resource(*arguments, **options)
        if self.kind == "inline":
            return self.opened.open_inline(generator)
        if self.kind == "here":
            return self.opened.open_here(generator)
        return self.loop.run_until_complete(self.opened.open_blocking(generator))

    def close(self, response=None):
        return self.loop.run_until_complete(self.opened.close(response))

    def fail(self, error):
        return self.loop.run_until_complete(self.opened.fail(error))


@pytest.fixture(params=["sync", "async", "inline", "blocking", "here"])
def opened(request):
    if request.param == "sync":
        yield Sync()
        return
    found = Async(request.param)
    yield found
    found.loop.close()


def test_the_last_one_opened_is_the_first_one_closed(opened):
    log = []
    assert opened.open("a", log) == "a"
    opened.open("b", log)
    answer = Response("x")

    opened.close(answer)

    assert log == [("b", answer), ("a", answer)]


def test_an_error_arrives_at_each_yield_and_goes_on(opened):
    log = []
    opened.open("a", log)
    opened.open("b", log)

    with pytest.raises(ValueError, match="x"):
        opened.fail(ValueError("x"))

    assert log == [("b", "ValueError('x')"), ("a", "ValueError('x')")]


def test_another_error_may_take_its_place(opened):
    log = []
    opened.open("a", log)
    opened.open("b", log, instead=ValueError("other"))

    with pytest.raises(ValueError, match="other"):
        opened.fail(ValueError("x"))

    assert log[-1] == ("a", "ValueError('other')")


def test_an_error_at_the_end_of_one_is_told_to_the_others(opened):
    log = []
    opened.open("a", log)
    opened.open("b", log, at_end=LookupError("end"))

    with pytest.raises(LookupError, match="end"):
        opened.close()

    assert log == [("b", None)]


def test_a_stop_iteration_goes_through_unchanged(opened):
    opened.open("a", [])

    error = StopIteration("x")
    if isinstance(opened, Sync):
        with pytest.raises(StopIteration):
            opened.fail(error)
    else:
        with pytest.raises(RuntimeError):  # as a coroutine tells it
            opened.fail(error)


def test_who_yields_twice_is_told_so(opened):
    opened.open("a", [], twice=True)

    with pytest.raises(WalkError, match="SG-WALK-060"):
        opened.close()


def test_an_error_does_not_wait_for_a_second_yield():
    log = []

    def again():
        try:
            yield 1
        except ValueError:
            yield 2

    opened = Opened()
    opened.open(again())
    with pytest.raises(ValueError, match="x"):
        opened.fail(ValueError("x"))
    async_opened = Async("async")
    async_opened.open("a", log, again=True)
    with pytest.raises(ValueError, match="x"):
        async_opened.fail(ValueError("x"))
    async_opened.loop.close()


def test_who_never_yields_is_told_so():
    def never():
        return
        yield

    async def anever():
        return
        yield

    with pytest.raises(WalkError, match="never\\(\\) ended without a yield"):
        Opened().open(never())
    with pytest.raises(WalkError, match="SG-WALK-060"):
        AsyncOpened(run).open_inline(never())
    with pytest.raises(WalkError, match="SG-WALK-060"):
        asyncio.run(AsyncOpened(run).open(anever()))


def test_what_was_opened_in_threads_is_ended_from_sync_code():
    log = []
    opened = AsyncOpened(run)
    opened.open_here(resource("a", log))
    opened.open_here(resource("b", log, at_end=LookupError("end")))

    with pytest.raises(LookupError, match="end"):
        opened.close_here(None)
    opened.close_here(None)
    opened.open_here(resource("c", log))
    with pytest.raises(ValueError, match="x"):
        opened.close_here(None, ValueError("x"))

    assert log == [("b", None), ("c", "ValueError('x')")]


@pytest.mark.parametrize("failing", [None, "next", "close"])
def test_a_stream_keeps_what_it_is_made_from(failing):
    log = []

    class Chunks:
        def __iter__(self):
            yield b"1"
            if failing == "next":
                raise ValueError("x")
            log.append("read")

        def close(self):
            if failing == "close":
                raise ValueError("x")

    opened = Opened()
    opened.open(resource("a", log))
    response = Stream(Chunks())
    assert opened.hold(response) is True
    assert log == []

    if failing is None:
        assert list(response) == [b"1"]
        response.close()
        assert log == ["read", ("a", None)]
        return
    with pytest.raises(ValueError, match="x"):
        _read(response)
    assert log[-1] == ("a", "ValueError('x')")


def _read(response):
    list(response)
    response.close()


def test_a_source_that_cannot_be_closed_is_held_too():
    log = []
    opened = Opened()
    opened.open(resource("a", log))
    response = Stream([b"1"])
    opened.hold(response)

    _read(response)

    assert log == [("a", None)]


def test_only_a_stream_is_held():
    assert Opened().hold(None) is False
    assert Opened().hold(Response("x")) is False
    assert AsyncOpened(run).hold(None) is False


@pytest.mark.parametrize("failing", [None, "next", "close"])
@pytest.mark.parametrize("kind", ["sync", "async", "list"])
def test_an_async_stream_keeps_it_too(kind, failing):
    log = []

    class Chunks:
        def __iter__(self):
            yield b"1"
            if failing == "next":
                raise ValueError("x")

        def close(self):
            if failing == "close":
                raise ValueError("x")

    class AsyncChunks:
        async def __aiter__(self):
            yield b"1"
            if failing == "next":
                raise ValueError("x")

        async def aclose(self):
            if failing == "close":
                raise ValueError("x")

    async def read():
        opened = AsyncOpened(run)
        await opened.open(aresource("a", log))
        source = {"sync": Chunks, "async": AsyncChunks, "list": lambda: [b"1"]}[kind]()
        response = Stream(source)
        assert opened.hold(response) is True
        chunks = [chunk async for chunk in response]
        await response.aclose()
        return chunks

    if failing is None or kind == "list":
        assert asyncio.run(read()) == [b"1"]
        assert log == [("a", None)]
    else:
        with pytest.raises(ValueError, match="x"):
            asyncio.run(read())
        assert log == [("a", "ValueError('x')")]

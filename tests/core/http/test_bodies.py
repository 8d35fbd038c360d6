import asyncio
import sys
import types

import pytest

from segue.core.errors import ClientDisconnected, ContentTooLarge, SegueError
from segue.core.http.bodies import Body, on_event_loop


class Source:
    """A body in chunks that remembers how many of them were taken."""

    def __init__(self, *chunks, content_length=None, broken=False):
        self.content_length = content_length
        self.taken = 0
        self._chunks = chunks
        self._broken = broken

    def chunks(self):
        for chunk in self._chunks:
            self.taken += 1
            yield chunk
        if self._broken:
            raise ClientDisconnected

    async def achunks(self):
        for chunk in self.chunks():
            await asyncio.sleep(0)
            yield chunk


async def collect(chunks):
    return [chunk async for chunk in chunks]


def read_sync(body):
    return body.read()


def read_async(body):
    return asyncio.run(body.aread())


def stream_sync(body):
    return b"".join(body.stream())


def stream_async(body):
    return b"".join(asyncio.run(collect(body.astream())))


COLOURS = pytest.mark.parametrize("read", [read_sync, read_async])
WAYS = pytest.mark.parametrize(
    "read", [read_sync, read_async, stream_sync, stream_async]
)


@WAYS
def test_a_body_is_all_of_its_chunks(read):
    assert read(Body(Source(b"ab", b"", b"c"), 100)) == b"abc"


@WAYS
def test_no_body_is_an_empty_one(read):
    assert read(Body(Source(), 0)) == b""


@COLOURS
def test_a_body_that_was_read_is_there_for_everyone(read):
    source = Source(b"abc")
    body = Body(source, 100)

    assert not body.buffered
    assert read(body) == b"abc"
    assert body.buffered
    assert (body.read(), asyncio.run(body.aread())) == (b"abc", b"abc")
    assert (list(body.stream()), list(body.stream())) == ([b"abc"], [b"abc"])
    assert asyncio.run(collect(body.astream())) == [b"abc"]
    assert source.taken == 1


@pytest.mark.feature("M-036")
def test_a_stream_gives_each_chunk_as_it_comes():
    source = Source(b"a", b"b", b"c")
    stream = Body(source, 100).stream()

    assert (next(stream), source.taken) == (b"a", 1)
    assert list(stream) == [b"b", b"c"]


@pytest.mark.feature("M-036")
def test_an_async_stream_gives_each_chunk_as_it_comes():
    source = Source(b"a", b"b", b"c")

    async def first():
        async for chunk in Body(source, 100).astream():
            return chunk, source.taken
        return None

    assert asyncio.run(first()) == (b"a", 1)


@pytest.mark.feature("M-037")
@WAYS
def test_an_announced_length_over_the_limit_is_refused_unread(read):
    source = Source(b"x" * 11, content_length=11)

    with pytest.raises(ContentTooLarge, match="10 bytes"):
        read(Body(source, 10))

    assert source.taken == 0


@pytest.mark.feature("M-037")
@WAYS
def test_an_endless_body_is_refused_with_the_chunk_that_is_too_much(read):
    source = Source(*[b"x" * 4] * 1000)

    with pytest.raises(ContentTooLarge):
        read(Body(source, 10))

    assert source.taken == 3


@WAYS
def test_a_body_of_exactly_the_limit_is_read(read):
    assert read(Body(Source(b"12345", b"67890", content_length=10), 10)) == (
        b"1234567890"
    )


@WAYS
def test_a_length_that_is_a_lie_is_noticed_by_counting(read):
    with pytest.raises(ContentTooLarge):
        read(Body(Source(b"x" * 11, content_length=1), 10))


@WAYS
def test_a_body_cut_short_is_never_taken_for_a_whole_one(read):
    body = Body(Source(b"abc", broken=True), 100)

    with pytest.raises(ClientDisconnected):
        read(body)

    assert not body.buffered


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (Source(b"x" * 11, content_length=11), ContentTooLarge),
        (Source(b"x" * 11), ContentTooLarge),
        (Source(b"abc", broken=True), ClientDisconnected),
    ],
)
@WAYS
def test_who_asks_again_after_a_failure_gets_the_same_one(read, source, error):
    body = Body(source, 10)

    for again in (read, read_sync, read_async, stream_sync, stream_async):
        with pytest.raises(error):
            again(body)


@pytest.mark.parametrize("first", [stream_sync, stream_async])
@WAYS
def test_a_streamed_body_cannot_be_used_again(first, read):
    body = Body(Source(b"abc"), 100)
    first(body)

    with pytest.raises(SegueError, match="SG-HTTP-030") as caught:
        read(body)

    assert "request.body()" in caught.value.problem.fix


def test_the_second_stream_fails_where_it_is_asked_for():
    body = Body(Source(b"abc"), 100)
    body.stream()

    with pytest.raises(SegueError, match="SG-HTTP-030"):
        body.stream()
    with pytest.raises(SegueError, match="SG-HTTP-030"):
        body.astream()


@pytest.mark.parametrize("read", [read_sync, stream_sync])
def test_a_blocking_read_on_the_event_loop_is_refused(read):
    source = Source(b"abc")

    async def handler():
        return read(Body(source, 100))

    with pytest.raises(SegueError, match="SG-HTTP-031") as caught:
        asyncio.run(handler())

    assert "await request" in caught.value.problem.fix
    assert source.taken == 0


def test_on_the_event_loop_a_buffered_body_is_there_for_blocking_code():
    async def handler():
        body = Body(Source(b"abc"), 100)
        await body.aread()
        return body.read(), list(body.stream())

    assert asyncio.run(handler()) == (b"abc", [b"abc"])


def test_in_a_thread_beside_the_event_loop_a_blocking_read_is_fine():
    async def handler():
        return await asyncio.to_thread(Body(Source(b"abc"), 100).read)

    assert asyncio.run(handler()) == b"abc"


def test_no_loop_runs_where_asyncio_was_never_imported(monkeypatch):
    monkeypatch.delitem(sys.modules, "asyncio")

    assert not on_event_loop()


def test_no_loop_runs_here_while_another_thread_imports_asyncio(monkeypatch):
    monkeypatch.setitem(sys.modules, "asyncio", types.ModuleType("asyncio"))

    assert not on_event_loop()

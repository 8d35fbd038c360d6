"""Streams: closed when their client goes, ended when the app stops, heard whole."""

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from segue import App, Request, Response, Stream
from segue.core.errors import ClientDisconnected
from segue.testing import Client

LOOPS = pytest.mark.parametrize("protocol", ["asgi", "rsgi"])


def stream_of(
    colour: str, seen: list[Any], error: Exception | None = None
) -> Callable[[], Any]:
    """Make a handler that streams lines for ever, or fails after the first."""

    def lines() -> Iterator[str]:
        try:
            for number in itertools.count():
                yield f"{number} \n"
                if error is not None:
                    raise error
        finally:
            seen.append("closed")

    async def alines() -> AsyncIterator[str]:
        try:
            for number in itertools.count():
                yield f"{number} \n"
                if error is not None:
                    raise error
        finally:
            seen.append("closed")

    return lines if colour == "def" else alines


@pytest.mark.feature("M-175", "M-176")
@pytest.mark.feature("M-046")
def test_a_client_that_goes_away_ends_the_stream_and_is_no_fault(
    app: App, client: Client, colour: str, faults: list[BaseException]
) -> None:
    seen: list[Any] = []
    app.add("/", stream_of(colour, seen))

    @app.teardown
    def after(error: Exception | None) -> None:
        seen.append(type(error))

    with client.stream("GET", "/") as answer:
        next(answer.iter_bytes())

    assert seen == ["closed", ClientDisconnected]
    assert faults == []


@pytest.mark.parametrize("error", [LookupError("row"), FileNotFoundError("row.txt")])
def test_a_stream_that_fails_is_logged_once_and_not_taken_for_whole(
    app: App,
    client: Client,
    colour: str,
    error: Exception,
    faults: list[BaseException],
) -> None:
    seen: list[Any] = []
    app.add("/", stream_of(colour, seen, error))

    @app.teardown
    def after(error: Exception | None) -> None:
        seen.append(error)

    answer = client.get("/")

    assert answer.status == 200
    assert not answer.complete
    assert answer.text.startswith("0 ")
    assert faults == [error]
    assert seen == ["closed", error]


@LOOPS
def test_a_source_that_waits_for_news_ends_as_soon_as_its_client_is_gone(
    app: App, client: Client
) -> None:
    seen: list[str] = []

    @app.get("/")
    async def news() -> AsyncIterator[str]:
        try:
            yield "first"
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    with client.stream("GET", "/") as answer:
        next(answer.iter_bytes())

    assert seen == ["cancelled"]


def test_a_source_that_never_waits_hears_that_its_client_is_gone(
    app: App, call: Any
) -> None:
    given: list[int] = []

    @app.get("/")
    async def endless() -> AsyncIterator[bytes]:
        for number in range(100_000):
            given.append(number)
            yield b"x"

    request = call()
    # Some servers say the end of the body again.
    end = {"type": "http.request"}
    request.messages = [end, end, {"type": "http.disconnect"}]

    asyncio.run(request.run(app))

    assert len(given) < 100
    assert request.sent[-1]["more_body"]


def test_a_server_that_raises_for_a_lost_client_is_no_fault(
    app: App, call: Any, faults: list[BaseException]
) -> None:
    app.add("/", stream_of("async def", []))
    request = call()

    async def send(message: dict[str, Any]) -> None:
        if message.get("body"):
            raise BrokenPipeError

    request.send = send

    asyncio.run(request.run(app))

    assert faults == []


def test_a_server_whose_receive_fails_has_lost_its_client(app: App, call: Any) -> None:
    seen: list[str] = []

    @app.get("/")
    async def news() -> AsyncIterator[str]:
        try:
            yield "first"
            await asyncio.Event().wait()
        finally:
            seen.append("closed")

    request = call()

    async def receive() -> dict[str, Any]:
        raise RuntimeError("the server has closed this")

    request.receive = receive

    asyncio.run(request.run(app))

    assert seen == ["closed"]


@LOOPS
def test_a_sync_source_is_read_and_closed_in_worker_threads(
    app: App, client: Client
) -> None:
    seen: list[str] = []

    @app.get("/")
    def rows() -> Iterator[str]:
        try:
            seen.append(threading.current_thread().name[:12])
            yield "x"
        finally:
            seen.append(threading.current_thread().name[:12])

    with client.stream("GET", "/") as answer:
        next(answer.iter_bytes())

    assert seen == ["segue-worker"] * 2


def test_a_cancelled_request_closes_its_source_when_that_has_come_to_a_rest(
    app: App, call: Any, faults: list[BaseException]
) -> None:
    running, go = threading.Event(), threading.Event()
    seen: list[Any] = []

    @app.get("/")
    def rows() -> Iterator[str]:
        try:
            running.set()
            go.wait(20)
            yield "x"
        finally:
            seen.append("closed")

    @app.teardown
    def after(error: Exception | None) -> None:
        seen.append(type(error))

    async def main() -> None:
        task = asyncio.ensure_future(call().run(app))
        await asyncio.to_thread(running.wait, 20)
        task.cancel()
        asyncio.get_running_loop().call_later(0.01, go.set)
        await asyncio.wait({task})
        assert task.cancelled()

    asyncio.run(main())

    assert seen == ["closed", ClientDisconnected]
    assert faults == []


def test_what_a_source_raises_at_its_close_is_a_fault(
    app: App, client: Client, colour: str, faults: list[BaseException]
) -> None:
    def lines() -> Iterator[str]:
        try:
            while True:
                yield "x" * 1000
        finally:
            raise LookupError("at the close")

    async def alines() -> AsyncIterator[str]:
        try:
            while True:
                yield "x" * 1000
        finally:
            raise LookupError("at the close")

    app.add("/", lines if colour == "def" else alines)

    with client.stream("GET", "/") as answer:
        next(answer.iter_bytes())

    assert [str(fault) for fault in faults] == ["at the close"]


def test_a_head_of_a_stream_closes_the_source_and_sends_nothing(
    app: App, client: Client
) -> None:
    class Source:
        closed = 0

        def __iter__(self) -> Iterator[bytes]:
            raise AssertionError

        def close(self) -> None:
            self.closed += 1

    source = Source()
    app.add("/", lambda: Stream(source))

    answer = client.head("/")

    assert (answer.status, answer.body) == (200, b"")
    assert source.closed == 1


def test_a_stream_whose_redirect_or_condition_fails_is_closed(
    app: App, client: Client, faults: list[BaseException]
) -> None:
    class Broken(Stream):
        closed = 0

        @property
        def conditional(self) -> bool:
            return True

        def prepare(self, request: Any) -> None:
            raise LookupError("no condition")

        def close(self) -> None:
            type(self).closed += 1

    app.add("/", lambda: Broken([b"x"]))

    answer = client.get("/")

    assert answer.status == 500
    assert Broken.closed == 1
    assert [str(fault) for fault in faults] == ["no condition"]


@LOOPS
def test_a_stream_that_has_begun_is_not_refused_by_busy_workers(
    app: App, client: Client
) -> None:
    @app.get("/")
    def rows() -> Iterator[str]:
        app.kernel.threads.waiting = -1000
        yield "a"
        yield "b"

    assert client.get("/").text == "ab"


@pytest.mark.feature("M-215")
def test_a_stream_of_events_ends_when_the_app_stops(
    app: App, client: Client, colour: str
) -> None:
    seen: list[str] = []
    waiting = threading.Event()

    def events() -> Iterator[str]:
        try:
            while True:
                yield "data: x\n\n"
                waiting.set()
        finally:
            seen.append("closed")

    async def aevents() -> AsyncIterator[str]:
        try:
            yield "data: x\n\n"
            waiting.set()
            await asyncio.Event().wait()
        finally:
            seen.append("closed")

    @app.get("/")
    def source() -> Response:
        return Stream(
            events() if colour == "def" else aevents(), media_type="text/event-stream"
        )

    def stop() -> None:
        waiting.wait(20)
        app.kernel.sockets.end_streams()

    thread = threading.Thread(target=stop)
    thread.start()
    answer = client.get("/")
    thread.join()

    assert answer.complete
    assert answer.text.startswith("data: x\n\n")
    assert seen == ["closed"]


def test_a_stream_of_events_that_begins_during_the_stop_ends_at_once(
    app: App, client: Client, colour: str
) -> None:
    async def aevents() -> AsyncIterator[str]:
        await asyncio.Event().wait()
        yield "data: x\n\n"

    def events() -> Iterator[str]:
        while True:
            yield "data: x\n\n"

    @app.get("/")
    def source() -> Response:
        app.kernel.sockets.end_streams()
        return Stream(
            events() if colour == "def" else aevents(), media_type="text/event-stream"
        )

    assert client.get("/").complete


@LOOPS
def test_an_answer_may_be_streamed_while_its_request_is_still_read(
    app: App, client: Client, colour: str
) -> None:
    def echo(request: Request) -> Iterator[bytes]:
        for chunk in request.stream():
            yield b"<" + chunk[:1] + b">"

    async def aecho(request: Request) -> AsyncIterator[bytes]:
        async for chunk in request.astream():
            await asyncio.sleep(0)
            yield b"<" + chunk[:1] + b">"

    app.add("/", echo if colour == "def" else aecho, methods=["POST"])

    answer = client.post(
        "/", content=b"".join(bytes([n]) * 65536 for n in range(97, 105))
    )

    assert answer.body == b"<a><b><c><d><e><f><g><h>"


def test_a_client_that_goes_while_its_body_is_echoed_is_a_lost_client(
    app: App, call: Any, faults: list[BaseException]
) -> None:
    seen: list[str] = []

    @app.post("/")
    async def echo(request: Request) -> AsyncIterator[bytes]:
        try:
            async for chunk in request.astream():
                yield chunk
        except ClientDisconnected:
            seen.append("early")
            raise

    request = call(method="POST")
    more = {"type": "http.request", "body": b"x", "more_body": True}
    request.messages = [more, more, {"type": "http.disconnect"}]

    asyncio.run(request.run(app))

    assert faults == []
    assert request.sent[-1].get("more_body")


def test_a_reader_and_the_watcher_of_its_client_take_turns(
    app: App, call: Any, faults: list[BaseException]
) -> None:
    seen: list[bytes] = []

    @app.post("/")
    async def echo(request: Request) -> AsyncIterator[bytes]:
        # By now the watcher waits for the next message.
        yield b"begun"
        async for chunk in request.astream():
            seen.append(chunk)
        yield b"done"
        await asyncio.Event().wait()

    request = call(method="POST")
    last = {"type": "http.request", "body": b"b"}
    request.messages = [
        {"type": "http.request", "body": b"a", "more_body": True},
        last,
        {"type": "http.disconnect"},
    ]
    receive = request.receive

    async def slowly() -> Any:
        for _ in range(10):
            await asyncio.sleep(0)
        return await receive()

    request.receive = slowly

    asyncio.run(request.run(app))

    assert seen == [b"a", b"b"]
    assert request.body == b"begundone"
    assert faults == []


def test_a_source_that_makes_an_error_of_its_end_is_a_fault(
    app: App, call: Any, faults: list[BaseException]
) -> None:
    @app.get("/")
    async def news() -> AsyncIterator[str]:
        try:
            yield "first"
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise LookupError("at the end") from None

    request = call()
    request.messages = [{"type": "http.request"}, {"type": "http.disconnect"}]

    with pytest.raises(LookupError, match="at the end"):
        asyncio.run(request.run(app))

    assert len(faults) == 1

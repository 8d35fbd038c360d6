"""What only RSGI can say or leave out."""

import asyncio
import gc
import logging
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from segue import App, Request, Stream, url
from segue.core.errors import ClientDisconnected
from segue.core.kernel.kernel import Configuration
from segue.testing import Client, Sent
from segue.testing.rsgi import RSGIHeaders


@pytest.fixture
def protocol() -> str:
    return "rsgi"


class Scope:
    """A scope by hand."""

    proto = "http"
    http_version = "1.1"
    scheme = "http"
    method = "GET"
    path = "/"
    query_string = ""
    client = "127.0.0.1:5000"
    server = "127.0.0.1:80"
    authority: str | None = None

    def __init__(self, *headers: tuple[bytes, bytes], **fields: Any) -> None:
        self.headers = RSGIHeaders(headers)
        for name, value in fields.items():
            setattr(self, name, value)


class Protocol:
    """The protocol object of one request by hand."""

    def __init__(self, body: bytes | Exception = b"") -> None:
        self.content = body
        self.status = 0
        self.body = b""

    async def __call__(self) -> bytes:
        if isinstance(self.content, Exception):
            raise self.content
        return self.content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b""
        yield await self()

    def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.body = status, body

    def response_empty(self, status: int, headers: Any) -> None:
        self.status = status


def run(app: App, scope: Scope, protocol: Protocol) -> None:
    asyncio.run(app.__rsgi__(scope, protocol))


HOST = (b"host", b"testserver")


def reading(app: App, colour: str) -> None:
    def whole(request: Request) -> str:
        return request.body().decode()

    async def awhole(request: Request) -> str:
        return (await request.abody()).decode()

    def decoded(data: dict[str, int]) -> str:
        return str(data)

    async def adecoded(data: dict[str, int]) -> str:
        return str(data)

    is_sync = colour == "def"
    app.add("/whole", whole if is_sync else awhole, methods=["POST"], body_limit=20)
    app.add(
        "/decoded", decoded if is_sync else adecoded, methods=["POST"], body_limit=20
    )


@pytest.mark.parametrize("path", ["/whole", "/decoded"])
@pytest.mark.parametrize(
    "body", [b"shor", b"", RuntimeError("RSGI transport is closed")], ids=str
)
def test_a_body_shorter_than_its_length_is_never_taken_for_whole(
    app: App,
    colour: str,
    path: str,
    body: bytes | Exception,
    faults: list[BaseException],
) -> None:
    reading(app, colour)
    protocol = Protocol(body)

    run(app, Scope(HOST, (b"content-length", b"5"), method="POST", path=path), protocol)

    assert protocol.status == 499
    assert faults == []


@pytest.mark.parametrize("path", ["/whole", "/decoded"])
@pytest.mark.parametrize(
    ("header", "version", "status"),
    [
        ((b"content-length", b"21"), "1.1", 413),
        ((b"content-length", b"x"), "1.1", 400),
        ((b"content-length", b"-1"), "1.1", 400),
        ((b"transfer-encoding", b"chunked"), "1.1", 411),
        ((b"x-none", b""), "2", 411),
    ],
)
def test_a_body_without_a_length_that_can_be_believed_is_refused(
    app: App,
    colour: str,
    path: str,
    header: tuple[bytes, bytes],
    version: str,
    status: int,
) -> None:
    reading(app, colour)
    protocol = Protocol(b"x" * 21)
    scope = Scope(HOST, header, method="POST", path=path, http_version=version)

    run(app, scope, protocol)

    assert protocol.status == status


def test_a_request_without_a_body_has_an_empty_one(app: App, colour: str) -> None:
    reading(app, colour)
    protocol = Protocol()

    run(app, Scope(HOST, method="POST", path="/whole"), protocol)

    assert (protocol.status, protocol.body) == (200, b"")


def test_a_typed_body_that_is_missing_is_told(app: App, colour: str) -> None:
    reading(app, colour)
    protocol = Protocol()

    run(app, Scope(HOST, method="POST", path="/decoded"), protocol)

    assert protocol.status in (400, 415, 422)


def test_a_client_that_goes_while_its_body_is_read_is_a_lost_client(
    app: App, client: Client, colour: str, faults: list[BaseException]
) -> None:
    seen: list[int] = []

    def pieces(request: Request) -> str:
        seen.extend(map(len, request.stream()))
        raise AssertionError

    async def apieces(request: Request) -> str:
        async for chunk in request.astream():
            seen.append(len(chunk))
        raise AssertionError

    app.add("/", pieces if colour == "def" else apieces, methods=["POST"])

    client.post("/", content=b"x" * 100_000, disconnect_after=Sent(70_000))

    assert sum(seen) == 70_000
    assert faults == []


def test_a_host_may_come_as_the_authority(app: App) -> None:
    app.add("/", lambda request: request.host, inline=True)

    def tell(request: Request) -> str:
        return request.host

    app.add("/host", tell)
    protocol = Protocol()

    run(
        app,
        Scope(path="/host", authority="books.example.org", http_version="2"),
        protocol,
    )

    assert protocol.body == b"books.example.org"


@pytest.mark.parametrize("hosts", [(), (HOST, HOST)], ids=["none", "two"])
def test_a_request_without_exactly_one_host_is_refused(
    app: App, hosts: tuple[Any, ...]
) -> None:
    app.add("/", lambda: "x")
    protocol = Protocol()

    run(app, Scope(*hosts), protocol)

    assert protocol.status == 400


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("10.0.0.1:5000", ("10.0.0.1", 5000)),
        ("[::1]:80", ("::1", 80)),
        ("", None),
        ("unix:", None),
        ("/run/app.sock", None),
    ],
)
def test_addresses_are_read_where_there_are_any(
    app: App, address: str, read: tuple[str, int] | None
) -> None:
    seen: list[Any] = []

    def tell(request: Request) -> None:
        seen.append((request.exchange.client, request.exchange.server))
        seen.append((request.http_version, request.scheme))

    app.add("/", tell)

    run(app, Scope(HOST, client=address, server=address), Protocol())

    assert seen == [(read, read), ("1.1", "http")]


def small_budget(app: App) -> None:
    app.kernel.configuration = Configuration(stream_budget=1000)


@pytest.mark.feature("M-216")
def test_a_stream_over_its_byte_budget_is_ended_with_a_logged_error(
    app: App, client: Client, colour: str, faults: list[BaseException]
) -> None:
    closed: list[bool] = []

    def rows() -> Iterator[bytes]:
        try:
            while True:
                yield b"x" * 100
        finally:
            closed.append(True)

    async def arows() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 100
        finally:
            closed.append(True)

    app.add("/", rows if colour == "def" else arows)
    small_budget(app)

    answer = client.get("/")

    assert (len(answer.body), answer.complete) == (1000, False)
    assert [fault.problem.code for fault in faults] == ["SG-WALK-050"]  # type: ignore[attr-defined]
    assert closed == [True]


def test_a_stream_within_its_budget_is_whole(app: App, client: Client) -> None:
    app.add("/", lambda: Stream([b"x" * 500, b"y" * 500]))
    small_budget(app)

    answer = client.get("/")

    assert (len(answer.body), answer.complete) == (1000, True)


class Streaming(Protocol):
    """A protocol whose client never goes by itself."""

    def __init__(self, send: Callable[[bytes], Any]) -> None:
        super().__init__()
        self.send = send
        self.transports: list[Any] = []

    async def client_disconnect(self) -> None:
        await asyncio.Event().wait()

    def response_stream(self, status: int, headers: Any) -> Any:
        class Transport:
            def __init__(self, send: Callable[[bytes], Any]) -> None:
                self.send = send

            async def send_bytes(self, data: bytes) -> None:
                self.send(data)

        transport = Transport(self.send)
        self.transports.append(weakref.ref(transport))
        return transport


def test_a_transport_that_is_closed_is_a_lost_client(
    app: App, faults: list[BaseException]
) -> None:
    errors: list[Any] = []

    def closed(data: bytes) -> None:
        raise RuntimeError("RSGI transport is closed")

    app.add("/", lambda: Stream([b"x"]))

    @app.teardown
    def after(error: Exception | None) -> None:
        errors.append(type(error))

    run(app, Scope(HOST), Streaming(closed))

    assert errors == [ClientDisconnected]
    assert faults == []


def test_a_stream_that_failed_lets_go_of_its_connection(app: App, colour: str) -> None:
    def rows() -> Iterator[bytes]:
        yield b"x"
        raise LookupError

    async def arows() -> AsyncIterator[bytes]:
        yield b"x"
        raise LookupError

    app.add("/", rows if colour == "def" else arows)
    protocol = Streaming(lambda data: None)

    async def main() -> list[Any]:
        with suppress(LookupError):
            await app.__rsgi__(Scope(HOST), protocol)
        await asyncio.sleep(0)
        return [transport() for transport in protocol.transports]

    # Neither the collector nor a kept record of the log may decide this.
    gc.disable()
    logging.disable(logging.CRITICAL)
    try:
        left = asyncio.run(main())
    finally:
        logging.disable(logging.NOTSET)
        gc.enable()

    assert left == [None]


def test_an_app_that_is_at_work_already_is_found_as_well() -> None:
    app = App()

    @app.get("/")
    async def home() -> str:
        return url(home)

    with app.at_work(), Client(app, protocol="rsgi") as client:
        assert client.get("/").text == "/"
        assert client.get("/").text == "/"

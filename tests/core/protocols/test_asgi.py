"""What only ASGI can say or leave out."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from segue import App, Controller, Request, Response, get
from segue.testing import AsyncClient

GONE = {"type": "http.disconnect"}


def part(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def reading(app: App, colour: str, seen: list[Any]) -> None:
    """Add handlers that read a body whole, decoded and in pieces."""

    def whole(request: Request) -> str:
        return request.body().decode()

    async def awhole(request: Request) -> str:
        return (await request.abody()).decode()

    def pieces(request: Request) -> str:
        seen.extend(request.stream())
        return "all"

    async def apieces(request: Request) -> str:
        async for chunk in request.astream():
            seen.append(chunk)
        return "all"

    def decoded(data: dict[str, int]) -> str:
        return str(data)

    async def adecoded(data: dict[str, int]) -> str:
        return str(data)

    handlers = (whole, pieces, decoded)
    if colour == "async def":
        handlers = (awhole, apieces, adecoded)  # type: ignore[assignment]
    for handler, path in zip(handlers, ("whole", "pieces", "decoded"), strict=True):
        app.add(f"/{path}", handler, methods=["POST"], body_limit=20)


@pytest.mark.parametrize("path", ["whole", "pieces", "decoded"])
@pytest.mark.parametrize("begin", [0, 1])
def test_a_client_that_goes_during_its_body_is_never_taken_for_the_end(
    app: App,
    call: Any,
    colour: str,
    path: str,
    begin: int,
    faults: list[BaseException],
) -> None:
    seen: list[bytes] = []
    reading(app, colour, seen)
    request = call(f"/{path}", "POST")
    request.messages = [part(b"abc")] * begin + [GONE]

    asyncio.run(request.run(app))

    assert request.status == 499
    assert faults == []
    assert seen == ([b"abc"] * begin if path == "pieces" else [])


@pytest.mark.parametrize("path", ["whole", "pieces"])
def test_a_body_in_pieces_is_put_together(
    app: App, call: Any, colour: str, path: str
) -> None:
    seen: list[bytes] = []
    reading(app, colour, seen)
    request = call(f"/{path}", "POST")
    request.messages = [part(b"ab"), part(b""), part(b"cd"), part(b"", more=False)]

    asyncio.run(request.run(app))

    assert request.status == 200
    assert (request.body, seen) in ((b"abcd", []), (b"all", [b"ab", b"cd"]))


@pytest.mark.parametrize(
    "messages",
    [
        [part(b'{"a":1}', more=False)],
        [part(b'{"a"'), part(b":1}", more=False)],
    ],
    ids=["at once", "in pieces"],
)
def test_a_decoded_body_is_put_together(
    app: App, call: Any, colour: str, messages: list[Any]
) -> None:
    reading(app, colour, [])
    request = call("/decoded", "POST")
    request.scope["headers"].append((b"content-type", b"application/json"))
    request.messages = list(messages)

    asyncio.run(request.run(app))

    assert request.body == b"{'a': 1}"


@pytest.mark.parametrize("path", ["whole", "pieces", "decoded"])
@pytest.mark.parametrize(
    "messages",
    [
        [part(b"x" * 21, more=False)],
        [part(b"x" * 20), part(b"x")],
    ],
    ids=["at once", "in pieces"],
)
def test_an_endless_body_is_refused_at_its_limit(
    app: App, call: Any, colour: str, path: str, messages: list[Any]
) -> None:
    reading(app, colour, [])
    request = call(f"/{path}", "POST")
    request.messages = list(messages)

    asyncio.run(request.run(app))

    assert request.status == 413


@pytest.mark.parametrize("path", ["whole", "decoded"])
@pytest.mark.parametrize(
    ("length", "status"),
    [(b"21", 413), (b"-1", 400), (b"1_0", 400), (b"\xb2", 400), (b"9" * 20, 400)],
)
def test_a_length_is_believed_or_refused_before_the_body_is_read(
    app: App, call: Any, colour: str, path: str, length: bytes, status: int
) -> None:
    reading(app, colour, [])
    request = call(f"/{path}", "POST")
    request.scope["headers"].append((b"content-length", length))

    asyncio.run(request.run(app))

    assert request.status == status


@pytest.mark.parametrize(
    ("path", "root_path", "status"),
    [
        ("/api/users", "/api", 200),
        ("/api/users", "/api/", 200),
        ("/users", "/api", 200),
        ("/apiusers", "/api", 404),
        ("/api", "/api", 200),
    ],
)
def test_an_app_below_a_root_path_is_found_with_and_without_it(
    app: App, call: Any, path: str, root_path: str, status: int
) -> None:
    def tell(request: Request) -> dict[str, str]:
        return {"path": request.path, "root": request.root_path}

    app.add("/users", tell)
    app.add("/", tell)
    request = call(path, root_path=root_path)

    asyncio.run(request.run(app))

    assert request.status == status
    if status == 200:
        below = path.removeprefix("/api") or "/"
        assert request.body == f'{{"path":"{below}","root":"/api"}}'.encode()


def test_what_the_scope_leaves_out_has_a_meaning(app: App, call: Any) -> None:
    def tell(request: Request) -> list[Any]:
        return [
            request.client,
            request.scheme,
            request.http_version,
            request.exchange.server,
        ]

    app.add("/", tell)
    bare, full = call(), call(client=["::1", None], server=["a", 80], scheme="https")

    async def main() -> None:
        await bare.run(app)
        await full.run(app)

    asyncio.run(main())

    assert bare.body == b'[null,"http","1.1",null]'
    assert full.body == b'["::1","https","1.1",["a",80]]'


@pytest.mark.parametrize("copies", [0, 2])
def test_a_request_without_exactly_one_host_is_refused(
    app: App, call: Any, copies: int
) -> None:
    app.add("/", lambda: "x")
    request = call()
    request.scope["headers"] *= copies

    asyncio.run(request.run(app))

    assert request.status == 400


def test_the_older_form_with_one_argument_first_is_answered(
    app: App, call: Any
) -> None:
    app.add("/", lambda: "x")
    request = call()

    async def main() -> None:
        await app(request.scope)(request.receive, request.send)

    asyncio.run(main())

    assert request.body == b"x"


def test_a_scope_of_another_kind_is_an_error(app: App, call: Any) -> None:
    with pytest.raises(NotImplementedError, match="carrier"):
        asyncio.run(call(type="carrier").run(app))


# -- the lifespan


class Lifespan:
    """The lifespan by hand."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.messages = [
            {"type": "lifespan.startup"},
            {"type": "lifespan.shutdown"},
        ]

    async def receive(self) -> dict[str, Any]:
        return self.messages.pop(0)

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def run(self, app: App) -> None:
        asyncio.run(app({"type": "lifespan"}, self.receive, self.send))


@pytest.mark.feature("M-178")
@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_a_lifespan_that_fails_is_told_with_its_traceback(app: App, phase: str) -> None:
    @app.lifespan
    def life() -> Iterator[None]:
        if phase == "startup":
            raise LookupError("no database")
        yield
        raise LookupError("no database")

    lifespan = Lifespan()

    with pytest.raises(LookupError):
        lifespan.run(app)

    told = lifespan.sent[-1]
    assert told["type"] == f"lifespan.{phase}.failed"
    assert "LookupError: no database" in told["message"]
    assert "in life" in told["message"]


def test_a_mistake_in_the_app_is_told_through_the_lifespan_and_stops_the_server(
    app: App,
) -> None:
    app.add("/a", lambda: "x")
    app.add("/a", lambda: "y")
    lifespan = Lifespan()

    lifespan.run(app)

    assert [message["type"] for message in lifespan.sent] == ["lifespan.startup.failed"]
    assert lifespan.sent[0]["message"].startswith("SG-ROUTE-003")


def test_whatever_keeps_the_app_from_freezing_is_told_through_the_lifespan(
    app: App,
) -> None:
    class Broken(Controller):
        def __init__(self) -> None:
            raise LookupError("no printer")

        @get("/")
        def index(self) -> str:
            return "x"

    app.include(Broken)
    lifespan = Lifespan()

    with pytest.raises(LookupError):
        lifespan.run(app)

    assert "LookupError: no printer" in lifespan.sent[0]["message"]


def test_a_mistake_in_the_app_is_raised_at_a_request(app: App, call: Any) -> None:
    app.add("/a", lambda: "x")
    app.add("/a", lambda: "y")

    with pytest.raises(Exception, match="SG-ROUTE-003"):
        asyncio.run(call().run(app))


@pytest.mark.parametrize("protocol", ["asgi", "rsgi"])
def test_two_first_requests_start_the_app_once_and_both_wait_for_it(
    app: App, protocol: str
) -> None:
    seen: list[str] = []
    asked = asyncio.Event()

    @app.lifespan
    async def life() -> AsyncIterator[None]:
        seen.append("begun")
        await asked.wait()
        seen.append("started")
        yield

    @app.get("/")
    async def home() -> str:
        seen.append("answered")
        return "x"

    async def main() -> None:
        client = AsyncClient(app, protocol=protocol)  # type: ignore[arg-type]
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, loop.call_soon, asked.set)
        await asyncio.gather(client.get("/"), client.get("/"), client.get("/"))

    asyncio.run(main())

    assert seen == ["begun", "started"] + ["answered"] * 3


def test_an_answer_with_an_empty_body_is_whole(app: App, call: Any) -> None:
    app.add("/", lambda: Response(b"", 204))
    request = call()

    asyncio.run(request.run(app))

    assert (request.status, request.body) == (204, b"")

"""The ways of a request and its answer: the same in all three protocols."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from segue import App, File, Redirect, Request, Response
from segue.core.routing.predicates import accepts, custom
from segue.testing import Client


class Order(msgspec.Struct):
    name: str


def coloured(colour: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Make the twin of a handler that takes the request alone."""

    async def twin(request: Request) -> Any:
        return function(request)

    return function if colour == "def" else twin


def test_who_comes_behind_the_handler_meets_its_request(
    app: App, client: Client, colour: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    def boom(request: Request) -> None:
        seen.append(request.id)
        raise LookupError("boom")

    app.add("/", coloured(colour, boom))

    answer = client.get("/")

    assert [answer.status, answer.headers["x-request-id"]] == [500, seen[0]]
    assert [record.request_id for record in caplog.records] == seen  # type: ignore[attr-defined]


def test_the_files_of_a_form_are_closed_behind_a_failure(
    app: App, client: Client, colour: str
) -> None:
    seen: list[Any] = []

    def upload(request: Request) -> None:
        raise LookupError

    async def aupload(request: Request) -> None:
        seen.append((await request.aform())["file"])
        raise LookupError

    def supload(request: Request) -> None:
        seen.append(request.form()["file"])
        raise LookupError

    app.add("/", supload if colour == "def" else aupload, methods=["POST"])

    client.post("/", files={"file": ("a.txt", b"x" * 100)})

    assert seen[0].file.closed


@pytest.mark.parametrize("is_surrounded", [False, True])
def test_a_body_may_be_had_decoded_and_raw_at_once(
    app: App, client: Client, colour: str, is_surrounded: bool
) -> None:
    def order(id: int, request: Request, order: Order) -> dict[str, Any]:
        return {"id": id, "name": order.name, "raw": len(request.body())}

    async def aorder(id: int, request: Request, order: Order) -> dict[str, Any]:
        raw = await request.abody()
        return {"id": id, "name": order.name, "raw": len(raw)}

    app.add("/{id}", order if colour == "def" else aorder, methods=["POST"])
    if is_surrounded:
        app.before(lambda: None)

    answer = client.post("/7", json={"name": "x"})

    assert answer.json() == {"id": 7, "name": "x", "raw": 12}


def test_a_body_that_is_kept_is_bounded_as_well(app: App, client: Client) -> None:
    def order(request: Request, order: Order) -> str:
        raise AssertionError

    app.add("/{id}", order, methods=["POST"], body_limit=10)

    assert client.post("/1", json={"name": "x" * 10}).status == 413


@pytest.mark.parametrize("option", ["inline", "timeout", "surrounded"])
def test_an_inline_or_timed_handler_gets_its_body(
    app: App, client: Client, option: str
) -> None:
    def order(order: Order) -> str:
        return order.name

    options: dict[str, Any] = {"inline": {"inline": True}, "timeout": {"timeout": 9}}
    app.add("/", order, methods=["POST"], **options.get(option, {}))
    app.before(lambda: None)

    assert client.post("/", json={"name": "x"}).text == "x"


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_status_that_is_none_is_a_fault_and_a_500(
    app: App,
    client: Client,
    colour: str,
    is_stream: bool,
    faults: list[BaseException],
    tmp_path: Path,
) -> None:
    (tmp_path / "a.txt").write_text("x")

    def odd(request: Request) -> Response:
        response = File(tmp_path / "a.txt") if is_stream else Response("x")
        response.status = 99
        return response

    app.add("/", coloured(colour, odd))

    assert client.get("/").status == 500
    assert [fault.problem.code for fault in faults] == ["SG-HTTP-005"]  # type: ignore[attr-defined]


def test_a_redirect_to_no_route_is_a_fault(
    app: App, client: Client, colour: str, faults: list[BaseException]
) -> None:
    app.add("/", coloured(colour, lambda request: Redirect("nowhere")))

    assert client.get("/").status == 500
    assert [fault.problem.code for fault in faults] == ["SG-ROUTE-006"]  # type: ignore[attr-defined]


def test_a_failing_predicate_is_a_fault(
    app: App, client: Client, faults: list[BaseException]
) -> None:
    def broken(request: Request) -> bool:
        raise LookupError("predicate")

    app.add("/", lambda: "x", when=[custom(broken, says="broken")])

    assert client.get("/").status == 500
    assert [str(fault) for fault in faults] == ["predicate"]


def test_a_conditional_route_fails_with_its_own_values(
    app: App, client: Client, colour: str
) -> None:
    def fail(request: Request) -> None:
        raise LookupError

    def tell(request: Request, error: LookupError) -> dict[str, Any]:
        return request.values

    app.add(
        "/{id}", coloured(colour, fail), when=[custom(lambda request: True, says="ok")]
    )
    app.on(LookupError)(tell)

    assert client.get("/7").json() == {"id": "7"}


@pytest.mark.feature("M-016")
def test_a_file_is_sent_by_range_and_by_head(
    app: App, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(200)) * 1000)
    files: list[File] = []

    @app.get("/")
    def file() -> File:
        files.append(File(path))
        return files[-1]

    whole = client.get("/")
    part = client.get("/", headers={"range": "bytes=100000-100009"})
    parts = client.get("/", headers={"range": "bytes=0-1,150000-150001"})
    head = client.head("/")

    assert whole.body == path.read_bytes()
    assert (part.status, part.body) == (206, bytes(range(10)))
    assert parts.body.count(b"content-range") == 2
    assert (head.body, head.headers["content-length"]) == (b"", "200000")
    assert [file.handle for file in files] == [None] * 4


def test_a_file_whose_client_goes_away_is_closed(
    app: App, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * 1_000_000)
    files: list[File] = []

    @app.get("/")
    def file() -> File:
        files.append(File(path))
        return files[-1]

    with client.stream("GET", "/") as answer:
        next(answer.iter_bytes())

    assert files[0].handle is None


def test_an_empty_file_is_sent(app: App, client: Client, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    app.add("/", lambda: File(tmp_path / "empty.txt"))

    answer = client.get("/")

    assert (answer.status, answer.body) == (200, b"")


def test_a_bare_answer_has_its_teardown_and_calls(
    app: App, client: Client, colour: str
) -> None:
    seen: list[str] = []

    def answer(request: Request) -> Response:
        response = Response(b"")
        response.after(seen.append, "after")
        return response

    app.add("/", coloured(colour, answer))

    assert client.get("/").body == b""
    assert seen == ["after"]


def test_an_overloaded_app_says_so_and_runs_its_hooks(
    app: App, faults: list[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    app.add("/", lambda: "x")

    @app.after
    def stamp(response: Response) -> None:
        response.headers["x-stamp"] = threading.current_thread().name[:12]

    client = Client(app, protocol="asgi")
    app.kernel.threads.waiting = -1000

    answer = client.get("/")
    client.close()

    assert (answer.status, answer.headers["x-stamp"]) == (503, "segue-worker")
    assert answer.headers["retry-after"] == "1"
    assert faults == []


def test_the_query_alone_is_handed_over(app: App, client: Client, colour: str) -> None:
    def page(page: int = 1) -> dict[str, int]:
        return {"page": page}

    async def apage(page: int = 1) -> dict[str, int]:
        return {"page": page}

    app.add("/", page if colour == "def" else apage)

    assert client.get("/?page=7").json() == {"page": 7}


def test_a_conditional_route_without_a_request_fails_with_its_own_values(
    app: App, client: Client
) -> None:
    def fail(id: int) -> None:
        raise LookupError

    def tell(request: Request, error: LookupError) -> dict[str, Any]:
        return request.values

    app.add("/{id}", fail, when=[custom(lambda request: True, says="ok")])
    app.on(LookupError)(tell)

    assert client.get("/7").json() == {"id": 7}


@pytest.mark.feature("M-018")
def test_an_answer_that_depends_on_accept_says_so(app: App, client: Client) -> None:
    app.add("/", lambda: {"a": 1}, when=[accepts("application/json")])
    app.add("/", lambda: "page", when=[accepts("text/plain")])

    answer = client.get("/", headers={"accept": "application/json"})
    head = client.head("/", headers={"accept": "text/plain"})

    assert (answer.json(), answer.headers["vary"]) == ({"a": 1}, "accept")
    assert head.headers["content-length"] == "4"


def test_a_body_is_decoded_for_a_handler_that_nothing_surrounds(
    app: App, client: Client, colour: str
) -> None:
    def name(order: Order) -> str:
        return order.name

    async def aname(order: Order) -> str:
        return order.name

    app.add("/", name if colour == "def" else aname, methods=["POST"], body_limit=20)

    assert client.post("/", json={"name": "x"}).text == "x"
    assert client.post("/", json={"name": "x" * 20}).status == 413

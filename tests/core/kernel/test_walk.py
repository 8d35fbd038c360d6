"""The order of one request: hooks, errors, the 500 page, what comes after."""

from pathlib import Path
from typing import Any

import pytest

from segue import (
    App,
    File,
    Group,
    HTTPError,
    NotFound,
    Redirect,
    Request,
    Response,
    Wrap,
)
from segue.core.errors import ClientDisconnected, ConfigurationError, MethodNotAllowed
from segue.testing import Client


def test_before_hooks_run_first_and_may_answer(app: App, client: Client) -> None:
    @app.before
    def gate(request: Request) -> Any:
        if "closed" in request.query:
            return "closed", 503
        return None

    @app.before
    async def count() -> None:
        app.state.count = getattr(app.state, "count", 0) + 1

    app.add("/", lambda: "open")

    assert client.get("/").text == "open"
    assert client.get("/?closed=1").status == 503
    assert app.state.count == 1


def test_a_before_hook_that_fails_is_answered_like_a_handler(
    app: App, client: Client
) -> None:
    @app.before
    def gate() -> None:
        raise NotFound("hidden")

    app.add("/", lambda: "open")

    assert client.get("/").status == 404


def test_after_hooks_run_on_every_answer_also_on_404_and_500(
    app: App, client: Client
) -> None:
    @app.after
    def stamp(response: Response, request: Request) -> None:
        response.headers["x-path"] = request.path

    @app.after
    async def astamp(response: Response) -> None:
        response.headers["x-async"] = "yes"

    def boom() -> None:
        raise ZeroDivisionError

    app.add("/", lambda: "x")
    app.add("/boom", boom)

    answers = [client.get(path) for path in ("/", "/nothing", "/boom")]

    assert [answer.status for answer in answers] == [200, 404, 500]
    assert [answer.headers["x-path"] for answer in answers] == [
        "/",
        "/nothing",
        "/boom",
    ]
    assert all("x-async" in answer.headers for answer in answers)


def test_after_hooks_run_on_a_request_that_is_refused_before_matching(
    app: App, client: Client
) -> None:
    @app.after
    def stamp(response: Response) -> None:
        response.headers["x-after"] = "yes"

    answer = client.get("/", headers={"host": "a b"})

    assert (answer.status, answer.headers["x-after"]) == (400, "yes")


def test_an_after_hook_may_replace_the_answer(app: App, client: Client) -> None:
    @app.after
    def replace(response: Response) -> Any:
        return {"was": response.status}, 202

    app.add("/", lambda: "x", status=201)

    answer = client.get("/")

    assert (answer.status, answer.json()) == (202, {"was": 201})


@pytest.mark.parametrize("kind", ["raise", "unsendable"])
def test_an_after_hook_that_fails_is_a_500(
    app: App, client: Client, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    @app.after
    def broken() -> Any:
        if kind == "raise":
            raise LookupError("after")
        return object()

    app.add("/", lambda: "x")

    assert client.get("/").status == 500
    assert caplog.text.count("failed:") == 1


def test_errors_are_answered_by_class_by_status_and_by_the_nearest_group(
    app: App, client: Client
) -> None:
    inner = Group("/inner")

    @app.on(LookupError)
    def lookup(error: LookupError) -> Any:
        return {"app": type(error).__name__}, 400

    @app.on(404, MethodNotAllowed)
    def missing(error: HTTPError, request: Request) -> Any:
        return {"gone": request.path, "status": error.status}

    @inner.on(KeyError)
    async def key(error) -> Any:
        return {"inner": str(error)}, 409

    def index_error() -> None:
        raise IndexError

    def key_error() -> None:
        raise KeyError("k")

    app.add("/index", index_error)
    app.add("/key", key_error)
    inner.add("/key", key_error)
    inner.add("/index", index_error)
    app.include(inner)

    assert client.get("/index").json() == {"app": "IndexError"}
    assert client.get("/key").json() == {"app": "KeyError"}
    assert client.get("/inner/key").json() == {"inner": "'k'"}
    assert client.get("/inner/index").json() == {"app": "IndexError"}
    missing_answer = client.get("/nowhere")
    assert missing_answer.json() == {"gone": "/nowhere", "status": 404}
    assert missing_answer.status == 404
    wrong = client.post("/index")
    assert (wrong.status, wrong.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_handler_of_errors_that_fails_is_a_500(
    app: App, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    @app.on(ZeroDivisionError)
    def worse() -> None:
        raise LookupError("worse")

    def boom() -> None:
        raise ZeroDivisionError

    app.add("/", boom)

    assert client.get("/").status == 500
    assert "LookupError: worse" in caplog.text


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_an_unexpected_error_tells_the_visitor_nothing_and_is_logged_once(
    app: App, client: Client, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    def boom() -> None:
        raise ZeroDivisionError("the secret of the house")

    app.add("/", boom)

    answer = client.get("/", headers={"accept": accept})

    assert answer.status == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    number = answer.headers["x-request-id"]
    errors = [r for r in caplog.records if r.name == "segue.errors"]
    assert [r.request_id for r in errors] == [number]  # type: ignore[attr-defined]
    assert "the secret of the house" in caplog.text


def test_the_app_may_have_a_500_page_of_its_own(
    app: App, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    @app.on(500)
    def sorry(error: HTTPError) -> Any:
        return f"sorry for {type(error).__name__}"

    def boom() -> None:
        raise ZeroDivisionError("x")

    app.add("/", boom)

    answer = client.get("/")

    assert (answer.status, answer.text) == (500, "sorry for ZeroDivisionError")
    assert answer.headers["x-request-id"] in [
        getattr(r, "request_id", "") for r in caplog.records
    ]


@pytest.mark.parametrize("kind", ["raise", "unsendable"])
def test_a_500_page_that_fails_falls_back_to_the_plain_one(
    app: App, client: Client, kind: str
) -> None:
    @app.on(500)
    def sorry() -> Any:
        if kind == "raise":
            raise LookupError("again")
        return object()

    def boom() -> None:
        raise ZeroDivisionError("x")

    app.add("/", boom)

    answer = client.get("/")

    assert answer.status == 500
    assert answer.json()["title"] == "Internal Server Error"


@pytest.mark.feature("M-059")
def test_a_problem_document_carries_headers_type_and_more(
    app: App, client: Client
) -> None:
    def busy() -> None:
        raise HTTPError(
            "try later",
            status=503,
            headers={"Retry-After": "9"},
            type="https://example.org/busy",
            extra={"queue": 7},
        )

    app.add("/", busy)

    answer = client.get("/")

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "9"
    assert answer.json() == {
        "type": "https://example.org/busy",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "try later",
        "queue": 7,
    }


def test_a_browser_gets_a_page_and_the_detail_is_escaped(
    app: App, client: Client
) -> None:
    def missing() -> None:
        raise NotFound("<script>alert(1)</script>")

    app.add("/", missing)

    answer = client.get("/", headers={"accept": "text/html,*/*;q=0.8"})

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_redirect_to_a_route_that_is_not_there_is_a_500(
    app: App, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    app.add("/", lambda: Redirect("nowhere"))

    assert client.get("/").status == 500
    assert "SG-ROUTE" in caplog.text


def test_teardowns_and_background_calls_run_when_the_answer_was_sent(
    app: App, client: Client
) -> None:
    trail: list[Any] = []

    @app.teardown
    def down(request: Request, response: Response) -> None:
        trail.append(("teardown", request.path, response.status))

    @app.teardown
    async def adown(error: Exception) -> None:
        trail.append(("error", error))

    async def notify(word: str) -> None:
        trail.append(word)

    def home() -> Response:
        response = Response("x")
        response.after(trail.append, "background")
        response.after(notify, word="async background")
        return response

    app.add("/", home)

    client.get("/")

    assert trail == [
        "background",
        "async background",
        ("teardown", "/", 200),
        ("error", None),
    ]


def test_a_background_call_that_fails_is_logged_and_the_next_one_runs(
    app: App, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []

    def broken() -> None:
        raise LookupError("background")

    def home() -> Response:
        response = Response("x")
        response.after(broken)
        response.after(done.append, 1)
        return response

    app.add("/", home)

    assert client.get("/").status == 200
    assert done == [1]
    assert "LookupError: background" in caplog.text


def test_a_client_that_is_gone_is_no_error_of_ours(
    app: App, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    def home() -> None:
        raise ClientDisconnected("gone")

    @app.middleware
    def layer() -> Wrap:
        yield

    app.add("/", home)

    assert client.get("/").status == 499
    assert caplog.records == []


def test_in_debug_the_500_is_the_debug_page(protocol: str) -> None:
    app = App(debug=True)

    def boom() -> None:
        raise ZeroDivisionError("shown")

    app.add("/", boom)
    with Client(app, protocol=protocol, raise_server_exceptions=False) as client:
        answer = client.get("/", headers={"accept": "text/html"})

    assert answer.status == 500
    assert "ZeroDivisionError" in answer.text
    assert "shown" in answer.text


def test_a_handler_of_errors_may_say_200_on_purpose(app: App, client: Client) -> None:
    @app.on(404)
    def found() -> Any:
        return "found after all", 200

    assert client.get("/nothing").status == 200


def test_the_middleware_of_a_route_is_checked_at_start(app: App) -> None:
    def plain() -> None: ...

    app.add("/", lambda: "x", middleware=[plain])

    with pytest.raises(ConfigurationError, match="has no yield"):
        app.freeze()


def test_a_500_page_is_not_made_for_a_client_that_is_gone(app: App) -> None:
    made: list[str] = []

    def lost(request: Request) -> None:
        raise ClientDisconnected("gone")

    @app.on(500)
    def page() -> str:
        made.append("page")
        return "sorry"

    app.add("/", lost)
    client = Client(app, protocol="wsgi")

    status = client.get("/").status

    assert (status, made) == (499, [])


def test_a_body_over_its_limit_is_refused_inside_everything(
    app: App, client: Client
) -> None:
    def size(data: dict[str, int]) -> str:
        raise AssertionError

    @app.after
    def stamp(response: Response) -> None:
        response.headers["x-stamp"] = "yes"

    app.add("/", size, methods=["POST"], body_limit=5)

    answer = client.post("/", json={"a": 1})

    assert (answer.status, answer.headers["x-stamp"]) == (413, "yes")


def test_an_answer_that_cannot_be_settled_is_an_error_as_any_other(
    app: App, client: Client, tmp_path: Path
) -> None:
    app.before(lambda: None)

    @app.get("/nowhere")
    def nowhere() -> Redirect:
        return Redirect("nobody")

    @app.get("/file")
    def file() -> File:
        path = tmp_path / "a.txt"
        path.touch()
        answer = File(path)
        path.unlink()
        return answer

    assert client.get("/nowhere").status == 500
    assert client.get("/file").status == 404

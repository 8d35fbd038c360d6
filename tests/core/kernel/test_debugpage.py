"""The debug page shows everything to this machine, and secrets to nobody."""

import asyncio
from typing import Any

import pytest

from segue import App, Response, Secret
from segue.core.kernel.debugpage import masked
from segue.testing import Client

PAGE = {"accept": "text/html"}


def debugging(handler: Any, path: str = "/") -> Client:
    app = App(debug=True)
    app.add(path, handler)
    return Client(app, protocol="wsgi", raise_server_exceptions=False)


@pytest.mark.feature("M-199")
def test_the_page_shows_source_locals_request_and_causes() -> None:
    def boom(id: int) -> None:
        shown = "a local <value>"
        password = "hunter" + str(id)
        settings = {"api_key": "k-" + str(id), "page": 20}
        try:
            raise KeyError("first")
        except KeyError as error:
            raise ValueError(f"second{len(shown + password)}", len(settings)) from error

    client = debugging(boom, "/users/{id}")

    answer = client.get(
        "/users/734?q=x", headers={**PAGE, "authorization": "Bearer " + "t0" * 4}
    )

    page = answer.text
    assert answer.status == 500
    assert answer.headers["cache-control"] == "no-store"
    assert "ValueError" in page
    assert "Caused by KeyError" in page
    assert "a local &lt;value&gt;" in page
    assert "GET /users/{id}" in page
    assert "q=x" in page
    assert "k-734" not in page
    assert "hunter734" not in page
    assert "t0t0t0t0" not in page
    assert "***" in page


def test_an_error_while_handling_another_shows_both() -> None:
    def boom() -> None:
        try:
            raise KeyError("first")
        except KeyError:
            raise ValueError("second")

    page = debugging(boom).get("/", headers=PAGE).text

    assert "While handling KeyError" in page


def test_errors_that_cause_each_other_do_not_go_round() -> None:
    def boom() -> None:
        one, two = ValueError("one"), ValueError("two")
        one.__cause__, two.__cause__ = two, one
        raise one

    assert debugging(boom).get("/", headers=PAGE).status == 500


def test_a_mistake_of_the_developer_names_its_help() -> None:
    def boom() -> Any:
        return object()

    page = debugging(boom).get("/", headers=PAGE).text

    assert "segue help SG-" in page


def test_a_client_that_is_no_browser_gets_the_traceback_as_text() -> None:
    def boom() -> None:
        raise ValueError("for curl")

    answer = debugging(boom).get("/")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "ValueError: for curl" in answer.text


@pytest.mark.parametrize("path", ["/", "/nothing"])
def test_another_machine_sees_the_page_of_production(path: str) -> None:
    def boom() -> None:
        raise ValueError("not for you")

    app = App(debug=True)
    app.add("/", boom)
    client = Client(
        app, protocol="asgi", raise_server_exceptions=False, peer=("203.0.113.9", 1)
    )

    page = client.get(path, headers=PAGE).text
    client.close()

    assert "not for you" not in page
    assert "Nearest routes" not in page


@pytest.mark.feature("M-018")
def test_a_miss_shows_the_nearest_routes_and_why_they_lost() -> None:
    client = debugging(lambda: "x", "/users/all")

    page = client.get("/users/none", headers=PAGE)
    wrong = client.post("/users/all", headers=PAGE)

    assert page.status == 404
    assert "/users/all" in page.text
    assert "segue explain GET /users/none" in page.text
    assert wrong.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_miss_of_an_app_without_routes_says_so() -> None:
    client = Client(App(debug=True), protocol="wsgi")

    assert "no routes yet" in client.get("/", headers=PAGE).text


@pytest.mark.parametrize(
    "name", ["password", "db_passwd", "SECRET_KEY", "api_key", "sessionid", "token"]
)
def test_names_that_sound_like_secrets_are_masked(name: str) -> None:
    assert masked(name, "value") == "***"


def test_values_are_short_and_never_fail() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise ZeroDivisionError

    assert masked("x", "y" * 10_000).endswith("... (10002)")
    assert "repr failed: ZeroDivisionError" in masked("x", Broken())
    assert "s3cret" not in masked("key", Secret("s3cret"))
    assert masked("x", {"password": "p", "page": 1}) == "{'password': '***', 'page': 1}"


@pytest.mark.parametrize(
    ("client", "is_here"),
    [
        (["127.0.0.1", 1], True),
        (["::1", 1], True),
        (["localhost", 1], True),
        (None, True),
        (["10.0.0.1", 1], False),
        (["printer.local", 1], False),
    ],
)
def test_the_page_is_for_this_machine_alone(client: Any, is_here: bool) -> None:
    def boom() -> None:
        raise LookupError("a detail")

    app = App(debug=True)
    app.add("/", boom)
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"accept", b"text/html")],
        "client": client,
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))

    assert (b"a detail" in sent[1]["body"]) is is_here


def test_a_page_of_a_failure_before_any_route_has_no_route(app: App) -> None:
    app = App(debug=True)

    @app.after
    def boom(response: Response) -> None:
        raise LookupError("late")

    client = Client(app, protocol="wsgi", raise_server_exceptions=False)

    page = client.get("/nowhere", headers=PAGE).text

    assert "LookupError" in page
    assert "<h2>Route</h2>" not in page

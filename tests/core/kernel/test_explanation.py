"""Explanations: what would happen to a request, in words and as data."""

import asyncio
import json

import pytest

from segue import App, Request, Response, Wrap
from segue.core.routing.predicates import custom


@pytest.fixture
def explained() -> App:
    app = App(timeout=30)

    @app.middleware
    def stamp() -> Wrap:
        yield

    @app.before
    def gate() -> None: ...

    @app.after
    def late(response: Response) -> None: ...

    @app.teardown
    def down() -> None: ...

    @app.get("/users/{id}")
    async def user(id: int, request: Request, q: str = "x") -> dict[str, str]:
        return {}

    app.add("/users/me", lambda: "me")
    return app


@pytest.mark.feature("M-018")
def test_a_match_is_explained_step_by_step(explained: App) -> None:
    text = str(explained.explain("get", "/users/7?q=1"))

    assert "-> GET /users/{id}  answers" in text
    for words in (
        "middleware stamp()",
        "before gate()",
        "handler user()",
        "awaited",
        "at most 30 seconds",
        "after late()",
        "teardown down()",
        "id: int from the path",
        "request: Request from the request",
        "q: str from the query, else 'x'",
        "async def user(",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("GET", "/users/x", "404 Not Found"),
        ("DELETE", "/users/7", "405 Method Not Allowed"),
        ("OPTIONS", "/users/7", "204"),
        ("GET", "/users/7/", "308 to /users/7"),
    ],
)
def test_a_miss_is_explained(
    explained: App, method: str, path: str, words: str
) -> None:
    explanation = explained.explain(method, path)

    assert explanation.answer is None
    assert words in str(explanation)


def test_an_explanation_is_data_as_well(explained: App) -> None:
    document = explained.explain("GET", "/users/me").document()

    assert json.loads(json.dumps(document))["candidates"][0]["matched"] is True


def test_an_app_without_routes_has_no_candidates() -> None:
    assert "none" in str(App().explain("GET", "/", [("Host", "example.org")]))


@pytest.mark.parametrize("reader", ["sync", "async"])
def test_a_predicate_that_looks_at_the_body_finds_none(app: App, reader: str) -> None:
    def looks(request: Request) -> bool:
        body = request.body() if reader == "sync" else asyncio.run(request.abody())
        return body == b""

    app.add("/", lambda: "x", when=[custom(looks, says="has no body")])

    assert "-> GET /" in str(app.explain("GET", "/"))


def test_a_time_limit_is_explained_where_there_is_one(app: App) -> None:
    app.add("/slow", lambda: "x", timeout=5)
    app.add("/usual", lambda: "x")

    assert "at most 5 seconds" in str(app.explain("GET", "/slow"))
    assert "seconds" not in str(app.explain("GET", "/usual"))

"""Explanations: what would happen to a request, in words and as data."""

import asyncio
import json
from collections.abc import Iterator
from typing import Annotated

import pytest

from segue import App, FromHeader, Request, Response, Wrap
from segue.core.errors import Unauthorized
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


def guarded() -> App:
    app = App()

    class Customer:
        def __init__(self, name: str) -> None:
            self.name = name

    @app.provide
    def customer(x_key: Annotated[str, FromHeader] = "") -> Iterator[Customer]:
        if not x_key:
            raise Unauthorized("Who are you?")
        yield Customer(x_key)

    def known(customer: Customer) -> bool:
        return True

    async def mine(id: int, customer: Customer) -> bool:
        return id == 7 or customer.name == "root"

    def broken() -> bool:
        raise ZeroDivisionError("by zero")

    @app.get("/orders/{id}", allow=[known, mine])
    async def show(id: int) -> None:
        raise AssertionError("The handler is not called.")

    @app.get("/broken", allow=broken)
    def fails() -> None: ...

    def seven(id: int) -> bool:
        return id == 7

    @app.get("/plain/{id}", allow=seven)
    def plain(id: int) -> None: ...

    @app.get("/open")
    def free() -> None: ...

    return app


@pytest.mark.feature("M-018")
@pytest.mark.parametrize(
    ("path", "headers", "told"),
    [
        ("/orders/7", [], ["refuses with 401: Who are you?", "not asked"]),
        ("/orders/7", [("x-key", "ann")], ["lets it pass", "lets it pass"]),
        ("/orders/8", [("x-key", "ann")], ["lets it pass", "refuses with 403: "]),
        ("/plain/7", [], ["lets it pass"]),
        ("/broken", [], ["fails with ZeroDivisionError: by zero"]),
        ("/open", [], ["no guard: everybody may"]),
    ],
)
def test_guards_are_asked_what_they_decide(path, headers, told):
    found = guarded().explain("GET", path, headers, ask=True)

    assert len(found.permission) == len(told)
    for line, words in zip(found.permission, told, strict=True):
        assert words in line
    assert f"permission\n  {found.permission[0]}" in str(found)


def test_guards_are_not_asked_unless_somebody_wants_it():
    assert guarded().explain("GET", "/orders/7").permission == ()

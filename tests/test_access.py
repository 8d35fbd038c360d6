"""Entries on a thing decide who may do what with it."""

from typing import Annotated

import pytest

from segue import App, FromHeader, NotFound
from segue.access import (
    ANYTHING,
    AUTHENTICATED,
    EVERYONE,
    Allow,
    Deny,
    Principals,
    decide,
    permission,
)
from segue.core.errors import WalkError
from segue.testing import Client

pytestmark = pytest.mark.feature("M-116")


class Article:
    def __init__(self, owner):
        self.owner = owner

    def __acl__(self):
        return [
            Deny("user:eve", ANYTHING),
            Allow(EVERYONE, "view"),
            Allow(f"user:{self.owner}", "edit"),
            Allow("group:staff", ANYTHING),
        ]


class Bare: ...


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def client(request):
    app = App()

    @app.provide
    def article(id: int) -> Article:
        if id > 1:
            raise NotFound
        return Article("bob")

    @app.provide
    def bare() -> Bare:
        return Bare()

    @app.provide
    def principals(names: Annotated[str, FromHeader("x-names")] = "") -> Principals:
        return Principals(frozenset(names.split()))

    @app.get("/articles/{id}", allow=permission("view", Article))
    def view(article: Article) -> str:
        return article.owner

    @app.put("/articles/{id}", allow=permission("edit", Article))
    async def edit(article: Article) -> str:
        return "edited"

    @app.get("/bare", allow=permission("view", Bare))
    def none() -> str:
        return "x"

    options = {"protocol": request.param, "raise_server_exceptions": False}
    with Client(app, **options) as client:
        yield client


@pytest.mark.parametrize(
    ("names", "view", "edit"),
    [
        ("", 200, 403),
        ("user:ann", 200, 403),
        ("user:bob", 200, 200),
        ("user:ann group:staff", 200, 200),
        ("user:eve group:staff", 403, 403),
    ],
)
def test_the_first_entry_about_it_decides(client, names, view, edit):
    headers = {"x-names": names}

    assert client.get("/articles/1", headers=headers).status == view
    assert client.put("/articles/1", headers=headers).status == edit


def test_what_is_not_there_is_not_there_for_anybody(client):
    assert client.get("/articles/2", headers={"x-names": "group:staff"}).status == 404


def test_a_thing_without_entries_lets_nobody_in(client):
    assert client.get("/bare").status == 500
    with pytest.raises(WalkError, match="SG-WALK-062"):
        permission("view", Bare)(Bare(), Principals())


def test_a_decision_tells_why():
    entries = Article("bob").__acl__()

    told = str(decide(entries, Principals.of("group:staff"), "edit"))

    assert told == "edit is allowed by entry 3, Allow(group:staff: *)"
    assert str(decide(entries, Principals.of("user:eve"), "view")) == (
        "view is denied by entry 0, Deny(user:eve: *)"
    )
    nobody = decide([], Principals.of(AUTHENTICATED), "view")
    assert not nobody
    assert str(nobody) == "view is denied: no entry is about it"


def test_entries_may_be_a_plain_list():
    thing = type("Thing", (), {"__acl__": [Allow(AUTHENTICATED, "view")]})

    assert permission("view", thing)(thing(), Principals.of(AUTHENTICATED)) is True


def test_a_guard_says_what_it_asks_in_an_explanation(client):
    told = str(client.app.explain("GET", "/articles/1"))

    assert "guard may_view()" in told

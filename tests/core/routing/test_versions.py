"""Versions of an API by a header."""

import pytest

from segue import App, Group
from segue.routing import accepts, version
from segue.testing import Client

pytestmark = pytest.mark.feature("M-023")


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def client(request):
    app = App()
    for number, prefix, when in (
        ("1", "/api", version("1", default=True)),
        ("2", "/api", version("2")),
        ("3", "/media", accepts("application/vnd.shop.v3+json")),
        ("4", "/media", accepts("application/vnd.shop.v4+json")),
    ):
        group = Group(prefix, name=f"v{number}", when=when)
        group.get("/books")(_answer(number))
        app.include(group)
    beta = Group("/beta", when=version("x", header="X-Preview"))
    beta.get("/books")(_answer("x"))
    app.include(beta)
    with Client(app, protocol=request.param) as client:
        yield client


def _answer(number):
    def books() -> str:
        return number

    return books


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({}, "1"),
        ({"api-version": "1"}, "1"),
        ({"api-version": " 2 "}, "2"),
    ],
)
def test_a_client_gets_the_version_it_asks_for(client, headers, text):
    answer = client.get("/api/books", headers=headers)

    assert answer.text == text
    assert "api-version" in answer.headers["vary"]


def test_a_version_may_stand_in_the_media_type(client):
    for number in "34":
        wanted = {"accept": f"application/vnd.shop.v{number}+json"}

        assert client.get("/media/books", headers=wanted).text == number


def test_a_version_that_is_not_there_is_a_404(client):
    assert client.get("/api/books", headers={"api-version": "9"}).status == 404
    assert client.get("/beta/books").status == 404
    assert client.get("/beta/books", headers={"x-preview": "x"}).text == "x"


def test_a_version_says_itself_in_words():
    assert str(version("2")) == "version 2 in api-version"
    assert str(version("1", default=True)) == "version 1 in api-version, or none"

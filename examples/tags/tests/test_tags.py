"""The catalogue, as its clients meet it."""

import pytest
from app import app

from segue.testing import Client

DUNE = {"title": "Dune", "published": "1965-08-01", "cents": 1200, "tags": ["desert"]}
EMMA = {"title": "Emma", "published": "1815-12-23", "cents": 800}


@pytest.fixture
def client():
    headers = {"x-key": "only for development"}
    with Client(app, headers=headers) as client:
        yield client  # the stores live as long as the app is started: for one test


def test_tags_have_the_keys_that_clients_give_them(client):
    made = client.put("/tags/space", json={"name": "space"})
    again = client.put("/tags/space", json={"name": "space", "words": "Far away."})
    gone = client.delete("/tags/space", headers={"if-match": again.headers["etag"]})

    assert (made.status, again.status, gone.status) == (201, 200, 204)
    assert [tag["name"] for tag in client.get("/tags?sort=-name").json()["items"]] == [
        "sea",
        "desert",
    ]


def test_books_are_for_sellers(client):
    assert client.get("/books", headers={"x-key": "x"}).status == 403


def test_what_a_book_was_bought_for_stays_inside(client):
    made = client.post("/books", json={**DUNE, "bought_for": 500})

    assert made.status == 201
    assert "bought_for" not in made.json()
    assert client.get("/books/1").json() == made.json()


def test_a_book_has_tags_that_there_are(client):
    answer = client.post("/books", json={**DUNE, "tags": ["moon"]})

    assert (answer.status, answer.json()["detail"]) == (422, "There is no tag moon.")


def test_books_are_found_by_what_is_asked_for(client):
    client.post("/books/bulk", json=[DUNE, EMMA])

    found = client.get("/books?published__ge=1900-01-01&fields=title")
    tagged = client.get("/books?tags__contains=desert&fields=title")

    assert found.json()["items"] == tagged.json()["items"] == [{"title": "Dune"}]


def test_offers_are_for_everybody_the_cheapest_first(client):
    client.post("/books/bulk", json=[DUNE, EMMA])

    answer = client.get("/offers?size=1", headers={"x-key": None})

    assert [book["title"] for book in answer.json()["items"]] == ["Emma"]
    assert answer.json()["next"] == "/offers?page=2&size=1"

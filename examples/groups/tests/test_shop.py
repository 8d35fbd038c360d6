"""The shop, as its customers meet it."""

import pytest
from app import app

from segue.testing import Client

KEY = {"x-till-key": "only for development"}


@pytest.fixture
def client():
    with Client(app) as client:
        yield client


def test_the_shop_says_its_name(client):
    assert client.get("/").json() == {"shop": "Books by the Sea", "currency": "EUR"}


def test_a_book_has_a_price(client):
    assert client.get("/books/1").json() == {"title": "Dune", "cents": 1200}


def test_an_order_is_added_up(client):
    answer = client.post("/orders", json={"book": 2, "copies": 3}, headers=KEY)

    assert answer.status == 201
    assert answer.json()["cents"] == 2700


def test_the_till_is_closed_to_strangers(client):
    answer = client.post("/orders", json={"book": 2})

    assert answer.status == 403


def test_what_is_not_there_gets_a_hint(client):
    answer = client.get("/books/9")

    assert answer.status == 404
    assert answer.json() == {"asked": "/books/9", "hint": "There is no book 9."}
    assert answer.headers["x-shop"] == "segue"

"""The API, as its clients meet it."""

from datetime import UTC, datetime

import pytest
from app import app

from segue.testing import Client, override

ANN = {"x-api-key": "reader-of-books"}
FRANK = {"x-api-key": "writer-of-books"}
SAM = {"x-api-key": "seller-of-books"}
ORDER = {
    "address": {"street": "Dune 1", "city": "Arrakeen"},
    "lines": [{"sku": "dune", "copies": 2}, {"sku": "emma"}],
}


@pytest.fixture
def client():
    # What lives as long as the app is made at its start: each test has its own store.
    with override(app, now=datetime(2030, 1, 1, tzinfo=UTC)), Client(app) as client:
        yield client


def place(client, who=ANN, **changes):
    return client.post("/orders", json=ORDER | changes, headers=who)


def test_who_has_no_key_is_told_to_send_one(client):
    answer = client.get("/orders")

    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "ApiKey"
    assert answer.json()["detail"] == "Send your key in x-api-key."


def test_an_order_is_placed_and_found_again(client):
    placed = place(client)

    assert placed.status == 201
    assert placed.headers["location"] == "/orders/1"
    assert placed.json()["cents"] == 3200
    assert placed.json()["placed"] == "2030-01-01T00:00:00Z"
    assert placed.json()["address"]["country"] == "DE"
    assert client.get("/orders/1", headers=ANN).json() == placed.json()


def test_everything_that_is_wrong_is_told_at_once(client):
    bad = {
        "address": {"street": "", "city": "Arrakeen", "country": "Germany"},
        "lines": [{"sku": "dune", "copies": 0}, {}],
        "gift": True,
    }

    answer = client.post("/orders", json=bad, headers={**ANN, "idempotency-key": "1"})

    assert answer.status == 422
    assert {(e["in"], e["name"], e["code"]) for e in answer.json()["errors"]} == {
        ("body", "$.address.street", "too_short"),
        ("body", "$.address.country", "pattern"),
        ("body", "$.lines[0].copies", "too_small"),
        ("body", "$.lines[1].sku", "missing"),
        ("body", "$.gift", "unknown_field"),
        ("header", "idempotency-key", "too_short"),
    }


def test_what_is_not_sold_is_refused(client):
    answer = place(client, lines=[{"sku": "dunes"}])

    assert answer.status == 409
    assert answer.json()["detail"] == "There is no dunes."


def test_the_same_key_never_orders_twice(client):
    once = {**ANN, "idempotency-key": "first-order"}

    first, again = place(client, once), place(client, once)
    other = place(client, once, note="Faster!")

    assert (first.json()["number"], again.json()["number"]) == (1, 1)
    assert other.status == 409
    assert client.get("/orders", headers=ANN).json()["total"] == 1


def test_orders_are_filtered_by_the_query(client):
    place(client)
    place(client, lines=[{"sku": "solaris"}])
    place(client)
    client.post("/orders/3/cancel", headers=ANN)

    def numbers(query):
        page = client.get(f"/orders?{query}", headers=ANN).json()
        return [order["number"] for order in page["orders"]]

    assert numbers("") == [3, 2, 1]
    assert numbers("sort=oldest&limit=2") == [1, 2]
    assert numbers("offset=1&limit=1") == [2]
    assert numbers("status=placed") == [2, 1]
    assert numbers("sku=dune&sku=emma") == [3, 1]
    assert numbers("since=2030-01-01T00:00:00Z") == [3, 2, 1]
    assert numbers("since=2031-01-01T00:00:00") == []


def test_a_filter_that_nobody_knows_is_told(client):
    answer = client.get("/orders?limit=1000&state=placed", headers=ANN)

    assert answer.status == 422
    assert [error["code"] for error in answer.json()["errors"]] == [
        "too_large",
        "unknown_field",
    ]


def test_nobody_sees_the_orders_of_others(client):
    place(client)

    assert client.get("/orders/1", headers=FRANK).status == 404
    assert client.get("/orders", headers=FRANK).json()["total"] == 0
    assert client.get("/orders/1", headers=SAM).status == 200


def test_only_the_staff_ships(client):
    place(client)
    change = {"status": "shipped"}

    assert client.put("/orders/1/status", json=change, headers=ANN).status == 403
    assert client.put("/orders/1/status", json=change, headers=SAM).status == 200
    assert client.get("/orders/1", headers=ANN).json()["status"] == "shipped"
    assert client.post("/orders/1/cancel", headers=ANN).status == 409


def test_a_document_is_attached_and_read(client):
    place(client)
    url, bill = "/orders/1/documents", b"%PDF-1.7 ..."

    added = client.post(
        url,
        files={"file": ("../bill.pdf", bill)},
        data={"caption": "The bill"},
        headers=ANN,
    )

    assert (added.status, added.json()["name"]) == (201, "bill.pdf")
    assert client.get(url, headers=ANN).json() == [added.json()]
    assert client.get(f"{url}/bill.pdf", headers=ANN).body == bill
    assert client.get(f"{url}/other.pdf", headers=ANN).status == 404
    assert client.get(f"{url}/bill.pdf", headers=FRANK).status == 404


def test_the_kind_of_a_document_is_what_its_bytes_tell(client):
    place(client)
    url = "/orders/1/documents"

    client.post(url, files={"file": ("a.html", b"<h1>")}, headers=ANN)
    text = client.get(f"{url}/a.html", headers=ANN)
    large = client.post(url, files={"file": ("a.pdf", b"%PDF" * 600_000)}, headers=ANN)

    assert text.headers["content-type"] == "application/octet-stream"
    assert large.status == 413


@pytest.mark.parametrize("protocol", ["wsgi", "asgi", "rsgi"])
def test_every_protocol_gives_the_same_page(protocol):
    with Client(app, protocol=protocol) as client:
        assert client.get("/").json() == {"api": "orders", "version": 1}

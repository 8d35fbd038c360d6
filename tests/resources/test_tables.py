"""A resource in the table of a model: one statement for what clients ask."""

from decimal import Decimal
from typing import Annotated

import pytest
from annotated_types import Ge, MaxLen

from segue import App
from segue.db import Many, Model, Unique, many
from segue.db.database import Database
from segue.resources import Resource
from segue.resources.query import Condition, Operator, Order, Query
from segue.resources.store import Duplicate, ItemError, Stale
from segue.resources.tables import store_of
from segue.testing import Client


class Root(Model, root=True):
    """The models of these tests."""


class Writer(Root):
    name: str
    works: Many["Work"] = many()


class Work(Root):
    title: Annotated[str, MaxLen(20), Unique()]
    price: Annotated[Decimal, Ge(0)] = Decimal(0)
    stars: int | None = None
    writer: Writer


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'works.db'}", models=Root)
    db = database.db()
    with db.sa() as connection:
        Root.metadata.create_all(connection)
    ann, bob = db.insert_many([Writer(name="Ann"), Writer(name="Bob")])
    db.insert_many(
        Work(
            title=f"w{n:02}",
            price=Decimal(n),
            stars=n % 4 or None,
            writer=ann if n % 2 else bob,
        )
        for n in range(1, 13)
    )
    yield database
    database.close()


@pytest.fixture
def client(database):
    app = App()
    app.use(database)
    works = Resource(
        Work,
        "/works",
        filters=("writer", "price__ge", "title__contains", "stars__null", "title__in"),
        sort=("stars", "price", "title"),
        fields=True,
        bulk=10,
    )
    app.include(works)
    return Client(app)


@pytest.fixture
def store(database):
    return store_of(Work, "id")(database.db())


def _titles(answer):
    return [each["title"] for each in answer.json()["items"]]


def test_one_is_read_or_not_found(client):
    assert client.get("/works/3").json() == {
        "id": 3,
        "title": "w03",
        "price": "3.00",
        "stars": 3,
        "writer": 1,
    }
    assert client.get("/works/99").status == 404


def test_lists_are_filtered_and_sorted_in_the_database(client):
    assert _titles(client.get("/works?writer=2&price__ge=9")) == ["w10", "w12"]
    assert _titles(client.get("/works?title__contains=W1&sort=-price")) == [
        "w12", "w11", "w10"]  # fmt: skip
    assert _titles(client.get("/works?stars__null=true")) == ["w04", "w08", "w12"]
    assert _titles(client.get("/works?title__in=w01&title__in=w05")) == ["w01", "w05"]
    assert _titles(client.get("/works?sort=-stars,price&size=4")) == [
        "w03", "w07", "w11", "w02"]  # fmt: skip


def test_a_filter_that_there_is_not_is_refused(client):
    assert client.get("/works?writer=x").status == 422
    assert client.get("/works?nothing=1").status == 422


def test_one_is_created_changed_replaced_and_deleted(client):
    made = client.post("/works", json={"title": "new", "writer": 1})
    assert made.status == 201
    path = f"/works/{made.json()['id']}"

    assert client.patch(path, json={"stars": 4, "writer": 2}).json()["writer"] == 2
    whole = {"title": "whole", "price": "1.5", "writer": 1}
    assert client.put(path, json=whole).json() == {
        "id": 13,
        "title": "whole",
        "price": "1.50",
        "stars": None,
        "writer": 1,
    }
    assert client.delete(path).status == 204
    assert client.get(path).status == 404


def test_what_must_be_unique_is_a_conflict(client):
    assert client.post("/works", json={"title": "w01", "writer": 1}).status == 409
    assert client.patch("/works/2", json={"title": "w01"}).status == 409
    assert client.get("/works/2").json()["title"] == "w02"


def test_fields_may_be_chosen(client):
    assert client.get("/works/1?fields=title,writer").json() == {
        "title": "w01",
        "writer": 1,
    }


def test_many_are_created_all_or_none(client):
    new = [{"title": "a", "writer": 1}, {"title": "w01", "writer": 1}]

    assert client.post("/works/bulk", json=new).status == 409
    assert _titles(client.get("/works?title__in=a")) == []
    assert client.post("/works/bulk", json=new[:1]).status == 201
    assert client.delete("/works/bulk?id=1&id=2").status == 204


def test_a_state_that_was_not_seen_is_refused(client):
    tag = client.get("/works/1").headers["etag"]

    assert (
        client.patch("/works/1", json={"stars": 9}, headers={"if-match": tag}).status
        == 200
    )
    again = client.patch("/works/1", json={"stars": 8}, headers={"if-match": tag})
    assert again.status == 412


ORDERS = [
    (Order("id"),),
    (Order("stars"), Order("id")),
    (Order("stars", descending=True), Order("price", descending=True), Order("id")),
    (Order("writer"), Order("title", descending=True), Order("id")),
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 5, 12, 13])
def test_pages_go_forward_and_back(store, order, size):
    whole = store.find(Query(order=order, limit=100, count=True))
    items = [item.id for item in whole.items]
    assert (whole.total, whole.more) == (12, False)

    def position(item):
        told = type(item).__model__
        return tuple(told.slots[each.field](item) for each in order)

    there, after = [], None
    while True:
        found = store.find(Query(order=order, limit=size, after=after))
        there += [item.id for item in found.items]
        if not found.more:
            break
        after = position(found.items[-1])
    assert there == items

    back, before = [], ()
    while True:
        found = store.find(Query(order=order, limit=size, before=before))
        back = [item.id for item in found.items] + back
        if not found.more:
            break
        before = position(found.items[0])
    assert back == items
    assert [
        i.id for i in store.find(Query(order=order, limit=3, offset=2)).items
    ] == items[2:5]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (Condition("stars", Operator.EQ, 1), 3),
        (Condition("stars", Operator.NE, 1), 9),
        (Condition("price", Operator.NE, Decimal(1)), 11),
        (Condition("stars", Operator.LT, 3), 6),
        (Condition("stars", Operator.LE, 3), 9),
        (Condition("stars", Operator.GT, 2), 3),
        (Condition("stars", Operator.NULL, False), 9),
        (Condition("title", Operator.STARTSWITH, "w1"), 3),
        (Condition("writer", Operator.EQ, 1), 6),
    ],
)
def test_every_operator_means_what_it_means_in_memory(store, condition, count):
    query = Query(conditions=(condition,), order=ORDERS[0], limit=100)

    assert len(store.find(query).items) == count


def test_a_change_of_what_has_changed_is_stale(store, database):
    seen = store.get(1)
    other = database.db().get(Work, 1)
    other.stars = 5
    database.db().save(other)

    with pytest.raises(Stale):
        store.update(1, seen.__replace__(stars=6), seen)
    with pytest.raises(Stale):
        store.delete(1, seen)
    with pytest.raises(Stale):
        store.delete(99, seen)
    with pytest.raises(ItemError) as e:
        store.delete_many([(2, store.get(2)), (1, seen)])
    assert e.value.index == 1
    assert store.get(2) is not None


def test_what_is_not_unique_is_a_duplicate(store):
    with pytest.raises(Duplicate):
        store.insert(Work(title="w01", writer_id=1))

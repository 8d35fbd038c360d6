"""Stores in memory."""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Annotated

import msgspec
import pytest

from segue import App, ReadOnly
from segue.core.errors import NotFound, ServiceUnavailable, WalkError
from segue.resources import (
    AsyncMemoryStore,
    Duplicate,
    ItemError,
    MemoryStore,
    Order,
    Query,
    Resource,
    Stale,
)
from segue.testing import Client


class Tag(msgspec.Struct):
    name: str
    notes: list[str] = []
    id: int | None = None


class Coin(msgspec.Struct, frozen=True):
    code: str
    value: int = 0


class Dated(msgspec.Struct):
    created: Annotated[str, ReadOnly()]
    id: Annotated[int, ReadOnly()]


@dataclass(frozen=True)
class Note:
    text: str
    id: Annotated[int, ReadOnly()]


class Other(msgspec.Struct):
    id: uuid.UUID = msgspec.field(default_factory=uuid.uuid4)


def test_numbers_are_given_where_an_item_has_none():
    store = MemoryStore(Tag, items=[Tag("a", id=2)])

    made = [store.insert(Tag(name)).id for name in "bcd"]

    assert made == [1, 3, 4]
    assert len(store) == 4


def test_items_are_copied_in_and_out():
    store, tag = MemoryStore(Tag), Tag("a", id=1)
    store.insert(tag)

    tag.notes.append("from outside")
    store.get(1).notes.append("from inside")
    store.find(Query(order=(Order("id"),))).items[0].name = "b"

    assert store.get(1) == Tag("a", id=1)


def test_a_key_is_there_once():
    store = MemoryStore(Coin, key="code", items=[Coin("eur")])

    with pytest.raises(Duplicate, match="There is an item eur already"):
        store.insert(Coin("eur"))
    with pytest.raises(Duplicate):
        MemoryStore(Coin, key="code", items=[Coin("a"), Coin("a")])


def test_other_keys_are_made_by_the_items():
    store = MemoryStore(Other)

    assert store.insert(Other()).id != store.insert(Other()).id


def test_only_what_was_read_is_changed_or_deleted():
    store = MemoryStore(Coin, key="code", items=[Coin("eur"), Coin("usd")])
    seen = store.get("eur")
    store.update("eur", Coin("eur", 1), seen)

    with pytest.raises(Stale):
        store.update("eur", Coin("eur", 2), seen)
    with pytest.raises(Stale):
        store.delete("eur", seen)
    with pytest.raises(Stale):
        store.delete("chf", seen)
    assert store.get("eur").value == 1
    assert store.get("chf") is None


def test_a_key_may_change_to_one_that_is_free():
    store = MemoryStore(Coin, key="code", items=[Coin("eur"), Coin("usd")])

    with pytest.raises(Duplicate):
        store.update("eur", Coin("usd"), Coin("eur"))
    store.update("eur", Coin("chf"), Coin("eur"))

    assert (store.get("eur"), store.get("chf")) == (None, Coin("chf"))


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_items_are_compared_by_their_values_even_without_an_equality(method):
    class Odd(msgspec.Struct, eq=False):
        name: str
        id: int = 0

    app = App()
    app.include(Resource(Odd, "/odd"))

    with Client(app) as client:
        client.post("/odd", json={"name": "a"})
        body = {} if method == "delete" else {"json": {"name": "b"}}
        assert getattr(client, method)("/odd/1", **body).status in {200, 204}


def test_a_store_may_hold_items_of_several_classes():
    class Wide(Coin):
        more: int = 0

    store = MemoryStore(Coin, key="code", items=[Wide("eur")])

    with pytest.raises(Stale):
        store.delete("eur", Coin("eur"))


def test_there_is_an_end_to_the_room():
    store = MemoryStore(Coin, key="code", limit=1)
    store.insert(Coin("eur"))

    with pytest.raises(ServiceUnavailable):
        store.insert(Coin("usd"))


def test_of_many_all_are_stored_or_none():
    store = MemoryStore(Coin, key="code", items=[Coin("eur")])

    with pytest.raises(ItemError, match="item 1") as caught:
        store.insert_many([Coin("usd"), Coin("eur")])
    with pytest.raises(ItemError):
        store.delete_many([("eur", Coin("eur")), ("usd", Coin("usd"))])

    assert (caught.value.index, type(caught.value.error)) == (1, Duplicate)
    assert [len(store), store.get("eur")] == [1, Coin("eur")]


def test_an_async_store_does_the_same():
    async def work():
        store = AsyncMemoryStore(Coin, key="code", items=[Coin("eur")], limit=3)
        made = await store.insert(Coin("usd"))
        changed = await store.update("usd", Coin("usd", 1), made)
        await store.delete("usd", changed)
        many = await store.insert_many([Coin("a"), Coin("b")])
        both = await store.update_many([(c.code, Coin(c.code, 9), c) for c in many])
        found = await store.find(Query(order=(Order("code"),)))
        await store.delete_many([(coin.code, coin) for coin in both])
        return [await store.get("eur"), len(store), found.items]

    assert asyncio.run(work()) == [
        Coin("eur"),
        1,
        [Coin("a", 9), Coin("b", 9), Coin("eur")],
    ]


def test_an_item_gets_its_key_even_where_it_cannot_be_changed():
    app = App()
    store = MemoryStore(Note)
    app.include(Resource(Note, "/notes", store=store))

    with Client(app) as client:
        assert client.post("/notes", json={"text": "a"}).json()["id"] == 1
    assert store.get(1) == Note("a", 1)


def test_a_value_that_nobody_gives_is_told_of():
    app = App()
    app.include(Resource(Dated, "/dated"))

    with Client(app) as client, pytest.raises(WalkError, match="SG-RES-007"):
        client.post("/dated", json={})


def test_what_is_found_for_a_query_is_counted():
    store = MemoryStore(Coin, key="code", items=[Coin("a"), Coin("b")])

    found = store.find(Query(order=(Order("code"),), limit=1, count=True))

    assert (found.items, found.more, found.total) == ([Coin("a")], True, 2)


def test_the_error_of_one_item_says_which():
    assert str(ItemError(3, NotFound("x"))) == "item 3: 404 x"

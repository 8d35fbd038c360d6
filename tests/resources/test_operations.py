"""Operations when somebody else is faster."""

import asyncio
from typing import Any

import msgspec
import pytest

from segue import Patch
from segue.core.errors import Conflict, HTTPError, NotFound, PreconditionFailed
from segue.resources import Duplicate, ItemError, Match, MemoryStore, Stale
from segue.resources.operations import Operations, adrive, drive
from segue.resources.records import fields_by_name
from segue.resources.tagging import tagger
from segue.resources.views import Views


class Tag(msgspec.Struct):
    name: str
    price: int = 0


def operations(key="name"):
    views: Views[Tag] = Views(Tag, fields_by_name(Tag, ""), key)
    return Operations(views, "Tag", (key, key), tagger(Tag))


class Rival(MemoryStore[Tag]):
    """A store in which somebody else does something just before each change."""

    def __init__(self, times: int, act: Any) -> None:
        super().__init__(Tag, key="name", items=[Tag("a")])
        self.times = times
        self.act = act

    def _rival(self) -> None:
        if self.times:
            self.times -= 1
            self.act(self)

    def insert(self, item: Tag) -> Tag:
        # The items of the beginning come in before there is a rival.
        if hasattr(self, "times"):
            self._rival()
        return super().insert(item)

    def update(self, key: Any, item: Tag, expected: Tag) -> Tag:
        self._rival()
        return super().update(key, item, expected)

    def delete(self, key: Any, expected: Tag) -> None:
        self._rival()
        super().delete(key, expected)


def touch(store):
    tag = store._items["a"]
    store._items["a"] = Tag("a", tag.price + 100)


def vanish(store):
    store._items.pop("a", None)


def appear(store):
    store._items["b"] = Tag("b", 1)


CHANGES = [
    lambda own, match: own.update("a", Patch(Tag, price=1), match),
    lambda own, match: own.put("a", Tag("a", 1), match),
    lambda own, match: own.delete("a", match),
]


@pytest.mark.parametrize(
    ("change", "left"),
    list(zip(CHANGES, [Tag("a", 1), Tag("a", 1), None], strict=True)),
)
def test_a_change_begins_anew_when_somebody_was_faster(change, left):
    store = Rival(3, touch)

    drive(change(operations(), Match()), store)

    assert store.times == 0
    assert store.get("a") == left


@pytest.mark.parametrize("change", CHANGES)
def test_it_gives_up_when_that_goes_on(change):
    store = Rival(1000, touch)

    with pytest.raises(Conflict, match="try again"):
        drive(change(operations(), Match()), store)

    assert store.times == 990


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_refused_when_the_client_named_the_state(change):
    own, store = operations(), Rival(1, touch)
    seen = tagger(Tag)(Tag("a"))

    with pytest.raises(PreconditionFailed):
        drive(change(own, Match(if_match=f'"{seen}"')), store)

    assert store.get("a").price == 100


@pytest.mark.parametrize("change", [CHANGES[0], CHANGES[2]])
def test_what_has_vanished_meanwhile_is_not_found(change):
    with pytest.raises(NotFound):
        drive(change(operations(), Match()), Rival(1, vanish))


def test_put_creates_again_what_has_vanished_meanwhile():
    store = Rival(1, vanish)

    saved = drive(operations().put("a", Tag("a", 5), Match()), store)

    assert saved == (Tag("a", 5), 201)


def test_put_replaces_what_has_appeared_meanwhile():
    own = operations()

    saved = drive(own.put("b", Tag("b", 5), Match()), Rival(1, appear))

    assert saved == (Tag("b", 5), 200)
    only_new = Match(if_none_match="*")
    with pytest.raises(PreconditionFailed):
        drive(own.put("b", Tag("b", 5), only_new), Rival(1, appear))


class Refusing(MemoryStore[Tag]):
    """A store with a rule of its own."""

    def update(self, key: Any, item: Tag, expected: Tag) -> Tag:
        raise Duplicate("This price is taken.")

    def update_many(self, changes: Any) -> list[Tag]:
        raise ItemError(0, Stale("It was changed by somebody else."))

    def delete_many(self, items: Any) -> None:
        raise ItemError(0, HTTPError("Locked.", status=423))


def test_another_conflict_of_the_store_is_the_answer():
    store = Refusing(Tag, key="name", items=[Tag("a")])

    for steps in (
        operations().put("a", Tag("a", 1), Match()),
        operations().update("a", Patch(Tag, price=1), Match()),
    ):
        with pytest.raises(Duplicate, match="This price is taken"):
            drive(steps, store)


class Change(msgspec.Struct):
    name: str
    change: Any
    etag: str | None = None


def test_what_the_store_refuses_of_many_is_told_by_its_place():
    store = Refusing(Tag, key="name", items=[Tag("a")])
    changes = [Change("a", Patch(Tag, price=1))]

    with pytest.raises(Stale) as stale:
        drive(operations().update_many(changes), store)
    with pytest.raises(HTTPError) as locked:
        drive(operations().delete_many(["a"]), store)

    assert stale.value.extra["errors"][0]["code"] == "stale"
    assert (locked.value.status, locked.value.extra["errors"][0]["name"]) == (
        423,
        "name[0]",
    )


def test_each_of_many_that_does_not_fit_is_told_of():
    store = MemoryStore(Tag, key="name", items=[Tag("a"), Tag("b")])
    changes = [
        Change("a", Patch(Tag, price=1), 'W/"x"'),
        Change("b", Patch(Tag, price=1), "x"),
    ]

    with pytest.raises(PreconditionFailed) as caught:
        drive(operations().update_many(changes), store)

    assert [each["name"] for each in caught.value.extra["errors"]] == ["$[0]", "$[1]"]
    assert "2 items" in str(caught.value.detail)


def test_a_change_of_many_that_its_class_refuses_keeps_its_word():
    class Checked(msgspec.Struct):
        name: str
        price: int = 0

        def __post_init__(self) -> None:
            if self.price < 0:
                raise ValueError("A price is positive")

    store = MemoryStore(Checked, key="name", items=[Checked("a")])
    views: Views[Checked] = Views(Checked, fields_by_name(Checked, ""), "name")
    own = Operations(views, "Tag", ("name", "name"), tagger(Checked))

    with pytest.raises(HTTPError) as caught:
        drive(own.update_many([Change("a", Patch(Checked, price=-1))]), store)

    assert caught.value.status == 422
    assert caught.value.extra["errors"][0]["code"] == "value"


def test_an_async_store_may_refuse_as_well():
    class Slow:
        async def get(self, key: Any) -> Tag:
            raise NotFound("Gone.")

    with pytest.raises(NotFound, match="Gone"):
        asyncio.run(adrive(operations().read("a"), Slow()))

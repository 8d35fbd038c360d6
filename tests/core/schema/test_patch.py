"""A change of some fields: absent is not null."""

from dataclasses import dataclass, field
from typing import Annotated, TypedDict

import attrs
import msgspec
import pytest

from segue.core.errors import PlanError, UnprocessableContent
from segue.core.schema.marks import WriteOnly
from segue.core.schema.patch import Patch


class Account(msgspec.Struct):
    email: str
    password: Annotated[str, WriteOnly()] = ""
    note: str | None = None


class Admin(Account):
    level: int = 3


class Span(msgspec.Struct, frozen=True):
    start: int
    end: int

    def __post_init__(self):
        if self.start > self.end:
            raise ValueError("A span ends after its start.")


@dataclass(frozen=True)
class Point:
    x: int
    y: int
    sum: int = field(init=False, default=0)


@attrs.frozen
class Thing:
    _secret: str
    size: int = 1


class Row(TypedDict, total=False):
    name: str
    note: str | None


def test_a_patch_knows_what_it_changes():
    change = Patch(Account, note=None, email="b")

    assert change.fields == {"note", "email"}
    assert "note" in change
    assert "password" not in change
    assert change["email"] == "b"
    assert len(change) == 2
    assert list(change) == ["note", "email"]
    assert change.as_dict() == {"note": None, "email": "b"}


def test_its_dict_is_a_copy():
    change = Patch(Account, email="b")

    change.as_dict()["email"] = "c"

    assert change["email"] == "b"


@pytest.mark.parametrize(
    ("thing", "values", "changed"),
    [
        (Account("a", note="n"), {"note": None}, Account("a")),
        (Admin("a", level=4), {"email": "b"}, Admin("b", level=4)),
        (Span(1, 2), {"end": 5}, Span(1, 5)),
        (Point(1, 2), {"y": 3}, Point(1, 3)),
        (Thing("s"), {"_secret": "t"}, Thing("t")),
        (Row(name="a"), {"note": None}, {"name": "a", "note": None}),
        (Account("a"), {}, Account("a")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_patch_makes_a_new_object(thing, values, changed):
    kind = Row if type(thing) is dict else type(thing)
    before = repr(thing)

    made = Patch(kind, **values).apply(thing)

    assert made == changed
    assert type(made) is type(thing)
    assert made is not thing
    assert repr(thing) == before


def test_what_the_class_refuses_is_refused_as_input():
    with pytest.raises(UnprocessableContent) as caught:
        Patch(Span, start=9).apply(Span(1, 2))

    assert caught.value.extra["errors"] == [
        {
            "in": "body",
            "name": "$",
            "message": "A span ends after its start.",
            "code": "value",
        }
    ]


def test_a_patch_by_hand_has_known_fields_only():
    with pytest.raises(PlanError) as caught:
        Patch(Account, emial="b")

    assert caught.value.problem.code == "SG-VIEW-001"
    assert "email" in caught.value.problem.fix


def test_a_patch_is_equal_to_one_with_the_same_values():
    assert Patch(Account, email="b") == Patch(Account, email="b")
    assert Patch(Account, email="b") != Patch(Account, email="c")
    assert Patch(Account, email="b") != Patch(Admin, email="b")
    assert Patch(Account) != {}
    with pytest.raises(TypeError):
        hash(Patch(Account))


def test_a_patch_shows_no_secret():
    assert repr(Patch(Account, email="b", password="x")) == (
        "Patch(Account, email='b', password=...)"
    )

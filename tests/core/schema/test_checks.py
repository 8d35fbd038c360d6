"""Checks: what msgspec passes over is enforced behind it."""

import dataclasses
import datetime as dt
import enum
from decimal import Decimal
from typing import Annotated, Any, Generic, NamedTuple, NotRequired, TypedDict, TypeVar

import msgspec
import pytest
from annotated_types import (
    Ge,
    Gt,
    Interval,
    Le,
    Len,
    Lt,
    MaxLen,
    MinLen,
    MultipleOf,
    Predicate,
    Timezone,
)
from msgspec import UNSET, Meta, UnsetType

from segue.core.errors import PlanError
from segue.core.schema.checks import check_for
from segue.core.schema.marks import Pattern

T = TypeVar("T")
Count = Annotated[int, Ge(1)]
NAIVE = dt.datetime.fromisoformat("2024-01-01")
ZONE = dt.timezone(dt.timedelta(hours=1))


class Item(msgspec.Struct):
    sku: Annotated[str, MinLen(2), MaxLen(4)]
    parts: "list[Item]" = []


class Late(msgspec.Struct):
    count: Count | UnsetType = UNSET


class Box(msgspec.Struct, Generic[T]):
    value: T


@dataclasses.dataclass
class Point:
    x: Count


class Entry(TypedDict):
    count: NotRequired[Count]


class Row(NamedTuple):
    name: str
    count: Count


class Cat(msgspec.Struct, tag=True):
    lives: Annotated[int, Le(9)]


class Dog(msgspec.Struct, tag=True):
    name: str


class Colour(enum.Enum):
    RED = "red"


class Plain(msgspec.Struct):
    name: str
    count: Annotated[int, Meta(ge=1)]
    tags: list[str] = []
    next: "Plain | None" = None


def is_even(value: int) -> bool:
    return value % 2 == 0


def refuses(value: Any) -> bool:
    raise ValueError(value)


@pytest.mark.parametrize(
    ("hint", "good", "bad"),
    [
        (Count, 1, 0),
        (Annotated[int, Gt(1)], 2, 1),
        (Annotated[float, Le(1.5)], 1.5, 1.6),
        (Annotated[int, Lt(3)], 2, 3),
        (Annotated[int, Interval(ge=1, lt=3)], 2, 3),
        (Annotated[int, MultipleOf(3)], 6, 7),
        (Annotated[float, MultipleOf(0.1)], 0.3, 0.35),
        (Annotated[Decimal, Ge(1)], Decimal("1.5"), Decimal("0.5")),
        (Decimal, Decimal(1), Decimal("NaN")),
        (Annotated[str, Len(1, 2)], "ab", "abc"),
        (Annotated[str, Pattern("^a")], "abc", "bc"),
        (Annotated[bytes, MaxLen(2)], b"ab", b"abc"),
        (Annotated[list[int], MinLen(1)], [1], []),
        (Annotated[dict[str, int], MaxLen(1)], {"a": 1}, {"a": 1, "b": 2}),
        (list[Count], [1], [1, 0]),
        (set[Count], {1}, {0}),
        (tuple[int, Count], (0, 1), (0, 0)),
        (tuple[Count, ...], (1, 2), (1, 0)),
        (dict[str, Count], {"a": 1}, {"a": 0}),
        (dict[Annotated[str, MaxLen(1)], int], {"a": 0}, {"ab": 0}),
        (Count | None, None, 0),
        (Count | str, "x", 0),
        (Annotated[int | str, Ge(1)], "x", 0),
        (Annotated[int, Predicate(is_even)], 2, 3),
        (Annotated[dt.datetime, Timezone(None)], NAIVE, None),
        (
            Annotated[dt.datetime, Timezone(...)],
            dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            NAIVE,
        ),
        (
            Annotated[dt.datetime, Timezone("UTC")],
            dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            dt.datetime(2024, 1, 1, tzinfo=ZONE),
        ),
        (
            Annotated[dt.datetime, Timezone(ZONE)],
            dt.datetime(2024, 1, 1, tzinfo=ZONE),
            dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        ),
        (
            Annotated[dt.datetime, Ge(dt.datetime(2024, 1, 1, tzinfo=dt.UTC))],
            dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            NAIVE,
        ),
        (Annotated[Any, Predicate(bool)], 1, 0),
        (Annotated[dt.date, Ge(dt.date(2024, 1, 1))], dt.date(2024, 1, 1), None),
        (Annotated[Colour, Predicate(bool)], Colour.RED, None),
        (Item, Item("abc", [Item("ab")]), Item("abc", [Item("a")])),
        (Late, Late(), Late(0)),
        (Box[Count], Box(1), Box(0)),
        (Point, Point(1), Point(0)),
        (Entry, {}, {"count": 0}),
        (Entry, {"count": 1}, {"count": 0}),
        (Row, Row("a", 1), Row("a", 0)),
        (Cat | Dog, Dog("x"), Cat(10)),
        (Item | int, 3, Item("a")),
        (Entry | int, 3, {"count": 0}),
    ],
    ids=str,
)
def test_what_a_mark_demands_is_demanded(hint, good, bad):
    check = check_for(hint)

    assert check(good) is True
    if bad is not None:
        assert check(bad) is False


@pytest.mark.parametrize(
    "hint", [int, str, Plain, Any, list[Plain], Dog, int | None, Annotated[int, "x"]]
)
def test_nothing_is_written_where_msgspec_enforces_all(hint):
    assert check_for(hint) is None


def test_meta_is_checked_where_msgspec_did_not_decode():
    assert check_for(Plain, meta=True)(Plain("a", 0)) is False
    assert check_for(Annotated[int, Meta(ge=1)], meta=True)(1) is True


def test_a_predicate_that_raises_says_no():
    assert check_for(Annotated[int, Predicate(refuses)])(1) is False


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (Annotated[int, MaxLen(3)], "a length of a int"),
        (Annotated[bool, Ge(1)], "ge of a bool"),
        (Annotated[str, MultipleOf(3)], "multiple_of of a str"),
        (Annotated[int, Pattern("a")], "a pattern of a int"),
    ],
    ids=str,
)
def test_a_mark_about_what_the_type_does_not_have_is_refused(hint, words):
    with pytest.raises(PlanError, match="SG-TYPE-010") as caught:
        check_for(hint)

    assert words in caught.value.problem.what


def items(least: int) -> Any:
    class Item(msgspec.Struct):
        count: Annotated[int, Ge(least)]

    return Item


def test_classes_of_one_name_have_each_their_own_rules():
    one, two = items(1), items(10)
    hint = Annotated[dict[str, one | int], MaxLen(9)]
    pair = msgspec.defstruct("Pair", [("a", one), ("b", two)])
    check = check_for(pair)

    assert repr(one) == repr(two)
    assert check is not None
    assert check(pair(one(5), two(15)))
    assert not check(pair(one(5), two(5)))
    assert check_for(hint) is not None


def test_what_is_nested_too_deep_does_not_hold():
    value = Item("ab")
    for _ in range(5000):
        value = Item("ab", [value])
    check = check_for(Item)

    assert check is not None
    assert not check(value)

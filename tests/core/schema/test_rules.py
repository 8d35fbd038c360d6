"""Rules: what is more than a comparison, and what tells two types apart."""

import datetime as dt
import functools
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

import msgspec
import pytest

from segue.core.schema.rules import (
    bounds_of,
    identity_of,
    in_zone,
    is_multiple,
    satisfies,
    unmet,
    words_of,
)
from segue.core.schema.shape import Bounds, Kind, Shape

T = TypeVar("T")


class Box(msgspec.Struct, Generic[T]):
    value: T


@pytest.mark.parametrize(
    ("value", "step", "is_one"),
    [
        (6, 3, True),
        (7, 3, False),
        (0.3, 0.1, True),
        (0.35, 0.1, False),
        (Decimal("0.3"), Decimal("0.1"), True),
        (10**400, 0.5, False),
        (float("inf"), 0.5, False),
        (Decimal("1e999999"), Decimal("0.1"), False),
    ],
)
def test_a_multiple_is_found_as_exactly_as_numbers_allow(value, step, is_one):
    assert is_multiple(value, step) is is_one


def test_zones_are_compared_by_name_by_thing_and_by_being_there():
    moment = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)

    assert in_zone(moment, True)
    assert not in_zone(moment, False)
    assert in_zone(moment, "UTC")
    assert in_zone(moment, dt.UTC)


def test_a_predicate_that_fails_says_no():
    assert satisfies(bool, 1)
    assert not satisfies(lambda value: 1 / value, 0)


def test_all_that_does_not_hold_is_told():
    bounds = Bounds(ge=3, multiple_of=2)

    assert [code for code, _ in unmet(bounds, 1, "int")] == [
        "too_small",
        "not_multiple",
    ]


def test_demands_are_said_in_words():
    bounds = Bounds(
        gt=3,
        multiple_of=2,
        min_length=1,
        max_length=9,
        patterns=("^a", "b$"),
        tz=True,
        predicates=(bool, functools.partial(bool)),
    )

    assert list(words_of(bounds)) == [
        "> 3",
        "a multiple of 2",
        "length >= 1",
        "length <= 9",
        "matching '^a'",
        "matching 'b$'",
        "with a time zone",
        "bool",
        "a condition",
    ]
    assert list(words_of(Bounds(tz="UTC"))) == ["in UTC"]


def test_of_what_may_be_anything_only_predicates_are_asked():
    bounds = Bounds(ge=3, predicates=(bool,))

    assert bounds_of(Shape(Kind.ANY, Any, bounds=bounds)).ge is None
    assert bounds_of(Shape(Kind.INT, int, bounds=bounds)).ge == 3


def test_a_type_that_cannot_be_hashed_is_known_by_its_parts():
    mark, other = [1], [1]
    hint = Box[Annotated[int, mark]]

    assert identity_of(int) is int
    assert identity_of(hint) == identity_of(Box[Annotated[int, mark]])
    assert identity_of(hint) != identity_of(Box[Annotated[int, other]])
    assert identity_of(hint) != identity_of(Box[Annotated[str, mark]])

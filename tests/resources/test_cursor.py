"""Cursors: opaque, checked, and held to types."""

import base64
import datetime as dt
import enum
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from segue.core.handlers.invalid import Invalid
from segue.resources import Order
from segue.resources.cursor import MAX_CURSOR, Cursors

pytestmark = pytest.mark.feature("M-183")


class Kind(enum.Enum):
    ODD = "odd"


ORDER = (Order("name"), Order("id"))
CURSORS = Cursors("/tags", ORDER, [str, int])


@given(st.text() | st.none(), st.integers(-(2**63), 2**63 - 1))
def test_a_cursor_gives_back_its_position(name, number):
    token = CURSORS.write((name, number))

    assert CURSORS.read(token, "after") == (name, number)
    assert token.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "value",
    [
        dt.datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC),
        dt.date(2030, 1, 2),
        Decimal("1.50"),
        UUID(int=7),
        Kind.ODD,
        1.5,
        True,
        None,
    ],
)
def test_values_come_back_in_their_type(value):
    kind = int if value is None else type(value)
    cursors = Cursors("/", (Order("x"),), [kind])

    (found,) = cursors.read(cursors.write((value,)), "after")

    assert (found, type(found)) == (value, type(value))


def test_an_empty_cursor_is_an_end():
    assert CURSORS.read("", "after") == ()


TOKEN = CURSORS.write(("a", 1))


@pytest.mark.parametrize(
    "token",
    [
        TOKEN[:-1],
        TOKEN[1:],
        TOKEN + "A",
        TOKEN.swapcase(),
        "x",
        "=",
        "====",
        "é",
        "\ud800",
        " " + TOKEN,
        "A" * MAX_CURSOR,
        "null",
        "[]",
    ],
)
def test_a_cursor_that_was_changed_is_refused(token):
    with pytest.raises(Invalid) as caught:
        CURSORS.read(token, "before")

    assert caught.value.status == 422
    assert caught.value.extra["errors"][0]["name"] == "before"


@pytest.mark.parametrize(
    "other",
    [
        Cursors("/books", ORDER, [str, int]),
        Cursors("/tags", (Order("name", descending=True), Order("id")), [str, int]),
        Cursors("/tags", (Order("id"), Order("name")), [str, int]),
        Cursors("/tags", ORDER, [int, int]),
        Cursors("/tags\nname", (Order("id"),), [str, int]),
    ],
)
def test_a_cursor_of_another_list_or_order_is_refused(other):
    with pytest.raises(Invalid):
        other.read(TOKEN, "after")


def test_a_forged_position_is_held_to_the_types():
    forger = Cursors("/tags", ORDER, [str, str])

    for values in (("a", "b"), ("a",), ("a", 1.5)):
        with pytest.raises(Invalid):
            CURSORS.read(forger.write(values), "after")


@given(st.binary(max_size=60))
def test_whatever_comes_is_a_position_or_refused(data):
    token = base64.urlsafe_b64encode(data).decode()
    found = None
    with suppress(Invalid):
        found = CURSORS.read(token, "after")

    assert found == (() if not data else None)


def test_a_type_of_anything_may_be_there():
    cursors = Cursors("/", (Order("x"),), [Any])

    assert cursors.read(cursors.write(({"a": 1},)), "after") == ({"a": 1},)

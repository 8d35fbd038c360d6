"""Queries over a list."""

import enum
import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given, strategies as st

from segue.resources import Condition, Operator, Order, Query
from segue.resources.matching import answer, position_of, value_of

pytestmark = pytest.mark.feature("M-184")


class Size(enum.Enum):
    SMALL = 1
    LARGE = 2


@dataclass
class Thing:
    id: int
    name: str | None = None
    price: float | None = None
    size: Size = Size.SMALL
    tags: list[str] = field(default_factory=list)


THINGS = [
    Thing(1, "Ähre", 3.0, Size.LARGE, ["a", "b"]),
    Thing(2, "bread", None, Size.SMALL, ["b"]),
    Thing(3, None, 1.0),
    Thing(4, "Bread", 2.0, Size.LARGE),
]


def found(*conditions, order="", **window):
    orders = tuple(Order(f.strip("-"), f.startswith("-")) for f in order.split() if f)
    query = Query(conditions=conditions, order=(*orders, Order("id")), **window)
    return [thing.id for thing in answer(query, THINGS).items]


@pytest.mark.parametrize(
    ("name", "operator", "value", "wanted"),
    [
        ("name", Operator.EQ, "bread", [2]),
        ("name", Operator.NE, "bread", [1, 3, 4]),
        ("price", Operator.LT, 2, [3]),
        ("price", Operator.LE, 2, [3, 4]),
        ("price", Operator.GT, 2, [1]),
        ("price", Operator.GE, 2, [1, 4]),
        ("price", Operator.GE, "x", []),
        ("size", Operator.IN, [Size.LARGE], [1, 4]),
        ("name", Operator.CONTAINS, "READ", [2, 4]),
        ("tags", Operator.CONTAINS, "b", [1, 2]),
        ("name", Operator.STARTSWITH, "Br", [4]),
        ("name", Operator.NULL, True, [3]),
        ("price", Operator.NULL, False, [1, 3, 4]),
        ("nothing", Operator.EQ, 1, []),
    ],
)
def test_each_operator_finds_what_it_says(name, operator, value, wanted):
    assert found(Condition(name, operator, value)) == wanted


def test_all_conditions_hold_at_once():
    both = (
        Condition("price", Operator.GE, 1),
        Condition("size", Operator.EQ, Size.LARGE),
    )

    assert found(*both) == [1, 4]


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("", [1, 2, 3, 4]),
        ("-id", [4, 3, 2, 1]),
        ("price", [3, 4, 1, 2]),
        ("-price", [1, 4, 3, 2]),  # what has no value is last in both directions
        ("size -price", [3, 2, 1, 4]),
        ("-size name", [4, 1, 2, 3]),
    ],
)
def test_items_come_in_the_order_asked_for(order, wanted):
    assert found(order=order) == wanted


def test_a_window_is_cut_by_offset():
    query = Query(order=(Order("id"),), limit=2, offset=1, count=True)

    some = answer(query, THINGS)

    assert ([t.id for t in some.items], some.more, some.total) == ([2, 3], True, 4)


def test_a_window_is_cut_behind_and_before_a_position():
    order = (Order("price", descending=True), Order("id"))
    first = answer(Query(order=order, limit=2, after=()), THINGS)
    rest = answer(
        Query(order=order, limit=2, after=position_of(first.items[-1], order)), THINGS
    )
    back = answer(
        Query(order=order, limit=2, before=position_of(rest.items[0], order)), THINGS
    )
    last = answer(Query(order=order, limit=3, before=()), THINGS)

    assert ([t.id for t in first.items], first.more) == ([1, 4], True)
    assert ([t.id for t in rest.items], rest.more) == ([3, 2], False)
    assert ([t.id for t in back.items], back.more) == ([1, 4], False)
    assert ([t.id for t in last.items], last.more) == ([4, 3, 2], True)


def test_a_mapping_has_fields_as_well():
    assert value_of({"id": 3}, "id") == 3
    assert value_of({}, "id") is None


def test_values_that_have_no_order_are_sorted_all_the_same():
    odd = [{"id": 1, "x": "b"}, {"id": 2, "x": 3}, {"id": 3, "x": math.nan}]

    some = answer(Query(order=(Order("x"), Order("id"))), odd)

    assert [each["id"] for each in some.items] == [2, 1, 3]


values = st.one_of(st.none(), st.integers(-3, 3))
rows = st.lists(st.tuples(values, values), max_size=30)
orders = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.booleans()), max_size=2, unique_by=str
)


@given(rows, orders, st.integers(1, 7))
def test_pages_behind_and_before_cursors_are_the_whole_list(rows, orders, limit):
    items = [{"id": n, "a": a, "b": b} for n, (a, b) in enumerate(rows)]
    order = (*(Order(name, down) for name, down in orders), Order("id"))
    whole = answer(Query(order=order, limit=100), items).items

    forth, position, more = [], (), True
    while more:
        some = answer(Query(order=order, limit=limit, after=position), items)
        forth += some.items
        more = some.more
        position = position_of(some.items[-1], order) if some.items else ()
    back, position, more = [], (), True
    while more:
        some = answer(Query(order=order, limit=limit, before=position), items)
        back = [*some.items, *back]
        more = some.more
        position = position_of(some.items[0], order) if some.items else ()

    assert forth == back == whole

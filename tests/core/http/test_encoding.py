"""Data to JSON, and the place of what cannot be JSON."""

import json
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from segue.core.errors import WalkError
from segue.core.http.encoding import encode_json, json_error

LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text()


class Customer:
    pass


class Order(msgspec.Struct):
    number: int = 1
    customer: Any = None


@dataclass
class Node:
    children: list[Any]
    parent: Any = None


@dataclass(slots=True)
class Slotted:
    value: Any


@dataclass(slots=True)
class Pair:
    first: Any
    second: Any


class Attrs:
    """The one thing of an attrs class that is looked at."""

    def __init__(self, **values):
        names = [type("Attribute", (), {"name": name}) for name in values]
        self.__attrs_attrs__ = names
        self.__dict__.update(values)


def test_data_is_encoded():
    data = {
        "order": Order(),
        "at": datetime(2024, 1, 1, tzinfo=UTC),
        "price": Decimal("1.10"),
        "tags": {"a"},
    }

    assert encode_json(data) == (
        b'{"order":{"number":1,"customer":null},"at":"2024-01-01T00:00:00Z",'
        b'"price":"1.10","tags":["a"]}'
    )


@given(
    st.recursive(
        LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_what_is_encoded_can_be_read_by_others(data):
    assert json.loads(encode_json(data)) == data


def _dict_cycle():
    data: dict[str, Any] = {"name": "root"}
    data["me"] = data
    return data


def _list_cycle():
    data: list[Any] = [1, [2]]
    data[1].append({"key with space": data[1]})
    return data


def _class_cycle():
    root = Node([])
    root.children += [Node([]), Node([], parent=root)]
    return {"root": root}


def _struct_cycle():
    order = Order()
    order.customer = ([order],)
    return order


@pytest.mark.parametrize(
    ("build", "places"),
    [
        (_dict_cycle, ("$.me is $ again",)),
        (_list_cycle, ("$[1][1]['key with space'] is $[1] again",)),
        (_class_cycle, ("$.root.children[1].parent is $.root again",)),
        (_struct_cycle, ("$.customer[0][0] is $ again",)),
    ],
)
def test_a_cycle_is_named(build, places):
    with pytest.raises(WalkError, match="SG-HTTP-006") as caught:
        encode_json(build())

    assert all(place in str(caught.value) for place in places)
    assert isinstance(caught.value.__cause__, RecursionError)


def test_the_same_value_twice_is_no_cycle():
    shared = {"a": [1]}

    assert encode_json([shared, shared, {"b": shared}]) == (
        b'[{"a":[1]},{"a":[1]},{"b":{"a":[1]}}]'
    )


def test_a_cycle_is_found_beside_values_that_are_shared():
    shared = {"a": [1]}
    data = [shared, shared]
    data.append({"up": data})

    with pytest.raises(WalkError, match=r"\$\[2\]\.up is \$ again"):
        encode_json(data)


def test_data_that_is_too_deep_is_told_apart_from_a_cycle():
    data: list[Any] = []
    for _ in range(100_000):
        data = [data]

    with pytest.raises(WalkError, match="nested deeper") as caught:
        encode_json(data)

    assert caught.value.problem.code == "SG-HTTP-006"
    while data:  # taken apart by hand: letting go of it all at once is deep as well
        data = data.pop()


def test_an_object_that_lacks_a_field_is_named():
    class Account(msgspec.Struct):
        id: int
        email: str

    blank = Account(1, "a")
    del blank.id

    with pytest.raises(WalkError, match="SG-VIEW-008") as caught:
        encode_json({"accounts": [Account(1, "b"), blank]})

    assert "$.accounts[1] is a " in caught.value.problem.what
    assert "'id'" in caught.value.problem.what


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (Customer(), "$ is a Customer"),
        ({"orders": [{"customer": Customer()}]}, "$.orders[0].customer is a Customer"),
        ({"a": 1, "b": Order(customer=Customer())}, "$.b.customer is a Customer"),
        ([Slotted([Customer()])], "$[0].value[0] is a Customer"),
        ([{(1, 2): 3}], "$[0] is a dict"),
        ({3: Customer()}, "$[3] is a Customer"),
        ({"text": "\ud800"}, "$.text is a str"),
    ],
)
def test_a_value_that_cannot_be_json_is_named(data, place):
    with pytest.raises(WalkError, match="SG-HTTP-007") as caught:
        encode_json(data)

    assert place in str(caught.value)


def test_the_fields_of_attrs_classes_are_searched():
    error = json_error(Attrs(a=1, b=[Customer()]), TypeError("no"))

    assert "$.b[0] is a Customer" in str(error)


def test_a_cycle_beside_a_wrong_value_does_not_lead_the_search_astray():
    data: dict[str, Any] = {"a": []}
    data["a"].append(data["a"])
    data["b"] = Customer()

    error = json_error(data, TypeError("no"))

    assert "$.b is a Customer" in str(error)


def test_a_wrong_key_that_leads_back_does_not_lead_in_circles():
    data: dict[Any, Any] = {}
    data[1, 2] = data

    with pytest.raises(WalkError, match=r"\$ is a dict"):
        encode_json(data)


def test_a_container_that_json_does_not_know_is_named_itself():
    order = Order()
    order.customer = deque([order])

    with pytest.raises(WalkError, match=r"\$\.customer is a deque"):
        encode_json(order)


def test_a_field_without_a_value_is_passed_over():
    pair = object.__new__(Pair)
    pair.second = Customer()

    with pytest.raises(WalkError, match=r"\$\.second is a Customer"):
        encode_json(pair)

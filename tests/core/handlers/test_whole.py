"""Whole numbers that are spelt with a point, and defaults that msgspec leaves out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, TypedDict

import attrs
import hypothesis.strategies as st
import msgspec
import pytest
from annotated_types import Ge
from hypothesis import given

from segue import App, FromQuery
from segue.core.handlers.whole import completer, whole_numbers
from segue.testing import Client


class Item(msgspec.Struct):
    copies: Annotated[int, Ge(1)]
    price: float = 0.5


@dataclass
class Point:
    x: int = 1
    y: list[int] = field(default_factory=list)
    z: "Point | None" = None


@dataclass(slots=True)
class Slotted:
    x: int = 1


@dataclass
class Shape:
    sides: int = 4
    name: str = "square"


@attrs.define
class Frame:
    corner: Point


class Named(TypedDict):
    point: Point


class Row(NamedTuple):
    point: Point


class Cat(msgspec.Struct, tag=True):
    at: Point


class Dog(msgspec.Struct, tag=True):
    at: int


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        (b"1.0", b"1"),
        (b"-0.0", b"0"),
        (b"[1.50, 2.00]", b"[1.50, 2]"),
        (b"1e3", b"1000"),
        (b"1.5E1", b"15"),
        (b"1e400", b"1e400"),
        (b"1e-1", b"1e-1"),
        (b'"1.0"', b'"1.0"'),
        (b'{"a\\"1.0": 12}', b'{"a\\"1.0": 12}'),
    ],
)
def test_whole_numbers_are_spelt_without_a_point(text, spelt):
    assert whole_numbers(text) == spelt


@given(st.recursive(st.floats(-1e6, 1e6) | st.text() | st.integers(), st.lists))
def test_a_text_says_the_same_afterwards(data):
    text = json.dumps(data).encode()

    assert json.loads(whole_numbers(text)) == data


@pytest.mark.feature("M-053")
def test_a_body_may_spell_whole_numbers_with_a_point():
    app = App()

    @app.post("/x")
    def x(item: Item) -> Item:
        return item

    client = Client(app)

    def post(text):
        headers = {"content-type": "application/json"}
        return client.post("/x", content=text.encode(), headers=headers)

    assert post('{"copies": 3.0, "price": 1.25}').json() == {"copies": 3, "price": 1.25}
    assert post('{"copies": 1e2}').json()["copies"] == 100
    assert post('{"copies": 0.0}').json()["errors"][0]["code"] == "too_small"
    assert post('{"copies": 1.5}').json()["errors"][0]["code"] == "type"
    assert post('{"copies": 1.0.5}').status == 400


@pytest.mark.parametrize(
    ("hint", "data", "left"),
    [
        (Point, {}, {"x": 1, "y": [], "z": None}),
        (
            Point,
            {"z": {"x": 3}},
            {"x": 1, "y": [], "z": {"x": 3, "y": [], "z": None}},
        ),
        (list[Point], [{}], [{"x": 1, "y": [], "z": None}]),
        (list[Point] | None, None, None),
        (dict[str, Point], {"a": {}}, {"a": {"x": 1, "y": [], "z": None}}),
        (tuple[int, Point], [1, {}], [1, {"x": 1, "y": [], "z": None}]),
        (Frame, {"corner": {}}, {"corner": {"x": 1, "y": [], "z": None}}),
        (Named, {"point": {}}, {"point": {"x": 1, "y": [], "z": None}}),
        (Row, [{}], [{"x": 1, "y": [], "z": None}]),
        (
            Cat | Dog,
            {"type": "Cat", "at": {}},
            {"type": "Cat", "at": {"x": 1, "y": [], "z": None}},
        ),
        (Cat | Dog, {"type": "Dog", "at": 1}, {"type": "Dog", "at": 1}),
        (Point | None, None, None),
    ],
)
def test_the_defaults_of_dataclasses_leave_with_them(hint, data, left):
    value = msgspec.json.decode(json.dumps(data).encode(), type=hint)
    complete = completer(hint)

    assert complete is not None
    complete(value)
    assert json.loads(msgspec.json.encode(value)) == left


@pytest.mark.parametrize(
    "hint", [int, Slotted, Item, list[int], Mapping[str, Any], Any]
)
def test_most_types_have_nothing_to_complete(hint):
    assert completer(hint) is None


def test_what_came_in_leaves_as_a_whole():
    app = App()

    @app.post("/x")
    def body(point: Point) -> Point:
        return point

    @app.get("/x")
    def query(shape: Annotated[Shape, FromQuery]) -> Shape:
        return shape

    client = Client(app)

    assert client.post("/x", json={}).json() == {"x": 1, "y": [], "z": None}
    assert client.get("/x").json() == {"sides": 4, "name": "square"}

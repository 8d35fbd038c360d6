"""What is declared is what leaves."""

import dataclasses
import enum
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, Optional, TypedDict, TypeVar

import msgspec
import pytest

from segue import JSON, Response
from segue.core.errors import WalkError
from segue.core.handlers.outputs import answer_holder, exactly, holder

T = TypeVar("T")


class Public(msgspec.Struct):
    name: str


class User(Public):
    password: str = "secret"


class Order(msgspec.Struct, rename="camel"):
    first_owner: Public
    items: list[Public] = []
    by_name: dict[str, Public] = {}
    second: Public | None = None
    pair: tuple[Public, int] | None = None


class Page(msgspec.Struct, Generic[T]):
    items: list[T]


class Tree(msgspec.Struct):
    name: str
    kids: list["Tree"] = []


class Leaf(Tree):
    password: str = "secret"


class Cat(msgspec.Struct, tag="cat"):
    owner: Public


class Maybe(msgspec.Struct):
    name: str | msgspec.UnsetType = msgspec.UNSET


class Nested(msgspec.Struct):
    order: Order


class Twice(msgspec.Struct):
    left: Cat
    right: Cat


@dataclasses.dataclass
class Point:
    owner: Public


@dataclasses.dataclass
class Secret(Point):
    password: str = "secret"


class Entry(TypedDict):
    owner: Public


class Row:
    """What another library loads from a table."""

    def __init__(self, **values):
        vars(self).update(values)

    def __repr__(self):
        return f"Row({vars(self)})"


class Colour(enum.Enum):
    RED = "red"


USER = User("ann")


def left(hint, answer):
    """Give what leaves, as data."""
    held = answer_holder(hint)(answer)
    return msgspec.json.decode(msgspec.json.encode(held))


ANN = {"name": "ann"}
HELD = [
    (Public, USER, ANN),
    (Public, {"name": "ann", "password": "x"}, ANN),
    (Public, Row(name="ann", password="x"), ANN),
    (Public, Row(password="x"), {}),
    (Annotated[Public, "marked"], USER, ANN),
    (Public | None, USER, ANN),
    (Optional[Public], {"name": "ann", "password": "x"}, ANN),  # noqa: UP045
    (list[Public], [USER, Public("bob")], [ANN, {"name": "bob"}]),
    (list[Public], (USER,), [ANN]),
    (Sequence[Public], [USER], [ANN]),
    (dict[str, Public], {"a": USER}, {"a": ANN}),
    (Mapping[str, list[Public]], {"a": [USER]}, {"a": [ANN]}),
    (tuple[Public, str], (USER, "x"), [ANN, "x"]),
    (tuple[Public, ...], (USER,), [ANN]),
    (Page[Public], Page([USER]), {"items": [ANN]}),
    (Tree, Tree("a", [Leaf("b")]), {"name": "a", "kids": [{"name": "b", "kids": []}]}),
    (Cat, Cat(USER), {"type": "cat", "owner": ANN}),
    (Point, Secret(USER), {"owner": ANN}),
    (Point, Point(USER), {"owner": ANN}),
    (Entry, {"owner": USER, "password": "x"}, {"owner": ANN}),
    (Public | Point, USER, ANN),
    (Public | Point, Secret(USER), {"owner": ANN}),
    (Public | Point, {"owner": USER, "password": "x"}, {"owner": ANN}),
    (Public | Point, Row(name="ann", password="x"), ANN),
    (Public | str, "x", "x"),
    (list[Public] | int, [USER], [ANN]),
    (list[Public] | int, {"a": 1}, {"a": 1}),
    (Maybe, Row(password="x"), {}),
    (
        Order,
        Order(USER, [USER], {"a": USER}, USER, (USER, 1)),
        {
            "firstOwner": ANN,
            "items": [ANN],
            "byName": {"a": ANN},
            "second": ANN,
            "pair": [ANN, 1],
        },
    ),
    (Order, {"firstOwner": USER, "password": "x"}, {"firstOwner": ANN}),
]


@pytest.mark.parametrize(("hint", "answer", "expected"), HELD, ids=str)
@pytest.mark.feature("M-054")
def test_only_the_declared_fields_leave(hint, answer, expected):
    assert left(hint, answer) == expected


@pytest.mark.parametrize(
    ("hint", "answer"),
    [
        (Public, Public("ann")),
        (list[Public], [Public("ann")]),
        (dict[str, Public], {"a": Public("ann")}),
        (Order, Order(Public("a"), [Public("b")], {"c": Public("d")})),
        (Entry, {"owner": Public("a")}),
        (Public, None),
        (Public, "text"),
        (Public, Response("x")),
        (Public, JSON(USER)),
        (Public, 3),
        (Public, Colour.RED),
        (list[Public], 3),
        (dict[str, Public], 3),
        (tuple[Public, str], 3),
    ],
    ids=str,
)
def test_what_needs_no_holding_back_is_the_same_object(hint, answer):
    assert answer_holder(hint)(answer) is answer


@pytest.mark.parametrize(
    "hint",
    [int, str, int | str, dict, list, list[int], Any, str | None, Response, tuple],
    ids=str,
)
def test_a_hint_without_fields_holds_nothing(hint):
    assert holder(hint) is None
    assert answer_holder(hint) is None


def test_an_answer_with_a_status_is_held_too():
    for hint in (Public, tuple[Public, int]):
        assert answer_holder(hint)((USER, 201)) == (Public("ann"), 201)


def test_a_circle_is_named(ask):
    def handler() -> Tree:
        tree = Leaf("a")
        tree.kids.append(tree)
        return tree

    tree = Leaf("a")
    tree.kids.append(tree)

    with pytest.raises(WalkError, match="SG-HTTP-006"):
        answer_holder(Tree)(tree)
    with pytest.raises(Exception, match="SG-HTTP-006"):
        ask(handler)


def fits(hint, value):
    names = {}
    exact = exactly(hint, "value", names)
    found = {**names, "value": value}
    exec("\n".join(exact.lines()), found)
    return found["exact_"]


def test_the_written_test_takes_exact_values_only():
    assert fits(Public, Public("a")) is True
    assert fits(Public, USER) is False
    assert fits(list[Public], [Public("a")]) is True
    assert fits(list[Public], [Public("a"), USER]) is False
    assert fits(dict[str, Public], {"a": Public("a")}) is True
    assert fits(dict[str, Public], {"a": USER}) is False
    assert fits(Twice, Twice(Cat(Public("a")), Cat(Public("b")))) is True
    assert fits(Twice, Twice(Cat(Public("a")), Cat(USER))) is False
    assert fits(Page[Public], Page([USER])) is False


@pytest.mark.parametrize(
    "hint",
    [Order, Nested, Point, Entry, Public | None, Public | Point, list[Order], Tree],
    ids=str,
)
def test_no_test_is_written_where_it_would_be_no_shorter(hint):
    assert exactly(hint, "value", {}) is None


def test_no_test_is_written_very_deep():
    assert exactly(Public, "a.b.c.d.e.f.g", {}) is None


def answers(ask, returns, answer):
    def handler():
        return answer

    handler.__annotations__["return"] = returns
    return ask(handler)


@pytest.mark.parametrize(
    ("hint", "answer", "expected"),
    [
        (Public, Public("ann"), ANN),
        (Public, USER, ANN),
        (Public, {"name": "ann", "password": "x"}, ANN),
        (list[Public], [USER], [ANN]),
        (Twice, Twice(Cat(USER), Cat(Public("ann"))), None),
        (Public | None, USER, ANN),
        (Point, Secret(USER), {"owner": ANN}),
        (tuple[Public, int], (USER, 200), ANN),
        (tuple[Public, Literal[200, 201]], (USER, 200), ANN),
    ],
    ids=str,
)
def test_a_handler_lets_out_what_it_declares(ask, hint, answer, expected):
    response = answers(ask, hint, answer)

    assert "password" not in response.text
    assert expected is None or response.json() == expected


def test_a_declared_answer_may_still_be_a_response_or_nothing(ask):
    assert answers(ask, Public, Response("x", 404)).status == 404
    assert answers(ask, Public, None).status == 204
    assert answers(ask, str, Response("x", 404)).status == 404

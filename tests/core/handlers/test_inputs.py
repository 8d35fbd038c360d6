"""Which types are text of a query, which are a body."""

import dataclasses
import datetime as dt
import decimal
import enum
import sys
import uuid
from collections.abc import Mapping, Sequence
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    TypedDict,
    TypeVar,
)

import msgspec
import pytest

from segue.core.handlers.inputs import (
    bare,
    classes_of,
    fields_of,
    is_body,
    is_optional,
    is_record,
    is_repeated,
    is_scalar,
    members_of,
    values_of,
)

T = TypeVar("T")


class Colour(enum.Enum):
    RED = "red"


class Item(msgspec.Struct, rename="camel"):
    unit_price: int


class Row(msgspec.Struct, array_like=True):
    sku: str


class Box(msgspec.Struct, Generic[T]):
    content: T


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0


class Size:
    """What attrs makes of a class, as far as it is looked at."""

    __attrs_attrs__ = ()
    width: int

    def __init__(self, width):
        self.width = width


class Entry(TypedDict):
    name: str


class Pair(NamedTuple):
    left: int


class Plain:
    pass


UserId = NewType("UserId", int)

SCALARS = [
    str,
    int,
    float,
    bool,
    bytes,
    decimal.Decimal,
    uuid.UUID,
    dt.date,
    dt.datetime,
    dt.time,
    dt.timedelta,
    Colour,
    Literal["a", 1],
    Any,
    UserId,
    int | None,
    int | str,
    Annotated[int, "marked"],
]
RECORDS = [Item, Point, Size, Entry, Box[int], Item | None, Annotated[Point, "marked"]]
BODIES = [
    *RECORDS,
    Row,
    Pair,
    dict,
    dict[str, int],
    Mapping[str, int],
    list[Item],
    tuple[Item, ...],
    Item | Point,
]
REPEATED = [
    list,
    list[int],
    set[str],
    frozenset[int],
    tuple[int, ...],
    tuple[int, str],
    Sequence[Colour],
    list[int] | None,
]


@pytest.mark.parametrize("hint", SCALARS, ids=str)
def test_one_piece_of_text_is_a_scalar(hint):
    assert is_scalar(hint)
    assert not is_repeated(hint)
    assert not is_body(hint)


@pytest.mark.parametrize("hint", REPEATED, ids=str)
def test_several_pieces_of_text_are_repeated(hint):
    assert is_repeated(hint)
    assert not is_scalar(hint)
    assert not is_body(hint)


@pytest.mark.parametrize("hint", BODIES, ids=str)
def test_what_has_a_shape_is_a_body(hint):
    assert is_body(hint)
    assert not is_scalar(hint)
    assert not is_repeated(hint)


def test_a_record_is_one_object_of_named_fields():
    assert all(map(is_record, RECORDS))
    assert not any(map(is_record, [Row, Pair, dict, list[Item], Item | Point, T, str]))


@pytest.mark.parametrize("hint", [Plain, complex, T, type(None), list[Plain]], ids=str)
def test_other_types_come_from_no_request(hint):
    assert not is_scalar(hint)
    assert not is_body(hint)
    assert not is_repeated(hint)


def test_marks_and_new_names_are_taken_off():
    assert bare(Annotated[UserId, "marked"]) is int


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = ...` is new in 3.12")
def test_an_alias_is_taken_off():
    namespace = {}
    exec("type Names = list[str]", namespace)

    assert bare(namespace["Names"]) == list[str]
    assert is_repeated(namespace["Names"])


def test_a_union_has_members_and_classes():
    assert members_of(int | str | None) == (int, str)
    assert classes_of(Box[int] | None) == (Box,)
    assert classes_of(T) == ()
    assert is_optional(int | None)
    assert not is_optional(int | str)


def test_the_fields_of_a_record_have_their_names_on_the_wire():
    assert fields_of(Item | None) == {"unitPrice": int}
    assert fields_of(Box[int]) == {"content": int}
    assert fields_of(Point) == {"x": int, "y": int}
    assert fields_of(Entry) == {"name": str}
    assert fields_of(Size) == {"width": int}


def test_the_values_of_a_record_are_found_whatever_it_is():
    assert values_of(Item(3)) == {"unitPrice": 3}
    assert values_of(Point(1)) == {"x": 1, "y": 0}
    assert values_of({"name": "x"}) == {"name": "x"}
    assert values_of(Size(4)) == {"width": 4}

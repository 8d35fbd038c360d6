"""Every kind of hint has a shape, and no hint at all is an error."""

import collections
import datetime as dt
import decimal
import enum
import sys
import typing
import uuid
from collections.abc import (
    Callable,
    Collection,
    Mapping,
    MutableMapping,
    Sequence,
    Set as AbstractSet,
)
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Final,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    TypedDict,
    TypeVar,
)

import attrs
import hypothesis.strategies as st
import msgspec
import pydantic
import pytest
from annotated_types import Ge, Le, Len, MaxLen, Predicate, Timezone
from hypothesis import given
from msgspec import Meta, UnsetType
from typing_extensions import ReadOnly, TypeAliasType

from segue.core.schema.describe import bare, describe, marks_of, name_of
from segue.core.schema.marks import Describe, Pattern
from segue.core.schema.shape import SCALARS, Bounds, Kind, Shape

T = TypeVar("T")
Small = TypeVar("Small", bound=int)
Chosen = TypeVar("Chosen", int, str)


class Colour(enum.Enum):
    """The colours there are."""

    RED = "red"
    BLUE = "blue"


class Size(enum.IntEnum):
    S = 1


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class Node(msgspec.Struct):
    """A node.

    It has nodes.
    """

    children: list["Node"]
    parent: "Node | None" = None


class Cat(msgspec.Struct, tag=True, forbid_unknown_fields=True):
    name: str


class Dog(msgspec.Struct, tag_field="kind", tag=3):
    name: str


class Row(msgspec.Struct, array_like=True):
    sku: str


class Box(msgspec.Struct, Generic[T]):
    content: T


@dataclass
class Point:
    x: int


@attrs.define
class Width:
    width: int


class Entry(TypedDict):
    name: str
    age: NotRequired[Annotated[int, Ge(0)]]


class Pair(NamedTuple):
    left: int


class Model(pydantic.BaseModel):
    """A model of somebody else."""

    a: int


class Plain:
    pass


class Money:
    @classmethod
    def __shape__(cls, *arguments):
        return Shape(Kind.STR, cls, "Money", inner=tuple(map(describe, arguments)))

    def __class_getitem__(cls, argument):
        return typing._GenericAlias(cls, (argument,))


class Failing:
    @classmethod
    def __shape__(cls):
        raise RuntimeError


class Hostile:
    def __getattr__(self, name):
        raise RuntimeError(name)


UserId = NewType("UserId", Annotated[int, Ge(1)])
Names = TypeAliasType("Names", list[str])
Several = TypeAliasType("Several", list[T], type_params=(T,))
Endless = TypeAliasType("Endless", "list[Endless] | int")

KINDS = [
    (Any, Kind.ANY),
    (object, Kind.ANY),
    (msgspec.Raw, Kind.ANY),
    (T, Kind.ANY),
    (Small, Kind.INT),
    (Chosen, Kind.UNION),
    (None, Kind.NONE),
    (type(None), Kind.NONE),
    (Literal[None], Kind.NONE),
    (None | UnsetType, Kind.NONE),
    (bool, Kind.BOOL),
    (int, Kind.INT),
    (float, Kind.FLOAT),
    (str, Kind.STR),
    (bytes, Kind.BYTES),
    (bytearray, Kind.BYTES),
    (memoryview, Kind.BYTES),
    (decimal.Decimal, Kind.DECIMAL),
    (uuid.UUID, Kind.UUID),
    (dt.date, Kind.DATE),
    (dt.datetime, Kind.DATETIME),
    (dt.time, Kind.TIME),
    (dt.timedelta, Kind.TIMEDELTA),
    (Colour, Kind.ENUM),
    (Size, Kind.ENUM),
    (Rights, Kind.ENUM),
    (Literal["a", 1], Kind.LITERAL),
    (list, Kind.LIST),
    (list[int], Kind.LIST),
    (typing.List, Kind.LIST),  # noqa: UP006
    (Sequence[int], Kind.LIST),
    (Collection[int], Kind.LIST),
    (tuple, Kind.LIST),
    (typing.Tuple, Kind.LIST),  # noqa: UP006
    (tuple[int, ...], Kind.LIST),
    (set[int], Kind.SET),
    (frozenset[int], Kind.SET),
    (AbstractSet[int], Kind.SET),
    (tuple[int, str], Kind.TUPLE),
    (tuple[()], Kind.TUPLE),
    (dict, Kind.MAPPING),
    (dict[str, int], Kind.MAPPING),
    (Mapping[str, int], Kind.MAPPING),
    (MutableMapping, Kind.MAPPING),
    (Node, Kind.RECORD),
    (Box[int], Kind.RECORD),
    (Point, Kind.RECORD),
    (Width, Kind.RECORD),
    (Entry, Kind.RECORD),
    (Row, Kind.ROW),
    (Pair, Kind.ROW),
    (int | str, Kind.UNION),
    (typing.Union[int, str], Kind.UNION),
    (Model, Kind.FOREIGN),
    (Money, Kind.STR),
    (Money[int], Kind.STR),
    (UserId, Kind.INT),
    (Names, Kind.LIST),
    (Several[int], Kind.LIST),
    (Final[int], Kind.INT),
    (ReadOnly[int], Kind.INT),
    (Annotated[int, []], Kind.INT),
]
NO_DATA = [
    Plain,
    Failing,
    Hostile(),
    complex,
    collections.deque,
    type,
    Callable[[int], str],
    lambda: 0,
    typing.Union,
    typing.Optional,
    Literal,
    "text",
    3,
    ...,
    [],
    {},
    tuple.__class_getitem__,
    msgspec.msgpack.Ext,
]


@pytest.mark.parametrize(("hint", "kind"), KINDS, ids=str)
@pytest.mark.feature("M-057")
def test_a_hint_has_its_kind(hint, kind):
    assert describe(hint).kind is kind


@pytest.mark.parametrize("hint", NO_DATA, ids=lambda hint: type(hint).__name__)
def test_what_is_no_data_is_something_else(hint):
    assert describe(hint) == Shape(Kind.OTHER, hint)


@given(st.from_type(type) | st.integers() | st.text() | st.functions())
def test_no_object_is_an_error(hint):
    assert isinstance(describe(hint), Shape)
    assert isinstance(describe(list[hint]), Shape)


def test_one_text_can_be_any_scalar():
    assert {describe(hint).kind for hint in (int, str, Colour, dt.date)} <= SCALARS


@pytest.mark.parametrize("hint", [int | None, typing.Optional[int], None | int])
def test_an_optional_is_its_type_and_nullable(hint):
    assert describe(hint) == Shape(Kind.INT, int, nullable=True)


def test_an_optional_keeps_marks_inside_and_outside():
    shape = describe(Annotated[Annotated[int, Ge(1)] | None, Le(5)])

    assert shape == Shape(
        Kind.INT,
        int,
        nullable=True,
        bounds=Bounds(ge=1, le=5),
        marks=(Ge(1), Le(5)),
    )


def test_what_may_be_unset_is_its_type():
    shape = describe(int | UnsetType | None)

    assert shape == Shape(Kind.INT, int, nullable=True, unsettable=True)


def test_a_union_has_its_members_and_none_apart():
    shape = describe(int | str | None)

    assert shape.hint == int | str
    assert shape.nullable
    assert [each.kind for each in shape.inner] == [Kind.INT, Kind.STR]


def test_a_union_inside_a_union_is_one():
    inner = NewType("inner", int | None | str)

    assert [each.kind for each in describe(inner | list[int]).inner] == [
        Kind.INT,
        Kind.STR,
        Kind.LIST,
    ]
    assert describe(inner | list[int]).nullable


def test_a_marked_union_inside_a_union_stays_by_itself():
    inner = Annotated[int | str, Describe(title="Key")]

    assert [each.kind for each in describe(typing.Union[inner, bytes]).inner] == [
        Kind.UNION,
        Kind.BYTES,
    ]


def test_each_bound_of_a_union_goes_to_the_members_it_is_about():
    def predicate(value):
        return True

    shape = describe(
        Annotated[
            int | str | list[int] | dt.datetime | bool | Colour,
            Ge(2),
            Len(1, 3),
            Pattern("^a"),
            Timezone(...),
            Predicate(predicate),
        ]
    )

    assert [each.bounds for each in shape.inner] == [
        Bounds(ge=2),
        Bounds(min_length=1, max_length=3, patterns=("^a",)),
        Bounds(min_length=1, max_length=3),
        Bounds(ge=2, tz=True),
        Bounds(),
        Bounds(),
    ]
    assert shape.bounds == Bounds(predicates=(predicate,))


def test_items_keys_and_values_are_inside():
    assert [each.kind for each in describe(dict[str, list[int]]).inner] == [
        Kind.STR,
        Kind.LIST,
    ]
    assert [each.kind for each in describe(dict).inner] == [Kind.ANY, Kind.ANY]
    assert [each.kind for each in describe(list).inner] == [Kind.ANY]
    assert [each.kind for each in describe(tuple[int, ...]).inner] == [Kind.INT]
    assert [each.kind for each in describe(tuple[int, str]).inner] == [
        Kind.INT,
        Kind.STR,
    ]


def test_a_literal_has_its_values_and_none_apart():
    shape = describe(Literal["a", 1, None])

    assert shape.values == ("a", 1)
    assert shape.nullable
    assert not describe(Literal["a"]).nullable


def test_an_enum_has_what_is_on_the_wire():
    assert describe(Colour) == Shape(
        Kind.ENUM,
        Colour,
        "Colour",
        values=("red", "blue"),
        doc="The colours there are.",
    )
    assert describe(Rights).values == ()


def test_a_class_that_contains_itself_is_described_level_by_level():
    children, parent = describe(Node).fields()

    (item,) = children.shape.inner
    assert item == describe(Node)
    assert parent.shape.kind is Kind.RECORD
    assert parent.shape.nullable


def endless():
    """Make an alias that contains itself; before 3.12 there is no honest way."""
    if sys.version_info >= (3, 12):
        namespace = {}
        exec("type Json = list[Json] | dict[str, Json] | int", namespace)
        return namespace["Json"]
    alias = TypeAliasType("Json", int)
    object.__setattr__(alias, "__value__", list[alias] | dict[str, alias] | int)
    return alias


def test_an_alias_that_contains_itself_ends():
    listed, mapped, number = describe(endless()).inner

    assert listed.inner[0].kind is Kind.OTHER
    assert mapped.inner[1].kind is Kind.OTHER
    assert number.kind is Kind.INT


def test_a_struct_tells_its_tag_and_whether_it_takes_more():
    assert (describe(Cat).tag_field, describe(Cat).tag) == ("type", "Cat")
    assert (describe(Dog).tag_field, describe(Dog).tag) == ("kind", 3)
    assert describe(Node).tag is None
    assert describe(Cat).forbids_unknown
    assert not describe(Dog).forbids_unknown
    assert not describe(Point).forbids_unknown
    assert describe(Pair).forbids_unknown


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        (Node, "Node"),
        (Box[int], "Box[int]"),
        (Box[Node | None], "Box[Node | None]"),
        (Box[dict[str, Annotated[int, Ge(1)]]], "Box[dict[str, int]]"),
        (Box[Literal["a"]], "Box[Literal['a']]"),
        (Model, "Model"),
        (Colour, "Colour"),
        (int, None),
        (list[Node], None),
    ],
    ids=str,
)
def test_a_class_has_its_name(hint, name):
    assert describe(hint).name == name


def test_a_full_name_has_the_modules():
    assert name_of(Box[Node], full=True) == f"{__name__}.Box[{__name__}.Node]"
    assert name_of(Box[int | None], full=True) == f"{__name__}.Box[int | None]"


def test_a_docstring_is_kept_if_somebody_wrote_it():
    class Shade(enum.Enum):
        """An enumeration."""

        DARK = 1

    assert describe(Node).doc == "A node.\n\nIt has nodes."
    assert describe(Model).doc == "A model of somebody else."
    assert describe(Shade).doc is None
    assert describe(Point).doc is None
    assert describe(Pair).doc is None
    assert describe(Cat).doc is None


def test_marks_are_kept_from_inside_to_outside():
    shape = describe(Annotated[UserId, "marked", Describe(title="Key"), Le(9)])

    assert shape.hint is int
    assert shape.marks == (Ge(1), "marked", Describe(title="Key"), Le(9))
    assert shape.bounds == Bounds(ge=1, le=9)
    assert shape.notes.title == "Key"
    assert marks_of(Annotated[UserId, "marked"]) == (Ge(1), "marked")
    assert bare(Annotated[UserId, "marked"]) is int


def test_marks_stand_where_msgspec_refuses_its_own():
    shape = describe(Annotated[decimal.Decimal | None, Meta(ge=0, title="Price")])

    assert shape.bounds == Bounds(ge=0)
    assert shape.notes.title == "Price"


def test_aliases_are_filled_with_their_arguments():
    assert describe(Several[Annotated[str, MaxLen(3)]]).inner[0].bounds.max_length == 3
    assert describe(Names).hint == list[str]


def test_a_class_may_tell_its_own_shape():
    assert describe(Money[int] | None) == Shape(
        Kind.STR, Money, "Money", nullable=True, inner=(Shape(Kind.INT, int),)
    )


def test_an_alias_whose_text_names_nothing_is_something_else():
    assert describe(Endless).kind is Kind.OTHER

"""The fields of classes, whatever library they were written with."""

import collections
import dataclasses
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    NamedTuple,
    NotRequired,
    Required,
    TypedDict,
    TypeVar,
)

import attrs
import msgspec
import pytest

from segue.core.schema.describe import describe
from segue.core.schema.fields import fill, hints_of, read_fields
from segue.core.types import UNSET

T = TypeVar("T")
U = TypeVar("U")


class Item(msgspec.Struct, rename="camel"):
    unit_price: int
    tags: list[str] = []
    note: str | None = None


class Thin(msgspec.Struct, omit_defaults=True):
    must: int
    may: int = 3
    gone: int | msgspec.UnsetType = msgspec.UNSET


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0
    z: list[int] = dataclasses.field(default_factory=list)
    kind: ClassVar[str] = "point"
    start: dataclasses.InitVar[int] = 0


@attrs.define
class Size:
    width: int
    height: int = 3
    parts: list[int] = attrs.Factory(list)
    area: int = attrs.Factory(lambda self: self.width, takes_self=True)


class Pair(NamedTuple):
    left: int
    right: str = "r"


class Entry(TypedDict, total=False):
    name: Required[str]
    age: int


class Longer(Entry):
    size: int
    more: NotRequired[int]
    noted: Annotated[NotRequired[int], "marked"]


@dataclasses.dataclass
class Box(Generic[T]):
    content: T
    others: list[T] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(kw_only=True)
class Labelled(Box[dict[str, U]], Generic[U]):
    label: U


class Numbers(Labelled[int]):
    pass


class Crate(TypedDict, Generic[T]):
    content: T


class Marked(Crate[list[T]], Generic[T]):
    mark: T


def names(hint):
    return [field.name for field in describe(hint).fields()]


def table(hint):
    return {
        field.name: (field.required, field.default, field.factory)
        for field in describe(hint).fields()
    }


def test_a_struct_tells_its_names_on_the_wire():
    fields = describe(Item).fields()

    assert [(each.name, each.wire) for each in fields] == [
        ("unit_price", "unitPrice"),
        ("tags", "tags"),
        ("note", "note"),
    ]
    assert table(Item) == {
        "unit_price": (True, UNSET, None),
        "tags": (False, UNSET, list),
        "note": (False, None, None),
    }


def test_a_struct_that_leaves_out_defaults_always_has_only_the_others():
    fields = {field.name: field for field in describe(Thin).fields()}

    assert [name for name, field in fields.items() if field.always] == ["must"]
    assert fields["gone"].default is UNSET
    assert not fields["gone"].required


def test_a_dataclass_has_only_its_real_fields():
    assert table(Point) == {
        "x": (True, UNSET, None),
        "y": (False, 0, None),
        "z": (False, UNSET, list),
    }
    assert all(field.always for field in describe(Point).fields())


def test_attrs_defaults_that_need_the_object_cannot_be_made():
    assert table(Size) == {
        "width": (True, UNSET, None),
        "height": (False, 3, None),
        "parts": (False, UNSET, list),
        "area": (False, UNSET, None),
    }


def test_attrs_without_hints_take_anything():
    loose = attrs.make_class("Loose", ["one"])

    assert [field.hint for field in describe(loose).fields()] == [Any]


def test_a_named_tuple_has_fields():
    assert table(Pair) == {"left": (True, UNSET, None), "right": (False, "r", None)}
    assert names(collections.namedtuple("Old", "a b")) == ["a", "b"]  # noqa: PYI024


def test_keys_are_required_as_the_typed_dict_says():
    required = {field.name: field.required for field in describe(Longer).fields()}

    assert required == {
        "name": True,
        "age": False,
        "size": True,
        "more": False,
        "noted": False,
    }
    assert all(field.always is field.required for field in describe(Longer).fields())


def test_type_variables_are_filled_in():
    assert hints_of(Box[int]) == {"content": int, "others": list[int]}
    assert hints_of(Box) == {"content": T, "others": list[T]}


def test_type_variables_of_inherited_classes_are_filled_in():
    assert hints_of(Labelled[str]) == hints_of(Numbers) | {
        "content": dict[str, str],
        "others": list[dict[str, str]],
        "label": str,
    }
    assert hints_of(Numbers)["content"] == dict[str, int]
    assert hints_of(Marked[int]) == {"content": list[int], "mark": int}


def test_only_what_has_a_variable_is_filled():
    assert fill(list[T], {T: int}) == list[int]
    assert fill(Annotated[T, "marked"], {T: int}) == Annotated[int, "marked"]
    assert fill(T, {}) is T
    assert fill(Box, {T: int}) is Box


def test_hints_that_name_nothing_leave_no_fields():
    @dataclasses.dataclass
    class Broken:
        one: "Nowhere"  # noqa: F821

    assert read_fields(Broken, describe) == ()


@pytest.mark.parametrize("hint", [int, 3, "text", None])
def test_what_is_no_class_of_fields_has_none(hint):
    assert read_fields(hint, describe) == ()

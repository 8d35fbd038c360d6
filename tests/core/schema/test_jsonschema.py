"""A schema tells the truth: what it takes is what msgspec takes, and the reverse."""

import datetime as dt
import enum
import json
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NotRequired,
    TypedDict,
    TypeVar,
)

import attrs
import hypothesis.strategies as st
import msgspec
import pydantic
import pytest
from annotated_types import Ge, MinLen
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from msgspec import UNSET, Meta, UnsetType

from segue.core.schema.describe import describe
from segue.core.schema.jsonschema import JsonSchemas
from segue.core.schema.marks import Describe, ReadOnly, WriteOnly
from segue.core.schema.shape import Kind, Shape

T = TypeVar("T")


class Colour(enum.Enum):
    """The colours there are."""

    RED = "red"
    BLUE = "blue"


class Size(enum.IntEnum):
    S = 1
    M = 2


class Rights(enum.IntFlag):
    READ = 1
    WRITE = 2


class Odd(enum.Enum):
    OBJECT = object()
    WORD = "word"


class Hopeless(enum.Enum):
    OBJECT = object()


class Item(msgspec.Struct, rename="camel"):
    """Something that is sold."""

    unit_price: Annotated[int, Meta(ge=0)]
    tags: list[str] = []
    note: str | None = None


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    a: int


class Thin(msgspec.Struct, omit_defaults=True):
    must: int
    may: int = 3
    gone: int | UnsetType = UNSET
    asked: int | UnsetType = 3


class Row(msgspec.Struct, array_like=True):
    a: int
    b: str = "b"


class Narrow(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    a: int
    b: int = 3


class Cell(msgspec.Struct, array_like=True, tag=True):
    a: int


class Nothing(msgspec.Struct, array_like=True):
    pass


class Cat(msgspec.Struct, tag="cat"):
    lives: int = 9


class Dog(msgspec.Struct, tag="dog"):
    friend: "Cat | Dog | None" = None


class One(msgspec.Struct, tag=1):
    a: int


class Two(msgspec.Struct, tag=2):
    a: int


class Node(msgspec.Struct):
    children: list["Node"] = []


class Box(msgspec.Struct, Generic[T]):
    content: T


@dataclass
class Point:
    x: int
    y: int = 0
    z: dict[str, int] = field(default_factory=dict)


@attrs.define
class Width:
    width: int
    parts: set[int] = attrs.Factory(set)


class Entry(TypedDict):
    name: str
    age: NotRequired[int]


class Pair(NamedTuple):
    left: int
    right: str = "r"


class Account(msgspec.Struct):
    name: str
    id: Annotated[int, ReadOnly()] = 0
    password: Annotated[str, WriteOnly()] = ""


class Model(pydantic.BaseModel):
    a: int


class Plain:
    pass


# A type, values that it takes, values that it does not.
TRUTHS = [
    (Any, [1, "a", None, {}], []),
    (None, [None], [0, ""]),
    (bool, [True], [1, "true"]),
    (int, [1, -(10**30)], ["1", 1.5, True, None]),
    (float, [1, 1.5], ["1", False]),
    (str, ["", "ä"], [1, None]),
    (bytes, ["", "YQ==", "YWJj"], ["Y", "a b=", "ä", 3]),
    (Decimal, ["1.50", "-2", 3, 1.5], ["one", True, None]),
    (Annotated[str, Meta(min_length=1, max_length=2)], ["a", "😀😀"], ["", "abc"]),
    (Annotated[str, Meta(pattern="^a")], ["ab"], ["ba"]),
    (Annotated[int, Meta(ge=1, lt=9, multiple_of=2)], [2, 8], [0, 3, 10]),
    (Annotated[float, Meta(gt=0, le=1)], [0.5, 1], [0, 1.5]),
    (dt.timedelta, ["P1D", "PT1H30M", "-PT5S", "P1DT2.5S"], ["P", "P1Y", "1", 5]),
    (int | None, [1, None], ["a"]),
    (int | str | None, [1, "a", None], [1.5, []]),
    (list[int] | str, [[1], "a"], [1, ["a"]]),
    (list[Any], [[1, "a"]], [{}, "a"]),
    (list[int], [[], [1]], [["a"], {}]),
    (Annotated[list[int], Meta(min_length=1, max_length=2)], [[1]], [[], [1, 2, 3]]),
    (set[int], [[1, 1]], [["a"]]),
    (Annotated[set[int], Meta(min_length=2)], [[1, 2]], [[1], [1, 1]]),
    (tuple[int, ...], [[], [1, 2]], [["a"]]),
    (tuple[int, str], [[1, "a"]], [[1], [1, "a", 2], ["a", 1]]),
    (tuple[()], [[]], [[1]]),
    (dict, [{"a": 1}], [[]]),
    (dict[str, int], [{"a": 1}], [{"a": "b"}, []]),
    (dict[Annotated[str, Meta(min_length=2)], int], [{"ab": 1}], [{"a": 1}]),
    (dict[int, int], [{"1": 1, "-3": 0}], [{"a": 1}, {"01": 1}, {"1.0": 1}]),
    (dict[Colour, int], [{"red": 1}], [{"pink": 1}]),
    (dict[Size, int], [{"1": 1}], [{"3": 1}, {"a": 1}]),
    (dict[Literal["a", "b"], int], [{"a": 1}], [{"c": 1}]),
    (Annotated[dict[str, int], Meta(min_length=1)], [{"a": 1}], [{}]),
    (Literal["a", 1, None], ["a", 1, None], ["b", 2, True]),
    (Literal["a"], ["a"], ["b", None]),
    (Literal["a"] | None, ["a", None], ["b"]),
    (Colour, ["red"], ["pink", 1]),
    (Colour | None, ["red", None], ["pink"]),
    (Size, [1, 2], [3, "1"]),
    (Rights, [1, 3], ["READ"]),
    (
        Item,
        [{"unitPrice": 1}, {"unitPrice": 0, "note": None, "more": 1}],
        [{}, {"unit_price": 1}, {"unitPrice": -1}, {"unitPrice": 1, "tags": [1]}, []],
    ),
    (Strict, [{"a": 1}], [{"a": 1, "b": 2}]),
    (Thin, [{"must": 1}, {"must": 1, "gone": 2}], [{"must": 1, "gone": None}]),
    (Row, [[1], [1, "a"], [1, "a", 2]], [[], ["a"], [1, 2]]),
    (Narrow, [[1], [1, 2]], [[1, 2, 3]]),
    (Cell, [["Cell", 1]], [[1], ["Row", 1], ["Cell"]]),
    (Nothing, [[], [1]], [{}]),
    (Cat | Dog, [{"type": "cat"}, {"type": "dog", "friend": {"type": "cat"}}], [{}]),
    (Cat | Dog | None, [{"type": "cat"}, None], [{"type": "cow"}, 3]),
    (Cat | Dog | int, [{"type": "cat"}, 3], [{"type": "cow"}, "a"]),
    (Cat | int, [{"type": "cat"}, 3], [{"type": "dog"}]),
    (One | Two, [{"type": 1, "a": 1}], [{"type": 3, "a": 1}, {"type": 1}]),
    (Node, [{}, {"children": [{"children": []}]}], [{"children": [{"children": 3}]}]),
    (Box[int], [{"content": 1}], [{"content": "a"}]),
    (Box[list[Cat]], [{"content": [{"type": "cat"}]}], [{"content": [1]}]),
    (Point, [{"x": 1}, {"x": 1, "z": {"a": 1}}], [{}, {"x": 1, "z": 3}]),
    (Width, [{"width": 1, "parts": [1]}], [{}, {"width": 1, "parts": 3}]),
    (Entry, [{"name": "a"}, {"name": "a", "age": 3}], [{"age": 3}, {"name": 3}]),
    (Pair, [[1], [1, "a"]], [[], [1, 2], [1, "a", 3]]),
]


def schema_of(hint, direction):
    """Build a schema by itself: what it refers to comes along."""
    schemas = JsonSchemas("#/$defs/{name}")
    schema = schemas.schema(describe(hint), direction)
    components = schemas.components()  # the references are settled by it
    return {**schema, "$defs": components}


def validator(hint, direction="in"):
    schema = schema_of(hint, direction)
    Draft202012Validator.check_schema(schema)
    json.dumps(schema, allow_nan=False)
    return Draft202012Validator(schema)


def takes(hint, value):
    """Ask msgspec."""
    try:
        msgspec.json.decode(json.dumps(value), type=hint)
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize(("hint", "good", "bad"), TRUTHS, ids=str)
def test_a_schema_takes_what_msgspec_takes(hint, good, bad):
    schema = validator(hint)

    assert [value for value in good if not takes(hint, value)] == []
    assert [value for value in good if not schema.is_valid(value)] == []
    assert [value for value in bad if takes(hint, value)] == []
    assert [value for value in bad if schema.is_valid(value)] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abxy") | st.text(max_size=2), inner)
    ),
    max_leaves=5,
)
# msgspec takes more spellings of a number, a tag that is left out where it tells
# nothing apart, and counts the items of a set when no two are the same.
LOOSE = {Decimal, Rights, Cat | int, Annotated[set[int], Meta(min_length=2)]}


@pytest.mark.parametrize(
    "hint", [hint for hint, _, _ in TRUTHS if hint not in LOOSE], ids=str
)
@settings(max_examples=40)
@given(value=JSON)
def test_any_value_is_judged_alike(hint, value):
    assert validator(hint).is_valid(value) == takes(hint, value)


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (dt.datetime, {"type": "string", "format": "date-time"}),
        (dt.date, {"type": "string", "format": "date"}),
        (dt.time, {"type": "string", "format": "time"}),
        (uuid.UUID, {"type": "string", "format": "uuid"}),
        (dt.datetime | None, {"type": ["string", "null"], "format": "date-time"}),
        (int | str, {"type": ["integer", "string"]}),
        (Plain, {}),
        (msgspec.Raw, {}),
        (Plain | None, {}),
        (int | Plain, {}),
        (list, {"type": "array", "items": {}}),
        (list[Plain], {"type": "array", "items": {}}),
        (dict[uuid.UUID, Any], {"type": "object", "propertyNames": {"format": "uuid"}}),
        (dict[Plain, Any], {"type": "object"}),
        (Annotated[int, Describe(title="Age")], {"type": "integer", "title": "Age"}),
        (
            Annotated[int, Meta(extra_json_schema={"type": "number"})],
            {"type": "number"},
        ),
        (Literal[True], {"type": "boolean", "const": True}),
    ],
    ids=str,
)
def test_a_schema_is_as_short_as_it_can_be(hint, schema):
    assert JsonSchemas().schema(describe(hint)) == schema


def test_a_class_is_a_reference_and_its_docstring_the_description():
    schemas = JsonSchemas()
    schema = schemas.schema(describe(list[Item]))

    components = schemas.components()
    assert schema["items"] == {"$ref": "#/components/schemas/Item"}
    assert components["Item"]["description"] == "Something that is sold."


def test_words_at_the_place_stand_beside_the_reference():
    schemas = JsonSchemas("#/{name}")
    schema = schemas.schema(
        describe(Annotated[Item, Describe(description="The first one.")])
    )
    optional = schemas.schema(
        describe(Annotated[Item | None, Describe(description="Perhaps.")])
    )

    schemas.components()
    assert schema == {"$ref": "#/Item", "description": "The first one."}
    assert optional == {
        "anyOf": [{"$ref": "#/Item"}, {"type": "null"}],
        "description": "Perhaps.",
    }


def test_an_enum_is_a_component():
    schemas = JsonSchemas("#/{name}")
    schemas.schema(describe(Colour | None))

    assert schemas.components() == {
        "Colour": {
            "type": "string",
            "enum": ["red", "blue"],
            "description": "The colours there are.",
        }
    }


def test_of_an_enum_only_what_json_can_say_is_listed():
    schemas = JsonSchemas()
    schemas.schema(describe(Odd))
    schemas.schema(describe(Hopeless))

    assert schemas.components() == {
        "Hopeless": {},
        "Odd": {"type": "string", "enum": ["word"]},
    }


def test_tags_tell_the_members_of_a_union_apart():
    schemas = JsonSchemas("#/{name}")
    schema = schemas.schema(describe(Cat | Dog))

    schemas.components()
    assert schema == {
        "oneOf": [{"$ref": "#/Cat"}, {"$ref": "#/Dog"}],
        "discriminator": {
            "propertyName": "type",
            "mapping": {"cat": "#/Cat", "dog": "#/Dog"},
        },
    }


def test_input_and_output_differ_where_defaults_do():
    comes, leaves = (schema_of(Item, way)["$defs"]["Item"] for way in ("in", "out"))

    assert comes["required"] == ["unitPrice"]
    assert comes["properties"]["tags"]["default"] == []
    assert comes["properties"]["note"]["default"] is None
    assert leaves["required"] == ["unitPrice", "tags", "note"]
    assert "default" not in leaves["properties"]["note"]


def test_a_struct_that_leaves_out_defaults_requires_none_of_them():
    assert schema_of(Thin, "out")["$defs"]["Thin"]["required"] == ["must"]


def test_a_factory_of_a_user_is_not_called_for_a_schema():
    @dataclass
    class Ticket:
        number: int = field(default_factory=lambda: 1 // 0)

    (schema,) = schema_of(Ticket, "in")["$defs"].values()
    assert schema["properties"]["number"] == {"type": "integer"}
    assert "required" not in schema


def test_a_default_that_json_cannot_say_is_left_out():
    @dataclass
    class Odd:
        plain: Any = Plain()
        price: Decimal = Decimal("1.50")

    properties = schema_of(Odd, "in")["$defs"]["Odd"]["properties"]
    assert properties["plain"] == {}
    assert properties["price"]["default"] == "1.50"


def test_fields_that_only_leave_or_only_come_stand_in_one_direction():
    comes, leaves = (
        schema_of(Account, way)["$defs"]["Account"]["properties"]
        for way in ("in", "out")
    )

    assert list(comes) == ["name", "password"]
    assert comes["password"]["writeOnly"]
    assert list(leaves) == ["name", "id"]
    assert leaves["id"]["readOnly"]


def test_a_set_that_leaves_has_no_item_twice():
    assert schema_of(set[int], "out")["uniqueItems"]
    assert "uniqueItems" not in schema_of(set[int], "in")


def test_arguments_that_differ_in_their_marks_are_two_schemas():
    schemas = JsonSchemas()
    schemas.schema(describe(Box[Annotated[int, Ge(1)]]))
    schemas.schema(describe(Box[int]))
    schemas.schema(describe(Box[Annotated[str, []]]))

    components = schemas.components()
    assert len(components) == 3
    assert "Box_str_" in components


def test_two_classes_of_one_name_are_called_by_their_modules():
    other = msgspec.defstruct("Item", [("sku", str)], module="shop.stock")
    schemas = JsonSchemas()
    schemas.schema(describe(Item))
    schemas.schema(describe(other))

    assert list(schemas.components()) == ["shop.stock.Item", f"{__name__}.Item"]


def test_a_shape_with_another_name_is_another_schema():
    schemas = JsonSchemas()
    shape = Shape(Kind.RECORD, Item, "ItemPatch")
    schemas.schema(describe(Item))
    schemas.schema(shape)
    schemas.schema(Shape(Kind.RECORD, Strict, "Item"))

    assert list(schemas.components()) == [
        "ItemPatch",
        f"{__name__}.Item",
        f"{__name__}.Item2",
    ]


def test_a_limit_on_an_optional_list_is_about_the_list():
    schema = JsonSchemas().schema(describe(Annotated[list[int] | None, MinLen(1)]))

    assert schema == {
        "type": ["array", "null"],
        "items": {"type": "integer"},
        "minItems": 1,
    }

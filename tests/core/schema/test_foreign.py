"""Models of pydantic write their own schema; it becomes part of the document."""

from collections.abc import Callable
from typing import Annotated, Generic, Literal, TypeVar

import msgspec
import pydantic
import pytest

from segue.core.schema.describe import describe
from segue.core.schema.jsonschema import JsonSchemas

T = TypeVar("T")


class Item(pydantic.BaseModel):
    sku: str


class Order(pydantic.BaseModel):
    """An order."""

    items: list[Item]


class Cart(pydantic.BaseModel):
    item: Item
    count: int = 1

    @pydantic.computed_field
    @property
    def total(self) -> int:
        return 3


class Tree(pydantic.BaseModel):
    branches: "list[Tree]" = []


class Cat(pydantic.BaseModel):
    kind: Literal["cat"]


class Dog(pydantic.BaseModel):
    kind: Literal["dog"]


class Owner(pydantic.BaseModel):
    pet: Annotated[Cat | Dog, pydantic.Field(discriminator="kind")]


class Box(pydantic.BaseModel, Generic[T]):
    content: T


class Unsayable(pydantic.BaseModel):
    function: Callable[[int], int]


class Broken:
    @classmethod
    def model_json_schema(cls, **_options):
        raise RuntimeError


class Mixed(msgspec.Struct):
    order: Order
    item: Item | None = None


@pytest.fixture
def schemas():
    return JsonSchemas("#/{name}")


@pytest.mark.feature("M-056")
def test_a_model_and_those_inside_it_become_components(schemas):
    schema = schemas.schema(describe(Order))

    assert list(schemas.components()) == ["Item", "Order"]
    assert schema == {"$ref": "#/Order"}
    assert schemas.components()["Order"]["properties"]["items"]["items"] == {
        "$ref": "#/Item"
    }
    assert schemas.components()["Order"]["description"] == "An order."


def test_a_model_inside_two_others_is_one(schemas):
    for hint in (Order, Cart, Item, Mixed):
        schemas.schema(describe(hint))

    assert list(schemas.components()) == ["Cart", "Item", "Mixed", "Order"]


def test_a_model_that_contains_itself_ends(schemas):
    schema = schemas.schema(describe(Tree))

    components = schemas.components()
    assert schema == {"$ref": "#/Tree"}
    assert components["Tree"]["properties"]["branches"]["items"] == schema


def test_two_models_of_one_name_are_two(schemas):
    other = pydantic.create_model("Item", price=(int, ...))
    schemas.schema(describe(Item))
    schema = schemas.schema(describe(other))

    assert list(schemas.components()) == ["Item", "Item2"]
    assert schema == {"$ref": "#/Item2"}


def test_a_model_may_differ_between_input_and_output(schemas):
    comes = schemas.schema(describe(Cart), "in")
    leaves = schemas.schema(describe(Cart), "out")

    components = schemas.components()
    assert comes == {"$ref": "#/CartInput"}
    assert leaves == {"$ref": "#/Cart"}
    assert "total" in components["Cart"]["properties"]
    assert "total" not in components["CartInput"]["properties"]


def test_a_discriminator_points_to_components(schemas):
    schemas.schema(describe(Owner))

    pet = schemas.components()["Owner"]["properties"]["pet"]
    assert pet["discriminator"]["mapping"] == {"cat": "#/Cat", "dog": "#/Dog"}
    assert pet["oneOf"] == [{"$ref": "#/Cat"}, {"$ref": "#/Dog"}]


def test_a_generic_model_has_a_name_for_each_argument(schemas):
    schemas.schema(describe(Box[Item]))
    schemas.schema(describe(Box[int]))

    assert list(schemas.components()) == ["Box_Item_", "Box_int_", "Item"]


def test_an_optional_model_may_be_null(schemas):
    assert schemas.schema(describe(Item | None))["anyOf"][1] == {"type": "null"}


@pytest.mark.parametrize("hint", [Unsayable, Broken])
def test_a_model_that_cannot_say_its_schema_may_be_anything(schemas, hint):
    assert schemas.schema(describe(hint)) == {}
    assert schemas.components() == {}

"""Models of pydantic at the edge: who reads a type, and what is told of its errors."""

from dataclasses import dataclass
from typing import Annotated, Any

import attrs
import msgspec
import pydantic
import pytest
from annotated_types import Predicate

from segue.core.schema.faults import Fault, find_faults
from segue.core.schema.models import (
    convert,
    decoders_of,
    faults_of_model,
    is_model,
    is_of_model,
    read_model,
)


class Item(pydantic.BaseModel):
    sku: str
    count: int = 1


class Other(pydantic.BaseModel):
    name: str


class Basket(msgspec.Struct):
    item: Item
    next: "Basket | None" = None


@attrs.define
class Box:
    item: Item


@dataclass
class Shelf:
    items: list[Item | Other]


class Odd:
    pass


def test_only_what_reads_itself_is_a_model():
    assert is_model(Item)
    assert not is_model(Basket)
    assert not is_model(Item(sku="a"))


@pytest.mark.parametrize(
    ("hint", "data"),
    [
        (int, 3),
        (Item, {"sku": "a"}),
        (list[Item | Other], [{"sku": "a"}, {"name": "b"}]),
        (Shelf, {"items": [{"name": "b"}]}),
        (Basket, {"item": {"sku": "a"}, "next": {"item": {"sku": "b"}}}),
        (Box, {"item": {"sku": "a"}}),
        (dict[str, Basket], {"a": {"item": {"sku": "a"}}}),
    ],
    ids=str,
)
def test_a_type_is_read_the_same_from_each_format(hint, data):
    decoders = decoders_of(hint)
    read = decoders.json(msgspec.json.encode(data))

    assert read == decoders.msgpack(msgspec.msgpack.encode(data))
    assert read == decoders.text(data)


def test_a_struct_above_a_model_asks_it_for_its_part():
    decoders = decoders_of(Basket)

    with pytest.raises(msgspec.ValidationError):
        decoders.json(b'{"item": {}}')
    assert find_faults(Basket, {"item": {"count": "x"}}) == [
        Fault(("item", "sku"), "Required, but not given.", "missing"),
        Fault(
            ("item", "count"),
            "Input should be a valid integer, unable to parse string as an integer",
            "type",
        ),
    ]


def test_of_a_union_of_models_nobody_else_says_what_is_wrong():
    hint = Annotated[list[Item | Other], Predicate(bool)]

    assert find_faults(hint, [{"more": 1}]) == []


def test_what_is_no_model_is_taken_when_it_is_there_already():
    thing = Odd()

    assert read_model(Odd, thing) is thing
    assert convert([thing], list[Odd]) == [thing]
    with pytest.raises(ValueError, match="Expected `Odd`, got `int`"):
        read_model(Odd, 3)


@pytest.mark.parametrize(
    ("hint", "data", "code"),
    [
        (Annotated[int, pydantic.Field(gt=1)], 1, "too_small"),
        (Annotated[int, pydantic.Field(le=1)], 2, "too_large"),
        (Annotated[int, pydantic.Field(multiple_of=2)], 3, "not_multiple"),
        (Annotated[str, pydantic.Field(min_length=2)], "a", "too_short"),
        (Annotated[list[int], pydantic.Field(max_length=0)], [1], "too_long"),
        (Annotated[str, pydantic.Field(pattern="^a")], "b", "pattern"),
        (int, "x", "type"),
        (int, [], "type"),
        (pydantic.HttpUrl, "x", "format"),
        (pydantic.UUID4, "x", "format"),
        (pydantic.AwareDatetime, "2024-01-01T00:00:00", "format"),
        (pydantic.FiniteFloat, float("inf"), "value"),
        (Item, {}, "missing"),
    ],
    ids=str,
)
def test_mistakes_have_the_same_codes_as_all_others(hint: Any, data, code):
    with pytest.raises(pydantic.ValidationError) as caught:
        pydantic.TypeAdapter(hint).validate_python(data)

    assert [found for _, _, found in faults_of_model(caught.value)] == [code]


def test_an_error_of_somebody_else_tells_nothing_here():
    assert list(faults_of_model(ValueError("x"))) == []
    assert not is_of_model(ValueError("x"))

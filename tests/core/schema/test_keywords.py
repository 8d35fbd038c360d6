"""Keywords for single values and their bounds."""

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Annotated, Any

import hypothesis.strategies as st
import msgspec
import pydantic
import pytest
from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MinLen, MultipleOf, Timezone
from hypothesis import given

from segue.core.schema.describe import describe
from segue.core.schema.keywords import (
    bounds_schema,
    data_of,
    notes_schema,
    nullable,
    scalar_schema,
)
from segue.core.schema.marks import Describe, Pattern
from segue.core.schema.shape import Notes
from segue.core.types import UNSET

DURATION = re.compile(scalar_schema(describe(dt.timedelta), "in")["pattern"])
BASE64 = re.compile(scalar_schema(describe(bytes), "in")["pattern"])
DECIMAL = re.compile(scalar_schema(describe(Decimal), "in")["pattern"])


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (Annotated[int, Ge(1), Le(9)], {"minimum": 1, "maximum": 9}),
        (
            Annotated[float, Gt(1.5), Lt(9)],
            {"exclusiveMinimum": 1.5, "exclusiveMaximum": 9},
        ),
        (Annotated[int, MultipleOf(5)], {"multipleOf": 5}),
        (Annotated[int, MultipleOf(0)], {}),
        (Annotated[Decimal, Ge(Decimal("0.5"))], {"minimum": 0.5}),
        (Annotated[float, Ge(math.inf)], {}),
        (Annotated[int, Ge("a")], {}),
        (Annotated[int, Le(10**400)], {"maximum": 10**400}),
        (Annotated[dt.date, Ge(dt.date(2000, 1, 1))], {}),
        (Annotated[str, Len(1, 3)], {"minLength": 1, "maxLength": 3}),
        (Annotated[str, MinLen(0)], {}),
        (Annotated[bytes, Len(1, 4)], {"minLength": 4, "maxLength": 8}),
        (Annotated[list[int], Len(1, 3)], {"minItems": 1, "maxItems": 3}),
        (Annotated[set[int], MinLen(2)], {"minItems": 2}),
        (Annotated[dict[str, int], MinLen(1)], {"minProperties": 1}),
        (Annotated[str, Len(0, 0)], {"maxLength": 0}),
        (Annotated[str, Pattern("^a")], {"pattern": "^a"}),
        (
            Annotated[str, Pattern("^a"), Pattern("b$"), Pattern("c")],
            {"pattern": "^a", "allOf": [{"pattern": "b$"}, {"pattern": "c"}]},
        ),
        (Annotated[dt.datetime, Timezone(None)], {"format": "date-time-local"}),
        (Annotated[dt.time, Timezone(None)], {"format": "time-local"}),
        (Annotated[dt.time, Timezone(...)], {}),
        (int, {}),
        (Annotated[Any, Interval(ge=1)], {}),
    ],
    ids=str,
)
def test_a_bound_has_its_keyword(hint, schema):
    assert bounds_schema(describe(hint), "in") == schema


def test_the_limits_of_a_decimal_are_about_the_number_that_comes_in():
    price = describe(Annotated[Decimal, Ge(0)])

    assert scalar_schema(price, "in")["type"] == ["string", "number"]
    assert scalar_schema(price, "out") == {"type": "string", "format": "decimal"}
    assert bounds_schema(price, "out") == {}


def test_a_decimal_that_is_never_negative_has_no_sign():
    pattern = re.compile(
        scalar_schema(describe(Annotated[Decimal, Gt(0)]), "in")["pattern"]
    )

    assert pattern.search("1.5")
    assert not pattern.search("-1.5")
    assert DECIMAL.search("-1.5")


@given(st.timedeltas(dt.timedelta(-(10**7)), dt.timedelta(10**7)))
def test_every_duration_that_leaves_fits_the_pattern(duration):
    assert DURATION.search(msgspec.to_builtins(duration))


@given(st.from_regex(DURATION, fullmatch=True))
def test_every_duration_of_the_pattern_is_taken(text):
    assert isinstance(msgspec.convert(text, dt.timedelta), dt.timedelta)


@given(st.from_regex(BASE64, fullmatch=True))
def test_every_base64_of_the_pattern_is_taken(text):
    assert isinstance(msgspec.convert(text, bytes), bytes)


@given(st.binary())
def test_all_bytes_that_leave_fit_the_pattern(value):
    assert BASE64.search(msgspec.to_builtins(value))


@given(st.from_regex(DECIMAL, fullmatch=True))
def test_every_decimal_of_the_pattern_is_taken(text):
    assert isinstance(msgspec.convert(text, Decimal), Decimal)


def test_notes_are_written_where_there_are_some():
    notes = describe(
        Annotated[
            int,
            Describe(title="Age", description="Years.", examples=[1, object()]),
            Describe(deprecated=True),
            msgspec.Meta(extra_json_schema={"x-unit": "years"}),
        ]
    ).notes

    assert notes_schema(Notes()) == {}
    assert notes_schema(Notes(read_only=True)) == {"readOnly": True}
    assert notes_schema(Notes(write_only=True)) == {"writeOnly": True}
    assert notes_schema(notes) == {
        "title": "Age",
        "description": "Years.",
        "examples": [1],
        "deprecated": True,
        "x-unit": "years",
    }


@pytest.mark.parametrize(
    ("schema", "result"),
    [
        ({}, {}),
        (
            {"type": "integer", "minimum": 1},
            {"type": ["integer", "null"], "minimum": 1},
        ),
        ({"type": ["integer", "string"]}, {"type": ["integer", "string", "null"]}),
        (
            {"type": "string", "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"enum": ["a", 1]}, {"enum": ["a", 1, None]}),
        ({"$ref": "#/A"}, {"anyOf": [{"$ref": "#/A"}, {"type": "null"}]}),
        ({"anyOf": [{}]}, {"anyOf": [{}, {"type": "null"}]}),
        (
            {"anyOf": [{}], "title": "x"},
            {"anyOf": [{"anyOf": [{}], "title": "x"}, {"type": "null"}]},
        ),
    ],
    ids=str,
)
def test_null_is_added_in_the_plainest_way(schema, result):
    assert nullable(schema) == result


class Model(pydantic.BaseModel):
    a: int = 1


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (Decimal("1.50"), "1.50"),
        ({1: dt.date(2000, 1, 2)}, {"1": "2000-01-02"}),
        (b"a", "YQ=="),
        (Model(), {"a": 1}),
        (object, UNSET),
        (None, None),
    ],
    ids=str,
)
def test_a_value_is_written_as_json_has_it(value, data):
    assert data_of(value) == data

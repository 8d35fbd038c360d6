"""Hints: which converter a type hint stands for."""

import sys
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, Optional, Union
from uuid import UUID

import pytest

from segue.core.routing.converters import BUILT_IN, Converter
from segue.core.routing.hints import converter_for


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1


class Slashed(Enum):
    BAD = "a/b"


class Empty(Enum):
    pass


UserId = NewType("UserId", int)


@pytest.mark.feature("M-008")
@pytest.mark.parametrize(
    ("hint", "name"),
    [
        (int, "int"),
        (str, "str"),
        (float, "float"),
        (bool, "bool"),
        (Decimal, "decimal"),
        (date, "date"),
        (datetime, "datetime"),
        (UUID, "uuid"),
        (Annotated[int, "marks"], "int"),
        (UserId, "int"),
        (Annotated[UserId, "marks"], "int"),
        (int | None, "int"),
        (Optional[UUID], "uuid"),  # noqa: UP045 - both spellings are met
    ],
)
def test_a_type_stands_for_its_converter(hint, name):
    assert converter_for(hint, {}) is BUILT_IN[name]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax is of 3.12")
def test_an_alias_is_looked_through():
    namespace: dict[str, Any] = {}
    exec("type Number = int", namespace)

    assert converter_for(namespace["Number"], {}) is BUILT_IN["int"]


@pytest.mark.feature("M-008")
def test_an_enum_is_read_by_value_and_written_by_value():
    converter = converter_for(Color, {})

    assert converter is not None
    assert converter.read("red") is Color.RED
    assert converter.write(Color.BLUE) == "blue"
    assert converter.write("blue") == "blue"
    for text in ("RED", "green"):
        with pytest.raises(ValueError):
            converter.read(text)
    with pytest.raises(ValueError):
        converter.write("green")


def test_an_enum_of_numbers_is_read_by_its_number():
    converter = converter_for(Level, {})

    assert converter is not None
    assert converter.read("1") is Level.LOW


@pytest.mark.feature("M-008")
def test_a_literal_is_a_choice_of_its_values():
    converter = converter_for(Literal["new", "old", 3], {})

    assert converter is not None
    assert [converter.read(text) for text in ("new", "3")] == ["new", 3]
    assert converter.name == "'new' | 'old' | 3"
    assert converter.words == "one of 'new', 'old', '3'"


def test_a_union_takes_what_its_most_specific_member_takes():
    converter = converter_for(Union[str, int], {})  # noqa: UP007 - both are met

    assert converter is not None
    assert [converter.read(text) for text in ("7", "x")] == [7, "x"]
    assert converter.name == "int | str"
    assert converter.words == "a whole number or text without '/'"


def test_a_union_refuses_what_none_of_its_members_takes():
    converter = converter_for(int | date, {})

    assert converter is not None
    with pytest.raises(ValueError):
        converter.read("x")


@pytest.mark.parametrize(
    "hint",
    [
        Path,
        list[int],
        None,
        type(None),
        Any,
        int | Path,
        Empty,
        Slashed,
        Literal[""],
        Literal[None],  # noqa: PYI061 - it is met
        Literal[[]],  # type: ignore[valid-type]
        Annotated[list[int], []],
    ],
)
def test_what_no_text_can_be_stands_for_no_converter(hint):
    assert converter_for(hint, {}) is None


@pytest.mark.feature("M-009")
def test_the_converters_of_the_app_come_first():
    own = Converter("hex", lambda text: int(text, 16), "{:x}".format)

    assert converter_for(int, {int: own}) is own
    assert converter_for(Annotated[int, 1], {int: own}) is own

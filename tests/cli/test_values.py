"""Values of type hints, read from the text of a command line."""

import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import annotated_types as at
import click
import msgspec
import pytest
from hypothesis import given, strategies as st

from segue.cli.values import reading_of

pytestmark = pytest.mark.feature("M-192")


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


def _read(hint, text):
    reading = reading_of(hint)
    return reading.type.convert(text, None, None)


@pytest.mark.parametrize(
    ("hint", "text", "value"),
    [
        (str, "x", "x"),
        (Any, "x", "x"),
        (int, "12", 12),
        (int | None, "12", 12),
        (float, "1.5", 1.5),
        (decimal.Decimal, "1.50", decimal.Decimal("1.50")),
        (Path, "a/b", Path("a/b")),
        (dt.date, "2026-11-22", dt.date(2026, 11, 22)),
        (dt.time, "10:30", dt.time(10, 30)),
        (dt.datetime, "2026-11-22T10:30:00", dt.datetime(2026, 11, 22, 10, 30)),  # noqa: DTZ001 - as typed
        (dt.timedelta, "5 minutes", dt.timedelta(minutes=5)),
        (uuid.UUID, "00000000-0000-0000-0000-000000000001", uuid.UUID(int=1)),
        (Colour, "red", Colour.RED),
        (Size, "2", Size.LARGE),
        (Literal["a", 3], "3", 3),
        (Annotated[int, at.Ge(1)], "1", 1),
        (Annotated[int, msgspec.Meta(le=5)], "5", 5),
        (Annotated[str, at.MaxLen(3)], "abc", "abc"),
        (Annotated[Annotated[int, at.Gt(0)], at.Lt(3)] | None, "2", 2),
        (Annotated[int, at.MultipleOf(2)], "3", 3),
    ],
)
def test_a_value_is_read(hint, text, value):
    assert _read(hint, text) == value


@pytest.mark.parametrize(
    ("hint", "text", "said"),
    [
        (int, "x", "'x': no valid integer"),
        (float, "x", "'x': no valid float"),
        (dt.date, "2026-13-01", "'2026-13-01': "),
        (Colour, "green", "'green' is not one of 'red', 'blue'"),
        (Literal["a", "b"], "c", "'c' is not one of"),
        (Annotated[int, at.Ge(1)], "0", "'0' is not Ge(ge=1)"),
        (Annotated[int, at.Gt(1)], "1", "'1' is not Gt(gt=1)"),
        (Annotated[int, at.Le(1)], "2", "'2' is not Le(le=1)"),
        (Annotated[int, at.Lt(1)], "1", "'1' is not Lt(lt=1)"),
        (Annotated[str, at.MinLen(2)], "a", "'a' is not MinLen(min_length=2)"),
        (Annotated[str, at.MaxLen(2)], "abc", "'abc' is not MaxLen(max_length=2)"),
        (Annotated[int, msgspec.Meta(le=5)], "6", "'6': Expected `int` <= 5"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(hint, text, said):
    with pytest.raises(click.BadParameter) as caught:
        _read(hint, text)

    assert said in caught.value.message


@pytest.mark.parametrize(
    ("hint", "kind"),
    [
        (list[int], list),
        (list, list),
        (tuple[int, ...], tuple),
        (set[int], set),
        (frozenset[int], frozenset),
        (Sequence[int], list),
        (list[int] | None, list),
    ],
)
def test_a_collection_gathers_several_values(hint, kind):
    reading = reading_of(hint)

    assert reading.several
    assert reading.collect((1, 2)) == kind((1, 2))
    assert type(reading.collect(())) is kind


def test_a_collection_whose_default_is_none_stays_none():
    assert reading_of(list[int] | None).collect((), None) is None


def test_a_single_value_is_not_gathered():
    assert reading_of(int).collect((1,)) == (1,)


def test_a_text_among_the_marks_is_the_help():
    assert reading_of(Annotated[list[int], "Which ones."]).help == "Which ones."
    assert reading_of(Annotated[bool, "Really."]).help == "Really."


def test_bool_is_a_flag():
    assert reading_of(bool).is_flag
    assert reading_of(bool).shown(True) is True


def test_a_default_is_shown_as_it_would_be_typed():
    assert reading_of(Colour).shown(Colour.RED) == "red"
    assert reading_of(list[Colour]).shown([Colour.RED]) == ("red",)
    assert reading_of(list[int] | None).shown(None) is None


class Unhashable:
    __hash__ = None  # type: ignore[assignment]  # on purpose


@pytest.mark.parametrize(
    "hint",
    [
        dict,
        dict[str, int],
        bytes,
        object,
        int | str,
        list[list[int]],
        list[object],
        tuple[int, str],
        Unhashable(),
    ],
)
def test_what_a_command_line_cannot_carry_has_no_reading(hint):
    assert reading_of(hint) is None


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_whole_numbers_survive_the_command_line(number):
    assert _read(int, str(number)) == number


@given(st.dates())
def test_dates_survive_the_command_line(day):
    assert _read(dt.date, day.isoformat()) == day

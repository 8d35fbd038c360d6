"""Converters: what they take, what they refuse, and that they write it back."""

import contextlib
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from segue.core.routing.converters import (
    BUILT_IN,
    DIGIT_LIMIT,
    TEXT_LIMIT,
    Converter,
    plain_text,
    regex_converter,
)

VALUES = {
    "bool": st.booleans(),
    "date": st.dates(),
    "datetime": st.datetimes()
    | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=4),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "int": st.integers(-(10**DIGIT_LIMIT) + 1, 10**DIGIT_LIMIT - 1),
    "path": st.from_regex(r"[^/].*", fullmatch=True),
    "slug": st.from_regex(r"[A-Za-z0-9_-]+", fullmatch=True),
    "str": st.text(min_size=1),
    "tail": st.text(),
    "uuid": st.uuids(),
}


def test_every_built_in_converter_has_a_round_trip_test():
    assert set(VALUES) == set(BUILT_IN)


@pytest.mark.feature("M-008")
@pytest.mark.parametrize("name", sorted(VALUES))
@given(data=st.data())
def test_what_a_converter_writes_it_reads_back(name, data):
    converter = BUILT_IN[name]
    value = data.draw(VALUES[name])

    assert converter.read(converter.write(value)) == value


@pytest.mark.parametrize("name", sorted(VALUES))
@given(text=st.text())
def test_a_converter_raises_nothing_but_value_errors(name, text):
    converter = BUILT_IN[name]

    with contextlib.suppress(ValueError):
        converter.write(converter.read(text))


@pytest.mark.feature("M-008")
@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("int", "42", 42),
        ("int", "-7", -7),
        ("int", "007", 7),
        ("int", "-0", 0),
        ("float", "1.5", 1.5),
        ("float", "-2", -2.0),
        ("float", "1e3", 1000.0),
        ("decimal", "1.50", Decimal("1.50")),
        ("bool", "true", True),
        ("bool", "false", False),
        ("date", "2024-02-29", date(2024, 2, 29)),
        ("datetime", "2024-01-31T09:30:00Z", datetime(2024, 1, 31, 9, 30, tzinfo=UTC)),
        (
            "uuid",
            "12345678-1234-5678-1234-56781234ABCD",
            UUID(int=0x12345678123456781234567812_34ABCD),
        ),
        ("slug", "a-b_C1", "a-b_C1"),
        ("path", "a//b/", "a//b/"),
        ("tail", "", ""),
    ],
)
def test_a_converter_reads_its_text(name, text, value):
    found = BUILT_IN[name].read(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.feature("M-008")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("int", ""),
        ("int", "-"),
        ("int", "--5"),
        ("int", "+5"),
        ("int", "1_000"),
        ("int", " 5"),
        ("int", "5\n"),
        ("int", "٣"),
        ("int", "²"),
        ("int", "-٣"),
        ("int", "1.0"),
        ("int", "9" * (DIGIT_LIMIT + 1)),
        ("float", "nan"),
        ("float", "inf"),
        ("float", "1e999"),
        ("float", "1_0"),
        ("float", ".5"),
        ("decimal", "1E5"),
        ("decimal", "NaN"),
        ("decimal", "1" * (DIGIT_LIMIT + 1)),
        ("bool", "1"),
        ("bool", "True"),
        ("date", "20240131"),
        ("date", "2024-02-30"),
        ("date", "٢٠٢٤-01-01"),
        ("datetime", "2024-01-31"),
        ("datetime", "2024-01-31T25:00:00"),
        ("uuid", "{12345678-1234-5678-1234-567812345678}"),
        ("uuid", "12345678123456781234567812345678"),
        ("slug", "ä"),
        ("slug", ""),
        ("path", ""),
        ("path", "/etc/passwd"),
    ],
)
def test_a_converter_refuses_text_of_another_kind(name, text):
    with pytest.raises(ValueError):
        BUILT_IN[name].read(text)


@pytest.mark.parametrize("name", ["int", "float", "decimal"])
def test_a_million_digits_are_refused_at_once(name):
    began = time.process_time()

    with pytest.raises(ValueError):
        BUILT_IN[name].read("-" + "9" * 1_000_000)

    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("value", ["nan", "1E+9999", "1E-9999"])
def test_decimals_that_have_no_plain_form_are_not_written(value):
    with pytest.raises(ValueError):
        BUILT_IN["decimal"].write(Decimal(value))


@pytest.mark.feature("M-010")
def test_a_regex_has_to_match_the_whole_text():
    converter = regex_converter("[0-9]{4}")

    assert converter.read("2024") == "2024"
    for text in ("20245", "x2024", "2024\n"):
        with pytest.raises(ValueError):
            converter.read(text)


@pytest.mark.feature("M-010")
def test_a_careless_regex_costs_no_more_than_its_length_allows():
    converter = regex_converter("[a-z]+")

    assert converter.read("a" * TEXT_LIMIT) == "a" * TEXT_LIMIT
    with pytest.raises(ValueError):
        converter.read("a" * (TEXT_LIMIT + 1))


class Color(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a b", "a b"),
        (True, "true"),
        (3, "3"),
        (2.5, "2.5"),
        (Color.RED, "red"),
        (date(2024, 1, 31), "2024-01-31"),
        (datetime(2024, 1, 31, 9, tzinfo=UTC), "2024-01-31T09:00:00+00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_value_is_written_as_a_reader_expects_it(value, text):
    assert plain_text(value) == text


@pytest.mark.parametrize("value", [None, object(), [1], {"a": 1}])
def test_a_value_without_a_text_of_its_own_is_refused(value):
    with pytest.raises(ValueError):
        plain_text(value)


def test_a_converter_says_what_it_takes_and_without_words_its_name():
    own = Converter("year", int, str)

    assert BUILT_IN["int"].words == "a whole number"
    assert own.words == "a year"

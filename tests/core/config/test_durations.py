"""Durations in words."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from segue.core.config.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("5 minutes", 300),
        ("5min", 300),
        ("5 m", 300),
        ("1h 30m", 5400),
        ("1 hour, 30 minutes", 5400),
        ("1 Day", 86400),
        ("2 weeks", 1_209_600),
        ("250ms", 0.25),
        ("1.5 hours", 5400),
        ("2 secs", 2),
        ("0s", 0),
    ],
)
def test_numbers_with_units_are_a_duration(text, seconds):
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "5", "minutes", "5 lightyears", "5 minutes ago", "-5 min", "1e3 s", "5 min5"],
)
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError):
        parse_duration(text)


def test_a_duration_beyond_all_measure_is_refused():
    with pytest.raises(ValueError, match="too long"):
        parse_duration("999999999999 weeks")


@given(st.text())
def test_any_text_is_a_duration_or_a_value_error(text):
    with suppress(ValueError):
        assert parse_duration(text) >= timedelta(0)


@given(st.integers(0, 10**6), st.sampled_from(["s", "min", "h", "d"]))
def test_a_written_duration_is_read_back(number, unit):
    one = parse_duration(f"1{unit}")

    assert parse_duration(f"{number} {unit}") == number * one

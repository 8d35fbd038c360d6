"""Marks of three families, read into one set of bounds and notes."""

import math
from datetime import UTC
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import annotated_types as at
import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec import Meta
from typing_extensions import Doc

from segue.core.errors import SegueError
from segue.core.schema import marks as marks_module
from segue.core.schema.marks import (
    Describe,
    Pattern,
    ReadOnly,
    WriteOnly,
    both_bounds,
    both_notes,
    read_bounds,
    read_notes,
)
from segue.core.schema.shape import Bounds, Notes


def test_a_pattern_that_is_no_expression_is_refused_at_once():
    with pytest.raises(SegueError, match="SG-TYPE-001") as caught:
        Pattern("+49")

    assert "Pattern('+49')" in caught.value.problem.what


@pytest.mark.parametrize(
    ("mark", "bounds"),
    [
        (Meta(ge=1, lt=5), Bounds(ge=1, lt=5)),
        (Meta(gt=1, le=5, multiple_of=2), Bounds(gt=1, le=5, multiple_of=2)),
        (Meta(min_length=1, max_length=3), Bounds(min_length=1, max_length=3)),
        (Meta(pattern="^a"), Bounds(patterns=("^a",))),
        (Meta(tz=True), Bounds(tz=True)),
        (Meta(tz=False), Bounds(tz=False)),
        (at.Ge(1), Bounds(ge=1)),
        (at.Gt(1), Bounds(gt=1)),
        (at.Le(1), Bounds(le=1)),
        (at.Lt(1), Bounds(lt=1)),
        (at.Interval(ge=1, lt=5), Bounds(ge=1, lt=5)),
        (at.MultipleOf(3), Bounds(multiple_of=3)),
        (at.MinLen(1), Bounds(min_length=1)),
        (at.MaxLen(3), Bounds(max_length=3)),
        (at.Len(1, 3), Bounds(min_length=1, max_length=3)),
        (at.Timezone(None), Bounds(tz=False)),
        (at.Timezone(...), Bounds(tz=True)),
        (at.Timezone("Europe/Berlin"), Bounds(tz="Europe/Berlin")),
        (at.Timezone(UTC), Bounds(tz=UTC)),
        (at.Predicate(str.islower), Bounds(predicates=(str.islower,))),
        (get_args(at.IsFinite[float])[1], Bounds(predicates=(math.isfinite,))),
        (Pattern("^a"), Bounds(patterns=("^a",))),
        (at.Unit("m"), Bounds()),
        ("a mark of somebody else", Bounds()),
        (Describe(title="Age"), Bounds()),
    ],
    ids=repr,
)
def test_a_mark_of_any_family_is_read(mark, bounds):
    assert read_bounds([mark]) == bounds


def test_the_narrower_of_two_limits_counts():
    bounds = read_bounds([Meta(ge=1, le=9), at.Ge(3), at.Interval(ge=2, le=7)])

    assert (bounds.ge, bounds.le) == (3, 7)


def test_all_patterns_and_predicates_count():
    bounds = read_bounds([Pattern("a"), Meta(pattern="b"), Pattern("a")])

    assert bounds.patterns == ("a", "b")
    assert both_bounds(
        Bounds(predicates=(str.islower,)), Bounds(predicates=(str.isascii,))
    ).predicates == (str.islower, str.isascii)


def test_limits_that_cannot_be_compared_leave_the_outer_one():
    assert read_bounds([at.Ge(1), at.Ge("a")]).ge == "a"


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [(4, 6, 12), (0.5, 2, 2), (0.5, 0.75, 1.5), (Decimal("0.1"), 1, 1), ("x", 2, 2)],
)
def test_of_two_steps_their_common_multiple_counts(one, other, both):
    assert read_bounds([at.MultipleOf(one), at.MultipleOf(other)]).multiple_of == both


@given(st.fractions(0.01, 100), st.fractions(0.01, 100))
def test_a_common_multiple_is_a_multiple_of_both(one, other):
    step = Fraction(marks_module._common_multiple(one, other)).limit_denominator(10**9)

    assert step >= max(one, other) or math.isclose(step, max(one, other))


def test_marks_of_a_library_that_nobody_imported_are_none(monkeypatch):
    monkeypatch.setitem(marks_module.sys.modules, "annotated_types", None)

    assert read_bounds([at.Ge(1), Meta(le=5)]) == Bounds(le=5)


def test_notes_are_read_of_all_families():
    notes = read_notes(
        [
            Meta(title="Age", examples=[1], extra_json_schema={"x-unit": "years"}),
            Describe(description="In whole years.", deprecated=True),
            ReadOnly(),
            WriteOnly(),
            "a mark of somebody else",
        ]
    )

    assert notes == Notes(
        title="Age",
        description="In whole years.",
        examples=(1,),
        deprecated=True,
        read_only=True,
        write_only=True,
        extra={"x-unit": "years"},
    )


def test_the_outer_words_win():
    inner = Notes(title="Age", description="Old.", extra={"a": 1, "b": 1})
    outer = Notes(description="New.", extra={"b": 2})

    assert both_notes(inner, outer) == Notes(
        title="Age", description="New.", extra={"a": 1, "b": 2}
    )
    assert both_notes(inner, Notes()) is inner


@pytest.mark.parametrize("mark", [Doc("In years."), at.DocInfo("In years.")], ids=repr)
def test_words_for_documentation_are_a_description(mark):
    assert read_notes([mark]).description == "In years."


def test_a_documentation_that_is_no_text_is_none():
    class Odd:
        documentation: Any = 3

    assert read_notes([Odd()]) == Notes()

"""Constraint marks of both families."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import pytest
from annotated_types import (
    Ge,
    Gt,
    Interval,
    Le,
    Len,
    Lt,
    MaxLen,
    MinLen,
    MultipleOf,
    Not,
    Predicate,
    Timezone,
)
from msgspec import Meta

from segue.core.config.marks import broken
from segue.core.config.misfits import Misfit
from segue.core.config.secret import Secret
from segue.core.config.values import read

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - naive times are what is tested


def explode(value):
    raise RuntimeError(value)


@pytest.mark.feature("M-196")
@pytest.mark.parametrize(
    ("mark", "good", "bad", "says"),
    [
        (Ge(1), 1, 0, "at least 1"),
        (Gt(1), 2, 1, "greater than 1"),
        (Le(1), 1, 2, "at most 1"),
        (Lt(1), 0, 1, "less than 1"),
        (MultipleOf(3), 6, 7, "a multiple of 3"),
        (MinLen(2), "ab", "a", "at least 2 long"),
        (MaxLen(2), [1], [1, 2, 3], "at most 2 long"),
        (Len(1, 2), "a", "abc", "at most 2 long"),
        (Interval(ge=1, lt=3), 2, 3, "less than 3"),
        (Predicate(str.islower), "a", "A", "what str.islower accepts"),
        (
            Timezone(...),
            datetime(2026, 1, 1, tzinfo=UTC),
            NAIVE,
            "a time with the right zone (Ellipsis)",
        ),
        (Meta(ge=1), 1, 0, "at least 1"),
        (Meta(gt=1), 2, 1, "greater than 1"),
        (Meta(le=1), 1, 2, "at most 1"),
        (Meta(lt=1), 0, 1, "less than 1"),
        (Meta(multiple_of=3), 6, 7, "a multiple of 3"),
        (Meta(min_length=2), "ab", "a", "at least 2 long"),
        (Meta(max_length=2), "a", "abc", "at most 2 long"),
        (Meta(pattern="^a"), "ab", "ba", "like the pattern ^a"),
        (
            Meta(tz=False),
            NAIVE,
            datetime(2026, 1, 1, tzinfo=UTC),
            "a time with the right zone (False)",
        ),
        (Ge(Decimal("0.5")), Decimal("0.5"), Decimal("0.4"), "at least 0.5"),
    ],
)
def test_both_families_of_marks_are_enforced(mark, good, bad, says):
    assert list(broken([mark], good)) == []
    assert list(broken([mark], bad)) == [says]


def test_what_cannot_be_compared_does_not_hold():
    assert list(broken([Ge(1)], "x")) == ["at least 1"]
    assert list(broken([Ge(1)], float("nan"))) == ["at least 1"]


def test_a_predicate_that_raises_does_not_hold():
    assert list(broken([Predicate(explode)], 1)) == ["what explode accepts"]


def test_a_predicate_without_a_name_shows_itself():
    (says,) = broken([Predicate(Not(str.islower))], "a")

    assert says.startswith("what Not(")


def test_none_passes_every_mark():
    assert list(broken([Ge(1), Meta(ge=1)], None)) == []


def test_marks_of_others_say_nothing():
    assert list(broken(["a note", 5, Path("x")], 0)) == []


def test_a_secret_is_opened_for_its_marks():
    assert list(broken([MinLen(3)], Secret("ab"))) == ["at least 3 long"]


def test_all_broken_marks_are_told_together():
    hint = Annotated[int, Ge(10), MultipleOf(7)]

    with pytest.raises(Misfit, match="must be at least 10 and a multiple of 7"):
        read(hint, "5", text=True)


def test_meta_works_where_msgspec_refuses_it():
    hint = Annotated[Decimal | None, Meta(ge=1)]

    assert read(hint, "", text=True) is None
    with pytest.raises(Misfit, match="at least 1"):
        read(hint, "0.5", text=True)

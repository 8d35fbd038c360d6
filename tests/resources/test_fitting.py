"""Values that a column cannot hold."""

import datetime as dt
from decimal import Decimal

import pytest

from segue.resources.fitting import Fit, Place, compared, fit
from segue.resources.query import Operator
from tests.resources.library import Kind, Thing

EAST = dt.timezone(dt.timedelta(hours=14))
WEST = dt.timezone(-dt.timedelta(hours=9))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (3, Fit(Place.HERE, 3)),
        (2**63 - 1, Fit(Place.HERE, 2**63 - 1)),
        (2**63, Fit(Place.ABOVE)),
        (-(2**63) - 1, Fit(Place.BELOW)),
        (Kind.PAPER, Fit(Place.HERE, Kind.PAPER)),
        (1.5, Fit(Place.HERE, 1.5)),
        (float("inf"), Fit(Place.ABOVE)),
        (-float("inf"), Fit(Place.BELOW)),
        (float("nan"), Fit(Place.NOWHERE)),
        ("a", Fit(Place.HERE, "a")),
        ("a\0b", Fit(Place.BEHIND, "a")),
        ("\ud800", Fit(Place.BEFORE, "\ue000")),
        ("a\udfff\0", Fit(Place.BEFORE, "a\ue000")),
        ("a\0\ud800", Fit(Place.BEHIND, "a")),
        (dt.date(1, 1, 1), Fit(Place.HERE, dt.date(1, 1, 1))),
        (dt.datetime(2024, 1, 1), Fit(Place.NOWHERE)),  # noqa: DTZ001 - it is that
        (dt.datetime(1, 1, 1, tzinfo=EAST), Fit(Place.BELOW)),
        (dt.datetime(9999, 12, 31, 23, tzinfo=WEST), Fit(Place.ABOVE)),
        (dt.time(1), Fit(Place.HERE, dt.time(1))),
        (dt.time(1, tzinfo=EAST), Fit(Place.NOWHERE)),
        (dt.timedelta(1), Fit(Place.HERE, dt.timedelta(1))),
        (dt.timedelta.max, Fit(Place.ABOVE)),
        (dt.timedelta.min, Fit(Place.BELOW)),
        (Decimal(1), Fit(Place.HERE, Decimal(1))),
        (Decimal("NaN"), Fit(Place.NOWHERE)),
    ],
)
def test_a_value_lies_somewhere_among_those_of_a_column(value, found):
    assert fit(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("1.5", Fit(Place.HERE, Decimal("1.50"))),
        ("1.555", Fit(Place.BEHIND, Decimal("1.55"))),
        ("-1.555", Fit(Place.BEHIND, Decimal("-1.56"))),
        ("99.999", Fit(Place.BEHIND, Decimal("99.99"))),
        ("100", Fit(Place.ABOVE)),
        ("1e400", Fit(Place.ABOVE)),
        ("-Infinity", Fit(Place.BELOW)),
        ("-99.999", Fit(Place.BELOW)),
        ("1e-400", Fit(Place.BEHIND, Decimal("0.00"))),
    ],
)
def test_a_decimal_lies_among_those_with_the_digits_of_a_column(value, found):
    assert fit(Decimal(value), (4, 2)) == found


@pytest.mark.parametrize(
    ("place", "truths"),
    [
        # whether it is equal, different, below, above
        (Place.NOWHERE, (False, True, False, False)),
        (Place.ABOVE, (False, True, "not null", False)),
        (Place.BELOW, (False, True, False, "not null")),
        (Place.BEHIND, (False, True, "le", "gt")),
        (Place.HERE, ("eq", "or", "le", "ge")),
    ],
)
def test_a_comparison_says_what_is_true_in_any_case(place, truths):
    operators = (Operator.EQ, Operator.NE, Operator.LE, Operator.GE)

    found = [compared(Thing.whole, each, Fit(place, 3)) for each in operators]

    assert tuple(each if isinstance(each, bool) else each.key[0] for each in found) == (
        truths
    )

"""Values that a column cannot hold, in comparisons that mean something all the same.

A client may ask for `?price__lt=9.999` where a column has two digits, or for a number
of a hundred digits. A database rounds such a value or refuses it; here it is told where
it lies among those that the column can hold, so that the answer is the right one.
"""

import datetime as dt
import decimal
import math
import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final

import msgspec

from segue.resources.query import Operator

__all__ = ["Fit", "Place", "compared", "fit"]

_LARGEST: Final = 1 << 63
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_MIDDLE: Final = 5000
_EXACT: Final = decimal.Context(prec=120)


class Place(Enum):
    """Where a value lies among those of a column."""

    HERE = "here"
    BEHIND = "behind"
    """Between the value that is told and the next one."""
    BEFORE = "before"
    """Between the value that is told and the one before it."""
    ABOVE = "above"
    BELOW = "below"
    NOWHERE = "nowhere"
    """It can be compared with none."""


class Fit(msgspec.Struct, frozen=True):
    """A value as a column can hold it.

    Attributes:
        place: Where what was asked for lies.
        value: It, or the one that it lies beside.
    """

    place: Place
    value: Any = None


_ABOVE: Final = Fit(Place.ABOVE)
_BELOW: Final = Fit(Place.BELOW)
_NOWHERE: Final = Fit(Place.NOWHERE)


def fit(value: Any, digits: tuple[int, int] | None = None) -> Fit:
    """Find where a value lies among those that a column can hold.

    Args:
        value: What is asked for.
        digits: Of a column of decimals: how many, and how many behind the point.

    Example:
        >>> fit(decimal.Decimal("9.999"), (18, 2)).value
        Decimal('9.99')
        >>> fit(10**30).place.value
        'above'
    """
    if isinstance(value, Enum):
        return Fit(Place.HERE, value)
    for kind, look in _LOOKS.items():
        if isinstance(value, kind):
            return look(value)
    if isinstance(value, decimal.Decimal):
        return _of_decimal(value, digits)
    return Fit(Place.HERE, value)


def compared(column: Any, operator: Operator, found: Fit) -> Any:
    """Compare a column with a value: a condition, or what holds for every row.

    Nothing is equal to null, and everything is different from it, as in Python.

    Args:
        column: An expression of the data layer.
        operator: EQ, NE, LT, LE, GT or GE.
        found: The value.
    """
    value = found.value
    if operator is Operator.EQ:
        return column == value if found.place is Place.HERE else False
    if operator is Operator.NE:
        if found.place is not Place.HERE:
            return True
        return (column != value) | column.is_null()
    below = operator in (Operator.LT, Operator.LE)
    if found.place is Place.HERE:
        return _ORDERING[operator](column, value)
    if found.place is Place.BEHIND:
        return column <= value if below else column > value
    if found.place is Place.BEFORE:
        return column < value if below else column >= value
    everything = Place.ABOVE if below else Place.BELOW
    return column.is_not_null() if found.place is everything else False


_ORDERING: Final[Mapping[Operator, Callable[[Any, Any], Any]]] = {
    Operator.LT: lambda column, value: column < value,
    Operator.LE: lambda column, value: column <= value,
    Operator.GT: lambda column, value: column > value,
    Operator.GE: lambda column, value: column >= value,
}


def _of_text(value: str) -> Fit:
    odd = _ODD.search(value)
    if odd is None:
        return Fit(Place.HERE, value)
    start = value[: odd.start()]
    # No text in a column has a NUL, so what has one lies just behind its beginning;
    # nor half a pair, which lies before all that comes behind the pairs.
    return (
        Fit(Place.BEHIND, start)
        if odd[0] == "\0"
        else Fit(Place.BEFORE, start + _BEHIND)
    )


_ODD: Final = re.compile("[\0\ud800-\udfff]")
_BEHIND: Final = "\ue000"


def _of_whole(value: int) -> Fit:
    if -_LARGEST <= value < _LARGEST:
        return Fit(Place.HERE, value)
    return _ABOVE if value > 0 else _BELOW


def _of_float(value: float) -> Fit:
    if math.isnan(value):
        return _NOWHERE
    if math.isinf(value):
        return _ABOVE if value > 0 else _BELOW
    return Fit(Place.HERE, value)


def _of_datetime(value: dt.datetime) -> Fit:
    if value.tzinfo is None:
        return _NOWHERE
    try:
        return Fit(Place.HERE, value.astimezone(dt.UTC))
    except OverflowError:
        return _ABOVE if value.year > _MIDDLE else _BELOW


def _of_time(value: dt.time) -> Fit:
    return Fit(Place.HERE, value) if value.tzinfo is None else _NOWHERE


def _of_span(value: dt.timedelta) -> Fit:
    whole = _of_whole(value // _MICROSECOND)
    return Fit(Place.HERE, value) if whole.place is Place.HERE else whole


def _of_decimal(value: decimal.Decimal, digits: tuple[int, int] | None) -> Fit:
    if value.is_nan():
        return _NOWHERE
    if digits is None:
        return Fit(Place.HERE, value)
    bound = decimal.Decimal(1).scaleb(digits[0] - digits[1])
    if not -bound < value < bound:
        return _ABOVE if value > 0 else _BELOW
    step = decimal.Decimal(1).scaleb(-digits[1])
    floor = value.quantize(step, decimal.ROUND_FLOOR, _EXACT)
    if floor <= -bound:
        return _BELOW
    return Fit(Place.HERE if floor == value else Place.BEHIND, floor)


_LOOKS: Final[Mapping[type, Callable[[Any], Fit]]] = {
    str: _of_text,
    int: _of_whole,
    float: _of_float,
    dt.datetime: _of_datetime,
    dt.time: _of_time,
    dt.timedelta: _of_span,
}

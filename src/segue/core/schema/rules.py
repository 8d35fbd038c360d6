"""The rules that marks make, asked of one value.

`checks.py` writes them into functions that say yes or no, `faults.py` asks them one by
one to say what is wrong. A rule that is more than a comparison is here for both.
"""

import operator
import re
from collections.abc import Callable, Hashable, Iterator
from datetime import datetime, time
from typing import Any, Final, get_args, get_origin

from segue.core.schema.shape import Bounds, Kind, Shape

__all__ = [
    "SIGNS",
    "bounds_of",
    "identity_of",
    "in_zone",
    "is_multiple",
    "satisfies",
    "unmet",
    "words_of",
]

SIGNS: Final = (("ge", ">="), ("gt", ">"), ("le", "<="), ("lt", "<"))
"""The limits of bounds, and how each is written."""


def identity_of(hint: Any) -> Hashable:
    """Give what tells a type from every other one, also from one of the same name.

    It is the hint itself, so that it stays the same however often a type that contains
    itself is described; one that cannot be hashed is known by its parts.
    """
    if isinstance(hint, Hashable) and _is_hashable(hint):
        return hint
    parts = map(identity_of, get_args(hint))
    return get_origin(hint) or id(hint), *parts


def _is_hashable(hint: Any) -> bool:
    """Ask: what has `__hash__` may still have something inside that has none."""
    try:
        hash(hint)
    except TypeError:
        return False
    return True


def bounds_of(shape: Shape) -> Bounds:
    """Choose the bounds that can be asked: of what may be anything, predicates only."""
    if shape.kind in {Kind.ANY, Kind.OTHER}:
        return Bounds(predicates=shape.bounds.predicates)
    return shape.bounds


def is_multiple(value: Any, step: Any) -> bool:
    """Tell whether a number is a multiple, as exactly as floats allow.

    One that is too large to be divided exactly is none.
    """
    try:
        if isinstance(value, float) or isinstance(step, float):
            times = float(value) / float(step)
            return abs(times - round(times)) < 1e-9  # noqa: PLR2004 - 0.3 is a multiple of 0.1
        return bool(value % step == 0)
    except ArithmeticError:
        return False


def in_zone(value: datetime | time, zone: Any) -> bool:
    """Tell whether a time has the zone it must have: True any, False none."""
    if isinstance(zone, bool):
        return (value.tzinfo is not None) is zone
    if isinstance(zone, str):
        return str(value.tzinfo) == zone
    return bool(value.tzinfo == zone)


def satisfies(predicate: Callable[[Any], Any], value: Any) -> bool:
    """Ask a function about a value; one that refuses it by raising says no."""
    try:
        return bool(predicate(value))
    except (ValueError, TypeError, ArithmeticError):
        return False


def unmet(bounds: Bounds, value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Find what a value does not hold: a stable word for it, and its sentence.

    Args:
        bounds: What it must hold.
        value: The value, of its type.
        name: What the type is called in a message.
    """
    for attribute, sign in SIGNS:
        limit = getattr(bounds, attribute)
        if limit is not None and not _compares(sign, value, limit):
            code = "too_small" if sign[0] == ">" else "too_large"
            yield code, f"Expected `{name}` {sign} {limit}"
    if bounds.multiple_of is not None and not is_multiple(value, bounds.multiple_of):
        step = bounds.multiple_of
        yield "not_multiple", f"Expected `{name}` that's a multiple of {step}"
    if bounds.min_length is not None and len(value) < bounds.min_length:
        yield "too_short", f"Expected `{name}` of length >= {bounds.min_length}"
    if bounds.max_length is not None and len(value) > bounds.max_length:
        yield "too_long", f"Expected `{name}` of length <= {bounds.max_length}"
    yield from _unmet_words(bounds, value)


def words_of(bounds: Bounds) -> Iterator[str]:
    """Say what bounds demand, one demand after the other.

    Example:
        >>> list(words_of(Bounds(ge=1, max_length=8)))
        ['>= 1', 'length <= 8']
    """
    for attribute, sign in SIGNS:
        if (limit := getattr(bounds, attribute)) is not None:
            yield f"{sign} {limit}"
    if bounds.multiple_of is not None:
        yield f"a multiple of {bounds.multiple_of}"
    if bounds.min_length is not None:
        yield f"length >= {bounds.min_length}"
    if bounds.max_length is not None:
        yield f"length <= {bounds.max_length}"
    yield from (f"matching {pattern!r}" for pattern in bounds.patterns)
    if bounds.tz is not None:
        yield _ZONES.get(bounds.tz, f"in {bounds.tz}")
    yield from (_name_of(each) for each in bounds.predicates)


_ZONES: Final = {True: "with a time zone", False: "without a time zone"}


def _name_of(predicate: Callable[[Any], Any]) -> str:
    return getattr(predicate, "__name__", "a condition")


def _unmet_words(bounds: Bounds, value: Any) -> Iterator[tuple[str, str]]:
    for pattern in bounds.patterns:
        if re.search(pattern, value) is None:
            yield "pattern", f"Expected `str` matching regex {pattern!r}"
    if bounds.tz is not None and not in_zone(value, bounds.tz):
        zone = {True: "a time zone", False: "no time zone"}.get(bounds.tz)
        yield "format", f"Expected {zone or f'the time zone {bounds.tz}'}"
    for predicate in bounds.predicates:
        if not satisfies(predicate, value):
            name = _name_of(predicate)
            yield "value", f"Expected a value for which {name} holds"


def _compares(sign: str, value: Any, limit: Any) -> bool:
    try:
        return bool(_COMPARE[sign](value, limit))
    except TypeError:
        return False


_COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}

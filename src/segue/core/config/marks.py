"""Constraints of a hint, held against a value.

Both families are enforced: `msgspec.Meta(ge=1)` and the marks of
`annotated_types` (`Ge(1)`). They name their limits alike, so one table serves
both; that also makes them work on types where msgspec refuses them, such as
`Decimal`, `Path`, optionals and secrets.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Any

from msgspec import Meta

from segue.core.config.secret import is_secret

__all__ = ["broken"]

Test = Callable[[Any, Any], bool]


def broken(marks: Iterable[Any], value: Any) -> Iterator[str]:
    """Say for each mark that does not hold what the value must be.

    A mark of neither family says nothing. None passes: a mark on an optional
    hint is about the value when there is one.
    """
    if is_secret(value):
        value = value.reveal()
    if value is None:
        return
    for mark in _flat(marks):
        for name, (test, words) in _LIMITS.items():
            limit = getattr(mark, name, None)
            if limit is not None and not _holds(test, value, limit):
                yield words.format(limit)
        if (says := _broken_predicate(mark, value)) is not None:
            yield says


def _flat(marks: Iterable[Any]) -> Iterator[Any]:
    """Take groups (`Interval`, `Len`) apart and leave out what is no constraint."""
    for mark in marks:
        if isinstance(mark, Meta):
            yield mark
            continue
        # 18 ms to import, and only settings with such marks need it.
        import annotated_types  # noqa: PLC0415 - see the line above

        if isinstance(mark, annotated_types.GroupedMetadata):
            yield from _flat(mark)
        elif isinstance(mark, annotated_types.BaseMetadata):
            yield mark


def _holds(test: Test, value: Any, limit: Any) -> bool:
    """Test one limit; a value that cannot be compared does not hold it."""
    try:
        return bool(test(value, limit))
    except TypeError:
        return False


def _multiple(value: Any, step: Any) -> bool:
    return bool(value % step == 0)


def _at_least(value: Sized, size: int) -> bool:
    return len(value) >= size


def _at_most(value: Sized, size: int) -> bool:
    return len(value) <= size


def _fits(value: str, pattern: str) -> bool:
    return re.search(pattern, value) is not None


def _in_zone(value: Any, zone: Any) -> bool:
    """Hold a time against `tz`: False wants no zone, everything else wants one."""
    return (value.tzinfo is not None) is (zone is not False)


_LIMITS: dict[str, tuple[Test, str]] = {
    "gt": (operator.gt, "greater than {}"),
    "ge": (operator.ge, "at least {}"),
    "lt": (operator.lt, "less than {}"),
    "le": (operator.le, "at most {}"),
    "multiple_of": (_multiple, "a multiple of {}"),
    "min_length": (_at_least, "at least {} long"),
    "max_length": (_at_most, "at most {} long"),
    "pattern": (_fits, "like the pattern {}"),
    "tz": (_in_zone, "a time with the right zone ({})"),
}


def _broken_predicate(mark: Any, value: Any) -> str | None:
    """Ask a `Predicate`; one that raises is one that does not hold."""
    function: Callable[[Any], object] | None = getattr(mark, "func", None)
    if function is None:
        return None
    try:
        holds = bool(function(value))
    except Exception:  # a predicate is a user's code and may raise anything
        holds = False
    if holds:
        return None
    name = getattr(function, "__qualname__", None) or repr(function)
    return f"what {name} accepts"

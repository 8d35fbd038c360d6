"""A query answered over a list: what a database does in its own way.

Items are records or mappings. A value that cannot be compared with what is asked for
fits no condition; nothing here raises for data that is odd.
"""

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeVar, cast

from msgspec import UNSET

from segue.resources.query import Condition, Found, Operator, Order, Query

__all__ = ["answer", "position_of", "stored_of", "value_of"]

T = TypeVar("T")

Position = tuple[Any, ...]


def answer(query: Query, items: Iterable[T]) -> Found[T]:
    """Find what a query asks for among some items."""
    fitting = [item for item in items if fits(item, query.conditions)]
    in_order = functools.cmp_to_key(_comparing(query.order))
    fitting.sort(key=lambda item: in_order(position_of(item, query.order)))
    total = len(fitting) if query.count else None
    compare = _comparing(query.order)
    if query.before is not None:
        found = [
            item
            for item in fitting
            if not query.before
            or compare(position_of(item, query.order), query.before) < 0
        ]
        start = max(0, len(found) - query.limit)
        return Found(found[start:], start > 0, total)
    if query.after:
        after = query.after
        fitting = [
            item
            for item in fitting
            if compare(position_of(item, query.order), after) > 0
        ]
    end = query.offset + query.limit
    return Found(fitting[query.offset : end], end < len(fitting), total)


def value_of(item: Any, field: str) -> Any:
    """Read a field of a record or a mapping; None where there is none.

    Of a relation of a model it is the key.
    """
    if isinstance(item, Mapping):
        return cast("Mapping[str, Any]", item).get(field)
    found = stored_of(item, field)
    if found is UNSET:
        return None
    key = getattr(found, "__key__", None)
    return found if key is None else key()


def stored_of(item: Any, field: str) -> Any:
    """Read what a record has in a field: of a relation the key until it is loaded."""
    reads: Any = getattr(item.__class__, "__reads__", None)
    return getattr(item, field, UNSET) if reads is None else reads[field](item)


def position_of(item: Any, order: Sequence[Order]) -> Position:
    """Read where an item stands in an order."""
    return tuple(value_of(item, each.field) for each in order)


def fits(item: Any, conditions: Iterable[Condition]) -> bool:
    """Tell whether all conditions hold of an item."""
    return all(_holds(value_of(item, each.field), each) for each in conditions)


def _holds(value: Any, condition: Condition) -> bool:
    wanted = condition.value
    if condition.operator is Operator.NULL:
        return (value is None) is bool(wanted)
    if condition.operator is Operator.NE:
        return bool(value != wanted)
    if value is None:
        return False
    try:
        return bool(_TESTS[condition.operator](value, wanted))
    except (TypeError, ArithmeticError):
        return False


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, str):
        return str(wanted).casefold() in value.casefold()
    return wanted in value


_TESTS: Final[Mapping[Operator, Callable[[Any, Any], Any]]] = {
    Operator.EQ: lambda value, wanted: value == wanted,
    Operator.LT: lambda value, wanted: value < wanted,
    Operator.LE: lambda value, wanted: value <= wanted,
    Operator.GT: lambda value, wanted: value > wanted,
    Operator.GE: lambda value, wanted: value >= wanted,
    Operator.IN: lambda value, wanted: value in wanted,
    Operator.CONTAINS: _contains,
    Operator.STARTSWITH: lambda value, wanted: value.startswith(wanted),
}


def _comparing(order: Sequence[Order]) -> Callable[[Position, Position], int]:
    def compare(one: Position, other: Position) -> int:
        for each, left, right in zip(order, one, other, strict=True):
            if (found := _compared(left, right, descending=each.descending)) != 0:
                return found
        return 0

    return compare


def _compared(left: Any, right: Any, *, descending: bool) -> int:
    left, right = _comparable(left), _comparable(right)
    if left is None or right is None:
        return (left is None) - (right is None)
    try:
        found = int(left > right) - int(left < right)
    except TypeError:
        found = int(str(left) > str(right)) - int(str(left) < str(right))
    return -found if descending else found


def _comparable(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (float, Decimal)) and math.isnan(value):
        return None  # it is neither below nor above anything
    return value

"""Where a row stands in an order: what comes behind it, and what before.

The order is total: its last column is different for every row. Nulls stand last.
"""

from collections.abc import Sequence
from typing import Any

from segue.db.expressions import ColumnExpression, Condition, Order

__all__ = ["ahead", "behind", "turned"]


def behind(orders: Sequence[Order], values: Sequence[Any]) -> Condition:
    """Say that a row comes behind one with these values."""
    found: Condition | None = None
    for order, value in reversed(list(zip(orders, values, strict=True))):
        column = ColumnExpression(order.key[1])
        past: Condition | None = None
        if value is not None:
            past = column < value if order.key[0] == "desc" else column > value
            if order.key[1].part.nullable:
                past = past | column.is_null()
        found = _or_equal(column, value, past, found)
    return _never() if found is None else found


def ahead(orders: Sequence[Order], values: Sequence[Any]) -> Condition:
    """Say that a row comes before one with these values."""
    found: Condition | None = None
    for order, value in reversed(list(zip(orders, values, strict=True))):
        column = ColumnExpression(order.key[1])
        if value is None:
            past = column.is_not_null()
        else:
            past = column > value if order.key[0] == "desc" else column < value
        found = _or_equal(column, value, past, found)
    return _never() if found is None else found


def turned(orders: Sequence[Order]) -> tuple[Order, ...]:
    """Turn an order round, nulls and all."""
    return tuple(order.backwards() for order in orders)


def _or_equal(
    column: ColumnExpression,
    value: Any,
    past: Condition | None,
    further: Condition | None,
) -> Condition | None:
    """Join what is decided by a column with what those behind it decide."""
    if further is None:
        return past
    same: Condition = (column == value) & further
    return same if past is None else past | same


def _never() -> Condition:
    return Condition(("not", ("and",)))

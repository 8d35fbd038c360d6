"""What a store is asked for when many are wanted, and what it answers.

A `Query` is plain data: conditions that all hold, an order, and a window that is told
either by an offset or by the position of an item. A store over a database turns it
into one statement; `matching.py` answers it over a list.
"""

from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec

__all__ = ["Condition", "Found", "Operator", "Order", "Query"]

T = TypeVar("T")


class Operator(Enum):
    """How a field is compared; the value is what stands behind `__` in a query."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    CONTAINS = "contains"
    """Text in text, whatever the case; or an item in a list."""
    STARTSWITH = "startswith"
    NULL = "null"
    """True: there is no value; False: there is one."""


class Condition(msgspec.Struct, frozen=True):
    """One thing that must hold of an item."""

    field: str
    operator: Operator
    value: Any


class Order(msgspec.Struct, frozen=True):
    """A field to sort by. Items without a value stand last, in both directions."""

    field: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.field}" if self.descending else self.field


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the items, in an order.

    Attributes:
        conditions: All of them hold.
        order: The last field is different for every item, so that the order is total.
        limit: How many are wanted at most.
        offset: How many are passed over.
        after: The values of the order's fields of the item that the first one follows.
        before: The same of the item that the last one precedes; the items are those
            just before it. An empty tuple is the end.
        count: How many there are in all is wanted as well.
        fields: What is wanted of each item; empty for all. A store may give more.
    """

    conditions: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int = 20
    offset: int = 0
    after: tuple[Any, ...] | None = None
    before: tuple[Any, ...] | None = None
    count: bool = False
    fields: tuple[str, ...] = ()


class Found(msgspec.Struct, Generic[T]):
    """What a store found.

    Attributes:
        items: In the order of the query, also where they were read backwards.
        more: There are more of them in the direction of reading.
        total: How many there are in all, where the query asked.
    """

    items: list[T]
    more: bool = False
    total: int | None = None

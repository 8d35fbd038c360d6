"""Sort orders: `-created,name` is by `created`, the newest first, then by `name`."""

from collections.abc import Collection, Sequence
from typing import Final

from segue.core.errors import nearest
from segue.core.handlers.invalid import invalid
from segue.resources.query import Order

__all__ = ["parse_order", "total_order", "wanted_order"]

_LONGEST: Final = 64


def parse_order(text: str) -> tuple[Order, ...]:
    """Parse the text of an order.

    Example:
        >>> parse_order("-created,name")[0]
        Order(field='created', descending=True)
    """
    return tuple(
        Order(field.removeprefix("-"), field.startswith("-"))
        for field in (part.strip() for part in text.split(","))
        if field
    )


def wanted_order(text: str, allowed: Collection[str]) -> tuple[Order, ...]:
    """Parse the order that a client asks for.

    Raises:
        Invalid: It names a field that is not among the allowed ones, or one twice.
    """
    if text.count(",") > len(allowed):
        raise invalid("query", "sort", "Too many fields", "max_length")
    order = parse_order(text)
    for each in order:
        if each.field not in allowed:
            name = each.field[:_LONGEST]
            near = nearest(name, allowed)
            hint = f"; did you mean {near!r}?" if near else ""
            message = f"{name!r} cannot be sorted by{hint}"
            raise invalid("query", "sort", message, "unknown_field")
    if len({each.field for each in order}) < len(order):
        raise invalid("query", "sort", "A field is there twice", "unique")
    return order


def total_order(order: Sequence[Order], key: str) -> tuple[Order, ...]:
    """Make an order total: items that are alike in it are sorted by their key."""
    if any(each.field == key for each in order):
        return tuple(order)
    return (*order, Order(key))

"""Sort orders: `-created,name` is by `created`, the newest first, then by `name`."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from segue.core.errors import PlanError, nearest
from segue.core.handlers.inputs import bare, is_scalar
from segue.core.handlers.invalid import invalid
from segue.core.handlers.plan import type_name
from segue.resources.hints import optional
from segue.resources.query import Order
from segue.resources.records import RecordField

__all__ = ["check_sortable", "parse_order", "total_order", "wanted_order"]

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


def check_sortable(field: RecordField, place: str) -> None:
    """Refuse a field whose values have no order, or none that a cursor could carry.

    Raises:
        PlanError: It is a list, a record, or a union of what cannot be told apart.
    """
    try:
        msgspec.json.Decoder(optional(bare(field.hint)))
        fits = is_scalar(field.hint)
    except TypeError:
        fits = False
    if not fits:
        raise PlanError(
            "SG-RES-008",
            f"Nothing can be sorted by {field.name!r}: {type_name(bare(field.hint))}.",
            why="A cursor holds a value of it, as text or a number.",
            fix="Sort by a field of text, a number, a date or an enum.",
            where=(place,),
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

"""Sort orders: `-created,name` is by `created`, the newest first, then by `name`."""

from collections.abc import Collection, Sequence

import msgspec

from segue.core.errors import PlanError
from segue.core.handlers.inputs import bare, is_scalar
from segue.core.handlers.plan import type_name
from segue.resources.choices import check_names, split_names
from segue.resources.hints import optional
from segue.resources.query import Order
from segue.resources.records import RecordField

__all__ = ["check_sortable", "parse_order", "total_order", "wanted_order"]


def parse_order(text: str) -> tuple[Order, ...]:
    """Parse the text of an order.

    Example:
        >>> parse_order("-created,name")[0]
        Order(field='created', descending=True)
    """
    names = split_names(text)
    return tuple(Order(each.removeprefix("-"), each.startswith("-")) for each in names)


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
        Invalid: It names a field that is not among the allowed ones.
    """
    order = parse_order(text)
    check_names((each.field for each in order), allowed, "sort", "to sort by")
    found: dict[str, Order] = {}
    for each in order:
        # Of a field that is there again the first counts.
        found.setdefault(each.field, each)
    return tuple(found.values())


def total_order(order: Sequence[Order], key: str) -> tuple[Order, ...]:
    """Make an order total: items that are alike in it are sorted by their key."""
    if any(each.field == key for each in order):
        return tuple(order)
    return (*order, Order(key))

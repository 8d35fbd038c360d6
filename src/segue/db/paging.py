"""Pages by key: a part of a query, and a word that says where the next one begins.

The word has the values that the last row is sorted by, and its key. So a page far
behind costs as much as the first, and rows that come or go move nothing.
"""

import base64
from collections.abc import Sequence
from typing import Any

import msgspec

from segue.core.errors import BadRequest
from segue.db.command import Command, Steps
from segue.db.description import told_of
from segue.db.expressions import Order, Ref
from segue.db.keyset import behind
from segue.db.mistakes import QueryError, caller
from segue.db.paths import key_value
from segue.db.plans import Plan, Plans
from segue.db.query import query_of
from segue.db.reads import all_of, scoped
from segue.db.selects import select_plan
from segue.db.slices import Slice

__all__ = ["page", "streamed"]

_LONGEST = 4_000


def page(plans: Plans, query: Any, size: int, after: str | None) -> Steps[Slice[Any]]:
    """Read a part of a query; see `Verbs.page`.

    Raises:
        BadRequest: `after` is no word that a page gave.
        QueryError: The order is by something that is no column of the model.
    """
    query = query_of(query)
    orders = _complete(query)
    cut: Any = query_of(query).sorted_by(orders).limit(size + 1).offset(None)
    if after is not None:
        cut = cut.where(behind(orders, _read(orders, after)))
    found = yield from all_of(plans, cut)
    if len(found) <= size:
        return Slice(found)
    items = found[:size]
    return Slice(items, _word(orders, items[-1]))


def streamed(plans: Plans, query: Any) -> tuple[Plan, Command]:
    """Give the plan and the command of a query that is read row by row.

    Raises:
        QueryError: It loads what takes a query of its own.
    """
    from segue.db.loads import arranged, tree_of  # noqa: PLC0415 - rarely needed

    query = scoped(plans, query_of(query))
    joined, others = arranged(tree_of(query.loads))
    if others:
        raise QueryError(
            "SG-DB-048",
            f"A stream loads {others[0][1].step!r}.",
            why="It is asked for once for all objects, and a stream never has all.",
            fix="Load relations to one only, or read pages: db.page(query, size=500).",
            where=[caller()],
        )
    plan = select_plan(plans, query, joined)
    return plan, plan.command(query.values())


def _complete(query: Any) -> tuple[Order, ...]:
    """Add the key to the order, so that it leaves nothing to chance."""
    orders: tuple[Order, ...] = query.orders
    told = query.model.__model__
    for order in orders:
        ref = order.key[1]
        if not isinstance(ref, Ref) or ref.path:
            raise QueryError(
                "SG-DB-049",
                "A page is sorted by something that is no column of its model.",
                why="The next page begins behind the last row, by the values it has.",
                fix="Sort by columns of the model, or count rows with offset().",
                where=[caller()],
            )
    sorted_by = {order.key[1].part for order in orders}
    keys = [
        Order(query.model.__names__[part.name])
        for part in told.key
        if part not in sorted_by
    ]
    return (*orders, *keys)


def _word(orders: Sequence[Order], last: Any) -> str:
    told = told_of(last)
    values = [told.slots[order.key[1].part.name](last) for order in orders]
    keys = [key_value(value) for value in values]
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode().rstrip("=")


def _read(orders: Sequence[Order], word: str) -> list[Any]:
    parts = [order.key[1].part for order in orders]
    try:
        if len(word) > _LONGEST:
            raise ValueError  # noqa: TRY301 - answered below
        padded = word + "=" * (-len(word) % 4)
        text = base64.b64decode(padded, b"-_", validate=True)
        values = msgspec.json.decode(text, type=list[Any])
        return [
            None if value is None and part.nullable else _convert(value, part)
            for value, part in zip(values, parts, strict=True)
        ]
    except (ValueError, TypeError) as error:
        raise BadRequest("`after` is none that a page gave.") from error


def _convert(value: Any, part: Any) -> Any:
    kind = part.plain
    if part.role == "one":
        kind = _key_type(part.plain)
    found = msgspec.convert(value, kind)
    if isinstance(found, int) and not -(1 << 63) <= found < 1 << 63:
        raise ValueError
    return found


def _key_type(model: Any) -> Any:
    told = getattr(model, "__model__", None)
    return Any if told is None else told.key[0].plain

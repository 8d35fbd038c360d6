"""A part of a query of the data layer: cut in SQL, counted only when asked.

return db.page(Book.order_by(desc(Book.published)).load(Book.author), page)
"""

from typing import Any, Protocol

from segue.core.handlers.inputs import bare
from segue.core.handlers.invalid import invalid
from segue.db.command import Steps
from segue.db.expressions import Order as Sorted, Ref
from segue.db.logic import Logic
from segue.db.query import query_of
from segue.resources.asking import Asking
from segue.resources.paged import Paged
from segue.resources.query import Found, Order, Query
from segue.resources.records import fields_by_name

__all__ = ["listed", "paged"]


class Paging(Protocol):
    """What a page knows; see `Page`."""

    @property
    def size(self) -> int: ...  # protocol
    @property
    def offset(self) -> int: ...  # protocol
    @property
    def by_cursor(self) -> bool: ...  # protocol
    @property
    def after(self) -> str | None: ...  # protocol
    def query(self, order: Any = ..., hints: Any = ...) -> Query: ...  # protocol
    def answer(
        self, found: Found[Any], order: Any = ..., hints: Any = ...
    ) -> Paged[Any]: ...  # protocol


def listed(
    logic: Logic, wanted: Any, query: Query, columns: dict[str, Any] | None = None
) -> Steps[Found[Any]]:
    """List the window of a query out of the rows that are wanted.

    Args:
        logic: That of the database.
        wanted: All rows, with what is loaded of them.
        query: The order and the window; its conditions are in `wanted`.
        columns: These alone are read, where a client chose.
    """
    asked = Asking(wanted.model).cut(wanted, query)
    if columns is None:
        items = yield from logic.all(asked)
    else:
        items = yield from logic.rows(asked, columns)
    return (yield from _counted(logic, wanted, query, items))


def paged(logic: Logic, query: Any, page: "Paging") -> Steps[Paged[Any]]:
    """Read the page that a client wants out of a query.

    By number it is sorted by anything, by cursor by columns of the model.

    Raises:
        Invalid: The cursor is none of this list in this order.
    """
    query = query_of(query)
    order = _order(query)
    if order is None:
        if page.by_cursor:
            name = "before" if page.after is None else "after"
            raise invalid("query", name, "This list has no cursors", "cursor")
        window = page.query()
        cut = query.limit(page.size + 1).offset(page.offset or None)
        items = yield from logic.all(cut.order_by(*_keys(query.model)))
        return page.answer((yield from _counted(logic, query, window, items)))
    known = fields_by_name(query.model, "")
    hints = [bare(known[each.field].hint) for each in order]
    window = page.query(order, hints)
    found = yield from listed(logic, query.sorted_by(()), window)
    return page.answer(found, order, hints)


def _counted(
    logic: Logic, wanted: Any, query: Query, items: list[Any]
) -> Steps[Found[Any]]:
    more = len(items) > query.limit
    items = items[: query.limit]
    if query.before is not None:
        items.reverse()
    if not query.count:
        return Found(items, more)
    is_last = not more and not query.after and query.before is None
    if is_last and (items or not query.offset):
        # The last page tells by itself how many there are.
        return Found(items, more, query.offset + len(items))
    whole = wanted.limit(None).offset(None)
    return Found(items, more, (yield from logic.count(whole)))


def _order(query: Any) -> tuple[Order, ...] | None:
    """Read what a query is sorted by; None where that is no column of its own."""
    found: list[Order] = []
    for each in query.orders:
        direction, by = each.key
        if not isinstance(by, Ref) or by.path:
            return None
        found.append(Order(by.part.name, direction == "desc"))
    names = {each.field for each in found}
    keys = [part.name for part in query.model.__model__.key if part.name not in names]
    return (*found, *map(Order, keys))


def _keys(model: Any) -> list[Sorted]:
    asking = Asking(model)
    return [Sorted(asking.column(part.name)) for part in model.__model__.key]

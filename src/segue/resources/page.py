"""Page: which part of a list a client wants, given to any handler that asks by type.

    @api.get("/orders")
    async def orders(filter: OrderFilter, page: Page) -> Paged[Order]:
        return page.cut(await all_orders(filter), sort="-placed,number")

    @api.get("/books")
    def books(db: Db, page: Page) -> Paged[Read[Book]]:
        return db.page(Book.order_by(Book.title), page)

    ?page=2&size=50          by number; `total=false` saves counting
    ?after=&size=50          by cursor, from the start; then `?after=<cursor>`
    ?before=                 by cursor, from the end

A page by number shifts when items come in before it; one by cursor does not.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

import msgspec
from annotated_types import Ge, Le, MaxLen

from segue.core.handlers.invalid import invalid
from segue.core.handlers.sources import FromQuery
from segue.core.http.request import Request
from segue.resources.cursor import MAX_CURSOR, Cursors
from segue.resources.matching import answer, position_of, value_of
from segue.resources.paged import Address, Paged
from segue.resources.query import Condition, Found, Order, Query
from segue.resources.sorting import parse_order

__all__ = ["MAX_PAGE", "Page", "PageSize"]

T = TypeVar("T")

MAX_PAGE: Final = 1_000_000
"""The highest number of a page; beyond it use cursors."""


class PageSize(msgspec.Struct, frozen=True):
    """How many items a page has: `page: Annotated[Page, PageSize(50, 200)]`.

    Attributes:
        default: Where a client does not say.
        maximum: What a client may ask for.
        cursor: A client that says nothing gets cursors, not numbers.
    """

    default: int = 20
    maximum: int = 100
    cursor: bool = False


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a list that a client wants.

    Attributes:
        number: The page, from 1; meant only without a cursor.
        size: How many items it has at most.
        after: A cursor: the items behind it; empty for the first ones.
        before: A cursor: the items before it; empty for the last ones.
        counts: Whether `total` is wanted.
        address: Where the list was asked for.
    """

    number: int = 1
    size: int = 20
    after: str | None = None
    before: str | None = None
    counts: bool = True
    address: Address = Address()

    @classmethod
    def __provide__(cls, hint: Any) -> Callable[..., "Page"]:
        marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
        size = next((mark for mark in marks if isinstance(mark, PageSize)), PageSize())
        return page_reader(size)

    @property
    def offset(self) -> int:
        """How many items stand before it, for a page by number."""
        return (self.number - 1) * self.size

    @property
    def by_cursor(self) -> bool:
        """Whether a cursor says which items are meant."""
        return self.after is not None or self.before is not None

    def query(
        self,
        order: Sequence[Order] = (),
        hints: Sequence[Any] = (),
        conditions: Sequence[Condition] = (),
    ) -> Query:
        """Build what a store is asked for.

        Args:
            order: What the list is sorted by; its last field is different for every
                item.
            hints: The types of these fields, which cursors are held to.
            conditions: What must hold of an item.

        Raises:
            Invalid: The cursor is none of this list in this order.
        """
        query = Query(
            conditions=tuple(conditions),
            order=tuple(order),
            limit=self.size,
            count=self.counts,
        )
        replace = msgspec.structs.replace
        if self.before is not None:
            read = self._cursors(order, hints).read
            return replace(query, before=read(self.before, "before"))
        if self.after is not None:
            read = self._cursors(order, hints).read
            return replace(query, after=read(self.after, "after"))
        return replace(query, offset=self.offset)

    def answer(
        self, found: Found[T], order: Sequence[Order] = (), hints: Sequence[Any] = ()
    ) -> Paged[T]:
        """Build the answer out of what a store found for the query."""
        if not self.by_cursor:
            return self.of(found.items, total=found.total, more=found.more)
        link, items = self.address.link, found.items
        write = self._cursors(order, hints).write
        forth = found.more if self.before is None else bool(self.before)
        back = found.more if self.before is not None else bool(self.after)
        last = write(position_of(items[-1], order)) if items else None
        first = write(position_of(items[0], order)) if items else None
        return Paged(
            items=items,
            total=msgspec.UNSET if found.total is None else found.total,
            next=link(after=last, size=self.size) if last and forth else None,
            prev=link(before=first, size=self.size) if first and back else None,
            first=link(after="", size=self.size),
            last=link(before="", size=self.size),
        )

    def of(
        self, items: Sequence[T], *, total: int | None = None, more: bool | None = None
    ) -> Paged[T]:
        """Build the answer of a page by number that somebody else cut out.

        Args:
            items: The items from `offset` on, `size` of them at most.
            total: How many there are in all, if it was counted.
            more: Whether there are more behind these, where `total` does not say.
        """
        link, number, size = self.address.link, self.number, self.size
        if more is None:
            more = total is not None and self.offset + len(items) < total
        pages = None if total is None else max(1, -(-total // size))
        # Behind the last page the one before it is the last.
        before = number - 1 if pages is None else min(number - 1, pages)
        return Paged(
            items=list(items),
            total=msgspec.UNSET if total is None else total,
            next=link(page=number + 1, size=size) if more else None,
            prev=link(page=before, size=size) if number > 1 else None,
            first=link(page=1, size=size),
            last=msgspec.UNSET if pages is None else link(page=pages, size=size),
        )

    def cut(self, items: Sequence[T], *, sort: str = "") -> Paged[T]:
        """Cut the page out of a list that is there as a whole.

        Args:
            items: All of them.
            sort: Fields to sort by, `-placed,number`; the last one different for
                every item. Cursors need it.

        Raises:
            Invalid: The cursor is none of this list, or nothing is sorted by.
        """
        order = parse_order(sort)
        if self.by_cursor and not order:
            name = "before" if self.after is None else "after"
            raise invalid("query", name, "This list has no cursors", "cursor")
        hints = [_type_in(items, each.field) for each in order]
        return self.answer(answer(self.query(order, hints), items), order, hints)

    def __page__(self, logic: Any, query: Any) -> Any:
        """Read the page of a query of the data layer; see `db.page`."""
        # Imported here: an app without models needs nothing of a database.
        from segue.resources.listing import paged  # noqa: PLC0415

        return paged(logic, query, self)

    def _cursors(self, order: Sequence[Order], hints: Sequence[Any]) -> Cursors:
        return Cursors(self.address.path, order, hints)


def _type_in(items: Sequence[Any], field: str) -> Any:
    for item in items:
        if (value := value_of(item, field)) is not None:
            kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType] - of Any
            return _NUMBER if kind in (int, float) else kind
    return Any


def page_reader(size: PageSize) -> Callable[..., Page]:
    """Make the provider of a page with a default and a maximum of its size."""

    def page(
        request: Request,
        page: int,
        size: int,
        after: str | None,
        before: str | None,
        total: bool | None,
    ) -> Page:
        chosen = [
            n
            for n, given in (("after", after), ("before", before))
            if given is not None
        ]
        if len(chosen) > 1 or (chosen and page != 1):
            other = "after" if len(chosen) > 1 else "page"
            raise invalid(
                "query", chosen[-1], f"Give either this or {other!r}", "conflict"
            )
        if cursor and not chosen and page == 1:
            after = ""
        by_cursor = after is not None or before is not None
        return Page(
            number=page,
            size=size,
            after=after,
            before=before,
            counts=not by_cursor if total is None else total,
            address=Address.of(request),
        )

    cursor = size.cursor
    pattern = msgspec.Meta(extra_json_schema={"pattern": "^[A-Za-z0-9_-]*$"})
    text = Annotated[str | None, MaxLen(MAX_CURSOR), pattern]
    page.__defaults__ = (1, size.default, None, None, None)
    page.__annotations__ = {
        "request": Request,
        "page": Annotated[int, Ge(1), Le(MAX_PAGE), FromQuery(description=_PAGE)],
        "size": Annotated[int, Ge(1), Le(size.maximum), FromQuery(description=_SIZE)],
        "after": Annotated[text, FromQuery(description=_AFTER)],
        "before": Annotated[text, FromQuery(description=_BEFORE)],
        "total": Annotated[bool | None, FromQuery(description=_TOTAL)],
        "return": Page,
    }
    return page


_NUMBER: Final[Any] = int | float
_PAGE: Final = "The number of the page, from 1."
_SIZE: Final = "How many items a page has at most."
_AFTER: Final = "The items behind this cursor; empty for the first ones."
_BEFORE: Final = "The items before this cursor; empty for the last ones."
_TOTAL: Final = "Whether to count how many items there are in all."

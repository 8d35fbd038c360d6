"""Paged: some items, how many there are, and where the others are.

Links are paths with a query (`/orders?page=3&size=20`): they hold behind any proxy and
are resolved as every link is. The same links leave in the `Link` header.

Source: RFC 8288, sections 2 and 3.
"""

from collections.abc import Iterable
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from segue.core.http.request import Request
from segue.core.http.urls import build_query, quote_path

__all__ = ["Address", "Paged"]

T = TypeVar("T")

_RELATIONS: Final = ("next", "prev", "first", "last")
_LONGEST_LINK: Final = 4000
"""Servers and proxies refuse an answer whose headers are too long."""


class Address(msgspec.Struct, frozen=True):
    """Where a list was asked for: what its links are made of."""

    path: str = ""
    query: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, request: Request) -> "Address":
        """Take the address of a request, without what says which page it wants."""
        fields = request.query.items()
        kept = tuple(each for each in fields if each[0] not in _OWN)
        return cls(quote_path(request.root_path + request.path), kept)

    def link(self, **values: str | int) -> str:
        """Build the link to another page."""
        return f"{self.path}?{build_query([*self.query, *values.items()])}"


_OWN: Final = frozenset(("page", "size", "after", "before"))


class Paged(msgspec.Struct, Generic[T], kw_only=True):
    """Some of many items: what a handler of a list returns.

    Attributes:
        items: The items of this page.
        total: How many there are in all; absent where nobody counted.
        next: Where the items behind these are; None when these are the last.
        prev: Where the items before these are; None when these are the first.
        first: Where the first items are.
        last: Where the last items are; absent where nobody knows.
    """

    items: list[T]
    next: str | None = None
    prev: str | None = None
    total: int | UnsetType = UNSET
    first: str | UnsetType = UNSET
    last: str | UnsetType = UNSET

    def __headers__(self, request: Request) -> dict[str, str]:
        """Build the `Link` header."""
        links = _links((name, getattr(self, name)) for name in _RELATIONS)
        return {"link": links} if links else {}


def _links(targets: Iterable[tuple[str, Any]]) -> str:
    """Write links as a header, as far as there is room.

    Example:
        >>> _links([("next", "/tags?page=2"), ("prev", None)])
        '</tags?page=2>; rel="next"'
    """
    written: list[str] = []
    room = _LONGEST_LINK
    for relation, target in targets:
        if isinstance(target, str):
            link = f'<{target}>; rel="{relation}"'
            room -= len(link) + 2
            if room >= 0:
                written.append(link)
    return ", ".join(written)

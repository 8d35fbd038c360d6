"""A part of a query, and where the next one begins."""

from typing import Any, Generic, Protocol, TypeVar

import msgspec

from segue.db.command import Steps

__all__ = ["Paging", "Slice"]

T = TypeVar("T")


class Slice(msgspec.Struct, Generic[T], frozen=True):
    """A part of a query.

    Attributes:
        items: The objects.
        next: What to give as `after` for the next part; None at the end.
    """

    items: list[T]
    next: str | None = None


class Paging(Protocol):
    """Which part of a query is wanted, as a layer above knows it."""

    def __page__(self, logic: Any, query: Any) -> Steps[Any]:
        """Read it, with the logic of the database."""
        ...  # protocol

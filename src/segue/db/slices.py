"""A part of a query, and where the next one begins."""

from typing import Generic, TypeVar

import msgspec

__all__ = ["Slice"]

T = TypeVar("T")


class Slice(msgspec.Struct, Generic[T], frozen=True):
    """A part of a query.

    Attributes:
        items: The objects.
        next: What to give as `after` for the next part; None at the end.
    """

    items: list[T]
    next: str | None = None

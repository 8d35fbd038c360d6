"""What a resource keeps its items in: a protocol, in two colours.

A class with these methods is a store, plain or async; nothing is to be inherited. Every
model has one in its table (`tables.py`); else there is `MemoryStore`, and any class of
your own. A store with `get_many(keys)` is asked once for all items of a bulk.

Whoever changes an item says which state of it was seen (`expected`): a store that finds
another one there raises `Stale` and changes nothing, so that no update is lost.
"""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from segue.core.errors import Conflict, HTTPError
from segue.resources.query import Found, Query

__all__ = [
    "AsyncBulkStore",
    "AsyncStore",
    "BulkStore",
    "Duplicate",
    "ItemError",
    "Stale",
    "Store",
]

T = TypeVar("T")


class Duplicate(Conflict):
    """409: there is an item with this key, or another value that must be unique.

    Attributes:
        fields: Which values, as far as the store can tell.
    """

    fields: tuple[str, ...] = ()


class Stale(Conflict):
    """409: the item is not what it was when it was read, or not there any more."""


class ItemError(Exception):
    """One item of several cannot be stored.

    Args:
        index: Which one, from 0.
        error: Why: `Duplicate`, `Stale`, `NotFound` or another outcome.
    """

    def __init__(self, index: int, error: HTTPError) -> None:
        self.index = index
        self.error = error
        super().__init__(f"item {index}: {error}")


class Store(Protocol[T]):
    """Keeps the items of a resource."""

    def get(self, key: Any) -> T | None:
        """Get the item of a key; None where there is none."""
        ...  # protocol

    def find(self, query: Query) -> Found[T]:
        """Find some items."""
        ...  # protocol

    def insert(self, item: T) -> T:
        """Add an item; give it back with what the store added, its key for one.

        Raises:
            Duplicate: There is one with this key.
        """
        ...  # protocol

    def update(self, key: Any, item: T, expected: T) -> T:
        """Put an item in the place of what was read.

        Raises:
            Stale: Something else is there by now, or nothing.
        """
        ...  # protocol

    def delete(self, key: Any, expected: T) -> None:
        """Delete what was read.

        Raises:
            Stale: Something else is there by now, or nothing.
        """
        ...  # protocol


class BulkStore(Store[T], Protocol[T]):
    """Keeps items, and changes many at once: all of them, or none.

    Each raises an `ItemError` that says which item could not be stored.
    """

    def insert_many(self, items: Sequence[T]) -> list[T]:
        """Add items, as `insert` does."""
        ...  # protocol

    def update_many(self, changes: Sequence[tuple[Any, T, T]]) -> list[T]:
        """Change items: for each its key, the item, and what was read."""
        ...  # protocol

    def delete_many(self, items: Sequence[tuple[Any, T]]) -> None:
        """Delete items: for each its key, and what was read."""
        ...  # protocol


class AsyncStore(Protocol[T]):
    """Keeps the items of a resource, for async handlers; see `Store`."""

    async def get(self, key: Any) -> T | None:
        """Get the item of a key; None where there is none."""
        ...  # protocol

    async def find(self, query: Query) -> Found[T]:
        """Find some items."""
        ...  # protocol

    async def insert(self, item: T) -> T:
        """Add an item."""
        ...  # protocol

    async def update(self, key: Any, item: T, expected: T) -> T:
        """Put an item in the place of what was read."""
        ...  # protocol

    async def delete(self, key: Any, expected: T) -> None:
        """Delete what was read."""
        ...  # protocol


class AsyncBulkStore(AsyncStore[T], Protocol[T]):
    """Keeps items, and changes many at once, for async handlers; see `BulkStore`."""

    async def insert_many(self, items: Sequence[T]) -> list[T]:
        """Add items."""
        ...  # protocol

    async def update_many(self, changes: Sequence[tuple[Any, T, T]]) -> list[T]:
        """Change items."""
        ...  # protocol

    async def delete_many(self, items: Sequence[tuple[Any, T]]) -> None:
        """Delete items."""
        ...  # protocol

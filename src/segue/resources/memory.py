"""A store in memory: for tests, prototypes and examples.

It lives as long as the process and is seen by this process alone. Items are copied in
and out, so that nobody changes one behind its back; all of it happens under one lock.
"""

import copy
import itertools
import threading
from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from segue.core.errors import HTTPError, ServiceUnavailable
from segue.core.handlers.inputs import members_of
from segue.core.handlers.places import calling_place
from segue.resources.matching import answer, value_of
from segue.resources.query import Found, Query
from segue.resources.records import fields_by_name, is_same, pick, with_key
from segue.resources.store import Duplicate, ItemError, Stale

__all__ = ["AsyncMemoryStore", "MemoryStore"]

T = TypeVar("T")


class MemoryStore(Generic[T]):
    """Keeps items in memory.

    Args:
        type: The type of the items.
        key: The field that tells them apart. A whole number is given by the store
            where an item has none, None or 0.
        items: What is there from the beginning.
        limit: How many items there may be; more are refused with 503.

    Example:
        >>> import msgspec
        >>> class Tag(msgspec.Struct):
        ...     name: str
        ...     id: int = 0
        >>> MemoryStore(Tag).insert(Tag("new")).id
        1
    """

    def __init__(
        self,
        type: type[T],  # noqa: A002 - as msgspec calls it
        *,
        key: str = "id",
        items: Iterable[T] = (),
        limit: int | None = 10_000,
    ) -> None:
        place = calling_place()
        field = pick(fields_by_name(type, place), key, "key=", place)
        self._key = key
        self._numbers = itertools.count(1) if int in members_of(field.hint) else None
        self._limit = limit
        self._lock = threading.RLock()
        self._items: dict[Any, T] = {}
        for item in items:
            self.insert(item)

    def get(self, key: Any) -> T | None:
        """Get the item of a key; None where there is none."""
        with self._lock:
            return copy.deepcopy(self._items.get(key))

    def find(self, query: Query) -> Found[T]:
        """Find some items."""
        with self._lock:
            items = list(self._items.values())
        found = answer(query, items)
        found.items = copy.deepcopy(found.items)
        return found

    def insert(self, item: T) -> T:
        """Add an item, with a number for a key where it has none.

        Raises:
            Duplicate: There is one with this key.
            ServiceUnavailable: There are as many as there may be.
        """
        with self._lock:
            item = copy.deepcopy(self._keyed(item))
            key = value_of(item, self._key)
            if key in self._items:
                raise Duplicate(f"There is an item {key} already.")
            if self._limit is not None and len(self._items) >= self._limit:
                raise ServiceUnavailable("There is no room for another item.")
            self._items[key] = item
            return copy.deepcopy(item)

    def update(self, key: Any, item: T, expected: T) -> T:
        """Put an item in the place of what was read.

        Raises:
            Stale: Something else is there by now, or nothing.
            Duplicate: It has another key, and there is one with that already.
        """
        with self._lock:
            self._check(key, expected)
            own = value_of(item, self._key)
            if own != key and own in self._items:
                raise Duplicate(f"There is an item {own} already.")
            item = copy.deepcopy(item)
            if own != key:
                del self._items[key]
            self._items[own] = item
            return copy.deepcopy(item)

    def delete(self, key: Any, expected: T) -> None:
        """Delete what was read.

        Raises:
            Stale: Something else is there by now, or nothing.
        """
        with self._lock:
            self._check(key, expected)
            del self._items[key]

    def insert_many(self, items: Sequence[T]) -> list[T]:
        """Add items: all of them, or none.

        Raises:
            ItemError: One of them cannot be added.
        """
        return self._all((self.insert, (item,)) for item in items)

    def update_many(self, changes: Sequence[tuple[Any, T, T]]) -> list[T]:
        """Change items: all of them, or none.

        Raises:
            ItemError: One of them is not what was read.
        """
        return self._all((self.update, change) for change in changes)

    def delete_many(self, items: Sequence[tuple[Any, T]]) -> None:
        """Delete items: all of them, or none.

        Raises:
            ItemError: One of them is not what was read.
        """
        self._all((self.delete, item) for item in items)

    def __len__(self) -> int:
        return len(self._items)

    def _all(self, calls: Iterable[tuple[Any, tuple[Any, ...]]]) -> list[Any]:
        made: list[Any] = []
        with self._lock:
            before = dict(self._items)
            for index, (call, arguments) in enumerate(calls):
                try:
                    made.append(call(*arguments))
                except HTTPError as error:
                    self._items = before
                    raise ItemError(index, error) from error
        return made

    def _check(self, key: Any, expected: T) -> None:
        if key not in self._items or not is_same(self._items[key], expected):
            raise Stale("It was changed by somebody else.")

    def _keyed(self, item: T) -> T:
        if self._numbers is None or value_of(item, self._key):
            return item
        number = next(n for n in self._numbers if n not in self._items)
        return with_key(item, self._key, number)


class AsyncMemoryStore(Generic[T]):
    """Keeps items in memory, for async handlers; see `MemoryStore`.

    Args:
        type: The type of the items.
        key: The field that tells them apart.
        items: What is there from the beginning.
        limit: How many items there may be.
    """

    def __init__(
        self,
        type: type[T],  # noqa: A002 - as msgspec calls it
        *,
        key: str = "id",
        items: Iterable[T] = (),
        limit: int | None = 10_000,
    ) -> None:
        self._store = MemoryStore(type, key=key, items=items, limit=limit)

    async def get(self, key: Any) -> T | None:
        """Get the item of a key; None where there is none."""
        return self._store.get(key)

    async def find(self, query: Query) -> Found[T]:
        """Find some items."""
        return self._store.find(query)

    async def insert(self, item: T) -> T:
        """Add an item."""
        return self._store.insert(item)

    async def update(self, key: Any, item: T, expected: T) -> T:
        """Put an item in the place of what was read."""
        return self._store.update(key, item, expected)

    async def delete(self, key: Any, expected: T) -> None:
        """Delete what was read."""
        self._store.delete(key, expected)

    async def insert_many(self, items: Sequence[T]) -> list[T]:
        """Add items: all of them, or none."""
        return self._store.insert_many(items)

    async def update_many(self, changes: Sequence[tuple[Any, T, T]]) -> list[T]:
        """Change items: all of them, or none."""
        return self._store.update_many(changes)

    async def delete_many(self, items: Sequence[tuple[Any, T]]) -> None:
        """Delete items: all of them, or none."""
        self._store.delete_many(items)

    def __len__(self) -> int:
        return len(self._store)

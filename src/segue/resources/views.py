"""The views of a type that a resource has: what comes in, what changes, what leaves.

The key is given by clients where they must: it has no default and is not marked as
read-only. Else the store gives it, and no input has it. It never changes.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from segue.core.schema.views import Create, Patch, Read, Without
from segue.resources.hints import applied, marked
from segue.resources.matching import value_of
from segue.resources.records import RecordField, with_fields

__all__ = ["Views"]

T = TypeVar("T")


class Views(Generic[T]):
    """The views of a type.

    Args:
        type: The type of the items.
        known: Its fields.
        key: The field that tells items apart.

    Attributes:
        create: What a client sends for a new item.
        patch: What a client sends for a change: absent is not null.
        read: What leaves.
        readable: The fields that leave.
        has_key: Clients give the key of a new item.
    """

    def __init__(self, type: Any, known: Mapping[str, RecordField], key: str) -> None:  # noqa: A002 - as msgspec calls it
        own = known[key]
        self.has_key = own.comes_in and not own.has_default
        self.create: Any = applied(Create, type)
        self.patch: Any = applied(Patch, type)
        if own.comes_in:
            self.patch = marked(self.patch, Without(key))
            if not self.has_key:
                self.create = marked(self.create, Without(key))
        self.read: Any = applied(Read, type)
        self.readable = {n: field for n, field in known.items() if field.leaves}
        self._sent = tuple(
            field.name
            for field in known.values()
            if field.comes_in and (self.has_key or field.name != key)
        )

    def replaced(self, item: T, new: T) -> T:
        """Put all that a client sent in the place of what an item has of it."""
        return with_fields(item, {name: value_of(new, name) for name in self._sent})

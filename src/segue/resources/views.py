"""The views of a type that a resource has: what comes in, what changes, what leaves."""

import typing
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

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
        has_key: Clients give the key of a new item; else the store does.
    """

    def __init__(self, type: Any, known: Mapping[str, RecordField], key: str) -> None:  # noqa: A002 - as msgspec calls it
        self.create: Any = type
        self.read: Any = type
        self.readable = dict(known)
        self._known = known
        self._key = key
        self.has_key = True
        self.patch: Any = msgspec.defstruct(
            f"{type.__name__}Patch",
            [
                (f.name, typing.Union[f.hint, msgspec.UnsetType], msgspec.UNSET)  # noqa: UP007
                for f in known.values()
            ],
        )

    def apply(self, change: Any, item: T) -> T:
        values = msgspec.structs.asdict(change)
        return with_fields(
            item, [(n, v) for n, v in values.items() if v is not msgspec.UNSET]
        )

    def replace(self, item: T, new: T) -> T:
        """Put what a client sends in the place of what it may send."""
        return new

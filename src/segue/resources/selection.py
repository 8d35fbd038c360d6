"""Field selection: `?fields=id,name` leaves the others out of the answer."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from segue.resources.choices import check_names, split_names
from segue.resources.matching import stored_of
from segue.resources.paged import Paged
from segue.resources.records import RecordField

__all__ = ["Selection"]

T = TypeVar("T")


class Selection:
    """The fields that a client may choose from.

    Args:
        title: The name of the type of the items.
        readable: The fields that leave.

    Attributes:
        type: A Struct in which each of them may be absent: what then leaves.
    """

    def __init__(self, title: str, readable: Mapping[str, RecordField]) -> None:
        self._by_wire = {field.wire: field for field in readable.values()}
        self.type: Any = msgspec.defstruct(
            f"{title}Fields",
            [
                (field.name, field.shown | msgspec.UnsetType, msgspec.UNSET)
                for field in readable.values()
            ],
            rename={field.name: field.wire for field in readable.values()},
        )
        self.type.__doc__ = f"Some fields of a {title}, all of them if none are named."

    @property
    def names(self) -> tuple[str, ...]:
        """The fields, as clients call them."""
        return tuple(self._by_wire)

    def wanted(self, text: str | None) -> tuple[RecordField, ...]:
        """Parse what a client asks for.

        Raises:
            Invalid: It names a field that does not leave.
        """
        if text is None:
            return tuple(self._by_wire.values())
        names = split_names(text)
        check_names(names, self._by_wire, "fields", "to choose")
        return tuple(self._by_wire[name] for name in names)

    def cut(self, item: Any, fields: tuple[RecordField, ...]) -> Any:
        """Keep some fields of an item."""
        return self.type(**{f.name: stored_of(item, f.name) for f in fields})

    def cut_all(self, page: Paged[Any], fields: tuple[RecordField, ...]) -> Paged[Any]:
        """Keep some fields of the items of a page."""
        page.items = [self.cut(item, fields) for item in page.items]
        return page

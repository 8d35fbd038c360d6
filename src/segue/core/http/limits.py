"""Limits: how much of a request is taken in before it is refused."""

from typing import Any

import msgspec

from segue.core.errors import SettingsError

__all__ = ["Limits"]

_MB = 1_000_000


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one request may cost; each figure can be changed per app.

    A route's own body limit is the same record with another `body`:
    `app.limits.replace(body=500_000_000)`.

    Attributes:
        body: Bytes of a body, all of it, whatever its type.
        fields: Fields of a query or a form.
        field_size: Bytes of one form field that is no file.
        parts: Parts of a multipart body, files and fields together.
        part_headers: Header lines of one part.
        part_header_size: Bytes of all header lines of one part together.
        boundary: Characters of a multipart boundary.
        ranges: Ranges in one `Range` header.
        header_copies: Copies of one header, and members of one list in it.
        spool: Bytes of one file part kept in memory before it goes to disk.
        memory: Bytes one form keeps in memory, fields and small files
            together; beyond it files go to disk and fields are refused.

    Raises:
        SettingsError: A figure is negative or no whole number.

    Source: RFC 2046, section 5.1.1, for the 70 characters of a boundary.
    """

    body: int = 10 * _MB
    fields: int = 1000
    field_size: int = _MB
    parts: int = 1000
    part_headers: int = 20
    part_header_size: int = 8192
    boundary: int = 70
    ranges: int = 100
    header_copies: int = 100
    spool: int = _MB
    memory: int = 10 * _MB

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value: object = getattr(self, name)
            if type(value) is not int or value < 0:
                raise SettingsError(
                    "SG-HTTP-034",
                    f"Limits({name}={value!r}) is no whole number from 0 on.",
                    why="Every request is measured against it.",
                    fix=f"Write a count or a number of bytes: {name}=1_000_000.",
                )

    def replace(self, **figures: Any) -> "Limits":
        """Build the same limits with some figures exchanged."""
        return Limits(**{**msgspec.structs.asdict(self), **figures})

"""What `segue settings` prints: every setting, its value and where it is from."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from segue.core.config.loaded import Loaded, value_at
from segue.core.config.masking import shown

__all__ = ["Line", "describe", "table"]


class Line(Struct, frozen=True):
    """One setting as it may be shown.

    Attributes:
        name: `database.url`.
        value: Its masked value.
        kind: The kind of its source: `default`, `toml`, `dotenv` ...
        place: The place in that source.
    """

    name: str
    value: str
    kind: str
    place: str


def describe(loaded: Loaded[Any]) -> tuple[Line, ...]:
    """Build one line for each setting, in the order of the class, secrets masked."""
    return tuple(
        Line(name, shown(name, value_at(loaded.value, name)), origin.kind, origin.place)
        for name, origin in loaded.origins.items()
    )


def table(lines: Iterable[Line]) -> str:
    """Build a text table, or nothing without settings.

    Example:
        >>> print(table([Line("page_size", "20", "default", "app.py:3 Config")]))
        SETTING    VALUE  SOURCE   PLACE
        page_size  20     default  app.py:3 Config
    """
    rows = [(line.name, line.value, line.kind, line.place) for line in lines]
    if not rows:
        return ""
    rows.insert(0, ("SETTING", "VALUE", "SOURCE", "PLACE"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(row.rstrip() for row in padded)

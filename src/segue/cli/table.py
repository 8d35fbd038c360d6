"""Lays rows out as a table for a terminal."""

from collections.abc import Sequence

__all__ = ["table"]


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Build lines with aligned columns; a column that is empty is left out.

    Example:
        >>> print(table(["METHOD", "NOTE", "PATH"], [["GET", "", "/"]]))
        METHOD  PATH
        GET     /
    """
    shown = [index for index in range(len(titles)) if any(row[index] for row in rows)]
    lines = [[cells[index] for index in shown] for cells in (titles, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )

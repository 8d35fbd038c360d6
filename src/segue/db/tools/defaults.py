"""The values that rows get which are there already, when a field comes that has one.

`pages: int = 0` says it: nobody has to be asked. Only values whose SQL is the same on
every database count; of a Decimal, which SQLite keeps as a whole number, that is 0.
"""

import decimal
import enum
from typing import Any

import msgspec

from segue.db.description import Part
from segue.db.tables import column_name

__all__ = ["known_values"]


def known_values(root: Any) -> dict[tuple[str, str], str]:
    """Give SQL for the defaults of a root's models, by table and column."""
    found: dict[tuple[str, str], str] = {}
    for model in root.__registry__.models:
        told = model.__model__
        for part in told.stored:
            sql = _sql(part)
            if sql is not None:
                found[told.table, column_name(part)] = sql
    return found


def _sql(part: Part) -> str | None:
    value = part.default
    if value is msgspec.NODEFAULT or part.role == "one" or part.column.type is not None:
        return None
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'" if value.isprintable() else None
    if part.plain is decimal.Decimal:
        return "0" if value == 0 else None
    return repr(value) if isinstance(value, int | float) else None

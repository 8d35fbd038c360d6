"""What a database refused -> an answer that names the fields, as clients know them."""

from collections.abc import Sequence
from typing import Any

from segue.core.errors import Conflict, HTTPError, UnprocessableContent
from segue.db.run.errors import ConstraintError
from segue.db.tables import column_of, table_of
from segue.resources.store import Duplicate

__all__ = ["nowhere", "still_used", "taken"]


def taken(model: Any, error: ConstraintError) -> Duplicate:
    """Build the answer to a value that must be unique and is there already."""
    fields = _fields(model, error)
    words = "There is already one with this value."
    if len(fields) > 1:
        words = "There is already one with these values together."
    found = Duplicate(
        f"There is such a {model.__name__} already.",
        extra=_errors(fields, words, "unique"),
    )
    found.fields = fields
    return found


def still_used(model: Any) -> Conflict:
    """Build the answer to the deletion of what something refers to."""
    return Conflict(f"Something still refers to this {model.__name__}.")


def nowhere(fields: Sequence[str], error: HTTPError) -> HTTPError:
    """Build the answer to relations whose other object is not there."""
    if not fields:
        return error
    return UnprocessableContent(
        "The request refers to something that is not there.",
        extra=_errors(fields, "There is none with this key.", "foreign_key"),
    )


def _errors(fields: Sequence[str], words: str, code: str) -> dict[str, Any]:
    if not fields:
        return {}
    return {
        "errors": [
            {"in": "body", "name": f"$.{name}", "message": words, "code": code}
            for name in fields
        ]
    }


def _fields(model: Any, error: ConstraintError) -> tuple[str, ...]:
    """Find the fields that a rule of the table is about."""
    told, table = model.__model__, table_of(model)
    names = {column_of(table, part).name: part.name for part in told.stored}
    columns = error.columns
    if not columns and error.constraint is not None:
        columns = _columns(table, error.constraint.rpartition(".")[2])
    return tuple(names[column] for column in columns if column in names)


def _columns(table: Any, rule: str) -> tuple[str, ...]:
    if rule == "PRIMARY":
        return tuple(column.name for column in table.primary_key.columns)
    for each in (*table.constraints, *table.indexes):
        if each.name == rule:
            return tuple(column.name for column in each.columns)
    return ()

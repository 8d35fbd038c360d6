"""Changes in words: for people, and for the names of files."""

from collections.abc import Sequence

from segue.migrations.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AlterColumn,
    Change,
    Comment,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    Fill,
    PrimaryKey,
    RenameColumn,
    RenameTable,
)
from segue.migrations.schema import Column

__all__ = ["name_of", "told"]


def told(change: Change) -> str:
    """Tell a change in one line."""
    match change:
        case CreateTable(made):
            return f"create table {made.key}"
        case DropTable(made):
            return f"drop table {made.key}"
        case RenameTable(table, new):
            return f"rename table {table} to {new}"
        case Comment(table):
            return f"change the comment of {table}"
        case PrimaryKey(table):
            return f"change the primary key of {table}"
        case AddConstraint(table, made) | AddIndex(table, made):
            return f"add {type(made).__name__.lower()} {made.name} to {table}"
        case DropConstraint(table, made) | DropIndex(table, made):
            return f"drop {type(made).__name__.lower()} {made.name} of {table}"
        case _:
            return _told_column(change)


def name_of(changes: Sequence[Change]) -> str:
    """Name a revision after what it does."""
    names: list[str] = []
    for change in changes:
        match change:
            case CreateTable(made):
                names.append(f"create_{made.name}")
            case RenameTable(_, new):
                names.append(f"rename_{new}")
            case RenameColumn(table, _, new):
                names.append(f"rename_{table}_{new}")
            case AddColumn(table, column):
                names.append(f"{table}_{column.name}")
            case DropColumn(table, column):
                names.append(f"drop_{table}_{column.name}")
            case DropTable(made):
                names.append(f"drop_{made.name}")
            case _:
                continue
    if not names:
        names = [f"change_{changes[0].table}"] if changes else ["empty"]
    first, more = names[0], len(names) - 1
    return f"{first}_and_{more}_more" if more else first


def _told_column(change: Change) -> str:
    match change:
        case AddColumn(table, column):
            return f"add column {table}.{column.name}"
        case DropColumn(table, column):
            return f"drop column {table}.{column.name}"
        case RenameColumn(table, column, new):
            return f"rename column {table}.{column.name} to {new}"
        case AlterColumn(table, old, new):
            return f"change column {table}.{new.name}: {_differences(old, new)}"
        case Fill(table, column, value):
            return f"fill {table}.{column.name} with {value.text}"
        case _:
            raise AssertionError(change)


def _differences(old: Column, new: Column) -> str:
    found: list[str] = []
    if old.kind != new.kind:
        found.append(f"{old.kind.text} to {new.kind.text}")
    if old.nullable != new.nullable:
        found.append("may be null" if new.nullable else "must have a value")
    if (old.default, old.identity) != (new.default, new.identity):
        found.append("default")
    if old.comment != new.comment:
        found.append("comment")
    return ", ".join(found)

"""One step of a migration each, with all that its way back needs.

`table` is always the key that the table has at that moment: the old one before a
rename, the new one behind it.
"""

from typing import Final

import msgspec
import sqlalchemy as sa

from segue.migrations.schema import Column, Constraint, Default, Index, Primary, Table

__all__ = [
    "AddColumn",
    "AddConstraint",
    "AddIndex",
    "AlterColumn",
    "Change",
    "Comment",
    "CreateTable",
    "DropColumn",
    "DropConstraint",
    "DropIndex",
    "DropTable",
    "Fill",
    "PrimaryKey",
    "RenameColumn",
    "RenameTable",
    "empty_value",
    "reversed_changes",
]


class CreateTable(msgspec.Struct, frozen=True):
    """A new table with its indexes."""

    made: Table

    @property
    def table(self) -> str:
        """Its key."""
        return self.made.key


class DropTable(msgspec.Struct, frozen=True):
    """A table that goes, with its rows."""

    made: Table

    @property
    def table(self) -> str:
        """Its key."""
        return self.made.key


class RenameTable(msgspec.Struct, frozen=True):
    """A table under another name."""

    table: str
    new: str
    schema: str | None = None


class Comment(msgspec.Struct, frozen=True):
    """The comment of a table."""

    table: str
    old: str | None
    new: str | None


class AddColumn(msgspec.Struct, frozen=True):
    """A new column; rows that are there get its default, or `one_off`."""

    table: str
    column: Column
    one_off: Default | None = None


class DropColumn(msgspec.Struct, frozen=True):
    """A column that goes, with its values."""

    table: str
    column: Column


class RenameColumn(msgspec.Struct, frozen=True):
    """A column under another name."""

    table: str
    column: Column
    new: str


class AlterColumn(msgspec.Struct, frozen=True):
    """A column that becomes another under the same name."""

    table: str
    old: Column
    new: Column


class Fill(msgspec.Struct, frozen=True):
    """A value for the rows that have none, before a column must have one."""

    table: str
    column: Column
    value: Default


class PrimaryKey(msgspec.Struct, frozen=True):
    """Another primary key; on its way there is none."""

    table: str
    old: Primary | None
    new: Primary | None


class AddConstraint(msgspec.Struct, frozen=True):
    """A constraint that the rows must already keep."""

    table: str
    made: Constraint


class DropConstraint(msgspec.Struct, frozen=True):
    """A constraint that goes."""

    table: str
    made: Constraint


class AddIndex(msgspec.Struct, frozen=True):
    """A new index."""

    table: str
    made: Index


class DropIndex(msgspec.Struct, frozen=True):
    """An index that goes."""

    table: str
    made: Index


Change = (
    CreateTable
    | DropTable
    | RenameTable
    | Comment
    | AddColumn
    | DropColumn
    | RenameColumn
    | AlterColumn
    | Fill
    | PrimaryKey
    | AddConstraint
    | DropConstraint
    | AddIndex
    | DropIndex
)


def reversed_changes(changes: list[Change]) -> list[Change]:
    """Build the way back: each step undone, the last one first.

    A column that must have a value comes back with an empty one, as its values are
    gone; so do the rows that have none where a column must have one again.
    """
    back: list[Change] = []
    for change in reversed(changes):
        back += _undone(change)
    return back


def _undone(change: Change) -> list[Change]:
    match change:
        case CreateTable(made):
            return [DropTable(made)]
        case DropTable(made):
            return [CreateTable(made)]
        case RenameTable(table, new, schema):
            return [RenameTable(new, table, schema)]
        case Comment(table, old, new):
            return [Comment(table, new, old)]
        case PrimaryKey(table, old, new):
            return [PrimaryKey(table, new, old)]
        case AddConstraint(table, made):
            return [DropConstraint(table, made)]
        case DropConstraint(table, made):
            return [AddConstraint(table, made)]
        case AddIndex(table, made):
            return [DropIndex(table, made)]
        case DropIndex(table, made):
            return [AddIndex(table, made)]
        case _:
            return _undone_column(change)


def _undone_column(change: Change) -> list[Change]:
    match change:
        case AddColumn(table, column):
            return [DropColumn(table, column)]
        case DropColumn(table, column):
            value = empty_value(column) if column.must_be_given else None
            return [AddColumn(table, column, value)]
        case RenameColumn(table, column, new):
            renamed = msgspec.structs.replace(column, name=new)
            return [RenameColumn(table, renamed, column.name)]
        case AlterColumn(table, old, new):
            alter = AlterColumn(table, new, old)
            if new.nullable and not old.nullable:
                return [Fill(table, new, old.default or empty_value(old)), alter]
            return [alter]
        case _:  # Fill: the values stay, a column may well have one.
            return []


def empty_value(column: Column) -> Default:
    """Find the value that stands for nothing in a column that must have one."""
    made = column.kind.made
    if isinstance(made, sa.Enum):
        return Default(str(made.enums[0]) if made.enums else "")
    return next(
        (value for kind, value in _EMPTY if isinstance(made, kind)), Default("")
    )


_EMPTY: Final = (
    (sa.Boolean, Default("false", is_sql=True)),
    (sa.Integer, Default("0", is_sql=True)),
    (sa.Numeric, Default("0", is_sql=True)),
    (sa.DateTime, Default("1970-01-01 00:00:00")),
    (sa.Date, Default("1970-01-01")),
    (sa.Time, Default("00:00:00")),
    (sa.Interval, Default("0")),
    (sa.JSON, Default("null")),
    (sa.Uuid, Default("00000000000000000000000000000000")),
    (sa.ARRAY, Default("{}")),
)

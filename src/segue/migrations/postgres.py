"""PostgreSQL: enums are types of their own, with a life of their own.

SQLAlchemy and Alembic make such a type with the first table that has it, and then
leave it alone. Here it is made before the first column that wants it, changed with
its column, and dropped with its last one.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, cast

import sqlalchemy as sa
from alembic.operations import ops
from sqlalchemy.schema import (
    CreateIndex,
    CreateTable,
    SetColumnComment,
    SetTableComment,
)

from segue.migrations.internals import execute
from segue.migrations.kinds import enum_of
from segue.migrations.operations import RunPython
from segue.migrations.running import Running
from segue.migrations.schema import Kind, Schema

__all__ = ["Postgres"]

Name = tuple[str | None, str]
_DIALECT = "postgresql"


class Postgres(Running):
    """Operations on PostgreSQL."""

    _enums: dict[Name, list[str]] | None = None

    @contextmanager
    def revision(self) -> Generator[None]:
        """Keep account of the enums that are there, and drop those nobody wants."""
        self._enums = _enums(self.schema)
        yield
        left = _enums(self.schema)
        for name in sorted(set(self._enums) - set(left), key=str):
            self.sql(f"DROP TYPE {self._quoted(name)}")

    def perform(self, operation: Any, before: Schema) -> Any:
        self._prepare(operation)
        if isinstance(operation, ops.CreateTableOp):
            return self._create_table(operation)
        done = super().perform(operation, before)
        if isinstance(operation, RunPython | ops.ExecuteSQLOp) and not self.as_sql:
            # Else a deferred constraint would keep the next ALTER TABLE waiting.
            self.sql("SET CONSTRAINTS ALL IMMEDIATE")
        return done

    def _create_table(self, op: Any) -> sa.Table:
        """Make a table as Alembic does, without the events that make its enums."""
        table: sa.Table = op.to_table(self.migration_context)
        context = self.migration_context
        execute(context, CreateTable(table))
        for index in table.indexes:
            execute(context, CreateIndex(index))
        if table.comment is not None:
            execute(context, SetTableComment(table))
        for column in table.columns:
            if column.comment is not None:
                execute(context, SetColumnComment(column))
        return table

    def _prepare(self, op: Any) -> None:
        if isinstance(op, ops.CreateTableOp):
            for column in op.columns:
                if isinstance(column, sa.Column):
                    self._make_enum(cast("Any", column))
        elif isinstance(op, ops.AddColumnOp):
            self._make_enum(op.column)
        elif isinstance(op, ops.AlterColumnOp) and op.modify_type is not None:
            self._alter_enum(op)

    def _make_enum(self, column: Any) -> None:
        made = enum_of(Kind("", column.type), _DIALECT)
        if made is None:
            return
        self._create(made)

    def _create(self, made: sa.Enum) -> None:
        enums = self._enums if self._enums is not None else {}
        name = _name(made)
        if name not in enums:
            enums[name] = list(made.enums)
            self._create_type(name, made.enums)

    def _create_type(self, name: Name, values: list[str]) -> None:
        self.sql(f"CREATE TYPE {self._quoted(name)} AS ENUM ({_list(values)})")

    def _alter_enum(self, op: Any) -> None:
        """Change the values of an enum; another type is altered by Alembic."""
        made = enum_of(Kind("", sa.types.to_instance(op.modify_type)), _DIALECT)
        if made is None:
            return
        enums = self._enums if self._enums is not None else {}
        name = _name(made)
        old = enums.get(name)
        if old is None:
            self._create(made)
        elif old != list(made.enums):
            enums[name] = list(made.enums)
            kept = [value for value in made.enums if value in old]
            if kept == old and op.modify_server_default is False:
                self._add_values(name, old, made.enums)
            else:
                self._remake(name, made.enums)
        made.create_type = False
        if old is None:
            text = self._quoted((None, op.column_name))
            op.kw.setdefault("postgresql_using", f"{text}::text::{self._quoted(name)}")

    def _add_values(self, name: Name, old: list[str], new: list[str]) -> None:
        """Add values in their places, without a look at the rows."""
        there = set(old)
        for place, value in enumerate(new):
            if value in there:
                continue
            where = (
                f"AFTER {_text(new[place - 1])}" if place else f"BEFORE {_text(old[0])}"
            )
            self.sql(
                f"ALTER TYPE {self._quoted(name)} ADD VALUE {_text(value)} {where}"
            )
            there.add(value)

    def _remake(self, name: Name, values: list[str]) -> None:
        """Make the type anew and move all columns to it, as values cannot go."""
        former: Name = (name[0], f"{name[1]}_former")
        moved = self._quoted((None, former[1]))
        self.sql(f"ALTER TYPE {self._quoted(name)} RENAME TO {moved}")
        self._create_type(name, values)
        for table, column, default in self._users(name):
            quoted = self._quoted((None, column))
            place = self._quoted(table)
            if default is not None:
                self.sql(f"ALTER TABLE {place} ALTER COLUMN {quoted} DROP DEFAULT")
            self.sql(
                f"ALTER TABLE {place} ALTER COLUMN {quoted} TYPE {self._quoted(name)} "
                f"USING {quoted}::text::{self._quoted(name)}"
            )
            if default in values:
                self.sql(
                    f"ALTER TABLE {place} ALTER COLUMN {quoted} "
                    f"SET DEFAULT {_text(str(default))}"
                )
        self.sql(f"DROP TYPE {self._quoted(former)}")

    def _users(self, name: Name) -> Iterator[tuple[Name, str, str | None]]:
        for table in self.schema.tables.values():
            for column in table.columns.values():
                made = enum_of(column.kind, _DIALECT)
                if made is not None and _name(made) == name:
                    default = None if column.default is None else column.default.text
                    yield (table.schema, table.name), column.name, default

    def _quoted(self, name: Name) -> str:
        quote = self.migration_context.dialect.identifier_preparer.quote
        return ".".join(quote(part) for part in name if part is not None)


def _enums(schema: Schema) -> dict[Name, list[str]]:
    found: dict[Name, list[str]] = {}
    for table in schema.tables.values():
        for column in table.columns.values():
            made = enum_of(column.kind, _DIALECT)
            if made is not None:
                found.setdefault(_name(made), list(made.enums))
    return found


def _name(made: Any) -> Name:
    schema = made.schema
    return (None if schema is None else str(schema), str(made.name))


def _list(values: list[str]) -> str:
    return ", ".join(map(_text, values))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

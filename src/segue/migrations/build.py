"""From records to SQLAlchemy: the tables of one moment, the parts of an operation."""

from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv

from segue.migrations.expressions import as_text
from segue.migrations.schema import (
    Check,
    Column,
    Constraint,
    Default,
    ForeignKey,
    Index,
    Options,
    Part,
    Primary,
    Schema,
    Table,
    Unique,
)

__all__ = [
    "build_column",
    "build_constraint",
    "build_default",
    "build_index",
    "build_metadata",
    "build_table",
]


def build_metadata(schema: Schema) -> sa.MetaData:
    """Build the `MetaData` of a moment."""
    metadata = sa.MetaData()
    for table in schema.tables.values():
        build_table(table, metadata)
    return metadata


def build_table(
    table: Table, metadata: sa.MetaData, *, name: str | None = None
) -> sa.Table:
    """Build a table with its constraints and indexes.

    Args:
        table: What it is like.
        metadata: Where it goes; the tables it points at need not be there.
        name: Another name for it; then it comes without indexes.
    """
    parts: list[Any] = [build_column(column) for column in table.columns.values()]
    if table.primary is not None:
        parts.append(_primary(table.primary))
    parts += [build_constraint(made) for made in table.constraints.values()]
    made = sa.Table(
        name or table.name,
        metadata,
        *parts,
        schema=table.schema,
        comment=table.comment,
        **dict(table.options),
    )
    if name is None:
        for index in table.indexes.values():
            build_index(index, made)
    return made


def build_column(column: Column) -> sa.Column[Any]:
    """Build a column alone."""
    made: sa.Column[Any] = sa.Column(
        column.name,
        column.kind.made,
        *_extras(column),
        nullable=column.nullable,
        server_default=build_default(column.default),
        comment=column.comment,
        autoincrement=column.autoincrement,
        **dict(column.options),
    )
    return made


def build_default(default: Default | None) -> Any:
    """Build a default of the server."""
    if default is None:
        return None
    return as_text(default.text) if default.is_sql else default.text


def build_constraint(constraint: Constraint) -> sa.Constraint:
    """Build a constraint that is not yet in a table."""
    name = conv(constraint.name)
    options: dict[str, Any] = dict(constraint.options)
    if isinstance(constraint, Unique):
        return sa.UniqueConstraint(*constraint.columns, name=name, **options)
    if isinstance(constraint, Check):
        return sa.CheckConstraint(as_text(constraint.text), name=name)
    return _foreign_key(constraint, name, options)


def build_index(index: Index, table: sa.Table) -> sa.Index:
    """Build an index of a table."""
    parts = [
        as_text(part.text) if part.is_sql else table.c[part.text]
        for part in index.parts
    ]
    return sa.Index(
        conv(index.name),
        *parts,
        unique=index.unique,
        _table=table,
        **build_options(index.options),
    )


def build_options(options: Options) -> dict[str, Any]:
    """Build the arguments of a dialect; SQL in them becomes an expression."""
    return {key: _option(value) for key, value in options}


def _option(value: Any) -> Any:
    if isinstance(value, Part):
        return as_text(value.text)
    if isinstance(value, tuple):
        items = cast("Any", value)
        return [_option(item) for item in items]
    return value


def _extras(column: Column) -> list[Any]:
    if column.computed is not None:
        sql = as_text(column.computed.text)
        return [sa.Computed(sql, persisted=column.computed.persisted)]
    if column.identity is not None:
        options: Mapping[str, Any] = dict(column.identity)
        return [sa.Identity(**options)]
    return []


def _primary(primary: Primary) -> sa.PrimaryKeyConstraint:
    name = None if primary.name is None else conv(primary.name)
    return sa.PrimaryKeyConstraint(*primary.columns, name=name)


def _foreign_key(
    made: ForeignKey, name: str, options: dict[str, Any]
) -> sa.ForeignKeyConstraint:
    targets = [f"{made.target}.{column}" for column in made.target_columns]
    return sa.ForeignKeyConstraint(list(made.columns), targets, name=name, **options)

"""What an operation of Alembic does to a state."""

from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from msgspec.structs import replace

from segue.migrations.describe import (
    describe_check,
    describe_column,
    describe_constraint,
    describe_default,
    describe_index,
    describe_parts,
    describe_table,
)
from segue.migrations.errors import MigrationError
from segue.migrations.internals import copied
from segue.migrations.kinds import kind_of
from segue.migrations.renames import rename_column, rename_table
from segue.migrations.schema import (
    Column,
    ForeignKey,
    Index,
    Kind,
    Part,
    Primary,
    Schema,
    Table,
    Unique,
)

__all__ = ["apply", "table_key"]

Known = dict[Any, Kind]
_ON_TABLES = ops.DropTableOp | ops.DropConstraintOp | ops.DropIndexOp


def apply(schema: Schema, op: Any, known: Known) -> Schema:
    """Build the state behind an operation.

    Args:
        schema: The state before it.
        op: The operation.
        known: Types that were described before.

    Raises:
        MigrationError: If it names what is not there.
    """
    if isinstance(op, ops.CreateTableOp):
        return schema.with_table(_created(op, known))
    if isinstance(op, ops.CreateIndexOp):
        table = _table(schema, op)
        return schema.with_table(table.with_index(_index(op)))
    if isinstance(op, ops.DropIndexOp) and op.table_name is None:
        return _without_index(schema, str(op.index_name))
    if not isinstance(op, ops.AlterTableOp | ops.AddConstraintOp | _ON_TABLES):
        return schema  # It is about rows.
    if isinstance(op, ops.DropTableOp):
        _table(schema, op)
        return schema.without_table(table_key(op))
    if isinstance(op, ops.RenameTableOp):
        return _rename(schema, op)
    if isinstance(op, ops.AlterColumnOp):
        return _alter(schema, op, known)
    return schema.with_table(_changed(_table(schema, op), op, known))


def table_key(op: Any) -> str:
    """Find the key of the table that an operation is about."""
    foreign = isinstance(op, ops.CreateForeignKeyOp)
    name = str(op.source_table if foreign else op.table_name)
    schema = op.kw.get("source_schema") if foreign else getattr(op, "schema", None)
    return name if schema is None else f"{schema}.{name}"


def _created(op: Any, known: Known) -> Table:
    """Describe a new table.

    Most files keep columns and constraints apart, as those do that Segue writes; then
    no table of SQLAlchemy needs to be put together, which takes ten times as long.
    """
    items: list[Any] = list(op.columns)
    columns: list[Any] = [item for item in items if isinstance(item, sa.Column)]
    if any(map(_brings_more, columns)):
        return describe_table(op.to_table(), known)
    constraints = [item for item in items if isinstance(item, sa.Constraint)]
    table = describe_parts(str(op.table_name), columns, constraints, known)
    options = tuple(sorted(op.kw.items()))
    return replace(table, schema=op.schema, comment=op.comment, options=options)


def _brings_more(column: Any) -> bool:
    return bool(
        column.primary_key
        or column.unique
        or column.index
        or column.foreign_keys
        or column.constraints
        or getattr(column.type, "create_constraint", False)
    )


def _table(schema: Schema, op: Any) -> Table:
    key = table_key(op)
    if key not in schema.tables:
        raise MigrationError(
            "SG-MIG-010",
            f"{type(op).__name__} is about the table {key!r}, which no migration "
            "before it made.",
            why="The state that a migration starts from is what those before it say.",
            fix="Correct the name, or add the operation that makes the table.",
        )
    return schema.tables[key]


def _changed(table: Table, op: Any, known: Known) -> Table:
    match op:
        case ops.AddColumnOp():
            return _with_column(table, op, known)
        case ops.DropColumnOp():
            _column(table, op.column_name)
            return table.without_column(str(op.column_name))
        case ops.DropIndexOp():
            return table.without_index(str(op.index_name))
        case ops.DropConstraintOp():
            if op.constraint_type == "primary":
                return replace(table, primary=None)
            return table.without_constraint(str(op.constraint_name))
        case ops.CreateTableCommentOp():
            return replace(table, comment=op.comment)
        case ops.DropTableCommentOp():
            return replace(table, comment=None)
        case ops.AddConstraintOp():
            return _with_constraint(table, op)
        case _:
            return table


def _with_constraint(table: Table, op: Any) -> Table:
    name = None if op.constraint_name is None else str(op.constraint_name)
    match op:
        case ops.CreatePrimaryKeyOp():
            return replace(table, primary=Primary(tuple(op.columns), name))
        case ops.CreateUniqueConstraintOp():
            columns = tuple(map(str, op.columns))
            given = name or "_".join(("uq", table.name, *columns))
            options = _given(op.kw, "deferrable", "initially")
            return table.with_constraint(Unique(given, columns, options))
        case ops.CreateCheckConstraintOp():
            return table.with_constraint(describe_check(op.condition, name, table.name))
        case ops.CreateForeignKeyOp():
            return table.with_constraint(_foreign_key(table, op, name))
        case _:
            made = describe_constraint(op.to_constraint(), table.name)
            return table if made is None else table.with_constraint(made)


def _foreign_key(table: Table, op: Any, name: str | None) -> ForeignKey:
    columns = tuple(map(str, op.local_cols))
    given = name or "_".join(("fk", table.name, *columns, str(op.referent_table)))
    schema = op.kw.get("referent_schema")
    target = op.referent_table if schema is None else f"{schema}.{op.referent_table}"
    order = ("ondelete", "onupdate", "match", "deferrable", "initially")
    options = _given(op.kw, *order)
    return ForeignKey(
        given, columns, str(target), tuple(map(str, op.remote_cols)), options
    )


def _with_column(table: Table, op: Any, known: Known) -> Table:
    scratch = sa.Table(table.name, sa.MetaData(), copied(op.column))
    made = describe_table(scratch, known)
    (column,) = made.columns.values()
    return replace(
        table.with_column(column),
        constraints={**table.constraints, **made.constraints},
        indexes={**table.indexes, **made.indexes},
    )


def _alter(schema: Schema, op: Any, known: Known) -> Schema:
    table = _table(schema, op)
    old = _column(table, op.column_name)
    new = _altered(old, op, known)
    schema = schema.with_table(table.with_column(new, old.name))
    if op.modify_name is not None:
        return rename_column(schema, table.key, old.name, str(op.modify_name))
    return schema


def _altered(column: Column, op: Any, known: Known) -> Column:
    if op.modify_type is not None:
        column = replace(column, kind=kind_of(op.modify_type, known))
    if op.modify_nullable is not None:
        column = replace(column, nullable=op.modify_nullable)
    if op.modify_comment is not False:
        column = replace(column, comment=op.modify_comment)
    if op.modify_server_default is not False:
        made: Any = op.modify_server_default
        scratch = sa.Column("scratch", sa.Integer, server_default=made)
        identity: Any = scratch.identity
        if identity is None:
            default = describe_default(scratch.server_default)
            column = replace(column, default=default, identity=None)
        else:
            identity = describe_column(scratch).identity
            column = replace(column, default=None, identity=identity)
    return column


def _rename(schema: Schema, op: Any) -> Schema:
    table = _table(schema, op)
    new = str(op.new_table_name)
    if table.primary is not None and table.primary.name is None:
        kept = Primary(table.primary.columns, f"{table.name}_pkey")
        schema = schema.with_table(replace(table, primary=kept))
    key = new if table.schema is None else f"{table.schema}.{new}"
    return rename_table(schema, table.key, key)


def _column(table: Table, name: Any) -> Column:
    if str(name) not in table.columns:
        raise MigrationError(
            "SG-MIG-011",
            f"The table {table.key!r} has no column {str(name)!r} at this point.",
            why="The state that a migration starts from is what those before it say.",
            fix=f"It has: {', '.join(table.columns)}",
        )
    return table.columns[str(name)]


def _index(op: Any) -> Index:
    """Describe an index; `to_index` wants its columns, so they are made up."""
    if not op.kw and all(isinstance(item, str) for item in op.columns):
        plain = tuple(Part(str(item)) for item in op.columns)
        if op.index_name is not None:
            return Index(str(op.index_name), plain, bool(op.unique))
    parts: list[Part] = []
    for item in op.columns:
        if isinstance(item, str):
            parts.append(Part(item))
        else:
            made = sa.Index("scratch", item, _table=sa.Table("scratch", sa.MetaData()))
            parts += describe_index(made).parts
    names = [sa.Column(p.text, sa.Integer) for p in parts if not p.is_sql]
    scratch = sa.Table(str(op.table_name), sa.MetaData(), *_once(names))
    items = [i if not isinstance(i, str) else scratch.c[i] for i in op.columns]
    made = sa.Index(op.index_name, *items, unique=op.unique, _table=scratch, **op.kw)
    return describe_index(made)


def _once(columns: list[Any]) -> list[Any]:
    return list({column.name: column for column in columns}.values())


def _without_index(schema: Schema, name: str) -> Schema:
    for table in schema.tables.values():
        if name in table.indexes:
            return schema.with_table(table.without_index(name))
    return schema


def _given(kw: Any, *names: str) -> tuple[tuple[str, Any], ...]:
    return tuple((name, kw[name]) for name in names if kw.get(name) is not None)

"""From SQLAlchemy to records: what the app wants, what an operation says."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, cast

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.sql.elements import ColumnElement, TextClause

from segue.migrations.expressions import sql_of
from segue.migrations.internals import family, has_options, is_of_type, pending_columns
from segue.migrations.kinds import kind_of
from segue.migrations.schema import (
    Check,
    Column,
    Computed,
    Constraint,
    Default,
    ForeignKey,
    Index,
    Kind,
    Options,
    Part,
    Primary,
    Schema,
    Table,
    Unique,
)

__all__ = [
    "describe",
    "describe_check",
    "describe_column",
    "describe_constraint",
    "describe_default",
    "describe_index",
    "describe_parts",
    "describe_table",
]

Known = dict[Any, Kind]


def describe(metadata: sa.MetaData) -> Schema:
    """Describe all tables of a `MetaData`."""
    known: Known = {}
    tables = [describe_table(table, known) for table in metadata.tables.values()]
    return Schema({table.key: table for table in tables})


def describe_table(table: sa.Table, known: Known | None = None) -> Table:
    """Describe a table with its constraints and indexes."""
    made = describe_parts(
        str(table.name), list(table.columns), table.constraints, known
    )
    checks = {check.name: check for check in _checks_of_enums(table)}
    indexes = {i.name: i for i in map(describe_index, table.indexes)}
    return replace(
        made,
        constraints={**checks, **made.constraints},
        indexes={name: indexes[name] for name in sorted(indexes)},
        comment=table.comment,
        schema=None if table.schema is None else str(table.schema),
        options=_options(table.dialect_kwargs),
    )


def describe_parts(
    name: str,
    columns: Iterable[sa.Column[Any]],
    made: Iterable[sa.Constraint],
    known: Known | None = None,
) -> Table:
    """Describe columns and the constraints beside them, in a table or not yet."""
    constraints: dict[str, Constraint] = {}
    primary: Primary | None = None
    for each in sorted(made, key=_order):
        if isinstance(each, sa.PrimaryKeyConstraint):
            primary = _primary(each)
            continue
        constraint = describe_constraint(each, name)
        if constraint is not None:
            constraints[constraint.name] = constraint
    described = {str(c.name): describe_column(c, known) for c in columns}
    keys = () if primary is None else primary.columns
    for key, column in described.items():
        told = _numbering(column, keys)
        if key in keys or told != column.autoincrement:
            nullable = column.nullable and key not in keys
            described[key] = replace(column, nullable=nullable, autoincrement=told)
    return Table(name=name, columns=described, primary=primary, constraints=constraints)


def describe_column(column: sa.Column[Any], known: Known | None = None) -> Column:
    """Describe a column alone, without the constraints it brings."""
    default: Any = column.server_default
    computed: Any = column.computed
    identity: Any = column.identity
    return Column(
        name=str(column.name),
        kind=kind_of(column.type, known),
        nullable=bool(column.nullable),
        default=None if computed or identity else describe_default(default),
        computed=_computed(computed),
        identity=None if identity is None else _identity(identity),
        comment=column.comment,
        autoincrement=column.autoincrement,
        options=_options(column.dialect_kwargs) if has_options(column) else (),
    )


def describe_default(default: Any) -> Default | None:
    """Describe a default of the server; what a trigger fills in is none."""
    if isinstance(default, sa.DefaultClause):
        default = default.arg
    if isinstance(default, str):
        return Default(default)
    if isinstance(default, TextClause | ColumnElement):
        return Default(sql_of(default), is_sql=True)
    return None


def describe_constraint(made: sa.Constraint, table: str) -> Constraint | None:
    """Describe a constraint that stands beside the columns."""
    name = _name(made)
    if isinstance(made, sa.UniqueConstraint):
        columns = _names(made)
        given = name or "_".join(("uq", table, *columns))
        return Unique(given, columns, _deferring(made))
    if isinstance(made, sa.ForeignKeyConstraint):
        return _foreign_key(made, name, table)
    if isinstance(made, sa.CheckConstraint) and not is_of_type(made):
        return describe_check(made.sqltext, name, table)
    return None


def describe_check(condition: Any, name: str | None, table: str) -> Check:
    """Describe a check; without a name it is named after its text."""
    text = sql_of(condition)
    if name is None:
        mark = blake2b(text.encode(), digest_size=4).hexdigest()
        name = f"ck_{table}_{mark}"
    return Check(name, text)


def describe_index(index: sa.Index) -> Index:
    """Describe an index with its expressions and conditions."""
    parts = tuple(map(_part, index.expressions))
    columns = (part.text for part in parts if not part.is_sql)
    table = index.table
    fallback = "_".join(("ix", str(table.name) if table is not None else "", *columns))
    return Index(
        name=_name(index) or fallback,
        parts=parts,
        unique=bool(index.unique),
        options=_options(index.dialect_kwargs),
    )


def _part(expression: Any) -> Part:
    if isinstance(expression, str):
        return Part(expression)
    if isinstance(expression, sa.Column):
        return Part(str(expression.name))
    return Part(sql_of(expression), is_sql=True)


def _primary(made: sa.PrimaryKeyConstraint) -> Primary | None:
    columns = _names(made)
    return Primary(columns, _name(made)) if columns else None


def _foreign_key(
    made: sa.ForeignKeyConstraint, name: str | None, table: str
) -> ForeignKey:
    columns = tuple(str(column) for column in made.column_keys)
    targets = [element.target_fullname for element in made.elements]
    target = targets[0].rpartition(".")[0]
    given = name or "_".join(("fk", table, *columns, target.rpartition(".")[2]))
    options = [("ondelete", made.ondelete), ("onupdate", made.onupdate)]
    options += [("match", made.match), *_deferring(made)]
    return ForeignKey(
        given,
        columns,
        target,
        tuple(full.rpartition(".")[2] for full in targets),
        tuple((key, value) for key, value in options if value is not None),
    )


def _checks_of_enums(table: sa.Table) -> Iterable[Check]:
    """Give what `Enum(create_constraint=True)` says as a check with a name."""
    for column in table.columns:
        made: Any = column.type
        if isinstance(made, sa.Enum) and made.create_constraint:
            values = ", ".join("'" + v.replace("'", "''") + "'" for v in made.enums)
            name = str(made.name or f"ck_{table.name}_{column.name}")
            yield Check(name, f"{column.name} IN ({values})")


def _numbering(column: Column, keys: tuple[str, ...]) -> Any:
    """Tell whether a column numbers its rows, where that is not the rule."""
    if column.name not in keys:
        return "auto"  # there it means nothing
    alone = len(keys) == 1 and family(column.kind.made) is sa.Integer
    return "auto" if alone and column.autoincrement is True else column.autoincrement


def _computed(made: Any) -> Computed | None:
    return None if made is None else Computed(sql_of(made.sqltext), made.persisted)


def _identity(made: sa.Identity) -> Options:
    known = ("always", "start", "increment", "minvalue", "maxvalue", "cycle", "cache")
    given = [(name, getattr(made, name, None)) for name in known]
    return tuple((name, value) for name, value in given if value not in {None, False})


def _options(kwargs: Mapping[str, Any]) -> Options:
    return tuple(sorted((key, _option(value)) for key, value in kwargs.items()))


def _option(value: Any) -> Any:
    if isinstance(value, sa.Column):
        return str(value.name)
    if isinstance(value, TextClause | ColumnElement):
        return Part(sql_of(value), is_sql=True)
    if isinstance(value, list | tuple):
        items = cast("Iterable[Any]", value)
        return tuple(_option(item) for item in items)
    return value


def _deferring(made: Any) -> tuple[tuple[str, Any], ...]:
    given = [("deferrable", made.deferrable), ("initially", made.initially)]
    return tuple((name, value) for name, value in given if value is not None)


def _names(made: Any) -> tuple[str, ...]:
    """Name the columns of a constraint, whether it has a table or not yet."""
    columns: list[Any] = list(made.columns) or pending_columns(made)
    return tuple(c if isinstance(c, str) else str(c.name) for c in columns)


def _name(made: Any) -> str | None:
    """Read the name; SQLAlchemy has a marker for none that is no None."""
    return str(made.name) if isinstance(made.name, str) else None


def _order(made: sa.Constraint) -> tuple[str, str]:
    return made.__visit_name__, str(made.name)

"""Descriptions -> SQLAlchemy Core tables.

Every constraint has a name that says its columns, so that an error of the database
can be told by the fields that it is about.
"""

import datetime as dt
import decimal
import enum
import typing
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import TypeEngine

from segue.core.errors import did_you_mean
from segue.core.schema.describe import describe
from segue.db.description import Description, Part
from segue.db.marks import Check, Digits, Index, Unique
from segue.db.mistakes import ModelError
from segue.db.paths import Step
from segue.db.relations import Way, find_way, single_key
from segue.db.types import (
    Data,
    Duration,
    EnumValue,
    ScaledDecimal,
    Timestamp,
    big_integer,
)

__all__ = ["NAMES", "column_of", "link_table", "make_tables", "table_of", "type_of"]

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints are named."""

_INDEXED: Final = 255
# Texts are compared sign by sign, as everywhere else: capitals are not small letters.
_EXACT: Final[dict[str, Any]] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_0900_bin",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_nopad_bin",
}
_TYPES: Final[dict[Any, Callable[[], Any]]] = {
    bool: sa.Boolean,
    int: big_integer,
    float: sa.Double,
    bytes: sa.LargeBinary,
    uuid.UUID: sa.Uuid,
    dt.datetime: Timestamp,
    dt.date: sa.Date,
    dt.time: lambda: sa.Time().with_variant(mysql.TIME(fsp=6), "mysql", "mariadb"),
    dt.timedelta: Duration,
}


def make_tables(registry: Any, metadata: Any) -> Any:
    """Make the tables of the models that have none yet."""
    found = sa.MetaData(naming_convention=NAMES) if metadata is None else metadata
    fresh = [m for m in registry.models if m.__model__.table not in found.tables]
    for model in fresh:
        _make_table(model.__model__, found)
    for model in fresh:
        for part in model.__model__.many:
            way = find_way(Step(model, part))
            if way.kind == "link" and way.through is None:
                link_table(way, found)
    return found


def table_of(model: Any) -> Any:
    """Get the table of a model; kept with it."""
    kept = model.__model__.kept
    table = kept.get("table")
    if table is None:
        metadata = model.__registry__.metadata
        table = kept["table"] = metadata.tables[model.__model__.table]
    return table


def column_of(table: Any, part: Part) -> Any:
    """Get the column of a field, from its table or an alias of that."""
    return table.c[column_name(part)]


def column_name(part: Part) -> str:
    """Name the column of a field."""
    return part.column.name or (f"{part.name}_id" if part.role == "one" else part.name)


def link_table(way: Way, metadata: Any) -> Any:
    """Get the table between two models; make it when it is asked for first."""
    if way.link in metadata.tables:
        return metadata.tables[way.link]
    columns = [
        sa.Column(
            name,
            type_of(model, single_key(model, way.link)),
            sa.ForeignKey(_reference(model), ondelete="CASCADE"),
            primary_key=True,
            index=index,
        )
        for name, model, index in (
            (way.near, way.owner, False),
            (way.far, way.target, True),
        )
    ]
    return sa.Table(way.link, metadata, *columns, **_EXACT)


def type_of(model: Any, part: Part) -> Any:
    """Find the type of the column of a field.

    Raises:
        ModelError: A relation without a model at its end.
    """
    if part.column.type is not None:
        return sa.types.to_instance(part.column.type)
    if part.role == "one":
        target = Step(model, part).target
        return type_of(target, single_key(target, f"{model.__name__}.{part.name}"))
    if part.plain is str:
        return _text(part, model.__model__)
    if part.plain is decimal.Decimal:
        digits = next((m for m in part.marks if isinstance(m, Digits)), Digits())
        return ScaledDecimal(digits.precision, digits.scale)
    if part.plain in _TYPES:
        return _TYPES[part.plain]()
    return _type_of_data(part.plain)


def _type_of_data(plain: Any) -> Any:
    origin = typing.get_origin(plain)
    if isinstance(plain, type) and issubclass(plain, enum.Enum):
        return EnumValue(plain)
    if origin is typing.Literal:
        values = typing.get_args(plain)
        whole = all(isinstance(value, int) for value in values)
        return big_integer() if whole else sa.String(64)
    data: TypeEngine[Any] = Data(plain)
    if origin is list:
        (item,) = typing.get_args(plain)
        inner = sa.Text if item is str else _TYPES.get(item)
        if inner is not None:
            return data.with_variant(postgresql.ARRAY(inner()), "postgresql")
    return data


def _text(part: Part, told: Description) -> Any:
    length = describe(part.hint).bounds.max_length
    if length is None and (part.is_key or _is_indexed(part, told)):
        # Some databases cannot index a text without a length.
        length = _INDEXED
    return sa.Text() if length is None else sa.String(length)


def _is_indexed(part: Part, told: Description) -> bool:
    return any(isinstance(mark, (Unique, Index)) for mark in part.marks) or any(
        part.name in rule.fields
        for rule in told.rules
        if isinstance(rule, (Unique, Index))
    )


def _make_table(told: Description, metadata: Any) -> None:
    # A table is read by people: its key first.
    parts = (*told.key, *(part for part in told.stored if not part.is_key))
    columns = [_column(told, part) for part in parts]
    table = sa.Table(told.table, metadata, *columns, comment=told.comment, **_EXACT)
    for part in told.stored:
        for mark in part.marks:
            if isinstance(mark, (Unique, Index, Check)):
                _add_rule(told, table, mark, (part.name,))
    for rule in told.rules:
        _add_rule(told, table, rule, getattr(rule, "fields", ()))


def _column(told: Description, part: Part) -> Any:
    return sa.Column(
        column_name(part),
        type_of(told.model, part),
        *_extras(told, part),
        primary_key=part.is_key,
        nullable=part.nullable and not part.is_key,
        autoincrement=part.automatic or (part.is_key and part.server == "auto"),
        server_default=None if not part.server else sa.text(part.server),
        comment=part.column.comment,
        # A relation is followed from both sides.
        index=part.role == "one" and not part.is_unique and not part.is_key,
    )


def _extras(told: Description, part: Part) -> Iterator[Any]:
    if part.role == "one":
        target = Step(told.model, part).target
        action = {"restrict": None}.get(part.on_delete, part.on_delete.upper())
        yield sa.ForeignKey(_reference(target), ondelete=action)
    if part.column.generated is not None:
        yield sa.Computed(part.column.generated, persisted=True)


def _reference(model: Any) -> str:
    key = single_key(model, model.__name__)
    return f"{model.__model__.table}.{column_name(key)}"


def _add_rule(
    told: Description, table: Any, rule: Any, fields: tuple[str, ...]
) -> None:
    if isinstance(rule, Check):
        table.append_constraint(sa.CheckConstraint(rule.sql, name=rule.name))
        return
    columns = [_rule_column(told, table, name) for name in fields]
    if isinstance(rule, Unique):
        table.append_constraint(sa.UniqueConstraint(*columns, name=rule.name))
        return
    where = None if rule.where is None else sa.text(rule.where)
    plain = all(not isinstance(column, sa.TextClause) for column in columns)
    name = rule.name or (None if plain else _name_of(told, fields))
    sa.Index(
        name,
        *columns,
        unique=rule.unique,
        postgresql_where=where,
        sqlite_where=where,
        _table=table,
    )


def _rule_column(told: Description, table: Any, name: str) -> Any:
    if name.startswith("("):
        return sa.text(name)
    part = told.part(name)
    if part is None or part.role == "many":
        known = [part.name for part in told.stored]
        raise ModelError(
            "SG-DB-011",
            f"A rule of {told.model.__name__} names {name!r}, which is no column.",
            why="A rule is about the columns of one table.",
            fix=f"Name one of {', '.join(known)}.{did_you_mean(name, known)}",
            where=[told.place],
        )
    return column_of(table, part)


def _name_of(told: Description, fields: tuple[str, ...]) -> str:
    words = "_".join("".join(c if c.isalnum() else "_" for c in f) for f in fields)
    return f"ix_{told.table}_{words.strip('_')}"

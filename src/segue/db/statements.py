"""Writes -> plans: INSERT, UPDATE and DELETE of the data layer."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from segue.db.building import Builder, Scope
from segue.db.expressions import key_of
from segue.db.hydrate import Node, hydrator
from segue.db.mistakes import QueryError
from segue.db.paths import key_value, path_of
from segue.db.plans import Plan, Plans, result_processors
from segue.db.relations import find_way
from segue.db.tables import column_of, table_of

__all__ = [
    "add_plan",
    "delete_plan",
    "delete_where_plan",
    "insert_plan",
    "update_plan",
    "update_where_plan",
    "upsert_plan",
]


def insert_plan(plans: Plans, model: Any, given: tuple[str, ...]) -> Plan:
    """Get the plan that inserts a row and brings what the database gave it.

    Args:
        plans: Where it is kept.
        model: Of which model.
        given: The fields whose values come with it.
    """
    key = ("insert", model, given)
    found = plans.find(key)
    if found is not None:
        return found
    builder, columns = Builder(plans.dialect), _columns(model, given)
    values = {column.name: builder.value(column.type) for column in columns}
    asked = sa.insert(table_of(model)).values(values)
    return plans.keep(key, _returning(plans, asked, model, given, builder))


def upsert_plan(
    plans: Plans,
    model: Any,
    given: tuple[str, ...],
    on: tuple[str, ...],
    *,
    change: bool,
) -> Plan:
    """Get the plan that inserts a row unless one has the same in some fields.

    Args:
        plans: Where it is kept.
        model: Of which model.
        given: The fields whose values come with it.
        on: The fields that are unique together.
        change: The row that is there gets the other values.
    """
    key = ("upsert", model, given, on, change)
    found = plans.find(key)
    if found is not None:
        return found
    builder, columns = Builder(plans.dialect), _columns(model, given)
    values = {column.name: builder.value(column.type) for column in columns}
    same = _columns(model, on)
    others = [c for c in columns if c.name not in {each.name for each in same}]
    asked = _or_else(
        plans.dialect, table_of(model), values, same, others if change else []
    )
    return plans.keep(key, _returning(plans, asked, model, given, builder))


def update_plan(
    plans: Plans, model: Any, fields: tuple[str, ...], version: Any = None
) -> Plan:
    """Get the plan that changes fields of the row with a key.

    Args:
        plans: Where it is kept.
        model: Of which model.
        fields: Whose values come first.
        version: The field that must still have the value that comes last.
    """
    key = ("update", model, fields, version)
    found = plans.find(key)
    if found is not None:
        return found
    builder, table = Builder(plans.dialect), table_of(model)
    values = {c.name: builder.value(c.type) for c in _columns(model, fields)}
    where = _has_key(builder, model, table)
    if version is not None:
        column = column_of(table, version)
        where.append(column == builder.value(column.type))
    asked = sa.update(table).values(values).where(*where)
    plan = Plan(asked, builder.names, plans.dialect, _nothing, writes=True, rows=False)
    return plans.keep(key, plan)


def update_where_plan(
    plans: Plans, query: Any, values: dict[str, Any]
) -> tuple[Plan, list[Any]]:
    """Get the plan that changes fields of the rows of a query, and its values."""
    aliases = query.model.__aliases__
    given = [
        (aliases.get(name, name), *key_of(_key_value(v))) for name, v in values.items()
    ]
    bound = [value for _, _, own in given for value in own] + query.values()
    key = ("update where", query.key(), tuple((name, k) for name, k, _ in given))
    found = plans.find(key)
    return found or plans.keep(key, _update_where(plans, key)), bound


def delete_plan(plans: Plans, model: Any) -> Plan:
    """Get the plan that deletes the row with a key."""
    key = ("delete", model)
    found = plans.find(key)
    if found is not None:
        return found
    builder, table = Builder(plans.dialect), table_of(model)
    asked = sa.delete(table).where(*_has_key(builder, model, table))
    plan = Plan(asked, builder.names, plans.dialect, _nothing, writes=True, rows=False)
    return plans.keep(key, plan)


def delete_where_plan(plans: Plans, query: Any) -> Plan:
    """Get the plan that deletes the rows of a query."""
    key = ("delete where", query.key())
    return plans.find(key) or plans.keep(key, _delete_where(plans, key))


def add_plan(plans: Plans, path: Any, *, add: bool) -> Plan:
    """Get the plan that ties or unties two objects of a many-to-many relation.

    Raises:
        QueryError: It is none, or its links say more than that they are there.
    """
    _, steps = path_of(path)
    key = ("add", steps, add)
    found = plans.find(key)
    if found is not None:
        return found
    way = find_way(steps[-1])
    if way.kind != "link" or way.through is not None or len(steps) > 1:
        raise QueryError(
            "SG-DB-047",
            f"{path!r} is no many-to-many relation that is only a link.",
            why="There is no row that says no more than that two belong together.",
            fix="Insert the object of the model in between, or set the relation to "
            "one and save that object.",
        )
    builder = Builder(plans.dialect)
    link = way.owner.__registry__.metadata.tables[way.link]
    near, far = link.c[way.near], link.c[way.far]
    one, other = builder.value(near.type), builder.value(far.type)
    if add:
        values = {way.near: one, way.far: other}
        asked = _or_else(plans.dialect, link, values, [near, far], [])
    else:
        asked = sa.delete(link).where(near == one, far == other)
    plan = Plan(asked, builder.names, plans.dialect, _nothing, writes=True, rows=False)
    return plans.keep(key, plan)


def _update_where(plans: Plans, key: Any) -> Plan:
    _, inner, given = key
    model = inner[0]
    builder, table = Builder(plans.dialect), table_of(model)
    scope = Scope(model, table)
    values: dict[str, Any] = {}
    for name, each in given:
        column = column_of(table, model.__model__.part(name))
        values[column.name] = builder.expression(each, scope, column.type)
    where = _where(builder, inner, scope, table)
    asked = sa.update(table).values(values).where(*where)
    return Plan(asked, builder.names, plans.dialect, _nothing, writes=True, rows=False)


def _delete_where(plans: Plans, key: Any) -> Plan:
    model = key[1][0]
    builder, table = Builder(plans.dialect), table_of(model)
    where = _where(builder, key[1], Scope(model, table), table)
    asked = sa.delete(table).where(*where)
    return Plan(asked, builder.names, plans.dialect, _nothing, writes=True, rows=False)


def _where(builder: Builder, key: Any, scope: Scope, table: Any) -> list[Any]:
    """Build the conditions of a write; ways that join ask for the keys first."""
    model, wheres, orders, has_size, has_start, extra = key
    if extra is not None or orders or has_size or has_start:
        subject = builder.subquery((*key[:5], None))
        own = column_of(table, model.__model__.key[0])
        return [own.in_(_nested(subject, builder.dialect))]
    before = len(builder.names)
    where = builder.conditions(wheres, scope)
    if scope.source is table:
        return where
    del builder.names[before:]
    own = column_of(table, model.__model__.key[0])
    other = table.alias()
    inner = Scope(model, other)
    where = builder.conditions(wheres, inner)
    chosen = sa.select(column_of(other, model.__model__.key[0]))
    subject = chosen.select_from(inner.source).where(*where)
    return [own.in_(_nested(subject, builder.dialect))]


def _nested(subject: Any, dialect: Any) -> Any:
    # MariaDB does not read the table that it writes, but what is made of it.
    if dialect.name in {"mysql", "mariadb"}:
        return sa.select(subject.subquery().c[0])
    return subject


def _returning(
    plans: Plans, asked: Any, model: Any, given: tuple[str, ...], builder: Builder
) -> Plan:
    told = model.__model__
    late = [part for part in told.stored if part.name not in given]
    if not late or not plans.dialect.insert_returning:
        return Plan(
            asked, builder.names, plans.dialect, _nothing, writes=True, rows=False
        )
    columns = [column_of(table_of(model), part) for part in late]
    processors = result_processors(columns, plans.dialect)
    hydrate = hydrator(Node(_row, processors)) if any(processors) else list
    asked = asked.returning(*columns)
    return Plan(asked, builder.names, plans.dialect, hydrate, writes=True)


def _or_else(
    dialect: Any,
    table: Any,
    values: dict[str, Any],
    on: Sequence[Any],
    change: list[Any],
) -> Any:
    """Build an INSERT that does something else where the row is there already."""
    if dialect.name in {"mysql", "mariadb"}:
        asked: Any = mysql.insert(table).values(values)
        changed = {c.name: asked.inserted[c.name] for c in change or on[:1]}
        return asked.on_duplicate_key_update(changed)
    insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    asked = insert(table).values(values)
    if not change:
        return asked.on_conflict_do_nothing(index_elements=on)
    changed = {c.name: asked.excluded[c.name] for c in change}
    return asked.on_conflict_do_update(index_elements=on, set_=changed)


def _columns(model: Any, names: tuple[str, ...]) -> list[Any]:
    told, table = model.__model__, table_of(model)
    return [column_of(table, part) for part in told.stored if part.name in names]


def _has_key(builder: Builder, model: Any, table: Any) -> list[Any]:
    columns = [column_of(table, part) for part in model.__model__.key]
    return [column == builder.value(column.type) for column in columns]


def _key_value(value: Any) -> Any:
    return value if hasattr(value, "__operand__") else key_value(value)


def _row(*values: Any) -> tuple[Any, ...]:
    return values


def _nothing(rows: list[Any]) -> list[Any]:
    return rows[:0]

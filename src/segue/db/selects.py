"""Queries -> plans: the SELECTs of the data layer."""

import inspect
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from segue.db.building import Builder, Scope
from segue.db.hydrate import Node, hydrator
from segue.db.mistakes import QueryError
from segue.db.paths import Step
from segue.db.plans import Plan, Plans, result_processors
from segue.db.tables import column_of, table_of

__all__ = [
    "columns_of",
    "count_plan",
    "exists_plan",
    "get_plan",
    "maker",
    "record",
    "rows_plan",
    "select_plan",
    "shape_of",
]

Steps = tuple[Step, ...]


def select_plan(plans: Plans, query: Any, joined: tuple[Steps, ...] = ()) -> Plan:
    """Get the plan of the objects of a query.

    Args:
        plans: Where it is kept.
        query: What is asked.
        joined: The relations to one that come with it; no way before one that it
            goes on from.
    """
    key = ("select", query.key(), joined)
    return plans.find(key) or plans.keep(key, _select(plans, key))


def get_plan(plans: Plans, model: Any) -> Plan:
    """Make the plan of the object with a key; kept with the others of its kind."""
    builder, table = Builder(plans.dialect), table_of(model)
    columns = columns_of(model, table)
    where = [
        column_of(table, part) == builder.value(column_of(table, part).type)
        for part in model.__model__.key
    ]
    node = _node(model, columns, plans.dialect)
    asked = sa.select(*columns).where(*where)
    plan = Plan(asked, builder.names, plans.dialect, hydrator(node))
    if plan.plain and not any(node.processors):
        plan.make = node.make
    plans.gets[model] = plan
    return plan


def count_plan(plans: Plans, query: Any) -> Plan:
    """Get the plan of the number of rows of a query."""
    key = ("count", query.key())
    return plans.find(key) or plans.keep(key, _count(plans, key[1]))


def exists_plan(plans: Plans, query: Any) -> Plan:
    """Get the plan of whether a query, which has a limit, has a row."""
    key = ("exists", query.key())
    found = plans.find(key)
    if found is not None:
        return found
    builder = Builder(plans.dialect)
    asked, _ = _inner(builder, key[1], ["1"])
    plan = Plan(asked, builder.names, plans.dialect, bool)
    return plans.keep(key, plan)


def rows_plan(plans: Plans, query: Any, columns: dict[str, Any], into: Any) -> Plan:
    """Get the plan of some columns of a query, as small records."""
    keys = tuple((name, each.key) for name, each in columns.items())
    key = ("rows", query.key(), keys, into)
    return plans.find(key) or plans.keep(key, _rows(plans, key))


def columns_of(model: Any, table: Any) -> list[Any]:
    """List the columns of a model in the order of storage."""
    return [column_of(table, part) for part in model.__model__.stored]


def _select(plans: Plans, key: Any) -> Plan:
    _, (model, wheres, orders, has_size, has_start, extra), joined = key
    builder, table = Builder(plans.dialect), table_of(model)
    scope = Scope(model, table)
    where = builder.conditions(wheres, scope)
    sorted_by = [each for order in orders for each in builder.order(order, scope)]
    columns, node = shape_of(model, (), scope, joined, plans.dialect)
    asked = sa.select(*columns).where(*where)
    asked = _limited(builder, asked, has_size=has_size, has_start=has_start)
    asked = asked.select_from(scope.source).order_by(*sorted_by)
    lock = None
    if extra is not None:
        asked = asked.distinct() if extra[0] else asked
        lock = extra[1]
        _check_groups(extra)
    if lock is not None:
        asked = asked.with_for_update(skip_locked=lock[0], nowait=lock[1], of=table)
    return Plan(
        asked, builder.names, plans.dialect, hydrator(node), locks=lock is not None
    )


def shape_of(
    model: Any, steps: Steps, scope: Scope, joined: tuple[Steps, ...], dialect: Any
) -> tuple[list[Any], Node]:
    """Choose the columns of a model and of what is joined to it."""
    columns = columns_of(model, scope.table(steps))
    node = _node(model, columns, dialect)
    for place, part in enumerate(model.__model__.stored):
        if part.role != "one":
            continue
        for way in joined:
            if way[:-1] == steps and way[-1].part is part:
                more, other = shape_of(way[-1].target, way, scope, joined, dialect)
                columns += more
                node.joined[place] = other
    return columns, node


def _node(model: Any, columns: Sequence[Any], dialect: Any) -> Node:
    told = model.__model__
    key = told.stored.index(told.key[0])
    return Node(told.make, result_processors(columns, dialect), key)


def _count(plans: Plans, key: Any) -> Plan:
    builder = Builder(plans.dialect)
    _, _, _, has_size, has_start, extra = key
    if has_size or has_start or extra is not None:
        inner, _ = _inner(builder, key, [])
        asked = sa.select(sa.func.count()).select_from(inner.subquery())
    else:
        inner, scope = _inner(builder, (key[0], key[1], (), False, False, None), ["1"])
        asked = inner.with_only_columns(sa.func.count()).select_from(scope.source)
    return Plan(asked, builder.names, plans.dialect, lambda rows: rows[0][0])


def _inner(builder: Builder, key: Any, literal: list[str]) -> tuple[Any, Scope]:
    """Build the rows of a query without their values, for what looks at them only."""
    model, wheres, orders, has_size, has_start, extra = key
    table = table_of(model)
    scope = Scope(model, table)
    chosen: list[Any] = [sa.literal_column(each) for each in literal]
    chosen = chosen or [column_of(table, part) for part in model.__model__.key]
    where = builder.conditions(wheres, scope)
    sorted_by = [each for order in orders for each in builder.order(order, scope)]
    asked: Any = sa.select(*chosen).where(*where)
    if extra is not None:
        groups = [builder.expression(each, scope) for each in extra[2]]
        if groups:
            asked = sa.select(sa.text("1 AS one")).where(*where)
        asked = asked.group_by(*groups).having(*builder.conditions(extra[3], scope))
        if extra[0]:
            columns = [builder.expression(each, scope) for each in extra[5]]
            asked = asked.with_only_columns(*(columns or columns_of(model, table)))
            asked = asked.distinct()
    asked = _limited(builder, asked, has_size=has_size, has_start=has_start)
    # Sorted only where it matters which rows are cut off.
    asked = asked.order_by(*sorted_by) if has_size or has_start else asked
    return asked.select_from(scope.source), scope


def _rows(plans: Plans, key: Any) -> Plan:
    _, (model, wheres, orders, has_size, has_start, extra), keys, into = key
    builder, scope = Builder(plans.dialect), Scope(model, table_of(model))
    columns = [builder.expression(each, scope).label(name) for name, each in keys]
    where = builder.conditions(wheres, scope)
    sorted_by = [each for order in orders for each in builder.order(order, scope)]
    asked = sa.select(*columns).where(*where).order_by(*sorted_by)
    if extra is not None:
        groups = [builder.expression(each, scope) for each in extra[2]]
        asked = asked.group_by(*groups).having(*builder.conditions(extra[3], scope))
        asked = asked.distinct() if extra[0] else asked
    asked = _limited(builder, asked, has_size=has_size, has_start=has_start)
    asked = asked.select_from(scope.source)
    names = [name for name, _ in keys]
    make = record(names) if into is None else maker(into, names)
    node = Node(make, result_processors(columns, plans.dialect))
    return Plan(asked, builder.names, plans.dialect, hydrator(node))


def _limited(builder: Builder, asked: Any, *, has_size: bool, has_start: bool) -> Any:
    if has_size:
        asked = asked.limit(builder.value(sa.Integer()))
    if has_start:
        asked = asked.offset(builder.value(sa.Integer()))
    return asked


def record(names: list[str]) -> Any:
    """Make a small record of some names."""
    return msgspec.defstruct("Row", [(name, Any) for name in names], frozen=True)


def maker(into: Any, names: list[str]) -> Any:
    """Find what makes an object of a class of values in some order."""
    parameters = inspect.signature(into).parameters
    kinds = {each.kind for each in parameters.values()}
    if [*parameters] == names and kinds == {inspect.Parameter.POSITIONAL_OR_KEYWORD}:
        return into

    def make(*values: Any) -> Any:
        return into(**dict(zip(names, values, strict=True)))

    return make


def _check_groups(extra: Any) -> None:
    if extra[2] or extra[3]:
        raise QueryError(
            "SG-DB-043",
            "A query with group_by is asked for objects.",
            why="A group is many rows, and none of them is it.",
            fix="Ask for what groups have: db.rows(query, country=Author.country, "
            "n=count()).",
        )

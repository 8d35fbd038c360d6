"""The plan of what many objects are related to: one query for all of them.

Each row has the key of the object that it belongs to in front. A limit is one for each
object: rows are numbered within theirs.
"""

from typing import Any

import sqlalchemy as sa

from segue.db.building import Builder, Scope
from segue.db.hydrate import Node, hydrator
from segue.db.paths import Step
from segue.db.plans import Plan, Plans, result_processors
from segue.db.relations import Way, find_way
from segue.db.selects import shape_of
from segue.db.tables import column_of, table_of

__all__ = ["children_plan"]


def children_plan(
    plans: Plans, step: Step, query: Any, room: int, joined: tuple[Any, ...]
) -> Plan:
    """Get the plan of pairs: the key of an object, and one that belongs to it.

    Args:
        plans: Where it is kept.
        step: The relation to many.
        query: Which of those at its end, in which order, how many for each.
        room: For so many keys; they come before the values of the query.
        joined: Relations to one of those at the end.
    """
    key = ("children", step, query.key(), room, joined)
    return plans.find(key) or plans.keep(key, _children(plans, key))


def _children(plans: Plans, key: Any) -> Plan:
    _, step, (model, wheres, orders, has_size, has_start, _), room, joined = key
    builder, way = Builder(plans.dialect), find_way(step)
    table = table_of(model)
    near, source = _near(way, table)
    asked_for = near.in_([builder.value(near.type) for _ in range(room)])
    scope = Scope(model, table)
    scope.source = source
    where = [asked_for, *builder.conditions(wheres, scope)]
    sorted_by = [each for order in orders for each in builder.order(order, scope)]
    own_key = column_of(table, model.__model__.key[0])
    sorted_by = sorted_by or [own_key]
    if has_size or has_start:
        number = sa.func.row_number().over(partition_by=near, order_by=sorted_by)
        counted = sa.select(
            near.label("near"), own_key.label("own"), number.label("number")
        )
        inner = counted.select_from(scope.source).where(*where).subquery()
        near, where = inner.c.near, _numbers(builder, inner, has_size, has_start)
        scope = Scope(model, table)
        scope.source = table.join(inner, own_key == inner.c.own)
        sorted_by = [inner.c.number]
    columns, node = shape_of(model, (), scope, joined, plans.dialect)
    # What belongs to the object takes the place of its own key.
    pair = Node(_pair, [*result_processors([near], plans.dialect), None])
    pair.joined[1] = node
    asked = sa.select(near, own_key.label(None), *columns).select_from(scope.source)
    asked = asked.where(*where).order_by(*sorted_by)
    return Plan(asked, builder.names, plans.dialect, hydrator(pair))


def _near(way: Way, table: Any) -> tuple[Any, Any]:
    """Find the column with the key of the owner, and the table that it is in."""
    if way.back is not None:
        return column_of(table, way.back), table
    link = way.owner.__registry__.metadata.tables[way.link].alias()
    key = column_of(table, way.target.__model__.key[0])
    return link.c[way.near], table.join(link, link.c[way.far] == key)


def _numbers(
    builder: Builder, inner: Any, has_size: bool, has_start: bool
) -> list[Any]:
    number = inner.c.number
    size = builder.value(sa.BigInteger()) if has_size else None
    if not has_start:
        return [number <= size]
    start = builder.value(sa.BigInteger())
    beyond = number > start
    return [beyond] if size is None else [beyond, number - start <= size]


def _pair(near: Any, each: Any) -> tuple[Any, Any]:
    return near, each

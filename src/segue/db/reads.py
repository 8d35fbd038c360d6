"""Reads: get, all, one, count, and what else asks and changes nothing.

Each is a generator that yields commands and is sent results; see `command.py`.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from segue.core.errors import NotFound
from segue.db.command import Command, Steps
from segue.db.expressions import operand
from segue.db.loads import Tree, arranged, load_into, load_missing, tree_of
from segue.db.mistakes import QueryError, caller
from segue.db.paths import Path, key_value
from segue.db.plans import Plan, Plans
from segue.db.query import Query, query_of
from segue.db.selects import count_plan, exists_plan, get_plan, rows_plan, select_plan

__all__ = [
    "aggregate",
    "all_of",
    "count",
    "exists",
    "first",
    "get",
    "get_many",
    "get_or_404",
    "load",
    "load_absent",
    "one",
    "planned",
    "read_tree",
    "rows",
    "scoped",
    "single",
]

Ways = tuple[Any, Any]
_LARGEST: Final = 1 << 63
_UNKNOWN: Final = object()
_PORTION: Final = 1_000


def get(plans: Plans, model: Any, key: Any) -> Steps[Any]:
    """Get the object with a key, or None."""
    plan = plans.gets.get(model) or get_plan(plans, model)
    if key.__class__ is int and not -_LARGEST <= key < _LARGEST:
        return None
    values = (key,) if key.__class__ is not tuple else _composite(key)
    # The most common question of all: what need not be called is not.
    result = yield Command(plan.sql, values) if plan.plain else plan.command(values)
    rows = result.rows
    if not rows:
        return None
    return plan.hydrate(rows)[0] if plan.make is None else plan.make(*rows[0])


def get_or_404(plans: Plans, model: Any, key: Any) -> Steps[Any]:
    """Get the object with a key, or the first of a query; none is a 404.

    Raises:
        NotFound: There is none.
    """
    found = yield from get(plans, model, key)
    if found is None:
        raise NotFound(f"There is no {model.__name__} {key}.")
    return found


def get_many(plans: Plans, model: Any, keys: Iterable[Any]) -> Steps[list[Any]]:
    """Get the objects with these keys, in their order; absent ones are left out."""
    wanted = list(dict.fromkeys(keys))
    if len(model.__model__.key) > 1:
        some: list[Any] = []
        for key in wanted:
            some.append((yield from get(plans, model, key)))  # noqa: PERF401 - it yields
        return [each for each in some if each is not None]
    part = model.__model__.key[0]
    column = Query(model).model.__names__[part.name]
    by: dict[Any, Any] = {}
    for start in range(0, len(wanted), _PORTION):
        chosen = column.in_(wanted[start : start + _PORTION])
        found = yield from all_of(plans, Query(model, (chosen,)))
        by.update((each.__key__(), each) for each in found)
    return [by[key] for key in wanted if key in by]


def all_of(plans: Plans, query: Any) -> Steps[list[Any]]:
    """List the objects of a query."""
    query = query_of(query)
    if plans.scopes.get(query.model, _UNKNOWN) is not None:
        query = scoped(plans, query)
    if query.loads:
        joined, others = _ways(plans, query.loads)
        return (yield from _read(plans, query, joined, others))
    plan = select_plan(plans, query)
    result = yield plan.command(query.values())
    objects: list[Any] = plan.hydrate(result.rows)
    return objects


def planned(plans: Plans, query: Any) -> tuple[Plan, list[Any]]:
    """Give the plan of a query, with what is joined to it, and its values."""
    query = scoped(plans, query_of(query))
    joined, _ = arranged(tree_of(query.loads))
    return select_plan(plans, query, joined), query.values()


def single(plans: Plans, query: Any) -> tuple[Plan, list[Any]] | None:
    """Give plan and values of a query that is one plain statement, else None."""
    query = query_of(query)
    if plans.scopes.get(query.model, _UNKNOWN) is not None:
        query = scoped(plans, query)
    if query.loads or query.extra.lock is not None:
        return None
    plan = select_plan(plans, query)
    return None if plan.by_core else (plan, query.values())


def read_tree(plans: Plans, query: Any, tree: Tree) -> Steps[list[Any]]:
    """List the objects of a query, with relations of them."""
    joined, others = arranged(tree)
    return (yield from _read(plans, query, joined, others))


def _ways(plans: Plans, loads: Sequence[Any]) -> Ways:
    """Tell how to load each; kept for paths, which a program has so many of."""
    key = tuple(map(id, loads))
    known = plans.ways.get(key)
    if known is None:
        known = arranged(tree_of(loads))
        if all(isinstance(each, Path) for each in loads):
            # They are kept with it, so that nothing else gets their place.
            plans.ways[key] = (*known, loads)
    return known[0], known[1]


def _read(plans: Plans, query: Any, joined: Any, others: Any) -> Steps[list[Any]]:
    plan = select_plan(plans, query, joined)
    result = yield plan.command(query.values())
    found: list[Any] = plan.hydrate(result.rows)
    if others:
        yield from load_into(plans, found, others, read_tree)
    return found


def one(plans: Plans, query: Any) -> Steps[Any]:
    """Get the one object of a query.

    Raises:
        NotFound: There is none.
        QueryError: There are several.
    """
    found = yield from all_of(plans, query_of(query).limit(2))
    if not found:
        raise NotFound(f"There is no such {query_of(query).model.__name__}.")
    if len(found) > 1:
        raise QueryError(
            "SG-DB-044",
            f"A query for one {query_of(query).model.__name__} found several.",
            why="It would be by chance which of them is taken.",
            fix="Ask for more: by something unique; or take the first in an order: "
            "db.first(query.order_by(...)).",
            where=[caller()],
        )
    return found[0]


def first(plans: Plans, query: Any) -> Steps[Any]:
    """Get the first object of a query, or None."""
    found = yield from all_of(plans, query_of(query).limit(1))
    return found[0] if found else None


def count(plans: Plans, query: Any) -> Steps[int]:
    """Count the rows of a query."""
    query = scoped(plans, query_of(query))
    plan = count_plan(plans, query)
    result = yield plan.command(query.values() if _is_cut(query) else _unsorted(query))
    return int(plan.hydrate(result.rows))


def exists(plans: Plans, query: Any) -> Steps[bool]:
    """Tell whether a query has a row."""
    query = scoped(plans, query_of(query))
    query = query.sorted_by(())
    if query.size is None or query.size > 1:
        query = query.limit(1)
    plan = exists_plan(plans, query)
    result = yield plan.command(query.values())
    return bool(plan.hydrate(result.rows))


def rows(
    plans: Plans, query: Any, columns: dict[str, Any], into: Any = None
) -> Steps[list[Any]]:
    """List some columns of the rows of a query, or of its groups, as small records."""
    query = scoped(plans, query_of(query))
    columns = columns or {str(_name(each)): each for each in query.extra.columns}
    columns = {name: operand(each) for name, each in columns.items()}
    if into is not None:
        names = query.model.__names__
        wanted = into.__struct_fields__
        columns = {n: columns[n] if n in columns else operand(names[n]) for n in wanted}
    plan = rows_plan(plans, query, columns, into)
    values = [value for each in columns.values() for value in each.values]
    result = yield plan.command([*values, *query.values()])
    objects: list[Any] = plan.hydrate(result.rows)
    return objects


def aggregate(plans: Plans, query: Any, columns: dict[str, Any]) -> Steps[Any]:
    """Compute something over all rows of a query: one small record."""
    found = yield from rows(plans, query, columns)
    return found[0]


def load(plans: Plans, objects: Any, paths: Sequence[Any]) -> Steps[Any]:
    """Load relations of objects that are here already."""
    several: list[Any] = [*objects] if type(objects) in (list, tuple) else [objects]
    _, others = arranged(tree_of(paths), join=False)
    yield from load_into(plans, several, others, read_tree)
    return objects


def load_absent(plans: Plans, objects: list[Any], paths: Sequence[Any]) -> Steps[None]:
    """Load relations of those objects that lack them."""
    yield from load_missing(plans, objects, tree_of(paths), read_tree)


def scoped(plans: Plans, query: Any) -> Any:
    """Add what the model's own scope demands."""
    scope = plans.scopes[query.model] = query.model.__scope__
    if scope is None or query.extra.unscoped:
        return query
    return scope(query)


def _composite(key: Any) -> tuple[Any, ...]:
    return tuple(key_value(each) for each in key)


def _is_cut(query: Any) -> bool:
    return query.size is not None or query.start is not None or bool(query.extra.groups)


def _unsorted(query: Any) -> list[Any]:
    return [value for each in query.conditions for value in each.values]


def _name(column: Any) -> str:
    ref = getattr(column, "key", None)
    part = getattr(ref, "part", None)
    return part.name if part is not None else "value"

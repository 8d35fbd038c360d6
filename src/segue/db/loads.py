"""Loading relations: with the query by a join, or behind it by one query each.

A relation to one without conditions of its own is joined. All else is asked for once
for all objects together: `WHERE book.author_id IN (...)`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, cast

import msgspec

from segue.db.children import children_plan
from segue.db.command import Steps
from segue.db.expressions import size_class
from segue.db.paths import Path, Step, path_of
from segue.db.plans import Plans
from segue.db.query import Query

__all__ = ["Branch", "Tree", "arranged", "load_into", "load_missing", "tree_of"]

_PORTION: Final = 1_024
Tree = dict[Step, "Branch"]
Read = Callable[[Plans, Any, Tree], Steps[list[Any]]]
_Others = list[tuple[tuple[Step, ...], "Branch"]]


class Branch:
    """A relation to load, and what to load of it in turn."""

    __slots__ = ("branches", "query", "step")

    def __init__(self, step: Step) -> None:
        self.step = step
        self.query: Any = None
        self.branches: Tree = {}


def tree_of(loads: Sequence[Any]) -> Tree:
    """Sort what is to be loaded by where it begins."""
    tree: Tree = {}
    for each in loads:
        _grow(tree, each)
    return tree


def arranged(
    tree: Tree, *, join: bool = True
) -> tuple[tuple[tuple[Step, ...], ...], _Others]:
    """Tell how to load each.

    Returns:
        The ways that are joined, and what is asked for behind, with the joined way to
        the objects that it belongs to.
    """
    joined: list[tuple[Step, ...]] = []
    others: _Others = []
    _sort(tree, (), joined, others, join=join)
    return tuple(joined), others


def load_into(
    plans: Plans, objects: list[Any], branches: _Others, read: Read
) -> Steps[None]:
    """Load relations of objects.

    Args:
        plans: The plans of the dialect.
        objects: Of one model.
        branches: What to load, with the way to whose relation it is.
        read: Lists the objects of a query, with what is to be loaded of them.
    """
    for way, branch in branches:
        owners = _behind(objects, way)
        if owners:
            yield from _load(plans, owners, branch, read)


def load_missing(
    plans: Plans, objects: list[Any], tree: Tree, read: Read
) -> Steps[None]:
    """Load relations of those objects that lack them: one query for each relation.

    Args:
        plans: The plans of the dialect.
        objects: Of one model.
        tree: What to load.
        read: Lists the objects of a query.
    """
    for step, branch in tree.items():
        slot = step.owner.__model__.slots[step.name]
        alone = Branch(step)
        alone.query = branch.query
        lacking = [each for each in objects if not _is_loaded(step, slot(each))]
        if lacking:
            yield from _load(plans, lacking, alone, read)
        if branch.branches:
            inner = {id(each): each for o in objects for each in _loaded(slot(o))}
            if inner:
                yield from load_missing(plans, [*inner.values()], branch.branches, read)


def _is_loaded(step: Step, value: Any) -> bool:
    if step.many:
        return value is not msgspec.UNSET
    return value is None or isinstance(value, msgspec.Struct)


def _loaded(value: Any) -> Any:
    if isinstance(value, list):
        return cast("Any", value)
    return [value] if isinstance(value, msgspec.Struct) else []


def _grow(tree: Tree, load: Any) -> None:
    path: Path = load if isinstance(load, Path) else load.via
    _, steps = path_of(path)
    branch: Branch | None = None
    for step in steps:
        branch = tree.get(step)
        if branch is None:
            branch = tree[step] = Branch(step)
        tree = branch.branches
    if branch is not None and not isinstance(load, Path):
        branch.query = load
        for each in load.loads:
            _grow(branch.branches, each)


def _sort(
    tree: Tree,
    way: tuple[Step, ...],
    joined: list[tuple[Step, ...]],
    others: _Others,
    *,
    join: bool,
) -> None:
    for step, branch in tree.items():
        if join and not step.many and branch.query is None:
            joined.append((*way, step))
            _sort(branch.branches, (*way, step), joined, others, join=True)
        else:
            others.append((way, branch))


def _behind(objects: list[Any], way: tuple[Step, ...]) -> list[Any]:
    """List the objects at the end of a way that is loaded, each once."""
    for step in way:
        slot = step.owner.__model__.slots[step.name]
        there = {id(each): each for o in objects if (each := slot(o)) is not None}
        objects = list(there.values())
    return objects


def _load(plans: Plans, owners: list[Any], branch: Branch, read: Read) -> Steps[None]:
    step = branch.step
    query = Query[Any](step.target) if branch.query is None else branch.query
    if step.many:
        yield from _to_many(plans, owners, branch, query, read)
    else:
        yield from _to_one(plans, owners, branch, query, read)


def _to_one(
    plans: Plans, owners: list[Any], branch: Branch, query: Any, read: Read
) -> Steps[None]:
    told = branch.step.owner.__model__
    slot, put = told.slots[branch.step.name], told.setters[branch.step.name]
    here = [each for o in owners if isinstance(each := slot(o), msgspec.Struct)]
    if here and branch.branches:
        _, others = arranged(branch.branches, join=False)
        yield from load_into(plans, here, others, read)
    absent = [
        o for o in owners if not isinstance(slot(o), (msgspec.Struct, type(None)))
    ]
    target = query.model
    column = target.__names__[target.__model__.key[0].name]
    by: dict[Any, Any] = {}
    for keys in _portions(slot(o) for o in absent):
        asked = query.where(column.in_(keys))
        for each in (yield from read(plans, asked, branch.branches)):
            by[each.__key__()] = each
    for o in absent:
        found = by.get(slot(o))
        if found is not None:
            put(o, found)


def _to_many(
    plans: Plans, owners: list[Any], branch: Branch, query: Any, read: Read
) -> Steps[None]:
    step = branch.step
    told = step.owner.__model__
    put, single = told.setters[step.name], step.part.related.single
    by: dict[Any, list[Any]] = {each.__key__(): [] for each in owners}
    joined, others = arranged(branch.branches)
    found: dict[int, Any] = {}
    for keys in _portions(by):
        room = size_class(len(keys))
        plan = children_plan(plans, step, query, room, joined)
        filled = [*keys, *keys[-1:] * (room - len(keys)), *query.values()]
        result = yield plan.command(filled)
        for key, each in plan.hydrate(result.rows):
            by[key].append(each)
            found[id(each)] = each
    if others and found:
        yield from load_into(plans, list(found.values()), others, read)
    for each in owners:
        mine = by[each.__key__()]
        put(each, (mine[0] if mine else None) if single else mine)


def _portions(keys: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(dict.fromkeys(keys))
    for start in range(0, len(every), _PORTION):
        yield every[start : start + _PORTION]

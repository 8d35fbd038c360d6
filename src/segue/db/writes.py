"""Writes: insert, save, update, delete, and what else changes something.

Each is a generator that yields commands and is sent results; see `command.py`.
"""

import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from segue.db.broken_rules import tells_fields
from segue.db.command import Command, Steps
from segue.db.description import told_of
from segue.db.mistakes import QueryError, caller
from segue.db.paths import key_value
from segue.db.plans import Plans
from segue.db.query import Query, query_of
from segue.db.reads import first, get
from segue.db.statements import (
    add_plan,
    delete_plan,
    delete_where_plan,
    insert_plan,
    update_plan,
    update_where_plan,
    upsert_plan,
)
from segue.db.validation import StaleError, validate, validate_values

__all__ = [
    "delete",
    "get_or_create",
    "insert",
    "insert_many",
    "link",
    "save",
    "unlink",
    "update",
    "upsert",
]

_UNSET: Final = msgspec.UNSET
_PORTION: Final = 512
_VALUES: Final = 30_000


@tells_fields
def insert(plans: Plans, thing: Any) -> Steps[Any]:
    """Insert an object; what the database gives is in it afterwards.

    Raises:
        Invalid: Its values do not fit.
    """
    told = told_of(thing)
    given, values = _given(told, validate(thing))
    plan = insert_plan(plans, told.model, given)
    result = yield (
        Command(plan.sql, values, True, plan.locks, plan.rows)
        if plan.plain
        else plan.command(values)
    )
    rows = plan.hydrate(result.rows)
    if rows:
        _take(told, thing, given, rows[0])
    else:
        yield from _take_later(plans, told, thing, given, result.key)
    return thing


@tells_fields
def insert_many(plans: Plans, things: Iterable[Any]) -> Steps[list[Any]]:
    """Insert objects of one model, many with each statement.

    Raises:
        Invalid: The values of some do not fit; none of them is inserted.
    """
    every = list(things)
    groups: dict[Any, tuple[list[Any], list[Any]]] = {}
    last: Any = None
    group: tuple[list[Any], list[Any]] = ([], [])
    for each in every:
        told = told_of(each)
        given, values = _given(told, validate(each))
        if (told, given) != last:
            last = told, given
            group = groups.setdefault((told.model, given), ([], []))
        group[0].append(each)
        group[1].append(values)
    for (model, given), (several, rows) in groups.items():
        start = 0
        for count in _portions(len(several), len(given)):
            end = start + count
            yield from _insert_some(
                plans, model, given, several[start:end], rows[start:end]
            )
            start = end
    return every


def _portions(count: int, width: int) -> Iterator[int]:
    """Split a number of rows into powers of two, so that there are few statements.

    Example:
        >>> list(_portions(1_300, 4))
        [512, 512, 256, 16, 4]
    """
    size = _PORTION
    while size * max(1, width) > _VALUES and size > 1:
        size //= 2
    while count:
        while size > count:
            size //= 2
        yield size
        count -= size


def _insert_some(
    plans: Plans, model: Any, given: tuple[str, ...], things: list[Any], rows: list[Any]
) -> Steps[None]:
    told = model.__model__
    plan = insert_plan(plans, model, given)
    if not plan.rows and len(given) < len(told.stored):
        # What the database gives is told for one row at a time.
        for each in things:
            yield from insert(plans, each)
        return
    result = yield plan.inserting(rows)
    got = plan.hydrate(result.rows) or [()] * len(things)
    late = [part for part in told.stored if part.name not in given]
    place = next((n for n, part in enumerate(late) if part.automatic), None)
    if place is not None:
        # Numbers are given in the order of the rows; answers may come in another.
        got.sort(key=operator.itemgetter(place))
    setters = _setters(told, given)
    for each, row in zip(things, got, strict=True):
        state = each.__dict__
        state.pop("_new", None)
        if "_changed" in state:
            del state["_changed"]
        for put, value in zip(setters, row, strict=True):
            put(each, value)


@tells_fields
def save(plans: Plans, thing: Any, names: Sequence[str] = ()) -> Steps[Any]:
    """Write what was changed in an object; one that is new is inserted.

    Args:
        plans: The plans of the dialect.
        thing: The object.
        names: Fields to write in any case: what was changed inside a list or a dict
            is not noticed.

    Raises:
        Invalid: Its values do not fit.
        QueryError: Its row is not there any more.
        StaleError: It has a version, and somebody else was faster.
    """
    state = thing.__dict__
    if state.get("_new"):
        return (yield from insert(plans, thing))
    changed = {*state.get("_changed", ()), *names}
    if not changed:
        return thing
    told = told_of(thing)
    written = {
        part.name: value
        for part, value in zip(told.stored, validate(thing), strict=True)
        if part.name in changed and not part.is_key
    }
    if not written:
        return thing
    version = told.version
    seen: list[Any] = []
    if version is not None:
        seen = [told.slots[version.name](thing)]
        written[version.name] = seen[0] + 1
    fields = tuple(part.name for part in told.stored if part.name in written)
    values = [written[name] for name in fields]
    plan = update_plan(plans, type(thing), fields, version)
    result = yield plan.command([*values, *_key(thing), *seen])
    if result.count == 0 and version is not None:
        raise StaleError(f"{type(thing).__name__} was changed by somebody else.")
    if result.count == 0:
        raise QueryError(
            "SG-DB-045",
            f"{type(thing).__name__} {thing.__key__()!r} is not there any more.",
            why="Somebody deleted it, so that nothing was saved.",
            fix="Lock it before it is changed, query.for_update(), or insert it anew.",
            where=[caller()],
        )
    state.pop("_changed", None)
    if version is not None:
        told.setters[version.name](thing, written[version.name])
    return thing


@tells_fields
def update(plans: Plans, query: Any, values: dict[str, Any]) -> Steps[int]:
    """Change fields of all rows of a query; tell how many there were.

    Args:
        plans: The plans of the dialect.
        query: Which rows.
        values: By field: a value, or an expression, `Book.price * 2`.
    """
    query = query_of(query)
    validate_values(query.model, values)
    plan, bound = update_where_plan(plans, query, values)
    result = yield plan.command(bound)
    return result.count


def delete(plans: Plans, what: Any) -> Steps[int]:
    """Delete an object, or all rows of a query; tell how many there were."""
    if isinstance(what, Query):
        plan = delete_where_plan(plans, what)
        result = yield plan.command(what.values())
    else:
        plan = delete_plan(plans, type(what))
        result = yield plan.command(_key(what))
    return result.count


@tells_fields
def upsert(plans: Plans, thing: Any, on: Sequence[Any]) -> Steps[Any]:
    """Insert an object, or change the row that has the same in some fields.

    Args:
        plans: The plans of the dialect.
        thing: The object; afterwards it is the row.
        on: The fields that are unique together.

    Raises:
        Invalid: Its values do not fit.
    """
    told = told_of(thing)
    given, values = _given(told, validate(thing))
    names = tuple(_name(each) for each in on)
    plan = upsert_plan(plans, type(thing), given, names, change=True)
    result = yield plan.command(values)
    rows = plan.hydrate(result.rows)
    if rows:
        _take(told, thing, given, rows[0])
        return thing
    found = yield from first(plans, _same(thing, names))
    _put_key(told, thing, found)
    return thing


@tells_fields
def get_or_create(
    plans: Plans, thing: Any, on: Sequence[Any]
) -> Steps[tuple[Any, bool]]:
    """Get the row that has the same in some fields, or insert the object.

    Of many who do so at once one inserts and all get the same row.

    Returns:
        The object, and whether it was inserted.
    """
    told = told_of(thing)
    given, values = _given(told, validate(thing))
    names = tuple(_name(each) for each in on)
    same = _same(thing, names)
    found = yield from first(plans, same)
    if found is not None:
        return found, False
    plan = upsert_plan(plans, type(thing), given, names, change=False)
    result = yield plan.command(values)
    rows = plan.hydrate(result.rows)
    if rows:
        _take(told, thing, given, rows[0])
        return thing, True
    found = yield from first(plans, same)
    if found is None and result.count == 1:
        return thing, True
    return found, plans.dialect.name in {"mysql", "mariadb"} and result.count == 1


def link(plans: Plans, thing: Any, path: Any, others: Iterable[Any]) -> Steps[None]:
    """Relate an object to others by a many-to-many relation."""
    pairs = [(thing.__key__(), key_value(each)) for each in others]
    if pairs:
        yield add_plan(plans, path, add=True).many(pairs)


def unlink(plans: Plans, thing: Any, path: Any, others: Iterable[Any]) -> Steps[None]:
    """Take the relation of an object to others away."""
    pairs = [(thing.__key__(), key_value(each)) for each in others]
    if pairs:
        yield add_plan(plans, path, add=False).many(pairs)


# -- between objects and rows


def _given(
    told: Any, values: tuple[Any, ...]
) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Choose the fields that have a value to write; the late ones are the last."""
    usual = told.kept.get("given")
    if usual is None:
        names = tuple(part.name for part in told.stored if not part.is_late)
        usual = told.kept["given"] = names, (_UNSET,) * (len(told.stored) - len(names))
    names, absent = usual
    count = len(names)
    if values[count:] == absent:
        return names, values[:count]
    chosen = [
        (part.name, value)
        for part, value in zip(told.stored, values, strict=True)
        if not part.is_generated and value is not _UNSET
    ]
    return tuple(name for name, _ in chosen), tuple(value for _, value in chosen)


def _take(told: Any, thing: Any, given: tuple[str, ...], row: Any) -> None:
    """Put what the database gave into an object."""
    state = thing.__dict__
    state.pop("_new", None)
    state.pop("_changed", None)
    if row:
        for put, value in zip(_setters(told, given), row, strict=True):
            put(thing, value)


def _setters(told: Any, given: tuple[str, ...]) -> tuple[Any, ...]:
    """List what writes the fields that the database gives."""
    found: tuple[Any, ...] | None = told.kept.get(("late", given))
    if found is None:
        late = [part for part in told.stored if part.name not in given]
        found = tuple(told.setters[part.name] for part in late)
        told.kept["late", given] = found
    return found


def _take_later(
    plans: Plans, told: Any, thing: Any, given: tuple[str, ...], key: Any
) -> Steps[None]:
    """Put the key that was told into an object, and read what else was given."""
    late = [part for part in told.stored if part.name not in given]
    _take(told, thing, given, ())
    for part in late:
        if part.automatic and key is not None:
            told.setters[part.name](thing, key)
    if any(not part.automatic for part in late):
        found = yield from get(plans, told.model, thing.__key__())
        _put_key(told, thing, found)


def _put_key(told: Any, thing: Any, found: Any) -> None:
    if found is not None:
        for part in told.stored:
            told.setters[part.name](thing, told.slots[part.name](found))
    thing.__dict__.pop("_new", None)
    thing.__dict__.pop("_changed", None)


def _key(thing: Any) -> tuple[Any, ...]:
    told = told_of(thing)
    if told.slots[told.key[0].name](thing) is _UNSET:
        getattr(thing, told.key[0].name)  # raises what it is
    key: Any = thing.__key__()
    return key if key.__class__ is tuple else (key,)


def _same(thing: Any, names: tuple[str, ...]) -> Any:
    cls = thing.__class__
    told = told_of(thing)
    return Query[Any](
        cls,
        tuple(
            cls.__names__[name] == key_value(told.slots[name](thing)) for name in names
        ),
    )


def _name(field: Any) -> str:
    """Name the field of an expression or a path."""
    if isinstance(field, str):
        return field
    operand = getattr(field, "__operand__", None)
    found: str = (operand() if operand is not None else field).key.part.name
    return found

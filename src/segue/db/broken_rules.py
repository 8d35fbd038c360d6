"""A rule of a table that was broken, told by the fields of the model.

Databases tell different halves of it: a name, or columns, or neither. The model knows
its rules, so the rest is found here, and a key that leads nowhere is told as the 422
that it is: a value of the input that does not fit.
"""

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar, cast

import msgspec

from segue.db.command import BrokenRule, Steps
from segue.db.description import Description, Part
from segue.db.marks import Check
from segue.db.paths import Step, key_value
from segue.db.plans import Plans
from segue.db.query import Query
from segue.db.reads import get_many
from segue.db.tables import column_name

__all__ = ["tells_fields"]

P = ParamSpec("P")
T = TypeVar("T")


def tells_fields(writes: Callable[P, Steps[T]]) -> Callable[P, Steps[T]]:
    """Make a write whose broken rules are told by fields.

    Args:
        writes: Takes the plans of a dialect, then an object, several, or a query.
    """

    @functools.wraps(writes)
    def steps(*arguments: P.args, **named: P.kwargs) -> Steps[T]:
        try:
            return (yield from writes(*arguments, **named))
        except BrokenRule as error:
            plans, *others = cast("Any", arguments)
            things = _things(others)
            if not things or error.fields:
                raise
            raise (yield from _explained(plans, things, error)) from error.__cause__

    return steps


def _things(arguments: list[Any]) -> list[Any]:
    """List what was to be written: objects, or the values of an update."""
    what = arguments[0]
    if isinstance(what, Query):
        return [(cast("Any", what).model, arguments[1])]
    if isinstance(what, type):
        return [(what, arguments[1])]
    if isinstance(what, list | tuple):
        return [*cast("Any", what)]
    return [what]


def _explained(plans: Plans, things: list[Any], error: BrokenRule) -> Steps[Exception]:
    """Make the error that names rule and fields."""
    told = _told_of(things[0])
    constraint, columns = _rule(told.model.__table__, error)
    fields, word = tuple(_fields(told, columns)), None
    if (check := _check(told, constraint)) is not None:
        words, word = set(re.findall(r"\w+", check.sql)), check.name
        fields = tuple(p.name for p in told.stored if column_name(p) in words)
    elif not fields and error.is_reference:
        fields = yield from _dangling(plans, told, things)
    return error.told(
        constraint=constraint,
        table=told.table,
        columns=columns,
        fields=fields,
        word=word,
    )


def _told_of(thing: Any) -> Description:
    model: Any = cast("Any", thing)[0] if isinstance(thing, tuple) else thing
    told: Description = model.__model__
    return told


def _rule(table: Any, error: BrokenRule) -> tuple[str | None, tuple[str, ...]]:
    """Find the name of the rule and its columns, by whichever is known."""
    constraint, columns = error.constraint, error.columns
    for rule in (*table.constraints, *table.indexes):
        names = tuple(column.name for column in rule.columns)
        if constraint is None and columns and names == columns and _is_unique(rule):
            return str(rule.name), columns
        if not columns and names and rule.name == constraint:
            return constraint, names
    return constraint, columns


def _is_unique(rule: Any) -> bool:
    return "Foreign" not in type(rule).__name__ and bool(getattr(rule, "unique", True))


def _fields(told: Description, columns: tuple[str, ...]) -> Iterator[str]:
    names = {column_name(part): part.name for part in told.stored}
    return (names[column] for column in columns if column in names)


def _check(told: Description, constraint: str | None) -> Check | None:
    """Find the check that has the name of a constraint."""
    for rule in told.rules:
        names = (f"ck_{told.table}_{rule.name}", rule.name)
        if isinstance(rule, Check) and constraint in names:
            return rule
    return None


def _dangling(
    plans: Plans, told: Description, things: list[Any]
) -> Steps[tuple[str, ...]]:
    """Ask which relations have a key that is not there: SQLite does not tell."""
    found: list[str] = []
    for part in told.stored:
        if part.role != "one":
            continue
        keys = {_key_in(told, part, each) for each in things} - {None, msgspec.UNSET}
        target = Step(told.model, part).target
        there = yield from get_many(plans, target, keys)
        if len(there) < len(keys):
            found.append(part.name)
    return tuple(found)


def _key_in(told: Description, part: Part, thing: Any) -> Any:
    if isinstance(thing, tuple):
        values: dict[str, Any] = cast("Any", thing)[1]
        return key_value(values.get(part.name, values.get(f"{part.name}_id")))
    return key_value(told.slots[part.name](thing))

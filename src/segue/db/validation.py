"""What an object must hold before it is written: types, marks, length of texts.

One function is written for a model: straight tests of exact types and the checks of
the marks. Only where it says no is looked for what is wrong, field by field, so that
all of it is told at once.
"""

import datetime as dt
import decimal
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final

import msgspec

from segue.core.errors import Conflict, UnprocessableContent, did_you_mean
from segue.core.schema.checks import check_for
from segue.core.schema.describe import describe
from segue.core.schema.faults import find_faults
from segue.core.schema.source import Writer, compile_source
from segue.db.description import Description, Part, told_of
from segue.db.expressions import Expression
from segue.db.mistakes import QueryError, caller
from segue.db.paths import Step, key_value
from segue.db.tables import type_of
from segue.db.types import EXACT

__all__ = [
    "Invalid",
    "StaleError",
    "fits_column",
    "reader",
    "validate",
    "validate_values",
]

_UNSET: Final = msgspec.UNSET
_LARGEST: Final = 1 << 63


class StaleError(Conflict):
    """A row was changed by somebody else since it was read; 409 as an answer."""


class Invalid(UnprocessableContent):
    """An object whose values may not be written; 422 as an answer.

    Attributes:
        faults: What is wrong, by field.
    """

    def __init__(self, model: str, faults: dict[str, list[str]]) -> None:
        self.faults = faults
        told = [
            {"in": "body", "name": name, "message": each, "code": "value"}
            for name, several in faults.items()
            for each in several
        ]
        super().__init__(
            f"{model} has values that do not fit: "
            + "; ".join(f"{name}: {', '.join(each)}" for name, each in faults.items()),
            extra={"errors": told},
        )


def validate(thing: Any) -> tuple[Any, ...]:
    """Check an object.

    Returns:
        What it has in its columns, in the order of storage: of a relation the key.

    Raises:
        Invalid: With everything that is wrong.
    """
    told = told_of(thing)
    read: Any = told.kept.get("checked") or reader(told)
    values: tuple[Any, ...] | None = read(thing)
    if values is not None:
        return values
    faults: dict[str, list[str]] = {}
    found: list[Any] = []
    for part in told.stored:
        value = told.slots[part.name](thing)
        if several := _faults(told, part, value):
            faults[part.name] = several
        found.append(value if part.role == "column" else key_value(value))
    if faults:
        raise Invalid(thing.__class__.__name__, faults)
    for number, part in enumerate(told.stored):
        settle = _settler(told, part)
        if settle is not None and found[number] not in (None, _UNSET):
            found[number] = settle(found[number])
            told.setters[part.name](thing, found[number])
    return tuple(found)


def validate_values(model: Any, values: dict[str, Any]) -> None:
    """Check new values of some fields; expressions are the database's affair.

    Raises:
        Invalid: With everything that is wrong.
        QueryError: One is for no field that can be written.
    """
    told: Description = model.__model__
    faults: dict[str, list[str]] = {}
    for name, value in values.items():
        part = told.part(model.__aliases__.get(name, name))
        if part is None or part.role == "many" or part.is_generated:
            known = [each.name for each in told.stored]
            raise QueryError(
                "SG-DB-046",
                f"{model.__name__}.{name} cannot be written.",
                why="It is no column, or one that the database computes.",
                fix=f"Name one of {', '.join(known)}.{did_you_mean(name, known)}",
                where=[caller()],
            )
        if isinstance(value, Expression) or hasattr(value, "__operand__"):
            continue
        if found := _faults(told, part, value):
            faults[name] = found
    if faults:
        raise Invalid(model.__name__, faults)


def fits_column(part: Part, value: Any) -> bool:
    """Tell whether a column can be compared with a value: no database refuses it."""
    if type(value) is str:
        return "\x00" not in value
    if type(value) is int:
        return -_LARGEST <= value < _LARGEST
    return part.plain is not dt.datetime or bool(value.tzinfo)


def reader(told: Description) -> Callable[[Any], tuple[Any, ...] | None]:
    """Write what checks an object of a model and reads its columns; kept with it.

    It gives None for an object that may be wrong: the slow way decides.
    """
    writer = Writer()
    space: dict[str, Any] = {"UNSET": _UNSET}
    writer.add("def checked(thing):", 0)
    values: list[str] = []
    for number, part in enumerate(told.stored):
        name = f"v{number}"
        space[f"slot{number}"] = told.slots[part.name]
        writer.add(f"{name} = slot{number}(thing)")
        if part.role == "one":
            space[f"model{number}"], space[f"type{number}"] = _target(told, part)
            writer.add(f"if type({name}) is model{number}:")
            writer.add(f"    {name} = {name}.__key__()")
        tests = " and ".join(_tests(told, part, number, space))
        if part.nullable:
            tests = f"{name} is None or ({tests})"
        if part.is_late:
            tests = f"{name} is UNSET or ({tests})"
        writer.add(f"if not ({tests}):")
        writer.add("    return None")
        for line in _settling(told, part, number, space):
            writer.add(line)
        values.append(name)
    writer.add(f"return ({', '.join(values)},)")
    title = f"check of {told.model.__name__}"
    made = compile_source(str(writer), "checked", title, space)
    told.kept["checked"] = made
    return made


def _settling(
    told: Description, part: Part, number: int, space: dict[str, Any]
) -> Iterator[str]:
    """Write what makes a value the one that will be read: its digits, its zone."""
    settle = _settler(told, part)
    if settle is None or settle is float:
        return
    name = f"v{number}"
    space[f"settle{number}"] = settle
    space[f"put{number}"] = told.setters[part.name]
    if part.plain is decimal.Decimal:
        space[f"step{number}"] = _step(told, part)
        kind, other = "Decimal", f"not {name}.same_quantum(step{number})"
        space[kind] = decimal.Decimal
    else:
        kind, other = "datetime", f"{name}.tzinfo is not utc"
        space[kind], space["utc"] = dt.datetime, dt.UTC
    yield f"if type({name}) is {kind} and {other}:"
    yield f"    {name} = settle{number}({name})"
    yield f"    put{number}(thing, {name})"


def _settler(told: Description, part: Part) -> Callable[[Any], Any] | None:
    """Find what makes a value the one that will be read."""
    if part.plain is decimal.Decimal:
        step = _step(told, part)
        return lambda value: EXACT.quantize(decimal.Decimal(value), step)
    if part.plain is dt.datetime:
        return lambda value: value.astimezone(dt.UTC)
    return float if part.plain is float else None


def _step(told: Description, part: Part) -> decimal.Decimal:
    scale: int = getattr(type_of(told.model, part), "scale", None) or 0
    return decimal.Decimal(1).scaleb(-scale)


def _tests(
    told: Description, part: Part, number: int, space: dict[str, Any]
) -> Iterator[str]:
    """Write what holds for a value of a field."""
    if part.role == "one":
        yield f"type(v{number}) is type{number}"
        return
    yield from _tests_of_column(told, part, number, space)


def _tests_of_column(
    told: Description, part: Part, number: int, space: dict[str, Any]
) -> Iterator[str]:
    plain = part.plain
    space[f"type{number}"] = plain
    name = f"v{number}"
    yield f"type({name}) is type{number}" if isinstance(plain, type) else "False"
    if plain is dt.datetime:
        yield f"{name}.tzinfo is not None"
    elif plain is int:
        yield f"-{_LARGEST} <= {name} < {_LARGEST}"
    elif plain is str:
        length = _length(told, part)
        yield rf"'\x00' not in {name}"
        if length:
            yield f"len({name}) <= {length}"
    check = check_for(_marked(part), meta=True)
    if check is not None:
        space[f"check{number}"] = check
        yield f"check{number}({name})"


def _faults(told: Description, part: Part, value: Any) -> list[str]:
    """List what is wrong with a value; the slow way."""
    if value is _UNSET and part.is_late:
        return []
    if value is None:
        return [] if part.nullable else ["Expected a value, got null"]
    if part.role == "one":
        return _faults_of_relation(told, part, value)
    return _faults_of_class(part, value) or [
        *_faults_of_marks(part, value),
        *_faults_of_column(told, part, value),
    ]


def _faults_of_class(part: Part, value: Any) -> list[str]:
    """Tell what is wrong with the class of a value; whole numbers are numbers."""
    plain = part.plain
    fits = (
        plain is Any
        or not isinstance(plain, type)
        or isinstance(value, _ALSO.get(plain, plain))
    )
    if fits and (type(value) is not bool or plain not in _NUMBERS):
        return []
    return [f"Expected `{plain.__name__}`, got `{type(value).__name__}`"]


def _faults_of_marks(part: Part, value: Any) -> list[str]:
    try:
        data = msgspec.to_builtins(value, builtin_types=_BUILTIN)
    except (TypeError, ValueError) as error:
        return [str(error)]
    return [each.message for each in find_faults(_marked(part), data)]


def _faults_of_column(told: Description, part: Part, value: Any) -> list[str]:
    """Tell what a column could not hold, whatever the marks say."""
    plain = part.plain
    if plain is dt.datetime and not value.tzinfo:
        return ["Expected a time with a zone"]
    if plain is int and not -_LARGEST <= value < _LARGEST:
        return ["Expected `int` of at most 64 bits"]
    if plain is str:
        length = _length(told, part)
        if "\x00" in value:
            return ["Expected no NUL"]
        marked = describe(part.hint).bounds.max_length is not None
        if length is not None and len(value) > length and not marked:
            return [f"Expected `str` of length <= {length}"]
    return []


def _faults_of_relation(told: Description, part: Part, value: Any) -> list[str]:
    target, key = _target(told, part)
    if isinstance(value, target):
        given: Any = value
        if given.__key__() is _UNSET:
            return ["Expected an object that was inserted"]
    elif type(value) is not key:
        return [f"Expected `{target.__name__}` or its key"]
    return []


def _target(told: Description, part: Part) -> tuple[Any, Any]:
    """Find the model of a relation, and what its key is."""
    target = Step(told.model, part).target
    key = target.__model__.key[0]
    while key.role == "one":
        key = Step(target, key).target.__model__.key[0]
    return target, key.plain


def _length(told: Description, part: Part) -> int | None:
    return getattr(type_of(told.model, part), "length", None)


_BUILTIN: Final = (dt.datetime, dt.date, dt.time, dt.timedelta, bytes)
_NUMBERS: Final = (int, float, decimal.Decimal)
_ALSO: Final[dict[Any, Any]] = {
    float: (float, int),
    decimal.Decimal: (decimal.Decimal, int),
}


def _marked(part: Part) -> Any:
    """Give the type of a field with its marks, and without None."""
    return Annotated[(part.plain, *part.marks)] if part.marks else part.plain

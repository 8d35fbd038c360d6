"""What an object must hold before it is written: types, marks, length of texts.

One function is written for a model: straight tests of exact types and the checks of
the marks. Only where it says no is looked for what is wrong, field by field, so that
all of it is told at once.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final

import msgspec

from segue.core.errors import UnprocessableContent, did_you_mean
from segue.core.schema.checks import check_for
from segue.core.schema.faults import find_faults
from segue.core.schema.source import Writer, compile_source
from segue.db.description import Description, Part
from segue.db.expressions import Expression
from segue.db.mistakes import QueryError, caller
from segue.db.tables import type_of

__all__ = ["Invalid", "validate", "validate_values", "validator"]

_UNSET: Final = msgspec.UNSET
_LARGEST: Final = 1 << 63
_EXACT: Final = (bool, int, float, str, bytes, dt.date, dt.time, dt.timedelta)


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


def validate(thing: Any, names: Iterable[str] | None = None) -> None:
    """Check an object, or some fields of it.

    Raises:
        Invalid: With everything that is wrong.
    """
    told: Description = type(thing).__model__
    check = told.kept.get("check") or validator(told)
    if check(thing):
        return
    faults: dict[str, list[str]] = {}
    for part in told.stored:
        value = told.slots[part.name](thing)
        if (names is None or part.name in names) and (
            found := _faults(told, part, value)
        ):
            faults[part.name] = found
    if faults:
        raise Invalid(type(thing).__name__, faults)


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


def validator(told: Description) -> Callable[[Any], bool]:
    """Write the check of a model; kept with it."""
    writer = Writer()
    space: dict[str, Any] = {"UNSET": _UNSET, "Struct": msgspec.Struct}
    writer.add("def check(thing):", 0)
    for number, part in enumerate(told.stored):
        space[f"slot{number}"] = told.slots[part.name]
        writer.add(f"v = slot{number}(thing)")
        tests = " and ".join(_tests(told, part, number, space)) or "True"
        absent = [f"v is {w}" for w, there in (
            ("None", part.nullable), ("UNSET", part.is_late)) if there]  # fmt: skip
        writer.add(f"if not ({' or '.join([*absent, tests])}):")
        writer.add("    return False")
    writer.add("return True")
    title = f"check of {told.model.__name__}"
    made = compile_source(str(writer), "check", title, space)
    told.kept["check"] = made
    return made


def _tests(told: Description, part: Part, number: int, space: dict[str, Any]) -> Any:
    plain = part.plain
    if part.role == "one":
        yield "v is not None and v is not UNSET"
        return
    if plain is dt.datetime:
        space["datetime"] = dt.datetime
        yield "type(v) is datetime and v.tzinfo is not None"
    elif plain in _EXACT or isinstance(plain, type):
        space[f"type{number}"] = plain
        yield f"type(v) is type{number}"
    else:
        yield "False"
    if plain is int:
        yield f"-{_LARGEST} <= v < {_LARGEST}"
    length = getattr(type_of(told.model, part), "length", None)
    if plain is str:
        if length is not None:
            yield f"len(v) <= {length}"
        yield r"'\x00' not in v"
    check = check_for(_marked(part), meta=True)
    if check is not None:
        space[f"check{number}"] = check
        yield f"check{number}(v)"


def _faults(told: Description, part: Part, value: Any) -> list[str]:
    """List what is wrong with a value; the slow way."""
    if value is _UNSET and part.is_late:
        return []
    if value is None:
        return [] if part.nullable else ["Expected a value, got null"]
    if part.role == "one":
        return _faults_of_relation(value)
    plain = part.plain
    if plain is dt.datetime and isinstance(value, dt.datetime) and not value.tzinfo:
        return ["Expected a time with a zone"]
    if plain is int and type(value) is int and not -_LARGEST <= value < _LARGEST:
        return [f"Expected `int` between {-_LARGEST} and {_LARGEST - 1}"]
    try:
        data = msgspec.to_builtins(value, builtin_types=_BUILTIN)
        found = [each.message for each in find_faults(_marked(part), data)]
    except (TypeError, ValueError) as error:
        return [str(error)]
    if found or not isinstance(value, str) or plain is not str:
        return found
    length = getattr(type_of(told.model, part), "length", None)
    if length is not None and len(value) > length:
        return [f"Expected `str` of length <= {length}"]
    return ["Expected no NUL"] if "\x00" in value else []


def _faults_of_relation(value: Any) -> list[str]:
    if value is _UNSET:
        return ["Expected a value"]
    if isinstance(value, msgspec.Struct):
        other: Any = value
        if not hasattr(other, "__key__") or other.__key__() is _UNSET:
            return ["Expected an object that was inserted"]
    return []


_BUILTIN: Final = (dt.datetime, dt.date, dt.time, dt.timedelta, bytes)


def _marked(part: Part) -> Any:
    """Give the type of a field with its marks, and without None."""
    return Annotated[(part.plain, *part.marks)] if part.marks else part.plain

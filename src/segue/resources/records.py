"""What a resource must know of a type: its fields, under both their names.

A field has a name in Python and one on the wire; clients filter, sort and select by
the second, stores by the first.
"""

import dataclasses
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

import msgspec

from segue.core.errors import PlanError, did_you_mean
from segue.core.handlers.inputs import has_fields

__all__ = ["RecordField", "fields_by_name", "pick", "with_fields"]

T = TypeVar("T")


class RecordField(msgspec.Struct, frozen=True):
    """A field of a record.

    Attributes:
        name: As Python calls it.
        wire: As clients do.
        hint: Its type, with marks.
    """

    name: str
    wire: str
    hint: Any


def fields_by_name(record: Any, place: str) -> dict[str, RecordField]:
    """List the fields of a Struct, a dataclass or an attrs class.

    Raises:
        PlanError: The type has no fields.
    """
    origin: Any = typing.get_origin(record) or record
    if not has_fields(origin) or typing.is_typeddict(origin):
        raise PlanError(
            "SG-RES-001",
            f"Resource({getattr(record, '__name__', record)!s}) is of no record.",
            why="A resource has items with named fields, one of them the key.",
            fix="Give a Struct, a dataclass or an attrs class.",
            where=(place,),
        )
    return {each.name: each for each in _fields(record, origin)}


def _fields(record: Any, origin: type[Any]) -> Iterator[RecordField]:
    if issubclass(origin, msgspec.Struct):
        hints = typing.get_type_hints(origin, include_extras=True)
        generic = origin is not record
        for field in msgspec.structs.fields(record):
            hint = field.type if generic else hints.get(field.name, field.type)
            yield RecordField(field.name, field.encode_name, hint)
        return
    for name, hint in typing.get_type_hints(origin, include_extras=True).items():
        yield RecordField(name, name, hint)


def pick(
    known: Mapping[str, RecordField], name: str, what: str, place: str
) -> RecordField:
    """Get a field that a developer named.

    Raises:
        PlanError: There is no such field.
    """
    field = known.get(name)
    if field is None:
        raise PlanError(
            "SG-RES-002",
            f"{what} names {name!r}, which is no field.{did_you_mean(name, known)}",
            why="It would be asked of every item, and none has it.",
            fix=f"Name one of {', '.join(known)}.",
            where=(place,),
        )
    return field


def with_fields(item: T, values: Iterable[tuple[str, Any]]) -> T:
    """Copy a record with other values of some fields."""
    changes = dict(values)
    if isinstance(item, msgspec.Struct):
        return msgspec.structs.replace(item, **changes)
    if dataclasses.is_dataclass(item):
        return cast("T", dataclasses.replace(cast("Any", item), **changes))
    # Imported here: only who has attrs classes has attrs.
    import attrs  # noqa: PLC0415

    return cast("T", attrs.evolve(cast("Any", item), **changes))

"""What a resource must know of a type: its fields, under both their names.

A field has a name in Python and one on the wire; clients filter, sort and select by
the second, stores by the first.
"""

import typing
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from segue.core.errors import PlanError, WalkError, did_you_mean
from segue.core.handlers.inputs import has_fields
from segue.core.schema.describe import describe
from segue.core.schema.patch import Patch
from segue.resources.matching import stored_of, value_of

__all__ = [
    "RecordField",
    "fields_by_name",
    "is_same",
    "pick",
    "with_fields",
    "with_key",
]

T = TypeVar("T")


class RecordField(msgspec.Struct, frozen=True):
    """A field of a record.

    Attributes:
        name: As Python calls it.
        wire: As clients do.
        hint: Its type, with marks.
        comes_in: A client may send it.
        leaves: A client may see it.
        has_default: An item may be made without it.
        shown: The type of what leaves: of a relation also the other object.
    """

    name: str
    wire: str
    hint: Any
    comes_in: bool
    leaves: bool
    has_default: bool
    shown: Any


def fields_by_name(record: Any, place: str) -> dict[str, RecordField]:
    """List the fields of a Struct, a dataclass or an attrs class.

    Raises:
        PlanError: The type has no fields.
    """
    origin: Any = typing.get_origin(record) or record
    if not has_fields(origin) or typing.is_typeddict(origin):
        raise PlanError(
            "SG-RES-001",
            f"{getattr(record, '__name__', record)!s} is no record.",
            why="A resource has items with named fields, one of them the key.",
            fix="Give a Struct, a dataclass or an attrs class.",
            where=(place,),
        )
    found: dict[str, RecordField] = {}
    for each in describe(record).fields():
        field = RecordField(
            name=each.name,
            wire=each.wire,
            hint=each.hint,
            comes_in=not each.shape.notes.read_only,
            leaves=not each.shape.notes.write_only,
            has_default=not each.required,
            shown=each.hint,
        )
        other = found.get(each.name)
        found[each.name] = field if other is None else _joined(other, field)
    return found


def _joined(one: RecordField, other: RecordField) -> RecordField:
    """Join the two ways of a relation: it comes in as a key and leaves as loaded."""
    inward, outward = (one, other) if one.comes_in else (other, one)
    return msgspec.structs.replace(inward, leaves=True, shown=outward.shown)


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
            why="It would be asked of every item, and none has it, or it never leaves.",
            fix=f"Name one of {', '.join(known)}.",
            where=(place,),
        )
    return field


def is_same(one: object, other: object) -> bool:
    """Tell whether two records have the same values, also where a class has no `==`."""
    return type(one) is type(other) and all(
        value_of(one, field.name) == value_of(other, field.name)
        for field in describe(type(one)).fields()
    )


def with_fields(item: T, values: Mapping[str, Any]) -> T:
    """Copy a record with other values of some fields."""
    return Patch(type(item), **values).apply(item)


def with_key(item: T, name: str, key: Any) -> T:
    """Give an item a key: a new item its first one, any other a copy.

    Raises:
        WalkError: Another field has no value yet, so that nobody could read it.
    """
    if stored_of(item, name) is not msgspec.UNSET:
        return with_fields(item, {name: key})
    if isinstance(item, msgspec.Struct):
        msgspec.structs.force_setattr(item, name, key)
    else:
        object.__setattr__(item, name, key)
    for field in describe(type(item)).fields():
        if field.required and stored_of(item, field.name) is msgspec.UNSET:
            raise WalkError(
                "SG-RES-007",
                f"A new {type(item).__name__} has no {field.name!r}.",
                why="Clients do not send it, it has no default, and nobody gave it a "
                "value.",
                fix="Give the field a default, or replace the part that creates and "
                "set it there.",
            )
    return item

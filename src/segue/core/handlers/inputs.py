"""Which types come from the request's own data, and from which part of it."""

import datetime as dt
import decimal
import enum
import types
import typing
import uuid
from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import is_dataclass
from typing import Annotated, Any, Literal, TypeGuard, Union, cast

import msgspec

from segue.core.http.forms import Upload
from segue.core.schema.models import is_model

__all__ = [
    "bare",
    "classes_of",
    "fields_of",
    "has_fields",
    "is_body",
    "is_optional",
    "is_record",
    "is_repeated",
    "is_scalar",
    "is_upload",
    "members_of",
    "values_of",
]

_SCALARS = (
    str,
    int,
    float,
    bool,
    bytes,
    decimal.Decimal,
    uuid.UUID,
    dt.date,
    dt.time,
    dt.timedelta,
    enum.Enum,
)
_ABSENT = (types.NoneType, msgspec.UnsetType)
_ARRAYS = (list, set, frozenset, tuple, Sequence, AbstractSet)


def bare(hint: Any) -> Any:
    """Take `Annotated`, `NewType` and `type X = ...` off a hint.

    Example:
        >>> bare(Annotated[int, "marked"])
        <class 'int'>
    """
    while True:
        if typing.get_origin(hint) is Annotated:
            hint = hint.__origin__
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif hasattr(hint, "__value__"):  # pragma: no cover - since 3.12
            hint = hint.__value__
        else:
            return hint


def members_of(hint: Any) -> tuple[Any, ...]:
    """List the members of a union that are values; the type itself when it is none.

    Example:
        >>> members_of(int | None), members_of(str)
        ((<class 'int'>,), (<class 'str'>,))
    """
    hint = bare(hint)
    if typing.get_origin(hint) in (Union, types.UnionType):
        return tuple(
            bare(member) for member in typing.get_args(hint) if member not in _ABSENT
        )
    return (hint,)


def is_optional(hint: Any) -> bool:
    """Tell whether a hint is a union with None."""
    return types.NoneType in typing.get_args(bare(hint))


def classes_of(hint: Any) -> tuple[type[Any], ...]:
    """List the classes that a hint names: of a union all, of `Box[int]` the `Box`.

    Example:
        >>> classes_of(list[int] | None)
        (<class 'list'>,)
    """
    origins = (typing.get_origin(member) or member for member in members_of(hint))
    return tuple(origin for origin in origins if isinstance(origin, type))


def is_scalar(hint: Any) -> bool:
    """Tell whether one piece of text can be one value of the type."""
    hint = bare(hint)
    if typing.get_origin(hint) is Literal or hint is Any:
        return True
    members = members_of(hint)
    if members != (hint,):
        return all(is_scalar(member) for member in members)
    return isinstance(hint, type) and issubclass(hint, _SCALARS)


def is_repeated(hint: Any) -> bool:
    """Tell whether a query may give the value several times: `list[int]`."""
    members = members_of(hint)
    if len(members) != 1:
        return False
    origin: Any = typing.get_origin(members[0]) or members[0]
    arguments = [a for a in typing.get_args(members[0]) if a is not ...]
    return origin in _ARRAYS and all(is_scalar(a) or a is Upload for a in arguments)


def is_upload(hint: Any) -> bool:
    """Tell whether a type is a file of a form, or a list of them."""
    members = members_of(hint)
    if len(members) != 1:
        return False
    if typing.get_origin(members[0]) in (list, tuple):
        return all(is_upload(each) for each in typing.get_args(members[0]))
    return members[0] is Upload


def is_body(hint: Any) -> bool:
    """Tell whether a type is data with a shape of its own: Struct, dataclass ..."""
    hint = bare(hint)
    members = members_of(hint)
    if members != (hint,):
        return any(is_body(member) for member in members)
    origin: Any = typing.get_origin(hint) or hint
    if origin in (dict, Mapping):
        return True
    if origin in _ARRAYS:
        return any(is_body(argument) for argument in typing.get_args(hint))
    return (
        has_fields(origin)
        or is_model(origin)
        or (
            isinstance(origin, type)
            and issubclass(origin, tuple)
            and hasattr(cast("type[Any]", origin), "_fields")
        )
    )


def is_record(hint: Any) -> bool:
    """Tell whether a type is one object of named fields, or None.

    A named tuple is none: it travels as an array.
    """
    members = members_of(hint)
    if len(members) != 1:
        return False
    origin: Any = typing.get_origin(members[0]) or members[0]
    is_array = getattr(getattr(origin, "__struct_config__", None), "array_like", False)
    if is_model(origin):
        return not getattr(origin, "__pydantic_root_model__", False)
    return has_fields(origin) and not is_array


def fields_of(hint: Any) -> dict[str, Any]:
    """List the fields of a record: the name on the wire and the type of each."""
    (record,) = members_of(hint)
    origin: Any = typing.get_origin(record) or record
    if is_model(origin):
        fields = cast("Mapping[str, Any]", origin.model_fields)
        return {_alias(info) or name: info.annotation for name, info in fields.items()}
    if issubclass(origin, msgspec.Struct):
        return {
            field.encode_name: field.type for field in msgspec.structs.fields(record)
        }
    return typing.get_type_hints(origin, include_extras=True)


def _alias(info: Any) -> str | None:
    """Read the name that the field of a model has in input, if it has one name."""
    alias = info.validation_alias
    return alias if isinstance(alias, str) else None


def values_of(record: Any) -> dict[str, Any]:
    """List the values of the fields of a record by their names on the wire."""
    if isinstance(record, dict):
        return cast("dict[str, Any]", record)
    if isinstance(record, msgspec.Struct):
        values = msgspec.structs.astuple(record)
        return dict(zip(record.__struct_encode_fields__, values, strict=True))
    kind: Any = record.__class__
    if is_model(kind):
        return cast("dict[str, Any]", vars(record))
    return {name: getattr(record, name, None) for name in typing.get_type_hints(kind)}


def has_fields(origin: Any) -> TypeGuard[type[Any]]:
    """Tell whether a class has fields with names: Struct, dataclass, attrs ..."""
    if not isinstance(origin, type):
        return False
    cls = cast("type[Any]", origin)
    return (
        issubclass(cls, msgspec.Struct)
        or is_dataclass(cls)
        or hasattr(cls, "__attrs_attrs__")
        or typing.is_typeddict(cls)
    )

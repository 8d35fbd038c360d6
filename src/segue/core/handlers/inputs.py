"""Which types come from the request's own data, and from which part of it."""

import datetime as dt
import decimal
import enum
import types
import typing
import uuid
from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import is_dataclass
from typing import Annotated, Any, Literal, TypeVar, Union

import msgspec

__all__ = ["bare", "is_body", "is_repeated", "is_scalar"]

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
_ARRAYS = (list, set, frozenset, tuple, Sequence, AbstractSet)


def bare(hint: Any) -> Any:
    """Take `Annotated` and `type X = ...` off a hint.

    Example:
        >>> bare(Annotated[int, "marked"])
        <class 'int'>
    """
    while True:
        if typing.get_origin(hint) is Annotated:
            hint = hint.__origin__
        elif hasattr(hint, "__value__"):
            hint = hint.__value__
        else:
            return hint


def _members(hint: Any) -> tuple[Any, ...]:
    # The members of a union without None; the type itself when it is none.
    if typing.get_origin(hint) in (Union, types.UnionType):
        return tuple(
            bare(member)
            for member in typing.get_args(hint)
            if member is not types.NoneType
        )
    return (hint,)


def is_scalar(hint: Any) -> bool:
    """Tell whether one piece of text can be one value of the type."""
    hint = bare(hint)
    if typing.get_origin(hint) is Literal or hint is Any:
        return True
    members = _members(hint)
    if members != (hint,):
        return all(is_scalar(member) for member in members)
    return isinstance(hint, type) and issubclass(hint, _SCALARS)


def is_repeated(hint: Any) -> bool:
    """Tell whether a query may give the value several times: `list[int]`."""
    members = _members(bare(hint))
    if len(members) != 1:
        return False
    origin = typing.get_origin(members[0]) or members[0]
    arguments = [a for a in typing.get_args(members[0]) if a is not ...]
    return origin in _ARRAYS and all(is_scalar(argument) for argument in arguments)


def is_body(hint: Any) -> bool:
    """Tell whether a type is data with a shape of its own: Struct, dataclass ..."""
    hint = bare(hint)
    members = _members(hint)
    if members != (hint,):
        return any(is_body(member) for member in members)
    if isinstance(hint, TypeVar):
        return False
    origin = typing.get_origin(hint) or hint
    if origin is dict or origin is Mapping:
        return True
    if origin in _ARRAYS:
        return any(is_body(argument) for argument in typing.get_args(hint))
    if not isinstance(origin, type):
        return False
    return (
        issubclass(origin, msgspec.Struct)
        or is_dataclass(origin)
        or hasattr(origin, "__attrs_attrs__")
        or typing.is_typeddict(origin)
        or (issubclass(origin, tuple) and hasattr(origin, "_fields"))
    )

"""Reads a value of a type hint from the text of a command line."""

import datetime as dt
import decimal
import inspect
import types
import typing
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import annotated_types
import click
import msgspec

from segue.core.config.durations import parse_duration

__all__ = ["Reading", "reading_of"]

_BY_CLICK: Final[Mapping[Any, click.ParamType[Any]]] = {
    str: click.STRING,
    Path: click.Path(path_type=Path),
    Any: click.STRING,
}
_BY_MSGSPEC: Final = frozenset({int, float, decimal.Decimal, uuid.UUID})

# What people type: 10:30 without seconds, "5 minutes".
_BY_READER: Final[Mapping[Any, Callable[[str], Any]]] = {
    dt.date: dt.date.fromisoformat,
    dt.time: dt.time.fromisoformat,
    dt.datetime: dt.datetime.fromisoformat,
    dt.timedelta: parse_duration,
}
_NAMES: Final[Mapping[Any, str]] = {int: "integer", str: "text", dt.date: "yyyy-mm-dd"}
_SEVERAL: Final[Mapping[Any, Callable[[Any], Any]]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    Sequence: list,
    Collection: list,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How one parameter is read.

    Attributes:
        type: What click converts a single value with.
        gather: Builds the collection; None for a single value.
        is_flag: Whether it is a pair of flags.
        help: A text among the marks of `Annotated`.
    """

    type: click.ParamType[Any]
    gather: Callable[[Any], Any] | None = None
    is_flag: bool = False
    help: str | None = None

    @property
    def several(self) -> bool:
        """Whether the value may be given several times."""
        return self.gather is not None

    def collect(self, values: tuple[Any, ...], default: Any = ()) -> Any:
        """Build the collection that the hint names; without values, the default."""
        if not values and default is None:
            return None
        return self.gather(values) if self.gather else values

    def shown(self, default: Any) -> Any:
        """Build what click can show and convert again from a default."""
        if self.several and default is not None:
            return tuple(map(_text, default))
        return default if self.is_flag else _text(default)


class _Chosen(click.Choice[Any]):
    """One of a few values, told and typed as their text."""

    def __init__(self, values: Collection[Any]) -> None:
        self._values = {str(_text(value)): value for value in values}
        super().__init__(list(self._values))

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        return self._values[super().convert(str(_text(value)), param, ctx)]


class _Typed(click.ParamType[Any]):
    """A value that a function reads from text, with the constraints of its marks."""

    def __init__(
        self, name: str, read: Callable[[str], Any], marks: Sequence[Any]
    ) -> None:
        self.name = name
        self._read = read
        self._marks = marks

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        if not isinstance(value, str):
            return value  # a default, which was never text
        try:
            read = self._read(value)
        except (ValueError, msgspec.ValidationError) as error:
            said = str(error)
            if said.startswith("Expected `") and ", got `str`" in said:
                said = f"no valid {self.name}"  # msgspec speaks of types of Python
            self.fail(f"{value!r}: {said}", param, ctx)
        broken = next((mark for mark in self._marks if not _holds(mark, read)), None)
        if broken is not None:
            self.fail(f"{value!r} is not {broken!r}", param, ctx)
        return read


def reading_of(hint: Any) -> Reading | None:
    """Find how a hint is read; None when a command line cannot carry it."""
    hint, marks = _unwrapped(hint)
    text = next((mark for mark in marks if isinstance(mark, str)), None)
    origin = typing.get_origin(hint) or hint
    if not _hashable(origin):
        return None
    if origin in _SEVERAL:
        inside = typing.get_args(hint) or (str,)
        if origin is tuple and inside[1:] != (...,):
            return None
        single = reading_of(inside[0])
        if single is None or single.several:
            return None
        item = single.type
        return Reading(item, _SEVERAL[origin], help=text)
    if hint is bool:
        return Reading(click.BOOL, is_flag=True, help=text)
    kind = _type_of(hint, marks)
    return None if kind is None else Reading(kind, help=text)


def _unwrapped(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Take `Annotated` and `| None` off; the marks remain."""
    if typing.get_origin(hint) is Annotated:
        inner, marks = _unwrapped(hint.__origin__)
        return inner, (*marks, *hint.__metadata__)
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        rest = [part for part in typing.get_args(hint) if part is not types.NoneType]
        if len(rest) == 1:
            return _unwrapped(rest[0])
    return hint, ()


def _type_of(hint: Any, marks: tuple[Any, ...]) -> click.ParamType[Any] | None:
    if typing.get_origin(hint) is Literal:
        return _Chosen(typing.get_args(hint))
    if inspect.isclass(hint) and issubclass(hint, Enum):
        return _Chosen(list(hint))
    if hint in _BY_READER:
        return _Typed(_NAMES.get(hint, hint.__name__), _BY_READER[hint], marks)
    constraints = (msgspec.Meta, annotated_types.BaseMetadata)
    constrained = any(isinstance(mark, constraints) for mark in marks)
    if hint in _BY_MSGSPEC or (hint is str and constrained):
        name = _NAMES.get(hint, hint.__name__.lower())
        for mark in marks:
            if isinstance(mark, msgspec.Meta):
                hint = Annotated[hint, mark]
        return _Typed(name, partial(msgspec.convert, type=hint, strict=False), marks)
    return _BY_CLICK.get(hint)


def _hashable(hint: Any) -> bool:
    try:
        hash(hint)
    except TypeError:
        return False
    return True


def _text(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _holds(mark: Any, value: Any) -> bool:
    """Check one mark of annotated-types; an unknown one holds."""
    match mark:
        case annotated_types.Ge(bound):
            return bool(value >= bound)
        case annotated_types.Gt(bound):
            return bool(value > bound)
        case annotated_types.Le(bound):
            return bool(value <= bound)
        case annotated_types.Lt(bound):
            return bool(value < bound)
        case annotated_types.MinLen(length):
            return len(value) >= length
        case annotated_types.MaxLen(length):
            return len(value) <= length
        case _:
            return True

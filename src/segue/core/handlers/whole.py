"""What msgspec leaves undone in a body: numbers that are whole, fields that are there.

To JSON `1.0` and `1e3` are whole numbers, to msgspec they are not. And of a dataclass
that it made, msgspec leaves the defaults to the class, where its own encoder does not
look for them.

Source: JSON Schema 2020-12 Core, section 6.1 for whole numbers.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeAlias, cast, get_origin

from segue.core.schema.describe import describe
from segue.core.schema.rules import identity_of
from segue.core.schema.shape import Kind, Shape

__all__ = ["completer", "whole_numbers"]

Complete: TypeAlias = Callable[[Any], None]

_LARGEST: Final = 308
"""The exponent of the largest float; what is larger was no float of anybody."""

_TOKEN: Final = re.compile(
    rb'"(?:[^"\\]|\\.)*+"|-?[0-9]++(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?', re.DOTALL
)


def whole_numbers(body: bytes) -> bytes:
    """Write the whole numbers of a JSON text without a point or an exponent.

    Args:
        body: Well-formed JSON.

    Example:
        >>> whole_numbers(b'{"1.0": [1.0, 2.50, 1e3]}')
        b'{"1.0": [1, 2.50, 1000]}'
    """
    return _TOKEN.sub(_whole, body)


def _whole(token: re.Match[bytes]) -> bytes:
    text = token[0]
    if text[:1] == b'"' or not any(mark in text for mark in b".eE"):
        return text
    number = Decimal(text.decode())
    if number.adjusted() > _LARGEST or number != number.to_integral_value():
        return text
    return b"%d" % int(number)


def completer(hint: Any) -> Complete | None:
    """Build what writes the defaults of dataclasses into a decoded value.

    Returns:
        None for a type that has no such dataclass, at any depth.
    """
    shape = describe(hint)
    return _Completer().of(shape) if _needs(shape, set()) else None


def _needs(shape: Shape, seen: set[Hashable]) -> bool:
    if _defaults(shape) or any(_needs(inner, seen) for inner in shape.inner):
        return True
    known = identity_of(shape.hint)
    if shape.kind not in (Kind.RECORD, Kind.ROW) or known in seen:
        return False
    seen.add(known)
    return any(_needs(field.shape, seen) for field in shape.fields())


def _defaults(shape: Shape) -> dict[str, Any]:
    """List the defaults that stay with the class of a record."""
    cls: Any = get_origin(shape.hint) or shape.hint
    if shape.kind is not Kind.RECORD or not is_dataclass(cls):
        return {}
    if "__slots__" in vars(cls):  # it has a place for each of them
        return {}
    every = fields(cast("Any", cls))
    return {each.name: each.default for each in every if each.default is not MISSING}


class _Completer:
    """Builds the functions for a type and those inside it, each record's once."""

    def __init__(self) -> None:
        self._records: dict[Hashable, Complete] = {}

    def of(self, shape: Shape) -> Complete:
        """Build the function of one shape."""
        if shape.kind is Kind.UNION:
            return self._union(shape)
        if shape.kind in (Kind.LIST, Kind.SET):
            return _each(self.of(shape.inner[0]), _same)
        if shape.kind is Kind.MAPPING:
            return _each(self.of(shape.inner[1]), _values)
        if shape.kind is Kind.TUPLE:
            return _places([self.of(each) for each in shape.inner])
        if shape.kind in (Kind.RECORD, Kind.ROW):
            return self._record(shape)
        return _nothing

    def _record(self, shape: Shape) -> Complete:
        key = identity_of(shape.hint)
        if key in self._records:
            return partial(self._later, key)
        self._records[key] = _nothing  # until it is known
        own = _defaults(shape)
        inner = [(each.name, self.of(each.shape)) for each in shape.fields()]
        nested = [(name, each) for name, each in inner if each is not _nothing]

        def complete(value: Any) -> None:
            if value is None:
                return
            if own:
                attributes = cast("dict[str, Any]", vars(value))
                for name, default in own.items():
                    attributes.setdefault(name, default)
            for name, each in nested:
                each(_part(value, name))

        self._records[key] = complete
        return complete

    def _later(self, key: Hashable, value: Any) -> None:
        self._records[key](value)

    def _union(self, shape: Shape) -> Complete:
        members: list[tuple[Any, Complete]] = [
            (get_origin(each.hint) or each.hint, self.of(each)) for each in shape.inner
        ]

        def complete(value: Any) -> None:
            for cls, each in members:
                if isinstance(cls, type) and type(value) is cls:
                    each(value)

        return complete


def _part(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - of Any


def _nothing(_value: Any) -> None:
    """Leave a value as it is."""


def _same(values: Any) -> Iterable[Any]:
    return cast("Iterable[Any]", values)


def _values(values: Mapping[Any, Any]) -> Iterable[Any]:
    return values.values()


def _each(complete: Complete, items: Callable[[Any], Iterable[Any]]) -> Complete:
    if complete is _nothing:
        return _nothing

    def complete_each(values: Any) -> None:
        for value in items(values) if values is not None else ():
            complete(value)

    return complete_each


def _places(several: list[Complete]) -> Complete:
    def complete_places(values: Any) -> None:
        for value, complete in zip(values or (), several, strict=False):
            complete(value)

    return complete_places

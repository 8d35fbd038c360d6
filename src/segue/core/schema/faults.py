"""Faults: everything that is wrong with some data, not only the first of it.

msgspec stops at the first value that does not fit, and its error is a sentence. So when
it has refused something, the data is walked once more beside the shape of its type, and
each leaf is converted by itself. What this finds is what the decoder and the checks
refuse; where it finds nothing, the whole is converted once more for what only the whole
can tell (`__post_init__`).

Bounded: as many faults as `MOST`, as deep as `DEEPEST`.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeAlias, TypeGuard

import msgspec

from segue.core.schema.checks import bounds_of, classes_of_kind, unmet
from segue.core.schema.describe import describe
from segue.core.schema.shape import NO_BOUNDS, Field, Kind, Shape

__all__ = [
    "DEEPEST",
    "MOST",
    "REQUIRED",
    "Fault",
    "FaultFinder",
    "Path",
    "code_of",
    "find_faults",
]

MOST: Final = 100
"""So many faults are told; who sends more has a bigger problem."""

DEEPEST: Final = 100
"""Data nested deeper is not looked into."""

REQUIRED: Final = "Required, but not given."

Path: TypeAlias = tuple[str | int, ...]

_INFINITE: Final = "Expected a finite number"
_NAMES: Final = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "str",
    bytes: "bytes",
    list: "array",
    tuple: "array",
    dict: "object",
    type(None): "null",
}


class Fault(NamedTuple):
    """One value that does not fit.

    Attributes:
        path: The way to it: names on the wire, keys, positions.
        message: What is wrong with it.
        code: The kind of mistake, a word that never changes.
    """

    path: Path
    message: str
    code: str


def find_faults(hint: Any, data: Any, *, text: bool = False) -> list[Fault]:
    """Find everything that is wrong with data of a type, once; see `FaultFinder`."""
    return FaultFinder(hint, text=text)(data)


class FaultFinder:
    """Finds everything that is wrong with data of a type.

    Args:
        hint: The type.
        text: The data comes from text, where `"1"` is a number.
    """

    def __init__(self, hint: Any, *, text: bool = False) -> None:
        self._hint = hint
        self._text = text
        self._shape = describe(hint)
        # What was read of the types, by the identity of their shapes.
        self._fields: dict[int, tuple[Field, ...]] = {}

    def __call__(self, data: Any) -> list[Fault]:
        """Find what is wrong.

        Args:
            data: What JSON, msgpack or a form was decoded to: builtins.
        """
        search = _Search(self._fields, text=self._text)
        search.look(self._shape, data, ())
        return search.faults or self._of_whole(data)

    def _of_whole(self, data: Any) -> list[Fault]:
        try:
            msgspec.convert(data, self._hint, strict=not self._text)
        except msgspec.ValidationError as error:
            message = str(error).partition(" - at `")[0]
            return [Fault((), message, code_of(message))]
        except (TypeError, ValueError, RecursionError, UnicodeError):
            return []
        return []


class _Search:
    """One walk through data."""

    def __init__(self, fields: dict[int, tuple[Field, ...]], *, text: bool) -> None:
        self.faults: list[Fault] = []
        self._fields = fields
        self._text = text
        self._looks = {
            Kind.RECORD: self._record,
            Kind.ROW: self._row,
            Kind.LIST: self._items,
            Kind.SET: self._items,
            Kind.TUPLE: self._tuple,
            Kind.MAPPING: self._mapping,
            Kind.UNION: self._union,
        }

    def look(self, shape: Shape, data: Any, path: Path) -> None:
        """Look for faults of one value and in it."""
        if len(self.faults) >= MOST:
            return
        if len(path) > DEEPEST:
            self._add(path, "Nested too deep", "value")
            return
        if data is None and (shape.nullable or shape.kind is Kind.ANY):
            return
        looks = self._looks.get(shape.kind, self._leaf)
        before = len(self.faults)
        looks(shape, data, path)
        if shape.kind is not Kind.UNION and len(self.faults) == before:
            self._bounds(shape, data, path)

    def _fields_of(self, shape: Shape) -> tuple[Field, ...]:
        fields = self._fields.get(id(shape))
        if fields is None:
            fields = self._fields[id(shape)] = shape.fields()
        return fields

    def _add(self, path: Path, message: str, code: str) -> None:
        if len(self.faults) < MOST:
            self.faults.append(Fault(path, message, code))

    def _expected(self, path: Path, wanted: str, data: Any) -> None:
        got = _NAMES.get(type(data), type(data).__name__)  # pyright: ignore[reportUnknownArgumentType] - of Any
        self._add(path, f"Expected `{wanted}`, got `{got}`", "type")

    def _bounds(self, shape: Shape, data: Any, path: Path) -> None:
        bounds = bounds_of(shape)
        if bounds == NO_BOUNDS:
            return
        value = data
        if shape.kind not in _SIZED_DATA | {Kind.ANY, Kind.OTHER}:
            value = msgspec.convert(data, shape.hint, strict=not self._text)
        for code, message in unmet(bounds, value, _name_of(shape)):
            self._add(path, message, code)

    # -- by kind

    def _record(self, shape: Shape, data: Any, path: Path) -> None:
        if not _is_object(data):
            self._expected(path, "object", data)
            return
        known = {shape.tag_field} if shape.tag_field else set[Any]()
        for field in self._fields_of(shape):
            known.add(field.wire)
            if field.wire in data:
                self.look(field.shape, data[field.wire], (*path, field.wire))
            elif field.required:
                self._add((*path, field.wire), REQUIRED, "missing")
        if shape.forbids_unknown:
            for name in data:
                if name not in known:
                    self._add((*path, str(name)), "No such field", "unknown_field")

    def _row(self, shape: Shape, data: Any, path: Path) -> None:
        if not _is_array(data):
            self._expected(path, "array", data)
            return
        fields = self._fields_of(shape)
        for place, field in enumerate(fields):
            if place < len(data):
                self.look(field.shape, data[place], (*path, place))
            elif field.required:
                self._add((*path, place), REQUIRED, "missing")

    def _items(self, shape: Shape, data: Any, path: Path) -> None:
        if not _is_array(data):
            self._expected(path, "array", data)
            return
        for place, item in enumerate(data):
            self.look(shape.inner[0], item, (*path, place))

    def _tuple(self, shape: Shape, data: Any, path: Path) -> None:
        if not _is_array(data):
            self._expected(path, "array", data)
            return
        if len(data) != len(shape.inner):
            wanted = len(shape.inner)
            code = "too_short" if len(data) < wanted else "too_long"
            self._add(path, f"Expected `array` of length {wanted}", code)
            return
        for place, inner in enumerate(shape.inner):
            self.look(inner, data[place], (*path, place))

    def _mapping(self, shape: Shape, data: Any, path: Path) -> None:
        if not _is_object(data):
            self._expected(path, "object", data)
            return
        key, value = shape.inner
        keys = _Search(self._fields, text=True)
        for name, each in data.items():
            keys.look(key, name, (*path, str(name)))
            self.look(value, each, (*path, str(name)))
        for fault in keys.faults:
            self._add(*fault)

    def _union(self, shape: Shape, data: Any, path: Path) -> None:
        tagged = {m.tag: m for m in shape.inner if m.tag is not None}
        if tagged and _is_object(data):
            self._tagged(tagged, data, path)
            return
        for member in shape.inner:
            search = _Search(self._fields, text=self._text)
            search.look(member, data, path)
            if not search.faults:
                return
        if len(candidates := list(self._candidates(shape, data))) == 1:
            self.look(candidates[0], data, path)
            return
        names = " | ".join(m.name or m.kind.value for m in shape.inner)
        self._expected(path, names, data)

    def _tagged(
        self, tagged: Mapping[Any, Shape], data: Mapping[Any, Any], path: Path
    ) -> None:
        name = next(iter(tagged.values())).tag_field or "type"
        if name not in data and len(tagged) == 1:
            # It tells nothing apart, so msgspec does not ask for it.
            self.look(next(iter(tagged.values())), data, path)
        elif name not in data:
            self._add((*path, name), REQUIRED, "missing")
        elif (member := _by_tag(tagged, data[name])) is None:
            known = ", ".join(map(repr, tagged))
            self._add((*path, name), f"Expected one of {known}", "enum")
        else:
            self.look(member, data, path)

    def _candidates(self, shape: Shape, data: Any) -> Iterator[Shape]:
        """Find the members that the data looks like."""
        for member in shape.inner:
            classes = classes_of_kind(member)
            if isinstance(data, classes or (Decimal,)) or (
                member.kind is Kind.RECORD and isinstance(data, dict)
            ):
                yield member

    def _leaf(self, shape: Shape, data: Any, path: Path) -> None:
        if shape.kind is Kind.OTHER and isinstance(shape.hint, type):
            if not isinstance(data, shape.hint):
                self._expected(path, shape.name or shape.hint.__name__, data)
            return
        if shape.kind in _ANYTHING:
            return
        try:
            value = msgspec.convert(data, shape.hint, strict=not self._text)
        except msgspec.ValidationError as error:
            message = str(error).partition(" - at `")[0]
            self._add(path, message, code_of(message))
            return
        except UnicodeError:
            self._add(path, "Expected text that can be encoded", "format")
            return
        if not _is_finite(value):
            self._add(path, _INFINITE, "value")


_ANYTHING: Final = frozenset({Kind.ANY, Kind.OTHER, Kind.FOREIGN})
_SIZED_DATA: Final = frozenset({Kind.LIST, Kind.SET, Kind.TUPLE, Kind.MAPPING})


def _is_object(data: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(data, Mapping)


def _is_array(data: Any) -> TypeGuard[list[Any]]:
    return isinstance(data, (list, tuple, set, frozenset))


def _name_of(shape: Shape) -> str:
    arrays = {Kind.LIST: "array", Kind.SET: "array", Kind.TUPLE: "array"}
    return {Kind.MAPPING: "object", **arrays}.get(shape.kind, shape.kind.value)


def _by_tag(tagged: Mapping[Any, Shape], tag: Any) -> Shape | None:
    try:
        return tagged.get(tag)
    except TypeError:
        return None


def _is_finite(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return not isinstance(value, float) or value - value == 0


_CODES: Final = (
    ("Expected `", "type"),
    ("Invalid enum value", "enum"),
    ("Invalid", "format"),
    ("Integer value out of range", "too_large"),
)


def code_of(message: str) -> str:
    """Read the kind of mistake out of msgspec's sentence."""
    if "of length >=" in message:
        return "too_short"
    if "of length" in message:
        return "too_long"
    if "matching regex" in message:
        return "pattern"
    if "multiple of" in message:
        return "not_multiple"
    if " >= " in message or " > " in message:
        return "too_small"
    if " <= " in message or " < " in message:
        return "too_large"
    return next((code for start, code in _CODES if message.startswith(start)), "value")

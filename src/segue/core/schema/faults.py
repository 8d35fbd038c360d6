"""Faults: everything that is wrong with some data, not only the first of it.

msgspec stops at the first value that does not fit, and its error is a sentence. So when
it has refused something, the data is walked once more beside the shape of its type, and
each leaf is converted by itself. What this finds is what the decoder and the checks
refuse; where it finds nothing, the whole is converted once more for what only the whole
can tell (`__post_init__`).

Bounded: as many faults as `MOST`, as deep as `DEEPEST`, as many values as `LOOKS`; each
value is looked at once, since of the members of a union the kind of the data chooses
the one that it must be. What is kept grows with the types, never with the data.
"""

import re
from collections.abc import Hashable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeAlias, TypeGuard

import msgspec

from segue.core.schema.checks import classes_of_kind
from segue.core.schema.describe import describe
from segue.core.schema.models import convert, faults_of_model, read_model
from segue.core.schema.rules import bounds_of, identity_of, unmet
from segue.core.schema.shape import NO_BOUNDS, Bounds, Field, Kind, Shape

__all__ = [
    "DEEPEST",
    "INFINITE",
    "LOOKS",
    "MOST",
    "REQUIRED",
    "Fault",
    "FaultFinder",
    "Path",
    "code_of",
    "fault_of",
    "faults_of",
    "find_faults",
    "limit_of",
]

MOST: Final = 100
"""So many faults are told; who sends more has a bigger problem."""

DEEPEST: Final = 100
"""Data nested deeper is not looked into."""

LOOKS: Final = 50_000
"""So many values are looked at; behind them only what msgspec told is known."""

REQUIRED: Final = "Required, but not given."

Path: TypeAlias = tuple[str | int, ...]

_LONGEST: Final = 100
INFINITE: Final = "Expected a finite number"
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
        # What was read of the types.
        self._fields: dict[Hashable, tuple[Field, ...]] = {}

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
            convert(data, self._hint, text=self._text)
        except msgspec.ValidationError as error:
            return [fault_of(error)]
        except (TypeError, ValueError, RecursionError):
            return []
        return []


class _Search:
    """One walk through data."""

    def __init__(
        self, fields: dict[Hashable, tuple[Field, ...]], *, text: bool
    ) -> None:
        self.faults: list[Fault] = []
        self._left = LOOKS
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
            Kind.FOREIGN: self._foreign,
        }

    def look(self, shape: Shape, data: Any, path: Path) -> None:
        """Look for faults of one value and in it."""
        if self._is_done:
            return
        self._left -= 1
        if len(path) > DEEPEST:
            self._add(path, "Nested too deep", "value")
            return
        if data is None and (shape.nullable or shape.kind is Kind.ANY):
            return
        looks = self._looks.get(shape.kind)
        if looks is None:
            for code, message in self._of_leaf(shape, data):
                self._add(path, message, code)
            return
        before = len(self.faults)
        looks(shape, data, path)
        bounds = bounds_of(shape)
        if len(self.faults) == before and bounds != NO_BOUNDS:
            self._bounds(bounds, shape, data, path)

    @property
    def _is_done(self) -> bool:
        return len(self.faults) >= MOST or self._left <= 0

    def _bounds(self, bounds: Bounds, shape: Shape, data: Any, path: Path) -> None:
        value = data
        if shape.kind not in _SIZED_DATA:
            try:
                value = convert(data, shape.hint, text=self._text)
            except msgspec.ValidationError as error:
                fault = fault_of(error)
                self._add((*path, *fault.path), fault.message, fault.code)
                return
        for code, message in unmet(bounds, value, _name_of(shape)):
            self._add(path, message, code)

    def _fields_of(self, shape: Shape) -> tuple[Field, ...]:
        known = identity_of(shape.hint)
        fields = self._fields.get(known)
        if fields is None:
            fields = self._fields[known] = shape.fields()
        return fields

    def _add(self, path: Path, message: str, code: str) -> None:
        if len(self.faults) < MOST:
            self.faults.append(Fault(path, message, code))

    def _expected(self, path: Path, wanted: str, data: Any) -> None:
        self._add(path, _unexpected(wanted, data), "type")

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
                    self._add((*path, _step(name)), "No such field", "unknown_field")

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
            if self._is_done:
                return
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
            if self._is_done:
                break
            keys.look(key, name, (*path, _step(name)))
            self.look(value, each, (*path, _step(name)))
        for fault in keys.faults:
            self._add(*fault)

    def _union(self, shape: Shape, data: Any, path: Path) -> None:
        tagged = {m.tag: m for m in shape.inner if m.tag is not None}
        if tagged and _is_object(data):
            self._tagged(tagged, data, path)
            return
        if any(member.kind is Kind.FOREIGN for member in shape.inner):
            return  # read by those who know how, and not by msgspec
        members = [member for member in shape.inner if _is_of_kind(member, data)]
        if members:
            # msgspec has one at most of a kind, so what fits it not fits none.
            self.look(members[0], data, path)
            return
        leaves = [each for each in shape.inner if each.kind not in self._looks]
        found = [list(self._of_leaf(leaf, data)) for leaf in leaves]
        if not all(found):
            return
        near = [n for n, leaf in enumerate(leaves) if _is_of_class(leaf, data)]
        if len(near) == 1:
            for code, message in found[near[0]]:
                self._add(path, message, code)
            return
        names = " | ".join(m.name or m.kind.value for m in shape.inner)
        self._expected(path, names, data)

    def _foreign(self, shape: Shape, data: Any, path: Path) -> None:
        try:
            read_model(shape.hint, data)
        except ValueError as error:
            for fault in faults_of(error):
                self._add((*path, *fault.path), fault.message, fault.code)

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

    def _of_leaf(self, shape: Shape, data: Any) -> Iterator[tuple[str, str]]:
        """Find what is wrong with a value that has nothing inside: code and message."""
        value = data
        if shape.kind is Kind.OTHER and isinstance(shape.hint, type):
            if not isinstance(data, shape.hint):
                name = shape.name or shape.hint.__name__
                yield "type", _unexpected(name, data)
                return
        elif shape.kind not in _ANYTHING:
            try:
                value = msgspec.convert(data, shape.hint, strict=not self._text)
            except msgspec.ValidationError as error:
                fault = fault_of(error)
                yield fault.code, fault.message
                return
            except UnicodeError:
                yield "format", "Expected text that can be encoded"
                return
            if not _is_finite(value):
                yield "value", INFINITE
                return
        yield from unmet(bounds_of(shape), value, _name_of(shape))


_ANYTHING: Final = frozenset({Kind.ANY, Kind.OTHER})
_ARRAYS: Final = frozenset({Kind.LIST, Kind.SET, Kind.TUPLE, Kind.ROW})
_SIZED_DATA: Final = frozenset({Kind.LIST, Kind.SET, Kind.TUPLE, Kind.MAPPING})


def _is_object(data: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(data, Mapping)


def _is_array(data: Any) -> TypeGuard[list[Any]]:
    return isinstance(data, (list, tuple, set, frozenset))


def _step(name: Any) -> str:
    """Write a name that a client chose; a long one would be told for each fault."""
    text = str(name)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _unexpected(wanted: str, data: Any) -> str:
    got = _NAMES.get(type(data), type(data).__name__)  # pyright: ignore[reportUnknownArgumentType] - of Any
    return f"Expected `{wanted}`, got `{got}`"


def _is_of_kind(member: Shape, data: Any) -> bool:
    """Tell whether data that has something inside can be a member of a union."""
    if member.kind in {Kind.RECORD, Kind.MAPPING}:
        return _is_object(data)
    return member.kind in _ARRAYS and _is_array(data)


def _is_of_class(leaf: Shape, data: Any) -> bool:
    return isinstance(data, classes_of_kind(leaf) or (Decimal,))


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


def faults_of(error: Exception) -> list[Fault]:
    """Read all that whoever refused some data says is wrong with it."""
    return [
        Fault(tuple(s if isinstance(s, int) else _step(s) for s in path), words, code)
        for path, words, code in faults_of_model(error)
    ] or [fault_of(error)]


def fault_of(error: Exception) -> Fault:
    """Read what msgspec says of the first value that does not fit.

    Example:
        >>> fault_of(ValueError("Expected `int`, got `str` - at `$.items[0]`")).path
        ('items', 0)
    """
    message, _, place = str(error).partition(" - at `")
    steps = _STEPS.findall(place.rstrip("`"))
    path = tuple(int(number) if number else name or "..." for name, number in steps)
    return Fault(path, message, code_of(message))


# A name, a position; the key of a mapping is told as `[...]`.
_STEPS: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")


def limit_of(message: str) -> float | None:
    """Read the number that a sentence names as the limit; None where it names none.

    Example:
        >>> limit_of("Expected `str` of length <= 4"), limit_of("Expected `int`")
        (4, None)
    """
    words = message.rsplit(None, 2)
    last = words[-2] if words[-1] in _UNITS else words[-1]
    for read in (int, float):
        with suppress(ValueError):
            return read(last)
    return None


_UNITS: Final = frozenset({"bytes", "character", "characters", "item", "items"})
"""What stands behind a limit in pydantic's sentences."""


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

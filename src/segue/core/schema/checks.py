"""Checks: what the marks of a type demand and msgspec does not look at.

msgspec enforces `msgspec.Meta`. It passes over the marks of `annotated-types` and our
own, and it takes a Decimal that is no finite number. For a type that has such a mark
somewhere, one function is written, once: straight comparisons for each marked field, a
loop where there are items, a function of its own for each record, since a record may
contain itself. It runs behind the decoder and says yes or no; what is wrong is found
by `faults.py`, by the same rules (`rules.py`).
"""

import itertools
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Final

import msgspec

from segue.core.errors import PlanError
from segue.core.schema.describe import describe
from segue.core.schema.rules import (
    SIGNS,
    bounds_of,
    identity_of,
    in_zone,
    is_multiple,
    satisfies,
)
from segue.core.schema.shape import (
    NO_BOUNDS,
    NUMBERS,
    SIZED,
    Field,
    Kind,
    Shape,
)
from segue.core.schema.source import Writer, compile_source

__all__ = [
    "check_for",
    "classes_of_kind",
]

_TIMES: Final = frozenset({Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.TIMEDELTA})
_NAMED: Final = frozenset({Kind.RECORD, Kind.ROW})
_ITEMS: Final = frozenset({Kind.LIST, Kind.SET})


def check_for(hint: Any, *, meta: bool = False) -> Callable[[Any], bool] | None:
    """Write the check of a type; None where msgspec enforces all of it.

    Args:
        hint: The type of a decoded value.
        meta: The value was not decoded by msgspec, so that `msgspec.Meta` is to be
            checked as well.

    Returns:
        A function of such a value that says whether it holds.

    Raises:
        PlanError: A mark is about something that its type does not have.
    """
    shape = describe(hint)
    return (
        _Checker(meta=meta).compile(shape) if _needs(shape, set(), meta=meta) else None
    )


def _needs(shape: Shape, seen: set[Hashable], *, meta: bool = False) -> bool:
    """Tell whether a type has something to be checked, at any depth."""
    if shape.kind is Kind.DECIMAL or _is_marked(shape, meta=meta):
        return True
    if any(_needs(inner, seen, meta=meta) for inner in shape.inner):
        return True
    if shape.kind not in _NAMED or (known := identity_of(shape.hint)) in seen:
        return False
    seen.add(known)
    return any(_needs(field.shape, seen, meta=meta) for field in shape.fields())


def _is_marked(shape: Shape, *, meta: bool) -> bool:
    own = any(meta or not isinstance(mark, msgspec.Meta) for mark in shape.marks)
    bounded = (shape.bounds, *(inner.bounds for inner in shape.inner))
    return own and any(bounds != NO_BOUNDS for bounds in bounded)


class _Checker:
    """Writes the functions of one type and of the records in it."""

    def __init__(self, *, meta: bool) -> None:
        self._meta = meta
        self._names: dict[str, Any] = {
            "UNSET_": msgspec.UNSET,
            "is_multiple_": is_multiple,
            "in_zone_": in_zone,
            "satisfies_": satisfies,
        }
        self._numbers = itertools.count()
        self._records: dict[Hashable, str] = {}

    def compile(self, shape: Shape) -> Callable[[Any], bool]:
        """Write the function of a shape."""
        name = self._name("check")
        self._write(name, shape)
        function: Callable[[Any], bool] = self._names[name]
        return function

    def _write(self, name: str, shape: Shape) -> None:
        writer = Writer()
        writer.add(f"def {name}(value):", 0)
        writer.add("try:")
        for line in self._lines(shape, "value"):
            writer.add(f"    {line}")
        writer.add("    return True")
        # A time without a zone has no place in the order of those with one; and what
        # is nested deeper than Python calls is not looked at to its end.
        writer.add("except (TypeError, RecursionError):")
        writer.add("    return False")
        title = f"check of {shape.name or shape.kind.value}"
        self._names[name] = compile_source(str(writer), name, title, self._names)

    def _name(self, text: str) -> str:
        return f"{text}_{next(self._numbers)}"

    def _put(self, text: str, value: Any) -> str:
        name = self._name(text)
        self._names[name] = value
        return name

    # -- the lines for one value, each of which may `return False`

    def _lines(self, shape: Shape, value: str) -> list[str]:
        lines = [f"if not ({test}):" for test in self._tests(shape, value)]
        lines = [part for line in lines for part in (line, "    return False")]
        lines += self._inside(shape, value)
        absent = [f"{value} is not None"] * shape.nullable
        absent += [f"{value} is not UNSET_"] * shape.unsettable
        if lines and absent:
            return [f"if {' and '.join(absent)}:", *_deeper(lines)]
        return lines

    def _tests(self, shape: Shape, value: str) -> Iterator[str]:
        bounds = bounds_of(shape)
        _check_marks(shape)
        if shape.kind is Kind.DECIMAL:
            yield f"{value}.is_finite()"
        for name, sign in SIGNS:
            if (limit := getattr(bounds, name)) is not None:
                yield f"{value} {sign} {self._put(name, limit)}"
        if bounds.multiple_of is not None:
            yield f"is_multiple_({value}, {self._put('step', bounds.multiple_of)})"
        if bounds.min_length is not None:
            yield f"len({value}) >= {bounds.min_length}"
        if bounds.max_length is not None:
            yield f"len({value}) <= {bounds.max_length}"
        for pattern in bounds.patterns:
            search = self._put("search", re.compile(pattern).search)
            yield f"{search}({value}) is not None"
        if bounds.tz is not None:
            yield f"in_zone_({value}, {self._put('zone', bounds.tz)})"
        for predicate in bounds.predicates:
            yield f"satisfies_({self._put('predicate', predicate)}, {value})"

    def _inside(self, shape: Shape, value: str) -> list[str]:
        if shape.kind in _NAMED:
            return self._call(shape, value)
        if shape.kind in _ITEMS:
            return self._each(shape.inner[:1], [""], value)
        if shape.kind is Kind.MAPPING:
            return self._each(shape.inner, ["", ".values()"], value)
        if shape.kind is Kind.TUPLE:
            several = enumerate(shape.inner)
            places = [self._lines(inner, f"{value}[{n}]") for n, inner in several]
            return [line for lines in places for line in lines]
        return self._members(shape, value) if shape.kind is Kind.UNION else []

    def _each(
        self, inner: Iterable[Shape], parts: Iterable[str], value: str
    ) -> list[str]:
        written: list[str] = []
        for shape, part in zip(inner, parts, strict=False):
            item = self._name("item")
            if lines := self._lines(shape, item):
                written += [f"for {item} in {value}{part}:", *_deeper(lines)]
        return written

    def _members(self, shape: Shape, value: str) -> list[str]:
        written: list[str] = []
        for member in shape.inner:
            classes = classes_of_kind(member)
            if classes and (lines := self._lines(member, value)):
                known = self._put("class", classes)
                written += [f"if isinstance({value}, {known}):", *_deeper(lines)]
        return written

    def _call(self, shape: Shape, value: str) -> list[str]:
        """Call the function of a record; write it when it is met first."""
        key = identity_of(shape.hint)
        if key not in self._records:
            if not _needs(shape, set(), meta=self._meta):
                return []
            self._records[key] = name = self._name("record")
            self._write_record(name, shape)
        return [f"if not {self._records[key]}({value}):", "    return False"]

    def _write_record(self, name: str, shape: Shape) -> None:
        writer = Writer()
        writer.add(f"def {name}(value):", 0)
        for field in shape.fields():
            for line in self._field(field, shape):
                writer.add(line)
        writer.add("return True")
        title = f"check of {shape.name}"
        self._names[name] = compile_source(str(writer), name, title, self._names)

    def _field(self, field: Field, shape: Shape) -> list[str]:
        found = self._name("field")
        lines = self._lines(field.shape, found)
        if not lines:
            return []
        if _is_dict(shape):
            return [
                f"if {field.name!r} in value:",
                f"    {found} = value[{field.name!r}]",
                *_deeper(lines),
            ]
        return [f"{found} = value.{field.name}", *lines]


def _deeper(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _is_dict(shape: Shape) -> bool:
    return getattr(shape.hint, "__total__", None) is not None or issubclass(
        getattr(shape.hint, "__origin__", shape.hint), dict
    )


def _check_marks(shape: Shape) -> None:
    """Refuse marks about something that the type does not have.

    Raises:
        PlanError: A length of a number, for example.
    """
    bounds, wrong = shape.bounds, ""
    limits = [name for name, _ in SIGNS if getattr(bounds, name) is not None]
    if shape.kind in {Kind.ANY, Kind.ENUM, Kind.LITERAL, Kind.OTHER, Kind.UNION}:
        return
    if limits and shape.kind not in NUMBERS | _TIMES | {Kind.STR}:
        wrong = limits[0]
    if bounds.multiple_of is not None and shape.kind not in NUMBERS:
        wrong = "multiple_of"
    if (bounds.min_length or bounds.max_length) and shape.kind not in SIZED:
        wrong = "a length"
    if bounds.patterns and shape.kind is not Kind.STR:
        wrong = "a pattern"
    if wrong:
        raise PlanError(
            "SG-TYPE-010",
            f"A mark demands {wrong} of a {shape.name or shape.kind.value}.",
            why="A value of this type has none, so the mark could never hold.",
            fix="Put the mark on the type it is about: Annotated[str, MaxLen(80)], "
            "Annotated[int, Ge(1)].",
        )


_CLASSES: Final[dict[Kind, tuple[type, ...]]] = {
    Kind.BOOL: (bool,),
    Kind.INT: (int,),
    Kind.FLOAT: (float,),
    Kind.STR: (str,),
    Kind.BYTES: (bytes, bytearray),
    Kind.LIST: (list, tuple),
    Kind.SET: (set, frozenset),
    Kind.TUPLE: (tuple,),
    Kind.MAPPING: (dict,),
}


def classes_of_kind(shape: Shape) -> tuple[type, ...]:
    """List the classes whose objects the values of a shape are, as far as they tell."""
    if shape.kind in _CLASSES:
        return _CLASSES[shape.kind]
    if shape.kind in _NAMED and _is_dict(shape):
        return (dict,)
    origin = getattr(shape.hint, "__origin__", shape.hint)
    return (origin,) if isinstance(origin, type) else ()

r"""Marks for `Annotated`: ours, and how those of the others are read.

    Annotated[str, Pattern(r"^\d{5}$"), Describe(title="Postal code")]
    Annotated[int, Ge(1)]                  annotated_types
    Annotated[int, msgspec.Meta(ge=1)]     msgspec

The families mix freely, and also stand on types where msgspec refuses its own:
`Decimal`, dates, optionals. Where two say the same thing, both hold: of two limits the
narrower counts. Of two titles the outer one does.
"""

import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from msgspec import Meta

from segue.core.errors import SegueError
from segue.core.schema.shape import Bounds, Notes

__all__ = [
    "Describe",
    "Pattern",
    "ReadOnly",
    "WriteOnly",
    "both_bounds",
    "both_notes",
    "read_bounds",
    "read_notes",
]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text that a regular expression is found in; `^` and `$` pin it down.

    Raises:
        SegueError: It is no regular expression.

    Example:
        >>> Pattern("^[a-z]+$")
        Pattern(regex='^[a-z]+$')
    """

    regex: str

    def __post_init__(self) -> None:
        try:
            re.compile(self.regex)
        except re.error as error:
            raise SegueError(
                "SG-TYPE-001",
                f"Pattern({self.regex!r}) is no regular expression: {error}.",
                why="No text could ever be held against it.",
                fix="Mend the expression; write a literal sign as a class, [(], or "
                "with a backslash in a raw string: Pattern(r'\\(').",
            ) from error


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """A field that leaves with answers and is never taken from input."""


@dataclass(frozen=True, slots=True)
class WriteOnly:
    """A field that is taken from input and never leaves: a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    """What the readers of a document should know about a value.

    Args:
        title: A few words; a form shows them as the label.
        description: A sentence or more, Markdown.
        examples: Values as they could be in Python.
        deprecated: It still works, and nobody should begin to use it.
    """

    title: str | None = None
    description: str | None = None
    examples: Iterable[Any] = ()
    deprecated: bool = False


def read_bounds(marks: Iterable[Any]) -> Bounds:
    """Read what a value must hold from its marks, of whatever family.

    Example:
        >>> read_bounds([Meta(ge=1), Meta(ge=3, lt=9)]).ge
        3
    """
    bounds = Bounds()
    for mark in _flat(marks):
        bounds = both_bounds(bounds, _bounds_of(mark))
    return bounds


def read_notes(marks: Iterable[Any]) -> Notes:
    """Read what the marks tell a reader."""
    notes = Notes()
    for mark in marks:
        notes = both_notes(notes, _notes_of(mark))
    return notes


def both_bounds(one: Bounds, other: Bounds) -> Bounds:
    """Build the bounds of a value that must hold two of them."""
    if other == Bounds():
        return one
    return Bounds(
        ge=_narrower(one.ge, other.ge, max),
        gt=_narrower(one.gt, other.gt, max),
        le=_narrower(one.le, other.le, min),
        lt=_narrower(one.lt, other.lt, min),
        multiple_of=_narrower(one.multiple_of, other.multiple_of, _common_multiple),
        min_length=_narrower(one.min_length, other.min_length, max),
        max_length=_narrower(one.max_length, other.max_length, min),
        patterns=tuple(dict.fromkeys((*one.patterns, *other.patterns))),
        tz=one.tz if other.tz is None else other.tz,
        predicates=(*one.predicates, *other.predicates),
    )


def both_notes(inner: Notes, outer: Notes) -> Notes:
    """Build the notes of a type that is noted twice: the outer words win."""
    if outer == Notes():
        return inner
    said = {
        name: value
        for each in fields(Notes)
        if (value := getattr(outer, name := each.name))
    }
    return replace(inner, **{**said, "extra": {**inner.extra, **outer.extra}})


def _flat(marks: Iterable[Any]) -> Iterator[Any]:
    """Take groups (`Interval`, `Len`) apart and leave out what is no constraint."""
    # To import it takes 18 ms. A mark of it exists only once somebody else did.
    library: Any = sys.modules.get("annotated_types")
    for mark in marks:
        if isinstance(mark, Meta | Pattern):
            yield mark
        elif library is None:
            continue
        elif isinstance(mark, library.GroupedMetadata):
            yield from _flat(mark)
        elif isinstance(mark, library.BaseMetadata):
            yield mark


def _bounds_of(mark: Any) -> Bounds:
    if isinstance(mark, Pattern):
        return Bounds(patterns=(mark.regex,))
    pattern: str | None = getattr(mark, "pattern", None)
    predicate = getattr(mark, "func", None)
    return Bounds(
        **{name: getattr(mark, name, None) for name in _LIMITS},
        patterns=() if pattern is None else (pattern,),
        tz=_zone(mark),
        predicates=() if predicate is None else (predicate,),
    )


_LIMITS = ("ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length")


def _zone(mark: Any) -> Any:
    """Read the zone a time must have; `annotated_types` spells it in its own way."""
    zone = getattr(mark, "tz", None)
    if isinstance(mark, Meta):
        return zone
    if zone is None:
        return False if hasattr(mark, "tz") else None
    return True if zone is ... else zone


def _notes_of(mark: Any) -> Notes:
    match mark:
        case Describe():
            return Notes(
                title=mark.title,
                description=mark.description,
                examples=tuple(mark.examples),
                deprecated=mark.deprecated,
            )
        case Meta():
            return Notes(
                title=mark.title,
                description=mark.description,
                examples=tuple(mark.examples or ()),
                extra=_extra(mark.extra_json_schema),
            )
        case ReadOnly():
            return Notes(read_only=True)
        case WriteOnly():
            return Notes(write_only=True)
        case _:
            # PEP 727: `Doc("...")` of typing_extensions, `DocInfo` of annotated_types.
            words = getattr(mark, "documentation", None)
            return Notes(description=words if isinstance(words, str) else None)


def _extra(members: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return members or {}


def _narrower(one: Any, other: Any, choose: Any) -> Any:
    """Choose between two limits; of two that cannot be compared the outer one."""
    if one is None or other is None:
        return other if one is None else one
    try:
        return choose(one, other)
    except (TypeError, ValueError):
        return other


def _common_multiple(one: Any, other: Any) -> Any:
    """Find the smallest step that is a multiple of both.

    Example:
        >>> _common_multiple(4, 6), _common_multiple(0.5, 2)
        (12, 2)
    """
    if isinstance(one, int) and isinstance(other, int):
        return math.lcm(one, other)
    # Imported here: two steps at once are rare.
    from fractions import Fraction  # noqa: PLC0415

    a, b = Fraction(str(one)), Fraction(str(other))
    step = Fraction(
        math.lcm(a.numerator, b.numerator), math.gcd(a.denominator, b.denominator)
    )
    return step.numerator if step.denominator == 1 else float(step)

"""Converters: the text of a path segment to a value and back.

A converter reads with `read(text)`, which raises `ValueError` for text it does
not take, so that the next route is tried, and writes with `write(value)`. Two
converters are the same when their names are the same: the name carries all
that tells them apart (`int`, `re:[a-z]+`, `'new' | 'old'`), which is what the
tree of routes and the search for duplicates compare.

Ranks order converters that stand at the same place of two patterns: the lower
rank is tried first. They are spread out so that an app's own fit in between.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, cast
from uuid import UUID

import msgspec

__all__ = [
    "BUILT_IN",
    "DIGIT_LIMIT",
    "RANK_CHOICE",
    "RANK_CUSTOM",
    "RANK_REGEX",
    "TEXT_LIMIT",
    "Converter",
    "plain_text",
    "regex_converter",
]

DIGIT_LIMIT: Final = 600
"""The most digits of a number; below what Python itself ever refuses (640)."""

TEXT_LIMIT: Final = 1000
"""The longest text a regular expression is tried on."""

RANK_CHOICE: Final = 10
"""Above every other: a choice takes a few texts only."""
RANK_REGEX: Final = 50
RANK_CUSTOM: Final = 60


class Converter(msgspec.Struct, frozen=True):
    """How one kind of path value is read and written.

    Attributes:
        name: What tells this converter from every other one.
        read: Text to value; raises `ValueError` for text it does not take.
        write: Value to text; what it returns must be readable again.
        rank: Lower is more specific and tried first.
        spans: Whether the text may contain `/`.
        shape: A regular expression without groups that finds the text inside a
            segment that has other text too; None takes any text.
        says: What it takes, in words: `a whole number`.
    """

    name: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    rank: int = RANK_CUSTOM
    spans: bool = False
    shape: str | None = None
    says: str = ""

    @property
    def words(self) -> str:
        """What it takes, in words."""
        return self.says or f"a {self.name}"


def regex_converter(expression: str) -> Converter:
    r"""Build the converter of `{name:re:expression}`.

    The whole text has to match. Longer text than `TEXT_LIMIT` never does, which
    bounds what a careless expression can cost.

    Raises:
        re.error: The expression is malformed.

    Example:
        >>> regex_converter("[0-9]{4}").read("2024")
        '2024'
    """
    fullmatch = re.compile(expression).fullmatch

    def read(text: str) -> str:
        if len(text) > TEXT_LIMIT or fullmatch(text) is None:
            raise ValueError(text)
        return text

    return Converter(
        f"re:{expression}",
        read,
        plain_text,
        RANK_REGEX,
        shape=f"(?:{expression})",
        says=f"text that matches {expression}",
    )


def plain_text(value: Any) -> str:
    """Write a value as text that a reader of the URL expects.

    Raises:
        ValueError: The value has no text of its own: None, or an object that
            would only write its place in memory.

    Example:
        >>> plain_text(True), plain_text(date(2024, 1, 31)), plain_text(1.5)
        ('true', '2024-01-31', '1.5')
    """
    if isinstance(value, Enum):
        return plain_text(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    # What inherits its text from object would write its place in memory. So do
    # numbers, whose text is their repr.
    kind = cast("type[object]", type(value))
    if kind.__str__ is object.__str__ and not isinstance(value, int | float):
        raise ValueError(value)
    return str(value)


def _read_int(text: str) -> int:
    # isdigit alone would take superscripts and the digits of other scripts.
    if text.isdigit() and text.isascii() and len(text) <= DIGIT_LIMIT:
        return int(text)
    if text[:1] == "-" and text[1:2] != "-":
        return -_read_int(text[1:])
    raise ValueError(text)


def _write_int(value: Any) -> str:
    return str(int(value))


_FLOAT = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,4})?")


def _read_float(text: str) -> float:
    if _FLOAT.fullmatch(text) is None:
        raise ValueError(text)
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value


def _write_float(value: Any) -> str:
    return repr(float(value))


_DECIMAL = re.compile(rf"-?[0-9]{{1,{DIGIT_LIMIT}}}(?:\.[0-9]{{1,{DIGIT_LIMIT}}})?")


def _read_decimal(text: str) -> Decimal:
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError(text)
    return Decimal(text)


def _write_decimal(value: Any) -> str:
    number = Decimal(value)
    # The limit stops 1E+999999 from being written out in zeros.
    if not number.is_finite() or abs(number.adjusted()) > DIGIT_LIMIT:
        raise ValueError(value)
    return format(number, "f")


def _read_bool(text: str) -> bool:
    if text == "true":
        return True
    if text == "false":
        return False
    raise ValueError(text)


def _write_bool(value: Any) -> str:
    return plain_text(bool(value))


_HEX = "[0-9A-Fa-f]"
_UUID_SHAPE = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_UUID = re.compile(_UUID_SHAPE)


def _read_uuid(text: str) -> UUID:
    # UUID() itself also takes braces, "urn:uuid:" and hyphens anywhere.
    if _UUID.fullmatch(text) is None:
        raise ValueError(text)
    return UUID(text)


_DATE_SHAPE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE = re.compile(_DATE_SHAPE)


def _read_date(text: str) -> date:
    # fromisoformat() itself also takes 20240131 and 2024-W05-3.
    if _DATE.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


_DATETIME_SHAPE = (
    _DATE_SHAPE + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?"
    r"(?:Z|[-+][0-9]{2}:[0-9]{2})?"
)
_DATETIME = re.compile(_DATETIME_SHAPE)


def _read_datetime(text: str) -> datetime:
    if _DATETIME.fullmatch(text) is None:
        raise ValueError(text)
    return datetime.fromisoformat(text)


_SLUG = re.compile("[A-Za-z0-9_-]+")


def _read_slug(text: str) -> str:
    if _SLUG.fullmatch(text) is None:
        raise ValueError(text)
    return text


def _read_path(text: str) -> str:
    # A leading slash would make an absolute path of what follows a prefix.
    if not text or text[0] == "/":
        raise ValueError(text)
    return text


_FAMILY: Final = (
    Converter(
        "bool",
        _read_bool,
        _write_bool,
        20,
        shape="(?:true|false)",
        says="true or false",
    ),
    Converter("uuid", _read_uuid, plain_text, 25, shape=_UUID_SHAPE, says="a UUID"),
    Converter(
        "date",
        _read_date,
        plain_text,
        25,
        shape=_DATE_SHAPE,
        says="a date such as 2024-01-31",
    ),
    Converter(
        "datetime",
        _read_datetime,
        plain_text,
        25,
        shape=_DATETIME_SHAPE,
        says="a time such as 2024-01-31T09:30:00Z",
    ),
    Converter(
        "int", _read_int, _write_int, 30, shape="-?[0-9]+", says="a whole number"
    ),
    Converter(
        "decimal",
        _read_decimal,
        _write_decimal,
        35,
        shape=_DECIMAL.pattern,
        says="a decimal number",
    ),
    Converter(
        "float", _read_float, _write_float, 36, shape=_FLOAT.pattern, says="a number"
    ),
    Converter("slug", _read_slug, plain_text, 70, says="letters, digits, '-' and '_'"),
    # `str` as a reader costs next to nothing: it returns the text it was given.
    # That an empty segment is no value is seen to where routes are matched.
    Converter("str", str, plain_text, 80, says="text without '/'"),
    Converter(
        "path", _read_path, plain_text, 90, spans=True, says="text that may have '/'"
    ),
    Converter("tail", str, plain_text, 95, spans=True, says="all that is left"),
)

BUILT_IN: Final[Mapping[str, Converter]] = MappingProxyType(
    {converter.name: converter for converter in _FAMILY}
)
"""The converters that every app knows, by name."""

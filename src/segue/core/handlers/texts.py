"""Texts of a request -> the values a handler asks for: query, headers, cookies, forms.

A text says nothing of its type, so the hint decides: `?on=yes` is true for a bool, an
empty field of a form is None for an optional number. What does not fit is an `Invalid`,
which names the place.
"""

import datetime as dt
import math
import types
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, TypeAlias, cast

from segue.core.errors import nearest
from segue.core.handlers.inputs import (
    bare,
    fields_of,
    has_fields,
    is_optional,
    is_repeated,
    is_upload,
    members_of,
    values_of,
)
from segue.core.handlers.invalid import Invalid, invalid, of_faults
from segue.core.handlers.plan import Argument, Source
from segue.core.handlers.whole import completer
from segue.core.http.forms import FormData, Upload
from segue.core.http.headers import Headers
from segue.core.http.urls import parse_query
from segue.core.schema.checks import check_for
from segue.core.schema.faults import Fault, FaultFinder, faults_of
from segue.core.schema.models import decoders_of, is_model, is_of_model
from segue.core.schema.views import incoming, taken_as
from segue.core.types import UNSET

__all__ = [
    "Pairs",
    "form_pairs",
    "query_pairs",
    "record_reader",
    "several",
    "text_converter",
    "whole_pairs",
]

Pairs: TypeAlias = Mapping[str, list[Any]]
"""The values of each name."""

_HINTS: Final = 10
_LONGEST: Final = 64
_WORDS: Final = {"on": "true", "yes": "true", "off": "false", "no": "false"}


def query_pairs(text: str, limit: int) -> Pairs:
    """Collect the values of each name of a query."""
    found: dict[str, list[str]] = {}
    for name, value in parse_query(text, limit):
        found.setdefault(name, []).append(value)
    return found


def form_pairs(form: FormData) -> Pairs:
    """Collect the values of each name of a form."""
    found: dict[str, list[Any]] = {}
    for name, value in form.items():
        found.setdefault(name, []).append(value)
    return found


def whole_pairs(values: Any, hint: Any) -> Pairs:
    """Collect what headers or cookies have for the fields of a record."""
    found: dict[str, list[str]] = {}
    for name in fields_of(taken_as(hint)):
        if isinstance(values, Headers):
            texts = values.get_all(name.replace("_", "-"))
        else:
            texts = [values[name]] if name in values else []
        if texts:
            found[name] = texts
    return found


def several(values: Any, name: str) -> Any:
    """List all values of a name in headers, cookies or a form; UNSET for none."""
    if isinstance(values, Headers):
        # RFC 9110, section 5.3: several lines are one list.
        lines = values.get_all(name)
        parts = [part.strip() for line in lines for part in line.split(",")]
        return parts or UNSET
    if isinstance(values, FormData):
        return values.get_all(name) or UNSET
    return [values[name]] if name in values else UNSET


def text_converter(argument: Argument) -> Callable[[Any], Any] | None:
    """Find how text becomes the argument; None when it stays text."""
    hint, name, place = argument.hint, argument.key, argument.source.value
    if is_upload(hint):
        return _upload_reader(argument)
    is_form = argument.source is Source.FORM
    if (hint is UNSET or hint in (str, str | None)) and not is_form:
        return None
    text = _Text(Any if hint is UNSET else hint)

    def convert(value: Any) -> Any:
        if is_form and _has_file(value):
            raise invalid(place, name, "Expected a field, got a file")
        return value if hint is UNSET else text.read(value, place, name)

    return convert


class _Text:
    """Converts data made of texts to a type, and finds what is wrong with it."""

    def __init__(self, hint: Any) -> None:
        view = incoming(hint)
        self._hint = hint = hint if view is None else view.type
        self._make = _as_it_is if view is None else view.make
        self._spell = _plain_reader(hint)
        self._check = check_for(hint)
        self._complete = completer(hint)
        self._convert = decoders_of(hint).text

    @cached_property
    def _find(self) -> FaultFinder:
        return FaultFinder(self._hint, text=True)

    def read(self, value: Any, place: str, root: str) -> Any:
        """Convert one text, or the texts of a list.

        Raises:
            Invalid: It does not fit.
        """
        return self.convert(self._spell(value), place, root)

    def convert(self, data: Any, place: str, root: str) -> Any:
        """Convert data that is spelt as msgspec reads it.

        Raises:
            Invalid: It does not fit.
        """
        first = [Fault((), "Expected another value", "value")]
        try:
            value = self._convert(data)
            if is_finite(value) and (self._check is None or self._check(value)):
                if self._complete is not None:
                    self._complete(value)
                return self._make(value)
        except (ValueError, TypeError) as error:
            first = faults_of(error)
            if is_of_model(error):
                raise of_faults(place, root, first) from None
        raise of_faults(place, root, self._find(data) or first)


def _has_file(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(each, Upload) for each in value)  # pyright: ignore[reportUnknownVariableType] - of Any
    return isinstance(value, Upload)


def _upload_reader(argument: Argument) -> Callable[[Any], Any]:
    name, many = argument.key, is_repeated(argument.hint)

    def read(value: Any) -> Any:
        files = value if many else [value]
        for file in files:
            if not isinstance(file, Upload):
                raise invalid("form", name, "Expected a file, got a field")
        return value

    return read


def record_reader(argument: Argument, others: Iterable[str]) -> Callable[[Pairs], Any]:
    """Build the reader of a whole query, form ... as one Struct or dataclass.

    Args:
        argument: The argument whose type has the fields.
        others: Names that other arguments ask for.
    """
    hint, default, place = argument.hint, argument.default, argument.source.value
    fields = fields_of(taken_as(hint))
    readers = {name: _field_reader(of) for name, of in fields.items()}
    ignored = frozenset(others) - fields.keys()
    text = _Text(hint)

    def read(pairs: Pairs) -> Any:
        if default is not UNSET and not fields.keys() & pairs.keys():
            return default
        found = {
            name: readers.get(name, _last)(values)
            for name, values in pairs.items()
            if name not in ignored
        }
        try:
            return text.convert(found, place, "")
        except Invalid as error:
            raise _with_hints(error, {*fields, *ignored}) from error

    return read


def _with_hints(error: Invalid, known: Iterable[str]) -> Invalid:
    """Name the nearest field beside the first few that there are not."""
    unknown = [e for e in error.extra["errors"] if e["code"] == "unknown_field"]
    for each in unknown[:_HINTS]:
        # To compare costs more, the longer the name is.
        near = nearest(each["name"][:_LONGEST], known)
        each["message"] += f"; did you mean {near!r}?" if near else ""
    return error


def _last(values: list[Any]) -> Any:
    return values[-1]


def _field_reader(hint: Any) -> Callable[[list[Any]], Any]:
    reads = _plain_reader(hint)
    if is_repeated(hint):
        return reads
    return lambda values: reads(values[-1])


def _plain_reader(hint: Any) -> Callable[[Any], Any]:
    """Find how a text must be spelt anew before msgspec reads it."""
    members = members_of(hint)
    reads: Callable[[Any], Any] = _as_it_is
    if len(members) == 1:
        reads = _SPELLINGS.get(members[0], reads)
    if is_repeated(hint) and len(items := _items_of(hint)) == 1:
        spell = _SPELLINGS.get(items.pop(), _as_it_is)
        return lambda texts: [spell(text) for text in texts]
    if is_optional(hint) and str not in members:
        # An empty field of a form.
        return lambda text: None if text == "" else reads(text)
    return reads


def _items_of(hint: Any) -> set[Any]:
    (array,) = members_of(hint)
    return {bare(item) for item in getattr(array, "__args__", ()) if item is not ...}


def _word(text: Any) -> Any:
    return _WORDS.get(text.lower(), text) if isinstance(text, str) else text


def _time(text: Any) -> Any:
    """Keep a number from being read as seconds since 1970, which no document tells."""
    is_number = isinstance(text, str) and text[-1:].isdigit() and ":" not in text
    return f"{text} " if is_number else text


def _as_it_is(text: Any) -> Any:
    return text


_SPELLINGS: Final[Mapping[Any, Callable[[Any], Any]]] = types.MappingProxyType(
    {bool: _word, dt.datetime: _time, dt.timedelta: _time}
)
"""How the texts of some types are spelt anew."""


def is_finite(value: Any) -> bool:
    """Tell `nan` and `inf`, which no check of a range holds back and JSON lacks."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(is_finite, cast("Iterable[Any]", value)))
    if has_fields(type(value)) or is_model(type(value)):
        return all(map(is_finite, values_of(value).values()))
    return True

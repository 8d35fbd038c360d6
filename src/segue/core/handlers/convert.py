"""Text and bytes of a request -> the values a handler asks for.

Here, and only here, msgspec's errors become answers: 422 for values that do not
fit, 400 for a body that is not what it says, 415 for a body of an unknown type.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, Never, TypeAlias, cast

import msgspec

from segue.core.errors import (
    BadRequest,
    HTTPError,
    UnprocessableContent,
    UnsupportedMediaType,
)
from segue.core.handlers.inputs import (
    bare,
    fields_of,
    is_optional,
    is_repeated,
    members_of,
    values_of,
)
from segue.core.handlers.plan import Argument
from segue.core.http.media import MediaType
from segue.core.http.urls import parse_query
from segue.core.types import UNSET

__all__ = [
    "UNFIT",
    "Pairs",
    "body_reader",
    "invalid",
    "missing",
    "query_pairs",
    "record_reader",
    "text_converter",
]

UNFIT = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises for a body that does not fit."""

Pairs: TypeAlias = Mapping[str, list[str]]

_INFINITE: Final = "Expected a finite number"
_REQUIRED: Final = "Required, but not given."
_WORDS: Final = {"on": "true", "yes": "true", "off": "false", "no": "false"}
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_MSGPACK: Final = (
    "application/msgpack",
    "application/x-msgpack",
    "application/vnd.msgpack",
)
_LACKS = re.compile(r"Object missing required field `([^`]+)`")


def invalid(place: str, name: str, message: str) -> UnprocessableContent:
    """Build the error for one value that does not fit.

    Args:
        place: The part of the request: query, body ...
        name: The field, or the path to it inside the body (`$.items[0].sku`).
        message: What is wrong with it.
    """
    return UnprocessableContent(
        "The request has a value that does not fit.",
        extra={"errors": [{"in": place, "name": name, "message": message}]},
    )


def missing(name: str) -> Never:
    """Refuse a request that lacks a value of the query."""
    raise invalid("query", name, _REQUIRED)


def query_pairs(text: str, limit: int) -> Pairs:
    """Collect the values of each name of a query."""
    found: dict[str, list[str]] = {}
    for name, value in parse_query(text, limit):
        found.setdefault(name, []).append(value)
    return found


def text_converter(argument: Argument) -> Callable[[Any], Any] | None:
    """Find how text of the query becomes the argument; None when it stays text."""
    hint, name = argument.hint, argument.key
    if hint is UNSET or hint in (str, str | None):
        return None
    reads = _plain_reader(hint)

    def convert(text: Any) -> Any:
        try:
            value = msgspec.convert(reads(text), hint, strict=False)
        except msgspec.ValidationError as error:
            message, path = _told(error)
            raise invalid("query", name + path.removeprefix("$"), message) from error
        if not _is_finite(value):
            raise invalid("query", name, _INFINITE)
        return value

    return convert


def record_reader(argument: Argument, others: Iterable[str]) -> Callable[[Pairs], Any]:
    """Build the reader of a whole query as one Struct or dataclass.

    Args:
        argument: The argument whose type has the fields.
        others: Names of the query that other arguments ask for.
    """
    hint, default = argument.hint, argument.default
    fields = fields_of(hint)
    readers = {name: _field_reader(of) for name, of in fields.items()}
    ignored = frozenset(others) - fields.keys()

    def read(pairs: Pairs) -> Any:
        if default is not UNSET and not fields.keys() & pairs.keys():
            return default
        found = {
            name: readers.get(name, _last)(values)
            for name, values in pairs.items()
            if name not in ignored
        }
        try:
            value = msgspec.convert(found, hint, strict=False)
        except msgspec.ValidationError as error:
            message, path = _told(error)
            raise invalid("query", path.removeprefix("$."), message) from error
        for name, each in values_of(value).items():
            if not _is_finite(each):
                raise invalid("query", name, _INFINITE)
        return value

    return read


def _last(values: list[str]) -> Any:
    return values[-1]


def _field_reader(hint: Any) -> Callable[[list[str]], Any]:
    reads = _plain_reader(hint)
    if is_repeated(hint):
        return reads
    return lambda values: reads(values[-1])


def _plain_reader(hint: Any) -> Callable[[Any], Any]:
    """Find how a query's text must be spelt anew before msgspec reads it."""
    members, reads = members_of(hint), _as_it_is
    if members == (bool,):
        reads = _word
    if is_repeated(hint) and _items_of(hint) == {bool}:
        return lambda texts: [_word(text) for text in texts]
    if is_optional(hint) and str not in members:
        # An empty field of a form.
        return lambda text: None if text == "" else reads(text)
    return reads


def _items_of(hint: Any) -> set[Any]:
    (array,) = members_of(hint)
    return {bare(item) for item in getattr(array, "__args__", ()) if item is not ...}


def _word(text: str) -> str:
    return _WORDS.get(text.lower(), text)


def _as_it_is(text: Any) -> Any:
    return text


def _is_finite(value: Any) -> bool:
    """Tell `nan` and `inf`, which no check of a range holds back and JSON lacks."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(_is_finite, cast("Iterable[Any]", value)))
    return True


def _told(error: Exception) -> tuple[str, str]:
    """Take msgspec's sentence apart into what is wrong and where."""
    text = str(error)
    message, found, path = text.rpartition(" - at `")
    if not found:
        message, path = text, "$"
    path = path.rstrip("`")
    lacks = _LACKS.fullmatch(message)
    if lacks is None:
        return message, path
    return _REQUIRED, f"{path}.{lacks[1]}"


def body_reader(
    argument: Argument,
) -> tuple[Callable[[bytes], Any], Callable[[bytes, str], Any]]:
    """Build the decoder of JSON and the reader of every other body.

    Returns:
        The bare decoder for `application/json`, whose errors (`UNFIT`) mean that
        the second is to be asked; and a function of the body and its content type,
        whose errors are answers.
    """
    quick = msgspec.json.Decoder(argument.hint).decode
    decode = _decoder(quick, argument.default)
    unpack = _decoder(msgspec.msgpack.Decoder(argument.hint).decode, argument.default)

    def read(body: bytes, content_type: str) -> Any:
        if not content_type and not body:
            return decode(body)
        media = MediaType.parse(content_type) if content_type else None
        if media is not None and media.is_json:
            return decode(body)
        if media is not None and media.essence in _MSGPACK:
            return unpack(body)
        raise UnsupportedMediaType(
            f"A body of {content_type or 'no type'} is not read here; send "
            "application/json.",
            headers={"accept": "application/json, application/msgpack"},
        )

    return quick, read


def _decoder(decode: Callable[[bytes], Any], default: Any) -> Callable[[bytes], Any]:
    def decoded(body: bytes) -> Any:
        try:
            return decode(body)
        except _UNREADABLE as error:
            if body:
                raise _refusal(error) from error
        if default is UNSET:
            raise invalid("body", "$", _REQUIRED)
        return default

    return decoded


def _refusal(error: Exception) -> HTTPError:
    if isinstance(error, msgspec.ValidationError):
        message, path = _told(error)
        return invalid("body", path, message)
    if isinstance(error, RecursionError):
        return BadRequest("The body is nested too deep.")
    return BadRequest(f"The body is malformed: {error}")

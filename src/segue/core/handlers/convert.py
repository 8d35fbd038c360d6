"""Text and bytes of a request -> the values a handler asks for.

Here, and only here, msgspec's errors become answers: 422 for values that do not
fit, 400 for a body that is not what it says, 415 for a body of an unknown type.
"""

from collections.abc import Callable, Mapping
from typing import Any, Never

import msgspec

from segue.core.errors import BadRequest, UnprocessableContent, UnsupportedMediaType
from segue.core.handlers.inputs import bare
from segue.core.handlers.plan import Argument
from segue.core.http.media import MediaType
from segue.core.http.urls import parse_query
from segue.core.types import UNSET

__all__ = ["body_reader", "invalid", "missing", "query_pairs", "text_converter"]

_WORDS = {"on": "true", "yes": "true", "off": "false", "no": "false"}


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
    raise invalid("query", name, "Required, but not given.")


def query_pairs(text: str, limit: int) -> Mapping[str, list[str]]:
    """Collect the values of each name of a query."""
    found: dict[str, list[str]] = {}
    for name, value in parse_query(text, limit):
        found.setdefault(name, []).append(value)
    return found


def text_converter(argument: Argument) -> Callable[[Any], Any] | None:
    """Find how text of the query becomes the argument; None when it stays text."""
    if argument.hint is UNSET or argument.hint in (str, str | None):
        return None
    return _converter(argument)


def _converter(argument: Argument) -> Callable[[Any], Any]:
    hint, name = argument.hint, argument.name
    is_bool = bare(hint) in (bool, bool | None)

    def convert(text: Any) -> Any:
        if is_bool:
            text = _WORDS.get(text.lower(), text)
        try:
            return msgspec.convert(text, hint, strict=False)
        except msgspec.ValidationError as error:
            raise invalid("query", name, str(error)) from error

    return convert


def body_reader(
    argument: Argument,
) -> tuple[Callable[[bytes], Any], Callable[[bytes, str], Any]]:
    """Build the decoder of JSON and the reader of every other body.

    Returns:
        The decoder for `application/json`, and a function of the body and its
        content type for the rest.
    """
    json = msgspec.json.Decoder(argument.hint)
    pack = msgspec.msgpack.Decoder(argument.hint)

    def decode(body: bytes) -> Any:
        return _checked(json.decode, body)

    def read(body: bytes, content_type: str) -> Any:
        media = MediaType.parse(content_type) if content_type else None
        if media is not None and media.is_json:
            return _checked(json.decode, body)
        if media is not None and media.essence in _MSGPACK:
            return _checked(pack.decode, body)
        if not content_type and not body and argument.default is not UNSET:
            return argument.default
        raise UnsupportedMediaType(
            f"A body of {content_type or 'no type'} is not read here; send "
            "application/json.",
            headers={"accept": "application/json, application/msgpack"},
        )

    return decode, read


_MSGPACK = ("application/msgpack", "application/x-msgpack", "application/vnd.msgpack")


def _checked(decode: Callable[[bytes], Any], body: bytes) -> Any:
    try:
        return decode(body)
    except msgspec.ValidationError as error:
        message, _, path = str(error).rpartition(" - at `")
        if not message:
            message, path = str(error), "$"
        raise invalid("body", path.rstrip("`"), message) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The body is malformed: {error}") from error
    except RecursionError as error:
        raise BadRequest("The body is nested too deep.") from error

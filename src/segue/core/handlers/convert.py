"""The body of a request -> the value a handler asks for.

Here msgspec's errors become answers: 422 for values that do not fit, 400 for a body
that is not what it says, 415 for a body of an unknown type.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from segue.core.errors import BadRequest, HTTPError, UnsupportedMediaType
from segue.core.handlers.inputs import bare
from segue.core.handlers.invalid import REQUIRED, invalid, told
from segue.core.handlers.plan import Argument
from segue.core.http.media import MediaType
from segue.core.types import UNSET

__all__ = ["UNFIT", "body_reader"]

UNFIT = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises for a body that does not fit."""

_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_MSGPACK: Final = (
    "application/msgpack",
    "application/x-msgpack",
    "application/vnd.msgpack",
)


def body_reader(
    argument: Argument,
) -> tuple[Callable[[bytes], Any], Callable[[bytes, str], Any]]:
    """Build the decoder of JSON and the reader of every other body.

    Returns:
        The bare decoder for `application/json`, whose errors (`UNFIT`) mean that
        the second is to be asked; and a function of the body and its content type,
        whose errors are answers.
    """
    if bare(argument.hint) is bytes:
        return _as_it_came, lambda body, _content_type: body
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


def _as_it_came(body: bytes) -> bytes:
    return body


def _decoder(decode: Callable[[bytes], Any], default: Any) -> Callable[[bytes], Any]:
    def decoded(body: bytes) -> Any:
        try:
            return decode(body)
        except _UNREADABLE as error:
            if body:
                raise _refusal(error) from error
        if default is UNSET:
            raise invalid("body", "$", REQUIRED, "missing")
        return default

    return decoded


def _refusal(error: Exception) -> HTTPError:
    if isinstance(error, msgspec.ValidationError):
        message, path = told(error)
        return invalid("body", path, message)
    if isinstance(error, RecursionError):
        return BadRequest("The body is nested too deep.")
    return BadRequest(f"The body is malformed: {error}")

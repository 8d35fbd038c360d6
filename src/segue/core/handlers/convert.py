"""The body of a request -> the value a handler asks for.

Here msgspec's errors become answers: 422 for values that do not fit, 400 for a body
that is not what it says, 415 for a body of an unknown type.
"""

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

import msgspec

from segue.core.errors import BadRequest, HTTPError, UnsupportedMediaType
from segue.core.handlers.inputs import bare
from segue.core.handlers.invalid import Invalid, invalid, of_faults
from segue.core.handlers.plan import Argument
from segue.core.handlers.whole import completer, whole_numbers
from segue.core.http.media import MediaType
from segue.core.schema.checks import check_for
from segue.core.schema.faults import INFINITE, REQUIRED, Fault, FaultFinder, faults_of
from segue.core.schema.models import decoders_of, is_of_model
from segue.core.schema.views import incoming
from segue.core.types import UNSET

__all__ = ["UNFIT", "body_reader"]

UNFIT = (msgspec.MsgspecError, ValueError, TypeError, RecursionError)
"""What is raised for a body that does not fit: by msgspec, or by the class it makes."""

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
    view = incoming(argument.hint)
    hint = argument.hint if view is None else view.type
    make = None if view is None else view.make
    decoders = decoders_of(hint)
    json = _Decoder(argument, hint, decoders.json, _json, make)
    packed = _Decoder(argument, hint, decoders.msgpack, _unpack, make)

    def read(body: bytes, content_type: str) -> Any:
        if not content_type and not body:
            return json.read(body)
        media = MediaType.parse(content_type) if content_type else None
        if media is not None and media.is_json:
            return json.read(body)
        if media is not None and media.essence in _MSGPACK:
            return packed.read(body)
        raise UnsupportedMediaType(
            f"A body of {content_type or 'no type'} is not read here; send "
            "application/json.",
            headers={"accept": "application/json, application/msgpack"},
        )

    return json.quick, read


def _as_it_came(body: bytes) -> bytes:
    return body


_json: Final = msgspec.json.Decoder().decode
_unpack: Final = msgspec.msgpack.Decoder().decode


_FLOATS: Final = (b"\xca", b"\xcb")
"""What stands before a float of msgpack."""


class _Decoder:
    """Decodes a body in one format, and finds what is wrong with it.

    Args:
        argument: What the body becomes.
        hint: What is decoded.
        decode: The decoder of that.
        plain: The decoder of the format into plain data.
        make: Makes what the argument is of what was decoded, where the two differ.

    Attributes:
        quick: Decodes and checks; its errors are `UNFIT`, and say too little.
    """

    def __init__(
        self,
        argument: Argument,
        hint: Any,
        decode: Callable[[bytes], Any],
        plain: Callable[[bytes], Any],
        make: Callable[[Any], Any] | None,
    ) -> None:
        self._hint = hint
        self._default = argument.default
        self._plain = plain
        check, complete = check_for(hint), completer(hint)
        decode = decode if check is None else _checked(decode, check)
        decode = decode if complete is None else _completed(decode, complete)
        self.quick = decode if make is None else _made(decode, make)
        # JSON has no number that is infinite or none; msgpack has.
        self._has_infinite = plain is _unpack

    @cached_property
    def _find(self) -> FaultFinder:
        return FaultFinder(self._hint)

    def read(self, body: bytes) -> Any:
        """Decode a body.

        Raises:
            Invalid: What is in it does not fit.
            BadRequest: It is not what it says.
        """
        try:
            value = self.quick(body)
            if self._has_infinite and any(mark in body for mark in _FLOATS):
                self._refuse_infinite(body)
            return value
        except Invalid:
            raise
        except UNFIT as error:
            if body:
                return self._read_again(body, error)
        if self._default is UNSET:
            raise invalid("body", "$", REQUIRED, "missing")
        return self._default

    def _refuse_infinite(self, body: bytes) -> None:
        data = self._plain(body)
        if _has_infinite(data):
            faults = self._find(data) or [Fault((), INFINITE, "value")]
            raise of_faults("body", "$", faults)

    def _read_again(self, body: bytes, error: Exception) -> Any:
        """Decode a body that did not fit, where only its numbers were spelt oddly.

        Raises:
            Invalid: What is in it does not fit.
            BadRequest: It is not what it says.
        """
        try:
            data = self._plain(body)
        except RecursionError:
            raise BadRequest("The body is nested too deep.") from error
        except UNFIT as malformed:
            raise BadRequest(f"The body is malformed: {malformed}") from error
        spelt = body if self._has_infinite else whole_numbers(body)
        if spelt != body:
            try:
                return self.quick(spelt)
            except UNFIT as again:
                error, data = again, self._plain(spelt)
        raise self._refusal(data, error) from error

    def _refusal(self, data: Any, error: Exception) -> HTTPError:
        faults = [] if is_of_model(error) else self._find(data)
        return of_faults("body", "$", faults or faults_of(error))


def _has_infinite(data: Any) -> bool:
    """Tell whether there is a number in plain data that JSON could not carry."""
    parts = [data]
    while parts:
        part = parts.pop()
        if isinstance(part, float) and not math.isfinite(part):
            return True
        if isinstance(part, dict):
            parts.extend(part.values())  # pyright: ignore[reportUnknownArgumentType] - of Any
        elif isinstance(part, list):
            parts.extend(part)  # pyright: ignore[reportUnknownArgumentType] - of Any
    return False


def _made(
    decode: Callable[[bytes], Any], make: Callable[[Any], Any]
) -> Callable[[bytes], Any]:
    return lambda body: make(decode(body))


def _completed(
    decode: Callable[[bytes], Any], complete: Callable[[Any], None]
) -> Callable[[bytes], Any]:
    def decode_and_complete(body: bytes) -> Any:
        value = decode(body)
        complete(value)
        return value

    return decode_and_complete


def _checked(
    decode: Callable[[bytes], Any], check: Callable[[Any], bool]
) -> Callable[[bytes], Any]:
    def decode_and_check(body: bytes) -> Any:
        value = decode(body)
        if not check(value):
            raise ValueError
        return value

    return decode_and_check

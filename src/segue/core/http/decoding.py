"""Decoding: the bytes of a body -> text or data, with its faults as HTTP outcomes."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from segue.core.errors import (
    BadRequest,
    UnprocessableContent,
    UnsupportedMediaType,
)

__all__ = ["decode_data", "decode_text"]

# Browsers send UTF-8. Some of Python's codecs (zip, punycode, utf-7) are an attack
# when a stranger may choose them, so the others that are read are named.
_CHARSETS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
    "latin1": "latin-1",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
}


def decode_data(
    decode: Callable[..., Any],
    body: bytes,
    type: Any,  # noqa: A002 - as msgspec calls it
) -> Any:
    """Decode data that a visitor sent, and say in HTTP's words what is wrong with it.

    Args:
        decode: `msgspec.json.decode` or `msgspec.msgpack.decode`.
        body: The bytes.
        type: What they are to be.

    Raises:
        UnprocessableContent: They do not fit the type.
        BadRequest: They are malformed, or nested beyond all reason.
    """
    try:
        return decode(body, type=type)
    except msgspec.ValidationError as error:
        message, _, path = str(error).rpartition(" - at `")
        name = path.rstrip("`") if message else "$"
        raise UnprocessableContent(
            "The request has a value that does not fit.",
            extra={
                "errors": [{"in": "body", "name": name, "message": message or path}]
            },
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The body is malformed: {error}.") from error
    except RecursionError as error:
        raise BadRequest("The body is nested too deep.") from error


def decode_text(content: bytes, charset: str | None, part: str) -> str:
    """Decode what a visitor sent as text.

    Args:
        content: The bytes.
        charset: What they are said to be; None is UTF-8.
        part: What it is, for the message to the visitor.

    Raises:
        UnsupportedMediaType: The charset is none that is read here.
        BadRequest: The bytes are none of that charset.
    """
    codec = _CHARSETS.get((charset or "utf-8").lower())
    if codec is None:
        raise UnsupportedMediaType(f"Text in {charset!r} is not read here.")
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        raise BadRequest(f"The {part} is no text in {codec}.") from None

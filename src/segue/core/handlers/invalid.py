"""Input that does not fit: which value, where, and why.

The answer is 422 with a problem document whose member `errors` lists every value that
does not fit: `in` (the part of the request), `name` (the field, or the path to it),
`message` and `code`, a stable word for programs.

Source: RFC 9457, section 3.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from segue.core.errors import UnprocessableContent

__all__ = ["REQUIRED", "Invalid", "invalid", "missing", "several_invalid", "told"]

REQUIRED: Final = "Required, but not given."
_LACKS = re.compile(r"Object missing required field `([^`]+)`")


class Invalid(UnprocessableContent):
    """422: what a client sent does not fit what the handler asks for."""


def invalid(place: str, name: str, message: str, code: str = "type") -> Invalid:
    """Build the error for one value that does not fit.

    Args:
        place: The part of the request: query, body ...
        name: The field, or the path to it inside the body (`$.items[0].sku`).
        message: What is wrong with it.
        code: The kind of mistake, in one word that never changes.
    """
    error = {"in": place, "name": name, "message": message, "code": code}
    return several_invalid([error])


def several_invalid(errors: Iterable[dict[str, Any]]) -> Invalid:
    """Build the error for all values that do not fit."""
    found = list(errors)
    words = "a value that does not fit" if len(found) == 1 else "values that do not fit"
    return Invalid(f"The request has {words}.", extra={"errors": found})


def missing(place: str, name: str) -> Any:
    """Refuse a request that lacks a value.

    Raises:
        Invalid: Always.
    """
    raise invalid(place, name, REQUIRED, "missing")


def told(error: Exception) -> tuple[str, str]:
    """Take msgspec's sentence apart into what is wrong and where."""
    text = str(error)
    message, found, path = text.rpartition(" - at `")
    if not found:
        message, path = text, "$"
    path = path.rstrip("`")
    lacks = _LACKS.fullmatch(message)
    if lacks is None:
        return message, path
    return REQUIRED, f"{path}.{lacks[1]}"

"""Input that does not fit: which value, where, and why.

The answer is 422 with a problem document whose member `errors` lists every value that
does not fit: `in` (the part of the request), `name` (the field, or the path to it),
`message`, `code`, a stable word for programs, and the `limit` that it breaks. Code and
limit are enough to say the same in another language.

Source: RFC 9457, section 3.
"""

from collections.abc import Iterable
from typing import Any, Final

from segue.core.errors import UnprocessableContent
from segue.core.schema.faults import REQUIRED, Fault, Path, limit_of

__all__ = ["Invalid", "invalid", "missing", "of_faults", "several_invalid"]


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


def of_faults(place: str, root: str, faults: Iterable[Fault]) -> Invalid:
    """Build the error for what a `FaultFinder` found.

    Args:
        place: The part of the request.
        root: What the value as a whole is called: `$` for a body, the name of a field.
        faults: What is wrong with it or in it.
    """
    return several_invalid(_told(place, root, fault) for fault in faults)


def _told(place: str, root: str, fault: Fault) -> dict[str, Any]:
    name = _named(root, fault.path)
    told = {"in": place, "name": name, "message": fault.message, "code": fault.code}
    limit = limit_of(fault.message) if fault.code in _LIMITED else None
    return told if limit is None else {**told, "limit": limit}


_LIMITED: Final = ("too_small", "too_large", "too_short", "too_long", "not_multiple")
"""The mistakes that have a limit."""


def _named(root: str, path: Path) -> str:
    """Write the way to a value.

    Example:
        >>> _named("$", ("items", 0, "sku")), _named("", ("page",))
        ('$.items[0].sku', 'page')
    """
    name = root
    for step in path:
        if isinstance(step, int):
            name += f"[{step}]"
        else:
            name += f".{step}" if name else step
    return name

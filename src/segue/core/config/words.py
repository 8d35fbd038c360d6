"""What a hint expects, in words for people."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePath
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

from segue.core.config.fields import bare, is_record, union_members
from segue.core.config.secret import Secret

__all__ = ["expected"]

_MOST_OPTIONS = 12

_WORDS: dict[Any, str] = {
    Any: "anything",
    str: "text",
    bytes: "text or 'base64:...'",
    int: "a whole number",
    float: "a number",
    Decimal: "a decimal number",
    bool: "yes or no (true, on, 1; false, off, 0)",
    Path: "a path",
    PurePath: "a path",
    UUID: "a UUID",
    datetime: "a date and time such as 2026-03-01T12:00:00Z",
    date: "a date such as 2026-03-01",
    time: "a time such as 12:00:00",
    timedelta: "a duration such as '5 minutes' or 300 (seconds)",
    type(None): "nothing",
    list: "a list such as a, b or a JSON array",
    tuple: "a list such as a, b or a JSON array",
    set: "a list such as a, b or a JSON array",
    frozenset: "a list such as a, b or a JSON array",
    dict: "a table such as a=1, b=2 or a JSON object",
}


def expected(hint: Any) -> str:
    """Say what a hint expects, to stand after "must be".

    Example:
        >>> expected(int | None)
        'a whole number or nothing'
    """
    hint, _ = bare(hint)
    if members := union_members(hint):
        return " or ".join(expected(member) for member in members)
    origin = get_origin(hint) or hint
    if origin is Secret:
        return expected((get_args(hint) or (str,))[0])
    if origin is Literal:
        return _one_of(get_args(hint))
    if origin in _WORDS:
        return _WORDS[origin]
    if is_record(hint):
        return f"a table for {hint.__name__}"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _one_of(member.value for member in hint)
    return f"a value of type {_name(hint)}"


def _name(hint: Any) -> str:
    return str(getattr(hint, "__qualname__", hint))


def _one_of(options: Iterable[Any]) -> str:
    texts = [repr(option) for option in options]
    more = " ..." if len(texts) > _MOST_OPTIONS else ""
    return f"one of {', '.join(texts[:_MOST_OPTIONS])}{more}"

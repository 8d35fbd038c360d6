"""What goes into a log line: no control characters, no secrets, no end of text.

Whoever can put a line break into a log can write lines of their own; whoever can
put an escape sequence there can rewrite the terminal of the one who reads it.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any
from urllib.parse import unquote_plus

from segue.core.config.kinds import is_items, is_table
from segue.core.config.masking import MASK, looks_secret, mask_urls
from segue.core.config.secret import Secret

__all__ = ["Cleaner", "escape", "mask_queries"]

# C0 and C1 controls, DEL, the Unicode line ends, the marks that turn the
# direction of reading, and lone surrogates, which no stream can write.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff]"
)
_QUERY_PAIR = re.compile(r"([?&])([^=&?\s]+)=([^&\s]+)")
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_LONGEST = 16_384
_DEEPEST = 4
_WIDEST = 50
_SHORTEST_SECRET = 6


def escape(text: str) -> str:
    r"""Escape every character that could forge a line or steer a terminal.

    Example:
        >>> escape("a\nINFO forged\x1b[2J")
        'a\\nINFO forged\\x1b[2J'
    """
    return _UNSAFE.sub(_escaped, text)


def mask_queries(text: str) -> str:
    """Mask the values of queries in a text whose names are those of secrets.

    Example:
        >>> mask_queries("GET /reset?token=abc&page=2 200")
        'GET /reset?token=***&page=2 200'
    """
    return _QUERY_PAIR.sub(_mask_pair, text) if "?" in text else text


class Cleaner:
    """Makes values fit for a log.

    Args:
        secrets: Values that are masked wherever they turn up, the middle of an
            exception's message for example. Short ones are left out: they would
            turn up in every word.
    """

    def __init__(self, secrets: Iterable[Secret[Any]] = ()) -> None:
        values = {str(_as_text(secret.reveal())) for secret in secrets}
        known = [value for value in values if len(value) >= _SHORTEST_SECRET]
        # The longest first, so that no part of one is left standing.
        known.sort(key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        """Mask and shorten a text; its line ends stay."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        if len(text) > _LONGEST:
            text = f"{text[:_LONGEST]} ... {len(text) - _LONGEST} more"
        return mask_queries(mask_urls(text))

    def value(self, name: str, value: Any, depth: int = 0) -> Any:
        """Build plain data from a field's value, secrets masked by name and value."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if is_table(value) or is_items(value):
            return self._inner(name, value, depth)
        if looks_secret(name):
            return MASK
        return escape(self.text(_words(value)))

    def _inner(self, name: str, value: Any, depth: int) -> Any:
        """Go into a container, not deeper nor wider than a line can bear."""
        if depth == _DEEPEST:
            return "..."
        if is_table(value):
            return {
                escape(self.text(_words(key))): self.value(
                    _words(key), inner, depth + 1
                )
                for key, inner in islice(value.items(), _WIDEST)
            }
        return [self.value(name, m, depth + 1) for m in islice(value, _WIDEST)]


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"  # noqa: PLR2004 - Latin-1


def _mask_pair(match: re.Match[str]) -> str:
    secret = looks_secret(unquote_plus(match[2]))
    return f"{match[1]}{match[2]}={MASK}" if secret else match[0]


def _as_text(value: object) -> object:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _words(value: object) -> str:
    """Build the text of a value; logging must not fail because an object does."""
    try:
        return str(value)
    except Exception:  # __str__ is a user's code and may raise anything
        return f"<{type(value).__qualname__} without text>"

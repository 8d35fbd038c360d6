"""Conditional and partial requests: what a client already has.

The order of the conditions is the one of RFC 9110, section 13.2.2, because a
client may send several: `If-Match`, else `If-Unmodified-Since`; then
`If-None-Match`, else `If-Modified-Since`; `If-Range` last, and only for `Range`.
"""

import re
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final, Literal, Protocol

import msgspec

from segue.core.errors import RangeNotSatisfiable
from segue.core.http.dates import (
    EPOCH,
    format_http_date,
    http_time,
    parse_http_date,
)
from segue.core.http.headers import Headers, HTTPValueError
from segue.core.http.limits import Limits

__all__ = [
    "MAX_ETAGS",
    "ConditionalRequest",
    "ETag",
    "evaluate",
    "format_http_date",
    "if_range_holds",
    "parse_etags",
    "parse_http_date",
    "parse_ranges",
]

MAX_ETAGS: Final = 1000
"""How many tags of one header are read."""

_OPAQUE: Final = partial(re.fullmatch, r"[\x21\x23-\x7e\x80-\xff]*+")
_TAG: Final = re.compile(
    r'[ \t,]*+(W/)?"([\x21\x23-\x7e\x80-\xff]*+)"[ \t]*+(?=,|\Z)'
).match
_ONE_TAG: Final = partial(re.fullmatch, r'(W/)?"([\x21\x23-\x7e\x80-\xff]*+)"')
_RANGE: Final = partial(re.fullmatch, r"[ \t]*+([0-9]*+)-([0-9]*+)[ \t]*+")
_HUGE: Final = 18


class ConditionalRequest(Protocol):
    """What is read of a request here."""

    @property
    def method(self) -> str:
        """The method, in capitals."""
        ...  # protocol

    @property
    def headers(self) -> Headers:
        """The header fields."""
        ...  # protocol

    @property
    def limits(self) -> Limits:
        """What it may cost."""
        ...  # protocol


class ETag(msgspec.Struct, frozen=True):
    """The name of one state of a resource.

    A strong one changes with every byte; a weak one may stay the same while the
    meaning does.

    Raises:
        HTTPValueError: The value has quotes, spaces or control characters in it.

    Example:
        >>> str(ETag("v3")), str(ETag("v3", weak=True))
        ('"v3"', 'W/"v3"')
    """

    value: str
    weak: bool = False

    def __post_init__(self) -> None:
        if not _OPAQUE(self.value):
            raise HTTPValueError(
                "SG-HTTP-009",
                f"{self.value!r} cannot be an ETag.",
                why="An ETag stands between quotes, so it holds neither quotes nor "
                "spaces; a client would send back something else.",
                fix="Give a version number or a hash, without quotes.",
            )

    @classmethod
    def parse(cls, text: str) -> "ETag | None":
        """Parse one tag as a header writes it; None when it is none."""
        found = _ONE_TAG(text)
        return None if found is None else cls(found[2], weak=found[1] is not None)

    def __str__(self) -> str:
        return f'W/"{self.value}"' if self.weak else f'"{self.value}"'

    def same_bytes(self, other: "ETag") -> bool:
        """Compare strongly: neither is weak, and both are equal."""
        return not self.weak and not other.weak and self.value == other.value

    def same_meaning(self, other: "ETag") -> bool:
        """Compare weakly: the values are equal."""
        return self.value == other.value


def parse_etags(header: str) -> tuple[ETag, ...]:
    """Parse a list of tags; none at all when it is malformed.

    Example:
        >>> [str(tag) for tag in parse_etags('"a", W/"b"')]
        ['"a"', 'W/"b"']
    """
    tags: list[ETag] = []
    position = 0
    while position < len(header) and len(tags) < MAX_ETAGS:
        found = _TAG(header, position)
        if found is None:
            return tuple(tags) if not header[position:].strip(" \t,") else ()
        tags.append(ETag(found[2], weak=found[1] is not None))
        position = found.end()
    return tuple(tags)


def evaluate(
    method: str,
    headers: Headers,
    etag: ETag | None = None,
    last_modified: datetime | float | None = None,
    *,
    exists: bool = True,
) -> Literal[304, 412] | None:
    """Decide whether a request's conditions let it go on.

    Args:
        method: The method of the request.
        headers: Its headers.
        etag: The tag of the resource's present state.
        last_modified: When that state began.
        exists: Whether there is a present state at all; False before a first PUT.

    Returns:
        None to go on, 304 when the client has this state, 412 when a condition of
        its does not hold.

    Source: RFC 9110, section 13.2.2.

    Example:
        >>> evaluate("GET", Headers([("if-none-match", '"v3"')]), ETag("v3"))
        304
    """
    changed = None if last_modified is None else http_time(last_modified)
    if not _may_go_on(headers, etag, changed, exists=exists):
        return 412
    none_match = headers.joined("if-none-match")
    if none_match is not None:
        if not _names(none_match, etag, exists=exists, strong=False):
            return None
        return 304 if method in {"GET", "HEAD"} else 412
    if changed is not None and method in {"GET", "HEAD"}:
        since = parse_http_date(headers.get("if-modified-since") or "")
        if since is not None and changed <= since:
            return 304
    return None


def if_range_holds(
    header: str | None,
    etag: ETag | None,
    last_modified: datetime | float | None,
    *,
    now: float | None = None,
) -> bool:
    """Tell whether an `If-Range` lets the `Range` beside it count.

    Only what proves that every byte is the same does: an equal strong tag, or the
    very same date when it is at least a second old.

    Args:
        header: The value of `If-Range`; without one the range counts.
        etag: The tag of the present state.
        last_modified: When that state began.
        now: Seconds since 1970, by default by the clock.

    Source: RFC 9110, sections 13.1.5 and 8.8.2.2.
    """
    if header is None:
        return True
    if '"' in header:
        tag = ETag.parse(header.strip(" \t"))
        return tag is not None and etag is not None and tag.same_bytes(etag)
    date = parse_http_date(header.strip(" \t"))
    if date is None or last_modified is None:
        return False
    changed = http_time(last_modified)
    moment = time.time() if now is None else now
    return date == changed and moment - (changed - EPOCH).total_seconds() >= 1


def parse_ranges(header: str, size: int, limit: int = 100) -> list[tuple[int, int]]:
    """Parse a `Range` header into the bytes that it asks for.

    Ranges that overlap or touch are merged, so no byte is sent twice.

    Args:
        header: The value of `Range`.
        size: How many bytes there are.
        limit: How many ranges are answered at most.

    Returns:
        First byte and the one after the last, per range. An empty list: ignore the
        header and send everything. That is so for another unit than bytes, for a
        malformed header, and for an empty file, of which no range can be told.

    Raises:
        RangeNotSatisfiable: Nothing that it asks for is there, or it asks for more
            than `limit` ranges.

    Source: RFC 9110, sections 14.1.2 and 14.2.

    Example:
        >>> parse_ranges("bytes=0-99, -50", 1000)
        [(0, 100), (950, 1000)]
    """
    unit, equals, text = header.partition("=")
    if not equals or unit.strip(" \t").lower() != "bytes" or not size:
        return []
    if text.count(",") >= limit:
        raise _unsatisfiable(f"More than {limit} ranges are asked for.", size)
    asked = [_read_range(part, size) for part in text.split(",") if part.strip(" \t")]
    if not asked or None in asked:
        return []
    found = [part for part in asked if part is not None and part[0] < part[1]]
    if not found:
        raise _unsatisfiable("The bytes asked for lie outside.", size)
    return _merged(found)


def _may_go_on(
    headers: Headers, etag: ETag | None, changed: datetime | None, *, exists: bool
) -> bool:
    match = headers.joined("if-match")
    if match is not None:
        return _names(match, etag, exists=exists, strong=True)
    if changed is None:
        return True
    since = parse_http_date(headers.get("if-unmodified-since") or "")
    return since is None or changed <= since


def _names(header: str, etag: ETag | None, *, exists: bool, strong: bool) -> bool:
    if header.strip(" \t") == "*":
        return exists
    if etag is None or not exists:
        return False
    compare = etag.same_bytes if strong else etag.same_meaning
    return any(compare(tag) for tag in parse_etags(header))


def _read_range(text: str, size: int) -> tuple[int, int] | None:
    """Read one range; None when it is malformed, an empty one when out of reach."""
    found = _RANGE(text)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - _number(found[2], size)), size
    start = _number(found[1], size)
    if not found[2]:
        return start, size
    if _before(found[2], found[1]):
        return None
    return start, min(_number(found[2], size) + 1, size)


def _number(digits: str, size: int) -> int:
    # Python refuses to read thousands of digits, and nothing is that long.
    digits = digits.lstrip("0")
    return size if len(digits) > _HUGE else int(digits or "0")


def _before(digits: str, others: str) -> bool:
    left, right = digits.lstrip("0"), others.lstrip("0")
    return (len(left), left) < (len(right), right)


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    in_order = sorted(ranges)
    merged = [in_order[0]]
    for start, stop in in_order[1:]:
        if start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    # Ranges that keep apart are sent in the order asked for: the important first.
    return list(ranges) if len(merged) == len(ranges) else merged


def _unsatisfiable(detail: str, size: int) -> RangeNotSatisfiable:
    return RangeNotSatisfiable(detail, headers={"content-range": f"bytes */{size}"})

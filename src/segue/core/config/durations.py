"""Durations in words: `90`, `5 minutes`, `1h 30m`."""

import re
from datetime import timedelta

__all__ = ["parse_duration"]

_SECONDS = {
    "ms": 0.001,
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
    "w": 604800,
    "week": 604800,
}
# Digits are bounded so that no text can make a number that takes long to read.
_PART = re.compile(r"\s*([0-9]{1,12}(?:\.[0-9]{1,9})?)\s*([a-z]+)\s*(?:,\s*)?")


def parse_duration(text: str) -> timedelta:
    """Parse numbers with units into a duration.

    Units are ms, s, min, h, d and w, their English words in the singular or
    plural, and `m` for minutes.

    Raises:
        ValueError: The text is no such duration.

    Example:
        >>> str(parse_duration("1h 30 minutes"))
        '1:30:00'
    """
    lowered = text.lower()
    seconds, position = 0.0, 0
    while part := _PART.match(lowered, position):
        unit = part[2] if part[2] in _SECONDS else part[2].removesuffix("s")
        if unit not in _SECONDS:
            raise ValueError(f"{part[2]!r} is no unit of time")
        seconds += float(part[1]) * _SECONDS[unit]
        position = part.end()
    if position == 0 or position != len(lowered):
        raise ValueError(f"{text!r} is no duration")
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError(f"{text!r} is too long a duration") from None

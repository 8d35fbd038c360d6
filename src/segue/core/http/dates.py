"""The dates of HTTP, read in all three spellings and written in one."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from segue.core.http.headers import HTTPValueError

__all__ = ["EPOCH", "format_http_date", "http_time", "parse_http_date"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The beginning of time for files and cookies."""

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTH_LINE = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS: Final = {name: number for number, name in enumerate(_MONTH_LINE.split(), 1)}
_MONTH_NAMES: Final = ("", *_MONTHS)
# Compiled by `re` when first used.
_CLOCK = r"(?P<clock>\d\d:\d\d:\d\d)"
_SPELLINGS: Final = (
    partial(
        re.fullmatch,
        rf"[A-Z][a-z]{{2}}, (?P<day>\d\d) (?P<month>[A-Z][a-z]{{2}}) "
        rf"(?P<year>\d{{4}}) {_CLOCK} GMT",
        flags=re.ASCII,
    ),
    partial(
        re.fullmatch,
        rf"[A-Z][a-z]{{5,8}}, (?P<day>\d\d)-(?P<month>[A-Z][a-z]{{2}})-"
        rf"(?P<year>\d\d) {_CLOCK} GMT",
        flags=re.ASCII,
    ),
    partial(
        re.fullmatch,
        rf"[A-Z][a-z]{{2}} (?P<month>[A-Z][a-z]{{2}}) (?P<day>[ \d]\d) "
        rf"{_CLOCK} (?P<year>\d{{4}})",
        flags=re.ASCII,
    ),
)


def format_http_date(moment: datetime | float) -> str:
    """Build the date as HTTP writes it.

    Args:
        moment: A datetime with a time zone, or seconds since 1970 in UTC.

    Raises:
        HTTPValueError: The datetime has no time zone.

    Source: RFC 9110, section 5.6.7.

    Example:
        >>> format_http_date(784111777)
        'Sun, 06 Nov 1994 08:49:37 GMT'
    """
    utc = http_time(moment)
    # `strftime` would write the names in the language of the process.
    return (
        f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTH_NAMES[utc.month]} {utc.year:04} "
        f"{utc.hour:02}:{utc.minute:02}:{utc.second:02} GMT"
    )


def http_time(moment: datetime | float) -> datetime:
    """Build the moment as HTTP can tell it: in UTC, in whole seconds.

    Raises:
        HTTPValueError: The datetime has no time zone.
    """
    if not isinstance(moment, datetime):
        return EPOCH + timedelta(seconds=moment // 1)
    if moment.tzinfo is None:
        raise HTTPValueError(
            "SG-HTTP-004",
            f"{moment!r} has no time zone.",
            why="HTTP tells dates in UTC; an hour off makes caches serve old pages.",
            fix="Write datetime.now(tz=UTC), or add .replace(tzinfo=UTC).",
        )
    return moment.astimezone(UTC).replace(microsecond=0)


def parse_http_date(text: str) -> datetime | None:
    """Parse a date in any of HTTP's three spellings; None when it is none.

    Example:
        >>> parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT").year
        1994
    """
    for spelling in _SPELLINGS:
        found = spelling(text)
        if found is not None:
            month = _MONTHS.get(found["month"], 0)
            return _moment(found["year"], month, found["day"], found["clock"])
    return None


def _moment(year: str, month: int, day: str, clock: str) -> datetime | None:
    hour, minute, second = map(int, clock.split(":"))
    try:
        return datetime(
            _full_year(year),
            month,
            int(day),
            hour,
            minute,
            min(second, 59),  # a leap second
            tzinfo=UTC,
        )
    except ValueError:
        return None


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:  # noqa: PLR2004 - written in full
        return year
    # Two digits that seem to lie more than 50 years ahead are of the last century.
    now = datetime.now(tz=UTC).year
    full = now - now % 100 + year
    return full - 100 if full > now + 50 else full

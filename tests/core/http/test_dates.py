"""The dates of HTTP."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from segue.core.http.dates import (
    EPOCH,
    format_http_date,
    http_time,
    parse_http_date,
)
from segue.core.http.headers import HTTPValueError

MOMENT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ],
)
def test_all_three_spellings_are_read(text):
    assert parse_http_date(text) == MOMENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "1994-11-06",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT" * 10_000,
        "S" * 1_000_000,
    ],
)
def test_anything_else_is_no_date(text):
    assert parse_http_date(text) is None


def test_a_leap_second_is_read_as_the_one_before_it():
    assert parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT").second == 59


def test_two_digits_of_a_year_lie_at_most_fifty_years_ahead():
    now = datetime.now(tz=UTC).year

    near = parse_http_date(f"Sunday, 06-Nov-{(now + 50) % 100:02} 08:49:37 GMT")
    far = parse_http_date(f"Sunday, 06-Nov-{(now + 51) % 100:02} 08:49:37 GMT")

    assert {near.year - now, far.year - now} <= {50, -50, -49}
    assert far.year < now


def test_a_moment_is_told_in_utc_and_whole_seconds():
    east = timezone(timedelta(hours=2))
    moment = datetime(1994, 11, 6, 10, 49, 37, 999_999, tzinfo=east)

    assert format_http_date(moment) == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert http_time(MOMENT.timestamp() + 0.9) == MOMENT
    assert format_http_date(EPOCH) == "Thu, 01 Jan 1970 00:00:00 GMT"


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(HTTPValueError, match="SG-HTTP-004"):
        format_http_date(datetime(1994, 11, 6))  # noqa: DTZ001 - the mistake itself


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_can_be_read(moment):
    assert parse_http_date(format_http_date(moment)) == moment.replace(microsecond=0)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    found = parse_http_date(text)

    assert found is None or found.tzinfo is UTC

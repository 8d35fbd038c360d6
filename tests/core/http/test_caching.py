"""`Cache-Control`."""

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from segue.core.http.caching import CacheControl
from segue.core.http.headers import HTTPValueError


def test_every_directive_is_written():
    control = CacheControl(
        public=True,
        max_age=60,
        s_maxage=timedelta(minutes=2),
        no_cache=True,
        no_transform=True,
        must_revalidate=True,
        proxy_revalidate=True,
        must_understand=True,
        immutable=True,
        stale_while_revalidate=30,
        stale_if_error=0,
    )

    assert control.header() == (
        "public, no-cache, no-transform, max-age=60, s-maxage=120, "
        "stale-while-revalidate=30, stale-if-error=0, must-revalidate, "
        "proxy-revalidate, must-understand, immutable"
    )
    assert CacheControl.parse(control.header()).header() == control.header()


def test_nothing_said_is_nothing_sent():
    assert CacheControl().header() == ""


def test_not_to_be_stored_may_be_said_with_age_zero():
    assert CacheControl(no_store=True, max_age=0).header() == "no-store, max-age=0"
    assert CacheControl(private=True, max_age=9).header() == "private, max-age=9"


@pytest.mark.parametrize(
    "options",
    [
        {"public": True, "private": True},
        {"private": True, "s_maxage": 60},
        {"no_store": True, "max_age": 60},
        {"no_store": True, "stale_if_error": 60},
        {"max_age": -1},
        {"s_maxage": timedelta(seconds=-1)},
    ],
)
def test_a_contradiction_is_refused(options):
    with pytest.raises(HTTPValueError, match="SG-HTTP-008"):
        CacheControl(**options)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("", ""),
        ("No-Store", "no-store"),
        ('max-age="60"', "max-age=60"),
        ("max-age=1.5, max-age=x, max-age", ""),
        ("max-age=-1", ""),
        ("max-age=٣", ""),
        ("max-age=99999999999999999999", "max-age=2147483647"),
        ("x-new=1, private=cookie, max-age=5", "private, max-age=5"),
        ("public, private, s-maxage=5", "private"),
        ("no-store, max-age=60", "no-store"),
        ('a="no-store, b", immutable', "immutable"),
    ],
)
def test_a_header_is_read_leniently_and_strictly_followed(text, header):
    assert CacheControl.parse(text).header() == header


@pytest.mark.parametrize("piece", [",", " ", '"', 'a="', "a=,", "=", "a", '\\"'])
def test_a_megabyte_of_nonsense_ends_soon(piece):
    text = piece * (1_000_000 // len(piece))

    assert CacheControl.parse(text) == CacheControl()


def test_only_the_first_directives_are_read():
    assert CacheControl.parse("a," * 50 + "no-store") == CacheControl()


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    control = CacheControl.parse(text)

    assert CacheControl.parse(control.header()) == control

"""What looks like a secret is not shown."""

import msgspec
import pytest
from hypothesis import given, strategies as st

from segue.core.config.masking import looks_secret, mask, mask_urls, shown
from segue.core.config.secret import Secret


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "DB_PASSWORD",
        "dbpassword",
        "client-secret",
        "X-Api-Key",
        "api_key",
        "apikey",
        "Authorization",
        "Set-Cookie",
        "access_token",
        "mail.passwd",
        "private_key",
        "tokens",
    ],
)
def test_names_that_people_give_to_secrets_are_known(name):
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["", "page_size", "keyboard", "monkey", "passage"])
def test_other_names_are_left_alone(name):
    assert not looks_secret(name)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://u:pw@h/d", "postgresql://u:***@h/d"),
        ("redis://:pw@h", "redis://:***@h"),
        ("http://u:p@ss@h", "http://u:***@h"),
        ("https://h:8000/x@y", "https://h:8000/x@y"),
        ("https://u@h/", "https://u@h/"),
        ("a:b@c", "a:b@c"),
        ("x://u:p@h y://v:q@i", "x://u:***@h y://v:***@i"),
    ],
)
def test_passwords_in_urls_are_masked(text, masked):
    assert mask_urls(text) == masked


@given(st.text())
def test_masking_twice_changes_nothing_more(text):
    assert mask_urls(mask_urls(text)) == mask_urls(text)


def test_masking_goes_into_containers():
    value = {"password": "x", "urls": ["a://u:p@h"], "pair": ("b", 2), "raw": b"r"}

    assert mask("db", value) == {
        "password": "***",
        "urls": ["a://u:***@h"],
        "pair": ("b", 2),
        "raw": b"r",
    }


def test_masking_goes_into_structs():
    class Server(msgspec.Struct):
        host: str
        password: str

    assert shown("servers", [Server("a", "b")]) == (
        "[{'host': 'a', 'password': '***'}]"
    )


def test_numbers_stay_under_any_name():
    assert mask("token_minutes", 5) == 5
    assert mask("token", b"x") == "***"


def test_what_is_shown_is_short():
    assert shown("a", "x" * 200) == "'" + "x" * 76 + "..."
    assert shown("a", Secret("x")) == "Secret('***')"

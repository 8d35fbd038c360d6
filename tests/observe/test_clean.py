"""Clean text: nothing that forges a line, nothing that gives a secret away."""

import re

import pytest
from hypothesis import given, strategies as st

from segue.core.config.secret import Secret
from segue.observe.clean import Cleaner, escape, mask_queries


class Silent:
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.feature("M-210")
@given(st.text())
def test_escaped_text_has_no_character_that_forges_or_steers(text):
    clean = escape(text)

    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", clean
    )
    assert clean.encode() or not text


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_stays_as_it_is(text):
    assert escape(text) == text


def test_escapes_are_the_shortest_that_people_know():
    assert escape("a\r\n\tb\x1b[2J\u2028\ud800") == r"a\r\n\tb\x1b[2J\u2028\ud800"


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/", "/"),
        ("/a?", "/a?"),
        ("/a?page=2&q=x", "/a?page=2&q=x"),
        ("/a?token=abc&page=2", "/a?token=***&page=2"),
        ("/a?%74oken=abc", "/a?%74oken=***"),
        ("/a?api-key=abc&api_key", "/a?api-key=***&api_key"),
    ],
)
def test_query_values_under_secret_names_are_masked(target, shown):
    assert mask_queries(target) == shown


@pytest.mark.feature("M-210")
def test_queries_are_masked_inside_any_text():
    text = "GET /a?token=abc 200 then http://h/?b=1&secret=x."

    assert Cleaner().text(text) == "GET /a?token=*** 200 then http://h/?b=1&secret=***"


def test_a_hostile_query_takes_linear_time():
    assert mask_queries("?" + "&token" * 200_000) == "?" + "&token" * 200_000


def test_known_secrets_are_masked_wherever_they_turn_up():
    cleaner = Cleaner([Secret("rosebud"), Secret("rosebud-long"), Secret(b"\xffbytes")])

    assert cleaner.text("a rosebud-long b rosebud") == "a *** b ***"
    assert cleaner.text("x \xffbytes") == "x ***"


def test_short_secrets_do_not_blot_out_every_word():
    assert Cleaner([Secret("a")]).text("banana") == "banana"


def test_passwords_of_urls_are_masked():
    assert Cleaner().text("at redis://:pw@host/0") == "at redis://:***@host/0"


def test_a_long_text_is_cut_and_says_by_how_much():
    assert Cleaner().text("x" * 20_000).endswith("x ... 3616 more")


def test_values_become_plain_data():
    cleaner = Cleaner()

    assert cleaner.value("a", {"b": (1, 2.5, None, True), 3: {"x"}}) == {
        "b": [1, 2.5, None, True],
        "3": ["x"],
    }
    assert cleaner.value("a", "x\ny") == "x\\ny"
    assert cleaner.value("a", Secret("x")) == "***"


def test_a_key_cannot_forge_a_line_either():
    assert Cleaner().value("", {"a\nb": 1}) == {"a\\nb": 1}


@pytest.mark.feature("M-210")
def test_values_under_secret_names_are_masked_at_every_depth():
    value = {"user": {"password": "x", "tokens": ["a"], "max_tokens": 3}}

    shown = Cleaner().value("", value)

    assert shown == {"user": {"password": "***", "tokens": ["***"], "max_tokens": 3}}


def test_a_container_that_holds_itself_ends():
    loop: list[object] = []
    loop.append(loop)

    assert Cleaner().value("a", loop) == [[[["..."]]]]


def test_a_wide_container_is_cut():
    assert len(Cleaner().value("a", list(range(1000)))) == 50


def test_an_object_without_text_does_not_break_the_line():
    assert Cleaner().value("a", Silent()) == "<Silent without text>"

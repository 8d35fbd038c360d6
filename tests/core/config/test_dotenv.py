"""The grammar of `.env`."""

import pytest
from hypothesis import given, strategies as st

from segue.core.config.dotenv import parse_dotenv


def values(text):
    entries, problems = parse_dotenv(text)
    assert problems == []
    return {name: entry.value for name, entry in entries.items()}


@pytest.mark.feature("M-197")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("\n\n  \n", {}),
        ("# only a comment", {}),
        ("A=1", {"A": "1"}),
        ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
        ("  A = 1  ", {"A": "1"}),
        ("A=", {"A": ""}),
        ("export A=1", {"A": "1"}),
        ("exported=1", {"exported": "1"}),
        ("A=a b", {"A": "a b"}),
        ("A=1 # note", {"A": "1"}),
        ("A=# note", {"A": ""}),
        ("A=a#b", {"A": "a#b"}),
        ("A=b=c", {"A": "b=c"}),
        ("A='a # b'", {"A": "a # b"}),
        ("A='a\\n'", {"A": "a\\n"}),
        ('A="a\\n\\t\\r\\"\\$\\\\"', {"A": 'a\n\t\r"$\\'}),
        ('A="\\x"', {"A": "\\x"}),
        ('A="it\'s"', {"A": "it's"}),
        ("A='a' # note", {"A": "a"}),
        ("A='one\ntwo'\nB=3", {"A": "one\ntwo", "B": "3"}),
        ('A="one\ntwo" # note\nB=3', {"A": "one\ntwo", "B": "3"}),
        ("A=1\nA=2", {"A": "2"}),
        ("A=$HOME", {"A": "$HOME"}),
        ("a.b-c=1", {"a.b-c": "1"}),
    ],
)
def test_lines_are_read_as_shells_and_people_expect(text, found):
    assert values(text) == found


def test_an_entry_knows_its_line():
    entries, _ = parse_dotenv("A='one\ntwo'\n\n# x\nB=2")

    assert (entries["A"].line, entries["B"].line) == (1, 5)


@pytest.mark.feature("M-197")
@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("A=1\nB", "no NAME=value", 2),
        ("1A=1", "no NAME=value", 1),
        ("=1", "no NAME=value", 1),
        ("A='x", "quote of A is never closed", 1),
        ('A="x\\"', "quote of A is never closed", 1),
        ("A='x' y", "After the closing quote of A", 1),
        ("A=a\0b", "NUL", 1),
    ],
)
def test_a_line_that_means_nothing_is_told_with_its_place(text, what, line):
    _, problems = parse_dotenv(text, "conf/.env")

    (problem,) = problems
    assert what in problem.what
    assert problem.where == (f"conf/.env:{line}",)
    assert problem.code == "SG-CONF-004"


def test_every_mistake_is_found_and_the_good_lines_count():
    entries, problems = parse_dotenv("x\nA=1\ny\nB='open\nC=3")

    assert [problem.where[0] for problem in problems] == [".env:1", ".env:3", ".env:4"]
    assert entries["A"].value == "1"
    assert entries["C"].value == "3"


def test_a_mistaken_line_is_never_shown():
    _, problems = parse_dotenv("A=1\nMIIEvQIBADANBg\nx y=kqhkiG9w0")

    assert "MIIE" not in str(problems)
    assert "kqhk" not in str(problems)


@given(st.text())
def test_any_text_is_read_without_failing(text):
    entries, problems = parse_dotenv(text)

    assert len(entries) + len(problems) <= text.count("\n") + 1


@given(st.text(alphabet=st.characters(exclude_characters="\0\r")))
def test_a_quoted_value_is_read_back(value):
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')

    assert values(f'A="{escaped}"') == {"A": value}


@given(st.text(alphabet=st.characters(exclude_characters="\0\r'")))
def test_a_single_quoted_value_stands_as_it_is(value):
    assert values(f"A='{value}'") == {"A": value}


def test_a_hostile_file_takes_linear_time():
    text = 'A="\\\n' * 20_000 + "B='x" * 20_000

    _, problems = parse_dotenv(text)

    assert problems

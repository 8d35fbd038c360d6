"""Google docstrings as the help of commands."""

from hypothesis import given, strategies as st

from segue.core.handlers.docstring import parse_docstring

TEXT = """Raise all prices,
of every book.

Nothing else changes.

Args:
    percent: By how much,
        in percent.
    *titles (str): Which ones:
        all if none.
    bare

Returns:
    percent: not a parameter
"""


def test_the_summary_is_the_first_paragraph_on_one_line():
    assert parse_docstring(TEXT).summary == "Raise all prices, of every book."


def test_the_text_ends_where_the_sections_begin():
    assert parse_docstring(TEXT).text.endswith("\n\nNothing else changes.")


def test_each_parameter_has_its_line():
    assert parse_docstring(TEXT).parameters == {
        "percent": "By how much, in percent.",
        "titles": "Which ones: all if none. bare",
    }


def test_no_docstring_is_no_text():
    words = parse_docstring("")

    assert (words.summary, words.text, words.parameters) == ("", "", {})


def test_a_section_without_parameters_says_nothing():
    assert parse_docstring("Do.\n\nArgs:\n").parameters == {}


def test_words_before_the_first_parameter_belong_to_none():
    assert parse_docstring("Do.\n\nArgs:\n    so it goes\n    x: 1\n").parameters == {
        "x": "1"
    }


@given(st.text())
def test_every_text_is_read(text):
    words = parse_docstring(text)

    assert words.summary in " ".join(text.split())

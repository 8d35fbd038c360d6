"""Quoting: any text survives the way into a URL and back."""

from urllib.parse import unquote

import pytest
from hypothesis import given, strategies as st

from segue.core.routing.quoting import quote_query, quote_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_quoted_text_is_read_back(text):
    assert unquote(quote_text(text)) == text
    assert unquote(quote_query(text)) == text


@given(TEXTS)
def test_quoted_text_cannot_leave_its_part_of_a_url(text):
    quoted = quote_text(text)

    assert quoted.isascii()
    assert not set(quoted) & set('?#"<>\\ \r\n\0')
    assert not set(quote_query(text)) & set("&=+#\r\n\0 ")


def test_a_lone_surrogate_is_refused():
    with pytest.raises(ValueError):
        quote_text("\ud800")

"""Names of TypeScript."""

import json
import re

import pytest
from hypothesis import given, strategies as st

from segue.clients.names import MEANINGFUL, Names, camel, key, literal, pascal

IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@pytest.mark.parametrize(
    ("name", "function", "type_"),
    [
        ("show_order", "showOrder", "ShowOrder"),
        ("orders.show", "ordersShow", "OrdersShow"),
        ("HTTPError", "httpError", "HTTPError"),
        ("getURLOfPage2", "getURLOfPage2", "GetURLOfPage2"),
        ("x-api-key", "xApiKey", "XApiKey"),
        ("2fa", "_2Fa", "_2Fa"),
        ("***", "_", "_"),
        ("__proto__", "proto", "Proto"),
        ("a b; alert(1)", "abAlert1", "ABAlert1"),
        ("delete", "delete", "Delete"),
    ],
)
def test_a_name_becomes_that_of_a_function_and_of_a_type(name, function, type_):
    assert camel(name) == function
    assert pascal(name) == type_


@given(st.text())
def test_any_text_becomes_an_identifier(text):
    assert IDENTIFIER.fullmatch(camel(text))
    assert IDENTIFIER.fullmatch(pascal(text))


@given(st.text())
def test_any_text_becomes_a_member_of_one_line_of_ascii(text):
    written = key(text)

    assert written.isascii()
    assert written.isprintable()
    if written.startswith('"'):
        assert json.loads(written) == text
    else:
        assert IDENTIFIER.fullmatch(written)
        assert written == text


@pytest.mark.parametrize("name", ["__proto__", "a-b", "", "ü", "1a", 'a"b', "a\u2028b"])
def test_what_is_no_identifier_is_quoted(name):
    assert key(name).startswith('"')


def test_a_literal_cannot_be_no_number():
    with pytest.raises(ValueError, match="float"):
        literal(float("nan"))


def test_a_name_is_given_once():
    names = Names(["Error"])

    assert names.give("Order") == "Order"
    assert names.give("Order") == "Order2"
    assert names.give("Order") == "Order3"
    assert names.give("Error") == "Error2"


def test_a_name_is_taken_as_it_is_or_not_at_all():
    names = Names(["body"])

    assert names.take("id") == "id"
    assert names.take("id") is None
    assert names.take("body") is None


@pytest.mark.parametrize("name", ["constructor", "then", "toString", "__proto__"])
def test_members_that_the_language_calls_are_left_to_it(name):
    assert Names(MEANINGFUL).give(name) != name

import contextlib

import msgspec
import pytest
from hypothesis import given, strategies as st

from segue.core.errors import (
    BadRequest,
    UnprocessableContent,
    UnsupportedMediaType,
)
from segue.core.http.decoding import decode_data, decode_text


class Item(msgspec.Struct):
    sku: str
    quantity: int


def json(body, kind=object):
    return decode_data(msgspec.json.decode, body, kind)


def pack(body, kind=object):
    return decode_data(msgspec.msgpack.decode, body, kind)


def test_data_becomes_the_type_that_is_asked_for():
    wanted = [Item("a", 1)]

    assert json(b'[{"sku":"a","quantity":1}]', list[Item]) == wanted
    assert pack(msgspec.msgpack.encode(wanted), list[Item]) == wanted


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nope", b"NaN", b"\xef\xbb\xbf{}", b'"\xff"', b"{}{}", b"\x00"],
)
def test_malformed_json_is_a_bad_request(body):
    with pytest.raises(BadRequest, match="malformed"):
        json(body)


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\xa1\xff", b"\xdd\xff\xff\xff\xff"])
def test_malformed_messagepack_is_a_bad_request(body):
    with pytest.raises(BadRequest, match="malformed"):
        pack(body)


@pytest.mark.parametrize(
    ("decode", "body"), [(json, b"[" * 100_000), (pack, b"\x91" * 100_000)]
)
def test_nesting_beyond_all_reason_is_a_bad_request(decode, body):
    with pytest.raises(BadRequest, match="nested"):
        decode(body)


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        (b'[{"sku":"a"}]', "$[0]", "missing required field `quantity`"),
        (b'[{"sku":"a","quantity":"x"}]', "$[0].quantity", "Expected `int`"),
        (b"{}", "$", "Expected `array`, got `object`"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(body, name, message):
    with pytest.raises(UnprocessableContent) as caught:
        json(body, list[Item])

    (error,) = caught.value.document()["errors"]
    assert (error["in"], error["name"]) == ("body", name)
    assert message in error["message"]
    assert " - at " not in error["message"]


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        (None, "ü€".encode(), "ü€"),
        ("UTF-8", "ü€".encode(), "ü€"),
        ("us-ascii", b"abc", "abc"),
        ("ISO-8859-1", b"\xfc", "ü"),
        ("windows-1252", b"\x80", "€"),
    ],
)
def test_text_is_read_in_the_charset_it_names(charset, content, text):
    assert decode_text(content, charset, "body") == text


@pytest.mark.parametrize(
    "charset",
    ["zip", "bz2", "rot13", "punycode", "idna", "utf-7", "unicode_escape", "x", "\0"],
)
def test_a_charset_that_is_not_read_here_is_unsupported(charset):
    with pytest.raises(UnsupportedMediaType):
        decode_text(b"abc", charset, "body")


@pytest.mark.parametrize(("charset", "content"), [(None, b"\xff"), ("ascii", b"\xc3")])
def test_bytes_of_another_charset_are_a_bad_request(charset, content):
    with pytest.raises(BadRequest, match="The body is no text"):
        decode_text(content, charset, "body")


@given(st.binary())
def test_no_bytes_are_too_strange_for_an_answer(body):
    for decode in (json, pack):
        with contextlib.suppress(BadRequest, UnprocessableContent):
            decode(body)

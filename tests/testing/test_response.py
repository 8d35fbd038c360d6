"""What a test reads from an answer."""

import msgspec
import pytest

from segue.testing import Client


def fetch(speak, told, body, content_type):
    headers = [("content-type", content_type)] if content_type else []
    with Client(speak(lambda seen: told([body], headers=headers))) as client:
        return client.get("/")


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain; charset=latin-1", b"\xe9", "é"),
        ('text/html; charset="UTF-8"; x=y', "é".encode(), "é"),
        ("text/plain; charset=nonsense", "é".encode(), "é"),
        ("text/plain", b"\xff", "\ufffd"),
        ("", b"x", "x"),
    ],
)
def test_text_follows_the_charset(speak, told, content_type, body, text):
    assert fetch(speak, told, body, content_type).text == text


def test_the_media_type_stands_alone(speak, told):
    assert fetch(speak, told, b"", "Text/HTML; charset=utf-8").media_type == "text/html"
    assert fetch(speak, told, b"", "").media_type == ""


def test_json_is_decoded_into_a_type(speak, told):
    class Item(msgspec.Struct):
        sku: str

    item = fetch(speak, told, b'{"sku": "x"}', "application/json").json(Item)

    assert item == Item("x")


def test_repeated_headers_are_all_there(speak, told):
    headers = [("x-a", "1"), ("x-a", "2"), ("set-cookie", "a=1"), ("set-cookie", "b=2")]
    with Client(speak(lambda seen: told(headers=headers))) as client:
        response = client.get("/")

    assert response.headers.get_all("X-A") == ["1", "2"]
    assert response.cookies == {"a": "1", "b": "2"}

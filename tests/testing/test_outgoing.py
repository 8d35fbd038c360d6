"""A test's arguments become one request."""

import io

import pytest
from hypothesis import given, strategies as st

from segue.core.http.urls import parse_query
from segue.testing.forms import encode_fields, encode_multipart
from segue.testing.outgoing import build_headers, build_url


@pytest.mark.parametrize(
    ("base", "url", "whole"),
    [
        ("http://a", "/x", "http://a/x"),
        ("http://a", "x", "http://a/x"),
        ("http://a/base/", "/x?y#z", "http://a/base/x?y"),
        ("http://a", "https://b:1/x?y", "https://b:1/x?y"),
        ("http://a", "//b/x", "http://a//b/x"),
        ("http://a", "/é ", "http://a/%C3%A9%20"),
        ("http://a", "/%zz%41", "http://a/%zz%41"),
        ("http://a", "/x?a=http://b/", "http://a/x?a=http://b/"),
    ],
)
def test_a_url_is_taken_as_it_was_written(base, url, whole):
    assert build_url(base, url).geturl() == whole


def test_params_follow_the_query():
    assert build_url("http://a", "/?x=1", {"y": 2}).query == "x=1&y=2"
    assert build_url("http://a", "/", [("y", 2)]).query == "y=2"
    assert build_url("http://a", "/?x=1", {}).query == "x=1"


def test_later_headers_replace_earlier_ones_of_the_name():
    merged = build_headers(
        {"A": "1", "b": "2"},
        None,
        [("a", "3"), ("a", b"\xff"), ("B", None), ("c", "\u20ac")],
    )

    assert merged == [(b"a", b"3"), (b"a", b"\xff"), (b"c", "\u20ac".encode())]


@given(st.lists(st.tuples(st.text(), st.text())))
def test_fields_survive_the_way_there_and_back(fields):
    printable = [
        (name, value)
        for name, value in fields
        if "\0" not in name + value and (name + value).isprintable() and name
    ]

    assert parse_query(encode_fields(printable)) == printable


def test_every_kind_of_file_becomes_a_part(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(b"PNG")
    opened = io.BytesIO(b"open")
    opened.name = "/tmp/open.css"
    body, media_type = encode_multipart(
        {"a": 'q"x\r\n'},
        [
            ("path", path),
            ("opened", opened),
            ("raw", b"raw"),
            ("text", "text"),
            ("typed", ("n", b"x", "a/b")),
            ("unnamed", (None, b"y")),
            ("nameless", io.BytesIO(b"z")),
        ],
    )
    text = body.decode()

    assert media_type == "multipart/form-data; boundary=----segue-form-0"
    assert text.startswith("------segue-form-0\r\n")
    assert text.endswith("\r\n------segue-form-0--\r\n")
    assert 'name="a"\r\n\r\nq"x\r\n\r\n--' in text
    assert (
        'name="path"; filename="photo.png"\r\ncontent-type: image/png\r\n\r\nPNG'
        in text
    )
    assert 'filename="open.css"\r\ncontent-type: text/css\r\n\r\nopen' in text
    assert (
        'filename="upload"\r\ncontent-type: application/octet-stream\r\n\r\nraw' in text
    )
    assert (
        'filename="upload"\r\ncontent-type: application/octet-stream\r\n\r\ntext'
        in text
    )
    assert 'filename="n"\r\ncontent-type: a/b\r\n\r\nx' in text
    assert 'name="unnamed"\r\ncontent-type: application/octet-stream\r\n\r\ny' in text
    assert 'name="nameless"; filename="upload"' in text


def test_names_cannot_break_out_of_their_part():
    body, _ = encode_multipart({}, {'a"\r\nx': ('b"\r\n', b"")})

    assert b'name="a%22%0D%0Ax"; filename="b%22%0D%0A"' in body


def test_the_boundary_is_nowhere_in_the_content():
    _, media_type = encode_multipart({"a": "----segue-form-0"}, {})

    assert media_type.endswith("boundary=----segue-form-1")

"""Media types and the choice between them."""

import pytest
from hypothesis import given, strategies as st

from segue.core.errors import BadRequest
from segue.core.http.media import (
    MAX_CHOICES,
    MediaType,
    is_json,
    negotiate,
    negotiate_encoding,
    negotiate_language,
)

BROWSER = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "*/*;q=0.8"
)
HOSTILE = [",", ";", '"', '"a', "a/b;", "a/b,", "a/b;q=1,", '";\\', "*/*;q", "a=,", " "]


class TestMediaType:
    def test_a_type_is_read_with_its_parameters(self):
        kind = MediaType.parse(' Text/HTML ; Charset=UTF-8; x="a\\"b;c" ;')

        assert kind.type == "text"
        assert kind.subtype == "html"
        assert kind.essence == "text/html"
        assert kind.charset == "utf-8"
        assert kind.get("x") == 'a"b;c'
        assert kind.get("y") is None
        assert kind.get("y", "z") == "z"
        assert not kind.is_json

    def test_a_type_without_charset_has_none(self):
        assert MediaType.parse("application/json").charset is None
        assert MediaType.parse("application/json").is_json

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "text",
            "text/",
            "/html",
            "text/html; charset",
            "text/html; charset=",
            'text/html; charset="utf-8',
            "text/html charset=utf-8",
            "text/html; a=b c",
            "text/html, text/plain",
            "text/html; a=1; A=2",
            "téxt/html",
            "text/html\r\nx: y",
        ],
    )
    def test_a_malformed_type_is_a_bad_request(self, text):
        with pytest.raises(BadRequest):
            MediaType.parse(text)

    def test_writing_quotes_what_needs_quotes(self):
        kind = MediaType("a", "b", (("x", "1"), ("y", 'c "d" \\e')))

        assert str(kind) == 'a/b; x=1; y="c \\"d\\" \\\\e"'

    @given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
    def test_what_is_written_can_be_read(self, value):
        kind = MediaType("a", "b", (("x", value),))

        assert MediaType.parse(str(kind)) == kind

    @pytest.mark.parametrize("piece", [";", "; ", ";a", '"', '\\"', " ", "a=1;"])
    def test_a_hundred_kilobytes_of_nonsense_end_soon(self, piece):
        try:
            MediaType.parse("a/b" + piece * (100_000 // len(piece)))
        except BadRequest as error:
            assert error.status == 400  # noqa: PT017 - either way, but soon

    @pytest.mark.parametrize(
        "text",
        [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            " application/json ;x",
            "application/problem+json",
            "application/vnd.a.b+json; v=1",
            "application/a+b+json",
        ],
    )
    def test_json_is_told_exactly(self, text):
        assert is_json(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "json",
            "text/json",
            "text/plain",
            "application/jsonp",
            "application/json-seq",
            "application/x-json",
            "application/jsonx; a=application/json",
            "text/plain; application/json",
            "text/plain, application/json",
            "text/plain+json, x",
            "+json",
            "a b/c+json",
            "application/x+json+xml",
            "a" * 100_000,
            "a/" + "+json" * 50_000 + ",",
        ],
    )
    def test_nothing_near_json_is_json(self, text):
        assert not is_json(text)


@pytest.mark.feature("M-039")
class TestNegotiation:
    @pytest.mark.parametrize(
        ("header", "offers", "chosen"),
        [
            (None, ["a/b", "c/d"], "a/b"),
            ("", ["a/b"], "a/b"),
            ("  ", ["a/b"], "a/b"),
            (None, [], None),
            ("*/*", ["a/b", "c/d"], "a/b"),
            ("c/d", ["a/b", "c/d"], "c/d"),
            ("c/*", ["a/b", "c/d"], "c/d"),
            ("e/f", ["a/b", "c/d"], None),
            ("a/b;q=0.1, c/d;q=0.2", ["a/b", "c/d"], "c/d"),
            ("a/b;q=0, */*", ["a/b", "c/d"], "c/d"),
            ("a/b;q=0", ["a/b"], None),
            ("a/*, a/b;q=0.1", ["a/b", "a/c"], "a/c"),
            ("a/b;q=0.5, a/*;q=0.9, */*", ["a/b"], "a/b"),
            (BROWSER, ["application/json", "text/html"], "text/html"),
            (
                "application/json, text/plain, */*",
                ["text/html", "application/json"],
                "application/json",
            ),
            ("a/b;v=2, a/b;v=1;q=0.5", ["a/b;v=1", "a/b; v=2"], "a/b; v=2"),
            ("a/b;v=3", ["a/b;v=1", "a/b"], None),
            ("a/b;charset=utf-8", ["a/b"], "a/b"),
            ("a/b;charset=latin-1", ["a/b"], None),
            ("A/B", ["a/b"], "a/b"),
            ("a/b;q=2", ["a/b"], None),
            ("a/b;q=x", ["a/b"], None),
            ("a/b;q=1.7", ["a/b"], "a/b"),
            ("nonsense, c/d", ["a/b", "c/d"], "c/d"),
            ("*/d", ["c/d"], None),
            ('a/b;x="1,2", c/d;q=0.1', ["c/d", 'a/b;x="1,2"'], 'a/b;x="1,2"'),
            (",,c/d,", ["a/b", "c/d"], "c/d"),
        ],
    )
    def test_the_best_liked_media_type_is_chosen(self, header, offers, chosen):
        assert negotiate(header, offers) == chosen

    @pytest.mark.parametrize(
        ("header", "offers", "chosen"),
        [
            (None, ["de", "en"], "de"),
            ("", [], None),
            ("en", ["de", "en"], "en"),
            ("EN", ["de", "en"], "en"),
            ("fr", ["de", "en"], None),
            ("de-CH", ["en", "de"], "de"),
            ("de", ["en", "de-AT"], "de-AT"),
            ("de-Latn-CH", ["en", "de-CH", "de"], "de"),
            ("de-CH", ["de-AT", "de"], "de"),
            ("de-CH", ["de-AT"], "de-AT"),
            ("en;q=0.5, de;q=0.6", ["en", "de"], "de"),
            ("fr, en", ["en", "fr"], "fr"),
            ("*", ["de", "en"], "de"),
            ("en, *;q=0.5", ["de", "fr"], "de"),
            ("en;q=0, *", ["en", "de"], "de"),
            ("en;q=0, *", ["en"], None),
            ("en;q=0", ["en"], None),
            ("*;q=0", ["de"], None),
            ("d\xe4, en", ["en"], "en"),
            ("en;q=high, de;q=0.1", ["en", "de"], "de"),
            (";q=1, en", ["en"], "en"),
        ],
    )
    def test_the_best_liked_language_is_chosen(self, header, offers, chosen):
        assert negotiate_language(header, offers) == chosen

    @pytest.mark.parametrize(
        ("header", "chosen"),
        [
            (None, None),
            ("", None),
            ("gzip", "gzip"),
            ("GZIP", "gzip"),
            ("x-gzip", "gzip"),
            ("x-gzip, gzip;q=0", None),
            ("gzip, br", "br"),
            ("gzip, br;q=0.9", "gzip"),
            ("*", "br"),
            ("br;q=0, *", "gzip"),
            ("*;q=0", None),
            ("identity", None),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0.5, gzip", "gzip"),
            ("identity;q=0", None),
            ("gzip;q=0", None),
            ("deflate", None),
            ("gzip;x=1", "gzip"),
        ],
    )
    def test_the_best_liked_coding_is_chosen(self, header, chosen):
        assert negotiate_encoding(header, ["br", "gzip"]) == chosen

    def test_only_the_first_choices_are_read(self):
        header = "x/y," * MAX_CHOICES + "a/b"

        assert negotiate(header, ["a/b"]) is None
        assert negotiate(header[4:], ["a/b"]) == "a/b"

    @pytest.mark.parametrize("piece", HOSTILE)
    def test_a_megabyte_of_nonsense_ends_soon(self, piece):
        header = piece * (1_000_000 // len(piece))

        assert negotiate(header, ["x/y"]) in {None, "x/y"}
        assert negotiate_language(header, ["xx"]) in {None, "xx"}
        assert negotiate_encoding(header, ["gzip"]) is None

    @given(st.text(max_size=60))
    def test_no_header_breaks_the_choice(self, header):
        assert negotiate(header, ["a/b", "c/d"]) in {None, "a/b", "c/d"}
        assert negotiate_language(header, ["de", "en"]) in {None, "de", "en"}
        assert negotiate_encoding(header, ["gzip"]) in {None, "gzip"}

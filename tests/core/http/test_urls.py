"""URLs and queries: strict reading, safe building."""

import pytest
from hypothesis import given, strategies as st

from segue.core.errors import BadRequest
from segue.core.http.headers import HTTPValueError
from segue.core.http.urls import (
    URL,
    MissingField,
    Query,
    build_query,
    is_safe_redirect,
    parse_query,
    query_dict,
    quote_field,
    quote_path,
    quote_url,
    unquote,
)

TEXTS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20
)
BAD = ["a=%", "a=%4", "a=%zz", "%G0=1", "a=%ff", "a=%C3", "a=%00", "a=\0", "a=\xff"]


class TestQuery:
    @pytest.mark.parametrize(
        ("text", "fields"),
        [
            ("", []),
            ("q=hello", [("q", "hello")]),
            ("q", [("q", "")]),
            ("q=", [("q", "")]),
            ("=x", [("", "x")]),
            ("a=1&b=2", [("a", "1"), ("b", "2")]),
            ("a=1&a=2", [("a", "1"), ("a", "2")]),
            ("&&a=1&&b=2&", [("a", "1"), ("b", "2")]),
            ("a=b=c", [("a", "b=c")]),
            ("a=1;b=2", [("a", "1;b=2")]),
            ("a+b=c+d%2B", [("a b", "c d+")]),
            ("a=%C3%BC%26", [("a", "ü&")]),
            ("a=%c3%bc", [("a", "ü")]),
            ("a=\xc3\xbc", [("a", "ü")]),
            ("%3D=%3d", [("=", "=")]),
        ],
    )
    def test_a_query_is_read(self, text, fields):
        assert parse_query(text) == fields
        assert query_dict(text) == dict(fields)

    @pytest.mark.parametrize("text", BAD)
    def test_what_does_not_decode_is_a_bad_request(self, text):
        for read in (parse_query, query_dict):
            with pytest.raises(BadRequest):
                read(text)

    @pytest.mark.parametrize("character", ["€", "\ud800"])
    def test_text_that_is_no_bytes_is_a_bad_request(self, character):
        with pytest.raises(BadRequest, match="not UTF-8"):
            query_dict(f"a={character}")

    @pytest.mark.parametrize("field", ["a=1", "", "%41=1", "a+b"])
    def test_more_fields_than_the_limit_are_a_bad_request(self, field):
        for read in (parse_query, query_dict):
            with pytest.raises(BadRequest, match="more than 3 fields"):
                read("&".join([field] * 4), 3)

    def test_as_many_fields_as_the_limit_are_read(self):
        assert query_dict("a=1&b=2&c=3", 3) == {"a": "1", "b": "2", "c": "3"}

    def test_the_message_names_the_part(self):
        with pytest.raises(BadRequest, match="The form has a malformed"):
            parse_query("a=%", part="form")

    @pytest.mark.parametrize("piece", ["%41", "+", "=", "a", "%C3%BC"])
    def test_a_megabyte_of_one_field_is_read_in_one_go(self, piece):
        count = 1_000_000 // len(piece)

        assert sum(map(len, query_dict("a=" + piece * count)["a"])) == count

    @given(st.text(st.characters(max_codepoint=0xFF), max_size=40))
    def test_the_fast_reader_agrees_with_the_complete_one(self, text):
        try:
            expected = dict(parse_query(text, 3))
        except BadRequest:
            with pytest.raises(BadRequest):
                query_dict(text, 3)
        else:
            assert query_dict(text, 3) == expected

    @given(st.text("ab=&%+2", max_size=12))
    def test_they_agree_on_separators_too(self, text):
        try:
            expected = dict(parse_query(text))
        except BadRequest:
            expected = None

        try:
            found = query_dict(text)
        except BadRequest:
            found = None
        assert found == expected

    @given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
    def test_what_is_built_is_read_back(self, pairs):
        # A field without name and value is no field: `&=&`.
        pairs = [pair for pair in pairs if pair != ("", "")]

        assert parse_query(build_query(pairs)) == pairs

    def test_values_are_written_by_their_kind(self):
        query = build_query(
            {"n": 1, "yes": True, "no": False, "none": None, "many": ("a", None, 2)}
        )

        assert query == "n=1&yes=true&no=false&many=a&many=2"

    def test_the_last_value_of_a_name_counts(self):
        query = Query.parse("a=1&b=2&a=3")

        assert query["a"] == query.get("a") == "3"
        assert query.get_all("a") == ["1", "3"]
        assert query.get("x") is None
        assert query.get("x", "y") == "y"
        assert query.get_all("x") == []

    def test_it_is_an_immutable_multi_map(self):
        query = Query.parse("a=1&b=2&a=3")

        assert list(query) == list(query.keys()) == ["a", "b"]
        assert len(query) == 2
        assert "a" in query
        assert 3 not in query
        assert query.items() == [("a", "1"), ("b", "2"), ("a", "3")]
        assert str(query) == "a=1&b=2&a=3"
        assert repr(query) == "Query([('a', '1'), ('b', '2'), ('a', '3')])"
        assert query == Query(query.items())
        assert hash(query) == hash(Query(query.items()))
        assert query != Query.parse("a=1")
        assert query != "a=1&b=2&a=3"

    def test_a_missing_field_is_the_fault_of_the_visitor(self):
        with pytest.raises(MissingField, match="no field 'page'") as caught:
            Query()["page"]
        assert isinstance(caught.value, BadRequest)
        assert isinstance(caught.value, KeyError)


class TestQuoting:
    @pytest.mark.parametrize("text", ["%", "%4", "%zz", "a%4 1", "%ff", "%00", "\0"])
    def test_a_malformed_path_is_a_bad_request(self, text):
        with pytest.raises(BadRequest):
            unquote(text)

    @given(TEXTS)
    def test_a_quoted_path_is_read_back(self, text):
        quoted = quote_path(text)

        assert quoted.isascii()
        assert unquote(quoted) == text
        assert unquote(quote_path(text, slashes=False)) == text
        assert "/" not in quote_path(text, slashes=False)
        assert unquote(quote_field(text)) == text

    def test_plain_text_is_left_alone(self):
        assert quote_path("/a/b-c_d.e~f") == "/a/b-c_d.e~f"
        assert quote_url("https://a.b/c?d=e&f=%20#g") == "https://a.b/c?d=e&f=%20#g"

    def test_what_ends_a_path_is_quoted(self):
        assert quote_path("a?b#c%d") == "a%3Fb%23c%25d"

    def test_a_backslash_does_not_reach_a_browser(self):
        assert quote_url("/\\evil.example") == "/%5Cevil.example"

    @pytest.mark.parametrize("quote", [quote_path, quote_field, quote_url])
    def test_half_a_character_is_refused(self, quote):
        with pytest.raises(HTTPValueError, match="SG-HTTP-003"):
            quote("a\ud800")

    @pytest.mark.parametrize("text", ["/a\r\nb", "/\0", "/ü\n", "\x7f"])
    def test_a_control_character_in_a_url_is_refused(self, text):
        with pytest.raises(HTTPValueError, match="control character"):
            quote_url(text)


class TestURL:
    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("/a?b=c#d", ("", "", None, "/a", "b=c", "d")),
            ("a/b", ("", "", None, "a/b", "", "")),
            ("?a=1", ("", "", None, "", "a=1", "")),
            ("HTTP://Example.ORG", ("http", "example.org", None, "/", "", "")),
            ("http://a:8080/b", ("http", "a", 8080, "/b", "", "")),
            ("http://a:/b", ("http", "a", None, "/b", "", "")),
            ("//a/b", ("", "a", None, "/b", "", "")),
            ("http://[::1]:80/", ("http", "::1", 80, "/", "", "")),
            ("mailto:ada@example.org", ("mailto", "", None, "ada@example.org", "", "")),
            ("/ü?q=a b", ("", "", None, "/%C3%BC", "q=a%20b", "")),
            ("", ("", "", None, "", "", "")),
        ],
    )
    def test_a_url_is_taken_apart(self, text, parts):
        assert URL.parse(text) == URL(*parts)

    @pytest.mark.parametrize(
        "text",
        [
            "https://example.org/",
            "https://example.org:8443/a?b=c#d",
            "//a/b",
            "/a",
            "http://[::1]:81/",
            "mailto:ada@example.org",
        ],
    )
    def test_a_url_is_put_together_again(self, text):
        assert str(URL.parse(text)) == text

    @pytest.mark.parametrize(
        "text",
        [
            "http://ada:secret@example.org/",
            "http://exa mple.org/",
            "http://exam\\ple.org/",
            "http://bücher.example/",
            "http://a%2eb/",
            "http://a:99999/",
            "http://a:8x/",
            "http://[::1/",
            "http://a\r\nb/",
            "/\0",
        ],
    )
    def test_what_browsers_read_differently_is_refused(self, text):
        with pytest.raises(HTTPValueError, match="SG-HTTP-003"):
            URL.parse(text)

    def test_a_password_does_not_reach_the_message(self):
        with pytest.raises(HTTPValueError) as caught:
            URL.parse("http://ada:secret@example.org/")

        assert "secret" not in str(caught.value)

    def test_the_default_port_is_not_written(self):
        assert URL.parse("https://a:443/").origin == "https://a"
        assert URL.parse("http://a:443/").origin == "http://a:443"
        assert URL.parse("ws://a:80/").netloc == "a"

    def test_the_query_can_be_changed(self):
        url = URL.parse("/books?page=2&tag=a&tag=b#top")

        assert url.params.get_all("tag") == ["a", "b"]
        assert str(url.with_query(page=3, q="x y")) == (
            "/books?tag=a&tag=b&page=3&q=x%20y#top"
        )
        assert str(url.with_query(page=None)) == "/books?tag=a&tag=b#top"
        assert str(url.without_query("tag")) == "/books?page=2#top"
        assert str(url.without_query()) == "/books#top"
        assert str(url.replace(path="/", fragment="")) == "/?page=2&tag=a&tag=b"

    @given(st.text(max_size=40))
    def test_no_text_breaks_the_reader(self, text):
        try:
            url = URL.parse(text)
        except HTTPValueError:
            return
        assert URL.parse(str(url)).path.isascii()

    @pytest.mark.parametrize("piece", [":", "/", "?", "#", "[", "a.", "@", "a:"])
    def test_a_megabyte_of_one_piece_is_read_in_one_go(self, piece):
        try:
            url = URL.parse("http://a/" + piece * 500_000)
        except HTTPValueError:  # pragma: no cover - whichever it is, it is soon
            return
        assert url.host == "a"


class TestSafeRedirect:
    @pytest.mark.parametrize(
        "target",
        [
            "/",
            "/cart?x=1#y",
            "?page=2",
            "#top",
            "next",
            "http://shop.example/",
            "https://SHOP.example/a",
            "//shop.example/a",
            "/a//b",
            "/@evil.example",
        ],
    )
    def test_a_target_on_this_host_is_safe(self, target):
        assert is_safe_redirect(target, "shop.example")

    @pytest.mark.parametrize(
        "target",
        [
            "",
            "//evil.example",
            "///evil.example",
            "\\\\evil.example",
            "/\\evil.example",
            "https://evil.example",
            "https:evil.example",
            "https:///evil.example",
            "http:shop.example",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "ftp://shop.example/",
            "https://shop.example@evil.example/",
            "https://shop.example.evil.example/",
            "https://shop.example:8443/",
            " /cart",
            "/cart ",
            "/\t/evil.example",
            "/\n/evil.example",
            "\x00//evil.example",
            "//",
        ],
    )
    def test_a_target_elsewhere_is_not(self, target):
        assert not is_safe_redirect(target, "shop.example")

    def test_the_port_belongs_to_the_host(self):
        assert is_safe_redirect("http://a:8000/", "a:8000")

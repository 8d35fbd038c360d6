"""Cookies: read leniently in linear time, written strictly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from segue.core.http.cookies import MAX_COOKIES, Cookie, expired, parse_cookies
from segue.core.http.headers import HTTPValueError

VALUE_TEXT = "".join(
    chr(code) for code in range(0x21, 0x7F) if chr(code) not in '",;\\'
)


class TestParsing:
    @pytest.mark.parametrize(
        ("header", "found"),
        [
            ("", {}),
            ("a=1", {"a": "1"}),
            ("a=1; b=2", {"a": "1", "b": "2"}),
            ("a=1;b=2;", {"a": "1", "b": "2"}),
            ("a=1; a=2", {"a": "1"}),
            ('a="1 2"', {"a": "1 2"}),
            ('a="', {"a": '"'}),
            ('a=""', {"a": ""}),
            (" a \t= 1 ", {"a": "1"}),
            ("a=b=c", {"a": "b=c"}),
            ("novalue; =nameless; ;;", {}),
            ("a=", {"a": ""}),
            ("a=f\xc3\xbcr", {"a": "für"}),
            ("a=\xff", {"a": "\xff"}),
        ],
    )
    def test_a_header_is_read(self, header, found):
        assert parse_cookies(header) == found

    def test_cookies_beyond_the_limit_are_ignored(self):
        header = "; ".join(f"c{number}=1" for number in range(MAX_COOKIES + 10))

        found = parse_cookies(header)

        assert len(found) == MAX_COOKIES
        assert f"c{MAX_COOKIES}" not in found

    @pytest.mark.parametrize("piece", [";", "=", "a=1;", '"', " ", "a=\\", "; ="])
    def test_a_megabyte_of_nonsense_is_read_in_one_go(self, piece):
        assert len(parse_cookies(piece * (1_000_000 // len(piece)))) <= 1

    @given(
        st.dictionaries(
            st.text("abcXYZ-_!", min_size=1, max_size=8),
            st.text(VALUE_TEXT, max_size=20),
            max_size=5,
        )
    )
    def test_what_was_set_is_read_back(self, cookies):
        made = [Cookie(name=name, value=value) for name, value in cookies.items()]

        sent = "; ".join(cookie.header().partition(";")[0] for cookie in made)

        assert parse_cookies(sent) == cookies


class TestWriting:
    def test_the_defaults_are_the_careful_ones(self):
        assert (
            Cookie(name="a", value="1").header()
            == "a=1; Path=/; HttpOnly; SameSite=Lax"
        )

    def test_every_attribute_is_written(self):
        cookie = Cookie(
            name="__Secure-a",
            value="1",
            max_age=timedelta(minutes=2, milliseconds=1),
            expires=datetime(2030, 1, 1, tzinfo=UTC),
            path="/shop",
            domain=".Example.org",
            secure=True,
            httponly=False,
            samesite="none",
            partitioned=True,
            priority="high",
        )

        assert cookie.header() == (
            "__Secure-a=1; Max-Age=120; Expires=Tue, 01 Jan 2030 00:00:00 GMT; "
            "Domain=example.org; Path=/shop; Secure; SameSite=None; Partitioned; "
            "Priority=High"
        )

    def test_attributes_can_be_left_out(self):
        cookie = Cookie(name="a", path=None, httponly=False, samesite=None)

        assert cookie.header() == "a="

    def test_a_host_cookie_is_made_of_secure_path_and_no_domain(self):
        cookie = Cookie(name="__Host-id", value="7", secure=True)

        assert cookie.header().startswith("__Host-id=7; Path=/; Secure;")

    @pytest.mark.parametrize(
        "attributes",
        [
            {"name": ""},
            {"name": "a b"},
            {"name": "a=b"},
            {"name": "a\r\nSet-Cookie: b"},
            {"name": "a;b"},
            {"name": "ä"},
            {"value": "a b"},
            {"value": "a;b"},
            {"value": 'a"b'},
            {"value": "a,b"},
            {"value": "a\\b"},
            {"value": "a\r\nSet-Cookie: b=1"},
            {"value": "a\n"},
            {"value": "\0"},
            {"value": "ä"},
            {"value": "x" * 4096},
            {"path": "shop"},
            {"path": "/a;b"},
            {"path": "/a\r\n"},
            {"path": "/ä"},
            {"path": "/" + "x" * 1024},
            {"domain": ""},
            {"domain": "a b"},
            {"domain": "http://example.org"},
            {"domain": "example.org:80"},
            {"domain": "example.org\r\n"},
            {"domain": "-example.org"},
            {"domain": "x" * 2000},
            {"samesite": "Lax"},
            {"samesite": "none"},
            {"priority": "urgent"},
            {"max_age": 1.5},
            {"max_age": "60"},
            {"partitioned": True},
            {"name": "__Secure-a"},
            {"name": "__Host-a"},
            {"name": "__host-a"},
            {"name": "__Host-a", "secure": True, "path": "/x"},
            {"name": "__Host-a", "secure": True, "path": None},
            {"name": "__HOST-a", "secure": True, "domain": "example.org"},
        ],
    )
    def test_what_a_browser_would_refuse_is_refused(self, attributes):
        with pytest.raises(HTTPValueError, match="SG-HTTP-002"):
            Cookie(**{"name": "a", **attributes})

    def test_a_moment_without_a_time_zone_is_refused(self):
        with pytest.raises(HTTPValueError, match="SG-HTTP-004"):
            Cookie(name="a", expires=datetime(2030, 1, 1))  # noqa: DTZ001 - the mistake itself

    def test_the_largest_cookie_is_accepted(self):
        assert Cookie(name="a", value="x" * 4095).header().startswith("a=xxx")

    def test_deleting_asks_for_the_past(self):
        header = expired("a", path="/x", domain="example.org").header()

        assert header == (
            "a=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; "
            "Domain=example.org; Path=/x; HttpOnly; SameSite=Lax"
        )

    @pytest.mark.parametrize("name", ["__Host-a", "__Secure-a"])
    def test_deleting_is_secure_where_the_name_asks_for_it(self, name):
        assert "; Secure" in expired(name).header()

    def test_deleting_can_be_told_what_to_be(self):
        assert "Secure" not in expired("a", secure=False).header()
        assert "; Secure; HttpOnly; SameSite=Lax; Partitioned" in (
            expired("a", partitioned=True).header()
        )

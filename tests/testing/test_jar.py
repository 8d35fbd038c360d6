"""Cookies are kept and sent as by a browser."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given, strategies as st

from segue.testing import CookieJar

HOME = urlsplit("http://shop.example/")
SECURE = urlsplit("https://shop.example/")


@pytest.fixture
def clock():
    class Clock:
        now = 1_000_000.0

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def jar(clock):
    return CookieJar("shop.example", clock)


def header(jar, url):
    return jar.header(urlsplit(url))


def test_a_cookie_goes_back_to_its_host_only(jar):
    jar.read(HOME, ["a=1"])

    assert header(jar, "http://shop.example/x") == "a=1"
    assert header(jar, "http://www.shop.example/") == ""
    assert header(jar, "http://example/") == ""


def test_a_cookie_with_a_domain_goes_to_all_hosts_of_it(jar):
    jar.read(urlsplit("http://www.shop.example/"), ["a=1; Domain=.Shop.example"])

    assert header(jar, "http://shop.example/") == "a=1"
    assert header(jar, "http://a.b.shop.example/") == "a=1"
    assert header(jar, "http://workshop.example/") == ""


def test_a_cookie_for_somebody_elses_domain_is_dropped(jar):
    jar.read(HOME, ["a=1; Domain=evil.example", "b=2; Domain=www.shop.example"])

    assert len(jar) == 0


@pytest.mark.parametrize(
    ("path", "sent"),
    [("/a", True), ("/a/b", True), ("/ab", False), ("/", False), ("/a/", True)],
)
def test_a_path_is_a_whole_number_of_segments(jar, path, sent):
    jar.read(HOME, ["x=1; Path=/a"])

    assert bool(header(jar, f"http://shop.example{path}")) is sent


def test_without_a_path_the_folder_of_the_url_counts(jar):
    jar.read(urlsplit("http://shop.example/a/b"), ["x=1", "y=2; Path=odd"])

    assert {cookie.path for cookie in jar} == {"/a"}


def test_longer_paths_go_first(jar):
    jar.read(HOME, ["a=1; Path=/", "b=2; Path=/x/y", "c=3; Path=/x"])

    assert header(jar, "http://shop.example/x/y") == "b=2; c=3; a=1"


def test_a_secure_cookie_travels_on_https_only(jar):
    jar.read(HOME, ["no=1; Secure"])
    jar.read(SECURE, ["yes=1; Secure"])

    assert header(jar, "http://shop.example/") == ""
    assert header(jar, "https://shop.example/") == "yes=1"
    assert header(jar, "wss://shop.example/") == "yes=1"


def test_the_prefixes_keep_their_promise(jar):
    jar.read(
        SECURE,
        [
            "__Host-a=1; Secure; Path=/",
            "__Host-b=1; Secure; Path=/x",
            "__Host-c=1; Secure; Path=/; Domain=shop.example",
            "__Secure-d=1; Secure",
            "__Secure-e=1",
        ],
    )

    assert {cookie.name for cookie in jar} == {"__Host-a", "__Secure-d"}


def test_max_age_ends_a_cookie_and_goes_before_expires(jar, clock):
    jar.read(HOME, ["a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
    before = header(jar, "http://shop.example/")
    clock.now += 10

    assert before == "a=1"
    assert header(jar, "http://shop.example/") == ""


def test_expires_ends_a_cookie_and_nonsense_does_not(jar, clock):
    clock.now = 0.0
    jar.read(HOME, ["a=1; Expires=Fri, 02 Jan 1970 00:00:00 GMT", "b=2; Expires=soon"])
    before = header(jar, "http://shop.example/")
    clock.now = 86_400.0

    assert before == "a=1; b=2"
    assert header(jar, "http://shop.example/") == "b=2"


@pytest.mark.parametrize(
    "end", ["Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 -0000"]
)
def test_a_cookie_that_is_over_deletes_the_one_before(jar, end):
    jar.read(HOME, ["a=1", "b=2"])
    jar.read(HOME, [f"a=; {end}"])

    assert header(jar, "http://shop.example/") == "b=2"


def test_a_cookie_of_another_path_is_another_cookie(jar):
    jar.read(HOME, ["a=1; Path=/", "a=2; Path=/x", "a=3; Path=/"])

    assert header(jar, "http://shop.example/x") == "a=2; a=3"


def test_a_line_without_an_equals_sign_is_no_cookie(jar):
    jar.read(HOME, ["nonsense; Path=/"])

    assert len(jar) == 0


def test_a_test_may_read_set_and_delete(jar):
    jar.set("a", "1")
    jar.set("b", "2", domain="example", path="/x")
    jar.set("c", "3")
    jar.delete("c")

    assert jar["a"] == "1"
    assert jar.get("b") == "2"
    assert jar.get("c", "gone") == "gone"
    assert "a" in jar
    assert "c" not in jar
    assert header(jar, "http://other.example/x") == "b=2"
    assert repr(jar) == "CookieJar(['a', 'b'])"
    with pytest.raises(KeyError, match="c"):
        jar["c"]
    jar.clear()
    assert len(jar) == 0


def test_the_attributes_are_there_to_be_checked(jar):
    jar.read(SECURE, ["a=1; HttpOnly; SameSite=Lax; Partitioned; Secure"])
    (cookie,) = jar

    assert cookie.http_only
    assert cookie.samesite == "Lax"
    assert cookie.partitioned


@given(st.text(max_size=80))
def test_no_line_breaks_the_jar(line):
    jar = CookieJar("shop.example")
    jar.read(HOME, [line])

    assert len(jar) <= 1

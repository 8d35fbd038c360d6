import ipaddress
import time

import pytest
from hypothesis import given, strategies as st

from segue.core.errors import SettingsError
from segue.core.http.hosts import HostRule, allowed, split_host, valid_host

LABEL = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)
NAMES = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
ADDRESSES = st.one_of(
    NAMES,
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
)


@pytest.mark.parametrize(
    "text",
    [
        "example.org",
        "EXAMPLE.org",
        "localhost",
        "a",
        "example.org.",
        "xn--bcher-kva.example",
        "my_service",
        "_dmarc.example.org",
        "1and1.example",
        "example.org:8000",
        "example.org:0",
        "example.org:65535",
        "127.0.0.1",
        "127.0.0.1:80",
        "[::1]",
        "[2001:DB8::1]:8000",
        "[::ffff:192.0.2.1]",
        "a" * 63 + ".example",
        ".".join(["a" * 61] * 4),
    ],
)
def test_a_host_is_valid(text):
    assert valid_host(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        ":80",
        "example.org:",
        "example.org:80:80",
        "example.org:65536",
        "example.org:999999",
        "example.org:-1",
        "example.org:\uff18\uff10",
        "example.org:80\n",
        "example.org\n",
        "example.org\r\n",
        "exam ple.org",
        " example.org",
        "example.org ",
        "example.org\t",
        "example.org\0",
        "user@example.org",
        "user:pass@example.org",
        "example.org/",
        "example.org/path",
        "example.org\\@evil.example",
        "example.org?x",
        "example.org#x",
        "http://example.org",
        "a.example,b.example",
        "a.example, b.example",
        "a.example;b.example",
        "%65xample.org",
        "example..org",
        ".example.org",
        "example.org..",
        "-a.example",
        "a-.example",
        "bücher.example",
        "*.example.org",
        "a" * 64 + ".example",
        ".".join(["a" * 60] * 5),
        "256.0.0.1",
        "127.0.0.01",
        "127.1",
        "2130706433",
        "0x7f.0.0.0x1",
        "0x7f000001",
        "1.2.3.4.",
        "1.2.3.4.5",
        "::1",
        "[::1",
        "::1]",
        "[::1]x",
        "[::1]:x",
        "[]",
        "[:::]",
        "[1.2.3.4]",
        "[example.org]",
        "[fe80::1%25eth0]",
        "[v1.x]",
        "[::1]]",
        "x[::1]",
    ],
)
def test_a_host_is_not_valid(text):
    assert not valid_host(text)


@given(ADDRESSES, st.none() | st.integers(0, 65535))
def test_every_address_with_every_port_is_valid_and_comes_apart_again(name, port):
    text = name if port is None else f"{name}:{port}"

    assert valid_host(text)
    assert split_host(text) == (name, port)


@given(st.text(max_size=40))
def test_no_text_is_too_strange_for_an_answer(text):
    if valid_host(text):
        assert text.isascii()
        assert not set(text) & set(" /@\\,;%?#\r\n\0\t")


@given(st.text(alphabet="[]:.0123456789abcdef", max_size=40))
def test_what_is_in_brackets_is_an_ipv6_address(text):
    if valid_host(text) and text.startswith("["):
        assert ipaddress.IPv6Address(split_host(text)[0][1:-1])


@pytest.mark.parametrize(
    "text", ["a" * 10**6, "a." * 10**6, "[" + ":" * 10**6 + "]", "1." * 10**6]
)
def test_a_huge_text_is_refused_without_reading_it(text):
    began = time.process_time()

    assert not any(valid_host(text) for _ in range(1000))
    assert time.process_time() - began < 1


@pytest.mark.feature("M-040")
@pytest.mark.parametrize(
    ("host", "patterns", "answer"),
    [
        ("example.org", ("example.org",), True),
        ("EXAMPLE.ORG:8000", ("example.org",), True),
        ("example.org.", ("example.org",), True),
        ("example.org", ("Example.Org.",), True),
        ("www.example.org", ("example.org",), False),
        ("example.org", (".example.org",), True),
        ("a.b.example.org", (".example.org",), True),
        ("badexample.org", (".example.org",), False),
        ("example.org.evil.test", (".example.org",), False),
        ("evil.test", ("example.org", ".example.net"), False),
        ("evil.test", (), False),
        ("evil.test", ("*",), True),
        ("evil.test", ("example.org", "*"), True),
        ("192.0.2.1:80", ("192.0.2.1",), True),
        ("[2001:db8:0::1]:80", ("[2001:DB8::1]",), True),
        ("[::1]", ("[::2]",), False),
        ("example.org", "example.org", True),
    ],
)
def test_an_app_answers_to_its_hosts_only(host, patterns, answer):
    assert allowed(host, patterns) is answer


def test_the_patterns_of_an_app_are_read_once():
    rule = HostRule.parse((".example.org", "localhost"))

    assert rule == HostRule(frozenset({"example.org", "localhost"}), (".example.org",))
    assert rule.allows("api.example.org")
    assert not rule.allows("example.com")


@pytest.mark.parametrize(
    ("pattern", "near"),
    [
        ("*.example.org", "'.example.org'"),
        ("https://example.org/", "'example.org'"),
        ("example.org:8000", "'example.org'"),
        ("example.org:0", "'example.org'"),
        (" example.org", "'example.org'"),
        ("exa mple", "'example.org'"),
        ("", "'example.org'"),
        (".", "'example.org'"),
        ("..example.org", "'example.org'"),
        ("[::1", "'example.org'"),
        ("::1", "'example.org'"),
        ("[::g]", "'example.org'"),
    ],
)
def test_a_pattern_that_matches_nothing_is_refused_with_the_nearest_one(pattern, near):
    with pytest.raises(SettingsError, match="SG-HTTP-033") as caught:
        HostRule.parse(("good.example", pattern))

    assert repr(pattern) in caught.value.problem.what
    assert near in caught.value.problem.fix

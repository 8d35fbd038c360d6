import time

import pytest
from hypothesis import given, strategies as st

from segue.core.errors import SettingsError
from segue.core.http.headers import Headers
from segue.core.http.proxies import Forwarded, ProxyTrust

HOUSE = ProxyTrust(("10.0.0.0/8", "fd00::/8"))
STANDARD = ProxyTrust(("10.0.0.0/8", "fd00::/8"), style="forwarded")
PROXY = "10.0.0.1"


def client(forwarded_for, *, trust=HOUSE, peer=PROXY):
    return trust.resolve(peer, Headers([("x-forwarded-for", forwarded_for)])).client


def standard(*copies, trust=STANDARD, peer=PROXY):
    return trust.resolve(peer, Headers([("forwarded", copy) for copy in copies]))


@pytest.mark.feature("M-041")
def test_a_trusted_proxy_says_who_asked_and_how():
    headers = Headers(
        [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")]
    )

    assert HOUSE.resolve(PROXY, headers) == Forwarded("203.0.113.9", "https")


@pytest.mark.feature("M-041")
@pytest.mark.parametrize("trust", [HOUSE, STANDARD, ProxyTrust()])
def test_a_stranger_says_nothing_about_others(trust):
    headers = Headers(
        [
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.test"),
            ("forwarded", "for=1.1.1.1;proto=https;host=evil.test"),
        ]
    )

    assert trust.resolve("203.0.113.9", headers) == Forwarded("203.0.113.9")


def test_without_a_word_of_the_proxy_the_proxy_itself_asked():
    assert HOUSE.resolve(PROXY, Headers()) == Forwarded(PROXY)
    assert STANDARD.resolve(PROXY, Headers()) == Forwarded(PROXY)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.0.0.2, 10.0.0.3", "203.0.113.9"),
        ("10.0.0.9, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("203.0.113.9:_hidden", "203.0.113.9"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("203.0.113.9, fd00::7", "203.0.113.9"),
        ("203.0.113.9, [fd00::7]:80", "203.0.113.9"),
        ("203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        (" ,, 203.0.113.9 ,\t", "203.0.113.9"),
    ],
)
def test_the_list_is_read_from_the_right(text, found):
    assert client(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "unknown",
        "_hidden",
        "unix:",
        "6.6.6.6, unknown",
        "6.6.6.6, _hidden:80, 10.0.0.2",
        "6.6.6.6, rubbish, 10.0.0.2",
        "203.0.113.999",
        "203.0.113.9.evil",
        "203.0.113.09",
        "203.0.113.9:port",
        "[2001:db8::1",
        "[203.0.113.9]x",
        "fe80::1%eth0",
        "203.0.113.9\u00a0",
        "2130706433",
        '"203.0.113.9"',
    ],
)
def test_what_is_no_address_makes_the_client_unknown_not_the_proxy(text):
    assert client(text) is None


def test_several_copies_of_a_header_are_one_list():
    headers = Headers(
        [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "203.0.113.9, 10.0.0.2")]
    )

    assert HOUSE.resolve(PROXY, headers).client == "203.0.113.9"


def test_a_chain_without_an_end_is_cut_and_costs_little():
    began = time.process_time()

    assert client("10.0.0.2," * 100_000) == "10.0.0.2"
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("trust", "peer", "trusted"),
    [
        (HOUSE, "10.255.0.1", True),
        (HOUSE, "11.0.0.1", False),
        (HOUSE, "fd12::1", True),
        (HOUSE, "::ffff:10.0.0.1", True),
        (HOUSE, "rubbish", False),
        (HOUSE, None, False),
        (HOUSE, "", False),
        (ProxyTrust(("10.0.0.7",)), "10.0.0.7", True),
        (ProxyTrust(("10.0.0.7",)), "10.0.0.8", False),
        (ProxyTrust("10.0.0.7"), "10.0.0.7", True),
        (ProxyTrust(("fe80::/10",)), "fe80::1%eth0", True),
        (ProxyTrust(("unix",)), None, True),
        (ProxyTrust(("unix",)), "", True),
        (ProxyTrust(("unix",)), "unix:/run/app.sock", True),
        (ProxyTrust(("unix",)), "10.0.0.1", False),
        (ProxyTrust(("*",)), "203.0.113.1", True),
        (ProxyTrust(("*",)), None, True),
        (ProxyTrust(), "127.0.0.1", False),
        (ProxyTrust(), None, False),
    ],
)
def test_a_peer_is_trusted_by_its_network(trust, peer, trusted):
    assert trust.trusts(peer) is trusted


@pytest.mark.feature("M-041")
def test_behind_a_unix_socket_the_proxy_says_who_asked():
    assert client("203.0.113.9", trust=ProxyTrust(("unix",)), peer=None) == (
        "203.0.113.9"
    )
    assert ProxyTrust(("unix",)).resolve(None, Headers()).client is None


def test_a_star_trusts_the_one_who_connects_and_nobody_behind():
    every = ProxyTrust(("*",))

    assert client("6.6.6.6, 203.0.113.9", trust=every, peer="198.51.100.1") == (
        "203.0.113.9"
    )
    both = ProxyTrust(("*", "10.0.0.0/8"))
    assert client("6.6.6.6, 203.0.113.9, 10.0.0.2", trust=both, peer="::1") == (
        "203.0.113.9"
    )


@pytest.mark.parametrize(
    ("protos", "hops", "scheme"),
    [
        ("https", "203.0.113.9", "https"),
        ("HTTPS", "203.0.113.9", "https"),
        ("wss", "203.0.113.9", "https"),
        ("https, http", "203.0.113.9", "http"),
        ("https, https, http", "203.0.113.9, 10.0.0.2", "https"),
        ("http, https, http", "203.0.113.9, 10.0.0.2", "https"),
        ("https", "203.0.113.9, 10.0.0.2, 10.0.0.3", "https"),
        ("https, http", "203.0.113.9, 10.0.0.2, 10.0.0.3", "https"),
        ("https", "", "https"),
        ("", "203.0.113.9", None),
        ("gopher", "203.0.113.9", None),
        ("https\u00a0", "203.0.113.9", None),
    ],
)
def test_the_scheme_is_what_the_outermost_proxy_of_the_house_wrote(
    protos, hops, scheme
):
    headers = Headers([("x-forwarded-proto", protos), ("x-forwarded-for", hops)])

    assert HOUSE.resolve(PROXY, headers).scheme == scheme


@pytest.mark.parametrize(
    ("hosts", "host"),
    [
        ("shop.example:8443", "shop.example:8443"),
        ("evil.test, shop.example", "shop.example"),
        ("a b", None),
        ("user@shop.example", None),
        ("", None),
    ],
)
def test_the_host_is_believed_when_asked_for_and_valid(hosts, host):
    headers = Headers([("x-forwarded-host", hosts), ("x-forwarded-for", "203.0.113.9")])

    assert ProxyTrust(("10.0.0.0/8",), host=True).resolve(PROXY, headers).host == host
    assert HOUSE.resolve(PROXY, headers).host is None


@pytest.mark.feature("M-041")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("for=203.0.113.9", Forwarded("203.0.113.9")),
        (
            "For=203.0.113.9;Proto=HTTPS;by=10.0.0.1;Host=shop.example",
            Forwarded("203.0.113.9", "https", "shop.example"),
        ),
        (
            'for="[2001:db8::1]:4711" ; proto = https',
            Forwarded(None),
        ),
        (
            'for="[2001:db8::1]:4711" ; proto=https',
            Forwarded("2001:db8::1", "https"),
        ),
        ("for=[2001:db8::1]:80", Forwarded("2001:db8::1")),
        ('for="203.0.113.9:_x"', Forwarded("203.0.113.9")),
        ('for="203.0.113\\.9"', Forwarded("203.0.113.9")),
        ("for=unknown;proto=https", Forwarded(None, "https")),
        ("for=_secret", Forwarded(None)),
        ("proto=https", Forwarded(None, "https")),
        (
            "for=6.6.6.6;host=evil.test, for=203.0.113.9;proto=https, for=10.0.0.2",
            Forwarded("203.0.113.9", "https"),
        ),
        ("for=10.0.0.9, for=10.0.0.2;proto=https", Forwarded("10.0.0.9")),
        (";;for=203.0.113.9;,,", Forwarded("203.0.113.9")),
        ("for=203.0.113.9;host=a b", Forwarded(None)),
        ('for=203.0.113.9;host="a b"', Forwarded("203.0.113.9")),
        ("for=203.0.113.9;proto=gopher", Forwarded("203.0.113.9")),
        ("for=203.0.113.9;for=1.1.1.1", Forwarded(None)),
        ("", Forwarded(PROXY)),
        (" , ", Forwarded(PROXY)),
        ("for", Forwarded(None)),
        ("for=", Forwarded(None)),
        ("=1.2.3.4", Forwarded(None)),
        ("for=1.2.3.4 for=1.2.3.4", Forwarded(None)),
        ('for="1.2.3.4', Forwarded(None)),
        ('for="1.2.3.4"x', Forwarded(None)),
        ("for=1.2.3.4\n", Forwarded(None)),
    ],
)
def test_the_standard_header_is_read_from_the_right_too(text, found):
    assert standard(text) == found


@pytest.mark.parametrize(
    "forged",
    [
        'for="1.1.1.1',
        "for=1.1.1.1;proto=https;x=",
        'for=1.1.1.1;x="',
        'for=1.1.1.1;x="\\',
        "rubbish",
    ],
)
def test_a_forged_beginning_hides_at_most_the_forger(forged):
    told = standard(f"{forged}, for=203.0.113.9;proto=http")

    assert told.client in {None, "203.0.113.9"}
    assert told.scheme in {None, "http"}


def test_a_malformed_copy_hides_what_stands_left_of_it_only():
    assert standard("for=6.6.6.6", 'for="', "for=10.0.0.2").client is None
    assert standard("for=6.6.6.6", 'for="', "for=203.0.113.9").client == "203.0.113.9"


def test_a_standard_chain_without_an_end_is_cut_and_costs_little():
    began = time.process_time()

    assert standard(*["for=10.0.0.2"] * 50_000).client == "10.0.0.2"
    assert standard(",".join(["for=10.0.0.2"] * 10_000)).client == "10.0.0.2"
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", [" " * 100_000 + "x", 'for="' + "\\" * 100_001])
def test_hostile_text_takes_linear_time(text):
    began = time.process_time()

    assert standard(text).client is None
    assert time.process_time() - began < 1


def test_only_the_chosen_way_of_speaking_is_heard():
    headers = Headers(
        [("forwarded", "for=1.1.1.1"), ("x-forwarded-for", "203.0.113.9")]
    )

    assert HOUSE.resolve(PROXY, headers).client == "203.0.113.9"
    assert STANDARD.resolve(PROXY, headers).client == "1.1.1.1"


@given(st.text(), st.text(), st.text())
def test_no_header_is_too_strange_for_an_answer(hops, proto, forwarded):
    headers = Headers(
        [
            ("x-forwarded-for", hops),
            ("x-forwarded-proto", proto),
            ("forwarded", forwarded),
        ]
    )

    for trust in (HOUSE, STANDARD):
        assert trust.resolve(PROXY, headers).scheme in {None, "http", "https"}


@given(
    st.lists(st.ip_addresses(), max_size=5),
    st.ip_addresses().filter(lambda a: str(a)[:3] not in {"10.", "fd0"}),
    st.lists(st.integers(0, 255).map("10.0.0.{}".format), max_size=5),
)
def test_what_a_client_puts_before_never_wins(forged, real, hops):
    chain = ", ".join([*map(str, forged), str(real), *hops])

    found = client(chain, trust=ProxyTrust(("10.0.0.0/8",)))

    mapped = getattr(real, "ipv4_mapped", None)
    if mapped is None:
        assert found == str(real)


@pytest.mark.parametrize("network", ["10.0.0.0/99", "proxy.example", "10.0.0.1/8", ""])
def test_a_network_that_cannot_be_read_is_an_error_at_start(network):
    with pytest.raises(SettingsError, match="SG-HTTP-032") as caught:
        ProxyTrust((network,))

    assert repr(network) in caught.value.problem.what


def test_a_way_of_speaking_that_is_unknown_is_an_error_at_start():
    with pytest.raises(SettingsError, match="SG-HTTP-035"):
        ProxyTrust((), style="both")


def test_a_trust_shows_what_it_was_made_of():
    trust = ProxyTrust(("10.0.0.0/8",), style="forwarded", host=True)

    assert eval(repr(trust)).networks == trust.networks

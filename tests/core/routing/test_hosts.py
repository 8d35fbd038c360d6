"""Host patterns: which hosts fit, and hosts built from values."""

import pytest

from segue.core.errors import RouteError
from segue.core.routing.hosts import HostPattern, bare_host


@pytest.mark.parametrize(
    ("host", "bare"),
    [
        ("Example.ORG", "example.org"),
        ("example.org:8000", "example.org"),
        ("example.org.", "example.org"),
        ("example.org.:80", "example.org"),
        ("[::1]", "[::1]"),
        ("[::1]:80", "[::1]"),
        ("", ""),
    ],
)
def test_case_port_and_final_dot_do_not_count(host, bare):
    assert bare_host(host) == bare


@pytest.mark.feature("M-014")
@pytest.mark.parametrize(
    ("pattern", "host", "values"),
    [
        ("example.org", "example.org:80", {}),
        ("example.org", "www.example.org", None),
        ("Example.org", "example.ORG", {}),
        ("{tenant}.example.org", "Shop.example.org", {"tenant": "shop"}),
        ("{tenant}.example.org", "example.org", None),
        ("{tenant}.example.org", "a.b.example.org", None),
        ("{tenant}.example.org", ".example.org", None),
        ("{n:int}.example.org", "7.example.org", {"n": 7}),
        ("{n:int}.example.org", "x.example.org", None),
        ("api-{region}.{zone}.org", "api-eu.a.org", {"region": "eu", "zone": "a"}),
        ("api-{region}.example.org", "web-eu.example.org", None),
        ("[::1]", "[::1]:8000", {}),
        ("[::1]", "[::2]", None),
        ("localhost", "localhost", {}),
    ],
)
def test_a_host_fits_or_not(pattern, host, values):
    assert HostPattern.parse(pattern).match(host) == values


@pytest.mark.feature("M-014")
def test_the_hint_of_a_parameter_is_its_converter():
    pattern = HostPattern.parse("{n}.example.org", hints={"n": int})

    assert pattern.match("7.example.org") == {"n": 7}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a..b",
        "https://example.org",
        "example.org:80",
        "example.org/x",
        "*.example.org",
        "bücher.example.org",
        "{rest:path}.example.org",
        "{a}.{a}.org",
        "{a",
    ],
)
def test_what_no_host_can_be_is_an_error_with_its_place(text):
    with pytest.raises(RouteError, match=r"SG-ROUTE-001[\s\S]*app.py:3"):
        HostPattern.parse(text, where=("app.py:3 show",))


@pytest.mark.feature("M-013", "M-014")
def test_a_host_is_built_from_values():
    pattern = HostPattern.parse("{tenant}-{n:int}.Example.org")

    assert pattern.build({"tenant": "Shop", "n": 3, "more": 1}) == "shop-3.example.org"
    assert HostPattern.parse("[::1]").build({}) == "[::1]"
    assert pattern.host == "-.example.org"


def test_a_missing_value_is_named():
    with pytest.raises(RouteError, match=r"SG-ROUTE-007.*'tenant'"):
        HostPattern.parse("{tenant}.org").build({})


@pytest.mark.parametrize("value", ["", "a.b", "a b", "evil.com/", "@evil", "ü", None])
def test_a_value_cannot_lead_to_another_host(value):
    with pytest.raises(RouteError, match="SG-ROUTE-008"):
        HostPattern.parse("{tenant}.example.org").build({"tenant": value})


def test_the_more_specific_label_counts_from_the_right():
    one = HostPattern.parse("{a}.example.org")
    other = HostPattern.parse("api.{b}.org")

    assert one.specificity < other.specificity
    assert repr(one) == "<HostPattern {a}.example.org>"

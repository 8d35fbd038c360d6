"""Routes: what they answer and how they are printed."""

import pytest

from segue.core.routing.predicates import header
from segue.core.routing.route import COMMON_METHODS


@pytest.mark.feature("M-019")
def test_a_route_for_get_answers_head(route):
    get, post = route("GET /x"), route("POST /x")

    assert get.answers("HEAD")
    assert not post.answers("HEAD")
    assert get.allowed == {"GET", "HEAD"}
    assert post.allowed == {"POST"}


def test_a_route_for_any_method_answers_all_that_a_client_can_send(route):
    either = route("/x")

    assert either.answers("PROPFIND")
    assert not either.answers("(WEBSOCKET)")
    assert either.allowed == set(COMMON_METHODS)


def test_routes_are_compared_by_identity(route):
    assert route("GET /x") != route("GET /x")


def test_a_route_is_printed_as_it_reads(route):
    bound = route("GET POST {t}.example.org/x", when=[header("a"), header("b")])

    assert str(bound) == "GET POST {t}.example.org/x when header a and header b"
    assert repr(route("/x")) == "<Route ANY /x>"


def test_a_route_is_conditional_when_more_than_path_and_method_decide(route):
    assert route("GET h.org/x").conditional
    assert route("GET /x", when=header("a")).conditional
    assert not route("GET /x").conditional
    assert dict(route("GET /x").options) == {}

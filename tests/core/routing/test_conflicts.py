"""Conflicts: duplicates, dead routes and repeated names, with both places."""

import msgspec
import pytest

from segue.core.routing.predicates import (
    accepts,
    custom,
    header,
    host,
    method,
    query,
)
from segue.core.routing.registry import Converters
from segue.core.routing.table import RouteTable

converters = Converters()
converters.add("late", str, rank=85)
converters.add("lines", str, rank=99, spans=True)


def problems(*routes):
    table = RouteTable()
    for each in routes:
        table.add(each)
    return table.freeze()


def found(*routes):
    return [(each.code, each.what) for each in problems(*routes)]


@pytest.mark.feature("M-017")
def test_two_routes_for_one_request_are_reported_with_both_places(route):
    first, second = route("GET /users/{id}"), route("GET POST /users/{name}")

    (problem,) = problems(first, second)

    assert problem.code == "SG-ROUTE-003"
    assert problem.what == "Two routes answer GET /users/{id}."
    assert problem.where == (first.place, second.place)
    assert "'post_it' would never run" in problem.why


@pytest.mark.feature("M-017")
def test_a_duplicate_is_reported_once_and_not_as_dead_too(route):
    assert found(route("GET POST /x"), route("GET POST /x")) == [
        ("SG-ROUTE-003", "Two routes answer GET and POST /x.")
    ]


@pytest.mark.feature("M-017")
def test_a_third_route_is_reported_beside_the_first(route):
    routes = [route("GET /x"), route("POST /x"), route("GET POST /x")]

    assert found(*routes) == [
        ("SG-ROUTE-003", "Two routes answer GET /x."),
        ("SG-ROUTE-003", "Two routes answer POST /x."),
    ]


@pytest.mark.feature("M-017")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GET /{a:int}", "GET /{b:int}"),
        ("/x", "/x"),
        ("GET {a}.org/x", "GET {b}.org/x"),
        ("GET /{a}.{b}", "GET /{c}.{d}"),
        ("GET /{a:re:[a-z]+}", "GET /{b:re:[a-z]+}"),
        ("GET /{a:path}/x", "GET /{b:path}/x"),
    ],
)
def test_names_of_parameters_do_not_tell_routes_apart(route, one, other):
    assert [code for code, _ in found(route(one), route(other))] == ["SG-ROUTE-003"]


@pytest.mark.feature("M-017")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GET /{id:int}", "GET /{slug}"),
        ("GET /x", "POST /x"),
        ("GET /x", "/x"),
        ("GET /x", "HEAD /x"),
        ("GET /x", "GET /x/"),
        ("GET /x", "GET h.org/x"),
        ("GET /{rest:path}", "GET /x"),
        ("/{rest:path}", "GET /{a}/{b}"),
        ("GET /{rest:tail}", "GET /{rest:path}"),
        ("GET /{a:re:[a-z]+}", "GET /{a:re:[0-9]+}"),
    ],
)
def test_routes_that_requests_can_tell_apart_are_no_conflict(route, one, other):
    assert found(route(one), route(other)) == []
    assert found(route(other), route(one)) == []


@pytest.mark.feature("M-017")
def test_equal_predicates_do_not_tell_routes_apart(route):
    one = route("GET /x", when=header("A") & query("b"))
    other = route("GET /x", when=[query("b"), header("a")])

    assert found(one, other) == [
        ("SG-ROUTE-003", "Two routes answer GET /x when header a and query b.")
    ]


@pytest.mark.feature("M-017")
@pytest.mark.parametrize(
    ("text", "when", "clash"),
    [
        ("GET /x", [header("a"), ~header("a")], "'header a' and 'not header a'"),
        ("GET /x", [header("a", "1"), header("a", "2")], "'header a = 1'"),
        ("GET /x", [query("a", "1"), ~query("a")], "'query a = 1'"),
        ("GET /x", [~(header("a") | query("b")), query("b")], "'not query b'"),
        ("GET /x", [method("POST")], "a route for other methods"),
    ],
)
def test_conditions_that_exclude_each_other_make_a_route_dead(route, text, when, clash):
    (problem,) = problems(route(text, when=when))

    assert problem.code == "SG-ROUTE-004"
    assert problem.what.startswith("No request can fit GET /x when")
    assert clash in problem.why
    assert "'get_it' would never run" in problem.why


@pytest.mark.parametrize(
    "when",
    [
        [header("a"), header("a", "1")],
        [header("a", "1"), query("a", "2")],
        [header("a", "1"), header("b", "2")],
        [method("HEAD"), accepts("text/html")],
        [~header("a", "1"), header("a")],
    ],
)
def test_conditions_that_can_hold_together_are_no_conflict(route, when):
    assert found(route("GET /x", when=when)) == []


@pytest.mark.feature("M-017")
def test_a_pair_that_takes_everything_makes_the_rest_dead(route):
    yes, no = route("GET /x", when=header("a")), route("GET /x", when=~header("a"))
    rest = route("GET /x")

    (problem,) = problems(rest, yes, no)

    assert problem.code == "SG-ROUTE-004"
    assert problem.what == "GET /x is dead."
    assert set(problem.where) == {rest.place, yes.place, no.place}


def lucky(request):
    return True


@pytest.mark.feature("M-017")
def test_a_condition_that_implies_those_of_an_earlier_route_is_dead(route):
    a, b, c = (custom(lucky, says=word) for word in "abc")
    earlier = route("/x", when=[a | b, a | c])
    later = route("GET /x", when=[a])

    assert found(later, earlier) == [("SG-ROUTE-004", "GET /x when a is dead.")]
    assert found(later, route("POST /x", when=[a | b, a | c])) == []


def test_a_route_for_several_methods_is_dead_only_when_all_are_taken(route):
    a, b, c = (custom(lucky, says=word) for word in "abc")
    later = route("GET POST /x", when=[a])
    get = route("GET /x", when=[a | b, a | c])
    post = route("POST /x", when=[a | b, a | c])

    assert found(later, get) == []
    assert found(later, get, post) == [("SG-ROUTE-004", "GET POST /x when a is dead.")]


def test_what_implies_what_is_known_for_groups_of_conditions(route):
    a, b, c = (custom(lucky, says=word) for word in "abc")
    # All of a and b is implied, so that one of it and c is.
    earlier = route("GET /x", when=[(a & b) | c, a | c, b | c, host("h.org") | a])
    later = route("GET /x", when=[a, b])

    assert found(later, earlier) == [("SG-ROUTE-004", "GET /x when a and b is dead.")]


def test_a_route_for_any_method_is_taken_only_by_one_for_any(route):
    a, b, c = (custom(lucky, says=word) for word in "abc")
    later = route("/x", when=[a])

    assert found(later, route("GET /x", when=[a | b, a | c])) == []
    assert found(later, route("/x", when=[a | b, a | c])) == [
        ("SG-ROUTE-004", "ANY /x when a is dead.")
    ]


@pytest.mark.feature("M-017")
@pytest.mark.parametrize(
    ("wide", "dead"),
    [
        ("GET /w/{x}", "GET /w/{x:late}"),
        ("/w/{x}", "GET /w/{x:late}"),
        ("GET /w/{x}", "HEAD /w/{x:late}"),
        ("/w/{x}", "/w/{x:late}"),
        ("GET /{x}/{y}", "GET /{y:late}/a"),
        ("GET /{r:tail}", "GET /{r:lines}"),
        ("GET h.org/{x}", "GET h.org/{x:late}"),
        ("GET /{x}/", "GET /{x:late}/"),
    ],
)
def test_a_converter_that_is_tried_after_one_that_takes_all_is_dead(route, wide, dead):
    routes = [route(each, converters=converters) for each in (dead, wide)]

    assert [code for code, _ in found(*routes)] == ["SG-ROUTE-004"]


@pytest.mark.parametrize(
    ("other", "alive"),
    [
        ("POST /w/{x}", "GET /w/{x:late}"),
        ("GET /w/{x}", "/w/{x:late}"),
        ("GET /w/{x:int}", "GET /w/{x:late}"),
        ("GET /v/{x}", "GET /w/{x:late}"),
        ("GET /w/{x}/y", "GET /w/{x:late}"),
        ("GET h.org/w/{x}", "GET /w/{x:late}"),
        ("GET /{x}/{y:int}", "GET /{x:late}/{y}"),
        ("GET /{r:path}", "GET /{r:lines}"),
        ("GET /{x}", "GET /{r:lines}"),
        ("GET /{x}/{y}", "GET /{x:late}/"),
    ],
)
def test_a_converter_of_the_app_is_alive_where_something_is_left_for_it(
    route, other, alive
):
    assert found(*[route(each, converters=converters) for each in (other, alive)]) == []


def test_a_condition_leaves_something_for_a_late_converter(route):
    wide = route("GET /w/{x}", when=header("a"))
    late = route("GET /w/{x:late}", converters=converters)

    assert found(wide, late) == []


@pytest.mark.feature("M-017")
def test_a_name_that_two_routes_have_is_reported_with_both_places(route):
    one = msgspec.structs.replace(route("GET /x"), name="home")
    other = msgspec.structs.replace(route("GET /longer"), name="home")

    (problem,) = problems(one, other)

    assert problem.code == "SG-ROUTE-005"
    assert problem.what == "Two routes are named 'home'."
    assert problem.where == (one.place, other.place)


def test_a_route_without_a_place_is_called_by_its_path(route):
    one, other = (msgspec.structs.replace(route("GET /x"), place="") for _ in "ab")

    (problem,) = problems(one, other)

    assert problem.where == ()
    assert "GET /x would never run" in problem.why

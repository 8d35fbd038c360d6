"""The table: open until it is frozen, then compiled."""

import msgspec
import pytest

from segue.core.errors import RouteError
from segue.core.routing.matcher import Found, Miss
from segue.core.routing.table import RouteTable


def test_routes_come_out_in_the_order_they_were_added(table):
    made = table("GET /b", "GET /a", "GET /{x}")

    assert [each.target for each in made] == ["GET /b", "GET /a", "GET /{x}"]
    assert len(made) == 3


def test_a_frozen_table_takes_no_more_routes(table, route):
    late = route("GET /late")

    with pytest.raises(RouteError, match=r"SG-ROUTE-011[\s\S]*app.py"):
        table("GET /").add(late)


@pytest.mark.parametrize(
    "methods", [(), ("get",), ("GET POST",), ("",), ("GÉT",), ("A-",)]
)
def test_malformed_methods_are_refused_with_their_place(route, methods):
    bad = msgspec.structs.replace(route("GET /x"), methods=frozenset(methods))

    with pytest.raises(RouteError, match=r"SG-ROUTE-010[\s\S]*app.py"):
        RouteTable().add(bad)


@pytest.mark.parametrize(
    "methods", [("VERSION-CONTROL",), ("(WEBSOCKET)",), ("GET", "QUERY")]
)
def test_methods_of_other_protocols_are_taken(route, methods):
    made = RouteTable()

    made.add(
        msgspec.structs.replace(route("GET /x"), methods=frozenset(methods), place="")
    )

    assert len(made) == 1


def test_a_table_without_routes_answers_nothing(table):
    made = table()

    assert made.search("/", "GET", "h", object) == Miss()
    assert made.compile(str).find("/", "GET") is None


def test_make_is_called_once_for_each_route(table):
    called = []

    matcher = table("GET POST /a", "/b/{x}").compile(
        lambda each: called.append(each) or len(called)
    )

    assert [each.target for each in called] == ["GET POST /a", "/b/{x}"]
    assert matcher.static["/a"] == {"GET": 1, "HEAD": 1, "POST": 1}
    assert matcher.find("/b/1", "DELETE") == (2, ("1",))


def test_a_table_answers_and_builds_urls_also_before_it_is_frozen(route):
    made = RouteTable()
    one, other = route("GET /one", "one"), route("GET /other", "other")
    made.add(one)
    assert made.url("one") == "/one"
    made.add(other)

    found = made.search("/other", "GET", "h", object)

    assert isinstance(found, Found)
    assert found.route is other
    assert made.url("other") == "/other"
    assert made.freeze() == made.freeze() == []
    assert made.matcher is made.matcher

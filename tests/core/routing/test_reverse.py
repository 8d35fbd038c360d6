"""Reverse URLs: names and targets to URLs."""

from datetime import date
from enum import Enum

import msgspec
import pytest

from segue.core.errors import RouteError
from segue.core.routing.reverse import build_query


class Color(Enum):
    RED = "red"


def show():
    """Stand for a handler."""


class Pages:
    def show(self):
        """Stand for a handler of a class."""

    __hash__ = None


@pytest.mark.feature("M-013")
def test_a_url_is_built_by_target_and_by_name(table, route):
    made = table(
        msgspec.structs.replace(route("GET /u/{id:int}", show), name="api.user")
    )

    assert made.url(show, {"id": 3}) == "/u/3"
    assert made.url("api.user", {"id": 3}) == "/u/3"


@pytest.mark.feature("M-013")
def test_names_that_are_not_in_the_path_are_the_query(table, route):
    made = table(route("GET /u/{id:int}", show))

    assert (
        made.url(show, {"id": 3, "tab": "a b", "x": [1, 2]}) == "/u/3?tab=a%20b&x=1&x=2"
    )


@pytest.mark.feature("M-013", "M-014")
def test_a_route_of_a_host_has_its_host_in_its_url(table, route):
    made = table(route("GET {tenant}.example.org/u/{id}", show))

    assert made.url(show, {"tenant": "shop", "id": 1}) == "//shop.example.org/u/1"


@pytest.mark.feature("M-013")
def test_of_several_routes_the_one_that_uses_the_most_values_is_built(table, route):
    made = table(
        route("GET /", show),
        route("GET /{year}", show),
        route("GET /{year}/{month}", show),
    )

    assert made.url(show) == "/"
    assert made.url(show, {"year": 2024, "page": 2}) == "/2024?page=2"
    assert made.url(show, {"year": 2024, "month": "01"}) == "/2024/01"


def test_a_target_that_cannot_be_hashed_is_found_by_equality(table, route):
    pages = Pages()
    made = table(route("GET /p", pages.show), route("GET /q", [1]))

    assert made.url(pages.show) == "/p"
    assert made.url([1]) == "/q"


def test_the_method_of_an_object_is_found_by_the_function_of_its_class(table, route):
    made = table(route("GET /p", Pages.show))

    assert made.url(Pages().show) == made.url(Pages.show) == "/p"


def test_without_the_values_of_any_route_the_first_tells_what_is_missing(table, route):
    made = table(route("GET /{year}", show), route("GET /{year}/{month}", show))

    with pytest.raises(RouteError, match=r"SG-ROUTE-007.*/{year} needs .*'year'"):
        made.url(show)


@pytest.mark.feature("M-013")
def test_an_unknown_name_is_an_error_that_names_the_nearest(table, route):
    made = table(msgspec.structs.replace(route("GET /"), name="home"))

    with pytest.raises(RouteError, match=r"SG-ROUTE-006.*'hme'.*Did you mean 'home'"):
        made.url("hme")


def test_a_function_without_a_route_is_named(table):
    with pytest.raises(RouteError, match=r"SG-ROUTE-006  show answers no route"):
        table("GET /").url(show)


@pytest.mark.feature("M-013")
def test_a_query_is_built_from_what_has_a_text():
    values = {
        "a b": "ü&=+",
        "none": None,
        "flag": False,
        "day": date(2024, 1, 31),
        "color": Color.RED,
        "many": (1, None, "x"),
        "nothing": [],
    }

    assert build_query(values) == (
        "a%20b=%C3%BC%26%3D%2B&flag=false&day=2024-01-31&color=red&many=1&many=x"
    )


@pytest.mark.parametrize("value", [object(), {"a": 1}, [[1]], "\ud800"])
def test_what_has_no_text_cannot_stand_in_a_query(value):
    with pytest.raises(RouteError, match=r"SG-ROUTE-008.*'x'"):
        build_query({"x": value})

"""Which routes a document has."""

import pytest

from segue import App, Group
from segue.core.errors import RouteError
from segue.openapi.selection import selected

inner = Group("/inner")


@inner.get("/x")
def x(): ...


def paths(app, include):
    return [str(route.pattern) for route in selected(app.kernel.table, include)]


@pytest.fixture
def app():
    app = App()
    group = Group("/api")
    group.include(inner)
    app.include(group, "/v1")
    app.include(group, "/v2")
    app.add("/api", lambda: "", name="api")
    app.add("/apis", lambda: "", name="apis")
    app.add("/hidden", lambda: "", name="hidden", include_in_schema=False)
    return app


@pytest.mark.feature("M-062")
def test_all_routes_are_in_it_but_the_hidden_ones(app):
    assert paths(app, None) == ["/api", "/apis", "/v1/api/inner/x", "/v2/api/inner/x"]


def test_a_prefix_is_whole_segments(app):
    assert paths(app, "/api") == ["/api"]
    assert paths(app, "/v1/") == ["/v1/api/inner/x"]
    assert len(paths(app, "/")) == 4


def test_a_group_is_known_by_its_handlers(app):
    assert paths(app, inner) == ["/v1/api/inner/x", "/v2/api/inner/x"]
    assert paths(app, Group("/api")) == []


def test_a_function_decides(app):
    assert paths(app, lambda route: route.name == "apis") == ["/apis"]


def test_several_are_added_up(app):
    assert paths(app, ["/v2", lambda route: route.name == "api"]) == [
        "/api",
        "/v2/api/inner/x",
    ]


@pytest.mark.parametrize("include", [3, pytest])
def test_anything_else_is_an_error(app, include):
    with pytest.raises(RouteError, match="SG-OAPI-004"):
        paths(app, include)

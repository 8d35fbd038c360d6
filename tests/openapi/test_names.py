"""The ids of operations."""

import pytest

from segue import Group
from segue.core.errors import RouteError


@pytest.fixture
def ids(app, build):
    def ids():
        paths = build(app)["paths"]
        return {
            f"{method} {path}": operation["operationId"]
            for path, item in paths.items()
            for method, operation in item.items()
        }

    return ids


def show(): ...


@pytest.mark.feature("M-062")
def test_an_operation_is_called_as_its_route(app, ids):
    group = Group("/api", name="api")
    group.add("/a", show)
    group.add("/b", show, name="other")
    app.include(group)

    assert ids() == {"get /api/a": "api.show", "get /api/b": "api.other"}


def test_a_route_without_a_name_is_called_after_function_and_path(app, ids):
    app.add("/a", show)
    app.add("/b/{id:int}", show)
    app.add("/b-{id:slug}", show)

    assert ids() == {
        "get /a": "show",
        "get /b/{id}": "show_get_b_id",
        "get /b-{id}": "show_get_b_id_2",
    }


def test_several_methods_of_one_route_are_told_apart(app, ids):
    app.add("/a", show, methods=["GET", "POST"])
    app.add("/b", lambda: "", methods=None, operation_id="any")

    assert ids() == {
        "get /a": "show_get",
        "post /a": "show_post",
        **{
            f"{method} /b": f"any_{method}"
            for method in ("get", "put", "post", "delete", "patch")
        },
    }


def test_an_id_that_was_asked_for_comes_first(app, ids):
    app.add("/a", show)
    app.add("/b", lambda: "", operation_id="show")

    assert ids() == {"get /a": "show_get_a", "get /b": "show"}


def test_one_id_for_two_operations_is_an_error(app, ids):
    app.add("/a", show, operation_id="x")
    app.add("/b", show, operation_id="x")

    with pytest.raises(RouteError, match="SG-OAPI-002"):
        ids()

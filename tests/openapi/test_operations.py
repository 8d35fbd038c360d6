"""One operation, from one route."""

import pytest

from segue import Group
from segue.core.errors import RouteError
from segue.openapi import Link


@pytest.mark.feature("M-062")
def test_without_words_the_name_is_the_summary(app, operation):
    def show_order_() -> str: ...

    app.add("/x", show_order_)

    made = operation()
    assert made["summary"] == "Show order"
    assert "description" not in made
    assert "deprecated" not in made


def test_the_docstring_is_cut_at_its_sections(app, operation):
    @app.get("/x")
    def f() -> str:
        """Show an order.

        It is *shown*.

        In full.

        Returns:
            The order.
        """
        return ""

    assert operation()["summary"] == "Show an order"
    assert operation()["description"] == "It is *shown*.\n\nIn full."


def test_options_win_over_the_docstring(app, operation):
    @app.get(
        "/x",
        summary="S.",
        description="D.",
        deprecated=True,
        external_docs="https://example.org",
    )
    def f() -> str:
        """Not this."""
        return ""

    made = operation()
    assert (made["summary"], made["description"]) == ("S.", "D.")
    assert made["deprecated"] is True
    assert made["externalDocs"] == {"url": "https://example.org"}


def test_tags_of_a_group_and_of_its_route_add_up(app, operation):
    group = Group(tags=("a", "b"))
    group.add("/x", lambda: "", tags="b")
    app.include(group)

    assert operation()["tags"] == ["a", "b"]


def test_members_of_the_object_can_be_given_as_they_are(app, operation):
    app.add(
        "/x",
        lambda: "",
        openapi={
            "x-internal": True,
            "responses": {"200": {"headers": {"x-a": {"schema": {}}}}},
        },
    )

    made = operation()
    assert made["x-internal"] is True
    assert made["responses"]["200"]["headers"] == {"x-a": {"schema": {}}}
    assert made["responses"]["200"]["description"] == "OK"


def test_a_host_is_a_server(app, operation):
    app.add("/x", lambda tenant: tenant, host="{tenant}.api.example.org")

    made = operation()
    assert made["servers"] == [
        {
            "url": "{scheme}://{tenant}.api.example.org",
            "variables": {
                "scheme": {"default": "https", "enum": ["https", "http"]},
                "tenant": {"default": "tenant"},
            },
        }
    ]
    assert "parameters" not in made


def made():
    return {}


@pytest.mark.feature("M-067")
def test_links_lead_from_an_answer_to_another_operation(app, build):
    def show(id: int) -> str: ...

    app.add(
        "/x",
        made,
        methods=["POST"],
        links={
            "show": Link(show, id="$response.body#/id", description="The new one."),
            "other": Link("else", body="$response.body"),
        },
    )
    app.add("/x/{id}", show)
    responses = build(app)["paths"]["/x"]["post"]["responses"]

    assert responses["200"]["links"] == {
        "show": {
            "operationId": "show",
            "description": "The new one.",
            "parameters": {"id": "$response.body#/id"},
        },
        "other": {"operationId": "else", "requestBody": "$response.body"},
    }
    assert "links" not in responses["400"]


def test_a_link_to_nowhere_is_an_error(app, build):
    app.add("/x", made, links={"a": Link(print)})

    with pytest.raises(RouteError, match="SG-OAPI-003"):
        build(app)

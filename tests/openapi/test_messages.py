"""Webhooks and callbacks."""

from typing import Annotated

import msgspec
import pytest

from segue import FromHeader, put
from segue.core.handlers.marks import route


class Shipped(msgspec.Struct):
    order: int


def shipped(event: Shipped) -> None:
    """An order was shipped."""


@put(summary="Changed", responses={202: "Taken.", 409: "Not now."})
def changed(event: list[Shipped], signature: Annotated[str, FromHeader]) -> None: ...


@route(methods=["POST", "PUT"])
def both(event: Shipped) -> str: ...


@route(methods=None)
def unsaid(event: Shipped) -> str: ...


@pytest.mark.feature("M-067")
def test_a_webhook_is_a_signature(app, build):
    made = build(app, webhooks={"shipped": shipped})

    assert made["webhooks"]["shipped"] == {
        "post": {
            "operationId": "shipped",
            "summary": "An order was shipped",
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Shipped"}
                    }
                },
            },
            "responses": {"204": {"description": "No Content"}},
        }
    }
    assert "Shipped" in made["components"]["schemas"]


@pytest.mark.feature("M-067")
def test_a_mark_says_more_about_a_webhook(app, build):
    made = build(app, webhooks={"a": changed, "b": both, "c": unsaid})["webhooks"]

    operation = made["a"]["put"]
    assert operation["summary"] == "Changed"
    assert [p["name"] for p in operation["parameters"]] == ["signature"]
    assert list(operation["responses"]) == ["202", "204", "409"]
    assert [each["operationId"] for each in made["b"].values()] == ["b_post", "b_put"]
    assert list(made["c"]) == ["post"]


@pytest.mark.feature("M-067")
def test_a_callback_belongs_to_an_operation(app, operation):
    address = "{$request.body#/url}"
    app.add("/watch", lambda: None, callbacks={"shipped": {address: shipped}})

    item = operation()["callbacks"]["shipped"][address]

    assert list(item) == ["post"]
    assert "operationId" not in item["post"]
    assert list(item["post"]["responses"]) == ["204"]

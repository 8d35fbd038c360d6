"""The document of an app."""

import msgspec
import pytest

from segue import App, NotFound
from segue.openapi import build_document
from segue.openapi.information import Information


class Item(msgspec.Struct):
    """Something that is sold."""

    sku: str
    price: int = 0


def document(app, **about):
    return build_document(app.kernel, Information(title="Shop", **about))


@pytest.fixture
def app():
    return App()


@pytest.mark.feature("M-062")
def test_a_route_becomes_an_operation(app):
    @app.get("/items/{id}", tags="items", raises=NotFound)
    def show(id: int, lang: str = "en") -> Item:
        """Show an item.

        With all it has.
        """
        return Item("a")

    made = document(app)
    operation = made["paths"]["/items/{id}"]["get"]

    assert made["openapi"] == "3.1.0"
    assert made["info"] == {"title": "Shop", "version": "0.1.0"}
    assert operation["operationId"] == "show"
    assert operation["summary"] == "Show an item"
    assert operation["description"] == "With all it has."
    assert operation["tags"] == ["items"]
    assert operation["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
        {"name": "lang", "in": "query", "schema": {"type": "string", "default": "en"}},
    ]
    assert operation["responses"]["200"]["content"] == {
        "application/json": {"schema": {"$ref": "#/components/schemas/Item"}}
    }
    assert list(operation["responses"]) == ["200", "400", "404"]
    assert made["components"]["schemas"]["Item"]["required"] == ["sku", "price"]

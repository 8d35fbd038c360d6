"""The document of an app as a whole."""

import json

import msgspec
import pytest

from segue import App, NotFound


class Item(msgspec.Struct):
    """Something that is sold."""

    sku: str
    price: int = 0


@pytest.mark.feature("M-062")
def test_a_route_becomes_an_operation(app, build):
    @app.get("/items/{id}", tags="items", raises=NotFound)
    def show(id: int, lang: str = "en") -> Item:
        """Show an item.

        With all it has.
        """
        return Item("a")

    made = build(app)
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


def test_an_app_without_routes_has_a_document(app, build):
    made = build(app)

    assert made == {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "0.1.0"},
        "servers": [{"url": "/"}],
        "security": [],
        "paths": {},
    }


def test_tags_are_listed_described_ones_first(app, build):
    app.add("/a", lambda: "", tags=("a", "b"))

    assert build(app, tags={"b": "The second."})["tags"] == [
        {"name": "b", "description": "The second."},
        {"name": "a"},
    ]


def test_a_route_may_stay_out_of_it(app, build):
    app.add("/a", lambda: "", include_in_schema=False)

    assert build(app)["paths"] == {}


def test_the_last_word_is_the_developers(app, build):
    def amend(document):
        document["info"]["x-logo"] = "logo.png"

    assert build(app, amend=amend)["info"]["x-logo"] == "logo.png"


def test_routes_that_only_a_converter_tells_apart_are_one_path(app, build):
    @app.get("/a/{id:int}")
    def number(id: int) -> int: ...

    @app.get("/a/{name}")
    def name(name: str) -> list[int]: ...

    @app.put("/a/{key}")
    def put(key: str) -> None: ...

    paths = build(app)["paths"]

    assert list(paths) == ["/a/{id}"]
    assert paths["/a/{id}"]["get"]["parameters"][0] == {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
    }
    assert paths["/a/{id}"]["put"]["parameters"][0]["name"] == "id"
    content = paths["/a/{id}"]["get"]["responses"]["200"]["content"]
    assert content["application/json"]["schema"] == {
        "anyOf": [
            {"type": "integer"},
            {"type": "array", "items": {"type": "integer"}},
        ]
    }


def test_two_documents_of_the_same_app_are_equal():
    def made():
        app = App()
        app.add("/a/{id}", lambda id: {"id": id})
        app.add("/b", lambda: None, methods=["POST", "PUT"])
        return app

    from segue.openapi import Information, build_document

    texts = [
        json.dumps(build_document(made().kernel, Information(title="x")))
        for _ in range(2)
    ]

    assert texts[0] == texts[1]

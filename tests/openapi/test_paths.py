"""Templates of paths, and routes that share one."""

from typing import Annotated

import msgspec
import pytest

from segue import HTML, FromBody
from segue.core.routing.pattern import Pattern
from segue.openapi.paths import merge, template_of
from segue.routing import accepts, header


class Item(msgspec.Struct):
    sku: str


class Other(msgspec.Struct):
    name: str


@pytest.mark.parametrize(
    ("pattern", "template"),
    [
        ("/", "/"),
        ("/a/", "/a/"),
        ("/a/{id:int}", "/a/{id}"),
        ("/f/{name}.{ext:re:[a-z]+}", "/f/{name}.{ext}"),
        ("/{path:path}", "/{path}"),
        ("/{book.slug}", "/{book.slug}"),
        ("/{{x}} y", "/%7Bx%7D%20y"),
    ],
)
def test_a_template_has_names_only(pattern, template):
    assert template_of(Pattern.parse(pattern)) == template


def test_routes_that_a_predicate_tells_apart_are_one_operation(app, build):
    @app.get("/x", when=accepts("text/html"))
    def page(q: int, lang: str) -> HTML: ...

    @app.get("/x")
    def data(q: str, size: int) -> Item: ...

    operation = build(app)["paths"]["/x"]["get"]

    assert operation["operationId"] == "data"
    assert operation["parameters"] == [
        {
            "name": "q",
            "in": "query",
            "required": True,
            "schema": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        },
        {"name": "size", "in": "query", "schema": {"type": "integer"}},
        {"name": "lang", "in": "query", "schema": {"type": "string"}},
    ]
    assert list(operation["responses"]["200"]["content"]) == [
        "application/json",
        "text/html",
    ]


def test_bodies_are_merged(app, build):
    @app.post("/x", when=header("x-version", "1"))
    def one(item: Item) -> None: ...

    @app.post("/x", when=header("x-version", "2"))
    def two(item: Other) -> None: ...

    @app.post("/x", when=header("x-version", "3"))
    def three(data: Annotated[bytes, FromBody]) -> None: ...

    @app.post("/x")
    def four() -> None: ...

    body = build(app)["paths"]["/x"]["post"]["requestBody"]

    assert body["required"] is False
    assert body["content"]["application/json"]["schema"] == {
        "anyOf": [
            {"$ref": "#/components/schemas/Item"},
            {"$ref": "#/components/schemas/Other"},
        ]
    }
    assert "application/octet-stream" in body["content"]


def test_equal_schemas_stay_one_and_an_open_one_takes_all():
    def made(schema, **more):
        content = {"application/json": {"schema": schema}}
        return {
            "parameters": [{"name": "a", "in": "query", "schema": schema, **more}],
            "responses": {"200": {"content": content}},
        }

    same, opened = made({"type": "string"}, required=True), made({"type": "string"})
    merge(same, made({"type": "string"}, required=True))
    merge(opened, made({}))
    merge(same, made({"type": "integer"}))
    merge(same, made({"type": "integer"}))
    both = {"anyOf": [{"type": "string"}, {"type": "integer"}]}

    assert same == made(both)
    assert opened == made({})


def test_a_route_of_another_kind_of_method_is_left_out(app, build):
    app.add("/x", lambda: "", methods=["PROPFIND"])

    assert build(app)["paths"] == {}

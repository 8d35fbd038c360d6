"""The answers of an operation, by status."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Generic, Literal, TypeVar

import msgspec
import pytest

from segue import HTML, Group, NotFound, Redirect, Stream
from segue.errors import Conflict, UnprocessableContent

T = TypeVar("T")
PROBLEM = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
}
ITEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}


class Item(msgspec.Struct):
    sku: str


class Word(StrEnum):
    A = "a"


class News(msgspec.Struct):
    title: str


class Events(Stream, Generic[T]):
    default_type = "text/event-stream"


class OutOfStock(Conflict):
    """409: so many are not there."""

    left: int
    hint: str = ""


class Again(Conflict):
    """Ordered twice."""


@pytest.fixture
def responses(app, operation):
    def responses(function, **options):
        app.add("/x", function, **options)
        return operation()["responses"]

    return responses


@pytest.mark.feature("M-062")
def test_an_answer_has_its_status_and_type(responses):
    def f() -> Item: ...

    made = responses(f, status=201)

    assert made["201"] == {"description": "Created", "content": ITEM}


@pytest.mark.feature("M-065")
def test_declared_errors_are_problem_documents(responses):
    def f() -> Item: ...

    made = responses(f, raises=[NotFound, Conflict])

    assert made["404"] == {"description": "Not Found", "content": PROBLEM}
    assert made["409"] == {"description": "Conflict", "content": PROBLEM}


@pytest.mark.feature("M-065")
def test_errors_that_the_code_raises_need_no_declaration(responses):
    def f() -> Item:
        raise NotFound

    assert responses(f)["404"]["content"] == PROBLEM


@pytest.mark.feature("M-065")
def test_a_problem_of_ones_own_tells_its_members(app, build):
    @app.get("/a", raises=OutOfStock)
    def a() -> Item: ...

    @app.get("/b", raises=(OutOfStock, Again))
    def b() -> Item: ...

    made = build(app)
    schema = made["components"]["schemas"]["OutOfStock"]
    first, second = (
        made["paths"][path]["get"]["responses"]["409"] for path in ("/a", "/b")
    )

    assert first["description"] == "so many are not there."
    assert schema["description"] == "so many are not there."
    assert schema["properties"]["left"] == {"type": "integer"}
    assert schema["required"] == ["type", "title", "status", "left"]
    assert second["content"]["application/problem+json"]["schema"] == {
        "anyOf": [
            {"$ref": "#/components/schemas/OutOfStock"},
            {"$ref": "#/components/schemas/Problem"},
        ]
    }


def test_input_that_does_not_fit_is_listed(app, build):
    @app.get("/x")
    def f(a: int) -> Item: ...

    made = build(app)
    (media,) = made["paths"]["/x"]["get"]["responses"]["422"]["content"].values()
    schemas = made["components"]["schemas"]

    assert media["schema"] == {"$ref": "#/components/schemas/InvalidProblem"}
    assert list(schemas["UnfitValue"]["properties"]) == [
        "in",
        "name",
        "message",
        "code",
    ]
    assert "errors" not in schemas["InvalidProblem"]["required"]


def test_a_handler_of_an_error_gives_it_its_form(app, operation):
    group = Group(raises=(NotFound, Conflict, UnprocessableContent))

    @group.on(NotFound)
    def page(error) -> HTML: ...

    @group.on(409)
    def told(error) -> tuple[dict[str, str], Literal[410]]: ...

    @group.get("/x")
    def f() -> Item: ...

    app.include(group)
    made = operation()["responses"]

    assert made["404"]["content"] == {"text/html": {"schema": {"type": "string"}}}
    assert list(made["410"]["content"]) == ["application/json"]
    assert "409" not in made
    assert "application/problem+json" in made["422"]["content"]


def test_the_route_has_the_last_word(responses):
    def f() -> Item:
        raise Conflict

    made = responses(
        f,
        responses={
            200: "The item.",
            202: None,
            203: str,
            207: (list[Item], "Several."),
            226: {"description": "Raw.", "headers": {"x-a": {"schema": {}}}},
            404: NotFound,
            409: HTML,
            499: "Never.",
        },
    )

    assert made["200"] == {"description": "The item.", "content": ITEM}
    assert made["202"] == {"description": "Accepted"}
    assert made["203"]["content"] == {"text/plain": {"schema": {"type": "string"}}}
    assert made["207"]["description"] == "Several."
    assert made["207"]["content"]["application/json"]["schema"]["type"] == "array"
    assert made["226"]["headers"] == {"x-a": {"schema": {}}}
    assert made["404"]["content"] == PROBLEM
    assert made["409"]["content"] == {"text/html": {"schema": {"type": "string"}}}
    assert made["499"] == {"description": "Never."}
    assert list(made) == sorted(made)


def test_a_status_that_nobody_knows_has_a_description_too(responses):
    def f() -> tuple[Item, int]: ...

    made = responses(f, responses={599: dict})

    assert made["2XX"] == {"description": "Successful answer", "content": ITEM}
    assert made["599"]["description"] == "Status 599"


def test_a_stream_of_items_tells_what_they_are(app, build):
    @app.get("/news")
    async def news() -> Events[News]:
        yield News("")

    @app.get("/bytes")
    def octets() -> Iterator[bytes]:
        yield b""

    paths = build(app)["paths"]

    assert paths["/news"]["get"]["responses"]["200"]["content"] == {
        "text/event-stream": {
            "schema": {"type": "string"},
            "x-item-schema": {"$ref": "#/components/schemas/News"},
        }
    }
    assert paths["/bytes"]["get"]["responses"]["200"]["content"] == {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
    }


def test_what_may_be_anything_has_an_open_schema(responses):
    def f(x: str = ""):
        return x or len(x)

    assert responses(f)["200"]["content"] == {"*/*": {"schema": {}}}


def test_one_media_type_may_have_several_schemas(responses):
    def f() -> str | Word | Item | list[Item]: ...

    content = responses(f)["200"]["content"]

    assert content["text/plain"]["schema"] == {
        "anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/Word"}]
    }
    assert len(content["application/json"]["schema"]["anyOf"]) == 2


def test_who_answers_exceptions_of_python_tells_the_status(app, operation):
    @app.on(KeyError)
    def lost(error):
        return {"lost": "yes"}, 404

    @app.on(ValueError)
    def page(error) -> HTML: ...

    @app.on(500)
    def failed(error) -> HTML: ...

    @app.get("/x")
    def f() -> Item: ...

    made = operation()["responses"]

    assert list(made) == ["200", "400", "404"]
    assert made["404"]["content"] == {"*/*": {"schema": {}}}


def test_a_redirect_tells_where_it_leads(responses):
    def f() -> Redirect: ...

    made = responses(f)

    assert made["303"] == {
        "description": "See Other",
        "headers": {"location": {"schema": {"type": "string"}}},
    }
    assert made["3XX"]["description"] == "Redirection"

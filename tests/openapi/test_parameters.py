"""What is read from path, query, headers and cookies."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import pytest
from annotated_types import Ge, MaxLen

from segue import FromCookie, FromHeader, FromPath, FromQuery
from segue.core.schema.marks import Describe, ReadOnly


class Color(Enum):
    RED = "red"


class Filter(msgspec.Struct):
    words: str
    from_: Annotated[int, Ge(1)] = msgspec.field(name="from", default=1)
    id: Annotated[int, ReadOnly()] = 0


@dataclass
class Head:
    x_client: str
    x_tries: int = 3


@pytest.fixture
def parameters(app, operation):
    def parameters(function, path="/x"):
        app.add(path, function)
        return operation().get("parameters", [])

    return parameters


@pytest.mark.feature("M-062")
def test_a_default_makes_a_parameter_optional(parameters):
    def f(a: int, b: Annotated[int, Ge(1)] = 2): ...

    assert parameters(f) == [
        {"name": "a", "in": "query", "required": True, "schema": {"type": "integer"}},
        {
            "name": "b",
            "in": "query",
            "schema": {"type": "integer", "minimum": 1, "default": 2},
        },
    ]


def test_what_has_no_hint_is_text(parameters):
    def f(a, b=None): ...

    assert parameters(f) == [
        {"name": "a", "in": "query", "required": True, "schema": {"type": "string"}},
        {"name": "b", "in": "query", "schema": {"type": "string"}},
    ]


def test_a_text_is_never_none_and_a_number_may_be(parameters):
    def f(a: str | None = None, b: int | None = None): ...

    assert parameters(f) == [
        {"name": "a", "in": "query", "schema": {"type": "string"}},
        {
            "name": "b",
            "in": "query",
            "allowEmptyValue": True,
            "schema": {"type": ["integer", "null"]},
        },
    ]


def test_a_list_that_has_to_be_there_has_an_item(parameters):
    def f(a: list[int], b: list[int] = [], c: list[int] | None = None): ...  # noqa: B006

    schemas = [each["schema"] for each in parameters(f)]

    items = {"type": "array", "items": {"type": "integer"}}
    assert schemas == [items | {"minItems": 1}, items | {"default": []}, items]


def test_a_record_is_listed_field_by_field(parameters):
    def f(wanted: Filter): ...

    assert [(p["name"], p.get("required", False)) for p in parameters(f)] == [
        ("words", True),
        ("from", False),
    ]


def test_of_a_record_that_may_be_missing_nothing_has_to_be_there(parameters):
    def f(wanted: Filter = Filter("x")): ...  # noqa: B008 - it is only read

    assert [(p.get("required"), p["schema"]) for p in parameters(f)] == [
        (None, {"type": "string"}),
        (None, {"type": "integer", "minimum": 1}),
    ]


def test_the_fields_of_headers_have_dashes(parameters):
    def f(head: Annotated[Head, FromHeader]): ...

    assert [(p["name"], p["in"]) for p in parameters(f)] == [
        ("x-client", "header"),
        ("x-tries", "header"),
    ]


def test_marks_say_more(parameters):
    def f(
        a: Annotated[
            str,
            FromQuery("A", description="The a.", deprecated=True, examples=("x",)),
        ] = "",
        b: Annotated[str, FromCookie, MaxLen(3)] = "b",
        c: Annotated[int, Describe(description="The c.", deprecated=True)] = 1,
    ): ...

    first, second, third = parameters(f)

    assert first == {
        "name": "A",
        "in": "query",
        "description": "The a.",
        "deprecated": True,
        "schema": {"type": "string", "default": "", "examples": ["x"]},
    }
    assert (second["in"], second["schema"]["maxLength"]) == ("cookie", 3)
    assert (third["description"], third["deprecated"]) == ("The c.", True)
    assert third["schema"] == {"type": "integer", "default": 1}


def test_the_docstring_describes_parameters(parameters):
    def f(a: int = 1):
        """Do it.

        Args:
            a: How often.
        """

    assert parameters(f)[0]["description"] == "How often."


def test_headers_that_the_document_tells_of_elsewhere_are_left_out(parameters):
    def f(
        accept: Annotated[str, FromHeader] = "",
        content_type: Annotated[str, FromHeader] = "",
        authorization: Annotated[str, FromHeader] = "",
    ): ...

    assert parameters(f) == []


def test_what_providers_and_guards_read_is_there(app, operation):
    class Tenant: ...

    @app.provide
    def tenant(x_tenant: Annotated[int, FromHeader("x-tenant")]) -> Tenant: ...

    def may(tenant: Tenant, token: str = "") -> bool: ...

    @app.get("/x", allow=may)
    def f(tenant: Tenant, token: str): ...

    assert [(p["name"], p["required"]) for p in operation()["parameters"]] == [
        ("token", True),
        ("x-tenant", True),
    ]


@pytest.mark.parametrize(
    ("path", "hint", "schema"),
    [
        ("/{x}", int, {"type": "integer"}),
        ("/{x}", UUID, {"type": "string", "format": "uuid"}),
        ("/{x}", date, {"type": "string", "format": "date"}),
        ("/{x}", Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        ("/{x:slug}", str, {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}),
        ("/{x:re:[a-z]+}", str, {"type": "string", "pattern": "^(?:[a-z]+)$"}),
        ("/{x}", Annotated[int, FromPath, Ge(3)], {"type": "integer", "minimum": 3}),
    ],
)
def test_a_value_of_the_path_is_what_its_converter_takes(
    parameters, path, hint, schema
):
    def f(x): ...

    f.__annotations__["x"] = hint

    (parameter,) = parameters(f, path)

    assert parameter == {"name": "x", "in": "path", "required": True, "schema": schema}


def test_a_value_that_takes_slashes_says_so(parameters):
    def f(x: str): ...

    (parameter,) = parameters(f, "/{x:path}")

    assert parameter["schema"] == {"type": "string"}
    assert parameter["x-spans-segments"] is True


def test_a_value_of_the_path_that_nobody_asks_for_is_there_too(parameters):
    def f(): ...

    assert [(p["name"], p["schema"]) for p in parameters(f, "/{a:int}/{b.c}")] == [
        ("a", {"type": "integer"}),
        ("b.c", {"type": "string"}),
    ]


def test_the_path_tells_what_the_docstring_says_of_it(parameters):
    def f(id):
        """Show it.

        Args:
            id: Its number.
        """

    assert parameters(f, "/{id:int}")[0]["description"] == "Its number."


def test_an_enum_is_a_component(app, build):
    @app.get("/{color}")
    def f(color: Color): ...

    made = build(app)

    assert made["paths"]["/{color}"]["get"]["parameters"][0]["schema"] == {
        "$ref": "#/components/schemas/Color"
    }
    assert made["components"]["schemas"]["Color"]["enum"] == ["red"]

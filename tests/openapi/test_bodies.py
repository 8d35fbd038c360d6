"""The bodies that a handler reads."""

from typing import Annotated

import msgspec
import pytest

from segue import FromBody, FromForm, Upload


class Item(msgspec.Struct):
    sku: str


REFERENCE = {"$ref": "#/components/schemas/Item"}


@pytest.fixture
def body(app, build):
    def body(function, **about):
        app.add("/x", function, methods=["POST"])
        return build(app, **about)["paths"]["/x"]["post"].get("requestBody")

    return body


@pytest.mark.feature("M-062")
def test_data_is_json(body):
    def f(item: Item): ...

    assert body(f) == {
        "required": True,
        "content": {"application/json": {"schema": REFERENCE}},
    }


def test_msgpack_is_told_of_where_that_is_wanted(body):
    def f(item: Item): ...

    assert body(f, msgpack=True)["content"] == {
        "application/json": {"schema": REFERENCE},
        "application/msgpack": {"schema": REFERENCE},
    }


def test_a_body_may_be_missing(body):
    def f(item: Item | None = None): ...

    made = body(f)

    assert made["required"] is False
    schema = made["content"]["application/json"]["schema"]
    assert schema == {"anyOf": [REFERENCE, {"type": "null"}]}


def test_a_mark_describes_a_body_and_shows_examples(body):
    def f(
        item: Annotated[
            Item, FromBody(description="New.", examples=(Item("a"), object()))
        ],
    ): ...

    made = body(f)

    assert made["description"] == "New."
    assert made["content"]["application/json"]["examples"] == {
        "example1": {"value": {"sku": "a"}}
    }


def test_the_docstring_describes_a_body(body):
    def f(item: Item):
        """Add it.

        Args:
            item: The new one.
        """

    assert body(f)["description"] == "The new one."


def test_raw_bytes_may_be_anything(body):
    def f(data: Annotated[bytes, FromBody]): ...

    assert body(f) == {
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"}
            }
        }
    }


def test_a_body_without_a_hint_is_any_data(body):
    def f(data: Annotated[object, FromBody]): ...

    assert body(f)["content"]["application/json"] == {"schema": {}}


def test_a_form_without_files_is_urlencoded(body):
    def f(name: Annotated[str, FromForm], age: Annotated[int, FromForm] = 3): ...

    assert body(f) == {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "age": {"type": "integer", "default": 3},
                    },
                    "required": ["name"],
                }
            }
        },
    }


def test_a_form_with_files_is_multipart(body):
    def f(
        image: Upload,
        more: list[Upload],
        rest: Annotated[list[Upload], FromForm(description="All.")] = [],  # noqa: B006
    ): ...

    file = {"type": "string", "format": "binary"}
    assert body(f)["content"] == {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "image": file,
                    "more": {"type": "array", "items": file, "minItems": 1},
                    "rest": {"type": "array", "items": file, "description": "All."},
                },
                "required": ["image", "more"],
            }
        }
    }


def test_a_form_may_be_missing_as_a_whole(body):
    def f(name: Annotated[str, FromForm(deprecated=True)] = ""): ...

    made = body(f)

    assert made["required"] is False
    schema = made["content"]["application/x-www-form-urlencoded"]["schema"]
    assert "required" not in schema
    assert schema["properties"]["name"]["deprecated"] is True


def test_no_body_is_no_body(body):
    def f(a: int = 1): ...

    assert body(f) is None

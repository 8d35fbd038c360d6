"""The operations of a document."""

import documents
import pytest

from segue.clients.document import Document
from segue.clients.operations import operations_of, values_of

BINARY = {"schema": {"type": "string", "format": "binary"}}


def read(content):
    return list(operations_of(Document(content)))


def body(content, **said):
    (operation,) = read(documents.get(requestBody={"content": content, **said}))
    return operation.body


def answer(content, **said):
    (operation,) = read(documents.get(content=content, **said))
    return operation.answers[0]


def test_operations_come_in_the_order_of_the_document():
    paths = {
        "/b": {"post": {"operationId": "add"}, "get": {"operationId": "list"}},
        "/a": {"summary": "x", "delete": {"responses": {}}, "x-own": {}},
        "/c": None,
    }
    operations = read(documents.document(paths))

    assert [each.id for each in operations] == ["list", "add", "delete /a"]
    assert operations[0].method == "GET"
    assert operations[0].body is None
    assert operations[0].stream is None


def test_parameters_of_the_path_item_belong_to_each_operation():
    name = {"name": "a", "in": "path", "required": True, "schema": {"type": "integer"}}
    own = {"name": "a", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        "/{a}": {
            "parameters": [{"$ref": "#/components/parameters/A"}],
            "get": {"parameters": []},
            "put": {"parameters": [own, {"name": 1, "in": "query"}, {"in": "body"}]},
        }
    }
    content = documents.document(paths)
    content["components"]["parameters"] = {"A": name}
    got, put = read(content)

    assert got.values[0].schema == {"type": "integer"}
    assert [each.schema for each in put.values] == [{"type": "string"}]


def test_each_value_has_a_name_of_its_own():
    listed = [
        {"name": "id", "in": "path", "required": True},
        {"name": "id", "in": "query"},
        {"name": "x-id", "in": "header", "required": True},
        {"name": "xId", "in": "query"},
        {"name": "body", "in": "query"},
        {"name": "__proto__", "in": "query"},
        {"name": "id", "in": "cookie", "required": True},
        {"name": "path", "in": "path", "x-spans-segments": True},
    ]
    values = values_of(Document(documents.document()), listed)

    assert [each.key for each in values] == [
        *("id", "queryId", "xId", "queryXId", "queryBody", "proto", "cookieId", "path"),
    ]
    assert [each.required for each in values] == [
        *(True, False, True, False, False, False, False, False),
    ]
    assert [each.spans for each in values] == [False] * 7 + [True]


@pytest.mark.parametrize(
    ("types", "kind", "media_type"),
    [
        (["application/msgpack", "application/json"], "json", "application/json"),
        (["application/vnd.x+json; charset=utf-8"], "json", "application/vnd.x+json"),
        (["application/x-www-form-urlencoded", "multipart/form-data"], "form", None),
        (["multipart/form-data"], "multipart", None),
        (["application/x-www-form-urlencoded"], "form", None),
        (["application/octet-stream"], "bytes", "application/octet-stream"),
        (["text/plain", "image/png"], "text", "text/plain"),
        (["*/*"], "bytes", None),
    ],
)
def test_the_body_has_the_form_that_a_program_likes_best(types, kind, media_type):
    found = body({each: {"schema": {}} for each in types}, required=True)

    assert (found.kind, found.media_type, found.required) == (kind, media_type, True)


def test_a_body_without_content_is_none():
    assert body({}) is None


def test_a_body_is_described():
    assert body(documents.json_of({}), description="A thing.").description == "A thing."
    assert body(documents.json_of({}), description=3).description == ""


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"application/json": {}, "text/csv": {}}, "json"),
        ({"text/csv": {}, "application/octet-stream": BINARY}, "text"),
        ({"text/event-stream": {}}, "events"),
        ({"application/jsonl": {}}, "lines"),
        ({"application/x-ndjson": {}}, "lines"),
        ({"*/*": BINARY}, "blob"),
        ({"*/*": {}}, "any"),
        ({"image/png": {}}, "blob"),
        ({}, "none"),
        (None, "none"),
    ],
)
def test_an_answer_has_a_kind(content, kind):
    assert answer(content).kind == kind


def test_the_items_of_a_stream_have_a_schema():
    own = {"x-item-schema": {"type": "string"}, "schema": {}}
    standard = {"itemSchema": {"type": "null"}}

    assert answer({"text/event-stream": own}).schema == {"type": "string"}
    assert answer({"application/jsonl": standard}).schema == {"type": "null"}
    assert answer({"application/jsonl": {}}).schema is True


def test_an_answer_to_head_has_no_body():
    content = documents.document(
        {"/": {"head": {"responses": {"200": {"content": documents.json_of({})}}}}}
    )
    (operation,) = read(content)

    assert operation.answers[0].kind == "none"


def test_answers_and_errors_are_told_apart_by_their_status():
    responses = {
        status: {}
        for status in ("200", "2XX", "303", "404", "5XX", "default", "x", "1", "2000")
    }
    (operation,) = read(documents.document({"/": {"get": {"responses": responses}}}))

    assert [each.status for each in operation.answers] == ["200", "2XX", "default"]
    assert [each.status for each in operation.errors] == ["404", "5XX", "default"]

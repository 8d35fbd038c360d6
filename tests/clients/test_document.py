"""A document as the generator reads it."""

import documents
import pytest

from segue.clients.document import Document, list_of, listed
from segue.core.errors import CommandError


@pytest.mark.parametrize(
    "content",
    [None, [], "3.1", {}, {"openapi": 3.1}, {"openapi": "3.0.3"}, {"swagger": "2.0"}],
)
def test_what_is_no_document_of_3_1_is_refused(content):
    with pytest.raises(CommandError) as caught:
        Document(content)

    assert caught.value.problem.code == "SG-CLIENT-001"


@pytest.mark.parametrize(
    "reference",
    [
        "#/components/schemas/None",
        "#/servers/7",
        "#/servers/x",
        "other.json#/Thing",
        "#/openapi/x",
    ],
)
def test_a_reference_that_leads_nowhere_is_told(reference):
    with pytest.raises(CommandError) as caught:
        Document(documents.document(servers=[{}])).find(reference)

    assert caught.value.problem.code == "SG-CLIENT-002"
    assert reference in caught.value.problem.what


def test_references_that_lead_in_a_ring_are_told():
    paths = {"/a": {"$ref": "#/paths/~1b"}, "/b": {"$ref": "#/paths/~1a"}}
    document = Document(documents.document(paths))

    with pytest.raises(CommandError) as caught:
        document.members(document.content["paths"], "/a")

    assert caught.value.problem.code == "SG-CLIENT-002"


def test_a_reference_finds_names_with_slashes_and_places_in_lists():
    paths = {"/a~b": {"parameters": [{"name": "x"}, {"name": "y"}]}}
    document = Document(documents.document(paths))

    assert document.find("#/paths/~1a~0b/parameters/1") == {"name": "y"}


def test_members_of_another_kind_are_as_good_as_none():
    document = Document(documents.document())

    assert document.members({"a": [1]}, "a") == {}
    assert document.members({}, "a") == {}
    assert document.follow("text") == {}
    assert listed({"a": {"b": 1}}, "a") == []
    assert list_of([1]) == [1]


def test_only_schemas_with_a_name_have_one():
    document = Document(documents.document(schemas={"A/b": {}}))

    assert document.schema_name("#/components/schemas/A~1b") == "A/b"
    assert document.schema_name("#/components/schemas/B") is None
    assert document.schema_name("#/paths/A") is None

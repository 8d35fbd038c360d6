"""The TypeScript type of a JSON Schema."""

import documents
import pytest
from hypothesis import given, strategies as st

from segue.clients.document import Document
from segue.clients.names import Names
from segue.clients.types import Types, joined
from segue.core.errors import CommandError
from segue.core.schema.describe import describe
from segue.core.schema.jsonschema import JsonSchemas


def types(**schemas):
    return Types(Document(documents.document(schemas=schemas)), Names())


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        (True, "unknown"),
        (False, "never"),
        ({}, "unknown"),
        ({"type": "nonsense"}, "unknown"),
        ({"type": ["nonsense", 3]}, "unknown"),
        ({"type": 3}, "unknown"),
        ({"type": "string", "format": "date"}, "string"),
        ({"type": "string", "format": "binary"}, "string"),
        ({"type": "integer"}, "number"),
        ({"type": ["null", "boolean"]}, "boolean | null"),
        ({"type": ["string", "number"]}, "string | number"),
        ({"const": "a"}, '"a"'),
        ({"const": None}, "null"),
        ({"const": True}, "true"),
        ({"const": 2**60}, "number"),
        ({"const": -1}, "-1"),
        ({"const": float("nan")}, "number"),
        ({"const": 1.5}, "1.5"),
        ({"const": {"a": 1}}, "unknown"),
        ({"enum": ["a", 'b"', None, "a"]}, '"a" | "b\\"" | null'),
        ({"type": "string", "enum": []}, "string"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"oneOf": [{"type": "string"}, {}]}, "unknown"),
        ({"anyOf": [False, {"type": "string"}]}, "string"),
        ({"anyOf": [False]}, "never"),
        ({"allOf": [{"type": "string"}, {"pattern": "a"}]}, "string"),
        ({"allOf": [{"pattern": "a"}]}, "unknown"),
        ({"type": "string", "allOf": [{"pattern": "a"}]}, "string"),
        (
            {"anyOf": [{"allOf": [{"type": "string"}, {"const": 1}]}, {"const": 2}]},
            "(string & 1) | 2",
        ),
        ({"type": "array"}, "unknown[]"),
        ({"items": {"type": "string"}}, "string[]"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "(string | null)[]"),
        ({"type": "array", "items": {"type": "array"}}, "unknown[][]"),
        ({"type": "array", "minItems": 0, "maxItems": 0}, "[]"),
        (
            {"type": "array", "minItems": 2, "maxItems": 2, "items": {"const": 1}},
            "[1, 1]",
        ),
        (
            {"type": "array", "minItems": 9, "maxItems": 9, "items": {"type": "null"}},
            "null[]",
        ),
        ({"type": "array", "minItems": 1, "items": {"type": "string"}}, "string[]"),
        (
            {
                "prefixItems": [{"type": "string"}, {"enum": ["a", "b"]}],
                "minItems": 1,
                "maxItems": 2,
            },
            '[string, ("a" | "b")?]',
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}], "minItems": 1},
            "[string, ...unknown[]]",
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
            "[string?]",
        ),
        (
            {"type": "array", "prefixItems": [{}], "minItems": True},
            "[unknown?, ...unknown[]]",
        ),
        ({"type": "object"}, "{ [member: string]: unknown }"),
        ({"type": "object", "additionalProperties": False}, "Record<string, never>"),
        ({"additionalProperties": {"type": "number"}}, "{ [member: string]: number }"),
        (
            {
                "type": "object",
                "additionalProperties": {"type": "number"},
                "propertyNames": {"enum": ["a", "b c"]},
            },
            '{\n  a?: number;\n  "b c"?: number;\n}',
        ),
        (
            {"properties": {"a": {"type": "string"}}, "additionalProperties": {}},
            "{\n  a?: string;\n  [member: string]: unknown;\n}",
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "string"}, "b": True},
                "required": ["a"],
                "additionalProperties": False,
            },
            "{\n  a: string;\n  b?: unknown;\n}",
        ),
    ],
)
def test_a_schema_has_a_type(schema, written):
    assert types().type(schema) == written


def test_members_have_comments_and_stand_inside_each_other():
    inner = {"type": "object", "properties": {"b": {"type": "string", "default": "x"}}}
    schema = {"type": "object", "properties": {"a": {**inner, "description": "A."}}}

    assert types().type(schema, "  ") == (
        "{\n    /** A. */\n    a?: {\n"
        '      /** @default "x" */\n      b?: string;\n    };\n  }'
    )


def test_named_schemas_are_declared_in_the_order_of_the_document():
    declared = types(
        Order={
            "type": "object",
            "properties": {"next": {"$ref": "#/components/schemas/Order"}},
        },
        Colour={"enum": ["red"], "description": "A colour."},
    ).declarations()

    assert declared == (
        "export interface Order {\n  next?: Order;\n}\n\n"
        '/** A colour. */\nexport type Colour = "red";\n'
    )


def test_a_schema_of_a_name_only_is_what_it_refers_to():
    declared = types(A={"$ref": "#/components/schemas/B"}, B={"type": "string"}, C=True)

    assert declared.declarations() == (
        "export type A = B;\n\nexport type B = string;\n\nexport type C = unknown;\n"
    )


def test_a_schema_that_is_itself_and_nothing_else_fits_all():
    ring = {"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "string"}]}
    declared = types(A=ring, B={"$ref": "#/components/schemas/A"}).declarations()

    assert declared == "export type A = unknown;\n\nexport type B = unknown;\n"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["object", "null"], "properties": {"a": True}},
        {"anyOf": [{"type": "object", "properties": {"a": True}}, {"const": 1}]},
        {"type": "object", "allOf": [{"properties": {"a": True}}, {"const": 1}]},
    ],
)
def test_a_union_with_an_object_is_no_interface(schema):
    assert types(A=schema).declarations().startswith("export type A = ")


def test_a_mapping_with_a_name_is_an_interface():
    declared = types(A={"additionalProperties": {"type": "null"}}).declarations()

    assert declared == "export interface A { [member: string]: null }\n"


def test_a_long_row_of_names_is_followed_to_its_end():
    row = {f"A{n}": {"$ref": f"#/components/schemas/A{n + 1}"} for n in range(3000)}
    declared = types(**row, A3000={"type": "null"}).declarations()

    assert declared.startswith("export type A0 = A1;\n")
    assert declared.endswith("export type A3000 = null;\n")


def test_a_schema_that_is_nested_without_end_is_told():
    schema = {"type": "null"}
    for _ in range(5000):
        schema = {"anyOf": [schema, {"const": 1}]}

    with pytest.raises(CommandError) as caught:
        types(A=schema).declarations()

    assert caught.value.problem.code == "SG-CLIENT-003"


def test_names_that_are_alike_are_told_apart():
    declared = types(Order={"type": "string"}, order={"type": "null"}).declarations()

    assert declared == "export type Order = string;\n\nexport type Order2 = null;\n"


def test_a_reference_to_another_place_is_written_there():
    schemas = {"A": {"$defs": {"x": {"type": "string"}}}}

    assert types(**schemas).type({"$ref": "#/components/schemas/A/$defs/x"}) == "string"


def test_a_reference_that_leads_into_itself_is_told():
    schemas = {
        "A": {"$defs": {"x": {"items": {"$ref": "#/components/schemas/A/$defs/x"}}}}
    }

    with pytest.raises(CommandError) as caught:
        types(**schemas).type({"$ref": "#/components/schemas/A/$defs/x"})

    assert caught.value.problem.code == "SG-CLIENT-003"


def test_a_file_is_one_in_a_form_only():
    image = {"type": "string", "contentMediaType": "application/octet-stream"}
    schema = {"type": "object", "properties": {"image": image}}
    writer = types()

    assert writer.form(schema) == "{\n  image?: Blob;\n}"
    assert writer.form({"type": "string", "format": "binary"}) == "Blob"
    assert writer.type(schema) == "{\n  image?: string;\n}"


def test_what_python_describes_has_a_type():
    schema = JsonSchemas().schema(describe(tuple[int, str] | None))

    assert types().type(schema) == "[number, string] | null"


@pytest.mark.parametrize(
    ("members", "written"),
    [
        ([], "unknown"),
        (["null", "A", "A"], "A | null"),
        (["A & B", "C"], "(A & B) | C"),
        (["never"], "never"),
    ],
)
def test_a_union_has_each_member_once(members, written):
    assert joined(members) == written


WORDS = st.sampled_from(
    ["type", "items", "enum", "const", "anyOf", "allOf", "properties", "required",
     "prefixItems", "additionalProperties", "propertyNames", "minItems", "maxItems"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
SCHEMAS = st.recursive(
    LEAVES | st.sampled_from(["string", "object", "array"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(SCHEMAS)
def test_any_schema_has_a_type_of_ascii(schema):
    written = types().type(schema)

    assert written
    assert written.count("{") == written.count("}") or '"' in written

"""One file from one document, and nothing in it that the document could run."""

import json
import re

import documents
import pytest
from hypothesis import given, strategies as st

from segue.clients import write_typescript
from segue.clients.write import _GLOBALS, _PARTS, _part

TOKENS = re.compile(r'"(?:[^"\\\n]|\\.)*"|/\*.*?\*/|//[^\n]*', re.DOTALL)
MARK = "/* eslint-disable */\n"


def own_part(text):
    """What was written from the document: all but the header and the runtime."""
    for name in _PARTS:
        text = text.replace(_part(name), "")
    assert "class Transport" not in text
    return text


def code_of(text):
    """Leave out strings and comments."""
    return TOKENS.sub("_", text)


def stream(media_type):
    return documents.get(content={media_type: {"x-item-schema": {"type": "null"}}})


def test_a_file_says_how_it_was_made():
    lines = write_typescript(documents.get()).splitlines()

    assert lines[0] == "// A client of Shop 1, written by: segue client ts"
    assert re.fullmatch("// document: sha256 [0-9a-f]{64}", lines[2])


def test_a_document_without_a_title_is_an_api():
    assert "// A client of an API, " in write_typescript({"openapi": "3.1.0"})


def test_the_same_document_gives_the_same_file():
    content = documents.get(content=documents.json_of({"type": "string"}))
    again = json.loads(json.dumps(content))

    assert write_typescript(content) == write_typescript(again)


def test_another_document_has_another_hash():
    first, second = (write_typescript(documents.get(summary=each)) for each in "ab")

    assert first.splitlines()[2] != second.splitlines()[2]


@pytest.mark.parametrize(
    ("content", "has", "has_not"),
    [
        (
            documents.get(),
            [],
            ["splitLines", "eventStream", "lineStream", "webSocket("],
        ),
        (
            stream("text/event-stream"),
            ["splitLines", "eventStream"],
            ["lineStream", "webSocket("],
        ),
        (
            stream("application/jsonl"),
            ["splitLines", "lineStream"],
            ["eventStream", "webSocket("],
        ),
        (
            documents.document(**{"x-websockets": {"/": {}}}),
            ["webSocket("],
            ["splitLines"],
        ),
    ],
)
def test_a_file_has_the_parts_it_needs(content, has, has_not):
    text = write_typescript(content)

    assert [each for each in has if each not in text] == []
    assert [each for each in has_not if each in text] == []


def test_the_inner_parts_are_nobodys_to_import():
    text = "".join(map(_part, _PARTS))
    exported = re.findall(
        r"^export (?:async )?(?:function\*? )?(\w+) (\w+)?", text, re.MULTILINE
    )

    assert "import" not in re.findall(r"^\w+", text, re.MULTILINE)
    assert {kind for kind, _ in exported} <= {"interface", "type", "class"}
    assert not {"Transport", "CallPlan", "InputValues"} & {name for _, name in exported}


def test_no_type_of_the_app_hides_one_of_the_file():
    """Every name that the runtime uses is declared in it or reserved."""
    text = code_of("".join(map(_part, _PARTS)))
    text = re.sub(
        r"`[^`]*`|(?<=\()/.*?/[a-z]*(?=[,.)])|(?<== )/.*?/[a-z]*\.", "_", text
    )
    used = set(re.findall(r"(?<![\w.])[A-Z]\w*", text))
    declared = set(re.findall(r"(?:class|interface|type|const) (\w+)", text))
    parameters = {"Args", "Output", "Answers", "Failure", "Status", "Data", "Item"}
    parameters |= {"Outgoing", "Incoming", "Float32Array"}

    assert used - declared - parameters - set(_GLOBALS) == set()


@pytest.mark.parametrize("name", ["Promise", "Blob", "HttpError", "ApiClient", "Error"])
def test_a_type_with_such_a_name_gets_another(name):
    text = write_typescript(documents.document(schemas={name: {"type": "null"}}))

    assert f"export type {name}2 = null;" in text


@pytest.mark.parametrize(
    ("servers", "url"),
    [
        (None, ""),
        ([], ""),
        ([{"url": "/"}], ""),
        ([{"url": "https://a.example/v1/"}, {"url": "/b"}], "https://a.example/v1"),
        ([{"url": "//{tenant}.a.example"}], ""),
        ([{"url": 3}], ""),
        ([7], ""),
    ],
)
def test_the_first_server_is_where_the_api_is(servers, url):
    text = write_typescript(documents.document(servers=servers))

    assert f"new Transport(options, {json.dumps(url)});" in text


HOSTILE = [
    "*/ alert(1) /*",
    '"; alert(1); "',
    "'; alert(1); '",
    "`${alert(1)}`",
    "\\",
    '\\"; alert(1)//',
    "a\nalert(1)\n",
    "a\u2028alert(1)\u2029alert(1)",
    "// \r alert(1)",
    "__proto__",
    "constructor",
    "\u202ealert(1)",
    "</script><script>alert(1)",
    "{x: alert(1)}",
    "\ud800",
    "",
]


def hostile(word):
    """A document that says one word wherever it can say one."""
    schema = {
        "type": "object",
        "title": word,
        "description": word,
        "properties": {
            word: {"type": "string", "default": word, "format": word},
            "b": {"enum": [word]},
            "c": {"const": word},
            "d": {"propertyNames": {"enum": [word]}, "additionalProperties": {}},
            "e": {"type": "array", "items": {"type": word}},
        },
        "required": [word],
    }
    content = {word: {"schema": schema, "x-item-schema": schema}}
    operation = {
        "operationId": word,
        "summary": word,
        "description": word,
        "tags": [word],
        "parameters": [
            {"name": word, "in": place, "description": word, "schema": schema}
            for place in ("path", "query", "header", "cookie")
        ],
        "requestBody": {"description": word, "content": content},
        "responses": {
            "200": {"description": word, "content": content},
            word: {"description": word, "content": content},
            "404": {"description": word, "content": documents.json_of(schema)},
        },
    }
    events = {"content": {"text/event-stream": {"x-item-schema": schema}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": word, "version": word},
        "servers": [{"url": word}],
        "paths": {
            f"/{word}": {"get": operation, "post": operation},
            "/events": {"get": {**operation, "responses": {"200": events}}},
        },
        "x-websockets": {f"/{word}": {"name": word, "receive": schema, "send": schema}},
        "components": {"schemas": {word: schema, f"{word}2": {"const": word}}},
    }


def check_harmless(text):
    header, _, rest = text.partition(MARK)
    assert [line for line in header.splitlines() if line][:1] != []
    assert all(line.startswith("//") for line in header.splitlines() if line)
    own = code_of(own_part(rest))
    assert re.fullmatch(r"[\w\s$.,:;?&|<>={}()\[\]]*", own, re.ASCII), own
    for opened, closed in ("{}", "()", "[]"):
        assert own.count(opened) == own.count(closed)
    assert "alert(" not in own
    assert not re.search(r"^\s*__proto__\b", own, re.MULTILINE)
    text.encode()


@pytest.mark.parametrize("word", HOSTILE)
def test_no_word_of_a_document_becomes_code(word):
    check_harmless(write_typescript(hostile(word)))


@given(st.text(max_size=20))
def test_no_text_at_all_becomes_code(word):
    check_harmless(write_typescript(hostile(word)))

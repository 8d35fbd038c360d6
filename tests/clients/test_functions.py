"""The functions of a client."""

import documents
import pytest

from segue.clients.document import Document
from segue.clients.functions import Functions, alias, failure
from segue.clients.names import Names
from segue.clients.operations import operations_of
from segue.clients.sockets import sockets_of
from segue.clients.types import Types


def write(content):
    document = Document(content)
    names = Names()
    functions = Functions(document, Types(document, names), names)
    return [
        *map(functions.of_operation, operations_of(document)),
        *map(functions.of_socket, sockets_of(document)),
    ]


def write_socket(receive, send):
    said = {"name": "chat", "receive": receive, "send": send}
    (function,) = write(documents.document(**{"x-websockets": {"/chat": said}}))
    return function


def test_a_function_is_named_by_the_operation_and_told_of_by_its_words():
    (function,) = write(
        documents.get(
            operationId="show_thing",
            summary="Show a thing",
            description="All of it.",
            deprecated=True,
        )
    )

    assert function.name == "showThing"
    assert function.member.startswith(
        "  /**\n   * Show a thing\n   *\n   * All of it.\n   *\n"
        "   * GET /things\n   * @deprecated\n   */\n"
        "  readonly showThing: ApiFunction<\n"
    )


def test_operations_of_one_name_are_told_apart():
    paths = {
        path: {"get": {"operationId": "show_thing", "responses": {}}}
        for path in ("/a", "/b")
    }
    first, second = write(documents.document(paths))

    assert (first.name, second.name) == ("showThing", "showThing2")
    assert "ShowThingOutput2 = unknown" in second.types


def test_an_operation_without_input_takes_options_only():
    (function,) = write(documents.get())

    assert "[options?: CallOptions | undefined]" in function.member


def test_an_input_may_be_left_out_when_nothing_in_it_is_required():
    (function,) = write(documents.get(parameters=[{"name": "a", "in": "query"}]))

    assert "[input?: ShowInput | undefined, options?: " in function.member
    assert "  a?: unknown | undefined;\n" in function.types


def test_values_and_body_are_one_input():
    (function,) = write(
        documents.get(
            parameters=[
                {
                    "name": "a-b",
                    "in": "query",
                    "required": True,
                    "description": "How.",
                    "schema": {"type": "string", "default": "x"},
                }
            ],
            requestBody={
                "content": documents.json_of({"type": "null"}),
                "description": "What.",
            },
        )
    )

    assert function.types.startswith(
        "export interface ShowInput {\n"
        '  /**\n   * How.\n   * @default "x"\n   */\n  "a-b": string;\n'
        "  /** What. */\n  body?: null | undefined;\n}\n"
    )
    assert '      values: [["query", "a-b", "a-b"]],\n' in function.made
    assert '      body: "json",\n      bodyType: "application/json",\n' in function.made


@pytest.mark.parametrize(
    ("media_type", "type_"),
    [("application/octet-stream", "Blob | ArrayBuffer"), ("text/plain", "string")],
)
def test_bodies_that_are_no_data_are_sent_as_they_are(media_type, type_):
    (function,) = write(
        documents.get(requestBody={"content": {media_type: {}}, "required": True})
    )

    assert f"  body: {type_};\n" in function.types


@pytest.mark.parametrize(
    ("content", "type_", "accept"),
    [
        (None, "undefined", "*/*"),
        ({"text/plain": {}}, "string", "text/plain, application/problem+json"),
        ({"text/html": {}}, "string", "*/*"),
        ({"image/png": {}}, "Blob", "image/png, application/problem+json"),
        ({"*/*": {}}, "unknown", "*/*"),
        (
            documents.json_of({"type": "null"}),
            "null",
            "application/json, application/problem+json",
        ),
    ],
)
def test_an_answer_has_a_type_and_is_asked_for(content, type_, accept):
    (function,) = write(documents.get(content=content))

    assert f"export type ShowOutput = {type_};\n" in function.types
    assert f'accept: "{accept}"' in function.made


def test_each_status_has_its_answer():
    problem = {"application/problem+json": {"schema": {"const": "problem"}}}
    responses = {
        "200": {"content": documents.json_of({"const": 1})},
        "2XX": {"content": documents.json_of({"const": 2})},
        "404": {"content": problem},
        "418": {"content": {"text/plain": {}}},
        "default": {"content": problem},
    }
    (function,) = write(documents.get(responses=responses))

    assert function.types == (
        "export type ShowError =\n"
        '  | HttpError<404, "problem">\n'
        "  | HttpError<418, ProblemDocument>\n"
        '  | HttpError<Exclude<ErrorStatus, 404 | 418>, ProblemDocument | "problem">;\n'
        'export type ShowOutput = 1 | 2 | "problem";\n'
        "export type ShowAnswer =\n"
        "  | ApiAnswer<200, 1>\n"
        "  | ApiAnswer<Exclude<SuccessStatus, 200>, 2>\n"
        '  | ApiAnswer<Exclude<SuccessStatus, 200>, "problem">\n'
        '  | ApiAnswer<404, "problem">\n'
        "  | ApiAnswer<418, ProblemDocument>\n"
        '  | ApiAnswer<Exclude<ErrorStatus, 404 | 418>, "problem">;\n'
    )


def test_a_range_alone_stands_for_all_statuses():
    (function,) = write(documents.get(responses={"2XX": {}}))

    assert "ShowAnswer = ApiAnswer<SuccessStatus, undefined>;" in function.types


def test_an_operation_that_declares_no_answer_may_give_anything():
    (function,) = write(documents.get(responses={}))

    assert "ShowAnswer = ApiAnswer<SuccessStatus, unknown>;" in function.types


@pytest.mark.parametrize(
    ("schema", "kind"),
    [({"type": "string"}, "text"), ({"type": "null"}, "json"), (True, "json")],
)
def test_events_are_a_function_of_their_own(schema, kind):
    content = {"text/event-stream": {"x-item-schema": schema}}
    last = {"name": "Last-Event-ID", "in": "header"}
    (function,) = write(documents.get(content=content, parameters=[last]))

    assert "[options?: StreamOptions | undefined]" in function.member
    assert "ApiEvents<ShowItem>" in function.member
    assert function.made.startswith("eventStream(transport, {\n")
    assert function.made.endswith(f'}}, "{kind}")')
    assert "      values: [],\n" in function.made


def test_lines_are_a_function_of_their_own():
    content = {"application/jsonl": {"x-item-schema": {"type": "null"}}}
    (function,) = write(documents.get(content=content))

    assert "ApiItems<ShowItem>" in function.member
    assert "export type ShowItem = null;\n" in function.types
    assert function.made.startswith("lineStream(transport, {\n")
    assert 'accept: "application/jsonl, application/problem+json"' in function.made


BASE64 = {"type": "string", "contentEncoding": "base64"}


@pytest.mark.parametrize(
    ("schema", "kind", "received"),
    [
        ({"type": "string"}, "text", "string"),
        ({"type": "string", "format": "email"}, "text", "string"),
        ({"type": "string", "format": "date"}, "json", "string"),
        ({"type": "string", "enum": ["a"]}, "json", '"a"'),
        (BASE64, "bytes", "ArrayBuffer"),
        ({"anyOf": [{"type": "string"}, BASE64]}, "any", "string | ArrayBuffer"),
        ({"anyOf": [{"type": "string"}, {"const": 1}]}, "json", "string | 1"),
        ({}, "any", "string | ArrayBuffer"),
        (True, "any", "string | ArrayBuffer"),
    ],
)
def test_messages_travel_as_the_server_reads_them(schema, kind, received):
    function = write_socket({"const": 1}, schema)

    assert function.made.endswith(f'}}, "json", "{kind}")')
    assert f"export type ChatReceived = {received};\n" in function.types


def test_bytes_may_be_sent_as_a_blob():
    function = write_socket(BASE64, {})

    assert "export type ChatSent = ArrayBuffer | Blob;\n" in function.types
    assert "[options?: SocketOptions | undefined],\n    ChatSent," in function.member


def test_an_alias_is_another_name():
    assert alias("A", "string") == "export type A = string;\n"
    assert alias("A", "\n  | B") == "export type A =\n  | B;\n"


def test_without_errors_there_are_only_the_others():
    assert failure([]) == "HttpError<ErrorStatus, ProblemDocument>"

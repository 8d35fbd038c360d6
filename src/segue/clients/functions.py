"""The functions of a client: the types of each, and how the runtime is told of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from segue.clients.comments import comment, notes
from segue.clients.document import Document, Node, is_node, listed
from segue.clients.names import MEANINGFUL, Names, camel, key, literal, pascal
from segue.clients.operations import Answer, Body, Operation, Value
from segue.clients.sockets import Socket
from segue.clients.types import Types, joined

__all__ = ["Function", "Functions", "alias", "failure"]

_NOTHING: Final = "undefined"
_RAW: Final = "string | ArrayBuffer"
_PROBLEM: Final = "ProblemDocument"
_STEP: Final = "  "
_WRITTEN: Final = frozenset(
    {
        *("binary", "date", "date-time", "date-time-local", "decimal"),
        *("duration", "time", "time-local", "uuid"),
    }
)
"""Formats of values that are texts in JSON only."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function, in the three places of a file where it stands.

    Attributes:
        name: Without quotes.
        types: Declares its input, its output, its answers, its errors.
        member: Its line in the interface of the client.
        made: How it is made.
    """

    name: str
    types: str
    member: str
    made: str


class Functions:
    """Writes the functions of one document.

    Args:
        document: Where references lead.
        types: Writes types.
        names: The names of types that are taken in the file.
    """

    def __init__(self, document: Document, types: Types, names: Names) -> None:
        self._document = document
        self._types = types
        self._type_names = names
        self._names = Names(MEANINGFUL)

    def of_operation(self, operation: Operation) -> Function:
        """Write the function of an operation."""
        name = self._names.give(camel(operation.id))
        title = pascal(operation.id)
        words = _words(operation.said, f"{operation.method} {operation.path}")
        parts: list[str] = []
        args = self._args(title, operation.values, operation.body, parts)
        failure = self._declare(title, "Error", self._failure(operation.errors), parts)
        stream = operation.stream
        if stream is not None:
            is_events = stream.kind == "events"
            item = self._declare(title, "Item", self._types.type(stream.schema), parts)
            options = "StreamOptions" if is_events else "CallOptions"
            items = "ApiEvents" if is_events else "ApiItems"
            type_ = _generic(
                "ApiStreamFunction", _tuple(args, options), f"{items}<{item}>", failure
            )
            maker = "eventStream" if is_events else "lineStream"
            last = f", {literal(_text_or_json(stream.schema))}" if is_events else ""
            made = f"{maker}(transport, {_route(operation)}{last})"
        else:
            output = self._declare(title, "Output", self._output(operation), parts)
            answers = self._declare(title, "Answer", self._answers(operation), parts)
            type_ = _generic(
                "ApiFunction", _tuple(args, "CallOptions"), output, answers, failure
            )
            made = f"transport.operation({_route(operation)})"
        return Function(name, "".join(parts), _member(name, words, type_), made)

    def of_socket(self, socket: Socket) -> Function:
        """Write the function that opens a WebSocket."""
        name = self._names.give(camel(socket.id))
        title = pascal(socket.id)
        parts: list[str] = []
        args = self._args(title, socket.values, None, parts)
        sends, receives = _message_kind(socket.sends), _message_kind(socket.receives)
        outgoing = self._declare(
            title, "Sent", self._message(socket.sends, sends, "| Blob"), parts
        )
        incoming = self._declare(
            title, "Received", self._message(socket.receives, receives), parts
        )
        type_ = _generic(
            "ApiSocketFunction", _tuple(args, "SocketOptions"), outgoing, incoming
        )
        route = _literal_object(
            {
                "id": literal(socket.id),
                "path": literal(socket.path),
                "values": _values(socket.values),
            }
        )
        made = f"webSocket(transport, {route}, {literal(sends)}, {literal(receives)})"
        words = _words(socket.said, f"WebSocket {socket.path}")
        return Function(name, "".join(parts), _member(name, words, type_), made)

    def _declare(self, title: str, what: str, type_: str, parts: list[str]) -> str:
        """Give a type a name of its own."""
        name = self._type_names.give(title + what)
        parts.append(alias(name, type_))
        return name

    def _args(
        self,
        title: str,
        values: Iterable[Value],
        body: Body | None,
        parts: list[str],
    ) -> str:
        """Declare the input; give it as an element of a tuple, empty where none is."""
        members = [self._value(value) for value in values]
        required = any(value.required for value in values)
        if body is not None:
            mark = "" if body.required else "?"
            required = required or body.required
            said = comment([body.description], _STEP)
            none = "" if body.required else " | undefined"
            members.append(f"{said}{_STEP}body{mark}: {self._body(body)}{none};\n")
        if not members:
            return ""
        name = self._type_names.give(f"{title}Input")
        parts.append(f"export interface {name} {{\n{''.join(members)}}}\n")
        return f"input: {name}" if required else f"input?: {name} | undefined"

    def _value(self, value: Value) -> str:
        schema: Node = value.schema if is_node(value.schema) else {}
        said = comment(notes({**schema, **_told(value.said)}), _STEP)
        type_ = self._types.type(value.schema, _STEP)
        if value.required:
            return f"{said}{_STEP}{key(value.key)}: {type_};\n"
        return f"{said}{_STEP}{key(value.key)}?: {type_} | undefined;\n"

    def _body(self, body: Body) -> str:
        if body.kind == "bytes":
            return "Blob | ArrayBuffer"
        if body.kind == "text":
            return "string"
        write = self._types.type if body.kind == "json" else self._types.form
        return write(body.schema, _STEP)

    def _data(self, answer: Answer) -> str:
        match answer.kind:
            case "none":
                return _NOTHING
            case "text":
                return "string"
            case "blob":
                return "Blob"
            case "any":
                return "unknown"
            case _:
                return self._types.type(answer.schema)

    def _output(self, operation: Operation) -> str:
        if not operation.answers:
            return "unknown"
        return joined(map(self._data, operation.answers))

    def _answers(self, operation: Operation) -> str:
        written = [
            f"ApiAnswer<{_statuses(each, operation.answers, 'SuccessStatus')}, "
            f"{self._data(each)}>"
            for each in operation.answers
        ]
        for each in operation.errors:
            statuses = _statuses(each, operation.errors, "ErrorStatus")
            written.append(f"ApiAnswer<{statuses}, {self._problem(each)}>")
        return _lines(written) if written else "ApiAnswer<SuccessStatus, unknown>"

    def _failure(self, errors: Iterable[Answer]) -> str:
        return failure([(each.status, self._problem(each)) for each in errors])

    def problems(self, operations: Iterable[Operation]) -> list[tuple[str, str]]:
        """List the statuses of all errors, each with the type of its document."""
        return [
            (each.status, self._problem(each))
            for operation in operations
            for each in operation.errors
        ]

    def _problem(self, answer: Answer) -> str:
        # What is no JSON is put into a problem document by the runtime.
        is_json = answer.kind == "json"
        return self._types.type(answer.schema) if is_json else _PROBLEM

    def _message(self, schema: Any, kind: str, more: str = "") -> str:
        if kind == "json":
            return self._types.type(schema)
        if kind == "text":
            return "string"
        return f"{'ArrayBuffer' if kind == 'bytes' else _RAW} {more}".strip()


def alias(name: str, type_: str) -> str:
    """Declare another name for a type."""
    space = "" if type_.startswith("\n") else " "
    return f"export type {name} ={space}{type_};\n"


def failure(problems: Iterable[tuple[str, str]]) -> str:
    """Write the union of errors: by status, and one member for all the others.

    Args:
        problems: Statuses with the types of their documents.
    """
    exact: dict[str, list[str]] = {}
    others = [_PROBLEM]
    for status, type_ in problems:
        if status.isdigit():
            exact.setdefault(status, []).append(type_)
        else:
            others.append(type_)
    known = " | ".join(sorted(exact))
    rest = f"Exclude<ErrorStatus, {known}>" if known else "ErrorStatus"
    members = [
        f"HttpError<{status}, {joined(types)}>"
        for status, types in sorted(exact.items())
    ]
    return _lines([*members, f"HttpError<{rest}, {joined(others)}>"])


def _statuses(answer: Answer, every: Iterable[Answer], rest: str) -> str:
    """Write the statuses that an answer may have."""
    if answer.status.isdigit():
        return answer.status
    known = [each.status for each in every if each.status.isdigit()]
    return f"Exclude<{rest}, {' | '.join(known)}>" if known else rest


def _lines(members: list[str]) -> str:
    once = list(dict.fromkeys(members))
    if len(once) == 1:
        return once[0]
    return "".join(f"\n{_STEP}| {each}" for each in once)


def _tuple(args: str, options: str) -> str:
    listed = [*filter(None, [args]), f"options?: {options} | undefined"]
    return f"[{', '.join(listed)}]"


def _generic(name: str, *arguments: str) -> str:
    inner = ",\n".join(f"{_STEP * 2}{each}" for each in arguments)
    return f"{name}<\n{inner}\n{_STEP}>"


def _member(name: str, words: Iterable[str], type_: str) -> str:
    return f"{comment(words, _STEP)}{_STEP}readonly {key(name)}: {type_};\n"


def _words(said: Node, place: str) -> Iterator[str]:
    for name in ("summary", "description"):
        if isinstance(text := said.get(name), str) and text.strip():
            yield text.strip()
            yield ""
    yield place
    if said.get("deprecated") is True:
        yield "@deprecated"


def _told(said: Node) -> dict[str, Any]:
    return {name: said[name] for name in ("description", "deprecated") if name in said}


def _route(operation: Operation) -> str:
    members = {
        "id": literal(operation.id),
        "method": literal(operation.method),
        "path": literal(operation.path),
        "values": _values(operation.values),
    }
    if operation.body is not None:
        members["body"] = literal(operation.body.kind)
        if operation.body.media_type is not None:
            members["bodyType"] = literal(operation.body.media_type)
    members["accept"] = literal(_accept(operation))
    answers = (
        f"[{literal(each.status)}, {literal(_read(each))}]"
        for each in operation.answers
    )
    members["answers"] = f"[{', '.join(answers)}]"
    return _literal_object(members)


def _read(answer: Answer) -> str:
    return "text" if answer.kind in ("events", "lines") else answer.kind


def _accept(operation: Operation) -> str:
    stream = operation.stream
    chosen = operation.answers if stream is None else (stream,)
    types = [each.media_type for each in chosen if each.media_type]
    if not types or "text/html" in types or any("*" in each for each in types):
        # Whoever asks for pages gets a page for an error as well.
        return "*/*"
    return ", ".join(dict.fromkeys([*types, "application/problem+json"]))


def _values(values: Iterable[Value]) -> str:
    listed = (
        f"[{literal('rest' if each.spans else each.place)}, "
        f"{literal(each.name)}, {literal(each.key)}]"
        for each in values
    )
    return f"[{', '.join(listed)}]"


def _literal_object(members: dict[str, str]) -> str:
    lines = "".join(f"      {name}: {text},\n" for name, text in members.items())
    return "{\n" + lines + "    }"


def _text_or_json(schema: Any) -> str:
    return "text" if _is_text(schema) else "json"


def _message_kind(schema: Any) -> str:
    """Tell how a message travels; text and bytes are frames as they are."""
    if not is_node(schema) or not schema:
        return "any"
    members = listed(schema, "anyOf")
    if members and all(_is_text(each) or _is_bytes(each) for each in members):
        return "any"
    if _is_bytes(schema):
        return "bytes"
    return "text" if _is_text(schema) else "json"


def _is_bytes(schema: Any) -> bool:
    return is_node(schema) and (
        schema.get("contentEncoding") == "base64" or schema.get("format") == "binary"
    )


def _is_text(schema: Any) -> bool:
    """Tell whether a text is no more than a text: dates and enums are JSON."""
    return (
        is_node(schema)
        and schema.get("type") == "string"
        and schema.get("format") not in _WRITTEN
        and not {"const", "contentEncoding", "enum"} & schema.keys()
    )

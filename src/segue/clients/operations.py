"""The operations of a document: what each takes, and what it gives.

Of several media types that a body or an answer may have one is chosen, the one that a
program likes best: JSON, then streams, then texts, then bytes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, cast

from segue.clients.document import Document, Node, is_node, listed
from segue.clients.names import Names, camel, pascal

__all__ = ["Answer", "Body", "Operation", "Value", "operations_of", "values_of"]

Place: TypeAlias = Literal["path", "query", "header", "cookie"]
BodyKind: TypeAlias = Literal["json", "form", "multipart", "text", "bytes"]
DataKind: TypeAlias = Literal["json", "events", "lines", "text", "any", "blob", "none"]

_METHODS: Final = (
    *("get", "put", "post", "delete", "options", "head", "patch", "trace"),
)
_PLACES: Final = ("path", "query", "header", "cookie")
_JSON: Final = "application/json"
_LINES: Final = ("application/jsonl", "application/x-ndjson", "application/ndjson")
_RESUMED: Final = "last-event-id"
_STATUS: Final = re.compile("[1-5][0-9]{2}|[1-5]XX|default")
_LIKED: Final[tuple[DataKind, ...]] = (
    "json",
    "events",
    "lines",
    "text",
    "any",
    "blob",
)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a request's path, query, headers or cookies.

    Attributes:
        name: As it travels.
        key: As it is called in the input of the function.
        said: Its object in the document.
    """

    place: Place
    name: str
    key: str
    required: bool
    schema: Any
    said: Node

    @property
    def spans(self) -> bool:
        """Whether it may have slashes, as the rest of a path has."""
        return self.place == "path" and self.said.get("x-spans-segments") is True


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent.

    Attributes:
        media_type: Only where the kind does not say it.
    """

    kind: BodyKind
    media_type: str | None
    required: bool
    schema: Any
    description: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes with a status: `200`, `2XX`, `default`.

    Attributes:
        media_type: Empty for an answer without a body.
        schema: Of the data, or of one item of a stream.
    """

    status: str
    kind: DataKind
    media_type: str
    schema: Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One function of a client.

    Attributes:
        id: As the document has it.
        answers: What is no error, in the order of the statuses.
        errors: What is; `default` is in both.
        said: Its object in the document.
    """

    id: str
    method: str
    path: str
    values: tuple[Value, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    errors: tuple[Answer, ...]
    said: Node

    @property
    def stream(self) -> Answer | None:
        """What comes piece by piece, if it does."""
        found = (each for each in self.answers if each.kind in ("events", "lines"))
        return next(found, None)


def operations_of(document: Document) -> Iterator[Operation]:
    """Read the operations, in the order of the document."""
    for path in document.members(document.content, "paths"):
        item = document.members(document.members(document.content, "paths"), path)
        for method in _METHODS:
            said = document.members(item, method)
            if said:
                yield _operation(document, item, said, method, path)


def values_of(
    document: Document, parameters: Iterable[Any], places: tuple[str, ...] = _PLACES
) -> tuple[Value, ...]:
    """Read the parameters of an operation, and call each as nobody else is called."""
    found: dict[tuple[str, str], Node] = {}
    for each in parameters:
        said = document.follow(each)
        name, place = said.get("name"), said.get("in")
        if isinstance(name, str) and isinstance(place, str) and place in places:
            found[place, name] = said
    keys = Names(["body", "__proto__"])
    given: list[Value] = []
    for (place, name), said in found.items():
        wanted = camel(name) if place == "header" or name == "__proto__" else name
        key = keys.take(wanted) or keys.give(place + pascal(name))
        given.append(
            Value(
                place=cast("Place", place),
                name=name,
                key=key,
                # A browser sends cookies by itself.
                required=said.get("required") is True and place != "cookie",
                schema=said.get("schema", True),
                said=said,
            )
        )
    return tuple(given)


def _operation(
    document: Document, item: Node, said: Node, method: str, path: str
) -> Operation:
    parameters = [*listed(item, "parameters"), *listed(said, "parameters")]
    name = said.get("operationId")
    responses = document.members(said, "responses")
    values = values_of(document, parameters)
    every = [
        _answer(document, status, responses, method)
        for status in map(str, responses)
        if _STATUS.fullmatch(status)
    ]
    if any(each.kind == "events" for each in every):
        # The runtime sends it when it goes on with a stream.
        values = tuple(each for each in values if each.name.lower() != _RESUMED)
    return Operation(
        id=name if isinstance(name, str) and name else f"{method} {path}",
        method=method.upper(),
        path=path,
        values=values,
        body=_body(document, document.members(said, "requestBody")),
        answers=tuple(each for each in every if each.status[0] in "2d"),
        errors=tuple(each for each in every if each.status[0] in "45d"),
        said=said,
    )


def _body(document: Document, said: Node) -> Body | None:
    content = document.members(said, "content")
    kinds = {_body_kind(media_type): media_type for media_type in reversed([*content])}
    for kind in ("json", "multipart", "form", "text", "bytes"):
        if kind not in kinds:
            continue
        media_type = kinds[kind]
        # Where a form may come in both ways, it comes in the shorter one without files.
        shown = "form" if kind == "multipart" and "form" in kinds else kind
        description = said.get("description")
        return Body(
            kind=shown,
            media_type=None if kind in ("multipart", "form") else _exact(media_type),
            required=said.get("required") is True,
            schema=document.members(content, media_type).get("schema", True),
            description=description if isinstance(description, str) else "",
        )
    return None


def _body_kind(media_type: str) -> BodyKind:
    essence = _essence(media_type)
    if _is_json(essence):
        return "json"
    if essence == "multipart/form-data":
        return "multipart"
    if essence == "application/x-www-form-urlencoded":
        return "form"
    return "text" if essence.startswith("text/") else "bytes"


def _answer(document: Document, status: str, responses: Node, method: str) -> Answer:
    content = document.members(document.members(responses, status), "content")
    if not content or method == "head":
        return Answer(status, "none", "", True)
    kinds: dict[DataKind, str] = {}
    for media_type in content:
        media = document.members(content, media_type)
        kinds.setdefault(_data_kind(_essence(media_type), media), media_type)
    kind: DataKind = next(each for each in _LIKED if each in kinds)
    media = document.members(content, kinds[kind])
    schema = media.get("schema", True)
    if kind in ("events", "lines"):
        schema = media.get("x-item-schema", media.get("itemSchema", True))
    return Answer(
        status,
        kind,
        _essence(kinds[kind]),
        schema,
    )


def _data_kind(essence: str, media: Node) -> DataKind:
    if _is_json(essence):
        return "json"
    if essence == "text/event-stream":
        return "events"
    if essence in _LINES:
        return "lines"
    if essence.startswith("text/"):
        return "text"
    schema = media.get("schema")
    is_binary = is_node(schema) and schema.get("format") == "binary"
    return "any" if essence.startswith("*") and not is_binary else "blob"


def _is_json(essence: str) -> bool:
    return essence == _JSON or (
        essence.startswith("application/") and essence.endswith("+json")
    )


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _exact(media_type: str) -> str | None:
    """Give a media type that a request can have: one without a `*`."""
    return None if "*" in media_type else _essence(media_type)

"""The body of a request: the media types that a handler reads, each with its schema.

    Order        application/json; application/msgpack too, where that is told of
    bytes        whatever comes
    a form       urlencoded or multipart; with a file that must be there multipart only

Source: OpenAPI 3.1, Request Body Object.
"""

from collections.abc import Iterable
from typing import Any, Final

from segue.core.handlers.docstring import parse_docstring
from segue.core.handlers.inputs import bare, is_repeated, is_upload
from segue.core.handlers.plan import Argument, Plan, Source
from segue.core.schema.describe import describe
from segue.core.schema.jsonschema import JsonSchemas, Schema
from segue.core.schema.keywords import data_of
from segue.core.types import UNSET
from segue.openapi.contents import JSON_TYPE
from segue.openapi.parameters import Value, value_schema, values_of

__all__ = ["MSGPACK", "body_of"]

MSGPACK: Final = "application/msgpack"
_MULTIPART: Final = "multipart/form-data"
_OCTETS: Final = "application/octet-stream"
_URLENCODED: Final = "application/x-www-form-urlencoded"
_BINARY: Final = {"type": "string", "format": "binary"}
_FILE: Final = {"type": "string", "contentMediaType": _OCTETS}


def body_of(
    plans: Iterable[Plan], schemas: JsonSchemas, *, msgpack: bool = False
) -> dict[str, Any] | None:
    """Build the Request Body Object; None where nothing reads a body.

    Args:
        plans: The handler's own, then those of what runs for it.
        schemas: Builds the schemas.
        msgpack: Tell of msgpack, which every handler of data reads.
    """
    every = list(plans)
    for plan in every:
        for argument in plan.arguments:
            if argument.source is Source.BODY:
                return _whole(argument, plan, schemas, msgpack=msgpack)
    fields: dict[str, Value] = {}
    for plan in every:
        for value in values_of(plan, Source.FORM):
            fields.setdefault(value.name, value)
    return _form(list(fields.values()), schemas) if fields else None


def _whole(
    argument: Argument, plan: Plan, schemas: JsonSchemas, *, msgpack: bool
) -> dict[str, Any]:
    mark = argument.mark
    told = parse_docstring(plan.function.__doc__ or "").parameters
    description = (mark and mark.description) or told.get(argument.name)
    known = {"description": description} if description else {}
    if bare(argument.hint) is bytes:
        content: dict[str, Any] = {_OCTETS: {"schema": dict(_BINARY)}}
        return {**known, "content": content}
    schema: Schema = {}
    if argument.hint is not UNSET:
        schema = schemas.schema(describe(argument.hint), "in")
    media: dict[str, Any] = {"schema": schema}
    examples = [] if mark is None else list(map(data_of, mark.examples))
    if examples:
        media["examples"] = {
            f"example{number}": {"value": each}
            for number, each in enumerate(examples, 1)
            if each is not UNSET
        }
    content = {JSON_TYPE: media}
    if msgpack:
        content[MSGPACK] = {"schema": schema}
    return {**known, "required": argument.default is UNSET, "content": content}


def _form(fields: list[Value], schemas: JsonSchemas) -> dict[str, Any]:
    properties = {value.name: _field(value, schemas) for value in fields}
    required = [value.name for value in fields if value.required]
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    needs_file = any(each.required and is_upload(each.hint) for each in fields)
    kinds = (_MULTIPART,) if needs_file else (_URLENCODED, _MULTIPART)
    return {
        "required": bool(required),
        "content": {kind: {"schema": schema} for kind in kinds},
    }


def _field(value: Value, schemas: JsonSchemas) -> Schema:
    said = {"description": value.description, "deprecated": value.deprecated}
    known = {name: each for name, each in said.items() if each}
    if not is_upload(value.hint):
        return {**value_schema(value, schemas), **known}
    schema: Schema = dict(_FILE)
    if is_repeated(value.hint):
        schema = {"type": "array", "items": schema}
        if value.required:
            schema["minItems"] = 1
    return {**schema, **known}

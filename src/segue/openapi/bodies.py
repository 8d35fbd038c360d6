"""The body of a request: the media types that a handler reads, each with its schema.

    Order        application/json; application/msgpack too, where that is told of
    bytes        whatever comes
    a form       urlencoded; with a file multipart

Source: OpenAPI 3.1, Request Body Object.
"""

from typing import Any, Final

from segue.core.handlers.docstring import docstring_of
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
_BINARY: Final[Schema] = {"type": "string", "format": "binary"}


def body_of(
    plan: Plan, schemas: JsonSchemas, *, msgpack: bool = False
) -> dict[str, Any] | None:
    """Build the Request Body Object; None where nothing reads a body.

    Args:
        plan: The handler's; nothing else may read the body.
        schemas: Builds the schemas.
        msgpack: Tell of msgpack, which every handler of data reads.
    """
    for argument in plan.arguments:
        if argument.source is Source.BODY:
            return _whole(argument, plan, schemas, msgpack=msgpack)
    fields = list(values_of(plan, Source.FORM))
    return _form(fields, schemas) if fields else None


def _whole(
    argument: Argument, plan: Plan, schemas: JsonSchemas, *, msgpack: bool
) -> dict[str, Any]:
    mark = argument.mark
    told = docstring_of(plan.function).parameters
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
    # A form without files may come as multipart too; one way is enough to know.
    has_file = any(is_upload(each.hint) for each in fields)
    kind = _MULTIPART if has_file else _URLENCODED
    return {"required": bool(required), "content": {kind: {"schema": schema}}}


def _field(value: Value, schemas: JsonSchemas) -> Schema:
    said = {"description": value.description, "deprecated": value.deprecated}
    known = {name: each for name, each in said.items() if each}
    if not is_upload(value.hint):
        # Not a copy: its references are filled in at the end.
        made = value_schema(value, schemas)
        made.update(known)
        return made
    schema: Schema = dict(_BINARY)
    if is_repeated(value.hint):
        schema = {"type": "array", "items": schema}
        if value.required:
            schema["minItems"] = 1
    return {**schema, **known}

"""The parameters of an operation: what is read from path, query, headers and cookies.

What guards and providers read is among them. A record that is read field by field is
listed field by field. A text may be left out and is never None; of the other types
`null` is read as None.

Source: OpenAPI 3.1, Parameter Object.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec

from segue.core.handlers.docstring import docstring_of
from segue.core.handlers.inputs import is_optional, is_repeated, members_of
from segue.core.handlers.plan import Argument, Plan, Source
from segue.core.routing.pattern import Pattern
from segue.core.routing.segments import Parameter
from segue.core.schema.describe import describe
from segue.core.schema.jsonschema import JsonSchemas, Schema
from segue.core.schema.keywords import data_of
from segue.core.types import UNSET

__all__ = ["Value", "parameters_of", "value_schema", "values_of"]

_PLACES: Final = (Source.PATH, Source.QUERY, Source.HEADER, Source.COOKIE)
_UNSAID: Final = frozenset({"accept", "content-type", "authorization"})
"""Headers that the document tells of elsewhere; tools pass over them here."""

_CONVERTED: Final[Mapping[str, Schema]] = {
    "bool": {"type": "boolean"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "int": {"type": "integer"},
    "decimal": {"type": "string", "format": "decimal"},
    "float": {"type": "number"},
    "slug": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
}


class Value(msgspec.Struct, frozen=True):
    """One text of a request, or the texts of one name.

    Attributes:
        place: `path`, `query`, `header`, `cookie` or `form`.
        hint: UNSET where nobody said.
        default: UNSET where there is none, or it is another one each time.
    """

    place: str
    name: str
    hint: Any = UNSET
    required: bool = False
    default: Any = UNSET
    description: str | None = None
    deprecated: bool = False
    examples: tuple[Any, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others of a request."""
        return self.place, self.name


def parameters_of(
    plans: Iterable[Plan],
    pattern: Pattern | None,
    schemas: JsonSchemas,
    hidden: Collection[tuple[str, str]] = (),
) -> list[dict[str, Any]]:
    """Build the Parameter Objects of an operation.

    Args:
        plans: The handler's own, then those of what runs for it.
        pattern: The path; None for a message that goes out.
        schemas: Builds the schemas.
        hidden: Values that are credentials, which the document names elsewhere.
    """
    found: dict[tuple[str, str], Value] = {}
    for plan in plans:
        for value in values_of(plan, *_PLACES):
            first = found.setdefault(value.key, value)
            if value.required and not first.required:
                found[value.key] = msgspec.structs.replace(first, required=True)
    for name in _UNSAID:
        found.pop(("header", name), None)
    path = [] if pattern is None else list(_of_path(pattern, found, schemas))
    others = [
        _object(value, schemas)
        for key, value in found.items()
        if value.place != "path" and key not in hidden
    ]
    return [*path, *others]


def values_of(plan: Plan, *sources: Source) -> Iterator[Value]:
    """List what one function reads from some parts of a request."""
    told = docstring_of(plan.function).parameters
    for argument in plan.arguments:
        if argument.source not in sources:
            continue
        if argument.record:
            yield from _fields(argument)
        else:
            yield _single(argument, told.get(argument.name))


def _single(argument: Argument, told: str | None) -> Value:
    mark = argument.mark
    return Value(
        place=argument.source.value,
        name=str(argument.key),
        hint=argument.hint,
        required=argument.default is UNSET or argument.source is Source.PATH,
        default=argument.default,
        description=(mark and mark.description) or told,
        deprecated=bool(mark and mark.deprecated),
        examples=mark.examples if mark else (),
    )


def _fields(argument: Argument) -> Iterator[Value]:
    """List the fields of a record; of one that may be missing none has to be there."""
    (record,) = members_of(argument.hint)
    for field in describe(record).fields():
        if field.shape.notes.read_only:
            continue
        name = field.wire
        if argument.source is Source.HEADER:
            name = name.replace("_", "-").lower()
        yield Value(
            place=argument.source.value,
            name=name,
            hint=field.hint,
            required=field.required and argument.default is UNSET,
            default=field.default if argument.default is UNSET else UNSET,
        )


def value_schema(value: Value, schemas: JsonSchemas) -> Schema:
    """Build the schema of one text."""
    if value.hint is UNSET:
        schema: Schema = {"type": "string"}
    else:
        shape = describe(value.hint)
        if shape.nullable and not _reads_null(value.hint):
            shape = replace(shape, nullable=False)
        schema = schemas.schema(shape, "in")
    if value.hint is not UNSET and value.required and is_repeated(value.hint):
        # No value at all is a list that is missing.
        schema.setdefault("minItems", 1)
    default = UNSET if value.default is UNSET else data_of(value.default)
    if default is not UNSET and default is not None:
        schema["default"] = default
    if examples := [each for each in map(data_of, value.examples) if each is not UNSET]:
        schema["examples"] = examples
    return schema


def _reads_null(hint: Any) -> bool:
    """Tell whether the text `null` is read as None: where it cannot be a text."""
    return str not in members_of(hint) and not is_repeated(hint)


def _reads_empty(hint: Any) -> bool:
    return hint is not UNSET and is_optional(hint) and _reads_null(hint)


def _object(value: Value, schemas: JsonSchemas, name: str = "") -> dict[str, Any]:
    schema = value_schema(value, schemas)
    # Which way a value goes is no question here.
    schema.pop("readOnly", None)
    description = value.description or schema.pop("description", None)
    deprecated = schema.pop("deprecated", None) or value.deprecated
    said = {
        "description": description,
        "required": value.required,
        "deprecated": deprecated,
        # An empty field of a form that was sent with GET.
        "allowEmptyValue": value.place == "query" and _reads_empty(value.hint),
    }
    return {
        "name": name or value.name,
        "in": value.place,
        **{key: each for key, each in said.items() if each},
        "schema": schema,
    }


def _of_path(
    pattern: Pattern, found: Mapping[tuple[str, str], Value], schemas: JsonSchemas
) -> Iterator[dict[str, Any]]:
    """Build those of the path, in its order; some no function may ask for."""
    for parameter in pattern.parameters:
        value = found.get(("path", parameter.name))
        if value is None or value.hint is UNSET:
            schema = _converted(parameter)
            told = {"description": value.description} if value else {}
            yield {
                "name": parameter.label,
                "in": "path",
                **{key: each for key, each in told.items() if each},
                "required": True,
                "schema": schema,
                **_spanning(parameter),
            }
        else:
            made = _object(value, schemas, parameter.label)
            for name, member in _converted(parameter).items():
                if name != "type" and "$ref" not in made["schema"]:
                    made["schema"].setdefault(name, member)
            yield {**made, **_spanning(parameter)}


def _spanning(parameter: Parameter) -> dict[str, Any]:
    """Mark a value that may have slashes; a document has no word for it."""
    return {"x-spans-segments": True} if parameter.converter.spans else {}


def _converted(parameter: Parameter) -> Schema:
    """Build the schema of what a converter reads."""
    name = parameter.converter.name
    if name.startswith("re:"):
        return {"type": "string", "pattern": f"^(?:{name.removeprefix('re:')})$"}
    return dict(_CONVERTED.get(name, {"type": "string"}))

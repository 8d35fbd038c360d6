"""The keywords of JSON Schema that say what single values and their bounds are.

Source: json-schema.org/draft/2020-12, and for the names of formats the registry at
spec.openapis.org/registry/format.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from segue.core.schema.components import Direction, Schema
from segue.core.schema.shape import NUMBERS, Bounds, Kind, Notes, Shape
from segue.core.types import UNSET

__all__ = ["bounds_schema", "data_of", "notes_schema", "nullable", "scalar_schema"]

_NUMBER: Final = "[0-9]{1,9}"
_SECONDS: Final = rf"{_NUMBER}(\.[0-9]{{1,6}})?S"
_MINUTES: Final = f"({_NUMBER}M({_SECONDS})?|{_SECONDS})"
_CLOCK: Final = f"T({_NUMBER}H{_MINUTES}?|{_MINUTES})"
# Days and smaller only: nobody knows how long a month is.
_DURATION: Final = f"^[+-]?P([0-9]{{1,8}}D({_CLOCK})?|{_CLOCK})$"
_BASE64: Final = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_DECIMAL: Final = r"[0-9]+(\.[0-9]+)?$"

_SCALARS: Final[Mapping[Kind, Schema]] = {
    Kind.NONE: {"type": "null"},
    Kind.BOOL: {"type": "boolean"},
    Kind.INT: {"type": "integer"},
    Kind.FLOAT: {"type": "number"},
    Kind.STR: {"type": "string"},
    Kind.BYTES: {"type": "string", "contentEncoding": "base64", "pattern": _BASE64},
    Kind.DECIMAL: {"type": "string", "format": "decimal"},
    Kind.UUID: {"type": "string", "format": "uuid"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATETIME: {"type": "string", "format": "date-time"},
    Kind.TIME: {"type": "string", "format": "time"},
    Kind.TIMEDELTA: {"type": "string", "format": "duration", "pattern": _DURATION},
}
_LIMITS: Final = {
    "minimum": "ge",
    "exclusiveMinimum": "gt",
    "maximum": "le",
    "exclusiveMaximum": "lt",
}
_LENGTHS: Final = {
    Kind.STR: "Length",
    Kind.BYTES: "Length",
    Kind.LIST: "Items",
    Kind.SET: "Items",
    Kind.MAPPING: "Properties",
}


def scalar_schema(shape: Shape, direction: Direction) -> Schema:
    """Build the schema of a single value; of what has none, one that fits all."""
    schema = dict(_SCALARS.get(shape.kind, {}))
    if shape.kind is Kind.DECIMAL and direction == "in":
        low = [each for each in (shape.bounds.ge, shape.bounds.gt) if each is not None]
        sign = "" if any(_number(each, -1) >= 0 for each in low) else "-?"
        return {**schema, "type": ["string", "number"], "pattern": f"^{sign}{_DECIMAL}"}
    return schema


def bounds_schema(shape: Shape, direction: Direction) -> Schema:
    """Build the keywords for the bounds of a type."""
    bounds, kind = shape.bounds, shape.kind
    schema: Schema = {}
    if kind in NUMBERS and (kind is not Kind.DECIMAL or direction == "in"):
        schema |= _limits(bounds)
    if kind in _LENGTHS:
        schema |= _lengths(bounds, kind)
    if kind is Kind.STR and bounds.patterns:
        first, *more = bounds.patterns
        schema["pattern"] = first
        schema |= {"allOf": [{"pattern": each} for each in more]} if more else {}
    if kind in (Kind.DATETIME, Kind.TIME) and bounds.tz is False:
        schema["format"] = f"{_SCALARS[kind]['format']}-local"
    return schema


def notes_schema(notes: Notes) -> Schema:
    """Build the keywords for the readers of a schema."""
    examples = [each for each in map(data_of, notes.examples) if each is not UNSET]
    said = {
        "title": notes.title,
        "description": notes.description,
        "examples": examples,
        "deprecated": notes.deprecated,
        "readOnly": notes.read_only,
        "writeOnly": notes.write_only,
    }
    return {**{name: value for name, value in said.items() if value}, **notes.extra}


def nullable(schema: Schema) -> Schema:
    """Let a schema fit null as well. The dict that came may be in what is returned.

    Example:
        >>> nullable({"type": "integer"})
        {'type': ['integer', 'null']}
    """
    if not schema:
        return schema
    if set(schema) == {"anyOf"}:
        return {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    elif "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    if "type" in schema:
        schema["type"] = [*types_of(schema), "null"]
    return schema


def types_of(schema: Schema) -> list[str]:
    """List the types of a schema that has some."""
    types: str | list[str] = schema["type"]
    return [types] if isinstance(types, str) else types


def data_of(value: Any) -> Any:
    """Write a value as JSON has it; `UNSET` when it cannot be written.

    Example:
        >>> data_of((b"bytes", None))
        ['Ynl0ZXM=', None]
    """
    try:
        encoded = msgspec.json.encode(value, enc_hook=_dumped)
        return msgspec.json.decode(encoded)
    except Exception:  # a default or an example is anybody's object
        return UNSET


def _dumped(value: Any) -> Any:
    return value.model_dump(mode="json")  # a pydantic model; all others fail


def _limits(bounds: Bounds) -> Iterable[tuple[str, Any]]:
    for keyword, name in _LIMITS.items():
        if (limit := _number(getattr(bounds, name))) is not None:
            yield keyword, limit
    step = _number(bounds.multiple_of)
    if step is not None and step > 0:
        yield "multipleOf", step


def _number(value: Any, default: Any = None) -> Any:
    """Write a limit as a number of JSON, if it is one."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return value if isinstance(value, int) else default
    if not math.isfinite(number):
        return default
    return int(value) if value == int(value) else number


def _lengths(bounds: Bounds, kind: Kind) -> Iterator[tuple[str, int]]:
    """Count characters, items or keys; three bytes are four characters of base64."""
    for name, length in (
        ("min", bounds.min_length or None),
        ("max", bounds.max_length),
    ):
        if length is not None:
            size = -(-length // 3) * 4 if kind is Kind.BYTES else length
            yield f"{name}{_LENGTHS[kind]}", size

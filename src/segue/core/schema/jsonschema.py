"""JSON Schema 2020-12 from shapes, for OpenAPI 3.1 and whoever else wants it.

The schema of an input says what is taken, that of an output what leaves. They differ
only where the two do:

    in       a field with a default may be missing; no read-only fields; a Decimal may
             be a number, a set may have an item twice
    out      a field with a default is there; no write-only fields
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, Final

from segue.core.schema.components import Components, Direction, Schema
from segue.core.schema.describe import name_of
from segue.core.schema.foreign import ForeignSchemas
from segue.core.schema.keywords import (
    bounds_schema,
    data_of,
    notes_schema,
    nullable,
    scalar_schema,
    types_of,
)
from segue.core.schema.shape import Field, Kind, Shape
from segue.core.types import UNSET

__all__ = ["Direction", "JsonSchemas", "Schema"]

_TYPES: Final[Mapping[type, str]] = {str: "string", int: "integer", bool: "boolean"}
_EMPTY: Final = (list, dict, set, frozenset, tuple, bytearray)
_INTEGER: Final = "^(0|-?[1-9][0-9]*)$"
_NO_TEXT: Final = {Kind.ANY, Kind.OTHER, Kind.BOOL, Kind.FLOAT, Kind.DECIMAL}


class JsonSchemas:
    """Builds the schemas of a document and collects those that have a name.

    A schema refers to the named ones with `$ref`. Call `components` when all schemas
    are built: it decides the names and writes them into the references that were given
    out, so the dicts have to be the same ones still, and not copies.

    Args:
        template: A reference, with `{name}` in it.

    Example:
        >>> from segue.core.schema.describe import describe
        >>> JsonSchemas().schema(describe(list[int] | None))
        {'type': ['array', 'null'], 'items': {'type': 'integer'}}
    """

    def __init__(self, template: str = "#/components/schemas/{name}") -> None:
        self._components = Components(template)
        self._foreign = ForeignSchemas(self._components)
        self._builders: Mapping[Kind, Callable[[Shape, Direction], Schema]] = {
            Kind.LITERAL: self._values,
            Kind.ENUM: self._named,
            Kind.RECORD: self._named,
            Kind.ROW: self._named,
            Kind.FOREIGN: self._foreign.schema,
            Kind.LIST: self._list,
            Kind.SET: self._list,
            Kind.TUPLE: self._tuple,
            Kind.MAPPING: self._mapping,
            Kind.UNION: self._union,
        }

    def schema(self, shape: Shape, direction: Direction = "in") -> Schema:
        """Build the schema of a type, as it comes in or as it goes out."""
        build = self._builders.get(shape.kind, scalar_schema)
        schema = build(shape, direction)
        schema.update(bounds_schema(shape, direction))
        if shape.nullable:
            schema = nullable(schema)
        schema.update(notes_schema(shape.notes))
        return schema

    def components(self) -> dict[str, Schema]:
        """Give the named schemas, and write their names into all references."""
        return self._components.settle()

    def _named(self, shape: Shape, direction: Direction) -> Schema:
        """Refer to the schema of a class."""
        builders = {Kind.RECORD: self._record, Kind.ROW: self._row}
        build = builders.get(shape.kind, self._values)

        def described() -> Schema:
            schema = build(shape, direction)
            return {**schema, "description": shape.doc} if shape.doc else schema

        return self._components.refer(_key(shape), _names(shape), direction, described)

    def _values(self, shape: Shape, _direction: Direction) -> Schema:
        """List the values of an enum or a literal."""
        if not shape.values:  # flags, which are added up
            return {"type": "integer"}
        values: list[Any] = [
            each for each in map(data_of, shape.values) if each is not UNSET
        ]
        if not values:
            return {}
        kinds = {_type_of(value) for value in values}
        alike = {"type": kind} if len(kinds) == 1 and (kind := kinds.pop()) else {}
        if len(values) == 1 and shape.kind is Kind.LITERAL and not shape.nullable:
            return {**alike, "const": values[0]}
        return {**alike, "enum": values}

    def _list(self, shape: Shape, direction: Direction) -> Schema:
        items = self.schema(shape.inner[0], direction)
        schema: Schema = {"type": "array", "items": items}
        if shape.kind is Kind.SET:
            # An item that comes twice is taken, and counts once.
            counted = (shape.bounds.min_length or 0) > 1
            schema |= {"uniqueItems": True} if direction == "out" or counted else {}
        return schema

    def _tuple(self, shape: Shape, direction: Direction) -> Schema:
        size = len(shape.inner)
        schema: Schema = {"type": "array", "minItems": size, "maxItems": size}
        if size:
            items = [self.schema(each, direction) for each in shape.inner]
            # Items that are all alike are said once.
            alike = all(each == items[0] for each in items)
            more: Schema = {} if alike else {"prefixItems": items, "items": {}}
            schema |= more or {"items": items[0]}
        return schema

    def _mapping(self, shape: Shape, direction: Direction) -> Schema:
        key, value = shape.inner
        schema: Schema = {"type": "object"}
        if names := self._keys(key, direction):
            schema["propertyNames"] = names
        if values := self.schema(value, direction):
            schema["additionalProperties"] = values
        return schema

    def _keys(self, key: Shape, direction: Direction) -> Schema:
        """Build what the keys of an object must hold; they are always texts."""
        if key.kind is Kind.INT:
            return {"pattern": _INTEGER}
        if key.kind in (Kind.ENUM, Kind.LITERAL) and key.values:
            return {"enum": [str(value) for value in key.values]}
        if key.kind in _NO_TEXT:
            return {}
        schema = self.schema(key, direction)
        schema.pop("type", None)
        return schema

    def _union(self, shape: Shape, direction: Direction) -> Schema:
        tagged = [each for each in shape.inner if _is_tagged(each)]
        if len({each.tag_field for each in tagged}) != 1 or len(tagged) == 1:
            tagged = []
        schemas = [
            self.schema(each, direction) for each in shape.inner if each not in tagged
        ]
        if tagged:
            schemas.append(self._tagged(tagged, direction))
        if {} in schemas:
            return {}
        if all(set(schema) == {"type"} for schema in schemas):
            names = [name for schema in schemas for name in types_of(schema)]
            return {"type": list(dict.fromkeys(names))}
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}

    def _tagged(self, members: list[Shape], direction: Direction) -> Schema:
        """Build a union whose members are told apart by their tags."""
        mapping: Schema = {}
        references: list[Schema] = []
        for member in members:
            reference = self._named(member, direction)
            self._components.point(reference, direction, mapping, str(member.tag))
            references.append(reference)
        told = {"propertyName": members[0].tag_field, "mapping": mapping}
        return {"oneOf": references, "discriminator": told}

    def _record(self, shape: Shape, direction: Direction) -> Schema:
        properties: Schema = {}
        required: list[str] = []
        if shape.tag_field and shape.tag is not None:
            properties[shape.tag_field] = {"const": shape.tag}
            required.append(shape.tag_field)
        for field in _fields(shape, direction):
            properties[field.wire] = self._field(field, direction)
            if field.required if direction == "in" else field.always:
                required.append(field.wire)
        schema: Schema = {"type": "object", "properties": properties}
        if required:
            schema["required"] = required
        if shape.forbids_unknown:
            schema["additionalProperties"] = False
        return schema

    def _row(self, shape: Shape, direction: Direction) -> Schema:
        fields = shape.fields()
        tag = [] if shape.tag is None else [{"const": shape.tag}]
        items = tag + [self._field(field, direction) for field in fields]
        needed = [n for n, field in enumerate(fields, 1) if field.required]
        count = len(fields) if direction == "out" else max(needed, default=0)
        schema: Schema = {"type": "array"}
        if items:
            schema |= {"prefixItems": items, "minItems": len(tag) + count}
        if shape.forbids_unknown:
            schema["maxItems"] = len(items)
        return schema

    def _field(self, field: Field, direction: Direction) -> Schema:
        schema = self.schema(field.shape, direction)
        if direction == "in" and (default := _default(field)) is not UNSET:
            schema["default"] = default
        return schema


def _default(field: Field) -> Any:
    """Write the default of a field; `UNSET` when it is another one each time."""
    if field.factory and any(field.factory is each for each in _EMPTY):
        return data_of(field.factory())
    return UNSET if field.default is UNSET else data_of(field.default)


def _type_of(value: object) -> str | None:
    return _TYPES.get(type(value))


def _fields(shape: Shape, direction: Direction) -> Iterator[Field]:
    """List the fields that are there in a direction."""
    for field in shape.fields():
        notes = field.shape.notes
        if not (notes.read_only if direction == "in" else notes.write_only):
            yield field


def _is_tagged(shape: Shape) -> bool:
    # A discriminator holds its tags as texts, so numbers do without one.
    return shape.kind is Kind.RECORD and isinstance(shape.tag, str)


def _key(shape: Shape) -> Hashable:
    try:
        hash(shape.hint)
    except TypeError:  # Box[Annotated[int, []]]
        return shape.name, repr(shape.hint)
    return shape.name, shape.hint


def _names(shape: Shape) -> tuple[str, str]:
    """Give the name of a shape, and the one to use when another has it as well."""
    name = shape.name or name_of(shape.hint)
    if name == name_of(shape.hint):
        return name, name_of(shape.hint, full=True)
    return name, f"{getattr(shape.hint, '__module__', '')}.{name}"

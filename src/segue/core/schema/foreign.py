"""The schemas of classes that write their own: pydantic models.

Such a schema brings the models inside it along, under `$defs`. They become components
like all others; the same model that came with two others becomes one.
"""

import itertools
import re
from collections.abc import Hashable, Mapping
from typing import Any, Final, TypeGuard

from segue.core.schema.components import Components, Direction, Schema
from segue.core.schema.shape import Shape

__all__ = ["ForeignSchemas"]

_MODES: Final[Mapping[Direction, str]] = {"in": "validation", "out": "serialization"}
_DEFINED: Final = "#/$defs/"


class ForeignSchemas:
    """Takes the schemas of foreign classes into the components of a document."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self._seen: dict[tuple[str, int, Direction], Schema] = {}

    def schema(self, shape: Shape, direction: Direction) -> Schema:
        """Refer to the schema of a class; one that it cannot write fits all."""
        try:
            schema: Schema = dict(
                shape.hint.model_json_schema(
                    mode=_MODES[direction], ref_template=f"{_DEFINED}{{model}}"
                )
            )
        except Exception:  # a model may have fields that no schema can say
            return {}
        defined: dict[str, Schema] = schema.pop("$defs", {})
        if set(schema) == {"$ref"}:  # it contains itself
            return self._refer(_target(schema["$ref"]), defined, direction)
        name = re.sub(r"[^A-Za-z0-9._-]", "_", shape.name or "")
        return self._refer(name, {**defined, name: schema}, direction)

    def _refer(
        self, name: str, defined: Mapping[str, Schema], direction: Direction
    ) -> Schema:
        schema = defined[name]
        return self._components.refer(
            self._key(name, schema, direction),
            (name, name),
            direction,
            lambda: self._taken(schema, defined, direction),
        )

    def _key(self, name: str, schema: Schema, direction: Direction) -> Hashable:
        """Tell two models of one name apart by what their schemas say."""
        return next(
            ("foreign", name, number)
            for number in itertools.count()
            if self._seen.setdefault((name, number, direction), schema) == schema
        )

    def _taken(
        self, node: Any, defined: Mapping[str, Schema], direction: Direction
    ) -> Any:
        """Copy a schema with references to components in place of its own."""
        if _is_list(node):
            return [self._taken(each, defined, direction) for each in node]
        if not _is_schema(node):
            return node
        taken: Schema = {}
        for key, value in node.items():
            if target := _target(value):  # of a reference, or of a discriminator
                reference = self._refer(target, defined, direction)
                self._components.point(reference, direction, taken, key)
            else:
                taken[key] = self._taken(value, defined, direction)
        return taken


def _is_list(node: Any) -> TypeGuard[list[Any]]:
    return isinstance(node, list)


def _is_schema(node: Any) -> TypeGuard[Schema]:
    return isinstance(node, dict)


def _target(value: Any) -> str:
    """Read the name that a reference has; nothing when it is none."""
    if not isinstance(value, str) or not value.startswith(_DEFINED):
        return ""
    return value.removeprefix(_DEFINED)

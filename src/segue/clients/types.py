"""A JSON Schema -> the TypeScript type of the values that fit it.

    {"type": ["string", "null"]}          string | null
    {"enum": ["a", "b"]}                  "a" | "b"
    an object                             { sku: string; note?: string }
    {"$ref": ".../Order"}                 Order

A type says what can be said with types; patterns and limits are the server's to check.
What is absent is not null: a member that may be missing has a `?` and no `undefined`.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from segue.clients.comments import comment, notes
from segue.clients.document import Document, Node, is_node, list_of, listed
from segue.clients.names import Names, key, literal, pascal
from segue.core.errors import CommandError

__all__ = ["Types", "joined", "rings"]

_UNKNOWN: Final = "unknown"
_SIMPLE: Final[Mapping[str, str]] = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
_SAFE: Final = 2**53
_DEEPEST: Final = 60
_LONGEST: Final = 8
"""Items of a tuple of one type that are still written one by one."""

_STEP: Final = "  "


class Types:
    """Writes the types of a document, and declares those that have a name.

    Args:
        document: Where references lead.
        names: The names of types that are taken in the file.
    """

    def __init__(self, document: Document, names: Names) -> None:
        self._document = document
        self._names = {name: names.give(pascal(name)) for name in document.schemas}
        self._rings = rings(
            {name: self._same(each) for name, each in document.schemas.items()}
        )
        self._depth = 0
        self._in_form = False

    def declarations(self) -> str:
        """Declare the named types, in the order of the document."""
        return "\n".join(
            self._declared(name, schema)
            for name, schema in self._document.schemas.items()
        )

    def type(self, schema: Any, indent: str = "") -> str:
        """Write the type of a schema.

        Args:
            schema: An object, or true or false.
            indent: That of the line it begins in.

        Raises:
            CommandError: It is nested too deep, or a reference leads nowhere.
        """
        if not is_node(schema):
            return "never" if schema is False else _UNKNOWN
        self._depth += 1
        if self._depth > _DEEPEST:
            raise CommandError(
                "SG-CLIENT-003",
                f"A schema is nested more than {_DEEPEST} levels deep.",
                why="Nobody can read a type like that, nor can the compiler.",
                fix="Give the inner types names: a class for each.",
            )
        try:
            return self._of(schema, indent)
        finally:
            self._depth -= 1

    def form(self, schema: Any, indent: str = "") -> str:
        """Write the type of the fields of a form, where a file may be one.

        Raises:
            CommandError: As `type` does.
        """
        self._in_form = True
        try:
            return self.type(schema, indent)
        finally:
            self._in_form = False

    def _of(self, schema: Node, indent: str) -> str:
        if isinstance(reference := schema.get("$ref"), str):
            return self._referred(reference, indent)
        if "const" in schema:
            return _value(schema["const"])
        if values := listed(schema, "enum"):
            return joined(map(_value, values))
        for word in ("oneOf", "anyOf"):
            if members := listed(schema, word):
                return joined(self.type(each, indent) for each in members)
        if parts := listed(schema, "allOf"):
            return self._all_of(parts, schema, indent)
        return self._typed(schema, indent)

    def _referred(self, reference: str, indent: str) -> str:
        name = self._document.schema_name(reference)
        if name is not None:
            return self._names[name]
        return self.type(self._document.find(reference), indent)

    def _all_of(self, parts: Iterable[Any], schema: Node, indent: str) -> str:
        rest = {name: value for name, value in schema.items() if name != "allOf"}
        every = [self.type(each, indent) for each in [*parts, rest]]
        known = list(dict.fromkeys(each for each in every if each != _UNKNOWN))
        return " & ".join(map(_grouped, known)) or _UNKNOWN

    def _typed(self, schema: Node, indent: str) -> str:
        types = schema.get("type")
        if types is None:
            if "properties" in schema or "additionalProperties" in schema:
                types = "object"
            elif "items" in schema or "prefixItems" in schema:
                types = "array"
        names = list_of(types) or [types]
        return joined(self._single(name, schema, indent) for name in names)

    def _single(self, name: Any, schema: Node, indent: str) -> str:
        if name == "array":
            return self._array(schema, indent)
        if name == "object":
            return self._object(schema, indent)
        if name == "string" and self._in_form and _is_file(schema):
            return "Blob"
        return _SIMPLE.get(name, _UNKNOWN) if isinstance(name, str) else _UNKNOWN

    def _array(self, schema: Node, indent: str) -> str:
        first = listed(schema, "prefixItems")
        items = schema.get("items")
        least, most = _count(schema, "minItems"), _count(schema, "maxItems")
        if not first:
            item = self.type(items, indent)
            if least == most and most is not None and most <= _LONGEST:
                return f"[{', '.join([item] * most)}]"
            return f"{_grouped(item)}[]"
        written = [self.type(each, indent) for each in first[:most]]
        parts = [
            text if number < (least or 0) else f"{_grouped(text)}?"
            for number, text in enumerate(written)
        ]
        if items is not False and (most is None or most > len(first)):
            parts.append(f"...{_grouped(self.type(items, indent))}[]")
        return f"[{', '.join(parts)}]"

    def _object(self, schema: Node, indent: str) -> str:
        properties = self._document.members(schema, "properties")
        others = schema.get("additionalProperties")
        if not properties:
            return self._mapping(schema, others, indent)
        inner = indent + _STEP
        lines = list(self._members(schema, properties, inner))
        if others is True or is_node(others):
            lines.append(f"{inner}[member: string]: unknown;\n")
        return "{\n" + "".join(lines) + indent + "}"

    def _members(self, schema: Node, properties: Node, indent: str) -> Iterable[str]:
        required = listed(schema, "required")
        for name, member in properties.items():
            mark = "" if name in required else "?"
            if is_node(member):
                yield comment(notes(member), indent)
            yield f"{indent}{key(name)}{mark}: {self.type(member, indent)};\n"

    def _mapping(self, schema: Node, others: Any, indent: str) -> str:
        if others is False:
            return "Record<string, never>"
        value = self.type(others, indent)
        names = listed(self._document.members(schema, "propertyNames"), "enum")
        if names:
            inner = indent + _STEP
            lines = [f"{inner}{key(str(name))}?: {value};\n" for name in names]
            return "{\n" + "".join(dict.fromkeys(lines)) + indent + "}"
        # A type may refer to itself in here, and could not inside of a Record<>.
        return f"{{ [member: string]: {value} }}"

    def _declared(self, name: str, schema: Any) -> str:
        said = comment(notes(schema)) if is_node(schema) else ""
        if name in self._rings:
            # A name for itself and nothing else: whatever fits, fits.
            return f"{said}export type {self._names[name]} = {_UNKNOWN};\n"
        written = self.type(schema)
        if _is_object(schema) and written.startswith("{"):
            return f"{said}export interface {self._names[name]} {written}\n"
        return f"{said}export type {self._names[name]} = {written};\n"

    def _same(self, schema: Any) -> set[str]:
        """Find the named schemas that this one is, not those that are in it."""
        found: set[str] = set()
        left = [schema]
        while left:
            each = left.pop()
            if not is_node(each):
                continue
            if isinstance(reference := each.get("$ref"), str):
                found.add(self._document.schema_name(reference) or "")
            for word in ("oneOf", "anyOf", "allOf"):
                left += listed(each, word)
        return found - {""}


def rings(graph: Mapping[str, Collection[str]]) -> set[str]:
    """Find what leads back to itself, and what lies between two such rings.

    Args:
        graph: What each name leads to; all of them are names of the graph.

    Example:
        >>> sorted(rings({"a": ["b"], "b": ["a", "c"], "c": [], "d": ["a"]}))
        ['a', 'b']
    """
    for _ in range(2):  # first what leads nowhere goes, then what nothing leads to
        back: dict[str, list[str]] = {name: [] for name in graph}
        for name, targets in graph.items():
            for target in targets:
                back[target].append(name)
        left = {name: len(targets) for name, targets in graph.items()}
        ended = [name for name, count in left.items() if not count]
        while ended:
            for name in back[ended.pop()]:
                left[name] -= 1
                if not left[name]:
                    ended.append(name)
        kept = {name for name, count in left.items() if count}
        graph = {name: [s for s in back[name] if s in kept] for name in kept}
    return set(graph)


def joined(types: Iterable[str]) -> str:
    """Write a union: each member once, `null` last, `unknown` alone.

    Example:
        >>> joined(["null", "string", "string"])
        'string | null'
    """
    once = list(dict.fromkeys(types))
    if _UNKNOWN in once or not once:
        return _UNKNOWN
    kept = [each for each in once if each != "never"] or once
    kept.sort(key="null".__eq__)
    return " | ".join(f"({each})" if " & " in each else each for each in kept)


def _grouped(text: str) -> str:
    """Put parentheses around what would fall apart beside an operator."""
    return text if re.fullmatch(r"[\w$]+(\[\])*", text) else f"({text})"


def _value(value: Any) -> str:
    """Write the type that has only this value; that of its kind where none has."""
    if value is None or isinstance(value, str | bool):
        return literal(value)
    if isinstance(value, int):
        return literal(value) if abs(value) < _SAFE else "number"
    if isinstance(value, float):
        return literal(value) if math.isfinite(value) else "number"
    return _UNKNOWN


def _is_object(schema: Any) -> bool:
    """Tell whether a schema is one object, and no union or other name of one."""
    if not is_node(schema) or schema.get("type", "object") != "object":
        return False
    return not {"$ref", "allOf", "anyOf", "const", "enum", "oneOf"} & schema.keys()


def _is_file(schema: Node) -> bool:
    """Tell whether a text of a form is the content of a file."""
    is_content = "contentMediaType" in schema and "contentEncoding" not in schema
    return schema.get("format") == "binary" or is_content


def _count(schema: Node, name: str) -> int | None:
    value = schema.get(name)
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None

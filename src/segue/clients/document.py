"""A document as a generator reads it: references followed, nothing taken on trust."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, TypeGuard

from segue.core.errors import CommandError

__all__ = ["Document", "Node", "is_node", "list_of", "listed"]

Node: TypeAlias = Mapping[str, Any]
"""An object of the document."""

_SCHEMAS: Final = "#/components/schemas/"
_DEEPEST: Final = 50


def is_node(value: Any) -> TypeGuard[Node]:
    """Tell whether something of a document is an object."""
    return isinstance(value, Mapping)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def list_of(value: Any) -> list[Any]:
    """Give a list of a document; an empty one where something else stands."""
    return value if _is_list(value) else []


def listed(node: Node, name: str) -> list[Any]:
    """Read a member that is a list; an empty one where there is none."""
    return list_of(node.get(name))


class Document:
    """An OpenAPI 3.1 document, as `json.loads` gives it.

    Raises:
        CommandError: It is something else.
    """

    def __init__(self, content: Any) -> None:
        version = content.get("openapi") if is_node(content) else None
        if not isinstance(version, str) or not version.startswith("3.1"):
            said = "no version" if version is None else f"the version {version!r:.20}"
            raise CommandError(
                "SG-CLIENT-001",
                f"The document says {said}; a client is written from OpenAPI 3.1.",
                why="Schemas of other versions mean other things by the same words.",
                fix="Give the document of an app: app.use(OpenAPI()).",
            )
        self.content: Node = content

    @property
    def schemas(self) -> Mapping[str, Any]:
        """The schemas that have a name."""
        return self.members(self.members(self.content, "components"), "schemas")

    def members(self, node: Node, name: str) -> Node:
        """Read a member that is an object; an empty one where there is none."""
        value = node.get(name)
        return self.follow(value) if is_node(value) else {}

    def follow(self, node: Any) -> Node:
        """Give what a node refers to, or the node itself.

        Raises:
            CommandError: The reference leads nowhere, or in a ring.
        """
        for _ in range(_DEEPEST):
            reference = node.get("$ref") if is_node(node) else None
            if not isinstance(reference, str):
                return node if is_node(node) else {}
            node = self.find(reference)
        raise _nowhere(str(node.get("$ref")), "refers to itself")

    def find(self, reference: str) -> Any:
        """Find a place of the document by its reference.

        Raises:
            CommandError: There is no such place.

        Source: RFC 6901.
        """
        node: Any = self.content
        root, *steps = reference.split("/")
        if root != "#":
            raise _nowhere(reference, "leads out of the document")
        for step in steps:
            name = step.replace("~1", "/").replace("~0", "~")
            if is_node(node) and name in node:
                node = node[name]
            elif name.isdecimal() and int(name) < len(items := list_of(node)):
                node = items[int(name)]
            else:
                raise _nowhere(reference, "leads nowhere")
        return node

    def schema_name(self, reference: str) -> str | None:
        """Give the name of the schema that is meant, if it is one with a name."""
        name = reference.removeprefix(_SCHEMAS).replace("~1", "/").replace("~0", "~")
        is_named = reference.startswith(_SCHEMAS) and name in self.schemas
        return name if is_named else None


def _nowhere(reference: str, what: str) -> CommandError:
    return CommandError(
        "SG-CLIENT-002",
        f"The reference {reference!r:.200} of the document {what}.",
        why="What stands there cannot be written into the client.",
        fix="Mend the document; check it with segue openapi.",
    )

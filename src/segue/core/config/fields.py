"""What a settings class asks for, read once from its hints into frozen data.

`fields_of` reads one class. `tree_of` reads it together with its nested classes
and gives every field its path (`database`, `url`) and its variable
(`DATABASE__URL`).
"""

import dataclasses
import types
from collections.abc import Iterator
from typing import (
    Annotated,
    Any,
    NewType,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from msgspec import Struct, structs

from segue.core.config.masking import looks_secret
from segue.core.config.secret import Secret
from segue.core.types import UNSET

__all__ = [
    "Field",
    "Keys",
    "Node",
    "bare",
    "fields_of",
    "holds_secret",
    "is_record",
    "record_in",
    "tree_of",
    "union_members",
    "walk",
]

Keys: TypeAlias = tuple[str, ...]
"""The way to a field: `("database", "url")`."""


class Field(Struct, frozen=True):
    """One field of a class.

    Attributes:
        name: The attribute.
        key: Its name in every source; msgspec's `field(name=...)` changes it.
        hint: The type hint with its marks.
        default: The value when no source has one, or UNSET.
        factory: Makes the default when it must be made anew, or None.
    """

    name: str
    key: str
    hint: Any
    default: Any = UNSET
    factory: Any = None

    @property
    def is_required(self) -> bool:
        """Whether some source has to give the value."""
        return self.default is UNSET and self.factory is None

    def fallback(self) -> Any:
        """Build the default, or return UNSET when there is none."""
        return self.default if self.factory is None else self.factory()


class Node(Struct, frozen=True):
    """A field in its place below the settings class.

    Attributes:
        field: The field.
        name: The attributes down to it, as they are shown: `database.url`.
        path: The keys from the settings class down to it.
        variable: Its name in the environment and in `.env`.
        record: The class of nested settings, or None for a value.
        children: The fields of `record`.
    """

    field: Field
    name: str
    path: Keys
    variable: str
    record: type[Any] | None
    children: tuple["Node", ...]

    @property
    def is_secret(self) -> bool:
        """Whether the value must never be shown."""
        return holds_secret(self.field.hint) or looks_secret(self.name)


def bare(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Take the marks, the aliases and the new names off a hint.

    Returns:
        The hint below them, and all the marks from the inside out.
    """
    marks: tuple[Any, ...] = ()
    while True:
        if get_origin(hint) is Annotated:
            marks = (*hint.__metadata__, *marks)
            hint = hint.__origin__
        elif isinstance(hint, NewType):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":  # pragma: no cover - since 3.12
            # `type Port = int`: its class has no name in Python 3.11.
            hint = hint.__value__
        else:
            return hint, marks


def is_record(hint: Any) -> bool:
    """Tell whether a hint is a class with typed fields: a Struct or a dataclass."""
    if not isinstance(hint, type):
        return False
    kind: type[Any] = hint
    return issubclass(kind, msgspec.Struct) or dataclasses.is_dataclass(kind)


def union_members(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union, or nothing for any other hint."""
    is_union = get_origin(hint) in {Union, types.UnionType}
    return get_args(hint) if is_union else ()


def record_in(hint: Any) -> type[Any] | None:
    """Return the class of nested settings that a hint means, if it means one."""
    hint, _ = bare(hint)
    members = [m for m in union_members(hint) if m is not type(None)]
    if len(members) == 1:
        hint, _ = bare(members[0])
    return hint if is_record(hint) else None


def holds_secret(hint: Any, seen: tuple[Any, ...] = ()) -> bool:
    """Tell whether a hint is a Secret or holds one, in a field of its fields even.

    Args:
        hint: The hint.
        seen: The classes on the way to it, so that a class inside itself ends.
    """
    hint, _ = bare(hint)
    if hint is Secret or get_origin(hint) is Secret:
        return True
    if not is_record(hint):
        return any(holds_secret(inner, seen) for inner in get_args(hint))
    if hint in seen:
        return False
    return any(
        looks_secret(field.name) or holds_secret(field.hint, (*seen, hint))
        for field in fields_of(hint)
    )


def fields_of(record: type[Any]) -> tuple[Field, ...]:
    """Read the fields of a Struct or a dataclass.

    Raises:
        NameError: A hint names something that cannot be found.
    """
    if issubclass(record, msgspec.Struct):
        return tuple(
            Field(
                info.name,
                info.encode_name,
                info.type,
                _given(info.default, msgspec.NODEFAULT, UNSET),
                _given(info.default_factory, msgspec.NODEFAULT, None),
            )
            for info in msgspec.structs.fields(record)
        )
    hints = get_type_hints(record, include_extras=True)
    return tuple(
        Field(
            info.name,
            info.name,
            hints[info.name],
            _given(info.default, dataclasses.MISSING, UNSET),
            _given(info.default_factory, dataclasses.MISSING, None),
        )
        for info in dataclasses.fields(record)
        if info.init
    )


def _given(value: Any, nothing: Any, instead: Any) -> Any:
    return instead if value is nothing else value


def tree_of(
    record: type[Any],
    prefix: str,
    owner: Node | None = None,
    seen: tuple[type, ...] = (),
) -> tuple[Node, ...]:
    """Read a class with its nested classes.

    A class inside itself (a tree of menus) is a value there, not nested
    settings: its depth has no end.

    Args:
        record: The class.
        prefix: What stands before the variables of its fields.
        owner: The field that the class is nested in, if it is.
        seen: The classes above it.

    Raises:
        NameError: A hint names something that cannot be found.
    """
    nodes: list[Node] = []
    for field in fields_of(record):
        inner = record_in(field.hint)
        if inner is record or inner in seen:
            inner = None
        node = Node(
            field,
            f"{owner.name}.{field.name}" if owner else field.name,
            (*(owner.path if owner else ()), field.key),
            prefix + field.key.upper(),
            inner,
            (),
        )
        if inner is not None:
            below = tree_of(inner, f"{node.variable}__", node, (*seen, record))
            node = structs.replace(node, children=below)
        nodes.append(node)
    return tuple(nodes)


def walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Iterate over nodes and all below them, parents first."""
    for node in nodes:
        yield node
        yield from walk(node.children)

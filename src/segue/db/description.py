"""What a model is, read once from its class body.

    part         one field: a column, a relation to one, a relation to many
    description  a model: its parts in the order in which objects store them, its key

A relation to one is stored in one place: the key of the other object, or that object
once it is loaded. So a row goes into an object as it is, and an object leaves as JSON
as it is.
"""

import datetime as dt
import decimal
import enum
import types
import typing
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

import msgspec

from segue.core.schema.describe import bare, marks_of
from segue.core.schema.marks import WriteOnly
from segue.db.defaults import Many, One, Related, Server
from segue.db.hints import Later
from segue.db.marks import KEY, Column, OnDelete, Rule, Unique, Version
from segue.db.mistakes import ModelError

__all__ = [
    "Description",
    "Part",
    "Role",
    "in_order",
    "is_model",
    "read_part",
    "told_of",
]

Role = Literal["column", "one", "many"]
_NOTHING: Final = (types.NoneType, msgspec.UnsetType)
_SCALARS: Final = (
    bool, int, float, str, bytes, decimal.Decimal, uuid.UUID,
    dt.datetime, dt.date, dt.time, dt.timedelta,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One field of a model.

    Attributes:
        name: The attribute.
        role: What it is.
        hint: As it was written.
        plain: The type by itself; of a relation the other model, or a `Later`.
        nullable: None is a value of it.
        default: A value, `msgspec.NODEFAULT`, or what makes a value.
        server: SQL of a default that the database makes.
        related: What `many()` said.
    """

    name: str
    role: Role
    hint: Any
    plain: Any
    nullable: bool
    marks: tuple[Any, ...] = ()
    default: Any = msgspec.NODEFAULT
    server: str | None = None
    related: Related | None = None
    automatic: bool = False

    @property
    def column(self) -> Column:
        """What the hint says about the column."""
        return next((m for m in self.marks if isinstance(m, Column)), _PLAIN)

    @property
    def is_key(self) -> bool:
        """It is part of the primary key."""
        return KEY in self.marks

    @property
    def is_generated(self) -> bool:
        """The database computes it; nobody writes it."""
        return self.column.generated is not None

    @property
    def is_late(self) -> bool:
        """The database gives its value at the insert."""
        return self.automatic or self.server is not None or self.is_generated

    @property
    def is_required(self) -> bool:
        """The constructor must get it."""
        return (
            self.role != "many"
            and not self.is_late
            and self.default is msgspec.NODEFAULT
        )

    @property
    def is_unique(self) -> bool:
        """No two rows have the same."""
        return any(isinstance(mark, Unique) for mark in self.marks)

    @property
    def on_delete(self) -> str:
        """What happens when the object that it points to is deleted."""
        found = (m.action for m in self.marks if isinstance(m, OnDelete))
        return next(found, "restrict")


_PLAIN: Final = Column()


@dataclass(slots=True, eq=False)
class Description:
    """A model, described.

    Attributes:
        model: The class.
        table: The name of its table.
        stored: Its columns and relations to one, in the order of storage.
        many: Its relations to many; objects store them behind the others.
        rules: Over several columns.
        slots: What reads the stored value of an object, by field.
        setters: What writes it, without a change being noted.
        make: Makes an object from the values of a row.
        place: `file:line` of the class.
    """

    model: Any
    table: str
    registry: Any
    stored: tuple[Part, ...]
    many: tuple[Part, ...]
    rules: tuple[Rule, ...] = ()
    comment: str | None = None
    scope: Any = None
    place: str = ""
    slots: dict[str, Any] = field(default_factory=dict[str, Any])
    setters: dict[str, Any] = field(default_factory=dict[str, Any])
    make: Callable[..., Any] = msgspec.Struct
    # Kept by what needs them: what stands for the fields on the class, the table, how
    # the relations go, how values are checked.
    names: dict[str, Any] = field(default_factory=dict[str, Any])
    kept: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every field, in the order of storage."""
        return (*self.stored, *self.many)

    @property
    def key(self) -> tuple[Part, ...]:
        """The fields of the primary key."""
        return tuple(part for part in self.stored if part.is_key)

    @property
    def version(self) -> Part | None:
        """The field that counts the changes of a row."""
        marked = (p for p in self.stored if any(type(m) is Version for m in p.marks))
        return next(marked, None)

    def is_hidden(self, part: Part) -> bool:
        """Tell whether a field never leaves."""
        return any(isinstance(mark, WriteOnly) for mark in part.marks)

    def part(self, name: str) -> Part | None:
        """Find a field by its name."""
        return next((part for part in self.parts if part.name == name), None)


def told_of(thing: Any) -> Description:
    """Get the description of the model of an object."""
    told: Description = thing.__model__  # of its class, found past the metaclass
    return told


def is_model(hint: Any) -> bool:
    """Tell whether a hint is a model that has a table, or will be one."""
    if not isinstance(hint, type):
        return False
    cls: type[Any] = hint
    return issubclass(cls, Later) or getattr(cls, "__model__", None) is not None


def read_part(owner: str, name: str, hint: Any, default: Any) -> Part | None:
    """Read a field; None of what is none (`ClassVar`).

    Raises:
        ModelError: The hint says nothing that a column could be.
    """
    if typing.get_origin(hint) is ClassVar or hint is ClassVar:
        return None
    plain, marks, nullable = _peel(hint)
    origin = typing.get_origin(plain)
    if origin in (Many, One) or isinstance(default, Related):
        return _many(owner, name, hint, plain, default)
    server = default.sql if isinstance(default, Server) else None
    column = next((m for m in marks if isinstance(m, Column)), _PLAIN)
    part = Part(
        name,
        "one" if is_model(plain) else "column",
        hint,
        plain,
        nullable,
        marks,
        msgspec.NODEFAULT if server is not None else default,
        column.default if server is None else server,
    )
    if part.role == "column" and column.type is None:
        _check_type(owner, part)
    return part


def _peel(hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """Split a hint into its type, its marks and whether it may be None."""
    marks, plain, nullable = marks_of(hint), bare(hint), False
    if typing.get_origin(plain) in (typing.Union, types.UnionType):
        members = typing.get_args(plain)
        nullable = types.NoneType in members
        others = tuple(each for each in members if each not in _NOTHING)
        if len(others) == 1:
            inner, inner_marks, _ = _peel(others[0])
            return inner, (*inner_marks, *marks), nullable
        plain = typing.Union[others]  # noqa: UP007 - made at run time
    return plain, marks, nullable


def _many(owner: str, name: str, hint: Any, plain: Any, default: Any) -> Part:
    arguments = typing.get_args(plain)
    origin = typing.get_origin(plain)
    if origin not in (Many, One) or not isinstance(default, Related):
        raise ModelError(
            "SG-DB-001",
            f"{owner}.{name} is half a relation to many.",
            why="Its hint says which objects, its default that it is no argument of "
            "the constructor.",
            fix=f'Write {name}: Many["Book"] = many(), or One["Book"] = one().',
        )
    related = default
    if related.single != (origin is One):
        raise ModelError(
            "SG-DB-001",
            f"{owner}.{name} is Many and one(), or One and many().",
            why="A list of objects and one object are loaded in different ways.",
            fix="Write Many[...] = many() or One[...] = one().",
        )
    return Part(name, "many", hint, bare(arguments[0]), related.single, related=related)


def _check_type(owner: str, part: Part) -> None:
    plain = part.plain
    if plain in _SCALARS or _is_data(plain):
        return
    raise ModelError(
        "SG-DB-002",
        f"{owner}.{part.name} is {plain!r}, which is nothing that a column could be.",
        why="A column has a number, a text, a time, bytes, an enum, or data as JSON.",
        fix="Use one of those, or say the type: Annotated[..., Column(type=...)].",
    )


def _is_data(plain: Any) -> bool:
    """Tell whether JSON can have it."""
    origin: Any = typing.get_origin(plain) or plain
    if origin in (dict, list, tuple, set, frozenset, Any, Literal):
        return True
    if origin in (typing.Union, types.UnionType):
        return all(_is_data(e) or e in _SCALARS for e in typing.get_args(plain))
    return isinstance(origin, type) and _has_fields(origin)


def _has_fields(origin: Any) -> bool:
    return (
        issubclass(origin, enum.Enum)
        or hasattr(origin, "__struct_fields__")
        or hasattr(origin, "__dataclass_fields__")
        or typing.is_typeddict(origin)
        or hasattr(origin, "__attrs_attrs__")
    )


def in_order(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Put what has no default first, what the database gives last."""
    every = list(parts)
    required = [part for part in every if part.is_required]
    late = [part for part in every if part.is_late]
    others = [part for part in every if not part.is_required and not part.is_late]
    return (*required, *others, *late)

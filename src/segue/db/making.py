"""A class body -> a model: the metaclass and what it does, step by step.

A Struct cannot have two bases with fields, so only the last class of a line has any:
an abstract model and a mixin hand theirs down, and the metaclass writes them all into
the one Struct, in the order in which rows will come.
"""

import re
import sys
import typing
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, NamedTuple, cast

from msgspec import NODEFAULT, UNSET, Struct, StructMeta

from segue.db.description import Description, Part, in_order, read_part
from segue.db.guards import KeyOf, Late, ToMany, ToOne
from segue.db.hints import calling_frame, own_hints, read_hint, scope_of
from segue.db.marks import KEY
from segue.db.mistakes import ModelError
from segue.db.names import names_of
from segue.db.query import Words
from segue.db.registry import Registry

__all__ = ["ModelMeta"]

_Fields = dict[str, tuple[Any, Any]]


class ModelMeta(StructMeta):
    """Makes models; nothing else in the house has a metaclass of this kind.

    Args:
        table: The table; the name of the class in snake_case by default.
        abstract: It has no table of its own and gives its fields to those below it.
        root: Abstract, and those below it are of another database.
        comment: Of the table, kept in the database.
    """

    __model__: Description
    __registry__: Registry

    def __new__(
        mcs: Any,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        table: str | None = None,
        abstract: bool = False,
        root: bool = False,
        comment: str | None = None,
    ) -> Any:
        """Make a model."""
        above = [base for base in bases if isinstance(base, ModelMeta)]
        if abstract or root or not above:
            own = _Body(name, namespace, calling_frame())
            return _make_abstract(mcs, own, bases, root=root or not above)
        _check_bases(name, above)
        registry = above[0].__registry__
        fields = _inherited(bases)
        own = _Body(name, namespace, calling_frame())
        fields.update(_own_fields(own, registry))
        parts = _parts(name, fields)
        cls = _make_struct(mcs, name, bases, namespace, parts)
        told = Description(
            cls,
            table or _snake(name),
            registry,
            tuple(part for part in parts if part.role != "many"),
            tuple(part for part in parts if part.role == "many"),
            tuple(namespace.get("__rules__", ())),
            comment,
            place=_place(namespace),
        )
        _finish(cls, told)
        registry.add(cls)
        return cls

    def __getattribute__(cls, name: str) -> Any:
        # Only what is read from the class comes here, never what objects have.
        if name[0] != "_":
            found = type.__getattribute__(cls, "__names__").get(name)
            if found is not None:
                return found
        return type.__getattribute__(cls, name)

    @property
    def __table__(cls) -> Any:
        """The SQLAlchemy Core `Table`."""
        from segue.db.tables import table_of  # noqa: PLC0415 - brings SQLAlchemy

        return table_of(cls)

    @property
    def metadata(cls) -> Any:
        """The SQLAlchemy `MetaData` of all models below the same root."""
        return cls.__registry__.metadata


def _construct(cls: Any, *values: Any, **named: Any) -> Any:
    """Make a new object, by keywords only.

    A relation may be given as its object or, where only a program looks, as the
    key: `author_id=3`.
    """
    if values:
        name: str = cls.__name__
        raise TypeError(f"{name}() takes its fields by keyword only: title=...")
    make, aliases = _read(cls, "__maker__")
    for alias in aliases:
        if alias in named:
            named[aliases[alias]] = named.pop(alias)
    made = make(**named)
    made.__dict__["_new"] = True
    return made


# Not in the body of the class: type checkers know the constructor from the fields, and
# would believe this one instead.
type.__setattr__(ModelMeta, "__call__", _construct)


class _Body(NamedTuple):
    """The body of a class that is being made."""

    name: str
    namespace: dict[str, Any]
    frame: FrameType


def _make_abstract(mcs: Any, own: _Body, bases: Any, *, root: bool) -> Any:
    """Make a class without fields of its own; what is below it gets them."""
    is_model = _has_model(bases)
    registry = Registry() if root else _registry_of(bases)
    fields = _own_fields(own, registry) if is_model else {}
    body = {
        key: value
        for key, value in own.namespace.items()
        if key not in fields and (is_model or key != "id")
    }
    body["__annotations__"] = {}
    made: Any = StructMeta.__new__
    # Objects have a `__dict__` for what is known about their state.
    options = {} if is_model else {"dict": True, "weakref": True, "eq": False}
    cls = made(mcs, own.name, bases, _plain(body), **options)
    type.__setattr__(cls, "__fields__", fields)
    type.__setattr__(cls, "__registry__", registry)
    if root:
        registry.root = cls
    type.__setattr__(cls, "__model__", None)
    return cls


def _make_struct(
    mcs: Any, name: str, bases: Any, namespace: dict[str, Any], parts: list[Part]
) -> Any:
    body = {key: value for key, value in namespace.items() if key != "__rules__"}
    # What a relation has in its slot is a key or an object; msgspec need not know.
    body["__annotations__"] = {
        part.name: Any if part.role != "column" else part.hint for part in parts
    }
    for part in parts:
        body.pop(part.name, None)
        if part.is_late or part.role == "many":
            body[part.name] = UNSET
        elif part.default is not NODEFAULT:
            body[part.name] = part.default
    made: Any = StructMeta.__new__
    return made(mcs, name, bases, _plain(body), dict=True, weakref=True, eq=False)


def _finish(cls: Any, told: Description) -> None:
    """Put the guards in front of the fields and the expressions on the class."""
    own = type.__getattribute__(cls, "__dict__")
    told.slots = {part.name: own[part.name].__get__ for part in told.parts}
    told.setters = {part.name: own[part.name].__set__ for part in told.parts}
    told.make = cast("Any", StructMeta).__call__.__get__(cls)
    aliases: dict[str, str] = {}
    for part in told.parts:
        slot = own[part.name]
        if part.role == "one":
            aliases[f"{part.name}_id"] = part.name
            _put(cls, part.name, ToOne(slot, part.name))
            _put(cls, f"{part.name}_id", KeyOf(slot))
        elif part.role == "many":
            _put(cls, part.name, ToMany(slot, part.name))
        elif part.is_late:
            _put(cls, part.name, Late(slot, part.name))
    told.kept["key"] = _key_reader(told)
    _put(cls, "__model__", told)
    _put(cls, "__aliases__", aliases)
    # What leaves of an object is read past the guards.
    _put(cls, "__reads__", told.slots)
    _put(cls, "__maker__", (told.make, aliases))
    _put(cls, "__stored__", frozenset([p.name for p in told.stored] + [*aliases]))
    _put(cls, "__names__", names_of(told))


# Past the metaclass, which is slow for what everybody asks.
_read: Final = type.__getattribute__


def _put(cls: Any, name: str, value: Any) -> None:
    type.__setattr__(cls, name, value)


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """Leave the hints as they are read here, whatever the Python."""
    return {key: value for key, value in body.items() if "annotate" not in key}


# -- reading a class body


def _own_fields(own: _Body, registry: Registry) -> _Fields:
    scope = scope_of(own.frame, registry.find, own.name)
    return {
        field: (read_hint(hint, scope), own.namespace.get(field, NODEFAULT))
        for field, hint in own_hints(own.namespace).items()
        if not field.startswith("__")
    }


def _inherited(bases: tuple[type, ...]) -> _Fields:
    """Collect the fields of abstract models and mixins, the farthest first."""
    fields: _Fields = {}
    seen: dict[type, None] = {}
    for base in bases:
        for each in base.__mro__:
            seen.setdefault(each)
    for each in reversed(seen):
        given: _Fields | None = vars(each).get("__fields__")
        if given is not None:
            fields.update(given)
        elif not _is_struct(each) and vars(each).get("__annotations__"):
            fields.update(_mixed_in(each))
    return fields


def _mixed_in(mixin: type) -> _Fields:
    hints = typing.get_type_hints(mixin, include_extras=True)
    own = vars(mixin)
    return {name: (hints[name], own.get(name, NODEFAULT)) for name in hints}


def _parts(owner: str, fields: _Fields) -> list[Part]:
    parts = [
        part
        for name, (hint, default) in fields.items()
        if (part := read_part(owner, name, hint, default)) is not None
    ]
    for part in parts:
        _check_name(owner, part)
    if not any(part.is_key for part in parts):
        parts = [part for part in parts if part.name != "id"]
        parts.append(_automatic_id())
    stored = [part for part in parts if part.role != "many"]
    return [*in_order(stored), *(part for part in parts if part.role == "many")]


def _automatic_id() -> Part:
    return Part("id", "column", int, int, nullable=False, marks=(KEY,), automatic=True)


def _check_name(owner: str, part: Part) -> None:
    if (
        part.name.startswith("_")
        or hasattr(Words, part.name)
        or part.name == "metadata"
    ):
        raise ModelError(
            "SG-DB-005",
            f"{owner} has a field {part.name!r}, which is a word of queries.",
            why=f"{owner}.{part.name} could not be both.",
            fix="Give the field another name; the column may keep it: "
            f'Annotated[..., Column(name="{part.name}")].',
        )


def _check_bases(name: str, above: list[ModelMeta]) -> None:
    for base in above:
        told = _told(base)
        if told is not None:
            raise ModelError(
                "SG-DB-006",
                f"{name} inherits from {base.__name__}, which has a table.",
                why="One object would be in two tables.",
                fix=f"Declare what they share in a class(Model, abstract=True), or "
                f"give {name} a relation to {base.__name__}.",
                where=[told.place],
            )
    if len({id(base.__registry__) for base in above}) > 1:
        raise ModelError(
            "SG-DB-007",
            f"{name} inherits from two roots.",
            why="A table is in one database.",
            fix="Inherit from one of them.",
        )


def _told(base: ModelMeta) -> Description | None:
    return base.__model__


def _is_struct(cls: Any) -> bool:
    return issubclass(cls, Struct)


def _has_model(bases: tuple[type, ...]) -> bool:
    return any(isinstance(base, ModelMeta) for base in bases)


def _registry_of(bases: tuple[type, ...]) -> Registry:
    return next(b.__registry__ for b in bases if isinstance(b, ModelMeta))


def _place(namespace: dict[str, Any]) -> str:
    module = sys.modules.get(namespace.get("__module__", ""))
    file = getattr(module, "__file__", None) or namespace.get("__module__", "?")
    line = namespace.get("__firstlineno__", "")
    return f"{file}:{line} {namespace.get('__qualname__', '')}"


def _snake(name: str) -> str:
    """Write a name as tables have it.

    Example:
        >>> _snake("BookTag"), _snake("HTTPLog")
        ('book_tag', 'http_log')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _key_reader(told: Description) -> Callable[[Any], Any]:
    readers = [_stored_key(told.slots[part.name]) for part in told.key]
    if len(readers) == 1:
        return readers[0]
    return lambda thing: tuple(read(thing) for read in readers)


def _stored_key(slot: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(thing: Any) -> Any:
        value = slot(thing)
        if isinstance(value, Struct):
            other: Any = value
            return other.__key__()
        return value

    return read

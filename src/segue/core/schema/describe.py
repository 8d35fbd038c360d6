"""From a hint to its shape.

`describe` takes any object at all and never raises: what it cannot make sense of has
the kind OTHER. Hints are expected as `typing.get_type_hints` reads them.

A class of anybody's takes part by a class method `__shape__`, which gets the arguments
that it stands with (`Patch[Book]` calls `Patch.__shape__(Book)`) and returns a shape.
"""

import datetime as dt
import decimal
import enum
import inspect
import types
import typing
import uuid
from collections.abc import (
    Collection,
    Mapping,
    MutableMapping,
    MutableSequence,
    MutableSet,
    Sequence,
    Set as AbstractSet,
)
from dataclasses import is_dataclass, replace
from typing import Annotated, Any, Final, Literal, Union, cast

import msgspec

from segue.core.schema.fields import fill, read_fields
from segue.core.schema.marks import both_bounds, both_notes, read_bounds, read_notes
from segue.core.schema.refining import view_of
from segue.core.schema.shape import (
    NO_BOUNDS,
    NO_NOTES,
    NUMBERS,
    SIZED,
    Bounds,
    Kind,
    Shape,
)

__all__ = ["bare", "describe", "marks_of", "name_of"]

_CLASSES: Final[Mapping[Any, Kind]] = {
    types.NoneType: Kind.NONE,
    Any: Kind.ANY,
    object: Kind.ANY,
    msgspec.Raw: Kind.ANY,
    bool: Kind.BOOL,
    int: Kind.INT,
    float: Kind.FLOAT,
    str: Kind.STR,
    bytes: Kind.BYTES,
    bytearray: Kind.BYTES,
    memoryview: Kind.BYTES,
    decimal.Decimal: Kind.DECIMAL,
    uuid.UUID: Kind.UUID,
    dt.date: Kind.DATE,
    dt.datetime: Kind.DATETIME,
    dt.time: Kind.TIME,
    dt.timedelta: Kind.TIMEDELTA,
    list: Kind.LIST,
    tuple: Kind.LIST,
    Collection: Kind.LIST,
    Sequence: Kind.LIST,
    MutableSequence: Kind.LIST,
    set: Kind.SET,
    frozenset: Kind.SET,
    AbstractSet: Kind.SET,
    MutableSet: Kind.SET,
    dict: Kind.MAPPING,
    Mapping: Kind.MAPPING,
    MutableMapping: Kind.MAPPING,
}
_QUALIFIERS: Final = {"Final", "NotRequired", "ReadOnly", "Required"}
_ANY: Final = Shape(Kind.ANY, Any)


def describe(hint: Any) -> Shape:
    """Read a type hint into its shape.

    Example:
        >>> describe(list[int] | None).kind, describe(list[int] | None).nullable
        (<Kind.LIST: 'list'>, True)
    """
    return _describe(hint, ())


def bare(hint: Any) -> Any:
    """Take marks, `NewType`, `type X = ...`, `Required` and their kin off a hint.

    Example:
        >>> bare(Annotated[int, "marked"])
        <class 'int'>
    """
    return _peel(hint)[0]


def marks_of(hint: Any) -> tuple[Any, ...]:
    """List the marks of a hint, the inner ones first.

    Example:
        >>> marks_of(Annotated[int, "marked"])
        ('marked',)
    """
    return _peel(hint)[1]


def _describe(hint: Any, within: tuple[Any, ...]) -> Shape:
    """Describe a hint inside aliases; one that contains itself ends as OTHER."""
    try:
        plain, marks, aliases = _peel(hint)
        if any(alias in within for alias in aliases):
            return Shape(Kind.OTHER, hint)
        if (view := view_of(plain, marks)) is not None:
            return view.shape(plain, marks)
        return _marked(_plain(plain, (*within, *aliases)), marks)
    except Exception:  # a hint may be any object, and what it does is not our fault
        return Shape(Kind.OTHER, hint)


def _peel(hint: Any) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    """Split a hint into the type, its marks and the aliases that stood for it."""
    marks: tuple[Any, ...] = ()
    aliases: tuple[Any, ...] = ()
    while True:
        origin = typing.get_origin(hint)
        if origin is Annotated:
            marks = (*hint.__metadata__, *marks)
            hint = hint.__origin__
        elif isinstance(hint, typing.NewType):
            hint = hint.__supertype__
        elif type(origin or hint).__name__ == "TypeAliasType":
            aliases = (*aliases, hint)
            hint = _value_of(hint, origin)
        elif _is_qualifier(origin):
            (hint,) = typing.get_args(hint)
        else:
            return hint, marks, aliases


def _value_of(alias: Any, origin: Any) -> Any:
    """Read what a `type X = ...` stands for, with the arguments of `X[int]` in it."""
    variables = getattr(origin, "__type_params__", ())
    arguments = typing.get_args(alias)
    return fill(alias.__value__, dict(zip(variables, arguments, strict=False)))


def _is_qualifier(origin: Any) -> bool:
    # By name, because typing_extensions has its own on older Pythons.
    return (
        not isinstance(origin, type) and getattr(origin, "_name", None) in _QUALIFIERS
    )


def _plain(hint: Any, within: tuple[Any, ...]) -> Shape:
    """Describe a hint that has nothing around it."""
    origin: Any = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(hint, typing.get_args(hint), within)
    if origin is Literal:
        return _literal(hint)
    if isinstance(hint, typing.TypeVar):
        return _variable(hint, within)
    cls: Any = types.NoneType if hint is None else origin or hint
    if hasattr(cls, "__shape__"):
        return cast("Shape", cls.__shape__(*typing.get_args(hint)))
    if isinstance(cls, type) and issubclass(cls, enum.Enum):
        return _enum(cls)
    match _CLASSES.get(cls):
        case None:
            return _named(hint, cls)
        case Kind.LIST | Kind.SET | Kind.MAPPING as kind:
            return _container(kind, hint, within)
        case kind:
            return Shape(kind, cls)


def _union(hint: Any, members: tuple[Any, ...], within: tuple[Any, ...]) -> Shape:
    """Describe a union; with one member beside None it is that member."""
    found: list[Shape] = []
    nullable = unsettable = False
    for member in members:
        if member is msgspec.UnsetType:
            unsettable = True
            continue
        shape = _describe(member, within)
        nullable |= shape.nullable or shape.kind is Kind.NONE
        if shape.kind is Kind.UNION and not shape.marks:
            found += shape.inner
        elif shape.kind is not Kind.NONE:
            found.append(replace(shape, nullable=False))
    if not found:
        return Shape(Kind.NONE, types.NoneType, unsettable=unsettable)
    if len(found) == 1:
        return replace(found[0], nullable=nullable, unsettable=unsettable)
    return Shape(
        Kind.UNION,
        Union[tuple(_without_nothing(hint))],  # noqa: UP007 - made at run time
        nullable=nullable,
        unsettable=unsettable,
        inner=tuple(found),
    )


def _without_nothing(hint: Any) -> list[Any]:
    nothing = (types.NoneType, msgspec.UnsetType)
    return [member for member in typing.get_args(hint) if member not in nothing]


def _literal(hint: Any) -> Shape:
    values = typing.get_args(hint)
    some = tuple(value for value in values if value is not None)
    if not some:
        return Shape(Kind.NONE, types.NoneType)
    return Shape(Kind.LITERAL, hint, nullable=len(some) < len(values), values=some)


def _enum(cls: type[enum.Enum]) -> Shape:
    # Flags are added up, so a value need not be that of a member.
    values = () if issubclass(cls, enum.Flag) else tuple(each.value for each in cls)
    return Shape(Kind.ENUM, cls, cls.__name__, values=values, doc=_doc(cls))


def _variable(variable: Any, within: tuple[Any, ...]) -> Shape:
    """Describe a type variable that nothing was put in for, as msgspec takes it."""
    if variable.__constraints__:
        choices: Any = Union[variable.__constraints__]  # noqa: UP007 - made at run time
        return _describe(choices, within)
    bound = variable.__bound__
    return _ANY if bound is None else _describe(bound, within)


def _container(kind: Kind, hint: Any, within: tuple[Any, ...]) -> Shape:
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and hint is not typing.Tuple:  # noqa: UP006
        if len(arguments) != 2 or arguments[1] is not ...:  # noqa: PLR2004 - T, ...
            kind = Kind.TUPLE
        else:
            arguments = arguments[:1]
    inner = tuple(_describe(argument, within) for argument in arguments)
    if not inner and kind is not Kind.TUPLE:
        inner = (_ANY, _ANY) if kind is Kind.MAPPING else (_ANY,)
    return Shape(kind, hint, inner=inner)


def _named(hint: Any, cls: Any) -> Shape:
    """Describe a class with fields, or find that it has none that we know."""
    kind = _kind_of_class(cls)
    if kind is Kind.OTHER:
        return Shape(kind, hint)
    name, doc = name_of(hint), _doc(cls)
    if kind is Kind.FOREIGN:
        return Shape(kind, hint, name, doc=doc)
    config = getattr(cls, "__struct_config__", None)
    return Shape(
        kind,
        hint,
        name,
        doc=doc,
        tag_field=getattr(config, "tag_field", None),
        tag=getattr(config, "tag", None),
        # A named tuple takes no item too many.
        forbids_unknown=getattr(config, "forbid_unknown_fields", kind is Kind.ROW),
        fields=lambda: read_fields(hint, describe),
    )


def _kind_of_class(cls: Any) -> Kind:
    if not inspect.isclass(cls):
        return Kind.OTHER
    if issubclass(cls, msgspec.Struct):
        return Kind.ROW if cls.__struct_config__.array_like else Kind.RECORD
    if issubclass(cls, cast("type[Any]", tuple)):
        return Kind.ROW if hasattr(cls, "_fields") else Kind.OTHER
    if is_dataclass(cls) or hasattr(cls, "__attrs_attrs__") or typing.is_typeddict(cls):
        return Kind.RECORD
    return Kind.FOREIGN if hasattr(cls, "model_json_schema") else Kind.OTHER


def name_of(hint: Any, *, full: bool = False) -> str:
    """Name a type in a few words.

    Args:
        hint: The type.
        full: Name the module of every class as well.

    Example:
        >>> name_of(dict[str, Annotated[int, "marked"]])
        'dict[str, int]'
        >>> name_of(list[Shape], full=True)
        'list[segue.core.schema.shape.Shape]'
    """
    plain = bare(hint)
    if view_of(plain, marks_of(hint)) is not None:
        shape = describe(hint)
        if shape.hint is not hint:
            return name_of(shape.hint, full=full)
    arguments = [name_of(each, full=full) for each in typing.get_args(plain)]
    origin: Any = typing.get_origin(plain) or plain
    if origin in (Union, types.UnionType):
        return " | ".join(arguments)
    if origin is types.NoneType:
        return "None"
    name: str = getattr(origin, "__name__", None) or repr(origin)
    if full and getattr(origin, "__module__", "builtins") != "builtins":
        name = f"{origin.__module__}.{getattr(origin, '__qualname__', name)}"
    return f"{name}[{', '.join(arguments)}]" if arguments else name


def _doc(cls: Any) -> str | None:
    """Read the docstring that somebody wrote; dataclasses make one of their own."""
    doc: str | None = cls.__dict__.get("__doc__")
    if not doc or doc == "An enumeration.":
        return None
    return None if doc.startswith(f"{cls.__name__}(") else inspect.cleandoc(doc)


def _marked(shape: Shape, marks: tuple[Any, ...]) -> Shape:
    """Put what the marks say on a shape."""
    if not marks:
        return shape
    bounds, notes = read_bounds(marks), read_notes(marks)
    inner = shape.inner
    if shape.kind is Kind.UNION and bounds != NO_BOUNDS:
        inner = tuple(_bounded(each, _fitting(bounds, each.kind)) for each in inner)
        bounds = Bounds(predicates=bounds.predicates)
    return replace(
        _bounded(shape, bounds),
        inner=inner,
        notes=both_notes(shape.notes, notes) if notes != NO_NOTES else shape.notes,
        marks=(*shape.marks, *marks),
    )


def _bounded(shape: Shape, bounds: Bounds) -> Shape:
    return replace(shape, bounds=both_bounds(shape.bounds, bounds))


def _fitting(bounds: Bounds, kind: Kind) -> Bounds:
    """Choose the bounds that are about a member of a union."""
    found: dict[str, Any] = {}
    if kind in NUMBERS:
        found = {name: getattr(bounds, name) for name in _NUMERIC}
    if kind in SIZED:
        found = {"min_length": bounds.min_length, "max_length": bounds.max_length}
    if kind is Kind.STR:
        found["patterns"] = bounds.patterns
    if kind in _TIMES:
        limits = {name: getattr(bounds, name) for name in _NUMERIC[:4]}
        found = {**limits, "tz": bounds.tz}
    return Bounds(**found)


_NUMERIC: Final = ("ge", "gt", "le", "lt", "multiple_of")
_TIMES: Final = {Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.TIMEDELTA}

"""The fields of a record or a row, whatever library its class was written with.

Structs tell their own. For the others the hints are read by `typing`, and the type
variables in them are filled in with what the class, or whoever inherits it, was given:

    class Page(Generic[T]): items: list[T]
    class Orders(Page[Order]): ...              items: list[Order]
"""

import inspect
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields as dataclass_fields
from typing import Annotated, Any, NamedTuple, NotRequired, Required, cast

import msgspec

from segue.core.schema.shape import Field, Shape
from segue.core.types import UNSET

__all__ = ["fill", "hints_of", "read_fields"]


class _Part(NamedTuple):
    """A field before its hint is described."""

    name: str
    hint: Any
    required: bool
    default: Any = UNSET
    factory: Callable[[], Any] | None = None
    wire: str | None = None
    always: bool = True


def read_fields(hint: Any, describe: Callable[[Any], Shape]) -> tuple[Field, ...]:
    """Read the fields of a class; none when its hints name what does not exist."""
    try:
        return tuple(_field(part, describe) for part in _parts(hint))
    except Exception:  # the class is somebody else's, and so is its mistake
        return ()


def hints_of(hint: Any) -> dict[str, Any]:
    """Read the hints of a class, its type variables filled in.

    Example:
        >>> hints_of(Shape)["nullable"]
        <class 'bool'>
    """
    cls: Any = typing.get_origin(hint) or hint
    hints = typing.get_type_hints(cls, include_extras=True)
    variables: dict[Any, Mapping[Any, Any]] = {}
    _collect(hint, {}, variables)
    if not any(variables.values()):
        return hints
    owners = _owners(cls, variables)
    return {
        name: fill(value, variables.get(owners.get(name), {}))
        for name, value in hints.items()
    }


def fill(hint: Any, variables: Mapping[Any, Any]) -> Any:
    """Put types in the place of the type variables of a hint."""
    if isinstance(hint, typing.TypeVar):
        return variables.get(hint, hint)
    parameters = getattr(hint, "__parameters__", ())
    if not parameters or isinstance(hint, type):
        return hint
    return hint[tuple(variables.get(each, each) for each in parameters)]


def _collect(hint: Any, around: Mapping[Any, Any], found: dict[Any, Any]) -> None:
    """Find what stands for the type variables of a class and of those it inherits."""
    cls: Any = typing.get_origin(hint) or hint
    # NamedTuple and TypedDict stand among the bases, and are functions.
    if not inspect.isclass(cls) or cls in found:
        return
    arguments = [fill(argument, around) for argument in typing.get_args(hint)]
    parameters = getattr(cls, "__parameters__", ())
    found[cls] = dict(zip(parameters, arguments, strict=False))
    body = cast("Mapping[str, Any]", vars(cls))
    for base in body.get("__orig_bases__", cls.__bases__):
        _collect(base, found[cls], found)


def _owners(cls: Any, classes: Mapping[Any, Any]) -> dict[str, Any]:
    """Find the class whose body has each hint."""
    # A TypedDict has the hints of all its bases in its own and no place in their line.
    line: list[Any] = list(classes) if typing.is_typeddict(cls) else cls.__mro__[::-1]
    return {
        name: each for each in line for name in getattr(each, "__annotations__", ())
    }


def _field(part: _Part, describe: Callable[[Any], Shape]) -> Field:
    """Build a field; what may be `UnsetType` may be missing from what leaves."""
    shape = describe(part.hint)
    return Field(
        part.name,
        part.wire or part.name,
        part.hint,
        shape,
        required=part.required,
        always=part.always and not shape.unsettable,
        default=UNSET if part.default is msgspec.UNSET else part.default,
        factory=part.factory,
    )


def _parts(hint: Any) -> Iterator[_Part]:
    cls: Any = typing.get_origin(hint) or hint
    if issubclass(cls, msgspec.Struct):
        return _of_struct(hint, cls)
    hints = hints_of(hint)
    if typing.is_typeddict(cls):
        return _of_typeddict(cls, hints)
    if issubclass(cls, tuple):
        return _of_namedtuple(cls, hints)
    if hasattr(cls, "__attrs_attrs__"):
        return _of_attrs(cls, hints)
    return _of_dataclass(cls, hints)


def _of_struct(hint: Any, cls: Any) -> Iterator[_Part]:
    omits = cls.__struct_config__.omit_defaults
    for info in msgspec.structs.fields(hint):
        default, factory = info.default, info.default_factory
        yield _Part(
            info.name,
            info.type,
            info.required,
            UNSET if default is msgspec.NODEFAULT else default,
            None if factory is msgspec.NODEFAULT else factory,
            info.encode_name,
            info.required or not omits,
        )


def _of_dataclass(cls: Any, hints: Mapping[str, Any]) -> Iterator[_Part]:
    for each in dataclass_fields(cls):
        default = UNSET if each.default is MISSING else each.default
        factory = None if each.default_factory is MISSING else each.default_factory
        required = default is UNSET and factory is None
        yield _Part(each.name, hints[each.name], required, default, factory)


def _of_attrs(cls: Any, hints: Mapping[str, Any]) -> Iterator[_Part]:
    library: Any = sys.modules["attr"]  # it made the class, so it is there
    for each in cls.__attrs_attrs__:
        hint = hints.get(each.name, Any)
        if isinstance(each.default, library.Factory):
            # One that takes the object itself cannot be called by anybody else.
            factory = None if each.default.takes_self else each.default.factory
            yield _Part(each.name, hint, False, factory=factory)
        else:
            required = each.default is library.NOTHING
            default = UNSET if required else each.default
            yield _Part(each.name, hint, required, default)


def _of_namedtuple(cls: Any, hints: Mapping[str, Any]) -> Iterator[_Part]:
    for name in cls._fields:
        required = name not in cls._field_defaults
        default = cls._field_defaults.get(name, UNSET)
        yield _Part(name, hints.get(name, Any), required, default)


def _of_typeddict(cls: Any, hints: Mapping[str, Any]) -> Iterator[_Part]:
    for name, hint in hints.items():
        said = _is_required(hint)
        required = name in cls.__required_keys__ if said is None else said
        yield _Part(name, hint, required, always=required)


def _is_required(hint: Any) -> bool | None:
    """Read `Required` and `NotRequired`, which Python misses where hints are text."""
    while True:
        origin = typing.get_origin(hint)
        if origin is Required or origin is NotRequired:
            return origin is Required
        if origin is not Annotated:
            return None
        hint = hint.__origin__

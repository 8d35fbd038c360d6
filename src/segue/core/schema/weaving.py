"""A type and a view -> the type that is read from the wire, or written to it.

Theory of operation. A record that a view changes, by itself or by a record inside, gets
a type of its own: a msgspec Struct with the fields that the view has, decoded by the
same C as any other. `weave` puts it in the place of the record in a hint and leaves all
else as it is; what nothing changes comes back as the very same hint, so that nothing is
made for it.

    list[Create[Account]]    list[AccountCreate]      fields: email, password, note

A record may contain itself, so its type is made first and gets its hints later.
What is made is kept: the same view of a type is always the same type.
"""

import functools
import keyword
import typing
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import fields as dataclass_fields, is_dataclass
from types import UnionType
from typing import Annotated, Any, Final, Union, cast

import msgspec

from segue.core.errors import PlanError
from segue.core.schema.describe import bare, describe, marks_of, name_of
from segue.core.schema.marks import read_bounds, read_notes
from segue.core.schema.refining import (
    PATCH,
    READ,
    Refinement,
    View,
    Way,
    Wish,
    view_of,
    wish_of,
)
from segue.core.schema.rules import identity_of
from segue.core.schema.shape import Field, Kind, Shape
from segue.core.types import UNSET

__all__ = [
    "HOLDING",
    "Part",
    "Wire",
    "changes",
    "is_word",
    "kind_of",
    "parts_of",
    "shape_of",
    "wanted",
    "weave",
    "wire",
]

HOLDING: Final = {Kind.LIST, Kind.SET, Kind.TUPLE, Kind.MAPPING, Kind.UNION}
"""The kinds that a view looks into, to find records."""
_NAMED: Final = {Kind.RECORD, Kind.ROW}
_CHANGEABLE: Final = (list, dict, set, bytearray)


class Part(msgspec.Struct, frozen=True):
    """A field of a record, as a view has it.

    Attributes:
        attribute: What it is called in the type of the wire.
        may_miss: The type of the wire may have `msgspec.UNSET` in it.
    """

    field: Field
    attribute: str
    wire: str
    may_miss: bool


class Wire(msgspec.Struct, frozen=True, eq=False):
    """The type of a record on the wire.

    Attributes:
        blank: Fields that input does not give and that have no default either.
    """

    hint: Any
    shape: Shape
    wish: Wish
    type: type[msgspec.Struct]
    parts: tuple[Part, ...]
    blank: tuple[Field, ...]


def wanted(hint: Any, wish: Wish) -> tuple[Any, Wish]:
    """Take a hint apart: the type by itself, and what is wanted of it."""
    plain, marks = bare(hint), marks_of(hint)
    if isinstance(plain, typing.TypeVar):
        plain = describe(plain).hint
    view = view_of(plain, marks)
    if view is None or not _goes(view.way, wish.way):
        return plain, wish
    if view.way == PATCH:
        (plain,) = map(bare, typing.get_args(plain) or (Any,))
    return plain, wish_of(view.way, marks)


def _goes(way: Way, other: Way) -> bool:
    # A field that says how it is read says nothing about how it is taken.
    return (way == READ) is (other == READ)


def changes(hint: Any, wish: Wish) -> bool:
    """Tell whether a view makes another type of a hint.

    Raises:
        PlanError: The view asks for what the type does not have.
    """
    return _known(_Key(hint, wish))


def weave(hint: Any, wish: Wish) -> Any:
    """Put the types of the wire into a hint; itself when a view changes nothing."""
    if not changes(hint, wish):
        return hint
    plain, wish = wanted(hint, wish)
    kind = kind_of(plain)
    if kind in _NAMED:
        woven: Any = wire(plain, wish).type
    elif wish.way == PATCH:
        raise _no_fields(plain)
    else:
        arguments = tuple(weave(each, wish) for each in typing.get_args(plain))
        container = Union if kind is Kind.UNION else typing.get_origin(plain)
        woven = cast("Any", container)[arguments]
    # A predicate is asked of what is made, which has methods and all.
    marks = [m for m in _others(marks_of(hint)) if not read_bounds([m]).predicates]
    return Annotated[(woven, *marks)] if marks else woven


def shape_of(plain: Any, marks: tuple[Any, ...]) -> Shape:
    """Describe a type as its view has it; what describes hints asks for it."""
    hint: Any = Annotated[(plain, *marks)] if marks else plain
    view = view_of(plain, marks)
    wish = Wish("read") if view is None else wish_of(view.way, marks)
    # How a type goes out by itself is what its own shape says.
    woven = weave(hint, Wish(wish.way)) if wish.way != READ or wish.refines else hint
    if woven is not hint:
        return describe(woven)
    return describe(Annotated[(plain, *_others(marks), None)])


def wire(plain: Any, wish: Wish) -> Wire:
    """Make the type of a record on the wire, or find it."""
    made, hints = _made(_Key(plain, wish))
    if not hints:
        # There already for what contains itself.
        hints.update(dict.fromkeys((part.attribute for part in made.parts), Any))
        try:
            hints.update({part.attribute: _hint(part, wish) for part in made.parts})
        except PlanError:
            hints.clear()
            raise
        made.type.__annotations__ = hints
    return made


def parts_of(shape: Shape, wish: Wish) -> Iterator[Part]:
    """List the fields of a record that a view has."""
    uncalled = frozenset[str]() if wish.way == READ else _computed(shape.hint)
    for number, each in enumerate(shape.fields()):
        if wish.leaves_out(each) or each.name in uncalled:
            continue
        attribute = each.name if is_word(each.name) else f"field_{number}"
        # What a factory of the object itself makes is not known before there is one.
        unknown = not each.required and each.default is UNSET and each.factory is None
        may_miss = wish.way == PATCH or (unknown and wish.way != READ)
        yield Part(each, attribute, wish.wire(each), may_miss)


def is_word(name: str) -> bool:
    """Tell whether a name can stand in source, which that of a key need not."""
    return name.isidentifier() and not keyword.iskeyword(name)


def kind_of(plain: Any) -> Kind:
    """Find what a type is; None beside it makes a union, which a shape does not say."""
    if typing.get_origin(plain) in (Union, UnionType):
        return Kind.UNION
    return describe(plain).kind


# -- whether a view changes anything


class _Key:
    """A hint and what is wanted of it; not every hint can be hashed."""

    __slots__ = ("hint", "identity", "wish")

    def __init__(self, hint: Any, wish: Wish) -> None:
        self.hint = hint
        self.wish = wish
        self.identity: tuple[Hashable, Wish] = identity_of(hint), wish

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)


@functools.lru_cache(maxsize=10_000)
def _known(key: _Key) -> bool:
    """Tell whether a view changes a hint; kept, since it is asked at every step."""
    return _changes(key.hint, key.wish, set())


def _changes(hint: Any, wish: Wish, seen: set[Any]) -> bool:
    plain, wish = wanted(hint, wish)
    if wish.way == PATCH:
        return True
    kind = kind_of(plain)
    if kind not in _NAMED and kind not in HOLDING and kind is not Kind.FOREIGN:
        return False
    if (key := (identity_of(plain), wish)) in seen:
        return False
    seen.add(key)
    if kind is Kind.FOREIGN:
        _check_model(plain, wish, seen)
        return False
    if kind not in _NAMED:
        return any(_changes(each, wish, seen) for each in typing.get_args(plain))
    return _record_changes(describe(plain), wish, seen)


def _record_changes(shape: Shape, wish: Wish, seen: set[Any]) -> bool:
    cls = _class(shape.hint)
    if wish.refines:
        return True
    if hasattr(cls, "__shape__"):
        # Such a class may know that all of it leaves, whatever its fields say.
        as_is = getattr(cls, "__as_is__", None)
        return wish.way != READ or as_is is None or not as_is()
    fields = shape.fields()
    if any(map(wish.leaves_out, fields)):
        return True
    return any(_changes(each.hint, wish.inner, seen) for each in fields)


def _others(marks: Iterable[Any]) -> list[Any]:
    return [mark for mark in marks if not isinstance(mark, View | Refinement)]


# -- the type of one record


@functools.cache
def _made(key: _Key) -> tuple[Wire, dict[str, Any]]:
    """Make a type without its hints. Kept, as `typing` keeps what it makes."""
    plain, wish = key.hint, key.wish
    shape = describe(plain)
    wish.check(shape)
    _check_row(shape, wish)
    parts = tuple(parts_of(shape, wish))
    config = getattr(_class(plain), "__struct_config__", None)
    omits = wish.way == READ and getattr(config, "omit_defaults", False)
    name = wish.name(shape.name or name_of(plain))
    made = msgspec.defstruct(
        name,
        [_defined(part, wish, omits=omits) for part in parts],
        module=getattr(_class(plain), "__module__", None),
        frozen=True,
        gc=False,
        kw_only=wish.way != READ or omits,
        rename={part.attribute: part.wire for part in parts},
        array_like=shape.kind is Kind.ROW,
        omit_defaults=omits,
        tag_field=shape.tag_field,
        tag=shape.tag,
        forbid_unknown_fields=shape.forbids_unknown,
        namespace={"__doc__": shape.doc},
    )
    taken = {part.field.name for part in parts} | _computed(plain)
    blank = tuple(
        each for each in shape.fields() if each.name not in taken and each.required
    )
    cls = _class(plain)
    if wish.way != "create" or typing.is_typeddict(cls) or hasattr(cls, "__shape__"):
        blank = ()
    _check_blank(shape, blank)
    return Wire(plain, shape, wish, made, parts, blank), {}


def _defined(part: Part, wish: Wish, *, omits: bool) -> tuple[Any, ...]:
    """Build what `defstruct` takes for a field; its hint comes later."""
    each = part.field
    if wish.way == READ and not omits:
        return part.attribute, Any
    if part.may_miss:
        return part.attribute, Any, msgspec.UNSET
    if each.factory is not None:
        return part.attribute, Any, msgspec.field(default_factory=each.factory)
    if each.default is UNSET:
        # `UNSET` of msgspec is the default of what may be left out on the way out.
        needs = each.required
        return (part.attribute, Any) if needs else (part.attribute, Any, msgspec.UNSET)
    default = each.default
    if type(default) in _CHANGEABLE:  # attrs takes such a default, and shares it
        return part.attribute, Any, msgspec.field(default_factory=lambda: default)
    return part.attribute, Any, msgspec.field(default=default)


def _hint(part: Part, wish: Wish) -> Any:
    """Choose the hint of a field; what is only written keeps its own."""
    hint = part.field.hint
    if wish.way == READ:
        return weave(hint, wish.inner) if wish.style else hint
    woven = _unqualified(weave(hint, wish.inner))
    return woven | msgspec.UnsetType if part.may_miss else woven


def _unqualified(hint: Any) -> Any:
    """Take `Required` and its kin off, which only a TypedDict may have."""
    plain, marks = bare(hint), marks_of(hint)
    return Annotated[(plain, *marks)] if marks else plain


def _class(plain: Any) -> Any:
    return typing.get_origin(plain) or plain


def _computed(plain: Any) -> frozenset[str]:
    """List the fields that a class fills by itself: `field(init=False)`."""
    cls = _class(plain)
    if is_dataclass(cls):
        return frozenset(each.name for each in dataclass_fields(cls) if not each.init)
    attributes = getattr(cls, "__attrs_attrs__", ())
    return frozenset(each.name for each in attributes if not each.init)


# -- what cannot be


def _check_row(shape: Shape, wish: Wish) -> None:
    if shape.kind is not Kind.ROW:
        return
    if wish.refines or wish.way == PATCH or any(map(wish.leaves_out, shape.fields())):
        raise PlanError(
            "SG-VIEW-004",
            f"{shape.name} travels as an array, and a view would leave out some of it.",
            why="What stands behind a missing item would be taken for it.",
            fix=f"Make {shape.name} a Struct or a dataclass, or take the marks off its "
            "fields.",
        )


def _check_blank(shape: Shape, blank: tuple[Field, ...]) -> None:
    checked = {
        each.name
        for each in getattr(_class(shape.hint), "__attrs_attrs__", ())
        if each.validator is not None or each.converter is not None
    }
    for each in blank:
        if each.name in checked:
            raise PlanError(
                "SG-VIEW-005",
                f"{shape.name}.{each.name} is left out of the input, has no default, "
                "and its class checks it.",
                why="The object could never be made: the check would see no value.",
                fix=f"Give {each.name} a default, or take its validator off.",
            )


def _check_model(cls: Any, wish: Wish, seen: set[Any]) -> None:
    """Refuse marks where a class reads and writes itself, and would not see them."""
    for name, info in getattr(cls, "model_fields", {}).items():
        notes = read_notes(info.metadata)
        if notes.read_only or notes.write_only or _changes(info.annotation, wish, seen):
            raise PlanError(
                "SG-VIEW-011",
                f"{cls.__name__}.{name} has a mark or a view, and {cls.__name__} is a "
                "model of pydantic, which reads and writes itself.",
                why="It would be taken, or would leave, all the same.",
                fix=f"Say it to pydantic: {name}: ... = Field(exclude=True) never "
                "leaves. Or make the model a Struct or a dataclass.",
            )


def _no_fields(plain: Any) -> PlanError:
    name = name_of(plain)
    return PlanError(
        "SG-VIEW-006",
        f"Patch[{name}] changes fields, and {name} has none.",
        why="Nothing could be told apart that is there or absent.",
        fix="Patch a Struct, a dataclass, an attrs class or a TypedDict; of several, "
        "write list[Patch[...]].",
    )

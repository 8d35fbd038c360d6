"""What a view is asked for: which fields of a type, and under which names.

    Create[Account]                              the view alone
    Annotated[Create[Account], Without("note")]  the view, refined

The marks are data only. `weaving.py` makes types of them.
"""

import typing
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, TypeAlias

import msgspec
from msgspec.structs import replace as changed

from segue.core.errors import PlanError, did_you_mean
from segue.core.schema.shape import Field, Shape

__all__ = [
    "PATCH",
    "READ",
    "Named",
    "Only",
    "Refinement",
    "Renamed",
    "View",
    "Way",
    "Wish",
    "Without",
    "view_of",
    "wish_of",
]

Way: TypeAlias = Literal["create", "patch", "read"]
PATCH: Final = "patch"
READ: Final = "read"

Style: TypeAlias = Literal["camel", "pascal", "kebab"]


class Refinement:
    """A mark beside a view that says more about it; equal to one that says the same."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


class Only(Refinement):
    """These fields of a type, and no others.

    Args:
        names: The fields, as they are called in Python.

    Example:
        >>> Only("id", "email")
        Only('id', 'email')
    """

    __slots__ = ("names",)

    def __init__(self, *names: str) -> None:
        self.names = names

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.names))})"


class Without(Only):
    """All fields of a type but these."""

    __slots__ = ()


class Renamed(Refinement):
    """Other names on the wire.

    Args:
        style: How the names of all fields are written, also of the records inside.
        names: The name of one field; it wins over the style.

    Example:
        >>> Renamed("camel", email="mail")
        Renamed('camel', email='mail')
    """

    __slots__ = ("names", "style")

    def __init__(self, style: Style | None = None, /, **names: str) -> None:
        self.style: Style | None = style
        self.names = tuple(sorted(names.items()))

    def __repr__(self) -> str:
        said = [] if self.style is None else [repr(self.style)]
        said += [f"{name}={wire!r}" for name, wire in self.names]
        return f"Renamed({', '.join(said)})"


class Named(Refinement):
    """What the view is called in the documents of the API."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Named({self.name!r})"


class View:
    """The mark of `Create` and `Read`, and what `Patch` has as a class.

    Args:
        way: Which of them.
        shape: Describes a type with its marks as this view has it.
    """

    __slots__ = ("shape", "way")

    def __init__(
        self, way: Way, shape: Callable[[Any, tuple[Any, ...]], Shape]
    ) -> None:
        self.way: Way = way
        self.shape = shape

    def __repr__(self) -> str:
        return self.way.title()


class Wish(msgspec.Struct, frozen=True):
    """A view with all that refines it.

    Attributes:
        said: The user wrote it down; else it is what every input or answer is held to.
    """

    way: Way
    said: bool = False
    only: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    style: Style | None = None
    names: tuple[tuple[str, str], ...] = ()
    named: str | None = None

    @property
    def refines(self) -> bool:
        """Tell whether it wants more than the marks of the fields say."""
        names = self.without or self.names or self.named or self.style
        return bool(names) or self.only is not None

    @property
    def inner(self) -> "Wish":
        """What is wanted of the records inside."""
        way: Way = "create" if self.way == PATCH else self.way
        return Wish(way, self.said, style=self.style)

    def leaves_out(self, each: Field) -> bool:
        """Tell whether a field is not there."""
        if self.only is not None and each.name not in self.only:
            return True
        return self._marked(each) or each.name in self.without

    def _marked(self, each: Field) -> bool:
        notes = each.shape.notes
        return notes.write_only if self.way == READ else notes.read_only

    def wire(self, each: Field) -> str:
        """Give the name of a field on the wire."""
        for name, wire in self.names:
            if name == each.name:
                return wire
        return each.wire if self.style is None else _STYLES[self.style](each.name)

    def check(self, shape: Shape) -> None:
        """Refuse names that a type does not have, and one name for two fields.

        Raises:
            PlanError: With the near miss.
        """
        fields = shape.fields()
        known = [each.name for each in fields]
        asked = (*(self.only or ()), *self.without, *(name for name, _ in self.names))
        for name in asked:
            if name not in known:
                raise PlanError(
                    "SG-VIEW-001",
                    f"A view of {shape.name} names {name!r}, which is none of its "
                    "fields.",
                    why="Nobody can tell which field was meant.",
                    fix=f"Name one of {', '.join(known)}, as it is called in Python."
                    f"{did_you_mean(name, known)}",
                )
        # One name may stand for two fields, one for each way.
        there = {each.name for each in fields if not self._marked(each)}
        for each in fields:
            named = each.name in {*(self.only or ()), *(name for name, _ in self.names)}
            if named and each.name not in there:
                raise self._never(shape, each)
        wires = [self.wire(each) for each in fields if not self.leaves_out(each)]
        for wire in wires:
            if wires.count(wire) > 1:
                raise PlanError(
                    "SG-VIEW-002",
                    f"A view of {shape.name} calls two fields {wire!r}.",
                    why="One of them would hide the other.",
                    fix="Give one of them another name in Renamed(...).",
                )

    def _never(self, shape: Shape, each: Field) -> PlanError:
        mark, why = "ReadOnly", "It is never taken from input, whatever a view says."
        if self.way == READ:
            mark, why = "WriteOnly", "It never leaves, whatever a view says."
        return PlanError(
            "SG-VIEW-010",
            f"A view of {shape.name} names {each.name!r}, which is {mark}.",
            why=why,
            fix=f"Take {each.name!r} out of the view, or the mark off the field.",
        )

    def name(self, name: str) -> str:
        """Name the view of a type; the same wish always gives the same name."""
        if self.named is not None:
            return self.named
        title = self.way.title() if self.said else "Input" * (self.way != READ)
        parts = [name, title]
        if self.only is not None:
            parts += ["Of", *map(_pascal, self.only)]
        if self.without:
            parts += ["Without", *map(_pascal, self.without)]
        parts += [self.style.title()] if self.style else []
        parts += [_pascal(wire) for _, wire in self.names]
        return "".join(parts)


def view_of(plain: Any, marks: Iterable[Any]) -> View | None:
    """Find the view that a type without its marks, and those, ask for."""
    own = getattr(typing.get_origin(plain) or plain, "__view__", None)
    if isinstance(own, View):
        return own
    return next((mark for mark in marks if isinstance(mark, View)), None)


def wish_of(way: Way, marks: Iterable[Any]) -> Wish:
    """Read what is wanted out of the marks; of two that say the same the outer wins.

    Raises:
        PlanError: A style that there is not.
    """
    wish = Wish(way, said=True)
    for mark in marks:
        if isinstance(mark, Without):
            wish = msgspec.structs.replace(
                wish, without=tuple(sorted({*wish.without, *mark.names}))
            )
        elif isinstance(mark, Only):
            wish = changed(wish, only=mark.names)
        elif isinstance(mark, Renamed):
            names = {**dict(wish.names), **dict(mark.names)}
            style = _known(mark.style) or wish.style
            wish = msgspec.structs.replace(
                wish, style=style, names=tuple(sorted(names.items()))
            )
        elif isinstance(mark, Named):
            wish = changed(wish, named=mark.name)
    return wish


def _known(style: Style | None) -> Style | None:
    if style is None or style in _STYLES:
        return style
    raise PlanError(
        "SG-VIEW-003",
        f"Renamed({style!r}) is no way to write names.",
        why="The fields could not be named.",
        fix=f"Write one of {', '.join(map(repr, _STYLES))}, or name single fields: "
        f"Renamed(email='mail').{did_you_mean(str(style), _STYLES)}",
    )


def _pascal(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _camel(name: str) -> str:
    first, *others = name.strip("_").split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def _kebab(name: str) -> str:
    return name.strip("_").replace("_", "-")


_STYLES: Final[dict[str, Callable[[str], str]]] = {
    "camel": _camel,
    "pascal": _pascal,
    "kebab": _kebab,
}

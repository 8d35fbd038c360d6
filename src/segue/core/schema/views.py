"""Views: one type, and what a client may send or see of it.

    Create[Account]      what a client sends for a new one: no read-only fields
    Patch[Account]       what a client wants to change: every field may be absent
    Read[Account]        what a client sees: no write-only fields

    Annotated[Read[Account], Only("id", "email"), Renamed("camel")]

To a type checker `Create[Account]` and `Read[Account]` are an `Account`. Where no view
is named, input is taken as `Create` has it and an answer leaves as `Read` has it.
"""

import typing
from collections.abc import Callable
from typing import Annotated, Any, Final, TypeAlias, TypeVar

import msgspec

from segue.core.errors import PlanError
from segue.core.schema.describe import bare, marks_of, name_of
from segue.core.schema.making import maker
from segue.core.schema.patch import Patch
from segue.core.schema.refining import (
    Named,
    Only,
    Refinement,
    Renamed,
    View,
    Way,
    Wish,
    Without,
    view_of,
    wish_of,
)
from segue.core.schema.shape import Kind
from segue.core.schema.weaving import HOLDING, changes, kind_of, shape_of, wanted, weave

__all__ = [
    "IN",
    "OUT",
    "Create",
    "Incoming",
    "Named",
    "Only",
    "Patch",
    "Read",
    "Renamed",
    "Without",
    "incoming",
    "is_viewed",
    "shown_as",
    "taken_as",
]

T = TypeVar("T")

Create: TypeAlias = Annotated[T, View("create", shape_of)]
"""A new `T` as a client sends it: without its read-only fields, checked, a real `T`.

A field that is left out and has a default gets it. One without is blank: to read it
before it was given a value raises `AttributeError`.
"""

Read: TypeAlias = Annotated[T, View("read", shape_of)]
"""A `T` as a client sees it: without its write-only fields, at every depth."""

IN: Final = Wish("create")
OUT: Final = Wish("read")


class Incoming(msgspec.Struct, frozen=True):
    """How the values of a hint come in.

    Attributes:
        type: What the wire is decoded to.
        make: Makes what the hint names of it; a `ValueError` or `TypeError` of the
            class itself means that the values do not fit together.
    """

    type: Any
    make: Callable[[Any], Any]


def incoming(hint: Any) -> Incoming | None:
    """Find how the values of a hint come in; None where they are decoded as they are.

    Raises:
        PlanError: A view asks for what its type does not have.
    """
    taken = taken_as(hint)
    return None if taken is hint else Incoming(taken, maker(hint, IN, Patch.of_fields))


def taken_as(hint: Any) -> Any:
    """Find the type that input is decoded to; the hint itself where nothing views it.

    Raises:
        PlanError: A view asks for what its type does not have.
    """
    _check_way(hint, ("create", "patch"))
    return weave(hint, IN)


def shown_as(hint: Any) -> Any:
    """Find the type that leaves; the hint itself where nothing views it.

    Raises:
        PlanError: A view asks for what its type does not have.
    """
    _check_way(hint, ("read",))
    return weave(hint, OUT)


def is_viewed(hint: Any) -> bool:
    """Tell whether a hint, or a member of it, names a view."""
    members = typing.get_args(bare(hint)) if kind_of(bare(hint)) is Kind.UNION else ()
    return any(view_of(bare(each), marks_of(each)) for each in (hint, *members))


def _check_way(hint: Any, ways: tuple[Way, ...], within: tuple[Any, ...] = ()) -> None:
    """Refuse the view of an answer on an input, and the other way round.

    Raises:
        PlanError: With the view to write.
    """
    plain, marks = bare(hint), marks_of(hint)
    view = view_of(plain, marks)
    other = "Read" if ways == ("read",) else "Create"
    if view is None:
        _check_unviewed(hint, other)
        # An alias may contain itself.
        if kind_of(plain) in HOLDING and plain not in within:
            for each in typing.get_args(plain):
                _check_way(each, ways, (*within, plain))
    elif view.way not in ways:
        name = name_of(wanted(hint, Wish(view.way))[0])
        place = "an answer" if other == "Read" else "input"
        raise PlanError(
            "SG-VIEW-007",
            f"{view!r}[{name}] is no view of {place}.",
            why="Create and Patch say what a client sends, Read what it gets.",
            fix=f"Write {other}[{name}] there.",
        )
    elif wish_of(view.way, marks).refines and not changes(hint, Wish(view.way)):
        refinement = next(mark for mark in marks if isinstance(mark, Refinement))
        raise PlanError(
            "SG-VIEW-012",
            f"{refinement!r} stands on a view of {name_of(plain)}, which has no "
            "fields.",
            why="It would have no effect.",
            fix="Take it away, or view a Struct, a dataclass, an attrs class or a "
            "TypedDict; a model of pydantic says by itself what it takes and shows.",
        )


def _check_unviewed(hint: Any, view: str) -> None:
    for mark in marks_of(hint):
        if isinstance(mark, Refinement):
            name = name_of(hint)
            raise PlanError(
                "SG-VIEW-009",
                f"{mark!r} stands on {name}, which is no view.",
                why="It says more about a view, and would have no effect.",
                fix=f"Write Annotated[{view}[{name}], {mark!r}].",
            )

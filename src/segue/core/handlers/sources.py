"""The marks that say where an argument comes from, where it is not the obvious place.

    def place(order: Order, key: Annotated[str, FromHeader("idempotency-key")]): ...

The class alone is enough where there is nothing to say: `Annotated[str, FromCookie]`.
A mark over a type with fields takes each field from there.
"""

import typing
from collections.abc import Callable
from typing import Annotated, Any

import msgspec

__all__ = [
    "Depends",
    "From",
    "FromBody",
    "FromCookie",
    "FromForm",
    "FromHeader",
    "FromPath",
    "FromQuery",
    "depends_of",
    "mark_of",
]


class From(msgspec.Struct, frozen=True):
    """A part of the request.

    Attributes:
        name: What the value is called there; the parameter's name if None, in a
            header with dashes for underscores.
        description: One sentence for the documents of the API.
        deprecated: Clients should stop sending it.
        examples: Values that make sense, for the documents.
    """

    name: str | None = None
    description: str | None = None
    deprecated: bool = False
    examples: tuple[Any, ...] = ()


class FromPath(From, frozen=True):
    """A value of the path."""


class FromQuery(From, frozen=True):
    """A field of the query."""


class FromHeader(From, frozen=True):
    """A header."""


class FromCookie(From, frozen=True):
    """A cookie."""


class FromForm(From, frozen=True):
    """A field or file of a form."""


class FromBody(From, frozen=True):
    """The body as a whole; `bytes` are the body as it came."""


class Depends(msgspec.Struct, frozen=True):
    """What a function returns, where its type does not say which function.

    Attributes:
        factory: As `app.provide` takes it; called once for a request.
        inline: It never waits, so an async handler calls it on the event loop.
    """

    factory: Callable[..., Any]
    inline: bool = False


def mark_of(hint: Any) -> From | None:
    """Find the mark of a hint.

    Example:
        >>> mark_of(Annotated[str, FromHeader("x-key")]).name
        'x-key'
    """
    for mark in _marks(hint):
        if isinstance(mark, From):
            return mark
        if isinstance(mark, type) and issubclass(mark, From):
            return mark()
    return None


def depends_of(hint: Any) -> Depends | None:
    """Find what a hint depends on by name."""
    return next((mark for mark in _marks(hint) if isinstance(mark, Depends)), None)


def _marks(hint: Any) -> tuple[Any, ...]:
    if typing.get_origin(hint) is not Annotated:
        return ()
    return typing.cast("tuple[Any, ...]", hint.__metadata__)

"""A Provider: how a value of one type is made, and for how long.

The key is the type that a function asks for. It is taken from what the factory says
it returns: `T` for functions that return T, Iterator[T], Generator[T, ...] and their
async kin; a class provides itself. A builtin or a union is no key, since nobody who
asks for an `int` means this one.
"""

import collections.abc
import types
import typing
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from segue.core.di.unit import Unit
from segue.core.errors import PlanError
from segue.core.types import UNSET

__all__ = ["Provider", "Scope", "Serves", "check_key", "key_of_return"]

Scope: TypeAlias = Literal["app", "request"]
"""How long a value lives: as long as the app, or as long as one request."""

Serves: TypeAlias = Literal["any", "def", "async def"]
"""Which functions may work with a value: one that blocks is nothing for async ones."""

_WRAPPINGS: Final[tuple[Any, ...]] = (
    collections.abc.Iterator,
    collections.abc.Iterable,
    collections.abc.Generator,
    collections.abc.AsyncIterator,
    collections.abc.AsyncIterable,
    collections.abc.AsyncGenerator,
    collections.abc.Awaitable,
    collections.abc.Coroutine,
)
_BUILTIN: Final = ("builtins", "types", "typing")


class Provider(msgspec.Struct, frozen=True, eq=False):
    """How a value is made.

    Attributes:
        key: The type it is asked for by; the factory itself where a parameter names
            it with `Depends`.
        factory: A function, a generator function with one yield, or a class.
        inline: A plain factory that is called on the event loop, since it never
            waits; else one that an async handler needs runs in a worker thread.
        place: Where it was declared.
        serves: Which functions may ask for it. What a plain provider asks for itself
            is its own affair.
        instead: What the others ask for instead.
    """

    key: Any
    factory: Callable[..., Any]
    scope: Scope
    inline: bool
    place: str
    serves: Serves = "any"
    instead: Any = None

    @property
    def is_unit(self) -> bool:
        """Whether its values are told when the request ends."""
        cls: Any = typing.get_origin(self.key) or self.key
        return isinstance(cls, type) and issubclass(cls, Unit)


def key_of_return(returns: Any, factory: Any, place: str) -> Any:
    """Read the key out of what a factory says it returns.

    Raises:
        PlanError: It says nothing, or something that is no key.
    """
    if isinstance(factory, type):
        return factory
    if typing.get_origin(returns) is Annotated:
        returns = typing.get_args(returns)[0]
    arguments = typing.get_args(returns)
    if arguments and typing.get_origin(returns) in _WRAPPINGS:
        returns = arguments[2 if len(arguments) == 3 and _awaits(returns) else 0]  # noqa: PLR2004 - Coroutine[Any, Any, T]
    check_key(returns, place)
    return returns


def _awaits(hint: Any) -> bool:
    return typing.get_origin(hint) is collections.abc.Coroutine


def check_key(key: Any, place: str) -> None:
    """Refuse what nobody can ask for.

    Raises:
        PlanError: It is no class of its own: nothing, a builtin, a union.
    """
    origin: Any = typing.get_origin(key) or key
    if isinstance(origin, type) and not _is_builtin(origin):
        return
    name = "nothing" if key in (UNSET, None) else getattr(key, "__name__", str(key))
    raise PlanError(
        "SG-PLAN-020",
        f"A provider of {name} cannot be asked for.",
        why="Functions ask for a value by its type, and that one says too little, or "
        "is what any input may be.",
        fix="Write what it returns, a class of your own: def prices() -> PriceList; "
        "or give the type: app.provide(PriceList, prices).",
        where=(place,),
    )


def _is_builtin(origin: Any) -> bool:
    return (
        origin in (types.UnionType, types.NoneType)
        or getattr(origin, "__module__", "") in _BUILTIN
    )

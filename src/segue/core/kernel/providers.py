"""The providers of an app: collected down the groups, and those that live with it.

A group's own provider takes the place of one that is further out. What lives as long
as the app is made at its start, before the lifespans, each behind what it needs itself.
It then stands among the app's values, where
asking for it costs nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from segue.core.di.provider import Provider, check_key, key_of_return
from segue.core.errors import PlanError
from segue.core.handlers.compile import Call
from segue.core.handlers.hints import read_hints
from segue.core.handlers.places import place_of
from segue.core.handlers.plan import Source
from segue.core.kernel.declarations import DeclaredProvider
from segue.core.types import UNSET

__all__ = ["SharedValue", "SharedValues", "depended", "providers_of"]


def providers_of(declared: Iterable[DeclaredProvider]) -> dict[Any, Provider]:
    """Read the keys of the providers of one group.

    Raises:
        PlanError: One cannot be asked for, or two are for the same type.
    """
    found: dict[Any, Provider] = {}
    for one in declared:
        key = one.key
        if key is UNSET:
            returns = read_hints(one.factory, one.place).get("return", UNSET)
            key = key_of_return(returns, one.factory, one.place)
        else:
            check_key(key, one.place)
        provider = Provider(
            key,
            one.factory,
            one.scope,
            one.inline,
            one.place,
            one.serves,
            one.instead,
        )
        other = found.setdefault(key, provider)
        if other is not provider:
            raise _two(other, provider)
    return found


def depended(key: Any) -> Provider:
    """Make the provider of a function that a parameter names with `Depends`.

    Raises:
        PlanError: It is a type that nothing provides.
    """
    if isinstance(key, type):
        raise PlanError(
            "SG-PLAN-007",
            f"Nothing provides {key.__name__} here.",
            why="It is asked for by its type, and nobody makes one.",
            fix=f"Add a provider: @app.provide def make() -> {key.__name__}: ...",
        )
    return Provider(key, key, "request", inline=False, place=place_of(key))


def _two(first: Provider, second: Provider) -> PlanError:
    return PlanError(
        "SG-PLAN-025",
        f"Two providers make {getattr(first.key, '__name__', first.key)}.",
        why="Who asks for it would get either.",
        fix="Keep one, or give one of them to a group of its own.",
        where=(first.place, second.place),
    )


class SharedValue(msgspec.Struct, frozen=True):
    """A value that lives as long as the app."""

    key: Any
    call: Call
    values: dict[Any, Any]


class SharedValues:
    """What lives as long as the app, each behind what it needs itself.

    Args:
        compile: Compiles the factory of a provider, among the providers it may ask.
        values: Where the values will stand.

    Attributes:
        made: What is made at the start, in this order.
    """

    def __init__(
        self,
        compile: Callable[[Provider, Mapping[Any, Provider]], Call],  # noqa: A002 - it is what it does
        values: dict[Any, Any],
    ) -> None:
        self._compile = compile
        self._values = values
        self._making: list[Provider] = []
        self._known: dict[Any, Provider] = {}
        self.made: list[SharedValue] = []

    def add(self, provider: Provider, providers: Mapping[Any, Provider]) -> None:
        """Add a provider for the app, behind those that it asks for.

        Raises:
            PlanError: It needs itself, or another group has one for the same type.
        """
        known = self._known.get(provider.key)
        if known is provider:
            return
        if known is not None:
            raise _two(known, provider)
        if provider in self._making:
            raise _circle(self._making)
        self._making.append(provider)
        call = self._compile(provider, providers)
        for argument in call.plan.arguments:
            needed = providers.get(argument.key) if argument.key else None
            if argument.source is Source.APP and needed is not None:
                self.add(needed, providers)
        self._making.pop()
        self._known[provider.key] = provider
        self.made.append(SharedValue(provider.key, call, self._values))

    def own(self, cls: type, providers: Mapping[Any, Provider]) -> None:
        """Add a class whose one object has handlers for methods."""
        if cls not in self._known:
            self.add(
                Provider(cls, cls, "app", inline=False, place=place_of(cls)), providers
            )


def _circle(making: list[Provider]) -> PlanError:
    names = [getattr(each.key, "__name__", str(each.key)) for each in making]
    return PlanError(
        "SG-PLAN-021",
        f"The provider of {names[-1]} needs {names[0]}, and that {names[-1]} itself.",
        why="None of them could ever be made first.",
        fix="Take one of these parameters away.",
        where=tuple(each.place for each in making),
    )

"""What stands around a route, and a route with it: records on the way to its entry."""

from collections.abc import Mapping
from typing import Any

import msgspec

from segue.core.di.provider import Provider
from segue.core.handlers.plan import Plan
from segue.core.kernel.declarations import DeclaredRoute
from segue.core.kernel.entry import Hook
from segue.core.kernel.middleware import Layer

__all__ = ["Chain", "Served"]


class Chain(msgspec.Struct, frozen=True):
    """What surrounds a route: the sum of its groups, the app first.

    Attributes:
        providers: Who makes a value, by its key; the innermost group's counts.
    """

    prefix: str = ""
    name: str = ""
    host: str | None = None
    when: tuple[Any, ...] = ()
    options: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])
    layers: tuple[Layer, ...] = ()
    befores: tuple[Hook, ...] = ()
    errors: tuple[Mapping[Any, Hook], ...] = ()
    providers: Mapping[Any, Provider] = msgspec.field(
        default_factory=dict[Any, Provider]
    )


class Served(msgspec.Struct, frozen=True):
    """A route of the table with its plan and what surrounds it."""

    plan: Plan
    chain: Chain
    declared: DeclaredRoute
    path_names: tuple[str, ...]
    layers: tuple[Layer, ...]

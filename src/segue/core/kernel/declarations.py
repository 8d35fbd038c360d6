"""What was declared on an app or a group, as plain data, until the app is frozen."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from segue.core.di.provider import Scope, Serves
from segue.core.types import WEBSOCKET

__all__ = [
    "Declarations",
    "DeclaredLayer",
    "DeclaredProvider",
    "DeclaredRoute",
    "Included",
]

Function = Callable[..., Any]


class DeclaredRoute(msgspec.Struct, frozen=True):
    """One route as it was written.

    Attributes:
        methods: Upper-case names, `WEBSOCKET` for a socket; None for any method.
        options: `status`, `inline`, `timeout`, `body_limit`, `middleware` ...
        owner: The class whose method it is; the app has one object of it.
    """

    path: str
    methods: frozenset[str] | None
    function: Function
    name: str | None
    host: str | None
    when: tuple[Any, ...]
    options: Mapping[str, Any]
    place: str
    owner: type | None = None

    @property
    def is_socket(self) -> bool:
        """Whether it is the handler of a WebSocket."""
        return self.methods is not None and WEBSOCKET in self.methods


class DeclaredLayer(msgspec.Struct, frozen=True):
    """A middleware and where it wants to stand."""

    function: Function
    before: tuple[Any, ...] = ()
    after: tuple[Any, ...] = ()


class DeclaredProvider(msgspec.Struct, frozen=True):
    """Who makes a value, as it was written.

    Attributes:
        key: The type it is asked for by; UNSET where its return type says it.
    """

    key: Any
    factory: Function
    scope: Scope
    inline: bool
    place: str
    serves: Serves = "any"
    instead: Any = None


class Included(msgspec.Struct, frozen=True):
    """A group inside a group, by reference: what is added to it later counts too."""

    declarations: "Declarations"
    prefix: str


class Declarations(msgspec.Struct, eq=False):
    """Everything that the decorators of one app or group collected.

    Attributes:
        errors: Who answers an exception class or a status.
        listeners: Who listens to an event class, in the order of adding.
        commands: Typed functions by the name of their command.
    """

    prefix: str = ""
    name: str | None = None
    host: str | None = None
    when: tuple[Any, ...] = ()
    options: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    place: str = ""
    routes: list[DeclaredRoute] = msgspec.field(default_factory=list[DeclaredRoute])
    children: list[Included] = msgspec.field(default_factory=list[Included])
    layers: list[DeclaredLayer] = msgspec.field(default_factory=list[DeclaredLayer])
    befores: list[Function] = msgspec.field(default_factory=list[Function])
    afters: list[Function] = msgspec.field(default_factory=list[Function])
    teardowns: list[Function] = msgspec.field(default_factory=list[Function])
    lifespans: list[Function] = msgspec.field(default_factory=list[Function])
    errors: dict[Any, Function] = msgspec.field(default_factory=dict[Any, Function])
    listeners: dict[type, list[Function]] = msgspec.field(
        default_factory=dict[type, list[Function]]
    )
    providers: list[DeclaredProvider] = msgspec.field(
        default_factory=list[DeclaredProvider]
    )
    commands: dict[str, Function] = msgspec.field(default_factory=dict[str, Function])

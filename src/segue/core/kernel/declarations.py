"""What was declared on an app or a group, as plain data, until the app is frozen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from segue.core.types import WEBSOCKET

__all__ = ["Declarations", "DeclaredLayer", "DeclaredRoute", "Included"]

Function = Callable[..., Any]



@dataclass(frozen=True, slots=True)
class DeclaredRoute:
    """One route as it was written.

    Attributes:
        methods: Upper-case names; that of `WEBSOCKET` for a socket; None for any method.
        options: `status`, `inline`, `timeout`, `body_limit`, `middleware` ...
    """

    path: str
    methods: frozenset[str] | None
    function: Function
    name: str | None
    host: str | None
    when: tuple[Any, ...]
    options: Mapping[str, Any]
    place: str

    @property
    def is_socket(self) -> bool:
        """Whether it is the handler of a WebSocket."""
        return self.methods is not None and WEBSOCKET in self.methods


@dataclass(frozen=True, slots=True)
class DeclaredLayer:
    """A middleware and where it wants to stand."""

    function: Function
    before: tuple[Any, ...] = ()
    after: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Included:
    """A group inside a group, by reference: what is added to it later counts too."""

    declarations: "Declarations"
    prefix: str


@dataclass(slots=True)
class Declarations:
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
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    place: str = ""
    routes: list[DeclaredRoute] = field(default_factory=list[DeclaredRoute])
    children: list[Included] = field(default_factory=list[Included])
    layers: list[DeclaredLayer] = field(default_factory=list[DeclaredLayer])
    befores: list[Function] = field(default_factory=list[Function])
    afters: list[Function] = field(default_factory=list[Function])
    teardowns: list[Function] = field(default_factory=list[Function])
    lifespans: list[Function] = field(default_factory=list[Function])
    errors: dict[Any, Function] = field(default_factory=dict[Any, Function])
    listeners: dict[type, list[Function]] = field(
        default_factory=dict[type, list[Function]]
    )
    commands: dict[str, Function] = field(default_factory=dict[str, Function])

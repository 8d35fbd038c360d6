"""A Plan: the frozen description of how a function is called.

The compiler, `segue explain`, OpenAPI and the tests read the same Plan; nobody
looks at the signature a second time.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

import msgspec

from segue.core.di.provider import Provider
from segue.core.handlers.sources import From
from segue.core.handlers.usage import Usage
from segue.core.types import UNSET

__all__ = ["INPUTS", "Argument", "Plan", "Provided", "Source", "type_name"]

_MODULES = re.compile(r"(?<![\w'\"])(?:\w+\.|<locals>\.)+(?=\w)")


class Source(Enum):
    """Where an argument comes from."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    FORM = "form"
    BODY = "body"
    REQUEST = "request"
    """The request itself."""
    CARRIED = "carried"
    """A value of the moment: the response of a hook, the error of a handler,
    the socket of a WebSocket."""
    APP = "app"
    """A value of the app found by its type: the app, its settings, what a provider
    made for as long as the app lives."""
    PROVIDER = "provider"
    """A value that a provider makes for this request."""
    DEFAULT = "default"
    """The default: outside a request nobody could give another value."""


INPUTS: Final = (
    Source.PATH,
    Source.QUERY,
    Source.HEADER,
    Source.COOKIE,
    Source.FORM,
    Source.BODY,
)
"""The parts of a request that a client decides about."""


class Argument(msgspec.Struct, frozen=True):
    """One argument of the call.

    Attributes:
        key: The name on the wire for the parts of the request; the type for APP and
            CARRIED; for PROVIDER the key of the one that is meant.
        repeated: A value that may come several times, for a list.
        record: The whole query, form ... field by field, as one Struct or dataclass.
        mark: The mark that said where it comes from.
        optional: None, where the provider finds nobody logged in.
    """

    name: str
    source: Source
    hint: Any
    default: Any = UNSET
    key: Any = None
    keyword_only: bool = False
    repeated: bool = False
    record: bool = False
    mark: From | None = None
    optional: bool = False

    def __str__(self) -> str:
        hint = "untyped" if self.hint is UNSET else type_name(self.hint)
        whole = "whole " if self.record else ""
        text = f"{self.name}: {hint} from the {whole}{self.source.value}"
        return text if self.default is UNSET else f"{text}, else {self.default!r}"


class Provided(msgspec.Struct, frozen=True):
    """One value that a provider makes for a request.

    Attributes:
        plan: How the provider is called.
        optional: None, where the provider finds nobody logged in.
    """

    provider: Provider
    plan: "Plan"
    optional: bool = False

    @property
    def wanted(self) -> tuple[Any, bool]:
        """What an argument asks for to get it."""
        return self.provider.key, self.optional

    def __str__(self) -> str:
        name, place = type_name(self.provider.key), self.plan.place
        return f"{name} by {self.plan.name}() at {place}, for the {self.provider.scope}"


class Plan(msgspec.Struct, frozen=True):
    """How one function is called, and what becomes of its answer.

    Attributes:
        provided: What providers make for it, each behind what it needs itself.
        guards: What must let the request pass before anything else is done.
        path_names: The values of the path in the order of the pattern.
        status: The status of a plain answer; None for 200, or 204 without one.
        inline: A sync handler that runs on the event loop.
        renderers: Functions that make another form of the answer, by media type.
        usage: What providers learn of the route.
    """

    function: Callable[..., Any]
    name: str
    place: str
    arguments: tuple[Argument, ...]
    provided: tuple[Provided, ...] = ()
    guards: "tuple[Plan, ...]" = ()
    path_names: tuple[str, ...] = ()
    returns: Any = UNSET
    status: int | None = None
    is_async: bool = False
    is_generator: bool = False
    inline: bool = False
    renderers: Mapping[str, Callable[[Any], Any]] = msgspec.field(
        default_factory=dict[str, Callable[[Any], Any]]
    )
    usage: Usage = msgspec.field(default_factory=Usage)

    def uses(self, *sources: Source) -> bool:
        """Tell whether some argument comes from there, also one of a provider."""
        return any(argument.source in sources for argument in self.everything)

    @property
    def everything(self) -> Iterator[Argument]:
        """The arguments of its guards, of what is provided, and its own."""
        for plan in (*self.guards, *(each.plan for each in self.provided)):
            yield from plan.arguments
        yield from self.arguments


def type_name(hint: Any) -> str:
    """Write a type as a user would write it.

    Example:
        >>> type_name(int), type_name(list[Any] | None)
        ('int', 'list[Any] | None')
    """
    if isinstance(hint, type) and not getattr(hint, "__args__", ()):
        return hint.__name__
    return _MODULES.sub("", str(hint))

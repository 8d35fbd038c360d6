"""A Plan: the frozen description of how a function is called.

The compiler, `segue explain`, OpenAPI and the tests read the same Plan; nobody
looks at the signature a second time.
"""

import re
import types
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, Final

import msgspec

from segue.core.di.provider import Provider
from segue.core.handlers.sources import From
from segue.core.handlers.usage import Usage
from segue.core.schema.describe import bare, describe, marks_of
from segue.core.schema.refining import Refinement, View
from segue.core.schema.rules import words_of
from segue.core.schema.shape import Kind
from segue.core.schema.views import shown_as, taken_as
from segue.core.types import UNSET

__all__ = ["INPUTS", "Argument", "Plan", "Provided", "Source", "type_name"]

_MODULES = re.compile(r"(?<![\w'\"])(?:\w+\.|<locals>\.)+(?=\w)")
_VIEW = re.compile(r"Annotated\[([^\[\],]+), (Create|Read)(\]|, )")


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
        whole = "whole " if self.record else ""
        text = f"{self.name}: {self.type} from the {whole}{self.source.value}"
        if self.wire not in (None, self.name):
            text += f" {self.wire!r}"
        if self.source in INPUTS and self.hint is not UNSET:
            text += _fields_told(self.hint, taken_as(self.hint))
        if self.source is Source.BODY and self.hint is not UNSET:
            text += ", as JSON or msgpack" * (bare(self.hint) is not bytes)
        return text if self.default is UNSET else f"{text}, else {self.default!r}"

    @property
    def wire(self) -> str | None:
        """Its name in the part of the request that it comes from, if it has one."""
        return self.key if self.source in INPUTS else None

    @property
    def type(self) -> str:
        """The type and what its marks demand, as a person would say it."""
        if self.hint is UNSET:
            return type_name(self.key) if self.source is Source.APP else "untyped"
        demands = ", ".join(words_of(describe(self.hint).bounds))
        return type_name(_viewed(self.hint)) + f" ({demands})" * bool(demands)


class Provided(msgspec.Struct, frozen=True):
    """One value that a provider makes for a request.

    Attributes:
        plan: How the provider is called.
        optional: None, where the provider finds nobody logged in.
        early: It is made of a value of the path, before the body is read.
    """

    provider: Provider
    plan: "Plan"
    optional: bool = False
    early: bool = False

    @property
    def type(self) -> str:
        """What it makes; of a factory that is asked for itself, what it returns."""
        made = self.provider.key
        if made is self.provider.factory and self.plan.returns is not UNSET:
            made = self.plan.returns
        return type_name(made)

    @property
    def wanted(self) -> tuple[Any, bool]:
        """What an argument asks for to get it."""
        return self.provider.key, self.optional

    def __str__(self) -> str:
        name, place = self.type, self.plan.place
        return f"{name} by {self.plan.name}() at {place}, for the {self.provider.scope}"


class Plan(msgspec.Struct, frozen=True):
    """How one function is called, and what becomes of its answer.

    Attributes:
        provided: What providers make for it, each behind what it needs itself.
        guards: What must let the request pass before anything else is done.
        preparers: What is called with the answer before it leaves.
        path_names: The values of the path in the order of the pattern.
        status: The status of a plain answer; None for 200, or 204 without one.
        inline: A sync handler that runs on the event loop.
        renderers: Functions that make another form of the answer, by media type.
        headers: Headers of a plain answer, or a function that makes them of it and
            the request; None where it has none.
        usage: What providers learn of the route.
    """

    function: Callable[..., Any]
    name: str
    place: str
    arguments: tuple[Argument, ...]
    provided: tuple[Provided, ...] = ()
    guards: "tuple[Plan, ...]" = ()
    preparers: tuple[Argument, ...] = ()
    path_names: tuple[str, ...] = ()
    returns: Any = UNSET
    status: int | None = None
    is_async: bool = False
    is_generator: bool = False
    inline: bool = False
    renderers: Mapping[str, Callable[[Any], Any]] = msgspec.field(
        default_factory=dict[str, Callable[[Any], Any]]
    )
    headers: Any = None
    usage: Usage = msgspec.field(default_factory=Usage)

    def uses(self, *sources: Source) -> bool:
        """Tell whether some argument comes from there, also one of a provider."""
        return any(argument.source in sources for argument in self.everything)

    @property
    def has_objects(self) -> bool:
        """Tell whether a value of the path stands for an object."""
        return any(each.early for each in self.provided)

    @property
    def leaves(self) -> str:
        """What may leave of its answer, in a few words."""
        if self.returns is UNSET:
            return "whatever it returns"
        viewed = shown_as(self.returns)
        return type_name(self.returns) + _fields_told(self.returns, viewed)

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
    if isinstance(hint, types.FunctionType):
        return f"{hint.__name__}()"
    if isinstance(hint, type) and not getattr(hint, "__args__", ()):
        return hint.__name__
    return _VIEW.sub(_as_view, _MODULES.sub("", str(hint)))


def _viewed(hint: Any) -> Any:
    """Take all marks off a hint but those that make a view of it."""
    kept = [m for m in marks_of(hint) if isinstance(m, View | Refinement)]
    return Annotated[(bare(hint), *kept)] if kept else bare(hint)


def _as_view(found: re.Match[str]) -> str:
    """Write `Annotated[Account, Create]` as `Create[Account]`."""
    viewed = f"{found[2]}[{found[1]}]"
    return viewed if found[3] == "]" else f"Annotated[{viewed}, "


def _fields_told(hint: Any, viewed: Any) -> str:
    """Name the fields that a view has of a type; nothing where there is no view."""
    if viewed is hint:
        return ""
    shape = describe(viewed)
    while shape.kind in (Kind.LIST, Kind.SET):
        (shape,) = shape.inner
    fields = ", ".join(field.wire for field in shape.fields())
    return f" ({fields})" if fields else ""

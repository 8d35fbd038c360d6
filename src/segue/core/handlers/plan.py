"""A Plan: the frozen description of how a function is called.

The compiler, `segue explain`, OpenAPI and the tests read the same Plan; nobody
looks at the signature a second time.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec

from segue.core.types import UNSET

__all__ = ["Argument", "Plan", "Source", "type_name"]

_MODULES = re.compile(r"(?<![\w'\"])(?:\w+\.|<locals>\.)+(?=\w)")


class Source(Enum):
    """Where an argument comes from."""

    PATH = "path"
    QUERY = "query"
    BODY = "body"
    REQUEST = "request"
    """The request itself."""
    CARRIED = "carried"
    """A value of the moment: the response of a hook, the error of a handler,
    the socket of a WebSocket."""
    APP = "app"
    """A value of the app found by its type: the app, its settings."""


class Argument(msgspec.Struct, frozen=True):
    """One argument of the call.

    Attributes:
        key: The name on the wire for PATH and QUERY; the type for APP and CARRIED.
        repeated: A query value that may come several times, for a list.
        record: The whole query, field by field, as one Struct or dataclass.
    """

    name: str
    source: Source
    hint: Any
    default: Any = UNSET
    key: Any = None
    keyword_only: bool = False
    repeated: bool = False
    record: bool = False

    def __str__(self) -> str:
        hint = "untyped" if self.hint is UNSET else type_name(self.hint)
        whole = "whole " if self.record else ""
        text = f"{self.name}: {hint} from the {whole}{self.source.value}"
        return text if self.default is UNSET else f"{text}, else {self.default!r}"


class Plan(msgspec.Struct, frozen=True):
    """How one function is called, and what becomes of its answer.

    Attributes:
        path_names: The values of the path in the order of the pattern.
        status: The status of a plain answer; None for 200, or 204 without one.
        inline: A sync handler that runs on the event loop.
    """

    function: Callable[..., Any]
    name: str
    place: str
    arguments: tuple[Argument, ...]
    path_names: tuple[str, ...] = ()
    returns: Any = UNSET
    status: int | None = None
    is_async: bool = False
    is_generator: bool = False
    inline: bool = False

    def uses(self, source: Source) -> bool:
        """Tell whether some argument comes from there."""
        return any(argument.source is source for argument in self.arguments)


def type_name(hint: Any) -> str:
    """Write a type as a user would write it.

    Example:
        >>> type_name(int), type_name(list[Any] | None)
        ('int', 'list[Any] | None')
    """
    if isinstance(hint, type) and not getattr(hint, "__args__", ()):
        return hint.__name__
    return _MODULES.sub("", str(hint))

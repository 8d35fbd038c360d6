"""Aliases and protocols that every floor may name."""

from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Generator,
    MutableMapping,
)
from enum import Enum
from typing import Any, Final, Protocol, TypeAlias

__all__ = [
    "UNSET",
    "Answer",
    "AsyncWrap",
    "Extension",
    "Handler",
    "Receive",
    "Scope",
    "Send",
    "Unset",
    "Wrap",
]


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Absent: nobody gave a value. `None` is a value that somebody gave."""

Handler: TypeAlias = Callable[..., Any]
"""A plain or async function; what it needs stands in its signature."""

Answer: TypeAlias = Any
"""What a handler returns: text, bytes, data, a `Response`, `(answer, status)`."""

Wrap: TypeAlias = Generator[Any, Any, None]
"""What a middleware returns: `response = yield` in the middle of it."""

AsyncWrap: TypeAlias = AsyncGenerator[Any, Any]
"""What a middleware that awaits returns."""

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Extension(Protocol):
    """What `app.use()` takes: a part that sets itself up on an app."""

    def setup(self, app: Any) -> None:
        """Register routes, middleware, hooks, checks, commands on the app."""
        ...  # protocol

"""Aliases and protocols that every floor may name."""

from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Generator,
    MutableMapping,
)
from enum import Enum
from typing import Any, Final, Literal, Protocol, TypeAlias

__all__ = [
    "UNSET",
    "WEBSOCKET",
    "Answer",
    "AsyncWrap",
    "Extension",
    "Handler",
    "Receive",
    "Scope",
    "Send",
    "Slashes",
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

Slashes: TypeAlias = Literal["redirect", "strict", "ignore"]
"""What happens to a path that only lacks or has a final slash."""

WEBSOCKET: Final = "(WEBSOCKET)"
"""The method that a WebSocket's opening handshake has in the route table.

Parentheses cannot stand in a method, so no request can ask for it.
"""

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Extension(Protocol):
    """What `app.use()` takes: a part that sets itself up on an app."""

    def setup(self, app: Any) -> None:
        """Register routes, middleware, hooks, checks, commands on the app."""
        ...  # protocol

"""Handlers that are made: an ordinary function with the signature of a typed handler.

What plans a route, writes its document or explains it sees nothing special: parameters
with names and types, what is returned, a docstring.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from segue.core.handlers.places import PLACE
from segue.resources.operations import Steps, adrive, drive

__all__ = ["Making", "StoreDoor", "made_handler"]


class StoreDoor:
    """How handlers get to the store: it is one, or a type that a provider makes.

    Args:
        store: An object with the methods of a store, or its class.
    """

    def __init__(self, store: Any) -> None:
        self.is_provided = isinstance(store, type)
        self.is_async = inspect.iscoroutinefunction(store.get)
        self._store = store

    @property
    def parameters(self) -> dict[str, Any]:
        """What a handler must ask for to have the store."""
        return {"store": self._store} if self.is_provided else {}

    def take(self, values: dict[str, Any]) -> Any:
        """Take the store out of the values that a handler was called with."""
        return values.pop("store") if self.is_provided else self._store


class Making(msgspec.Struct, frozen=True):
    """What a handler is made of.

    Attributes:
        words: Its docstring.
        body: Makes the operation out of the values by name.
        hints: The types of the parameters; in a pair with the default.
        returns: The type of the answer.
        options: The options of its route.
    """

    words: str
    body: Callable[..., Steps[Any]]
    hints: Mapping[str, Any]
    returns: Any
    options: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


def made_handler(
    name: str, making: Making, door: StoreDoor, place: str
) -> Callable[..., Any]:
    """Make a handler that runs an operation on a store.

    Args:
        name: What it is called.
        making: What it is made of.
        door: How it gets to the store.
        place: Where it was asked for.
    """
    body = making.body
    function: Any = _async(body, door) if door.is_async else _plain(body, door)
    parameters: list[inspect.Parameter] = []
    hints: dict[str, Any] = {"return": making.returns}
    for key, said in {**making.hints, **door.parameters}.items():
        default: Any = inspect.Parameter.empty
        hints[key] = said
        if isinstance(said, tuple):
            hints[key], default = cast("tuple[Any, Any]", said)
        kind = inspect.Parameter.KEYWORD_ONLY
        parameters.append(inspect.Parameter(key, kind, default=default))
    function.__annotations__ = hints
    function.__signature__ = inspect.Signature(parameters)
    function.__name__ = function.__qualname__ = name
    function.__doc__ = making.words
    setattr(function, PLACE, place)
    return cast("Callable[..., Any]", function)


def _plain(body: Callable[..., Steps[Any]], door: StoreDoor) -> Callable[..., Any]:
    def handle(**values: Any) -> Any:
        store = door.take(values)
        return drive(body(**values), store)

    return handle


def _async(body: Callable[..., Steps[Any]], door: StoreDoor) -> Callable[..., Any]:
    async def handle(**values: Any) -> Any:
        store = door.take(values)
        return await adrive(body(**values), store)

    return handle

"""Handlers that are made: an ordinary function with the signature of a typed handler.

What plans a route, writes its document or explains it sees nothing special: parameters
with names and types, what is returned, a docstring.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from segue.core.handlers.places import PLACE
from segue.core.types import UNSET
from segue.resources.operations import adrive, drive

__all__ = ["StoreDoor", "made_handler"]


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


def made_handler(
    name: str,
    words: str,
    body: Callable[..., Any],
    signature: tuple[Mapping[str, Any], Any],
    door: StoreDoor,
    place: str,
) -> Callable[..., Any]:
    """Make a handler that runs an operation on a store.

    Args:
        name: What it is called.
        words: Its docstring.
        body: Makes the operation out of the values by name.
        signature: The hints of the parameters, where a pair has the default behind;
            and the hint of the answer.
        door: How it gets to the store.
        place: Where it was asked for.
    """
    if door.is_async:

        async def handle(**values: Any) -> Any:
            store = door.take(values)
            return await adrive(body(**values), store)

    else:

        def handle(**values: Any) -> Any:
            store = door.take(values)
            return drive(body(**values), store)

    hints, returns = signature
    function: Any = handle
    parameters: list[inspect.Parameter] = []
    function.__annotations__ = {}
    for key, said in {**hints, **door.parameters}.items():
        hint, default = said if isinstance(said, tuple) else (said, UNSET)
        empty = inspect.Parameter.empty
        parameters.append(
            inspect.Parameter(
                key,
                inspect.Parameter.KEYWORD_ONLY,
                default=empty if default is UNSET else default,
            )
        )
        function.__annotations__[key] = hint
    function.__annotations__["return"] = returns
    function.__signature__ = inspect.Signature(parameters)
    function.__name__ = function.__qualname__ = name
    function.__doc__ = words
    setattr(function, PLACE, place)
    return function

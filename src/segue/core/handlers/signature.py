"""Read a callable once: its parameters, hints, defaults and colour.

Everything that looks at a user's function looks at a `Signature`, never at the
function again, so that one reading decides what every later step sees.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import msgspec

from segue.core.errors import PlanError
from segue.core.handlers.hints import read_hints
from segue.core.handlers.places import code_of, place_of
from segue.core.types import UNSET, Unset

__all__ = ["Parameter", "Signature", "name_of", "place_of", "read_signature"]


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of a function.

    Attributes:
        hint: The type written down, with `Annotated` kept; `UNSET` when none is.
        default: The default value; `UNSET` when there is none.
        keyword_only: It stands after a `*`.
    """

    name: str
    hint: Any
    default: Any | Unset
    keyword_only: bool


class Signature(msgspec.Struct, frozen=True):
    """What a function asks for and what it says it returns.

    Attributes:
        place: `file.py:12 name`, for messages.
        returns: The declared answer; `UNSET` when nothing is declared.
    """

    name: str
    place: str
    parameters: tuple[Parameter, ...]
    returns: Any
    is_async: bool
    is_generator: bool


def name_of(function: Any) -> str:
    """Find what a callable is called; a partial is called as what it calls.

    Example:
        >>> name_of(functools.partial(len, []))
        'len'
    """
    while isinstance(function, functools.partial):
        function = function.func
    return str(getattr(function, "__name__", type(function).__name__))


def read_signature(function: Callable[..., Any]) -> Signature:
    """Read a function, a method, a class or a callable object.

    Raises:
        PlanError: A hint names something that does not exist, or the function
            takes `*args` or `**kwargs`, which no request can fill.
    """
    place, name = place_of(function), name_of(function)
    hints = read_hints(function, place)
    body = code_of(function)
    return Signature(
        name=name,
        place=place,
        parameters=tuple(
            _parameter(parameter, hints, name, place)
            for parameter in _parameters(function, place)
        ),
        returns=hints.get("return", UNSET),
        is_async=inspect.iscoroutinefunction(body) or inspect.isasyncgenfunction(body),
        is_generator=inspect.isgeneratorfunction(body)
        or inspect.isasyncgenfunction(body),
    )


def _parameter(
    parameter: inspect.Parameter, hints: dict[str, Any], name: str, place: str
) -> Parameter:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        raise PlanError(
            "SG-PLAN-002",
            f"{name}() takes {parameter}, which no request can fill.",
            why="Each argument is found by its name and its type.",
            fix="Name every parameter; for the whole request ask for "
            "`request: Request`. The wrapper of a decorator needs "
            "@functools.wraps(function).",
            where=(place,),
        )
    return Parameter(
        name=parameter.name,
        hint=hints.get(parameter.name, UNSET),
        default=UNSET if parameter.default is parameter.empty else parameter.default,
        keyword_only=parameter.kind is parameter.KEYWORD_ONLY,
    )


def _parameters(function: Any, place: str) -> list[inspect.Parameter]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError) as error:
        raise PlanError(
            "SG-PLAN-001",
            f"{function!r} has no signature that can be read.",
            why="What a handler gets is decided by its signature.",
            fix="Wrap it in a function: def handler(...): return it(...)",
            where=(place,),
        ) from error
    bound: set[str] = set()
    while isinstance(function, functools.partial):
        # A value bound by name would pass for a default, which a query may replace.
        bound |= function.keywords.keys()
        function = function.func
    return [each for name, each in parameters.items() if name not in bound]

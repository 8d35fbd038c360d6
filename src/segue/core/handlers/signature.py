"""Read a callable once: its parameters, hints, defaults and colour.

Everything that looks at a user's function looks at a `Signature`, never at the
function again, so that one reading decides what every later step sees.
"""

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from segue.core.errors import PlanError
from segue.core.types import UNSET, Unset

__all__ = ["Parameter", "Signature", "place_of", "read_signature"]


@dataclass(frozen=True, slots=True)
class Parameter:
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


@dataclass(frozen=True, slots=True)
class Signature:
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


def place_of(function: Any) -> str:
    """Build `file.py:12 name` for a function or a class."""
    target = inspect.unwrap(function)
    while hasattr(target, "func"):
        target = target.func
    name = getattr(target, "__qualname__", type(target).__qualname__)
    name = name.rpartition("<locals>.")[2]
    code = getattr(target, "__code__", None)
    if code is not None:
        return f"{_short(code.co_filename)}:{code.co_firstlineno} {name}"
    try:
        cls = target if inspect.isclass(target) else type(target)
        file = inspect.getsourcefile(cls) or "?"
        return f"{_short(file)}:{inspect.getsourcelines(cls)[1]} {name}"
    except (OSError, TypeError):
        return f"{getattr(target, '__module__', '?')} {name}"


def _short(filename: str) -> str:
    # The last two parts find the file and keep a message on one line.
    parts = filename.replace("\\", "/").split("/")
    return "/".join(parts[-2:])


def read_signature(function: Callable[..., Any]) -> Signature:
    """Read a function, a method, a class or a callable object.

    Raises:
        PlanError: A hint names something that does not exist, or the function
            takes `*args` or `**kwargs`, which no request can fill.
    """
    place = place_of(function)
    name = getattr(function, "__name__", type(function).__name__)
    hints = _hints(function, place)
    parameters: list[Parameter] = []
    for parameter in _parameters(function, place):
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise PlanError(
                "SG-PLAN-002",
                f"{name}() takes {parameter}, which no request can fill.",
                why="Each argument is found by its name and its type.",
                fix="Name every parameter; for the whole request ask for "
                "`request: Request`.",
                where=(place,),
            )
        parameters.append(
            Parameter(
                name=parameter.name,
                hint=hints.get(parameter.name, UNSET),
                default=UNSET
                if parameter.default is parameter.empty
                else parameter.default,
                keyword_only=parameter.kind is parameter.KEYWORD_ONLY,
            )
        )
    body = _body_of(function)
    return Signature(
        name=name,
        place=place,
        parameters=tuple(parameters),
        returns=hints.get("return", UNSET),
        is_async=inspect.iscoroutinefunction(body) or inspect.isasyncgenfunction(body),
        is_generator=inspect.isgeneratorfunction(body)
        or inspect.isasyncgenfunction(body),
    )


def _body_of(function: Any) -> Any:
    # The code that runs: below partials, and `__call__` of an object.
    while hasattr(function, "func"):
        function = function.func
    if inspect.isroutine(function) or inspect.isclass(function):
        return function
    return function.__call__


def _parameters(function: Any, place: str) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError) as error:
        raise PlanError(
            "SG-PLAN-001",
            f"{function!r} has no signature that can be read.",
            why="What a handler gets is decided by its signature.",
            fix="Wrap it in a function: def handler(...): return it(...)",
            where=(place,),
        ) from error


def _hints(function: Any, place: str) -> dict[str, Any]:
    target = function.__init__ if inspect.isclass(function) else _body_of(function)
    target = inspect.unwrap(target)
    try:
        return typing.get_type_hints(
            target, localns=_closure(target), include_extras=True
        )
    except (NameError, TypeError, AttributeError, SyntaxError) as error:
        raise PlanError(
            "SG-PLAN-003",
            f"A type hint of {getattr(function, '__name__', function)!s}() "
            f"cannot be read: {error}.",
            why="The hint decides where the argument comes from.",
            fix="Import the name in the module itself, not only under "
            "`if TYPE_CHECKING:`, and not below the function.",
            where=(place,),
        ) from error


def _closure(target: Any) -> dict[str, Any]:
    # A handler defined inside a function may name the classes around it.
    target = getattr(target, "__func__", target)
    cells = getattr(target, "__closure__", None) or ()
    names = getattr(getattr(target, "__code__", None), "co_freevars", ())
    found: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not yet filled: the hint will say what is missing
            continue
    return found

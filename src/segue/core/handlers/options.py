"""The options of a route: which there are, and what each may be.

A battery may have options of its own, so an unknown one is let through; but not one
that is nearly a known one, since a limit that was misspelt is no limit.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from segue.core.errors import PlanError, nearest

__all__ = ["check_options"]


def _is_status(value: Any) -> bool:
    return _is_number(value) and int(value) == value and 200 <= value <= 599  # noqa: PLR2004 - the statuses of answers


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_size(value: Any) -> bool:
    return value is None or (_is_number(value) and int(value) == value and value >= 0)


def _is_duration(value: Any) -> bool:
    return value is None or (_is_number(value) and value > 0)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_functions(value: Any) -> bool:
    return callable(value) or (
        isinstance(value, (tuple, list)) and all(map(callable, value))  # pyright: ignore[reportUnknownArgumentType] - that is what is asked
    )


def _is_texts(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, (tuple, list, set, frozenset))
        and all(isinstance(each, str) for each in value)  # pyright: ignore[reportUnknownVariableType] - that is what is asked
    )


_KNOWN: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = MappingProxyType(
    {
        "body_limit": (_is_size, "a number of bytes"),
        "inline": (_is_flag, "True or False"),
        "middleware": (_is_functions, "a generator function, or a list of them"),
        "origins": (_is_texts, 'origins such as "https://example.org", or "*"'),
        "status": (_is_status, "a whole number from 200 to 599"),
        "timeout": (_is_duration, "a number of seconds above 0"),
    }
)


def check_options(options: Mapping[str, Any], place: str) -> None:
    """Refuse options that would do nothing, or fail at the first request.

    Raises:
        PlanError: One has a value that it cannot have, or is nearly a known one.
    """
    for name, value in options.items():
        if name in _KNOWN:
            fits, words = _KNOWN[name]
            if not fits(value):
                raise PlanError(
                    "SG-PLAN-010",
                    f"The option {name}={value!r} cannot be read.",
                    why=f"It is {words}.",
                    fix=f"Give {name}= such a value, or leave it out.",
                    where=(place,),
                )
        elif near := nearest(name, _KNOWN, 0.8):
            raise PlanError(
                "SG-PLAN-011",
                f"There is no option {name!r}. Did you mean {near!r}?",
                why="It would do nothing, and what it was meant for would not happen.",
                fix=f"Write {near}=...",
                where=(place,),
            )

"""The options of a route: which there are, and what each may be.

A battery may have options of its own, so an unknown one is let through; but not one
that is nearly a known one, since a limit that was misspelt is no limit.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from segue.core.errors import HTTPError, PlanError, nearest

__all__ = ["KNOWN_OPTIONS", "check_options", "merged_options", "several"]


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


def _is_errors(value: Any) -> bool:
    return all(isinstance(e, type) and issubclass(e, HTTPError) for e in several(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_renderers(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    offered: Mapping[Any, Any] = value  # pyright: ignore[reportUnknownVariableType] - that is what is asked
    return all("/" in str(name) and callable(offered[name]) for name in offered)


def _is_headers(value: Any) -> bool:
    if callable(value):
        return True
    if not isinstance(value, Mapping):
        return False
    lines: Mapping[Any, Any] = value  # pyright: ignore[reportUnknownVariableType] - that is what is asked
    return all(isinstance(text, str) for pair in lines.items() for text in pair)


def _is_answers(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_status, value))  # pyright: ignore[reportUnknownArgumentType] - that is what is asked


_KNOWN: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = MappingProxyType(
    {
        "allow": (_is_functions, "a function that says who may, or a list of them"),
        "atomic": (_is_flag, "True or False"),
        "body_limit": (_is_size, "a number of bytes"),
        "deprecated": (_is_flag, "True or False"),
        "description": (_is_text, "text"),
        "headers": (_is_headers, "a mapping of names to text, or a function"),
        "include_in_schema": (_is_flag, "True or False"),
        "inline": (_is_flag, "True or False"),
        "middleware": (_is_functions, "a generator function, or a list of them"),
        "operation_id": (_is_text, "text"),
        "origins": (_is_texts, 'origins such as "https://example.org", or "*"'),
        "raises": (_is_errors, "an HTTPError class, or a list of them"),
        "renderers": (_is_renderers, "a mapping of media types to functions"),
        "responses": (_is_answers, "a mapping of statuses to a type or words"),
        "status": (_is_status, "a whole number from 200 to 599"),
        "summary": (_is_text, "text"),
        "tags": (_is_texts, "a word, or a list of words"),
        "timeout": (_is_duration, "a number of seconds above 0"),
    }
)

KNOWN_OPTIONS: Final = frozenset(_KNOWN)
"""The options that mean something without a battery."""


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


_ADDED: Final = frozenset(("allow", "raises", "tags"))
"""What a group and its routes both say counts together; else the nearest counts."""


def merged_options(
    outer: Mapping[str, Any], inner: Mapping[str, Any]
) -> dict[str, Any]:
    """Build the options of a route from those of its group and its own.

    Example:
        >>> merged_options({"tags": ("api",), "timeout": 3}, {"tags": ("books",)})
        {'tags': ('api', 'books'), 'timeout': 3}
    """
    both = {**outer, **inner}
    for name in _ADDED & outer.keys() & inner.keys():
        both[name] = (*several(outer[name]), *several(inner[name]))
    if "responses" in outer and "responses" in inner:
        both["responses"] = {**outer["responses"], **inner["responses"]}
    return both


def several(value: Any) -> tuple[Any, ...]:
    """Make a tuple of one value or several."""
    if isinstance(value, (tuple, list)):
        return tuple(cast("Iterable[Any]", value))
    return (value,)

"""Hints that are made at run time, where a type checker has no say."""

from typing import Annotated, Any, Final

__all__ = ["applied", "list_of", "marked", "optional"]

_ANNOTATED: Final[Any] = Annotated
_LIST: Final[Any] = list


def applied(generic: Any, argument: Any) -> Any:
    """Build `generic[argument]`."""
    return generic[argument]


def list_of(item: Any) -> Any:
    """Build `list[item]`."""
    return _LIST[item]


def marked(hint: Any, *marks: Any) -> Any:
    """Build `Annotated[hint, *marks]`."""
    return _ANNOTATED[(hint, *marks)]


def optional(hint: Any) -> Any:
    """Build `hint | None`."""
    return hint | None

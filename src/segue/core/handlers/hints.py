"""The type hints of a callable, also where they are text.

With `from __future__ import annotations` every hint is text until it is read, at
start. By then the functions around a handler have ended, and a class that one of
them defined or imported is out of sight. So what the text names is kept when the
handler is declared, while the functions around it are still at work.
"""

import inspect
import re
import typing
from collections.abc import Callable
from typing import Any, Final

from segue.core.errors import PlanError
from segue.core.handlers.places import code_of

__all__ = ["keep_names", "read_hints"]

_ATTRIBUTE: Final = "__segue_names__"
_WORD = re.compile(r"[^\W\d]\w*")


def keep_names(function: Any) -> None:
    """Keep what the textual hints of a local function name around it.

    Called where a function is declared; does nothing for all others.
    """
    target = _written(code_of(function))
    qualname = str(getattr(target, "__qualname__", ""))
    if "<locals>." not in qualname:
        return
    hints = typing.cast("dict[str, Any]", getattr(target, "__annotations__", {}))
    texts = " ".join(hint for hint in hints.values() if isinstance(hint, str))
    words = set(_WORD.findall(texts))
    found: dict[str, Any] = {}
    frame = inspect.currentframe() if words else None
    while frame is not None:
        around = frame.f_code.co_qualname
        if qualname.startswith((f"{around}.<locals>.", f"{around}.")):
            names = frame.f_locals
            for word in words.intersection(names):
                found.setdefault(word, names[word])
        frame = frame.f_back
    if found:
        setattr(target, _ATTRIBUTE, found)


def read_hints(function: Callable[..., Any], place: str) -> dict[str, Any]:
    """Read the hints of a function, a method, a class or a callable object.

    Raises:
        PlanError: A hint names something that does not exist.
    """
    is_class = inspect.isclass(function)
    target = _written(function.__init__ if is_class else code_of(function))
    names = {**getattr(target, _ATTRIBUTE, {}), **_closure(target)}
    try:
        return typing.get_type_hints(target, localns=names, include_extras=True)
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


def _written(function: Any) -> Any:
    """Find the function as it was written: below wrappers and methods."""
    target = inspect.unwrap(function)
    return getattr(target, "__func__", target)


def _closure(target: Any) -> dict[str, Any]:
    # A handler defined inside a function may name the classes around it.
    cells = getattr(target, "__closure__", None) or ()
    names = getattr(getattr(target, "__code__", None), "co_freevars", ())
    found: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not yet filled: the hint will say what is missing
            continue
    return found

"""Where something was written: `file.py:12 name`, for messages."""

import functools
import inspect
from types import FrameType
from typing import Any, Final, cast

__all__ = ["PLACE", "calling_file", "calling_place", "code_of", "place_of"]

PLACE: Final = "__segue_place__"
"""What a function that was made has for a place: where it was asked for."""

_HOUSE: Final = "segue"


def code_of(function: Any) -> Any:
    """Find the function whose code runs: below partials, and `__call__` of an object.

    Example:
        >>> code_of(functools.partial(functools.partial(len), [])) is len
        True
    """
    if isinstance(function, (staticmethod, classmethod)):
        function = cast("Any", function).__func__
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.isroutine(function) or inspect.isclass(function):
        return function
    return function.__call__


def place_of(function: Any) -> str:
    """Build `file.py:12 name` for a function, a class or a callable object."""
    target: Any = inspect.unwrap(function)
    while isinstance(target, functools.partial):
        target = inspect.unwrap(target.func)
    if (said := getattr(target, PLACE, None)) is not None:
        return str(said)
    name = str(getattr(target, "__qualname__", type(target).__qualname__))
    name = name.rpartition("<locals>.")[2]
    code = getattr(target, "__code__", None)
    if code is not None:
        return f"{_short(code.co_filename)}:{code.co_firstlineno} {name}"
    cls = cast("type[Any]", target if inspect.isclass(target) else type(target))
    try:
        file = inspect.getsourcefile(cls) or "?"
        return f"{_short(file)}:{inspect.getsourcelines(cls)[1]} {name}"
    except (OSError, TypeError):
        return f"{getattr(target, '__module__', '?')} {name}"


def calling_place() -> str:
    """Build `file.py:12 function` for the line outside Segue that led here."""
    frame = _calling_frame()
    code = frame.f_code
    return f"{_short(code.co_filename)}:{frame.f_lineno} {code.co_name}"


def calling_file() -> str:
    """Find the file of the line outside Segue that led here."""
    return _calling_frame().f_code.co_filename


def _calling_frame() -> FrameType:
    # CPython and PyPy always have one.
    frame = cast("FrameType", inspect.currentframe())
    while _is_ours(frame) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] == _HOUSE


def _short(filename: str) -> str:
    # The last two parts find the file and keep a message on one line.
    parts = filename.replace("\\", "/").split("/")
    return "/".join(parts[-2:])

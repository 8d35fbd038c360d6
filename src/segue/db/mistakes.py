"""Mistakes of a developer in models and queries."""

import sys
from collections.abc import Iterator
from types import FrameType

from segue.core.errors import SegueError

__all__ = ["ModelError", "NotLoaded", "NotSaved", "QueryError", "caller", "place_of"]


class ModelError(SegueError):
    """A model that cannot be a table."""


class QueryError(SegueError):
    """A query that cannot be asked."""


class NotLoaded(SegueError):
    """A relation was read that nobody loaded.

    No `AttributeError`, so that no `hasattr` and no template takes it for "nothing".
    """


class NotSaved(SegueError):
    """A value was read that the database has yet to give: the key of a new object."""


def caller() -> str:
    """Name the line outside of the data layer that is at work."""
    for frame in _frames():
        module = frame.f_globals.get("__name__", "")
        if not module.startswith(("segue.", "msgspec")):
            return f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}"
    return "?"


def place_of(cls: type) -> str:
    """Name a class and where it is."""
    return f"{cls.__module__}.{cls.__qualname__}"


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    while frame is not None:
        yield frame
        frame = frame.f_back

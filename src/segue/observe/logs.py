"""Logging of a process, set up once by the commands.

Everything goes through the standard `logging`: an app logs with
`logging.getLogger(__name__)` and needs nothing from here. `setup` adds one handler
to the root logger, unless somebody else has put one there.
"""

import logging
import os
import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, TextIO

from segue.core.config.secret import Secret
from segue.core.errors import SettingsError, did_you_mean
from segue.observe.clean import Cleaner
from segue.observe.lines import JSONFormatter, TextFormatter

__all__ = ["bound", "setup"]

_FORMATS = ("auto", "text", "json")
_LEVELS = ("debug", "info", "warning", "error", "critical")

# A context variable has to live in a module; each task and thread has its own.
_bound: ContextVar[Mapping[str, Any] | None] = ContextVar("segue_log", default=None)


class SegueHandler(logging.StreamHandler[TextIO]):
    """Our handler, told from others by its class."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a line that the stream can write, whatever its encoding."""
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        line = super().format(record)
        return line.encode(encoding, "backslashreplace").decode(encoding)


def setup(
    level: int | str | None = None,
    format: Literal["auto", "text", "json"] = "auto",  # noqa: A002 - as in logging
    *,
    secrets: Iterable[Secret[Any]] = (),
    context: Callable[[], Mapping[str, Any]] | None = None,
    stream: TextIO | None = None,
    environ: Mapping[str, str] | None = None,
    logger: logging.Logger | None = None,
) -> None:
    """Set up logging; a second call changes what the first one set.

    Handlers that the app has put on the root logger stay alone: then the app's own
    set-up counts and this does nothing.

    Args:
        level: A name or number; SEGUE_LOG_LEVEL or `info` if None.
        format: `auto` takes SEGUE_LOG, else `text`.
        secrets: Values to mask wherever they turn up.
        context: Gives the fields of the present request, asked for each line.
        stream: Where to write; standard error if None.
        environ: The environment; that of the process if None.
        logger: The logger to set up; the root if None.

    Raises:
        SettingsError: The level or the format does not exist.
    """
    environ = os.environ if environ is None else environ
    number = _level(level or environ.get("SEGUE_LOG_LEVEL") or "info")
    form = _form(environ.get("SEGUE_LOG") or "auto" if format == "auto" else format)
    root = logging.getLogger() if logger is None else logger
    ours = [known for known in root.handlers if isinstance(known, SegueHandler)]
    if root.handlers and not ours:
        return
    target = sys.stderr if stream is None else stream
    handler = ours[0] if ours else SegueHandler(target)
    handler.setStream(target)
    cleaner, fields = Cleaner(secrets), _fields_with(context)
    if form == "json":
        handler.setFormatter(JSONFormatter(cleaner, fields))
    else:
        color = _wants_color(target, environ)
        handler.setFormatter(TextFormatter(cleaner, fields, color=color))
    if not ours:
        root.addHandler(handler)
    root.setLevel(number)


@contextmanager
def bound(**fields: Any) -> Generator[None]:
    """Add fields to every line logged inside the block, by this task or thread.

    Example:
        >>> with bound(order=7):
        ...     logging.getLogger("shop").debug("paid")
    """
    token = _bound.set({**(_bound.get() or {}), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def _fields_with(
    context: Callable[[], Mapping[str, Any]] | None,
) -> Callable[[], Mapping[str, Any]]:
    def fields() -> Mapping[str, Any]:
        return {**(context() if context else {}), **(_bound.get() or {})}

    return fields


def _level(level: int | str) -> int:
    if isinstance(level, int):
        return level
    if level.strip().isdecimal():
        return int(level)
    name = level.strip().lower()
    if name not in _LEVELS:
        raise _unknown("level", level, _LEVELS, "SEGUE_LOG_LEVEL")
    return logging.getLevelNamesMapping()[name.upper()]


def _form(form: str) -> str:
    name = form.strip().lower()
    if name not in _FORMATS:
        raise _unknown("format", form, _FORMATS, "SEGUE_LOG")
    return name


def _unknown(
    kind: str, value: str, known: tuple[str, ...], variable: str
) -> SettingsError:
    return SettingsError(
        "SG-CONF-020",
        f"There is no log {kind} {value!r}.{did_you_mean(value.lower(), known)}",
        why="Lines would get lost, or be written in a form that nobody reads.",
        fix=f"Set {variable} to one of {', '.join(known)}.",
        where=(f"environment {variable}",),
    )


def _wants_color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Follow NO_COLOR and FORCE_COLOR, else color a terminal that can show it."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"

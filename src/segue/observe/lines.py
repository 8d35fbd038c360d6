"""The two forms of a log line: for people and for machines."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from segue.observe.clean import Cleaner, escape

__all__ = ["ACCESS", "JSONFormatter", "TextFormatter"]

ACCESS = "segue.access"
"""The logger of the requests; its fields are in its message already."""

# What every record has; whatever else is on one came in by `extra=`.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "asctime",
    "message",
    "taskName",
}
_TOLD = frozenset({"method", "path", "status", "milliseconds"})
_OWN = frozenset({"time", "level", "logger", "message", "exception", "stack"})

_RESET, _DIM = "\x1b[0m", "\x1b[2m"
_RED, _GREEN, _YELLOW, _CYAN = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m"
_SERVER_ERROR, _CLIENT_ERROR, _REDIRECT = 500, 400, 300

Context = Callable[[], Mapping[str, Any]]


class _Formatter(logging.Formatter):
    """What both forms share: a clean message, clean fields, clean tracebacks."""

    def __init__(self, cleaner: Cleaner, context: Context) -> None:
        super().__init__()
        self._cleaner = cleaner
        self._context = context

    def _message(self, record: logging.LogRecord) -> str:
        try:
            message = record.getMessage()
        except Exception:  # a wrong placeholder must not lose the line
            message = f"{record.msg!r} {record.args!r}"
        return escape(self._cleaner.text(message))

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        own = {k: v for k, v in vars(record).items() if k not in _STANDARD}
        fields = {**self._context(), **own}
        clean = self._cleaner.value("", fields)
        return {k: v for k, v in clean.items() if v is not None}

    def _trace(self, record: logging.LogRecord) -> str:
        """Build the traceback, its line ends kept and everything else escaped."""
        parts: list[str] = []
        if record.exc_info and record.exc_info[0] is not None:
            parts.append(self.formatException(record.exc_info))
        elif record.exc_text:
            parts.append(record.exc_text)
        if record.stack_info:
            parts.append(record.stack_info)
        text = self._cleaner.text("\n".join(parts))
        return "\n".join(map(escape, text.split("\n")))


class TextFormatter(_Formatter):
    """One readable line; a traceback follows it, every line of it indented.

    The indent is what keeps a line break inside an exception's message from
    looking like a log line of its own.
    """

    def __init__(self, cleaner: Cleaner, context: Context, *, color: bool) -> None:
        super().__init__(cleaner, context)
        self._color = color

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created).astimezone()
        stamp = moment.isoformat(" ", "milliseconds")
        fields = self._fields(record)
        told = _TOLD if record.name == ACCESS else ()
        pairs = [f"{k}={_quoted(v)}" for k, v in fields.items() if k not in told]
        level = f"{record.levelname:<8}"
        parts = [
            self._paint(_DIM, stamp),
            self._paint(_color_of(record), escape(level)),
            escape(record.name),
            self._message(record),
            self._paint(_DIM, " ".join(pairs)),
        ]
        line = " ".join(filter(None, parts))
        if trace := self._trace(record):
            line += "\n    " + trace.replace("\n", "\n    ")
        return line

    def _paint(self, color: str, text: str) -> str:
        return f"{color}{text}{_RESET}" if self._color and text else text


class JSONFormatter(_Formatter):
    """One JSON object in one line, in UTF-8."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        document: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": escape(record.levelname.lower()),
            "logger": escape(record.name),
            "message": self._message(record),
        }
        for name, value in self._fields(record).items():
            document[f"{name}_" if name in _OWN else name] = value
        if trace := self._trace(record):
            document["exception"] = trace
        return msgspec.json.encode(document).decode()


def _quoted(value: Any) -> str:
    """Build a value so that where it ends can be seen."""
    if not isinstance(value, str):
        value = msgspec.json.encode(value).decode()
        return str(value)
    if value and not set(value) & set(" \"'="):
        return value
    return msgspec.json.encode(value).decode()


def _color_of(record: logging.LogRecord) -> str:
    """Choose by the status of a request, else by the level."""
    status: Any = getattr(record, "status", None) if record.name == ACCESS else None
    if isinstance(status, int):
        steps = ((_SERVER_ERROR, _RED), (_CLIENT_ERROR, _YELLOW), (_REDIRECT, _CYAN))
        return next((color for least, color in steps if status >= least), _GREEN)
    if record.levelno >= logging.ERROR:
        return _RED
    if record.levelno >= logging.WARNING:
        return _YELLOW
    return _GREEN if record.levelno >= logging.INFO else _DIM

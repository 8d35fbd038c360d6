"""Statements that were asked, for a log, a count in tests and a hint in development.

Nothing is counted where nobody looks: `Database` makes a `Db` that is watched only in
development, in a test, or inside `database.watch()`.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

import msgspec

from segue.db.command import Steps

__all__ = ["Statement", "Statements", "follow", "tell_loops"]

T = TypeVar("T")

_log = logging.getLogger("segue.db.statements")
_MANY: Final = 5
"""From how many on the same statement in one request looks like a loop."""


class Statement(msgspec.Struct, frozen=True):
    """One statement that was asked.

    Attributes:
        sql: Its text, without values.
        seconds: How long it took; the first of a run waits for a connection as well.
        place: The line outside Segue that led to it.
    """

    sql: str
    seconds: float
    place: str

    def __str__(self) -> str:
        return f"{self.seconds * 1000:.2f} ms  {self.place}  {self.sql}"


class Statements(list[Statement]):
    """What was asked, in order."""

    def __str__(self) -> str:
        return "\n".join(map(str, self))


def follow(steps: Steps[T], place: str, note: Callable[[Statement], None]) -> Steps[T]:
    """Pass steps on as they are, and note each statement.

    Args:
        steps: The steps.
        place: The line that led to them.
        note: Called with each statement when it is done.
    """
    try:
        command = next(steps)
        while True:
            began = time.perf_counter()
            try:
                result = yield command
            except Exception as error:
                note(_statement(command.sql, began, place))
                command = steps.throw(error)
            else:
                note(_statement(command.sql, began, place))
                command = steps.send(result)
    except StopIteration as end:
        value: T = end.value
        return value


def _statement(sql: str, began: float, place: str) -> Statement:
    statement = Statement(sql, time.perf_counter() - began, place)
    _log.debug("%s", statement)
    return statement


def tell_loops(statements: Iterable[Statement], what: str) -> None:
    """Warn of a statement that was asked again and again, from one line.

    Args:
        statements: What a request asked.
        what: What to call it.
    """
    counts = Counter((each.sql, each.place) for each in statements)
    for (sql, place), count in counts.most_common():
        if count < _MANY:
            return
        _log.warning(
            "%s asked the same %s times, at %s; ask once for all of them, with "
            ".load(...) or get_many: %s",
            what,
            count,
            place,
            sql,
        )

"""What a database can answer instead of a result.

DatabaseError                 whatever went wrong there
├── StatementError            the statement itself: a name, a type, its grammar
├── ConstraintError           a rule of the table was broken; knows which
│   ├── UniqueError 409       ├── ForeignKeyError 409, NoSuchKeyError 422
│   ├── CheckError 422        ├── NotNullError 422
│   └── ExclusionError 409
├── DataError 422             a value that the column cannot hold
├── RepeatableError 503       nothing is wrong: do the whole transaction again
│   ├── SerializationError    └── DeadlockError
├── UnavailableError 503      the database cannot be had just now
│   ├── PoolTimeoutError      ├── ConnectionLostError
│   ├── DatabaseBusyError     └── DiskFullError
├── AbortedError              the transaction failed before, and is only rolled back
└── ReadOnlyError             nothing may be written there

Those with a status are answers too: a handler that does not catch them answers with it,
and the visitor reads a sentence without names of tables. The driver's own error is the
cause of each, so `error.__cause__` has what it said.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from segue.core.errors import (
    Conflict,
    HTTPError,
    ServiceUnavailable,
    UnprocessableContent,
)
from segue.db.command import BrokenRule

__all__ = [
    "AbortedError",
    "CheckError",
    "ConnectionLostError",
    "ConstraintError",
    "DataError",
    "DatabaseBusyError",
    "DatabaseError",
    "DeadlockError",
    "DiskFullError",
    "ExclusionError",
    "ForeignKeyError",
    "NoSuchKeyError",
    "NotNullError",
    "PoolTimeoutError",
    "ReadOnlyError",
    "RepeatableError",
    "SerializationError",
    "StatementError",
    "UnavailableError",
    "UniqueError",
]


class DatabaseError(Exception):
    """Whatever went wrong in a database.

    Args:
        message: What happened, for a developer; never with values of a connection.
        sql: The statement.

    Attributes:
        code: Where the error pages tell more.
    """

    code: ClassVar[str] = "SG-DB-120"

    def __init__(self, message: str, *, sql: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.sql = sql

    def __str__(self) -> str:
        return f"{self.code}  {self.message}"


class StatementError(DatabaseError):
    """The statement is wrong: a name that does not exist, its grammar, a type."""


class AbortedError(DatabaseError):
    """A statement of this transaction failed before, and was caught.

    The database takes no more of it; it can only be rolled back.
    """

    code = "SG-DB-121"


class ReadOnlyError(DatabaseError):
    """Nothing may be written: the transaction, the file or the server is read-only."""

    code = "SG-DB-122"


class ConstraintError(DatabaseError, BrokenRule):
    """A rule of a table was broken.

    Attributes:
        constraint: The name of the rule, where the database tells it.
        table: The table.
        columns: The columns the rule is about, as far as the database tells.
        fields: The fields of the model, where a model was written.
        word: What the model calls the check that refused a value.
    """

    code = "SG-DB-123"
    words: ClassVar[str] = "The values do not fit together."

    def __init__(
        self,
        message: str,
        *,
        sql: str | None = None,
        constraint: str | None = None,
        table: str | None = None,
        columns: tuple[str, ...] = (),
        fields: tuple[str, ...] = (),
        word: str | None = None,
    ) -> None:
        super().__init__(message, sql=sql)
        self.constraint = constraint
        self.table = table
        self.columns = columns
        self.fields = fields
        self.word = word
        if isinstance(self, HTTPError):
            _answer(self, self.words, {"errors": self.document_errors()})

    def document_errors(self) -> list[dict[str, str]]:
        """List what an answer tells: one entry for each field."""
        rule = {"constraint": self.word} if self.word else {}
        return [
            {
                "in": "body",
                "name": name,
                "message": self.words,
                "code": self.kind,
                **rule,
            }
            for name in self.fields or self.columns
        ]

    @property
    def kind(self) -> str:
        """The kind of mistake, in one word that never changes."""
        return type(self).__name__.removesuffix("Error").lower()

    def told(self, **known: Any) -> "ConstraintError":
        """Make the error that tells more: of a model that was written."""
        kind = NoSuchKeyError if self.is_reference else type(self)
        return kind(self.message, sql=self.sql, **known)


class UniqueError(ConstraintError, Conflict):
    """There is one already."""

    words = "There is already one with this value."


class ForeignKeyError(ConstraintError, Conflict):
    """What is referred to does not exist, or is still referred to."""

    words = "This refers to something that does not exist, or is still referred to."
    is_reference = True


class NoSuchKeyError(ForeignKeyError):
    """A key that was to be written leads nowhere."""

    status = 422
    words = "There is none with this key."


class ExclusionError(ConstraintError, Conflict):
    """It overlaps with one that is there."""

    words = "This overlaps with one that is there."


class CheckError(ConstraintError, UnprocessableContent):
    """A value that the table's own check refuses."""

    words = "This value is not allowed."


class NotNullError(ConstraintError, UnprocessableContent):
    """A value that must be there is not."""

    words = "This is required."


class _Answering(DatabaseError):
    """An error that is an answer as well."""

    words: ClassVar[str] = ""
    extra_headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, message: str, *, sql: str | None = None) -> None:
        super().__init__(message, sql=sql)
        _answer(self, self.words, {}, self.extra_headers)


class DataError(_Answering, UnprocessableContent):
    """A value that its column cannot hold: too long, out of range."""

    code = "SG-DB-124"
    words = "A value is too long or out of range."


class RepeatableError(_Answering, ServiceUnavailable):
    """Two transactions were in each other's way; done again, this one may succeed."""

    code = "SG-DB-125"
    words = "Somebody else changed the same data. Please try again."
    extra_headers: ClassVar[Mapping[str, str]] = {"retry-after": "1"}


class SerializationError(RepeatableError):
    """It saw data that another one changed meanwhile."""


class DeadlockError(RepeatableError):
    """It waited for another one that waited for it."""


class UnavailableError(_Answering, ServiceUnavailable):
    """The database cannot be had just now."""

    code = "SG-DB-126"
    words = "The database cannot be reached just now."
    extra_headers: ClassVar[Mapping[str, str]] = {"retry-after": "1"}


class PoolTimeoutError(UnavailableError):
    """All connections were in use for too long."""

    code = "SG-DB-110"
    words = "Too many requests want the database just now."


class ConnectionLostError(UnavailableError):
    """The connection broke. What was being written may or may not have been kept."""

    code = "SG-DB-111"


class DatabaseBusyError(UnavailableError):
    """It waited too long for a lock, or the statement took too long."""

    code = "SG-DB-112"
    words = "The database is busy just now."


class DiskFullError(UnavailableError):
    """There is no room left. The statement did nothing."""

    code = "SG-DB-113"


def _answer(
    error: Any,
    words: str,
    extra: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> None:
    """Give an error what makes it an answer, and keep its own message."""
    message = error.args
    HTTPError.__init__(error, words, extra=extra, headers=headers)
    error.args = message

"""What the logic of the data layer asks of a database, and what it gets back.

The logic itself does no input and output. Each verb is a generator: it yields a
`Command`, is sent the `Result`, and returns its value. A runner drives it: `Db.run` on
a blocking driver, `AsyncDb.run` on an awaited one. So every verb exists once, and every
driver is a few lines.

    def count(table: str) -> Steps[int]:
        result = yield Command(f"SELECT count(*) FROM {table}", ())
        return result.rows[0][0]

An error of the database is thrown into the generator at its `yield`, so that the logic
may answer it.
"""

from collections.abc import Generator
from typing import Any, TypeAlias, TypeVar

import msgspec

__all__ = ["BrokenRule", "Command", "Result", "Steps"]

T = TypeVar("T")


class Command(msgspec.Struct, frozen=True, gc=False):
    """One statement, ready for the driver.

    Attributes:
        sql: The text, in the paramstyle of the dialect in use (`Db.dialect`).
        values: What is bound: a tuple of driver values, whose bind processors have
            been applied; with `many` a list of such tuples.
        writes: It changes something. In a request that may change things its first
            such command opens the transaction.
        locks: It takes locks that must last (`SELECT ... FOR UPDATE`); opens the
            transaction as well.
        rows: Rows are wanted back.
        many: `values` is a list; the statement runs once for each.
        statement: For dialects that run through SQLAlchemy's Connection: the Core
            statement, or a pair of the statement and its parameters. Where it is
            absent, `sql` and `values` are given to the driver as they are.
    """

    sql: str
    values: Any = ()
    writes: bool = False
    locks: bool = False
    rows: bool = True
    many: bool = False
    statement: Any = None


class Result(msgspec.Struct, frozen=True, gc=False):
    """What a command brought.

    Attributes:
        rows: The driver's own rows; result processors have not been applied.
        count: Rows found or changed; -1 where the driver does not know.
        key: The key that the database gave to an inserted row, where there is no
            RETURNING (MySQL).
    """

    rows: list[Any]
    count: int
    key: Any = None


Steps: TypeAlias = Generator[Command, Result, T]


class BrokenRule(Exception):
    """A command was refused by a rule of a table; thrown in, so that it may be told.

    Attributes:
        constraint: The name of the rule, where the database tells it.
        columns: The columns the rule is about, as far as the database tells.
        fields: The fields of the model, once they are known.
        is_reference: The rule is that a key leads somewhere.
    """

    constraint: str | None = None
    columns: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    is_reference: bool = False

    def told(self, **known: Any) -> Exception:
        """Make the error that tells more: `constraint`, `fields`, `word` ..."""
        raise NotImplementedError

"""SQLite through Python's own module.

A file is read by many and written by one. The journal is a write-ahead log, so readers
never wait; writers stand in one line (`Turn`) and then begin with BEGIN IMMEDIATE, so
that nobody who has read is refused when it starts to write. Other processes are waited
for by SQLite's own busy timeout.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from segue.db.command import Command, Result, Steps
from segue.db.run.address import Address
from segue.db.run.driver import Manner
from segue.db.run.errors import (
    AbortedError,
    CheckError,
    ConnectionLostError,
    ConstraintError,
    DatabaseBusyError,
    DatabaseError,
    DataError,
    DiskFullError,
    ForeignKeyError,
    NotNullError,
    ReadOnlyError,
    StatementError,
    UniqueError,
)
from segue.db.run.turn import Turn

__all__ = ["FAULTS", "SqliteDriver", "sqlite_error", "throw_into"]

T = TypeVar("T")

FAULTS: Final = (sqlite3.Error, OverflowError, UnicodeEncodeError)
"""What the module raises, also for a number or a text that SQLite has no form for."""
_SYNCHRONOUS: Final = ("off", "normal", "full", "extra")
_CONSTRAINTS: Final[dict[str, type[ConstraintError]]] = {
    "SQLITE_CONSTRAINT_UNIQUE": UniqueError,
    "SQLITE_CONSTRAINT_PRIMARYKEY": UniqueError,
    "SQLITE_CONSTRAINT_ROWID": UniqueError,
    "SQLITE_CONSTRAINT_FOREIGNKEY": ForeignKeyError,
    "SQLITE_CONSTRAINT_CHECK": CheckError,
    "SQLITE_CONSTRAINT_NOTNULL": NotNullError,
}
_OTHERS: Final[dict[str, type[DatabaseError]]] = {
    "SQLITE_BUSY": DatabaseBusyError,
    "SQLITE_LOCKED": DatabaseBusyError,
    "SQLITE_FULL": DiskFullError,
    "SQLITE_READONLY": ReadOnlyError,
    "SQLITE_CANTOPEN": ConnectionLostError,
    "SQLITE_IOERR": ConnectionLostError,
    "SQLITE_CORRUPT": ConnectionLostError,
    "SQLITE_NOTADB": ConnectionLostError,
    "SQLITE_TOOBIG": DataError,
    "SQLITE_MISMATCH": DataError,
}


class SqliteDriver:
    """Opens and drives connections to one file.

    Args:
        address: Where it is.
        wait: Seconds a writer waits for its turn.

    Attributes:
        turn: The line of the writers.
    """

    def __init__(self, address: Address, wait: float = 30.0) -> None:
        self.dialect = SQLiteDialect_pysqlite()
        self.turn = Turn()
        self.wait = wait
        self._address = address
        self._writing: set[int] = set()
        busy = address.options.get("busy")
        self._busy = float(busy) if busy else wait
        level = address.options.get("synchronous", "normal")
        self._level = level if level in _SYNCHRONOUS else "normal"

    # -- connections

    def connect(self) -> sqlite3.Connection:
        """Open the file, and make it if there is none.

        Raises:
            DatabaseError: It cannot be opened.
        """
        return self._connect(self._busy)

    def connect_reader(self) -> sqlite3.Connection:
        """Open the file for reads on an event loop, which never wait."""
        connection = self._connect(0)
        connection.execute("PRAGMA query_only=ON")
        return connection

    def _connect(self, busy: float) -> sqlite3.Connection:
        path, query = self._address.path, self._address.url.query
        name = f"file:{quote(path)}?{urlencode(query)}" if query else path
        try:
            connection = sqlite3.connect(
                name,
                timeout=busy,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=512,
                uri=bool(query),
            )
        except sqlite3.Error as error:
            raise _cannot_open(path, error) from error
        try:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute(f"PRAGMA synchronous={self._level}")
            if path != ":memory:" and not query:
                connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.Error as error:
            connection.close()
            raise _cannot_open(path, error) from error
        return connection

    def close(self, connection: sqlite3.Connection) -> None:
        """Close it; what was begun is rolled back."""
        connection.close()
        if id(connection) in self._writing:
            self._writing.discard(id(connection))
            self.turn.give()

    def is_usable(self, connection: sqlite3.Connection) -> bool:
        """Tell whether it is open and in no transaction."""
        try:
            return not connection.in_transaction
        except sqlite3.ProgrammingError:
            return False

    def ping(self, connection: sqlite3.Connection) -> None:
        """Ask something."""
        connection.execute("SELECT 1").fetchone()

    # -- statements

    def drive(
        self,
        connection: sqlite3.Connection,
        steps: Steps[T],
        command: Command | None = None,
        *,
        repeats: bool = False,  # noqa: ARG002 - a file is not lost
    ) -> T:
        """Do the commands of some steps, one after the other."""
        try:
            if command is None:
                command = next(steps)
            while True:
                try:
                    if command.writes or command.many:
                        result = self.execute(connection, command)
                    else:
                        cursor = connection.execute(command.sql, command.values)
                        result = Result(cursor.fetchall(), -1)
                except (*FAULTS, DatabaseError) as error:
                    command = throw_into(steps, error, command)
                    continue
                command = steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value

    def execute(self, connection: sqlite3.Connection, command: Command) -> Result:
        """Do one command; one that writes has its turn already."""
        if id(connection) in self._writing and not connection.in_transaction:
            raise _gone()
        return _execute(connection, command)

    def execute_in_turn(
        self, connection: sqlite3.Connection, command: Command
    ) -> Result:
        """Do one writing command where the turn was taken already."""
        if not command.many:
            return _execute(connection, command)
        self.control(connection, "BEGIN IMMEDIATE")
        try:
            result = _execute(connection, command)
            self.control(connection, "COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

    def stream(
        self, connection: sqlite3.Connection, command: Command, size: int
    ) -> Iterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        try:
            cursor = connection.execute(command.sql, command.values)
            while rows := cursor.fetchmany(size):
                yield rows
        except sqlite3.Error as error:
            raise sqlite_error(error, command.sql) from error

    # -- transactions

    def raw(self, connection: sqlite3.Connection) -> Any:
        """Give what SQLAlchemy can work with."""
        return connection

    def begin(self, connection: sqlite3.Connection, manner: Manner) -> None:
        """Begin a transaction; one that may write has its turn, which it keeps."""
        if manner.read_only:
            self.control(connection, "PRAGMA query_only=ON")
            self.control(connection, "BEGIN")
            return
        self.control(connection, "BEGIN IMMEDIATE")
        self._writing.add(id(connection))

    def is_writing(self, connection: sqlite3.Connection) -> bool:
        """Tell whether it has the turn for as long as its transaction lasts."""
        return id(connection) in self._writing

    def end(self, connection: sqlite3.Connection, *, commit: bool) -> None:
        """Commit or roll back, and hand the turn on."""
        try:
            if connection.in_transaction:
                # A full disk, for one, has rolled it back already.
                self.control(connection, "COMMIT" if commit else "ROLLBACK")
            elif commit:
                raise _gone()
        finally:
            # A commit that failed, at a deferred constraint, leaves it open.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if id(connection) in self._writing:
                self._writing.discard(id(connection))
                self.turn.give()
            else:
                connection.execute("PRAGMA query_only=OFF")

    def control(self, connection: sqlite3.Connection, sql: str) -> None:
        """Do a statement about transactions."""
        try:
            connection.execute(sql)
        except sqlite3.Error as error:
            raise sqlite_error(error, sql) from error

    def take_turn(self) -> None:
        """Wait for the turn to write, before a connection is taken.

        Raises:
            DatabaseBusyError: It did not come in time.
        """
        if not self.turn.take(self.wait):
            raise self.too_late()

    def too_late(self) -> DatabaseBusyError:
        """Build the error for a writer whose turn did not come."""
        return DatabaseBusyError(
            f"Another transaction wrote to {Path(self._address.path).name} for "
            f"{self.wait:g} s. Keep transactions short: nothing slow between the first "
            "write and the end."
        )


def _execute(connection: sqlite3.Connection, command: Command) -> Result:
    try:
        if command.many:
            cursor = connection.executemany(command.sql, command.values)
        else:
            cursor = connection.execute(command.sql, command.values)
        return Result(cursor.fetchall() if command.rows else [], cursor.rowcount)
    except FAULTS as error:
        raise sqlite_error(error, command.sql) from error


def throw_into(steps: Steps[Any], error: Exception, command: Command) -> Command:
    """Throw an error of the driver into the steps, as ours."""
    if isinstance(error, FAULTS):
        told = sqlite_error(error, command.sql)
        told.__cause__ = error
        return steps.throw(told)
    return steps.throw(error)


# -- what went wrong


def sqlite_error(error: Exception, sql: str | None = None) -> DatabaseError:
    """Make our error of the driver's.

    Source: https://www.sqlite.org/rescode.html
    """
    name = str(getattr(error, "sqlite_errorname", ""))
    message = str(error)
    if name in _CONSTRAINTS:
        return _constraint_error(_CONSTRAINTS[name], message, sql)
    if isinstance(error, (OverflowError, UnicodeEncodeError, sqlite3.DataError)):
        return DataError(message, sql=sql)
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in message:
        return ConnectionLostError(message, sql=sql)
    for prefix, kind in _OTHERS.items():
        if name.startswith(prefix):
            return kind(message, sql=sql)
    return StatementError(message, sql=sql)


def _constraint_error(
    kind: type[ConstraintError], message: str, sql: str | None
) -> ConstraintError:
    """Read `UNIQUE constraint failed: book.slug, book.edition`."""
    told = message.partition("failed: ")[2]
    if kind is CheckError:
        return CheckError(message, sql=sql, constraint=told or None)
    if told.startswith("index "):
        return kind(message, sql=sql, constraint=told.removeprefix("index ").strip("'"))
    pairs = [part.rpartition(".") for part in told.split(", ") if part]
    return kind(
        message,
        sql=sql,
        table=pairs[0][0] if pairs else None,
        columns=tuple(column for _table, _dot, column in pairs),
    )


def _cannot_open(path: str, error: sqlite3.Error) -> DatabaseError:
    folder = Path(path).parent
    missing = "" if folder.is_dir() else f" There is no folder {str(folder)!r}."
    return ConnectionLostError(f"{path!r} cannot be opened: {error}.{missing}")


def _gone() -> DatabaseError:
    return AbortedError(
        "SQLite had rolled the transaction back already, after an error that was "
        "caught. Nothing of it was kept."
    )

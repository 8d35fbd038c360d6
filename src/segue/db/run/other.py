"""Any other database, through a dialect of SQLAlchemy and its plain driver.

MariaDB and MySQL on PyMySQL are tested; others begin transactions the standard way and
tell their errors by the classes of PEP 249. Statements go to the driver's own cursor; a
command with a SQLAlchemy statement goes through SQLAlchemy's Connection, which knows
what a dialect needs around it.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, TypeVar

import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from segue.db.command import Command, Result, Steps
from segue.db.run.address import Address
from segue.db.run.driver import Lost, Manner
from segue.db.run.errors import (
    AbortedError,
    CheckError,
    ConnectionLostError,
    ConstraintError,
    DatabaseBusyError,
    DatabaseError,
    DataError,
    DeadlockError,
    DiskFullError,
    ForeignKeyError,
    NotNullError,
    ReadOnlyError,
    SerializationError,
    StatementError,
    UniqueError,
)

__all__ = ["OtherDriver", "mysql_error"]

T = TypeVar("T")

_CONSTRAINTS: Final[dict[int, type[ConstraintError]]] = {
    1022: UniqueError,
    1062: UniqueError,
    1586: UniqueError,
    1048: NotNullError,
    1364: NotNullError,
    1451: ForeignKeyError,
    1452: ForeignKeyError,
    1216: ForeignKeyError,
    1217: ForeignKeyError,
    3819: CheckError,
    4025: CheckError,
}
_OTHERS: Final[dict[int, type[DatabaseError]]] = {
    1020: SerializationError,
    1213: DeadlockError,
    1205: DatabaseBusyError,
    1969: DatabaseBusyError,
    3024: DatabaseBusyError,
    3572: DatabaseBusyError,
    1021: DiskFullError,
    1114: DiskFullError,
    1290: ReadOnlyError,
    1792: ReadOnlyError,
    1836: ReadOnlyError,
    1264: DataError,
    1265: DataError,
    1292: DataError,
    1366: DataError,
    1406: DataError,
    1040: ConnectionLostError,
    1053: ConnectionLostError,
    1927: ConnectionLostError,
    2003: ConnectionLostError,
    2006: ConnectionLostError,
    2013: ConnectionLostError,
}
_NAMES: Final = (
    # Duplicate entry 'a' for key 'book.slug'; MySQL names the table, MariaDB does not.
    re.compile(r"for key '(?:(?P<table>[^'.]+)\.)?(?P<constraint>[^']+)'"),
    re.compile(
        r"fails \(`[^`]+`\.`(?P<table>[^`]+)`, CONSTRAINT `(?P<constraint>[^`]+)` "
        r"FOREIGN KEY \((?P<columns>[^)]+)\)"
    ),
    re.compile(
        r"CONSTRAINT `(?P<constraint>[^`]+)` failed for `[^`]+`\.`(?P<table>.+)`"
    ),
    re.compile(r"Check constraint '(?P<constraint>[^']+)' is violated"),
    re.compile(r"(?:Column|Field) '(?P<columns>[^']+)'"),
)


class _Open:
    """A connection, and whether a transaction was begun on it."""

    __slots__ = ("begun", "broken", "core", "gone", "raw")

    def __init__(self, core: Any) -> None:
        self.core = core
        self.raw: Any = core.connection
        self.begun = False
        self.broken = False
        # The server has rolled the transaction back by itself, at a deadlock.
        self.gone = False


class OtherDriver:
    """Opens and drives connections through SQLAlchemy."""

    def __init__(self, address: Address) -> None:
        self._is_mysql = address.kind == "mysql"
        arguments: dict[str, Any] = {}
        if self._is_mysql:
            # What was found, as PostgreSQL and SQLite count, not what was changed.
            arguments["client_flag"] = _FOUND_ROWS
            arguments["init_command"] = "SET time_zone = '+00:00'"
            arguments["charset"] = "utf8mb4"
        self._engine = sqlalchemy.create_engine(
            address.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=arguments,
            **({"paramstyle": "format"} if self._is_mysql else {}),
        )
        self.dialect: Any = self._engine.dialect

    def connect(self) -> _Open:
        """Open a connection.

        Raises:
            ConnectionLostError: The server cannot be reached or refuses.
        """
        try:
            return _Open(self._engine.connect())
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise ConnectionLostError(
                f"The server cannot be reached: {cause}"
            ) from error

    def close(self, connection: _Open) -> None:
        """Close it at once; the server rolls back what was begun."""
        try:
            connection.core.invalidate()
            connection.core.close()
        except Exception:
            connection.broken = True  # it was gone already

    def is_usable(self, connection: _Open) -> bool:
        """Tell whether it is open and in no transaction."""
        return not (connection.broken or connection.begun)

    def ping(self, connection: _Open) -> None:
        """Ask the server something."""
        if not self.dialect.do_ping(connection.raw.driver_connection):
            raise ConnectionLostError("The connection is dead.")

    # -- statements

    def drive(
        self,
        connection: _Open,
        steps: Steps[T],
        command: Command | None = None,
        *,
        repeats: bool = False,
    ) -> T:
        """Do the commands of some steps, one after the other."""
        try:
            if command is None:
                command = next(steps)
            while True:
                try:
                    result = self.execute(connection, command)
                except DatabaseError as error:
                    reads = not (command.writes or command.locks or command.many)
                    if repeats and reads and isinstance(error, ConnectionLostError):
                        raise Lost(command, error) from error
                    command = steps.throw(error)
                    continue
                command = steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value

    def execute(self, connection: _Open, command: Command) -> Result:
        """Do one command.

        Raises:
            DatabaseError: It could not be done.
        """
        if connection.gone:
            raise _rolled_back()
        try:
            if command.many and not connection.begun:
                return self._alone(connection, command)
            return self._execute(connection, command)
        except UnicodeEncodeError as error:
            raise DataError(
                f"A text cannot be written: {error}", sql=command.sql
            ) from error
        except (self.dialect.dbapi.Error, SQLAlchemyError) as error:
            raise self._error(error, command.sql, connection) from error

    def _execute(self, connection: _Open, command: Command) -> Result:
        if command.statement is not None:
            statement, values = _parts(command.statement)
            found = connection.core.execute(statement, values)
            rows = [tuple(row) for row in found] if found.returns_rows else []
            return Result(rows, found.rowcount)
        cursor = connection.raw.cursor()
        try:
            if command.many:
                cursor.executemany(command.sql, command.values)
            else:
                cursor.execute(command.sql, command.values)
            rows = (
                list(cursor.fetchall()) if command.rows and cursor.description else []
            )
            return Result(rows, cursor.rowcount, cursor.lastrowid or None)
        finally:
            cursor.close()

    def _alone(self, connection: _Open, command: Command) -> Result:
        """Do a command for many values as one transaction."""
        self.begin(connection, Manner())
        try:
            result = self._execute(connection, command)
        except BaseException:
            self.end(connection, commit=False)
            raise
        self.end(connection, commit=True)
        return result

    def stream(
        self, connection: _Open, command: Command, size: int
    ) -> Iterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        raw = connection.raw
        make = raw.driver_connection.cursor if self._is_mysql else raw.cursor
        try:
            cursor = make(_unbuffered()) if self._is_mysql else make()
            try:
                cursor.execute(command.sql, command.values)
                while rows := cursor.fetchmany(size):
                    yield list(rows)
            finally:
                cursor.close()
        except self.dialect.dbapi.Error as error:
            raise self._error(error, command.sql, connection) from error

    # -- transactions

    def raw(self, connection: _Open) -> Any:
        """Give what SQLAlchemy can work with."""
        return connection.raw.driver_connection

    def begin(self, connection: _Open, manner: Manner) -> None:
        """Begin a transaction."""
        if manner.isolation is not None:
            level = manner.isolation.upper()
            self.control(connection, f"SET TRANSACTION ISOLATION LEVEL {level}")
        words = "START TRANSACTION" if self._is_mysql else "BEGIN"
        self.control(connection, f"{words}{' READ ONLY' * manner.read_only}")
        connection.begun = True

    def end(self, connection: _Open, *, commit: bool) -> None:
        """Commit it or roll it back.

        Raises:
            AbortedError: It was to be committed, and the server had rolled it back.
        """
        gone, connection.gone = connection.gone, False
        self.control(connection, "ROLLBACK" if gone or not commit else "COMMIT")
        connection.begun = False
        if gone and commit:
            raise _rolled_back()

    def control(self, connection: _Open, sql: str) -> None:
        """Do a statement about transactions."""
        self._plain(connection, sql)

    def _plain(self, connection: _Open, sql: str) -> None:
        try:
            cursor = connection.raw.cursor()
            cursor.execute(sql)
            cursor.close()
        except self.dialect.dbapi.Error as error:
            raise self._error(error, sql, connection) from error

    # -- what went wrong

    def _error(self, error: Any, sql: str, connection: _Open) -> DatabaseError:
        cause = getattr(error, "orig", None) or error
        if self._is_mysql:
            told = mysql_error(cause, sql)
        else:
            told = _standard_error(cause, sql, self.dialect.dbapi)
        lost = self.dialect.is_disconnect(cause, connection.raw, None)
        if lost or isinstance(told, ConnectionLostError):
            connection.broken = True
            return ConnectionLostError(str(cause), sql=sql)
        connection.gone = connection.begun and isinstance(told, DeadlockError)
        if isinstance(told, UniqueError) and told.constraint and not told.columns:
            return self._with_columns(told, connection, sql)
        return told

    def _with_columns(
        self, told: UniqueError, connection: _Open, sql: str
    ) -> UniqueError:
        """Ask which columns a key is made of, of which MySQL tells only the name."""
        cursor = connection.raw.cursor()
        try:
            cursor.execute(_KEYS, (told.constraint,))
            rows = cursor.fetchall()
        except self.dialect.dbapi.Error:
            return told
        finally:
            cursor.close()
        # Two tables may have keys of one name; the statement says which is meant.
        words = {told.table} if told.table else set(re.findall(r"\w+", sql))
        tables = {table for table, _column in rows if table in words}
        if len(tables) != 1:
            return told
        (table,) = tables
        columns = tuple(column for name, column in rows if name == table)
        return UniqueError(
            told.message,
            sql=sql,
            constraint=told.constraint,
            table=table,
            columns=columns,
        )


_FOUND_ROWS: Final = 2
_KEYS: Final = (
    "SELECT table_name, column_name FROM information_schema.statistics "
    "WHERE table_schema = DATABASE() AND index_name = %s "
    "ORDER BY table_name, seq_in_index"
)


def _rolled_back() -> AbortedError:
    return AbortedError(
        "The server rolled the transaction back at a deadlock, and the error was "
        "caught. Nothing of it was kept."
    )


def _unbuffered() -> Any:
    # Imported here: only MySQL has it.
    from pymysql.cursors import SSCursor  # noqa: PLC0415

    return SSCursor


def _parts(statement: Any) -> tuple[Any, Any]:
    return statement if isinstance(statement, tuple) else (statement, None)  # pyright: ignore[reportUnknownVariableType] - it is the caller's pair


def mysql_error(error: Any, sql: str | None = None) -> DatabaseError:
    """Make our error of PyMySQL's.

    Source: https://mariadb.com/kb/en/mariadb-error-code-reference/
    """
    arguments: tuple[Any, ...] = getattr(error, "args", ())
    number = arguments[0] if arguments and isinstance(arguments[0], int) else 0
    message = str(arguments[1]) if len(arguments) > 1 else str(error)
    if number in _CONSTRAINTS:
        return _constraint_error(_CONSTRAINTS[number], message, sql)
    return _OTHERS.get(number, StatementError)(message, sql=sql)


def _constraint_error(
    kind: type[ConstraintError], message: str, sql: str | None
) -> ConstraintError:
    for pattern in _NAMES:
        if found := pattern.search(message):
            named = found.groupdict()
            columns = re.findall(r"[^`,\s]+", named.get("columns") or "")
            return kind(
                message,
                sql=sql,
                constraint=named.get("constraint"),
                table=named.get("table"),
                columns=tuple(columns),
            )
    return kind(message, sql=sql)


def _standard_error(error: Any, sql: str | None, dbapi: Any) -> DatabaseError:
    for cls, kind in (
        (dbapi.IntegrityError, ConstraintError),
        (dbapi.DataError, DataError),
        (dbapi.InterfaceError, ConnectionLostError),
    ):
        if isinstance(error, cls):
            made: DatabaseError = kind(str(error), sql=sql)
            return made
    return StatementError(str(error), sql=sql)

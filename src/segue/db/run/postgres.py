"""PostgreSQL through psycopg, plain and async.

Every statement is prepared at its first use. A connection commits each statement by
itself; transactions are begun by a statement of their own, which saves a round trip for
all others.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, TypeVar

import psycopg
from psycopg import errors as pg
from psycopg.conninfo import make_conninfo
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from segue.core.errors import SettingsError
from segue.db.command import Command, Result, Steps
from segue.db.run.address import Address
from segue.db.run.driver import Lost, Manner, usual_begin
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
    ExclusionError,
    ForeignKeyError,
    NotNullError,
    ReadOnlyError,
    SerializationError,
    StatementError,
    UniqueError,
)

__all__ = ["AsyncPostgresDriver", "PostgresDriver", "postgres_error"]

T = TypeVar("T")

_CONSTRAINTS: Final[dict[type[Exception], type[ConstraintError]]] = {
    pg.UniqueViolation: UniqueError,
    pg.ForeignKeyViolation: ForeignKeyError,
    pg.RestrictViolation: ForeignKeyError,
    pg.CheckViolation: CheckError,
    pg.NotNullViolation: NotNullError,
    pg.ExclusionViolation: ExclusionError,
}
_OTHERS: Final[tuple[tuple[tuple[type[Exception], ...], type[DatabaseError]], ...]] = (
    ((pg.DeadlockDetected,), DeadlockError),
    ((pg.SerializationFailure,), SerializationError),
    ((pg.InFailedSqlTransaction,), AbortedError),
    ((pg.ReadOnlySqlTransaction,), ReadOnlyError),
    ((pg.DiskFull,), DiskFullError),
    ((pg.QueryCanceled, pg.LockNotAvailable), DatabaseBusyError),
    ((pg.AdminShutdown, pg.CrashShutdown, pg.CannotConnectNow), ConnectionLostError),
    ((pg.IdleInTransactionSessionTimeout, pg.TooManyConnections), ConnectionLostError),
    ((psycopg.DataError,), DataError),
)
_ZONE: Final = "SET TIME ZONE 'UTC'"
_ROWS: Final = ExecStatus.TUPLES_OK
_KEY: Final = re.compile(r"\((.*?)\)=\(")


class _Shared:
    """What the plain and the async driver have in common."""

    def __init__(self, address: Address) -> None:
        make: Any = PGDialect_psycopg
        self.dialect: Any = make()
        # As text with `%s` in the order of the values, which needs no names.
        self.dialect.paramstyle = "format"
        self.dialect.positional = True
        # A connection says what it has when SQLAlchemy opens it; ours has this.
        self.dialect.server_version_info = (15,)
        self._info = _conninfo(address)
        try:
            make_conninfo(**self._info)
        except psycopg.ProgrammingError as error:
            raise SettingsError(
                "SG-DB-107",
                f"The URL of the database has an option that there is not: {error}",
                why="The server could not even be asked.",
                fix="Leave it out, or write one that libpq knows: ?sslmode=require.",
            ) from error
        prepares = address.options.get("prepare", "true").lower()
        self._threshold = None if prepares in ("false", "0", "no") else 0

    def close(self, connection: Any) -> None:
        """Close it at once; the server rolls back what was begun."""
        connection.pgconn.finish()

    def is_usable(self, connection: Any) -> bool:
        """Tell whether it is open and in no transaction."""
        status = connection.pgconn
        return bool(
            status.status == ConnStatus.OK
            and status.transaction_status == TransactionStatus.IDLE
        )

    def _settle(self, connection: Any) -> None:
        connection.prepare_threshold = self._threshold
        connection.prepared_max = 500


class PostgresDriver(_Shared):
    """Opens and drives plain connections."""

    def connect(self) -> psycopg.Connection[Any]:
        """Open a connection.

        Raises:
            ConnectionLostError: The server cannot be reached or refuses.
        """
        try:
            connection = psycopg.connect(autocommit=True, **self._info)
            connection.execute(_ZONE)
        except psycopg.Error as error:
            raise _unreachable(error) from error
        self._settle(connection)
        return connection

    def ping(self, connection: Any) -> None:
        """Ask the server something."""
        connection.execute("")

    def drive(
        self,
        connection: Any,
        steps: Steps[T],
        command: Command | None = None,
        *,
        repeats: bool = False,
    ) -> T:
        """Do the commands of some steps, one after the other."""
        execute = connection.execute
        try:
            if command is None:
                command = next(steps)
            while True:
                try:
                    if command.many:
                        result = self._many(connection, command)
                    else:
                        cursor = execute(command.sql, command.values)
                        has_rows = command.rows and cursor.pgresult.status == _ROWS
                        rows: list[Any] = cursor.fetchall() if has_rows else []
                        result = Result(rows, cursor.rowcount)
                except (psycopg.Error, UnicodeEncodeError) as error:
                    if _is_stale(error, connection):
                        connection.execute("DEALLOCATE ALL", prepare=False)
                        continue
                    command = _throw(steps, error, command, connection, repeats)
                    continue
                command = steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value

    def execute(self, connection: Any, command: Command) -> Result:
        """Do one command."""
        return self.drive(connection, _one(command))

    def _many(self, connection: Any, command: Command) -> Result:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(command.sql, command.values, returning=command.rows)
            rows: list[Any] = []
            if command.rows:
                for _result in cursor.results():
                    rows += cursor.fetchall()
            return Result(rows, len(command.values))

    def stream(
        self, connection: Any, command: Command, size: int
    ) -> Iterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        try:
            # A cursor on the server lives inside a transaction.
            with connection.transaction(), connection.cursor("segue") as cursor:
                cursor.execute(command.sql, command.values)
                while rows := cursor.fetchmany(size):
                    yield rows
        except psycopg.Error as error:
            raise postgres_error(error, command.sql, connection) from error

    def raw(self, connection: Any) -> Any:
        """Give what SQLAlchemy can work with."""
        return connection

    def begin(self, connection: Any, manner: Manner) -> None:
        """Begin a transaction."""
        self.control(connection, usual_begin(manner))

    def end(self, connection: Any, *, commit: bool) -> None:
        """Commit it or roll it back.

        Raises:
            AbortedError: It was to be committed, and a statement of it had failed.
        """
        failed = commit and _has_failed(connection)
        self.control(connection, "COMMIT" if commit else "ROLLBACK")
        if failed:
            raise _rolled_back()

    def control(self, connection: Any, sql: str) -> None:
        """Do a statement about transactions."""
        try:
            connection.execute(sql, prepare=False)
        except psycopg.Error as error:
            raise postgres_error(error, sql, connection) from error


class AsyncPostgresDriver(_Shared):
    """Opens and drives async connections."""

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        """Open a connection.

        Raises:
            ConnectionLostError: The server cannot be reached or refuses.
        """
        try:
            connection = await psycopg.AsyncConnection.connect(
                autocommit=True, **self._info
            )
            await connection.execute(_ZONE)
        except psycopg.Error as error:
            raise _unreachable(error) from error
        self._settle(connection)
        return connection

    async def ping(self, connection: Any) -> None:
        """Ask the server something."""
        await connection.execute("")

    async def drive(
        self,
        connection: Any,
        steps: Steps[T],
        command: Command | None = None,
        *,
        repeats: bool = False,
    ) -> T:
        """Do the commands of some steps, one after the other."""
        execute = connection.execute
        try:
            if command is None:
                command = next(steps)
            while True:
                try:
                    if command.many:
                        result = await self._many(connection, command)
                    else:
                        cursor = await execute(command.sql, command.values)
                        has_rows = command.rows and cursor.pgresult.status == _ROWS
                        rows: list[Any] = await cursor.fetchall() if has_rows else []
                        result = Result(rows, cursor.rowcount)
                except (psycopg.Error, UnicodeEncodeError) as error:
                    if _is_stale(error, connection):
                        await connection.execute("DEALLOCATE ALL", prepare=False)
                        continue
                    command = _throw(steps, error, command, connection, repeats)
                    continue
                command = steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value

    async def execute(self, connection: Any, command: Command) -> Result:
        """Do one command."""
        return await self.drive(connection, _one(command))

    async def _many(self, connection: Any, command: Command) -> Result:
        async with connection.transaction(), connection.cursor() as cursor:
            await cursor.executemany(
                command.sql, command.values, returning=command.rows
            )
            rows: list[Any] = []
            if command.rows:
                async for _result in cursor.results():
                    rows += await cursor.fetchall()
            return Result(rows, len(command.values))

    async def stream(
        self, connection: Any, command: Command, size: int
    ) -> AsyncIterator[list[Any]]:
        """Read the rows of a command, a list of some at a time."""
        try:
            async with connection.transaction(), connection.cursor("segue") as cursor:
                await cursor.execute(command.sql, command.values)
                while rows := await cursor.fetchmany(size):
                    yield rows
        except psycopg.Error as error:
            raise postgres_error(error, command.sql, connection) from error

    def raw(self, connection: Any) -> Any:
        """Give a plain connection over the same socket, for a thread.

        While it is used, nobody may use the async one. It prepares nothing, since the
        names of statements are the other one's.
        """
        twin = getattr(connection, "segue_twin", None)
        if twin is None:
            twin = psycopg.Connection(connection.pgconn)
            twin.prepare_threshold = None
            connection.segue_twin = twin
        return twin

    async def begin(self, connection: Any, manner: Manner) -> None:
        """Begin a transaction."""
        await self.control(connection, usual_begin(manner))

    async def end(self, connection: Any, *, commit: bool) -> None:
        """Commit it or roll it back.

        Raises:
            AbortedError: It was to be committed, and a statement of it had failed.
        """
        failed = commit and _has_failed(connection)
        await self.control(connection, "COMMIT" if commit else "ROLLBACK")
        if failed:
            raise _rolled_back()

    async def control(self, connection: Any, sql: str) -> None:
        """Do a statement about transactions."""
        try:
            await connection.execute(sql, prepare=False)
        except psycopg.Error as error:
            raise postgres_error(error, sql, connection) from error


def _one(command: Command) -> Steps[Result]:
    return (yield command)


def _conninfo(address: Address) -> dict[str, Any]:
    """Turn a URL into what the driver connects with."""
    url = address.url
    given = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": None if url.password is None else str(url.password),
        "dbname": url.database,
        "connect_timeout": 10,
        "application_name": "segue",
    }
    for key, value in url.query.items():
        given[key] = value if isinstance(value, str) else ",".join(value)
    return {key: value for key, value in given.items() if value is not None}


def _throw(
    steps: Steps[Any],
    error: Exception,
    command: Command,
    connection: Any,
    repeats: bool,
) -> Command:
    told = postgres_error(error, command.sql, connection)
    told.__cause__ = error
    reads = not (command.writes or command.locks or command.many)
    if repeats and reads and isinstance(told, ConnectionLostError):
        raise Lost(command, told) from error
    return steps.throw(told)


def _is_stale(error: Exception, connection: Any) -> bool:
    """Tell whether a prepared statement is older than its table.

    Inside a transaction it cannot be helped: that one has failed.
    """
    return (
        isinstance(error, (pg.FeatureNotSupported, pg.InvalidSqlStatementName))
        and ("cached plan" in str(error) or "prepared statement" in str(error))
        and connection.pgconn.transaction_status == TransactionStatus.IDLE
        and connection.prepare_threshold is not None
    )


def _has_failed(connection: Any) -> bool:
    status: object = connection.pgconn.transaction_status
    return status == TransactionStatus.INERROR


def _rolled_back() -> AbortedError:
    return AbortedError(
        "The transaction could not be committed: a statement of it had failed, and "
        "the error was caught. Nothing of it was kept. Put what may fail into a "
        "`with db.transaction():` of its own, which is undone alone."
    )


# -- what went wrong


def postgres_error(
    error: Exception, sql: str | None = None, connection: Any = None
) -> DatabaseError:
    """Make our error of the driver's.

    Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    if not isinstance(error, psycopg.Error):
        return DataError(f"A text cannot be written: {error}", sql=sql)
    message = error.diag.message_primary or str(error)
    for kind, ours in _CONSTRAINTS.items():
        if isinstance(error, kind):
            return _constraint_error(ours, error, message, sql)
    for kinds, other in _OTHERS:
        if isinstance(error, kinds):
            return other(message, sql=sql)
    broken = connection is not None and connection.pgconn.status != ConnStatus.OK
    no_answer = isinstance(error, psycopg.OperationalError) and error.sqlstate is None
    if broken or no_answer or (error.sqlstate or "").startswith("08"):
        return ConnectionLostError(message, sql=sql)
    return StatementError(message, sql=sql)


def _constraint_error(
    kind: type[ConstraintError], error: psycopg.Error, message: str, sql: str | None
) -> ConstraintError:
    told = error.diag
    key = _KEY.search(told.message_detail or "")
    columns: tuple[str, ...] = (told.column_name,) if told.column_name else ()
    if not columns and key is not None:
        columns = tuple(part.strip('" ') for part in key[1].split(","))
    return kind(
        message,
        sql=sql,
        constraint=told.constraint_name,
        table=told.table_name,
        columns=columns,
    )


def _unreachable(error: psycopg.Error) -> DatabaseError:
    return ConnectionLostError(f"The server cannot be reached: {error}".strip())

"""A connection for migrations, and the lock that lets one run in at a time."""

from collections.abc import Generator
from contextlib import contextmanager
from hashlib import blake2b
from importlib.util import find_spec
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from segue.core.errors import MissingExtraError
from segue.migrations.config import Migrations
from segue.migrations.errors import MigrationError

__all__ = ["PREPARING", "connected", "dialect_of"]

_QUOTES: Final = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')"
PREPARING: Final = {
    "sqlite": "PRAGMA foreign_keys = OFF",
    "mysql": _QUOTES,
    "mariadb": _QUOTES,
}
_EXTRAS: Final = {"psycopg": "postgres", "pymysql": "mysql"}


def dialect_of(config: Migrations) -> sa.Dialect:
    """Make the dialect of the database, without a connection."""
    _need_driver(config.address)
    dialect: sa.Dialect = config.address.get_dialect()()
    return dialect


@contextmanager
def connected(config: Migrations, *, locked: bool = True) -> Generator[sa.Connection]:
    """Open a connection that is its own, and alone if it is locked.

    Raises:
        MigrationError: If the database does not answer, or another run holds the
            lock for too long.
    """
    url = config.address
    _need_driver(url)
    engine = sa.create_engine(url, poolclass=NullPool, **_options(config))
    try:
        with _opened(engine) as connection:
            _prepare(connection)
            if locked:
                _lock(config, connection)
            yield connection
    except OperationalError as error:
        if "database is locked" in str(error.orig):
            raise _busy(config) from error
        raise
    finally:
        engine.dispose()


@contextmanager
def _opened(engine: sa.Engine) -> Generator[sa.Connection]:
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise MigrationError(
            "SG-MIG-041",
            f"The database at {engine.url.render_as_string()} cannot be reached: "
            f"{' '.join(str(error.orig).split())}",
            why="Migrations are run on it.",
            fix="Start it, or correct the URL, the user or the password.",
        ) from error
    with connection:
        yield connection


def _options(config: Migrations) -> dict[str, Any]:
    name = config.address.get_backend_name()
    if name in {"mysql", "mariadb"}:
        # Names in the SQL of checks and indexes are quoted as the standard says.
        return {"connect_args": {"init_command": PREPARING["mysql"]}}
    if name != "sqlite":
        return {}
    # Transactions are begun by hand: SQLite must be told to lock at once.
    return {
        "isolation_level": "AUTOCOMMIT",
        "connect_args": {"timeout": config.wait},
    }


def _prepare(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        # Else a table that is written anew would take the rows of others with it.
        connection.exec_driver_sql(PREPARING["sqlite"])


def _lock(config: Migrations, connection: sa.Connection) -> None:
    """Wait until no other run is at it; SQLite is locked by each transaction."""
    name = connection.dialect.name
    if name == "postgresql":
        _lock_postgres(config, connection)
    elif name in {"mysql", "mariadb"}:
        database = connection.exec_driver_sql("SELECT DATABASE()").scalar()
        got = connection.execute(
            sa.text("SELECT GET_LOCK(:name, :seconds)"),
            {"name": f"segue_{database}"[:64], "seconds": int(config.wait)},
        ).scalar()
        connection.commit()
        if got != 1:
            raise _busy(config)


def _lock_postgres(config: Migrations, connection: sa.Connection) -> None:
    key = int.from_bytes(
        blake2b(config.version_table.encode(), digest_size=8).digest(), signed=True
    )
    milliseconds = max(1, int(config.wait * 1000))
    try:
        connection.exec_driver_sql(f"SET lock_timeout = {milliseconds}")
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": key})
        connection.exec_driver_sql("SET lock_timeout = DEFAULT")
        connection.commit()
    except OperationalError as error:
        raise _busy(config) from error


def _busy(config: Migrations) -> MigrationError:
    return MigrationError(
        "SG-MIG-035",
        f"Another run of migrations kept its lock for more than {config.wait:g} s.",
        why="Two at a time would get in each other's way.",
        fix="Wait for it to end and try again; it holds the lock for as long as its "
        "process is connected.",
    )


def _need_driver(url: sa.URL) -> None:
    driver = url.get_driver_name()
    extra = _EXTRAS.get(driver)
    if extra is not None and find_spec(driver) is None:
        raise MissingExtraError(driver, extra=extra, purpose="The database of this URL")

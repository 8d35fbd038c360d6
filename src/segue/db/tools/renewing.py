"""`segue db seed` and `segue db reset`."""

import asyncio
import inspect
import sys
from typing import Any

from segue.core.errors import CommandError
from segue.db.tools.held import Held, migrations_of
from segue.db.tools.starting import has_migrations, need_tables

__all__ = ["call_seeds", "empty_database", "make_tables", "reset_database"]


def call_seeds(database: Held) -> str:
    """Call what fills a database; each function is one transaction.

    Raises:
        CommandError: There is no such function.
    """
    if not database.seeds:
        raise CommandError(
            "SG-DB-153",
            f"Nothing fills the database {database.name!r}.",
            why="`segue db seed` calls the functions that the app gave to it.",
            fix="Write `@database.seed` before a function `def fill(db: Db)`, where "
            "`database = Database()` is what app.use() got.",
        )
    need_tables(database)
    for function in database.seeds:
        _fill(database, function)
    return "\n".join(f"{each.__name__}: done" for each in database.seeds)


def _fill(database: Held, function: Any) -> None:
    if inspect.iscoroutinefunction(function):
        asyncio.run(_afill(database, function))
        return
    db = database.db()
    with db.transaction():
        function(db)


async def _afill(database: Held, function: Any) -> None:
    db = database.adb()
    async with db.transaction():
        await function(db)


def reset_database(database: Held, *, development: bool, yes: bool, seeds: bool) -> str:
    """Delete everything in a database, make its tables anew, and fill it.

    Args:
        database: Which one.
        development: Whether this is a developer's machine.
        yes: Nobody is asked.
        seeds: Fill it, if there is something to fill it with.

    Raises:
        CommandError: Nobody said yes, or nobody can be asked.
    """
    if not yes:
        _ask(database, development=development)
    empty_database(database)
    told = [make_tables(database)]
    if seeds and database.seeds:
        told.append(call_seeds(database))
    return "\n".join(told)


def empty_database(database: Held) -> None:
    """Drop every table of a database, also those that no model knows."""
    # Only who drops tables needs them.
    import sqlalchemy  # noqa: PLC0415

    from segue.migrations.connecting import connected  # noqa: PLC0415

    database.close()
    with connected(migrations_of(database)) as connection:
        found = sqlalchemy.MetaData()
        found.reflect(connection)
        found.drop_all(connection)
        if connection.dialect.name == "postgresql":
            for (name,) in connection.exec_driver_sql(_ENUMS).all():
                quoted = connection.dialect.identifier_preparer.quote(name)
                connection.exec_driver_sql(f"DROP TYPE {quoted} CASCADE")
        connection.commit()


_ENUMS = (
    "SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
    "WHERE t.typtype = 'e' AND n.nspname = current_schema()"
)


def make_tables(database: Held) -> str:
    """Make the tables of an empty database: by its migrations, if there are some."""
    # Alembic is only for those who make tables.
    from segue.migrations import commands, create_tables  # noqa: PLC0415

    config = migrations_of(database)
    if has_migrations(database.migrations):
        return commands.migrate(config)
    return "\n".join(f"made {name}" for name in create_tables(config))


def _ask(database: Held, *, development: bool) -> None:
    where = str(database.address)
    is_file = database.address.kind == "sqlite"
    if not (development or is_file) or not sys.stdin.isatty():
        raise CommandError(
            "SG-DB-154",
            f"Everything in {where} would be deleted.",
            why="Nobody could be asked whether that is meant."
            if development or is_file
            else "This may be the database of production: no `segue run` was here.",
            fix="segue db reset --yes",
        )
    answer = input(f"Delete everything in {where}? [y/N] ")
    if answer.strip().lower() not in {"y", "yes"}:
        raise CommandError(
            "SG-DB-155",
            f"Nothing in {where} was deleted.",
            why="The answer was not yes.",
            fix="Answer y, or: segue db reset --yes",
        )

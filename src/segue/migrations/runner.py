"""Runs revisions on a database: one at a time, and one run at a time."""

import io
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from segue.migrations.config import Migrations
from segue.migrations.connecting import PREPARING, connected, dialect_of
from segue.migrations.errors import MigrationError
from segue.migrations.internals import version_table
from segue.migrations.mariadb import Journal, MariaDB
from segue.migrations.plan import Step, heads_after, plan
from segue.migrations.postgres import Postgres
from segue.migrations.revisions import History
from segue.migrations.running import Running
from segue.migrations.schema import Schema
from segue.migrations.sqlite import SQLite
from segue.migrations.undoing import run_step
from segue.migrations.version import read_heads, write_heads

__all__ = ["current_heads", "run", "set_heads", "sql_of_run"]

Report = Callable[[Step], None]
_KINDS: dict[str, type[Running]] = {
    "sqlite": SQLite,
    "postgresql": Postgres,
    "mysql": MariaDB,
    "mariadb": MariaDB,
}


def current_heads(config: Migrations) -> tuple[str, ...]:
    """Read where the database is."""
    with connected(config, locked=False) as connection:
        return read_heads(_context(config, connection))


def run(
    config: Migrations,
    history: History,
    target: str,
    *,
    down: bool = False,
    report: Report | None = None,
) -> list[Step]:
    """Bring the database to a revision.

    Each revision is a transaction of its own where the database allows. Another run
    at the same time waits, and then finds nothing to do.

    Args:
        config: The migrations.
        history: Their files.
        target: Where to.
        down: Whether the target is undone as well.
        report: Told of each step that is done.

    Raises:
        MigrationError: If a revision fails, or the lock is not to be had.
    """
    done: list[Step] = []
    with connected(config) as connection:
        context = _context(config, connection)
        while True:
            with _transaction(context):
                heads = read_heads(context)
                steps = plan(history, heads, target, down=down)
                if steps:
                    _run_one(context, history, heads, steps[0], done)
            if not steps:
                _refuse_halves(connection)
                return done
            done.append(steps[0])
            if report is not None:
                report(steps[0])


def set_heads(config: Migrations, heads: set[str]) -> None:
    """Say where the database is, and change nothing else."""
    with connected(config) as connection:
        context = _context(config, connection)
        with _transaction(context):
            version_table(context).create(connection, checkfirst=True)
            write_heads(context, read_heads(context), heads)


def sql_of_run(
    config: Migrations, history: History, heads: tuple[str, ...], target: str
) -> str:
    """Write the SQL of a run instead of running it."""
    buffer = io.StringIO()
    options: dict[str, Any] = {"as_sql": True, "output_buffer": buffer}
    options |= {"version_table": config.version_table, "literal_binds": True}
    context = MigrationContext.configure(dialect=dialect_of(config), opts=options)
    steps = plan(history, heads, target)
    at = set(heads)
    if steps and context.dialect.name in PREPARING:
        context.impl.static_output(f"{PREPARING[context.dialect.name]};\n")
    if steps and not at:
        connection: Any = context.connection
        version_table(context).create(connection)
    for step in steps:
        context.impl.static_output(f"-- {step}")
        if context.impl.transactional_ddl:
            context.impl.emit_begin()
        running = _running(context, history.state(at))
        with running.installed(), running.revision():
            run_step(running, step)
        after = heads_after(history, at, step)
        write_heads(context, at, after)
        at = after
        if context.impl.transactional_ddl:
            context.impl.emit_commit()
    return buffer.getvalue()


def _run_one(
    context: MigrationContext,
    history: History,
    heads: tuple[str, ...],
    step: Step,
    done: list[Step],
) -> None:
    connection: Any = context.connection
    version_table(context).create(connection, checkfirst=True)
    running = _running(context, history.state(heads))
    journal = running.journal if isinstance(running, MariaDB) else None
    if journal is not None:
        connection.commit()
        journal.begin(step.id, step.direction)
    try:
        with running.installed(), running.revision():
            run_step(running, step)
    except Exception as error:
        told = [] if journal is None else journal.told()
        raise _failed(step, error, history.folder, done, told) from error
    if isinstance(running, MariaDB):
        running.finish()
        running.journal.end()
    write_heads(context, heads, heads_after(history, heads, step))


def _refuse_halves(connection: sa.Connection) -> None:
    """Refuse to call it done while a revision is half done."""
    if connection.dialect.name in {"mysql", "mariadb"}:
        Journal(connection).close()


def _running(context: MigrationContext, schema: Schema) -> Running:
    kind = _KINDS.get(context.dialect.name, Running)
    return kind(context, schema)


def _context(config: Migrations, connection: sa.Connection) -> MigrationContext:
    if connection.in_transaction():
        connection.commit()
    options: dict[str, Any] = {
        "version_table": config.version_table,
        "transaction_per_migration": True,
        # Ours is opened below, as SQLAlchemy knows of none that locks at once.
        "transactional_ddl": connection.dialect.name == "postgresql",
    }
    return MigrationContext.configure(connection=connection, opts=options)


@contextmanager
def _transaction(context: MigrationContext) -> Generator[None]:
    """Be in a transaction that can be written in from its first moment on."""
    connection: Any = context.connection
    if context.dialect.name == "postgresql":
        with context.begin_transaction(_per_migration=True):
            yield
        return
    if context.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if context.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
        connection.rollback()
        raise
    if context.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
    connection.commit()


def _failed(
    step: Step, error: Exception, folder: Path, done: list[Step], told: list[str]
) -> MigrationError:
    """Build the error of a revision that failed: what is left, and what to do."""
    if isinstance(error, MigrationError) and error.problem.code != "SG-MIG-034":
        return error
    if isinstance(error, MigrationError):
        cause = error.problem.what
    elif isinstance(error, DBAPIError):
        cause = f"{type(error.orig).__name__}: {' '.join(str(error.orig).split())}"
    else:
        cause = f"{type(error).__name__}: {error}"
    before = f" {', '.join(s.id for s in done)} before it stay." if done else ""
    if told:
        why = (
            "This database makes each change of a table final at once, so a part of "
            f"it is there: {'; '.join(told)}.{before}"
        )
        fix = (
            "Remove the cause, for example the rows that are in the way, and run the "
            "same command again: it goes on with the step that is not done."
        )
    else:
        why = f"Nothing of {step.id} was kept: the database is as before it.{before}"
        fix = "Correct the file or the rows, and run the same command again."
    return MigrationError(
        "SG-MIG-030",
        f"{step.id} failed to {'apply' if step.up else 'be undone'}: {cause}",
        why=why,
        fix=fix,
        where=_places(error, folder),
    )


def _places(error: Exception, folder: Path) -> list[str]:
    """Find the line of the revision file that was running."""
    inside = str(folder.resolve())
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if str(Path(frame.filename).resolve()).startswith(inside)
    ]
    return [f"{f.filename}:{f.lineno} {f.name}" for f in frames[-1:]]

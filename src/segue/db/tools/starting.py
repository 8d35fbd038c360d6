"""What a server looks at before it starts: are the tables what the models say?

`segue run` helps: a small app on SQLite that has no migrations gets its tables, and
one with migrations is told what is missing. `segue serve` never changes a database: it
does not start while migrations wait, unless the database says `pending="warn"`.
"""

from pathlib import Path
from typing import Any

from segue.core.errors import CommandError, SegueError
from segue.db.tools.held import Held, migrations_of

__all__ = ["before_serving", "has_migrations", "need_tables"]


def has_migrations(folder: Path) -> bool:
    """Tell whether a folder has migrations."""
    return any(folder.glob("*.py"))


def before_serving(database: Held, *, development: bool) -> list[str]:
    """Look after the tables of a database.

    Returns:
        What to tell whoever starts the server, a line each.

    Raises:
        SegueError: In production, when migrations wait.
    """
    registry = getattr(database.root, "__registry__", None)
    if registry is None or not registry.models or database.address.is_memory:
        return []
    if development:
        return _develop(database)
    return _produce(database)


def need_tables(database: Held) -> None:
    """Refuse to work with rows of tables that are not there.

    Raises:
        CommandError: Some of the models' tables are absent.
    """
    absent = _absent(migrations_of(database))
    if absent:
        raise _absent_error(database, absent)


def _absent_error(database: Held, absent: list[str]) -> CommandError:
    migrated = has_migrations(database.migrations)
    return CommandError(
        "SG-DB-151",
        f"{_count(len(absent), 'table')} not in {_where(database)}: "
        f"{', '.join(absent)}.",
        why="The app would ask for what the database does not have.",
        fix="segue db migrate" if migrated else "segue db make, then segue db migrate",
    )


def _develop(database: Held) -> list[str]:
    try:
        if has_migrations(database.migrations):
            return _missing(database)
        if database.address.kind == "sqlite":
            return _tables_made(database)
        return [f"{_where(database)} has no migrations: segue db make"]
    except SegueError as error:
        if error.problem.code.startswith("SG-MIG"):
            return [f"{error.problem.code} {error.problem.what}"]
        raise


def _tables_made(database: Held) -> list[str]:
    # Alembic is for the looks of development alone; so below.
    from segue.migrations.adopting import create_tables  # noqa: PLC0415

    config = migrations_of(database)
    made = create_tables(config)
    told: list[str] = []
    if made:
        tables = "the table" if len(made) == 1 else f"{len(made)} tables:"
        told.append(f"Made {tables} {', '.join(made)} in {_where(database)}.")
    changes = _changes_of_file(config)
    if changes:
        told.append(
            f"{_count(changes, 'model change')} not in {_where(database)}: "
            "segue db make, segue db migrate"
        )
    return told


def _changes_of_file(config: Any) -> int:
    from segue.migrations.adopting import found_state  # noqa: PLC0415
    from segue.migrations.compare import compare  # noqa: PLC0415
    from segue.migrations.describe import describe  # noqa: PLC0415
    from segue.migrations.questions import Nobody  # noqa: PLC0415

    wanted = describe(config.target())
    return len(compare(found_state(config, wanted, Nobody()), wanted, Nobody()))


def _missing(database: Held) -> list[str]:
    from segue.migrations.making import unwritten  # noqa: PLC0415
    from segue.migrations.revisions import History  # noqa: PLC0415

    config = migrations_of(database)
    told: list[str] = []
    waiting = _waiting(config)
    if waiting:
        told.append(
            f"{_count(len(waiting), 'migration')} not applied: segue db migrate"
        )
    changes = unwritten(config, History(config.folder))
    if changes:
        count = _count(len(changes), "model change", "have", "has")
        told.append(f"{count} no migration: segue db make")
    return told


def _produce(database: Held) -> list[str]:
    try:
        config = migrations_of(database)
        if has_migrations(database.migrations):
            waiting = _waiting(config)
            what = f"{_count(len(waiting), 'migration')} not applied to "
            fix = "segue db migrate"
        else:
            waiting = _absent(config)
            what = f"{_count(len(waiting), 'table')} not in "
            fix = "segue db make, then segue db migrate"
    except SegueError as error:
        # A server starts without its database, and answers 503 until it is there.
        return [f"{error.problem.code} {error.problem.what}"]
    if not waiting:
        return []
    what += f"{_where(database)}: {', '.join(waiting)}."
    if database.pending == "warn":
        return [f"{what} {fix}"]
    raise CommandError(
        "SG-DB-151",
        what,
        why="The app would ask for what the database does not have.",
        fix=f'{fix}. To start all the same: Database(pending="warn")',
    )


def _waiting(config: Any) -> list[str]:
    from segue.migrations.plan import plan  # noqa: PLC0415
    from segue.migrations.revisions import History  # noqa: PLC0415
    from segue.migrations.runner import current_heads  # noqa: PLC0415

    steps = plan(History(config.folder), _heads(config, current_heads), "heads")
    return [step.id for step in steps]


def _heads(config: Any, current_heads: Any) -> Any:
    """Read where a database is; a file that is not there is not made by a look."""
    url = config.address
    if url.get_backend_name() == "sqlite" and not Path(url.database).exists():
        return ()
    return current_heads(config)


def _absent(config: Any) -> list[str]:
    """List the tables of the models that a database does not have."""
    import sqlalchemy  # noqa: PLC0415

    from segue.migrations.connecting import connected  # noqa: PLC0415

    wanted = [table.name for table in config.target().sorted_tables]
    url = config.address
    if url.get_backend_name() == "sqlite" and not Path(url.database).exists():
        return wanted
    with connected(config, locked=False) as connection:
        there = set(sqlalchemy.inspect(connection).get_table_names())
    return [name for name in wanted if name not in there]


def _where(database: Held) -> str:
    address = database.address
    return Path(address.path).name if address.kind == "sqlite" else str(address)


def _count(number: int, word: str, several: str = "are", one: str = "is") -> str:
    return f"1 {word} {one}" if number == 1 else f"{number} {word}s {several}"

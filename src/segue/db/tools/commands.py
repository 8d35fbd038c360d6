"""The commands `segue db ...` of every app that uses a database.

What a command does is imported when it runs: an app that only serves needs none of it.
"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from segue.db.tools.held import Held, find_database, held_databases, migrations_of

__all__ = ["Commands", "add_commands"]

_NAMES: Final = (
    "make",
    "migrate",
    "undo",
    "status",
    "history",
    "check",
    "drift",
    "shell",
    "dump",
    "load",
    "seed",
    "reset",
)


def add_commands(app: Any) -> None:
    """Give an app its commands, with its first database."""
    if len(held_databases(app)) > 1:
        return
    given = Commands(app)
    for name in _NAMES:
        app.command(name=f"db {name}")(getattr(given, name))


class Commands:
    """The commands of an app.

    Args:
        app: The app, whose databases are looked for when a command runs.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    def make(
        self,
        *,
        name: str = "",
        empty: bool = False,
        merge: bool = False,
        dry_run: bool = False,
        rename: list[str] = [],  # noqa: B006 - never changed
        value: list[str] = [],  # noqa: B006 - never changed
        nothing_renamed: bool = False,
        database: str = "",
    ) -> str:
        """Write the next migration from what the models say.

        Args:
            name: What it is called.
            empty: Write one for a change of rows, to be filled in.
            merge: Join two ends.
            dry_run: Show it and write nothing.
            rename: What was renamed, book.cents=price or authors=author.
            value: SQL for rows that are there, book.year=1999.
            nothing_renamed: What looks renamed is new, and the old is dropped.
            database: Which one, where there are several.
        """
        # Alembic is for these commands alone; so below.
        from segue.db.tools.defaults import known_values  # noqa: PLC0415
        from segue.migrations import commands  # noqa: PLC0415
        from segue.migrations.questions import (  # noqa: PLC0415
            Answers,
            parse_renames,
            parse_values,
        )
        from segue.migrations.terminal import asking  # noqa: PLC0415

        tables, columns = parse_renames(rename)
        found = find_database(self.app, database)
        values = {**known_values(found.root), **parse_values(value)}
        answers = Answers(tables, columns, values, nothing_renamed, asking())
        return commands.make(
            migrations_of(found),
            answers,
            name=name,
            empty=empty,
            merge=merge,
            dry_run=dry_run,
        )

    def migrate(
        self,
        target: str = "head",
        *,
        plan: bool = False,
        fake: bool = False,
        sql: bool = False,
        database: str = "",
    ) -> str:
        """Bring the database to its last migration, or to another one.

        Args:
            target: A revision, the beginning of its name, head, heads or zero.
            plan: Show what would be done.
            fake: Only write down that it is done.
            sql: Print the SQL and run nothing.
            database: Which one, where there are several.
        """
        from segue.migrations import commands  # noqa: PLC0415

        config = migrations_of(find_database(self.app, database))
        return commands.migrate(config, target, plan=plan, fake=fake, sql=sql)

    def undo(self, target: str = "", *, plan: bool = False, database: str = "") -> str:
        """Undo the last migration, or all from one on.

        Args:
            target: The first one to be undone.
            plan: Show what would be done.
            database: Which one, where there are several.
        """
        from segue.migrations import commands  # noqa: PLC0415

        return commands.undo(
            migrations_of(find_database(self.app, database)), target, plan=plan
        )

    def status(self, *, database: str = "") -> str:
        """Tell where the database is, and what it and the migrations lack.

        Args:
            database: Which one, where there are several.
        """
        return self._called("status", database)

    def history(self, *, database: str = "") -> str:
        """List the migrations; those that are applied are marked.

        Args:
            database: Which one, where there are several.
        """
        return self._called("history", database)

    def check(self, *, database: str = "") -> str:
        """Check, without a database, that every change of the models has a migration.

        Args:
            database: Which one, where there are several; without it all of them.
        """
        every = (
            [find_database(self.app, database)]
            if database
            else held_databases(self.app)
        )
        return "\n".join(
            _named(each, self._called("check", each.name)) for each in every
        )

    def drift(self, *, database: str = "") -> str:
        """Tell what somebody changed by hand in the database.

        Args:
            database: Which one, where there are several.
        """
        return self._called("drift", database)

    def shell(self, *, python: bool = False, database: str = "") -> None:
        """Open the shell of the database: psql, mariadb, sqlite3, or Python with `db`.

        Args:
            python: Python, with `db` and the models at hand.
            database: Which one, where there are several.
        """
        # Each of the three below is for one command.
        from segue.db.tools.shell import open_shell  # noqa: PLC0415

        with closing(find_database(self.app, database)) as found:
            open_shell(found, python=python)

    def dump(self, *tables: str, out: Path = Path("-"), database: str = "") -> None:
        """Write rows as JSON, one a line, for `segue db load`.

        Args:
            tables: Tables or models; without any all of them.
            out: A file; without one it is printed.
            database: Which one, where there are several.
        """
        from segue.db.tools.dumping import dump_rows  # noqa: PLC0415

        with closing(find_database(self.app, database)) as found:
            dump_rows(found, tables, out)

    def load(self, *files: Path, database: str = "") -> str:
        """Insert the rows of files that `segue db dump` wrote: all of them, or none.

        Args:
            files: The files.
            database: Which one, where there are several.
        """
        from segue.db.tools.loading import load_rows  # noqa: PLC0415

        with closing(find_database(self.app, database)) as found:
            counts = load_rows(found, files)
        return "\n".join(f"{name}: {count}" for name, count in counts.items())

    def seed(self, *, database: str = "") -> str:
        """Call the functions that fill the database: those with `@database.seed`.

        Args:
            database: Which one, where there are several.
        """
        from segue.db.tools.renewing import call_seeds  # noqa: PLC0415

        with closing(find_database(self.app, database)) as found:
            return call_seeds(found)

    def reset(
        self, *, yes: bool = False, seeds: bool = True, database: str = ""
    ) -> str:
        """Delete everything in the database, and make its tables anew.

        Args:
            yes: Do not ask.
            seeds: Fill it, as `segue db seed` does.
            database: Which one, where there are several.
        """
        from segue.db.tools.renewing import reset_database  # noqa: PLC0415

        development = self.app.debug
        with closing(find_database(self.app, database)) as found:
            return reset_database(found, development=development, yes=yes, seeds=seeds)

    def _called(self, name: str, database: str) -> str:
        from segue.migrations import commands  # noqa: PLC0415

        function: Callable[[Any], str] = getattr(commands, name)
        return function(migrations_of(find_database(self.app, database)))


def _named(database: Held, told: str) -> str:
    return told if database.name == "main" else f"{database.name}: {told}"

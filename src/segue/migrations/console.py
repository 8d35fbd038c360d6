"""The commands as typed functions for `app.command`, `segue db make` and so on.

What they work on is asked for when one of them runs, so that the app need not know its
database while it is put together.
"""

from collections.abc import Callable
from typing import Any

from segue.migrations.commands import (
    check,
    drift,
    history,
    make,
    migrate,
    status,
    undo,
)
from segue.migrations.config import Migrations
from segue.migrations.questions import Answers, parse_renames, parse_values
from segue.migrations.terminal import asking

__all__ = ["app_commands"]

Config = Callable[[], Migrations]


def app_commands(config: Config) -> dict[str, Callable[..., Any]]:
    """Build the commands of an app by their names, `db make` and so on.

    Args:
        config: Gives what they work on, when one of them runs.
    """
    plain = (status, history, check, drift)
    return {
        "db make": _make(config),
        "db migrate": _migrate(config),
        "db undo": _undo(config),
        **{f"db {f.__name__}": _bound(f, config) for f in plain},
    }


def _make(config: Config) -> Callable[..., str]:
    def make_(
        *,
        name: str = "",
        empty: bool = False,
        merge: bool = False,
        dry_run: bool = False,
        rename: list[str] = [],  # noqa: B006 - never changed
        value: list[str] = [],  # noqa: B006 - never changed
        nothing_renamed: bool = False,
    ) -> str:
        """Write the next migration from what the app wants.

        Args:
            name: What it is called.
            empty: Write one for a change of rows, to be filled in.
            merge: Join two ends.
            dry_run: Show it and write nothing.
            rename: What was renamed, book.cents=price or authors=author.
            value: SQL for rows that are there, book.year=1999.
            nothing_renamed: What looks renamed is new, and the old is dropped.
        """
        tables, columns = parse_renames(rename)
        values = parse_values(value)
        answers = Answers(tables, columns, values, nothing_renamed, asking())
        return make(
            config(), answers, name=name, empty=empty, merge=merge, dry_run=dry_run
        )

    return make_


def _migrate(config: Config) -> Callable[..., str]:
    def migrate_(
        target: str = "head",
        *,
        plan: bool = False,
        fake: bool = False,
        sql: bool = False,
    ) -> str:
        """Bring the database to a revision, forwards or back.

        Args:
            target: A revision, the beginning of its name, head, heads or zero.
            plan: Show what would be done.
            fake: Only write down that it is done.
            sql: Print the SQL and run nothing.
        """
        return migrate(config(), target, plan=plan, fake=fake, sql=sql)

    return migrate_


def _undo(config: Config) -> Callable[..., str]:
    def undo_(target: str = "", *, plan: bool = False) -> str:
        """Undo the last migration, or all from one on.

        Args:
            target: The first one to be undone.
            plan: Show what would be done.
        """
        return undo(config(), target, plan=plan)

    return undo_


def _bound(function: Callable[[Migrations], str], config: Config) -> Callable[[], str]:
    def run() -> str:
        return function(config())

    run.__doc__ = (function.__doc__ or "").partition("\n")[0]
    return run

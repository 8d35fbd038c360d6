"""The commands of migrations, as functions that are given what they work on.

`commands` gives them as typed functions for `app.command`, which asks the app for its
`Migrations` when one of them runs.
"""

from collections.abc import Callable
from typing import Any

from segue.migrations import making, runner, terminal
from segue.migrations.config import Migrations
from segue.migrations.drift import live_differences
from segue.migrations.errors import MigrationError
from segue.migrations.history import History
from segue.migrations.plan import Step, plan as find_plan, targets
from segue.migrations.questions import Answers, parse_renames, parse_values
from segue.migrations.words import told

__all__ = [
    "check",
    "commands",
    "drift",
    "history",
    "make",
    "migrate",
    "status",
    "undo",
]


def make(
    config: Migrations,
    answers: Answers | None = None,
    *,
    name: str = "",
    empty: bool = False,
    merge: bool = False,
    dry_run: bool = False,
) -> str:
    """Write the next migration."""
    if empty:
        return _said([making.make_empty(config, name=name, dry_run=dry_run)], dry_run)
    if merge:
        return _said([making.make_merge(config, name=name, dry_run=dry_run)], dry_run)
    given = answers or Answers(ask=terminal.asking())
    written = making.make_revisions(config, given, name=name, dry_run=dry_run)
    if not written:
        return "No changes: the migrations say all that the app wants."
    return _said(written, dry_run)


def migrate(
    config: Migrations,
    target: str = "head",
    *,
    plan: bool = False,
    fake: bool = False,
    sql: bool = False,
) -> str:
    """Bring the database to a revision."""
    past = History(config.folder)
    if fake:
        heads = set(targets(past, target))
        runner.set_heads(config, heads)
        return f"The database is said to be at {', '.join(sorted(heads)) or 'zero'}."
    if sql:
        return runner.sql_of_run(config, past, runner.current_heads(config), target)
    if plan:
        return _steps(find_plan(past, runner.current_heads(config), target))
    return _steps(runner.run(config, past, target), done=True)


def undo(config: Migrations, target: str = "", *, plan: bool = False) -> str:
    """Undo the last revision, or all from a revision on."""
    past = History(config.folder)
    heads = runner.current_heads(config)
    if not target:
        if not heads:
            return "Nothing is applied."
        target, *others = heads
        if others:
            raise MigrationError(
                "SG-MIG-027",
                f"The database is at {len(heads)} ends: {', '.join(heads)}.",
                why="It is not clear which of them came last.",
                fix=f"Name the one to undo: segue db undo {target}",
            )
    if plan:
        return _steps(find_plan(past, heads, target, down=True))
    return _steps(runner.run(config, past, target, down=True), done=True)


def status(config: Migrations) -> str:
    """Tell where the database is, and what it and the migrations lack."""
    past = History(config.folder)
    heads = runner.current_heads(config)
    lines = [f"database   {', '.join(heads) or 'nothing applied'}"]
    lines.append(f"migrations {', '.join(past.heads) or 'none'}")
    waiting = find_plan(past, heads, "heads")
    if waiting:
        lines += ["", "To apply (segue db migrate):", *_list(s.id for s in waiting)]
    if len(past.heads) > 1:
        lines += ["", "Two ends: segue db make --merge joins them."]
    changes = making.unwritten(config)
    if changes:
        lines += ["", "Not written yet (segue db make):", *_list(map(told, changes))]
    return "\n".join(lines)


def history(config: Migrations) -> str:
    """List the revisions; those that are applied are marked."""
    past = History(config.folder)
    applied = past.applied(runner.current_heads(config))
    lines = [
        f"[{'x' if script.revision in applied else ' '}] {script.revision}"
        f"{'  (end)' if script.revision in past.heads else ''}"
        for script in past.revisions
    ]
    return "\n".join(lines) or "There are no migrations yet: segue db make"


def check(config: Migrations) -> str:
    """Check, without a database, that the migrations say all that the app wants.

    Raises:
        MigrationError: If they do not.
    """
    past = History(config.folder)
    targets(past, "head")
    changes = making.unwritten(config)
    if changes:
        lines = "\n".join(_list(map(told, changes)))
        raise MigrationError(
            "SG-MIG-050",
            f"{len(changes)} changes of the app have no migration:\n{lines}",
            why="A database that is made from the migrations is not the one the app "
            "works with.",
            fix="segue db make",
        )
    return f"{len(past.revisions)} migrations say all that the app wants."


def drift(config: Migrations) -> str:
    """Compare the database with what the revisions it went through say.

    Raises:
        MigrationError: If somebody changed it by hand.
    """
    past = History(config.folder)
    heads = runner.current_heads(config)
    found = live_differences(config, past.state(heads))
    if found:
        lines = "\n".join(_list(found))
        raise MigrationError(
            "SG-MIG-051",
            f"The database differs from its migrations:\n{lines}",
            why="The next migration starts from what the migrations say.",
            fix="Undo by hand what was done by hand, or write it down: "
            "segue db make --empty, then segue db migrate --fake",
        )
    return "The database is what its migrations say."


def commands(config: Callable[[], Migrations]) -> dict[str, Callable[..., Any]]:
    """Build the commands of an app by their names, `db make` and so on.

    Args:
        config: Gives what they work on, when one of them runs.
    """
    return {f"db {name}": made for name, made in _commands(config).items()}


def _commands(config: Callable[[], Migrations]) -> dict[str, Callable[..., Any]]:
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
        answers = Answers(
            tables, columns, parse_values(value), nothing_renamed, terminal.asking()
        )
        return make(
            config(), answers, name=name, empty=empty, merge=merge, dry_run=dry_run
        )

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

    def undo_(target: str = "", *, plan: bool = False) -> str:
        """Undo the last migration, or all from one on.

        Args:
            target: The first one to be undone.
            plan: Show what would be done.
        """
        return undo(config(), target, plan=plan)

    def bound(function: Callable[[Migrations], str]) -> Callable[[], str]:
        def run() -> str:
            return function(config())

        run.__doc__ = (function.__doc__ or "").partition("\n")[0]
        return run

    plain = {f.__name__: bound(f) for f in (status, history, check, drift)}
    return {"make": make_, "migrate": migrate_, "undo": undo_, **plain}


def _said(written: list[making.Written], dry_run: bool) -> str:
    if dry_run:
        return "\n".join(each.text for each in written)
    lines: list[str] = []
    for each in written:
        applied = "  (it is there already: marked as applied)" if each.applied else ""
        lines += [f"{each.path}{applied}", *_list(each.lines)]
    return "\n".join(lines)


def _steps(steps: list[Step], *, done: bool = False) -> str:
    if not steps:
        return "Nothing to do."
    if not done:
        return "\n".join(map(str, steps))
    return "\n".join(f"{'applied' if s.up else 'undone'} {s.id}" for s in steps)


def _list(lines: Any) -> list[str]:
    return [f"  {line}" for line in lines]

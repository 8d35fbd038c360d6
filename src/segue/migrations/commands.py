"""The commands of migrations, as functions that are given what they work on."""

from typing import Any

from segue.migrations.config import Migrations
from segue.migrations.errors import MigrationError
from segue.migrations.live import live_differences
from segue.migrations.making import (
    Written,
    make_empty,
    make_merge,
    make_revisions,
    unwritten,
)
from segue.migrations.plan import Step, plan as find_plan, targets
from segue.migrations.questions import Answers
from segue.migrations.revisions import History
from segue.migrations.runner import current_heads, run, set_heads, sql_of_run
from segue.migrations.terminal import asking
from segue.migrations.words import told

__all__ = [
    "check",
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
        return _said([make_empty(config, name=name, dry_run=dry_run)], dry_run)
    if merge:
        return _said([make_merge(config, name=name, dry_run=dry_run)], dry_run)
    given = answers or Answers(ask=asking())
    written = make_revisions(config, given, name=name, dry_run=dry_run)
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
        set_heads(config, heads)
        return f"The database is said to be at {', '.join(sorted(heads)) or 'zero'}."
    if sql:
        return sql_of_run(config, past, current_heads(config), target)
    if plan:
        return _steps(find_plan(past, current_heads(config), target))
    return _steps(run(config, past, target), done=True)


def undo(config: Migrations, target: str = "", *, plan: bool = False) -> str:
    """Undo the last revision, or all from a revision on."""
    past = History(config.folder)
    heads = current_heads(config)
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
    return _steps(run(config, past, target, down=True), done=True)


def status(config: Migrations) -> str:
    """Tell where the database is, and what it and the migrations lack."""
    past = History(config.folder)
    heads = current_heads(config)
    lines = [f"database   {', '.join(heads) or 'nothing applied'}"]
    lines.append(f"migrations {', '.join(past.heads) or 'none'}")
    waiting = find_plan(past, heads, "heads")
    if waiting:
        lines += ["", "To apply (segue db migrate):", *_list(s.id for s in waiting)]
    if len(past.heads) > 1:
        lines += ["", "Two ends: segue db make --merge joins them."]
    changes = unwritten(config, past)
    if changes:
        lines += ["", "Not written yet (segue db make):", *_list(map(told, changes))]
    return "\n".join(lines)


def history(config: Migrations) -> str:
    """List the revisions; those that are applied are marked."""
    past = History(config.folder)
    applied = past.applied(current_heads(config))
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
    changes = unwritten(config, past)
    if changes:
        lines = "\n".join(_list(map(told, changes)))
        raise MigrationError(
            "SG-MIG-050",
            f"{len(changes)} changes of the app have no migration:\n{lines}",
            why="A database that is made from the migrations is not the one the app "
            "works with.",
            fix="segue db make",
        )
    return f"{len(past.revisions)} migrations: they say all that the app wants."


def drift(config: Migrations) -> str:
    """Compare the database with what the revisions it went through say.

    Raises:
        MigrationError: If somebody changed it by hand.
    """
    past = History(config.folder)
    heads = current_heads(config)
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


def _said(written: list[Written], dry_run: bool) -> str:
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

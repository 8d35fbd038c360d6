"""Writes the next revision file."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from segue.migrations.adopting import found_state
from segue.migrations.changes import Change, reversed_changes
from segue.migrations.compare import compare
from segue.migrations.config import Migrations
from segue.migrations.describe import describe
from segue.migrations.errors import MigrationError
from segue.migrations.merging import check_mergeable
from segue.migrations.questions import Answers, Nobody
from segue.migrations.render import render_file
from segue.migrations.revisions import History
from segue.migrations.runner import set_heads
from segue.migrations.schema import Schema
from segue.migrations.words import name_of, told

__all__ = ["Written", "make_empty", "make_merge", "make_revisions", "unwritten"]

_EMPTY = '''"""{message}"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None


def forwards(moment):
    """Change rows: moment.table("name") is the table as it is at this point."""


def backwards(moment):
    """Undo it."""


def upgrade():
    op.run_python(forwards)


def downgrade():
    op.run_python(backwards)
'''


class Written(msgspec.Struct, frozen=True):
    """A revision that was written, or would be.

    Attributes:
        lines: What it does, in words.
        applied: Whether the database was like that already.
    """

    path: Path
    text: str
    lines: tuple[str, ...] = ()
    applied: bool = False

    def save(self) -> None:
        """Write the file.

        Raises:
            MigrationError: If there is one of that name.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self.path.open("x", encoding="utf-8") as file:
                file.write(self.text)
        except FileExistsError as error:
            raise MigrationError(
                "SG-MIG-026",
                f"The file {self.path.name} is there already.",
                why="A revision that is written is never written over.",
                fix="Give the new one another name: segue db make --name NAME",
            ) from error


def make_revisions(
    config: Migrations, answers: Answers, *, name: str = "", dry_run: bool = False
) -> list[Written]:
    """Write what the app wants and no revision says yet.

    Returns:
        None, one, or two where a database with tables is taken over.
    """
    history = History(config.folder)
    _one_head(history)
    wanted = describe(config.target())
    answers.check(wanted)
    state = history.state()
    written: list[Written] = []
    heads = history.heads
    if not history.revisions:
        found = found_state(config, wanted, answers)
        if found.tables:
            first = _write("0001_start", (), compare(Schema(), found, answers), config)
            written.append(msgspec.structs.replace(first, applied=True))
            state, heads = found, ("0001_start",)
    changes = compare(state, wanted, answers)
    if changes:
        words = name or name_of(changes)
        number = f"{len(written) + 1:04d}_"
        revision = history.next_id(words)
        if written:
            revision = number + revision.partition("_")[2]
        written.append(_write(revision, heads, changes, config))
    if not dry_run:
        _save(config, written)
    return written


def make_empty(config: Migrations, *, name: str = "", dry_run: bool = False) -> Written:
    """Write a revision that changes rows, to be filled in."""
    history = History(config.folder)
    _one_head(history)
    revision = history.next_id(name or "rows")
    down = f'"{history.heads[0]}"' if history.heads else "None"
    text = _EMPTY.format(message=name or "Change rows", revision=revision, down=down)
    written = Written(config.folder / f"{revision}.py", text)
    if not dry_run:
        written.save()
    return written


def make_merge(config: Migrations, *, name: str = "", dry_run: bool = False) -> Written:
    """Write a revision that joins all heads.

    Raises:
        MigrationError: If two of them change the same thing.
    """
    history = History(config.folder)
    check_mergeable(history)
    revision = history.next_id(name or "merge")
    message = f"Merge {' and '.join(history.heads)}"
    text = render_file(revision, history.heads, message, [], [])
    written = Written(config.folder / f"{revision}.py", text)
    if not dry_run:
        written.save()
    return written


def unwritten(config: Migrations, history: History) -> list[Change]:
    """Find what the app wants and no revision says, without a database."""
    wanted = describe(config.target())
    return compare(history.state(), wanted, Nobody())


def _one_head(history: History) -> None:
    if len(history.heads) > 1:
        raise MigrationError(
            "SG-MIG-023",
            f"The migrations have {len(history.heads)} ends: "
            f"{', '.join(history.heads)}.",
            why="Two branches of development each added one, and nobody said in which "
            "order they go.",
            fix="segue db make --merge joins them.",
            where=[str(history.get(name).path) for name in history.heads],
        )


def _write(
    revision: str, after: Sequence[str], changes: list[Change], config: Migrations
) -> Written:
    message = revision.partition("_")[2].replace("_", " ").capitalize()
    text = render_file(revision, after, message, changes, reversed_changes(changes))
    path = config.folder / f"{revision}.py"
    return Written(path, text, tuple(map(told, changes)))


def _save(config: Migrations, written: list[Written]) -> None:
    for each in written:
        each.save()
        if each.applied:
            set_heads(config, {each.path.stem})

"""Which revisions lie between a database and where it shall go."""

from collections.abc import Iterable

import msgspec
from alembic.script import Script

from segue.migrations.errors import MigrationError
from segue.migrations.internals import bases
from segue.migrations.revisions import BASE, History

__all__ = ["Step", "heads_after", "plan", "targets"]

HEAD = frozenset({"head", "heads"})


class Step(msgspec.Struct, frozen=True):
    """A revision to apply, or to undo."""

    script: Script
    up: bool = True

    @property
    def id(self) -> str:
        """The id of the revision."""
        return str(self.script.revision)

    @property
    def direction(self) -> str:
        """The name of the function in the file."""
        return "upgrade" if self.up else "downgrade"

    def __str__(self) -> str:
        return f"{'apply' if self.up else 'undo'} {self.id}"


def targets(history: History, target: str) -> tuple[str, ...]:
    """Find the revisions that a word on the command line means.

    Raises:
        MigrationError: If there are several heads where one is wanted.
    """
    if target in BASE:
        return ()
    if target not in HEAD:
        return (str(history.get(target).revision),)
    if len(history.heads) > 1 and target == "head":
        raise MigrationError(
            "SG-MIG-023",
            f"The migrations have {len(history.heads)} ends: "
            f"{', '.join(history.heads)}.",
            why="Two branches of development each added one, and nobody said in which "
            "order they go.",
            fix="segue db make --merge joins them.",
            where=[str(history.get(name).path) for name in history.heads],
        )
    return history.heads


def plan(
    history: History, heads: Iterable[str], target: str, *, down: bool = False
) -> list[Step]:
    """Find the steps from where a database is to where it shall be.

    Args:
        history: All revisions.
        heads: Where the database is.
        target: A revision, the beginning of its id, `head`, `heads` or `zero`.
        down: Whether the target itself is undone as well.
    """
    ends = targets(history, target)
    applied = history.applied(heads)
    wanted = {script.revision for script in history.below(ends)}
    if target not in HEAD and (down or wanted <= applied):
        return _down(history, applied, ends, inclusive=down)
    return [
        Step(script) for script in history.below(ends) if script.revision not in applied
    ]


def heads_after(history: History, heads: Iterable[str], step: Step) -> set[str]:
    """Find where a database is behind a step."""
    ends = set(heads)
    if step.up:
        return (ends - set(bases(step.script))) | {step.id}
    ends.discard(step.id)
    covered = history.applied(ends)
    return ends | {name for name in bases(step.script) if name not in covered}


def _down(
    history: History, applied: set[str], ends: tuple[str, ...], *, inclusive: bool
) -> list[Step]:
    """Undo whatever stands behind the target, the last first."""
    fallen = set(ends) if inclusive else set[str]()
    steps: list[Step] = []
    for script in history.revisions:
        behind = not ends or set(bases(script)) & (fallen | set(ends))
        if script.revision in fallen or behind:
            fallen.add(script.revision)
            if script.revision in applied:
                steps.insert(0, Step(script, up=False))
    return steps

"""Two heads: whether they may go side by side, and the revision that joins them."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from alembic.operations import ops

from segue.migrations.apply import table_key
from segue.migrations.errors import MigrationError
from segue.migrations.internals import bases
from segue.migrations.operations import Recorder
from segue.migrations.revisions import History, call
from segue.migrations.schema import Schema

__all__ = ["check_mergeable"]

Thing = tuple[str, str | None]


class _Touching(Recorder):
    """Takes note of the tables, columns, constraints and indexes that change."""

    def __init__(self, schema: Schema) -> None:
        super().__init__(schema)
        self.things: set[Thing] = set()

    def invoke(self, operation: Any) -> Any:
        self.things.update(_things(operation, self.schema))
        super().invoke(operation)


def check_mergeable(history: History) -> None:
    """Check that no two heads change the same thing since they went apart.

    Raises:
        MigrationError: If there is one head only, or two change the same.
    """
    if len(history.heads) < 2:  # noqa: PLR2004 - it takes two
        raise MigrationError(
            "SG-MIG-025",
            "There is nothing to merge: the migrations have one end.",
            why="A merge joins two branches.",
            fix="segue db make writes the next migration.",
        )
    for one, two in combinations(history.heads, 2):
        both = _common(_touched(history, one, two), _touched(history, two, one))
        if both:
            raise MigrationError(
                "SG-MIG-024",
                f"{one} and {two} both change {', '.join(both)}.",
                why="Which of them is right depends on which comes last, and only "
                "you know.",
                where=[str(history.get(name).path) for name in (one, two)],
                fix=f"Put one behind the other: write down_revision = {one!r} in the "
                f"first file of the branch of {two}, and correct what it then does.",
            )


def _touched(history: History, head: str, other: str) -> set[Thing]:
    """Find what a branch changes that the other has not."""
    shared = history.applied([other])
    found: set[Thing] = set()
    for script in history.below([head]):
        if script.revision in shared:
            continue
        recorder = _Touching(history.state(bases(script)))
        with recorder.installed():
            call(script, "upgrade")
        found |= recorder.things
    return found


def _common(one: set[Thing], two: set[Thing]) -> list[str]:
    """Find what both change; a change of a whole table touches all in it."""
    found = {thing for thing in one & two if thing[1] is not None}
    for some, others in ((one, two), (two, one)):
        whole = {table for table, part in some if part is None}
        found |= {thing for thing in others if thing[0] in whole}
    return sorted({f"{table}.{part}" if part else table for table, part in found})


def _things(op: Any, schema: Schema) -> Iterator[Thing]:
    match op:
        case ops.CreateTableOp() | ops.DropTableOp():
            yield table_key(op), None
        case ops.RenameTableOp():
            yield table_key(op), None
            yield str(op.new_table_name), None
        case ops.AddColumnOp():
            yield table_key(op), str(op.column.name)
        case ops.DropColumnOp():
            yield table_key(op), str(op.column_name)
        case ops.AlterColumnOp():
            yield table_key(op), str(op.column_name)
            if op.modify_name is not None:
                yield table_key(op), str(op.modify_name)
        case ops.CreateIndexOp():
            yield table_key(op), str(op.index_name)
        case ops.DropIndexOp():
            for table in schema.tables.values():
                if str(op.index_name) in table.indexes:
                    yield table.key, str(op.index_name)
        case ops.AddConstraintOp() | ops.DropConstraintOp():
            made: Any = op
            yield table_key(op), str(made.constraint_name)
        case _:
            return

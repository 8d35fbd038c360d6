"""MariaDB and MySQL: each statement that changes a table is final at once.

There is no way back from the middle of a revision, so a journal in the database says
how far it came: a row before each statement, marked when it is done. A run that finds
such rows goes on behind the last one, whether the former was stopped by an error or
killed. Of the one statement that may or may not have happened its error tells: it
cannot make what is there already.
"""

from collections.abc import Callable
from textwrap import shorten
from typing import Any, Final

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from segue.migrations.errors import MigrationError
from segue.migrations.internals import replace_execute
from segue.migrations.operations import RunPython
from segue.migrations.running import Running
from segue.migrations.schema import Index, Schema

__all__ = ["Journal", "MariaDB", "is_on_expression"]

TABLE: Final = "segue_migration_journal"
# "exists already", "is not there", "a second primary key", "a key of that name".
_ALREADY: Final = {1022, 1050, 1051, 1054, 1060, 1061, 1068, 1091, 1146, 1826}
_CANNOT_CREATE: Final = 1005  # among other things for a foreign key that is there
_FINAL: Final = ("ALTER", "CREATE", "DROP", "RENAME")


class Journal:
    """How far a revision came.

    Args:
        connection: Where it is kept, and where the statements run.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.table = sa.Table(
            TABLE,
            sa.MetaData(),
            sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("revision", sa.String(64), nullable=False),
            sa.Column("direction", sa.String(16), nullable=False),
            sa.Column("statement", sa.Text, nullable=False),
            sa.Column("done", sa.Boolean, nullable=False),
        )
        self.found: dict[int, tuple[str, bool]] = {}
        self.begun: tuple[str, str] | None = None
        self._revision = self._direction = ""
        self._number = 0

    def read(self) -> None:
        """Read what a former run left behind, if there is any."""
        self.found, self.begun = {}, None
        if not sa.inspect(self.connection).has_table(TABLE):
            return
        for row in self.connection.execute(sa.select(self.table)):
            self.begun = (row.revision, row.direction)
            self.found[row.number] = (row.statement, bool(row.done))
        self.connection.commit()

    def close(self) -> None:
        """Take the journal away, as there is nothing left to do.

        Raises:
            MigrationError: If a revision is half done.
        """
        self._read_for("", "")
        self.table.drop(self.connection, checkfirst=True)

    def begin(self, revision: str, direction: str) -> None:
        """Begin a revision, or take up the one that was left.

        Raises:
            MigrationError: If another one was left.
        """
        self._read_for(revision, direction)
        self.table.create(self.connection, checkfirst=True)
        self.connection.commit()

    def _read_for(self, revision: str, direction: str) -> None:
        self.read()
        self._revision, self._direction, self._number = revision, direction, 0
        if self.begun is not None and self.begun != (revision, direction):
            left, way = self.begun
            raise MigrationError(
                "SG-MIG-032",
                f"The {way} of {left} was stopped in the middle.",
                why="The tables are between two states, and only its own statements "
                "lead on from there.",
                fix=f"segue db {'migrate' if way == 'upgrade' else 'undo'} "
                f"{left} goes on where it stopped.",
            )

    def run(self, text: str, work: Callable[[], Any]) -> Any:
        """Run a step that is not done yet, and write down that it is.

        Args:
            text: What it is; the same in each run.
            work: Does it.
        """
        self._number += 1
        was, done = self.found.get(self._number, (text, False))
        if was != text:
            raise MigrationError(
                "SG-MIG-033",
                f"{self._revision} was stopped in the middle, and its file was "
                f"changed since: step {self._number} was {_short(was)}.",
                why="The steps that are done cannot be done again, and these are "
                "other ones.",
                fix="Put the file back as it was up to that step and run it again; "
                "what follows may be changed.",
            )
        if done:
            return None
        again = self._number in self.found
        if not again:
            self._note(text)
        result = self._attempt(text, work, again=again)
        mine = self.table.c.number == self._number
        self.connection.execute(self.table.update().where(mine).values(done=True))
        self.connection.commit()
        return result

    def end(self) -> None:
        """Forget the revision; within the transaction that says it is applied."""
        self.connection.execute(self.table.delete())

    def told(self) -> list[str]:
        """List what is done of the revision, in words."""
        self.connection.rollback()
        rows = self.connection.execute(
            sa.select(self.table).order_by(self.table.c.number)
        )
        found = [
            f"{'done' if row.done else 'NOT done'}: {_short(row.statement)}"
            for row in rows
        ]
        self.connection.rollback()
        return found

    def _note(self, text: str) -> None:
        self.connection.execute(
            self.table.insert().values(
                number=self._number,
                revision=self._revision,
                direction=self._direction,
                statement=text,
                done=False,
            )
        )
        self.connection.commit()

    def _attempt(self, text: str, work: Callable[[], Any], *, again: bool) -> Any:
        try:
            return work()
        except DBAPIError as error:
            code = getattr(error.orig, "args", (0,))[0]
            twice = code in _ALREADY or (
                code == _CANNOT_CREATE and "121" in str(error.orig)
            )
            if again and twice and text.lstrip().upper().startswith(_FINAL):
                return None  # The run before was killed right behind it.
            raise


class MariaDB(Running):
    """Operations on MariaDB and MySQL."""

    atomic = False

    def __init__(self, context: MigrationContext, schema: Schema) -> None:
        super().__init__(context, schema)
        connection: Any = context.connection
        self.journal = Journal(connection)
        if not self.as_sql:
            self._plain: Any = replace_execute(context, self._exec)

    def run_python_now(self, operation: RunPython) -> None:
        if self.as_sql:
            super().run_python_now(operation)
            return
        name = getattr(operation.function, "__qualname__", "function")
        run = super().run_python_now
        self.journal.run(f"run_python({name})", lambda: run(operation))

    def perform(self, operation: Any, before: Schema) -> Any:
        if self._is_left_out(operation, before):
            self.note("MariaDB has no indexes on expressions: one is left out")
            return None
        return super().perform(operation, before)

    def _is_left_out(self, op: Any, before: Schema) -> bool:
        """Whether it is an index that MariaDB cannot have and that keeps no rule."""
        dialect: Any = self.migration_context.dialect
        if not isinstance(op, ops.CreateIndexOp | ops.DropIndexOp):
            return False
        adding = isinstance(op, ops.CreateIndexOp)
        tables = (self.schema if adding else before).tables.values()
        indexes = [
            t.indexes[n] for t in tables if (n := str(op.index_name)) in t.indexes
        ]
        return dialect.is_mariadb and any(is_on_expression(index) for index in indexes)

    def finish(self) -> None:
        """Run the statements that follow as they are, without the journal."""
        replace_execute(self.migration_context, self._plain)

    def _exec(self, construct: Any, *args: Any, **kw: Any) -> Any:
        made: Any = sa.text(construct) if isinstance(construct, str) else construct
        text = str(made.compile(dialect=self.migration_context.dialect)).strip()
        values = kw.get("multiparams") or kw.get("params") or (args[1:] or None)
        if values:
            text += f" -- {values!r}"
        return self.journal.run(text, lambda: self._plain(made, *args, **kw))


def is_on_expression(index: Index) -> bool:
    """Whether MariaDB goes without an index: on an expression, and not unique."""
    return not index.unique and any(part.is_sql for part in index.parts)


def _short(text: str) -> str:
    return shorten(text, 200, placeholder="...")

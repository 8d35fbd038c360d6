"""Operations that change a database, and keep the state beside it.

What a dialect does in its own way is in `sqlite`, `postgres` and `mariadb`.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext

from segue.migrations.apply import table_key
from segue.migrations.build import build_column
from segue.migrations.expressions import as_text
from segue.migrations.internals import execute
from segue.migrations.moment import Moment
from segue.migrations.operations import RunPython, Watched
from segue.migrations.schema import Column, Schema

__all__ = ["Running", "plainly"]


class Running(Watched):
    """Operations on a database of no special kind.

    Attributes:
        atomic: Whether a revision that fails leaves nothing behind.
    """

    atomic = True

    def __init__(self, context: MigrationContext, schema: Schema) -> None:
        super().__init__(context, schema)
        self.as_sql = bool(context.as_sql)

    def invoke(self, operation: Any) -> Any:
        """Do an operation."""
        before = self.schema
        super().invoke(operation)
        if isinstance(operation, ops.AlterColumnOp):
            _complete(operation, before)
        return self.perform(operation, before)

    def perform(self, operation: Any, before: Schema) -> Any:
        """Do an operation in the database; the state knows of it already."""
        del before  # some dialects need it
        if isinstance(operation, RunPython):
            return self.run_python_now(operation)
        return plainly(self, operation)

    def run_python_now(self, operation: RunPython) -> None:
        """Run the function of a data migration."""
        if self.as_sql:
            name = getattr(operation.function, "__qualname__", "a function")
            self.note(f"run_python({name}) is Python and has no SQL")
            return
        operation.function(self.moment())

    def moment(self) -> Moment:
        """Build what the function is given."""
        connection: Any = self.migration_context.connection
        return Moment.of(connection, self.schema)

    def sql(self, text: str) -> None:
        """Run SQL as it stands."""
        execute(self.migration_context, as_text(text))

    def note(self, text: str) -> None:
        """Write a comment where SQL is written."""
        if self.as_sql:
            self.migration_context.impl.static_output(f"-- {text}")

    @contextmanager
    def revision(self) -> Generator[None]:
        """Stand around the operations of one revision."""
        yield


def plainly(running: Running, operation: Any) -> Any:
    """Do an operation as Alembic does it."""
    made: Any = Operations
    return made.invoke(running, operation)


def _complete(op: Any, before: Schema) -> None:
    """Tell an operation what the column is like, for dialects that repeat it all."""
    column: Column = before.tables[table_key(op)].columns[op.column_name]
    if op.existing_type is None:
        op.existing_type = column.kind.made
    if op.existing_nullable is None:
        op.existing_nullable = column.nullable
    if op.existing_server_default is False:
        made = build_column(column).server_default
        op.existing_server_default = False if made is None else made
    if op.existing_comment is None:
        op.existing_comment = column.comment

"""`op.run_python`, and the door through which operations are seen as they are made.

A revision file calls `op.create_table(...)`. Alembic makes a record of it and passes
it to `invoke`; here `invoke` is ours, so the same file tells a state what becomes of
it, or changes a database, or both.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import RLock
from typing import Any, Final

from alembic.operations import MigrateOperation, Operations
from alembic.operations.base import BatchOperations
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine.default import DefaultDialect

from segue.migrations.apply import apply
from segue.migrations.internals import installed, share_module
from segue.migrations.schema import Kind, Schema

__all__ = ["Recorder", "RunPython", "Watched"]

Work = Callable[[Any], Any]
_LOCK: Final = RLock()


@Operations.register_operation("run_python")
class RunPython(MigrateOperation):
    """A function that changes rows.

    Attributes:
        function: Takes the `Moment`: a connection, and the tables as they are then.
        reverse: Undoes it where the file has no `downgrade`.
    """

    def __init__(self, function: Work, reverse: Work | None = None) -> None:
        self.function = function
        self.reverse_function = reverse

    @classmethod
    def run_python(cls, operations: Any, function: Any, reverse: Any = None) -> Any:
        """Run a function on the rows, with the tables of this point of history.

        Args:
            operations: Filled in.
            function: Takes a `Moment`.
            reverse: Undoes it, where the file has no `downgrade`.
        """
        return operations.invoke(cls(function, reverse))


@Operations.implementation_for(RunPython)
def _run_python(operations: Any, operation: RunPython) -> None:
    """Run it where Alembic is alone: with what the database has now."""
    from segue.migrations.moment import Moment  # noqa: PLC0415 - only here

    operation.function(Moment.reflected(operations.get_bind()))


class Watched(Operations):
    """Operations that keep a state beside what they do.

    Attributes:
        schema: The state behind the last operation.
    """

    def __init__(self, context: MigrationContext, schema: Schema) -> None:
        super().__init__(context)
        self.schema = schema
        self.known: dict[Any, Kind] = {}

    def __init_subclass__(cls) -> None:
        # Alembic asks the very class which modules stand for it: `alembic.op`.
        share_module(cls, Operations)

    def invoke(self, operation: Any) -> Any:
        """Take note of an operation."""
        self.schema = apply(self.schema, operation, self.known)

    @contextmanager
    def batch_alter_table(
        self, table_name: str, schema: str | None = None, *_args: Any, **_kw: Any
    ) -> Generator[Any]:
        """Pass on what is said about one table; how it is done is not its concern."""
        yield _Batch(self, table_name, schema)

    @contextmanager
    def installed(self) -> Generator[None]:
        """Be what `from alembic import op` means for a while, in one thread."""
        with _LOCK, installed(self):
            yield


class Recorder(Watched):
    """Operations that change a state and nothing else."""

    def __init__(self, schema: Schema) -> None:
        context = MigrationContext.configure(dialect=DefaultDialect())
        super().__init__(context, schema)

    def invoke(self, operation: Any) -> Any:
        super().invoke(operation)

    def get_bind(self) -> Any:
        """Refuse: there is no database.

        Raises:
            MigrationError: Always.
        """
        raise no_database()


class _Impl:
    """The little that `BatchOperations` asks of its implementation."""

    def __init__(self, watched: Watched, table: str, schema: str | None) -> None:
        self.operations = watched
        self.table_name = table
        self.schema = schema
        self.dialect: Any = watched.migration_context.dialect


class _Batch(BatchOperations):
    def __init__(self, watched: Watched, table: str, schema: str | None) -> None:
        impl: Any = _Impl(watched, table, schema)
        super().__init__(watched.migration_context, impl=impl)
        self._watched = watched

    def invoke(self, operation: Any) -> Any:
        return self._watched.invoke(operation)


def no_database() -> Exception:
    """Build the error for a file that asks for a connection while it is read."""
    from segue.migrations.errors import MigrationError  # noqa: PLC0415

    return MigrationError(
        "SG-MIG-012",
        "A migration asks for the connection where there is none.",
        why="Its file is also run to learn what it changes, without a database.",
        fix="Put what reads or writes rows in a function and call op.run_python(fn).",
    )

"""SQLite: tables are changed by writing them anew.

SQLite can add a column and rename things; all else is done as its manual says
(lang_altertable.html, "Making Other Kinds Of Table Schema Changes"): a new table is
made, the rows are copied, the old one is dropped, the new one takes its name, and
indexes and triggers are made again. Both tables are taken from the states before and
after, so nothing that a look at the database would miss is lost.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa
from alembic.operations import ops
from sqlalchemy.schema import CreateIndex, CreateTable

from segue.migrations.apply import table_key
from segue.migrations.build import build_table
from segue.migrations.errors import MigrationError
from segue.migrations.internals import execute
from segue.migrations.operations import RunPython
from segue.migrations.running import Running, plainly
from segue.migrations.schema import Schema, Table

__all__ = ["SQLite"]

_ON_A_TABLE: Final = (
    ops.AddColumnOp,
    ops.DropColumnOp,
    ops.AlterColumnOp,
    ops.AddConstraintOp,
    ops.DropConstraintOp,
)
_COMMENTS: Final = ops.CreateTableCommentOp, ops.DropTableCommentOp
_INDEXES: Final = ops.CreateIndexOp, ops.DropIndexOp
_NEW: Final = "_segue_new_"


class SQLite(Running):
    """Operations on SQLite."""

    _batch: list[Any] | None = None

    @contextmanager
    def batch_alter_table(
        self, table_name: str, schema: str | None = None, *args: Any, **kw: Any
    ) -> Generator[Any]:
        """Collect what is said about one table, then do it at once."""
        before = self.schema
        self._batch = []
        try:
            with super().batch_alter_table(table_name, schema, *args, **kw) as batch:
                yield batch
            collected = self._batch
        finally:
            self._batch = None
        key = table_name if schema is None else f"{schema}.{table_name}"
        self._alter(key, collected, before)

    def perform(self, operation: Any, before: Schema) -> Any:
        if isinstance(operation, RunPython):
            return self.run_python_now(operation)
        if self._batch is not None:
            self._batch.append(operation)
            return None
        if isinstance(operation, _ON_A_TABLE):
            self._alter(table_key(operation), [operation], before)
            return None
        if isinstance(operation, _COMMENTS):
            return None  # SQLite has none.
        return plainly(self, operation)

    @contextmanager
    def revision(self) -> Generator[None]:
        """Refuse what leaves rows that point at nothing."""
        before = self._orphans()
        yield
        found = self._orphans() - before
        if found:
            table, row, parent, _ = min(found, key=str)
            raise MigrationError(
                "SG-MIG-034",
                f"Row {row} of {table!r} would point at a row of {parent!r} that is "
                f"not there, and {len(found) - 1} more like it.",
                why="The foreign key would be broken from the start.",
                fix="Delete or correct such rows first, in a data migration.",
            )

    def _orphans(self) -> set[Any]:
        connection: Any = self.migration_context.connection
        if self.as_sql:
            return set()
        rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return {tuple(row) for row in rows}

    def _alter(self, key: str, operations: list[Any], before: Schema) -> None:
        left = [op for op in operations if not isinstance(op, _COMMENTS)]
        after = self.schema.tables[key]
        if all(isinstance(op, _INDEXES) or _is_simple(op) for op in left):
            for op in left:
                plainly(self, op)
        elif left:
            self._rewrite(before.tables[key], after, _sources(before.tables[key], left))

    def _rewrite(self, old: Table, new: Table, sources: Mapping[str, str]) -> None:
        """Write a table anew.

        Args:
            old: As it is.
            new: As it shall be.
            sources: The columns that keep their values: old names by the new ones.
        """
        quote = self.migration_context.dialect.identifier_preparer.quote
        prefix = "" if new.schema is None else f"{quote(new.schema)}."
        scratch, name = quote(_NEW + new.name), quote(new.name)
        triggers = self._triggers(old)
        metadata = _with_targets(new)
        context = self.migration_context
        execute(context, CreateTable(build_table(new, metadata, name=_NEW + new.name)))
        columns = [c for c in sources if new.columns[c].computed is None]
        into = ", ".join(map(quote, columns))
        out = ", ".join(quote(sources[column]) for column in columns)
        if columns:
            self.sql(
                f"INSERT INTO {prefix}{scratch} ({into}) "  # noqa: S608 - quoted names
                f"SELECT {out} FROM {prefix}{name}"
            )
        self._keep_counter(old)
        self.sql(f"DROP TABLE {prefix}{name}")
        # Without this, SQLite would look into views that name the dropped table.
        self.sql("PRAGMA legacy_alter_table = ON")
        self.sql(f"ALTER TABLE {prefix}{scratch} RENAME TO {name}")
        self.sql("PRAGMA legacy_alter_table = OFF")
        made = build_table(new, _with_targets(new, itself=False))
        for index in sorted(made.indexes, key=lambda index: str(index.name)):
            execute(context, CreateIndex(index))
        for trigger in triggers:
            self.sql(trigger)

    def _triggers(self, table: Table) -> list[str]:
        connection: Any = self.migration_context.connection
        if self.as_sql:
            return []
        rows = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?",
            (table.name,),
        )
        return [row[0] for row in rows]

    def _keep_counter(self, table: Table) -> None:
        """Keep the counter of AUTOINCREMENT, which never gives a number twice."""
        if dict(table.options).get("sqlite_autoincrement"):
            name = table.name.replace("'", "''")
            self.sql(
                "UPDATE sqlite_sequence SET seq = (SELECT seq FROM "  # noqa: S608
                f"sqlite_sequence WHERE name = '{name}') WHERE name = '{_NEW}{name}'"
            )


def _is_simple(op: Any) -> bool:
    """Whether SQLite adds this column by itself."""
    if not isinstance(op, ops.AddColumnOp):
        return False
    column: Any = op.column
    given = column.server_default
    return (
        not column.foreign_keys
        and not column.constraints
        and not column.primary_key
        and column.computed is None
        and (column.nullable or given is not None)
        and (given is None or isinstance(given.arg, str))
    )


def _sources(table: Table, operations: list[Any]) -> dict[str, str]:
    """Follow each column through the operations: old names by the new ones."""
    sources = {name: name for name in table.columns}
    for op in operations:
        if isinstance(op, ops.DropColumnOp):
            sources.pop(op.column_name, None)
        elif isinstance(op, ops.AlterColumnOp) and op.modify_name is not None:
            sources = {
                op.modify_name if new == op.column_name else new: old
                for new, old in sources.items()
            }
    return sources


def _with_targets(table: Table, *, itself: bool = True) -> sa.MetaData:
    """Build the little of other tables that foreign keys are written with."""
    metadata = sa.MetaData()
    wanted: dict[str, set[str]] = {}
    for foreign_key in table.foreign_keys:
        wanted.setdefault(foreign_key.target, set()).update(foreign_key.target_columns)
    for key, columns in wanted.items():
        if key == table.key and not itself:
            continue
        prefix, dot, name = key.rpartition(".")
        parts: list[Any] = [sa.Column(column, sa.Integer) for column in sorted(columns)]
        sa.Table(name, metadata, *parts, schema=prefix if dot else None)
    return metadata

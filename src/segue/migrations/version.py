"""The table in which a database keeps the revisions it is at; Alembic's own."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from segue.migrations.internals import execute, version_table

__all__ = ["read_heads", "write_heads"]


def read_heads(context: MigrationContext) -> tuple[str, ...]:
    """Read the revisions that a database is at; none without the table."""
    return tuple(sorted(context.get_current_heads()))


def write_heads(
    context: MigrationContext, old: Collection[str], new: Collection[str]
) -> None:
    """Write the revisions that a database is at."""
    table: sa.Table = version_table(context)
    column: Any = table.c.version_num
    for name in sorted(set(old) - set(new)):
        execute(context, table.delete().where(column == sa.literal_column(_sql(name))))
    for name in sorted(set(new) - set(old)):
        execute(
            context,
            table.insert().inline().values(version_num=sa.literal_column(_sql(name))),
        )


def _sql(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"

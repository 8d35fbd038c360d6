"""How a live database differs from a state: what somebody changed by hand."""

import warnings
from typing import Any, cast

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from msgspec.structs import replace
from sqlalchemy.exc import SAWarning

from segue.migrations.build import build_metadata
from segue.migrations.config import Migrations
from segue.migrations.connecting import connected
from segue.migrations.schema import Schema, Table

__all__ = ["live_differences"]


def live_differences(config: Migrations, schema: Schema) -> list[str]:
    """Compare a database with a state, by looking at it: the differences in words.

    What the database has beside the tables of the state is no concern of it.
    """
    with connected(config, locked=False) as connection:
        return differences(connection, schema)


def differences(connection: sa.Connection, schema: Schema) -> list[str]:
    """Compare what a connection sees with a state."""
    dialect: Any = connection.dialect
    hidden: list[str] = []
    if dialect.name == "sqlite":
        schema, hidden = _split(schema)
    elif getattr(dialect, "is_mariadb", False):
        schema, _ = _split(schema)
    known = {(table.schema, table.name) for table in schema.tables.values()}

    def include(
        thing: Any, name: str | None, kind: str, reflected: bool, against: Any
    ) -> bool:
        stranger = kind == "table" and reflected and against is None
        return not stranger or (thing.schema, name) in known

    context = MigrationContext.configure(
        connection=connection,
        opts={
            "include_object": include,
            "include_schemas": any(schema for schema, _ in known),
            "compare_type": True,
        },
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # of what it cannot see
        found: list[Any] = compare_metadata(context, build_metadata(schema))
    missing = [name for name in hidden if not _has_index(connection, name)]
    return [*map(_words, found), *(f"add_index: {name}" for name in missing)]


def _split(schema: Schema) -> tuple[Schema, list[str]]:
    """Take out the indexes on expressions, which SQLAlchemy does not see in SQLite.

    MariaDB does not have them at all.
    """
    tables: dict[str, Table] = {}
    hidden: list[str] = []
    for key, table in schema.tables.items():
        seen = {
            name: index
            for name, index in table.indexes.items()
            if not any(part.is_sql for part in index.parts)
        }
        hidden += [name for name in table.indexes if name not in seen]
        tables[key] = replace(table, indexes=seen)
    return Schema(tables), hidden


def _has_index(connection: sa.Connection, name: str) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?"
    return connection.exec_driver_sql(sql, (name,)).first() is not None


def _words(difference: Any) -> str:
    if isinstance(difference, list):
        parts = cast("Any", difference)
        return "; ".join(map(_words, parts))
    kind, *rest = difference
    return f"{kind}: {', '.join(str(part) for part in rest if part is not None)}"

"""What a function of a data migration is given."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from segue.core.errors import did_you_mean
from segue.migrations.build import build_metadata
from segue.migrations.errors import MigrationError
from segue.migrations.schema import Schema

__all__ = ["Moment"]


class Moment:
    """The database in the middle of a migration, with its tables of that point.

    The tables are what the revisions so far made of them, not what the models of
    today say: a migration still runs when the models have moved on.

    Args:
        connection: Within the transaction of the migration.
        metadata: The tables.
    """

    def __init__(self, connection: sa.Connection, metadata: sa.MetaData) -> None:
        self.connection = connection
        self.metadata = metadata

    @classmethod
    def of(cls, connection: sa.Connection, schema: Schema) -> "Moment":
        """Make it from a state."""
        return cls(connection, build_metadata(schema))

    @classmethod
    def reflected(cls, connection: sa.Connection) -> "Moment":
        """Make it from what the database has, where no state is known."""
        metadata = sa.MetaData()
        metadata.reflect(connection)
        return cls(connection, metadata)

    def table(self, name: str) -> sa.Table:
        """Get a table by its name.

        Raises:
            MigrationError: If there is none at this point.
        """
        tables: Mapping[str, sa.Table] = self.metadata.tables
        if name not in tables:
            raise MigrationError(
                "SG-MIG-013",
                f"There is no table {name!r} at this point of the migrations."
                f"{did_you_mean(name, tables)}",
                why="A data migration sees the tables of its own point of history.",
                fix="Use the name that the table has in this revision.",
            )
        return tables[name]

    def execute(self, statement: Any, values: Any = None) -> sa.CursorResult[Any]:
        """Run a statement of SQLAlchemy, or SQL as text."""
        made: Any = sa.text(statement) if isinstance(statement, str) else statement
        result: sa.CursorResult[Any] = self.connection.execute(made, values)
        return result

"""The first migration of a database that has tables already.

A small app begins without migrations: its tables are made when it starts. The first
`segue db make` looks once at what is there, writes that down as the first revision and
marks it as applied; what the app wants beyond it becomes the second one.
"""

import re
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from msgspec.structs import replace

from segue.migrations.config import Migrations
from segue.migrations.connecting import connected
from segue.migrations.describe import describe_table
from segue.migrations.questions import Questions
from segue.migrations.renames import column_renames, table_renames
from segue.migrations.schema import Check, Column, Constraint, Schema, Table, Unique
from segue.migrations.version import read_heads

__all__ = ["create_tables", "found_state"]


def create_tables(config: Migrations) -> list[str]:
    """Make the tables that are missing, for an app that has no migrations yet.

    Returns:
        The names of those it made.
    """
    with connected(config) as connection:
        there = set(sa.inspect(connection).get_table_names())
        metadata = config.target()
        metadata.create_all(connection)
        connection.commit()
        return [
            table.name for table in metadata.sorted_tables if table.name not in there
        ]


def found_state(config: Migrations, wanted: Schema, ask: Questions) -> Schema:
    """Find which of the wanted tables are there, and how they differ.

    Returns:
        The state of the database, as far as it is about these tables; an empty one
        if migrations were run on it, or if it has none of them.
    """
    if _is_new_file(config):
        return Schema()
    with connected(config, locked=False) as connection:
        if read_heads(MigrationContext.configure(connection=connection)):
            return Schema()
        live = sa.MetaData()
        live.reflect(connection, only=lambda name, _: name != config.version_table)
        return _state(connection, live, wanted, ask)


def _is_new_file(config: Migrations) -> bool:
    """Whether it is a file of SQLite that is not there: a look would make one."""
    url = config.address
    if url.get_backend_name() != "sqlite":
        return False
    from pathlib import Path  # noqa: PLC0415 - only here

    return url.database is None or not Path(url.database).exists()


def _state(
    connection: sa.Connection, live: sa.MetaData, wanted: Schema, ask: Questions
) -> Schema:
    known = {table.key: describe_table(table) for table in live.tables.values()}
    moved = _moved(known, wanted, ask)
    inspector = sa.inspect(connection)
    tables: dict[str, Table] = {}
    for key, table in wanted.tables.items():
        was = moved.get(key, key)
        if was in known:
            reader = _Reader(connection, inspector, live.tables[was], known[was])
            tables[was] = reader.table(table, ask)
    return Schema(tables)


def _moved(known: dict[str, Table], wanted: Schema, ask: Questions) -> dict[str, str]:
    """Find tables that the app knows under a new name; others are not ours."""
    strangers = {k: t for k, t in known.items() if k not in wanted.tables}
    fresh = {k: t for k, t in wanted.tables.items() if k not in known}
    return table_renames(Schema(strangers), Schema(fresh), ask)


class _Reader:
    """Describes a table of the database in the words of the one that is wanted.

    What Alembic takes for the same is written as it is wanted, because a look at a
    database gives less than what was said when it was made.
    """

    def __init__(
        self,
        connection: sa.Connection,
        inspector: sa.Inspector,
        live: sa.Table,
        seen: Table,
    ) -> None:
        self.context = MigrationContext.configure(connection=connection)
        self.inspector = inspector
        self.live = live
        self.seen = seen

    def table(self, wanted: Table, ask: Questions) -> Table:
        """Describe it."""
        renames = column_renames(self.seen, wanted, ask)
        back = {was: now for now, was in renames.items()}
        columns = {
            name: self._column(column, wanted.columns.get(back.get(name, name)))
            for name, column in self.seen.columns.items()
        }
        comments = self.context.dialect.supports_comments
        return replace(
            wanted,
            name=self.seen.name,
            schema=self.seen.schema,
            columns=columns,
            primary=self.seen.primary,
            constraints=self._constraints(wanted),
            indexes=self._indexes(wanted),
            comment=self.live.comment if comments else wanted.comment,
        )

    def _column(self, seen: Column, wanted: Column | None) -> Column:
        if wanted is None:
            return seen
        made: Any = self.live.c[seen.name]
        target: Any = sa.Column(seen.name, wanted.kind.made)
        impl: Any = self.context.impl
        differs = impl.compare_type(made, target)
        return replace(
            wanted,
            name=seen.name,
            kind=seen.kind if differs else wanted.kind,
            nullable=seen.nullable,
            default=wanted.default if seen.default is not None else None,
        )

    def _constraints(self, wanted: Table) -> dict[str, Constraint]:
        kept: dict[str, Constraint] = {}
        seen = self.inspector.get_check_constraints(self.seen.name)
        checks = {check["name"]: str(check["sqltext"]) for check in seen}
        for name, made in wanted.constraints.items():
            if isinstance(made, Check):
                if name in checks:
                    kept[name] = _closer(made, checks[name])
            elif self._has(made):
                kept[name] = made
        known = {_ends(made) for made in kept.values()}
        return kept | {
            name: made
            for name, made in self.seen.constraints.items()
            if not isinstance(made, Check) and _ends(made) not in known
        }

    def _has(self, made: Constraint) -> bool:
        return any(
            _ends(made) == _ends(each) for each in self.seen.constraints.values()
        )

    def _indexes(self, wanted: Table) -> dict[str, Any]:
        seen = self.seen.indexes
        kept = {n: i for n, i in wanted.indexes.items() if n in seen}
        carried = {tuple(c.columns) for c in self.seen.foreign_keys}
        for name, index in seen.items():
            unique = any(
                isinstance(c, Unique) and c.columns == index.columns
                for c in wanted.constraints.values()
            )
            if name not in kept and not unique and index.columns not in carried:
                kept[name] = index
        return kept


def _closer(wanted: Check, seen: str) -> Check:
    """Take the wanted text of a check if the database has the same in its words."""
    same = _core(wanted.text) == _core(seen)
    return wanted if same else Check(wanted.name, seen)


def _core(sql: str) -> str:
    """Leave of SQL what databases do not write in their own way."""
    return re.sub(r"::[a-z ]+|[\s()\"`]", "", sql.lower())


def _ends(made: Constraint) -> object:
    """What a constraint is about, without its name."""
    if isinstance(made, Check):
        return made.text
    return type(made), made.columns, getattr(made, "target", None)

"""The tables of a database at one moment, as plain records.

Both sides of every comparison are written in these: what the app wants (`describe`)
and what the revisions lead to (`replay`). Nothing in them is guessed from a database.
Two columns are the same when a migration file would spell them the same.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

__all__ = [
    "Check",
    "Column",
    "Computed",
    "Constraint",
    "Default",
    "ForeignKey",
    "Index",
    "Kind",
    "Part",
    "Primary",
    "Schema",
    "Table",
    "Unique",
]

Options = tuple[tuple[str, Any], ...]


class Kind:
    """A type of a column.

    Attributes:
        text: Its spelling in a migration file, which is also its identity.
        imports: The lines that this spelling needs at the top of the file.
        made: The SQLAlchemy type itself.
    """

    __slots__ = ("imports", "made", "text")

    def __init__(self, text: str, made: Any, imports: tuple[str, ...] = ()) -> None:
        self.text = text
        self.made = made
        self.imports = imports

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kind) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return self.text


class Default(msgspec.Struct, frozen=True):
    """A default of the server: a value, or SQL that makes one."""

    text: str
    is_sql: bool = False


class Computed(msgspec.Struct, frozen=True):
    """The expression of a generated column."""

    text: str
    persisted: bool | None = None


class Column(msgspec.Struct, frozen=True):
    """A column.

    Attributes:
        identity: The options of `Identity`, None for a column that has none.
        options: Arguments that belong to one dialect, `mysql_...` for example.
    """

    name: str
    kind: Kind
    nullable: bool = True
    default: Default | None = None
    computed: Computed | None = None
    identity: Options | None = None
    comment: str | None = None
    autoincrement: Any = "auto"
    options: Options = ()

    @property
    def must_be_given(self) -> bool:
        """Whether rows that are there already would lack a value."""
        return (
            not self.nullable
            and self.default is None
            and self.computed is None
            and self.identity is None
        )


class Primary(msgspec.Struct, frozen=True):
    """The primary key; its name does not count in a comparison."""

    columns: tuple[str, ...]
    name: str | None = None


class Unique(msgspec.Struct, frozen=True):
    """A unique constraint."""

    name: str
    columns: tuple[str, ...]
    options: Options = ()


class Check(msgspec.Struct, frozen=True):
    """A check constraint and its SQL."""

    name: str
    text: str
    options: Options = ()


class ForeignKey(msgspec.Struct, frozen=True):
    """A foreign key.

    Attributes:
        target: The key of the other table, with its schema if it has one.
        options: `ondelete`, `onupdate`, `deferrable`, `initially`, `match`.
    """

    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    options: Options = ()


class Part(msgspec.Struct, frozen=True):
    """One part of an index: the name of a column, or SQL."""

    text: str
    is_sql: bool = False


class Index(msgspec.Struct, frozen=True):
    """An index.

    Attributes:
        options: `postgresql_where`, `mysql_length` ...; SQL in them is a `Part`.
    """

    name: str
    parts: tuple[Part, ...]
    unique: bool = False
    options: Options = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it names as such."""
        return tuple(part.text for part in self.parts if not part.is_sql)


Constraint = Unique | Check | ForeignKey


class Table(msgspec.Struct, frozen=True):
    """A table.

    Attributes:
        options: Arguments of one dialect, `mysql_engine` for example; they count
            where the table is made, not in a comparison.
    """

    name: str
    columns: Mapping[str, Column]
    primary: Primary | None = None
    constraints: Mapping[str, Constraint] = {}
    indexes: Mapping[str, Index] = {}
    comment: str | None = None
    schema: str | None = None
    options: Options = ()

    @property
    def key(self) -> str:
        """Its name in a schema of several."""
        return self.name if self.schema is None else f"{self.schema}.{self.name}"

    @property
    def foreign_keys(self) -> Iterator[ForeignKey]:
        """The constraints that point at other tables, or at this one."""
        for constraint in self.constraints.values():
            if isinstance(constraint, ForeignKey):
                yield constraint

    @property
    def primary_columns(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return () if self.primary is None else self.primary.columns

    def with_column(self, column: Column, old: str | None = None) -> "Table":
        """Copy it with one column added, or another put in the place of `old`."""
        if old is None:
            return replace(self, columns={**self.columns, column.name: column})
        columns = [column if name == old else c for name, c in self.columns.items()]
        return replace(self, columns={c.name: c for c in columns})

    def without_column(self, name: str) -> "Table":
        """Copy it without a column and all that stands on it, as databases do."""
        return replace(
            self,
            columns=_but(self.columns, name),
            primary=None if name in self.primary_columns else self.primary,
            constraints=_where(
                self.constraints,
                lambda c: isinstance(c, Check) or name not in c.columns,
            ),
            indexes=_where(self.indexes, lambda index: name not in index.columns),
        )

    def with_constraint(self, constraint: Constraint) -> "Table":
        """Copy it with a constraint added."""
        return replace(
            self, constraints={**self.constraints, constraint.name: constraint}
        )

    def without_constraint(self, name: str) -> "Table":
        """Copy it without a constraint; the primary key is one too."""
        if self.primary is not None and self.primary.name == name:
            return replace(self, primary=None)
        return replace(self, constraints=_but(self.constraints, name))

    def with_index(self, index: Index) -> "Table":
        """Copy it with an index added."""
        return replace(self, indexes={**self.indexes, index.name: index})

    def without_index(self, name: str) -> "Table":
        """Copy it without an index."""
        return replace(self, indexes=_but(self.indexes, name))


class Schema(msgspec.Struct, frozen=True):
    """All tables by their key."""

    tables: Mapping[str, Table] = {}

    def with_table(self, table: Table) -> "Schema":
        """Copy it with a table added or replaced in its place."""
        return Schema({**self.tables, table.key: table})

    def without_table(self, key: str) -> "Schema":
        """Copy it without a table and without the foreign keys that point at it."""
        tables = {
            name: replace(
                table,
                constraints=_where(table.constraints, lambda c: _target(c) != key),
            )
            for name, table in self.tables.items()
            if name != key
        }
        return Schema(tables)

    def sorted(self) -> list[Table]:
        """Order the tables so that each stands behind those it points at.

        Tables that point at each other in a ring stand in the order of their names.
        """
        done: dict[str, Table] = {}
        open_: set[str] = set()

        def visit(key: str) -> None:
            if key in done or key in open_ or key not in self.tables:
                return
            open_.add(key)
            for target in sorted({f.target for f in self.tables[key].foreign_keys}):
                visit(target)
            done[key] = self.tables[key]

        for key in sorted(self.tables):
            visit(key)
        return list(done.values())


def _target(constraint: Constraint) -> str | None:
    return constraint.target if isinstance(constraint, ForeignKey) else None


def _but(items: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: item for key, item in items.items() if key != name}


def _where(items: Mapping[str, Any], kept: Callable[[Any], bool]) -> dict[str, Any]:
    return {key: item for key, item in items.items() if kept(item)}

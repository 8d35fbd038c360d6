"""Which tables and columns are old ones under a new name."""

from msgspec.structs import replace

from segue.migrations.expressions import renamed
from segue.migrations.questions import Questions
from segue.migrations.schema import (
    Check,
    Column,
    Computed,
    Constraint,
    ForeignKey,
    Index,
    Part,
    Primary,
    Schema,
    Table,
)

__all__ = ["column_renames", "rename_column", "rename_table", "table_renames"]

ALIKE = 0.6


def table_renames(old: Schema, new: Schema, ask: Questions) -> dict[str, str]:
    """Find the renamed tables, the most alike first: the old keys by the new."""
    gone = [t for key, t in old.tables.items() if key not in new.tables]
    fresh = [t for key, t in new.tables.items() if key not in old.tables]
    pairs = [(-_likeness(a, b), a.key, b.key) for a in gone for b in fresh]
    found: dict[str, str] = {}
    for likeness, was, now in sorted(pairs):
        taken = was in found.values() or now in found
        if not taken and ask.renamed_table(was, now, alike=-likeness >= ALIKE):
            found[now] = was
    return found


def column_renames(old: Table, new: Table, ask: Questions) -> dict[str, str]:
    """Find the renamed columns of a table: the old names by the new."""
    found: dict[str, str] = {}
    gone = [c for name, c in old.columns.items() if name not in new.columns]
    for column in new.columns.values():
        if column.name in old.columns:
            continue
        for was in sorted(gone, key=lambda c: -_closeness(c, column)):
            alike = _closeness(was, column) > 0 and (
                (was.name in old.primary_columns)
                == (column.name in new.primary_columns)
            )
            if ask.renamed_column(new.key, was.name, column.name, alike=alike):
                found[column.name] = was.name
                gone.remove(was)
                break
    return found


def rename_table(schema: Schema, old: str, new: str) -> Schema:
    """Copy a schema with a table under another key, and what points at it."""
    tables: dict[str, Table] = {}
    for key, table in schema.tables.items():
        moved = _retarget(table, old, new)
        if key == old:
            moved = replace(moved, name=new.rpartition(".")[2])
        tables[moved.key] = moved
    return Schema(tables)


def rename_column(schema: Schema, key: str, old: str, new: str) -> Schema:
    """Copy a schema with a column renamed in all that names it."""
    table = schema.tables[key]
    column = replace(table.columns[old], name=new)
    moved = replace(
        _renamed_parts(table.with_column(column, old), old, new),
        primary=_renamed_primary(table.primary, old, new),
    )
    tables = {**schema.tables, key: moved}
    for name, other in tables.items():
        if any(f.target == key for f in other.foreign_keys):
            tables[name] = _renamed_targets(other, key, old, new)
    return Schema(tables)


def _likeness(a: Table, b: Table) -> float:
    """How many of the columns are the same, from 0 to 1; the order of doubt."""
    one = {(c.name, c.kind) for c in a.columns.values()}
    two = {(c.name, c.kind) for c in b.columns.values()}
    return len(one & two) / max(len(one), len(two), 1)


def _closeness(old: Column, new: Column) -> int:
    if old.kind != new.kind or (old.computed is None) != (new.computed is None):
        return 0
    same = (old.nullable == new.nullable) + (old.default == new.default)
    return 1 + same


def _retarget(table: Table, old: str, new: str) -> Table:
    if all(f.target != old for f in table.foreign_keys):
        return table
    moved = {
        name: replace(c, target=new)
        if isinstance(c, ForeignKey) and c.target == old
        else c
        for name, c in table.constraints.items()
    }
    return replace(table, constraints=moved)


def _renamed_targets(table: Table, key: str, old: str, new: str) -> Table:
    moved = {
        name: replace(c, target_columns=_swap(c.target_columns, old, new))
        if isinstance(c, ForeignKey) and c.target == key
        else c
        for name, c in table.constraints.items()
    }
    return replace(table, constraints=moved)


def _renamed_parts(table: Table, old: str, new: str) -> Table:
    columns = {
        name: replace(
            c,
            computed=Computed(renamed(c.computed.text, old, new), c.computed.persisted),
        )
        if c.computed is not None
        else c
        for name, c in table.columns.items()
    }
    return replace(
        table,
        columns=columns,
        constraints={
            name: _renamed_constraint(c, old, new)
            for name, c in table.constraints.items()
        },
        indexes={
            name: _renamed_index(index, old, new)
            for name, index in table.indexes.items()
        },
    )


def _renamed_constraint(made: Constraint, old: str, new: str) -> Constraint:
    if isinstance(made, Check):
        return replace(made, text=renamed(made.text, old, new))
    return replace(made, columns=_swap(made.columns, old, new))


def _renamed_index(index: Index, old: str, new: str) -> Index:
    parts = [
        Part(renamed(p.text, old, new), is_sql=True)
        if p.is_sql
        else Part(_swap((p.text,), old, new)[0])
        for p in index.parts
    ]
    options = [
        (key, Part(renamed(value.text, old, new), is_sql=True))
        if isinstance(value, Part)
        else (key, value)
        for key, value in index.options
    ]
    return replace(index, parts=tuple(parts), options=tuple(options))


def _renamed_primary(primary: Primary | None, old: str, new: str) -> Primary | None:
    if primary is None:
        return None
    return Primary(_swap(primary.columns, old, new), primary.name)


def _swap(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if column == old else column for column in columns)

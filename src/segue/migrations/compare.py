"""What must happen so that one state becomes another.

The order is one that every database accepts, and its reverse is one for the way back:

1. constraints and indexes that go or change are dropped under their old names,
   the tables that point at others first;
2. tables, then columns are renamed;
3. new tables are made, those that are pointed at first;
4. each table gets its columns, changes, constraints, and loses what has gone;
5. foreign keys that run in a ring are added, and tables that have gone are dropped.
"""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from segue.migrations.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AlterColumn,
    Change,
    Comment,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    Fill,
    PrimaryKey,
    RenameColumn,
    RenameTable,
)
from segue.migrations.questions import Questions
from segue.migrations.renames import (
    column_renames,
    rename_column,
    rename_table,
    table_renames,
)
from segue.migrations.schema import (
    Check,
    Column,
    Constraint,
    ForeignKey,
    Index,
    Part,
    Schema,
    Table,
)

__all__ = ["compare"]

Place = tuple[str, str]


class _Pair(msgspec.Struct):
    """One table on both sides.

    Attributes:
        before: As it is, with all its old names.
        kept: The same under the new names: what the renames leave of it.
        after: As it is wanted.
        renames: Old names of columns by the new ones.
    """

    before: Table
    kept: Table
    after: Table
    renames: dict[str, str]

    @property
    def key(self) -> str:
        return self.after.key


def compare(old: Schema, new: Schema, ask: Questions) -> list[Change]:
    """Find the changes from one state to another, in an order that works.

    Args:
        old: What there is.
        new: What is wanted.
        ask: Who knows what was renamed, and what old rows get.
    """
    if old == new:
        return []
    tables = table_renames(old, new, ask)
    pairs, work = _pairs(old, new, tables, ask)
    touched = _touched(pairs)
    gone = set(old.tables) - set(new.tables) - set(tables.values())
    fresh = set(new.tables) - set(old.tables) - set(tables)
    before = {pair.before.key: pair for pair in pairs}
    changes: list[Change] = []
    for table in reversed(old.sorted()):
        if table.key in before:
            changes += _loosened(before[table.key], touched)
    changes += _renamed(tables, pairs, new)
    late: list[Change] = []
    changes += _created([t for t in new.sorted() if t.key in fresh], late)
    by_key = {pair.key: pair for pair in pairs}
    for table in new.sorted():
        if table.key in by_key:
            changes += _settled(by_key[table.key], touched, ask)
    changes += late
    return changes + _dropped([t for t in work.sorted() if t.key in gone])


def _pairs(
    old: Schema, new: Schema, tables: dict[str, str], ask: Questions
) -> tuple[list[_Pair], Schema]:
    work = old
    for now, was in tables.items():
        work = rename_table(work, was, now)
    common = [key for key in new.tables if key in work.tables]
    renames = {
        key: column_renames(work.tables[key], new.tables[key], ask) for key in common
    }
    for key, columns in renames.items():
        for now, was in columns.items():
            work = rename_column(work, key, was, now)
    pairs = [
        _Pair(
            old.tables[tables.get(key, key)],
            work.tables[key],
            new.tables[key],
            renames[key],
        )
        for key in common
    ]
    return pairs, work


def _touched(pairs: Iterable[_Pair]) -> set[Place]:
    """Find the columns whose foreign keys must be away while they change."""
    found: set[Place] = set()
    for pair in pairs:
        kept, after = pair.kept, pair.after
        found |= {
            (pair.key, name)
            for name, column in kept.columns.items()
            if name in after.columns and column.kind != after.columns[name].kind
        }
        if kept.primary_columns != after.primary_columns:
            found |= {(pair.key, name) for name in kept.primary_columns}
        for columns in _supports(pair):
            found |= {(pair.key, name) for name in columns}
    return found


def _supports(pair: _Pair) -> Iterator[tuple[str, ...]]:
    """Give the columns of what goes and may carry a foreign key."""
    for name, index in pair.kept.indexes.items():
        if not _index_stays(pair, name):
            yield index.columns
    for name, made in pair.kept.constraints.items():
        if pair.after.constraints.get(name) != made and not isinstance(
            made, Check | ForeignKey
        ):
            yield made.columns


def _loosened(pair: _Pair, touched: set[Place]) -> Iterator[Change]:
    """Give what is dropped before anything else, under its old name."""
    key = pair.before.key
    going = [
        made
        for name, made in pair.before.constraints.items()
        if not _constraint_stays(pair, name, touched)
    ]
    going.sort(key=lambda made: not isinstance(made, ForeignKey))
    for made in going:
        yield DropConstraint(key, made)
    for name, index in pair.before.indexes.items():
        if not _index_stays(pair, name):
            yield DropIndex(key, index)
    for name in _remade(pair):
        yield DropColumn(key, pair.before.columns[pair.renames.get(name, name)])


def _renamed(
    tables: dict[str, str], pairs: Iterable[_Pair], new: Schema
) -> Iterator[Change]:
    for now, was in tables.items():
        yield RenameTable(was, now, new.tables[now].schema)
    for pair in pairs:
        remade = _remade(pair)
        for now, was in pair.renames.items():
            if now not in remade:
                yield RenameColumn(pair.key, pair.before.columns[was], now)


def _created(tables: list[Table], late: list[Change]) -> Iterator[Change]:
    missing = {table.key for table in tables}
    for table in tables:
        missing.discard(table.key)
        rest, ring = _without_ring(table, missing)
        yield CreateTable(rest)
        late += [AddConstraint(table.key, made) for made in ring]


def _dropped(tables: list[Table]) -> list[Change]:
    ring: list[Change] = []
    made = list(_created(tables, ring))
    drops: list[Change] = [
        DropTable(change.made)
        for change in reversed(made)
        if isinstance(change, CreateTable)
    ]
    first = [
        DropConstraint(change.table, change.made)
        for change in ring
        if isinstance(change, AddConstraint)
    ]
    return [*first, *drops]


def _settled(pair: _Pair, touched: set[Place], ask: Questions) -> Iterator[Change]:
    """Give what a table gets, changes and loses once all names are the new ones."""
    key, kept, after = pair.key, pair.kept, pair.after
    fills, alters = _altered(pair, ask)
    yield from fills
    if kept.comment != after.comment:
        yield Comment(key, kept.comment, after.comment)
    for column in _added(pair):
        one_off = ask.value(key, column) if column.must_be_given else None
        yield AddColumn(key, column, one_off)
    yield from alters
    if kept.primary_columns != after.primary_columns:
        yield PrimaryKey(key, kept.primary, after.primary)
    yield from _tightened(pair, touched)
    for name, column in kept.columns.items():
        if name not in after.columns:
            yield DropColumn(key, column)


def _tightened(pair: _Pair, touched: set[Place]) -> list[Change]:
    """Give the constraints and indexes that come, those that point away last."""
    coming = [
        made
        for name, made in pair.after.constraints.items()
        if not _constraint_stays(pair, name, touched)
    ]
    own = [c for c in coming if not isinstance(c, ForeignKey)]
    away = [c for c in coming if isinstance(c, ForeignKey)]
    indexes = [
        i for name, i in pair.after.indexes.items() if not _index_stays(pair, name)
    ]
    return [
        *(AddConstraint(pair.key, made) for made in own),
        *(AddIndex(pair.key, index) for index in indexes),
        *(AddConstraint(pair.key, made) for made in away),
    ]


def _altered(pair: _Pair, ask: Questions) -> tuple[list[Change], list[Change]]:
    fills: list[Change] = []
    alters: list[Change] = []
    remade = _remade(pair)
    for name, new in pair.after.columns.items():
        old = pair.kept.columns.get(name)
        if old is None or name in remade or _same(old, new):
            continue
        if old.nullable and not new.nullable and new.computed is None:
            value = new.default or ask.value(pair.key, new)
            fills.append(Fill(pair.key, old, value))
        alters.append(AlterColumn(pair.key, old, new))
    return fills, alters


def _same(old: Column, new: Column) -> bool:
    """Compare what a database can change of a column."""
    return replace(old, autoincrement="auto", options=()) == replace(
        new, autoincrement="auto", options=()
    )


def _added(pair: _Pair) -> Iterator[Column]:
    remade = _remade(pair)
    for name, column in pair.after.columns.items():
        if name not in pair.kept.columns or name in remade:
            yield column


def _remade(pair: _Pair) -> set[str]:
    """Find the generated columns that change: none can be altered, each is remade."""
    found: set[str] = set()
    for name, new in pair.after.columns.items():
        if name in pair.kept.columns:
            old = pair.before.columns[pair.renames.get(name, name)]
            if old.computed != new.computed or (
                new.computed is not None and old.kind != new.kind
            ):
                found.add(name)
    return found


def _constraint_stays(pair: _Pair, name: str, touched: set[Place]) -> bool:
    made = pair.kept.constraints.get(name)
    if made is None or made != pair.after.constraints.get(name):
        return False
    if isinstance(made, Check):
        return pair.before.constraints[name] == made
    if set(made.columns) & _remade(pair):
        return False
    if isinstance(made, ForeignKey):
        return not touched & set(_ends(pair.key, made))
    return True


def _ends(key: str, made: ForeignKey) -> Iterator[Place]:
    yield from ((key, name) for name in made.columns)
    yield from ((made.target, name) for name in made.target_columns)


def _index_stays(pair: _Pair, name: str) -> bool:
    kept, after = pair.kept.indexes.get(name), pair.after.indexes.get(name)
    if kept is None or kept != after:
        return False
    if _sql(pair.before.indexes[name]) != _sql(kept):
        return False
    return not set(kept.columns) & _remade(pair)


def _sql(index: Index) -> list[object]:
    parts = [part.text for part in index.parts if part.is_sql]
    return [*parts, *(v.text for _, v in index.options if isinstance(v, Part))]


def _without_ring(table: Table, missing: set[str]) -> tuple[Table, list[Constraint]]:
    """Split off the foreign keys whose target is not there yet."""
    ring: list[Constraint] = [f for f in table.foreign_keys if f.target in missing]
    names = {made.name for made in ring}
    rest = {n: made for n, made in table.constraints.items() if n not in names}
    return replace(table, constraints=rest), ring

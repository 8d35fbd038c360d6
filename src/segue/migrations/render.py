"""From changes to the text of a revision file, an ordinary one of Alembic's.

Changes of one table stand in one `batch_alter_table`, so that the same file runs on
SQLite, which can change a table only by writing it anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.engine.default import DefaultDialect

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
from segue.migrations.kinds import DIALECTS, quote, same_family
from segue.migrations.schema import Check, Kind, Table, Unique
from segue.migrations.spelling import (
    call,
    check_words,
    column_text,
    default_text,
    foreign_key_words,
    index_words,
    inside_table,
    op_f,
    option_words,
    unique_words,
)

__all__ = ["render_body", "render_file"]

_INDENT = "    "


def render_file(
    revision: str,
    after: Sequence[str],
    message: str,
    upgrade: Sequence[Change],
    downgrade: Sequence[Change],
) -> str:
    """Write the text of a revision file."""
    bodies = render_body(upgrade), render_body(downgrade)
    imports = {"from alembic import op", *_imports([*upgrade, *downgrade])}
    if any("sa." in body for body in bodies):
        imports.add("import sqlalchemy as sa")
    head = sorted(imports, key=lambda line: (line.startswith("from"), line))
    names = list(map(quote, after))
    down = f"({', '.join(names)})" if len(names) > 1 else "".join(names) or "None"
    return "\n".join(
        [
            f'"""{message}"""\n',
            *head,
            f"\nrevision = {quote(revision)}",
            f"down_revision = {down}",
            "branch_labels = None\ndepends_on = None",
            f"\n\ndef upgrade():\n{bodies[0]}",
            f"\n\ndef downgrade():\n{bodies[1]}\n",
        ]
    )


def render_body(changes: Sequence[Change]) -> str:
    """Write the body of `upgrade` or of `downgrade`."""
    lines: list[str] = []
    for group in _groups(changes):
        lines += _block(group)
    return "\n".join(_INDENT + line if line else "" for line in lines or ["pass"])


def _groups(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Put changes of one table that follow each other together.

    A one-off default of a new column goes in a block of its own, behind.
    """
    group: list[Change] = []
    for change in changes:
        alone = isinstance(change, CreateTable | DropTable | RenameTable | Fill)
        if group and (alone or group[0].table != change.table):
            yield from _with_one_offs(group)
            group = []
        if alone:
            yield [change]
        else:
            group.append(change)
    if group:
        yield from _with_one_offs(group)


def _with_one_offs(group: list[Change]) -> Iterator[list[Change]]:
    yield group
    behind: list[Change] = [
        AlterColumn(c.table, replace(c.column, default=c.one_off), c.column)
        for c in group
        if isinstance(c, AddColumn) and c.one_off is not None
    ]
    if behind:
        yield behind


def _block(group: list[Change]) -> list[str]:
    first = group[0]
    match first:
        case CreateTable(made):
            return _create_table(made)
        case DropTable(made):
            return call("op.drop_table", [quote(made.name), *_schema(made.schema)])
        case RenameTable(table, new, schema):
            names = [quote(name.rpartition(".")[2]) for name in (table, new)]
            return call("op.rename_table", [*names, *_schema(schema)])
        case Fill():
            return call("op.execute", [quote(_fill(first))])
        case _:
            words = _batch_words(first.table)
            lines = [f"with op.batch_alter_table({words}) as batch_op:"]
            for change in group:
                lines += [_INDENT + line for line in _inside(change)]
            return lines


def _inside(change: Change) -> list[str]:
    """Write a change within the block of its table."""
    match change:
        case AddColumn(_, column, one_off):
            made = column if one_off is None else replace(column, default=one_off)
            return call("batch_op.add_column", [column_text(made)])
        case DropColumn(_, column):
            return [f"batch_op.drop_column({quote(column.name)})"]
        case RenameColumn():
            return _rename_column(change)
        case AlterColumn():
            return call("batch_op.alter_column", _alter_words(change))
        case AddConstraint() | DropConstraint():
            return _constraint(change)
        case AddIndex(_, made):
            return call("batch_op.create_index", index_words(made))
        case DropIndex(_, made):
            return [f"batch_op.drop_index({op_f(made.name)})"]
        case PrimaryKey():
            return _primary_key(change)
        case Comment(_, old, new):
            name = "drop_table_comment" if new is None else "create_table_comment"
            words = [] if new is None else [quote(new)]
            words += [] if old is None else [f"existing_comment={quote(old)}"]
            return call(f"batch_op.{name}", words)
        case _:  # The rest never stands in a block.
            raise AssertionError(change)


def _create_table(made: Table) -> list[str]:
    words = [quote(made.name), *inside_table(made), *_schema(made.schema)]
    words += [] if made.comment is None else [f"comment={quote(made.comment)}"]
    words += option_words(made.options)
    lines = call("op.create_table", words)
    for index in made.indexes.values():
        name, *rest = index_words(index)
        place = [name, quote(made.name), *rest, *_schema(made.schema)]
        lines += call("op.create_index", place)
    return lines


def _constraint(change: AddConstraint | DropConstraint) -> list[str]:
    made = change.made
    if isinstance(made, Unique):
        kind, name, words = "unique", "unique_constraint", unique_words(made)
    elif isinstance(made, Check):
        kind, name, words = "check", "check_constraint", check_words(made)
    else:
        kind, name, words = "foreignkey", "foreign_key", foreign_key_words(made)
    if isinstance(change, DropConstraint):
        return [f'batch_op.drop_constraint({op_f(made.name)}, type_="{kind}")']
    return call(f"batch_op.create_{name}", [op_f(made.name), *words])


def _primary_key(change: PrimaryKey) -> list[str]:
    lines: list[str] = []
    table = change.table.rpartition(".")[2]
    if change.old is not None:
        name = op_f(change.old.name or f"{table}_pkey")
        lines.append(f'batch_op.drop_constraint({name}, type_="primary")')
    if change.new is not None:
        name = op_f(change.new.name or f"{table}_pkey")
        columns = ", ".join(map(quote, change.new.columns))
        lines += call("batch_op.create_primary_key", [name, f"[{columns}]"])
    return lines


def _rename_column(change: RenameColumn) -> list[str]:
    column = change.column
    words = [quote(column.name), f"new_column_name={quote(change.new)}"]
    words += [f"existing_type={column.kind.text}"]
    words += [f"existing_nullable={column.nullable}"]
    if column.default is not None:
        words.append(f"existing_server_default={default_text(column.default)}")
    return call("batch_op.alter_column", words)


def _alter_words(change: AlterColumn) -> list[str]:
    old, new = change.old, change.new
    words = [quote(new.name), f"existing_type={old.kind.text}"]
    if old.kind != new.kind:
        words.append(f"type_={new.kind.text}")
        words += _using(new.name, old.kind, new.kind)
    if old.nullable != new.nullable:
        words.append(f"nullable={new.nullable}")
    else:
        words.append(f"existing_nullable={old.nullable}")
    same = (old.default, old.identity) == (new.default, new.identity)
    if not same:
        words.append(f"server_default={default_text(new.default, new.identity)}")
    if old.identity is not None or (same and old.default is not None):
        spelt = default_text(old.default, old.identity)
        words.append(f"existing_server_default={spelt}")
    if old.comment != new.comment:
        words.append(f"comment={_text(new.comment)}")
    if old.comment is not None:
        words.append(f"existing_comment={quote(old.comment)}")
    return words


def _using(name: str, old: Kind, new: Kind) -> list[str]:
    """Tell PostgreSQL how to turn the values, where it does not know by itself."""
    if same_family(old, new):
        return []
    dialect: Any = sa.make_url("postgresql://").get_dialect()()
    written = dialect.type_compiler_instance.process(new.made)
    quoted = dialect.identifier_preparer.quote(name)
    return [f"postgresql_using={quote(f'{quoted}::text::{written}')}"]


def _fill(change: Fill) -> str:
    preparer: Any = DefaultDialect().identifier_preparer
    table = ".".join(preparer.quote(part) for part in change.table.split("."))
    column = preparer.quote(change.column.name)
    value = change.value
    text = value.text if value.is_sql else "'" + value.text.replace("'", "''") + "'"
    filled = f"UPDATE {table} SET {column} = {text} WHERE {column} IS NULL"  # noqa: S608
    # To `text()` a word behind a colon is a parameter.
    return filled.replace(":", r"\:")


def _batch_words(key: str) -> str:
    schema, dot, name = key.rpartition(".")
    return f"{quote(name)}, schema={quote(schema)}" if dot else quote(name)


def _schema(schema: str | None) -> list[str]:
    return [] if schema is None else [f"schema={quote(schema)}"]


def _imports(changes: Iterable[Change]) -> set[str]:
    lines = {line for c in changes for kind in _kinds(c) for line in kind.imports}
    some = {line for line in lines if line.startswith(DIALECTS)}
    dialects = sorted(line.removeprefix(DIALECTS) for line in some)
    joined = {f"{DIALECTS}{', '.join(dialects)}"} if dialects else set[str]()
    return joined | (lines - some)


def _kinds(change: Change) -> Iterator[Kind]:
    match change:
        case CreateTable(made):
            yield from (column.kind for column in made.columns.values())
        case AddColumn(_, column) | RenameColumn(_, column):
            yield column.kind
        case AlterColumn(_, old, new):
            yield old.kind
            yield new.kind
        case _:
            return


def _text(text: str | None) -> str:
    return "None" if text is None else quote(text)

"""How the parts of a table are spelt in a revision file."""

from collections.abc import Sequence
from typing import Any, Final, cast

from segue.migrations.expressions import escaped, is_awkward
from segue.migrations.kinds import quote
from segue.migrations.schema import (
    Check,
    Column,
    Default,
    ForeignKey,
    Index,
    Options,
    Part,
    Table,
    Unique,
)

__all__ = [
    "call",
    "check_words",
    "column_text",
    "default_text",
    "foreign_key_words",
    "index_words",
    "inside_table",
    "op_f",
    "option_words",
    "unique_words",
]

_WIDTH: Final = 80


def call(name: str, words: Sequence[str]) -> list[str]:
    """Write a call on one line, or an argument a line where it would be too long."""
    line = f"{name}({', '.join(words)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return [line]
    return [f"{name}(", *(f"    {word}," for word in words), ")"]


def inside_table(table: Table) -> list[str]:
    """Spell the columns and constraints of a new table."""
    words = [column_text(column) for column in table.columns.values()]
    if table.primary is not None:
        name = table.primary.name
        named = [] if name is None else [f"name={op_f(name)}"]
        parts = ", ".join([*map(quote, table.primary.columns), *named])
        words.append(f"sa.PrimaryKeyConstraint({parts})")
    for made in table.constraints.values():
        named = [f"name={op_f(made.name)}"]
        if isinstance(made, Unique):
            inside = [*map(quote, made.columns), *named, *option_words(made.options)]
            words.append(f"sa.UniqueConstraint({', '.join(inside)})")
        elif isinstance(made, Check):
            inside = [_bare(made.text), *named]
            words.append(f"sa.CheckConstraint({', '.join(inside)})")
        else:
            targets = [f"{made.target}.{column}" for column in made.target_columns]
            inside = [_list(made.columns), _list(targets), *named]
            inside += option_words(made.options)
            words.append(f"sa.ForeignKeyConstraint({', '.join(inside)})")
    return words


def column_text(column: Column) -> str:
    """Spell a column."""
    words = [quote(column.name), column.kind.text]
    if column.computed is not None:
        made = column.computed
        stored = "" if made.persisted is None else f", persisted={made.persisted}"
        words.append(f"sa.Computed({_bare(made.text)}{stored})")
    elif column.identity is not None:
        words.append(default_text(None, column.identity))
    elif column.default is not None:
        words.append(f"server_default={default_text(column.default)}")
    words.append(f"nullable={column.nullable}")
    if column.autoincrement != "auto":
        words.append(f"autoincrement={column.autoincrement!r}")
    if column.comment is not None:
        words.append(f"comment={quote(column.comment)}")
    return f"sa.Column({', '.join([*words, *option_words(column.options)])})"


def default_text(default: Default | None, identity: Options | None = None) -> str:
    """Spell a default of the server, or the identity that stands for it."""
    if identity is not None:
        return f"sa.Identity({', '.join(option_words(identity))})"
    if default is None:
        return "None"
    if default.is_sql:
        return _sql(default.text)
    return quote(default.text)


def unique_words(made: Unique) -> list[str]:
    """Spell a unique constraint behind its name."""
    return [_list(made.columns), *option_words(made.options)]


def check_words(made: Check) -> list[str]:
    """Spell a check behind its name."""
    return [_bare(made.text)]


def foreign_key_words(made: ForeignKey) -> list[str]:
    """Spell a foreign key behind its name."""
    schema, dot, table = made.target.rpartition(".")
    words = [quote(table), _list(made.columns), _list(made.target_columns)]
    words += [f"referent_schema={quote(schema)}"] if dot else []
    return words + option_words(made.options)


def index_words(index: Index) -> list[str]:
    """Spell an index from its name on, without its table."""
    parts = ", ".join(_part(part) for part in index.parts)
    words = [op_f(index.name), f"[{parts}]"]
    words += ["unique=True"] if index.unique else []
    return words + option_words(index.options)


def op_f(name: str) -> str:
    """Spell a name that no naming convention may change again."""
    return f"op.f({quote(name)})"


def _part(part: Part) -> str:
    if part.is_sql:
        return _sql(part.text)
    return quote(part.text)


def _sql(sql: str) -> str:
    """Spell SQL where a string would be a value."""
    if is_awkward(sql):
        return f"sa.literal_column({quote(sql)})"
    return f"sa.text({quote(escaped(sql))})"


def _bare(sql: str) -> str:
    """Spell SQL where a string is SQL."""
    return _sql(sql) if is_awkward(sql) else quote(escaped(sql))


def option_words(options: Options) -> list[str]:
    """Spell arguments of a dialect."""
    return [f"{key}={_option(value)}" for key, value in options]


def _option(value: Any) -> str:
    if isinstance(value, Part):
        return _part(value)
    if isinstance(value, tuple):
        items = cast("Any", value)
        return f"[{', '.join(map(_option, items))}]"
    return quote(value) if isinstance(value, str) else repr(value)


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(map(quote, names))}]"

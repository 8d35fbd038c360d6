"""SQL expressions as text: out of SQLAlchemy, into a file, and with names changed."""

import re
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import CompileError
from sqlalchemy.sql import coercions, roles

__all__ = ["as_text", "escaped", "is_awkward", "renamed", "sql_of"]

# What `text()` would take for the name of a parameter.
_PARAMETER: Final = re.compile(r"(?<![:\w\\]):(?=\w)")
_PIECES: Final = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|[^'\"]+")
_GENERAL: Final = DefaultDialect()
_POSTGRES: Final[Any] = sa.make_url("postgresql://").get_dialect()()


def sql_of(expression: Any) -> str:
    """Write an expression of SQLAlchemy as SQL, the same for every dialect.

    What only PostgreSQL can write, its operators on JSON for example, is in its way.
    """
    if isinstance(expression, str):
        return _unescaped(expression)
    words = {"literal_binds": True, "include_table": False}
    expect: Any = coercions.expect
    coerced: Any = expect(roles.DDLExpressionRole, expression)
    try:
        return str(coerced.compile(dialect=_GENERAL, compile_kwargs=words))
    except CompileError:
        return str(coerced.compile(dialect=_POSTGRES, compile_kwargs=words)).replace(
            "%%", "%"
        )


def escaped(sql: str) -> str:
    r"""Guard the colons of SQL that `text()` will read.

    Example:
        >>> escaped("at > '12:30' AND kind <> ':a' AND x::int > 0")
        "at > '12:30' AND kind <> '\\:a' AND x::int > 0"
    """
    return _PARAMETER.sub(r"\\:", sql)


def as_text(sql: str) -> Any:
    """Build the expression of SQLAlchemy from SQL."""
    column: Any = sa.literal_column
    return column(sql) if is_awkward(sql) else sa.text(escaped(sql))


def is_awkward(sql: str) -> bool:
    """Whether `text()` cannot be told to leave the colons alone, as in `':ok:'`."""
    return ":" in sql and sql_of(sa.text(escaped(sql))) != sql


def renamed(sql: str, old: str, new: str) -> str:
    """Change the name of a column in SQL, outside its strings.

    Example:
        >>> renamed("cents > 0 AND note <> 'cents'", "cents", "price")
        "price > 0 AND note <> 'cents'"
    """
    word = re.compile(rf"(?<![\w.]){re.escape(old)}(?!\w)")

    def change(piece: re.Match[str]) -> str:
        text = piece[0]
        if text.startswith("'"):
            return text
        if text.startswith('"'):
            return f'"{new}"' if text[1:-1] == old else text
        return word.sub(lambda _: new, text)

    return _PIECES.sub(change, sql)


def _unescaped(sql: str) -> str:
    return re.sub(r"\\:(?=\w)", ":", sql)

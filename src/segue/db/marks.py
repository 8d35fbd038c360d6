"""Marks: what a hint cannot say about a column, a relation or a table.

    slug: Annotated[str, MaxLen(120), Unique()]
    author: Annotated[Author, OnDelete("cascade")]
    code: Key[str]

A rule over several columns stands in the class:

    __rules__ = (Unique("title", "author"),)
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

__all__ = [
    "KEY",
    "Check",
    "Column",
    "Digits",
    "Index",
    "Key",
    "KeyMark",
    "OnDelete",
    "Rule",
    "Unique",
    "Version",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeyMark:
    """What `Key[...]` puts on a hint."""


KEY: Final = KeyMark()

Key: TypeAlias = Annotated[T, KEY]
"""A field of the primary key; several of them are one key together."""


@dataclass(frozen=True, slots=True, init=False)
class Unique:
    """No two rows have the same value here; of several fields: the same values.

    Args:
        fields: In `__rules__`: the fields that are unique together.
        name: Of the constraint, instead of one made of the names.
    """

    fields: tuple[str, ...]
    name: str | None

    def __init__(self, *fields: str, name: str | None = None) -> None:
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "name", name)


@dataclass(frozen=True, slots=True, init=False)
class Index:
    """Rows are found fast by this.

    Args:
        fields: In `__rules__`: the fields, or SQL in parentheses: `"(lower(title))"`.
        where: SQL; only rows that it holds for are in the index.
        unique: No two rows in the index are the same.
        name: Instead of one made of the names.
    """

    fields: tuple[str, ...]
    where: str | None
    unique: bool
    name: str | None

    def __init__(
        self,
        *fields: str,
        where: str | None = None,
        unique: bool = False,
        name: str | None = None,
    ) -> None:
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "where", where)
        object.__setattr__(self, "unique", unique)
        object.__setattr__(self, "name", name)


@dataclass(frozen=True, slots=True)
class Check:
    """The database refuses rows for which this SQL is false.

    Args:
        sql: A condition over the columns of the table.
        name: A word for what it demands; an error of it says that word.
    """

    sql: str
    name: str


Rule: TypeAlias = Unique | Index | Check


@dataclass(frozen=True, slots=True)
class Version:
    """A number that every `save` counts up; one that comes too late is refused.

    `version: Annotated[int, Version()] = 1`
    """


@dataclass(frozen=True, slots=True)
class OnDelete:
    """What happens to this row when the one that it points to is deleted."""

    action: Literal["restrict", "cascade", "set null"]


@dataclass(frozen=True, slots=True)
class Digits:
    """How a Decimal is stored: so many digits, so many of them behind the point."""

    precision: int = 18
    scale: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """How a column is made, where the hint does not tell.

    Args:
        type: A type of SQLAlchemy, in place of the one that the hint would get.
        name: Of the column, in place of the field's.
        default: SQL; the database fills the column in where no value is given.
        generated: SQL; the database computes the column from others.
        comment: Kept in the database.
    """

    type: Any = None
    name: str | None = None
    default: str | None = None
    generated: str | None = None
    comment: str | None = None

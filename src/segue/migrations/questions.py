"""What a comparison cannot know and must be told: renames, and values for old rows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import msgspec

from segue.core.errors import did_you_mean
from segue.migrations.errors import MigrationError
from segue.migrations.schema import Column, Default, Schema, Table

__all__ = ["Answers", "Nobody", "Questions", "parse_renames", "parse_values"]

Ask = Callable[[str], str]


class Questions(Protocol):
    """Who answers while two states are compared."""

    def renamed_table(self, old: str, new: str, *, alike: bool) -> bool:
        """Whether a table is an old one under a new name."""
        ...

    def renamed_column(self, table: str, old: str, new: str, *, alike: bool) -> bool:
        """Whether a column is an old one under a new name."""
        ...

    def value(self, table: str, column: Column) -> Default:
        """Give the value that rows get which are there already."""
        ...


class Answers(msgspec.Struct):
    """Answers from the command line, and from whoever sits at the terminal.

    Attributes:
        tables: New names of tables by their old ones.
        columns: New names of columns by (table, old name); the table under its new
            name or its old one.
        values: SQL for the rows that are there, by (table, column).
        nothing_renamed: What looks renamed is a new thing and one that went.
        ask: Asks at the terminal; None where nobody sits.
    """

    tables: Mapping[str, str] = {}
    columns: Mapping[tuple[str, str], str] = {}
    values: Mapping[tuple[str, str], str] = {}
    nothing_renamed: bool = False
    ask: Ask | None = None

    def check(self, wanted: Schema) -> None:
        """Check that what is named as new is there.

        Raises:
            MigrationError: If it is not.
        """
        for new in self.tables.values():
            _known(new, wanted.tables)
        named = [(table, new) for (table, _), new in self.columns.items()]
        for table, column in [*named, *self.values]:
            key = self.tables.get(table, table)
            _known(key, wanted.tables)
            _known(f"{key}.{column}", _places(wanted.tables[key]))

    def renamed_table(self, old: str, new: str, *, alike: bool) -> bool:
        """Whether a table is an old one under a new name."""
        if old in self.tables:
            return self.tables[old] == new
        if new in self.tables.values():
            return False
        return alike and self._decide(f"the table {old!r}", repr(new), f"{old}={new}")

    def renamed_column(self, table: str, old: str, new: str, *, alike: bool) -> bool:
        """Whether a column is an old one under a new name."""
        former = [was for was, is_ in self.tables.items() if is_ == table]
        for key in [table, *former]:
            if (key, old) in self.columns:
                return self.columns[key, old] == new
            if new in {n for (t, _), n in self.columns.items() if t == key}:
                return False
        return alike and self._decide(
            f"{table}.{old}", f"{table}.{new}", f"{table}.{old}={new}"
        )

    def value(self, table: str, column: Column) -> Default:
        """Give the value that rows get which are there already.

        Raises:
            MigrationError: If nobody can be asked.
        """
        given = self.values.get((table, column.name))
        if given is None and self.ask is not None:
            given = self.ask(
                f"{table}.{column.name} must have a value, and rows that are there "
                "have none.\nSQL of the value they get, such as 0 or 'none' "
                "(nothing to stop)"
            ).strip()
        if not given:
            raise MigrationError(
                "SG-MIG-002",
                f"{table}.{column.name} must have a value, and rows that are there "
                "already have none.",
                why="The database would refuse the column as soon as there is a row.",
                fix=f'segue db make --value "{table}.{column.name}=0" with the SQL of '
                "a value, or give the column a default of the server, or allow None.",
            )
        return Default(given, is_sql=True)

    def _decide(self, old: str, new: str, words: str) -> bool:
        if self.nothing_renamed:
            return False
        if self.ask is not None:
            return self.ask(f"Was {old} renamed to {new}? [y/N]").strip().lower() in {
                "y",
                "yes",
            }
        raise MigrationError(
            "SG-MIG-001",
            f"{new} may be {old} under another name, or a new thing.",
            why="Taken for a new one, the values of the old one would be dropped.",
            fix=f"segue db make --rename {words}   (or --nothing-renamed)",
        )


class Nobody:
    """Answers where it does not matter: what looks renamed is new."""

    def renamed_table(self, old: str, new: str, *, alike: bool) -> bool:
        """Whether a table is an old one under a new name."""
        del old, new, alike
        return False

    def renamed_column(self, table: str, old: str, new: str, *, alike: bool) -> bool:
        """Whether a column is an old one under a new name."""
        del table, old, new, alike
        return False

    def value(self, table: str, column: Column) -> Default:
        """Give the value that rows get which are there already."""
        del table, column
        return Default("")


def _places(table: Table) -> list[str]:
    return [f"{table.key}.{name}" for name in table.columns]


def _known(name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        raise MigrationError(
            "SG-MIG-004",
            f"The app wants no {name!r}.{did_you_mean(name, names)}",
            why="A rename or a value for it would be forgotten without a word.",
            fix="Write the new name as the models have it.",
        )


def parse_renames(
    renames: list[str],
) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Read `old=new` for tables and `table.old=new` for columns.

    Raises:
        MigrationError: If one is neither.
    """
    tables: dict[str, str] = {}
    columns: dict[tuple[str, str], str] = {}
    for text in renames:
        old, equals, new = (part.strip() for part in text.partition("="))
        if not (old and equals and new):
            raise _unreadable("--rename", text, "book.cents=price or authors=author")
        table, dot, column = old.rpartition(".")
        head, _, tail = new.rpartition(".")
        if not dot:
            tables[old] = new
        elif head in {"", table}:
            columns[table, column] = tail
        else:
            raise _unreadable("--rename", text, "book.cents=price")
    return tables, columns


def parse_values(values: list[str]) -> dict[tuple[str, str], str]:
    """Read `table.column=SQL`.

    Raises:
        MigrationError: If one is something else.
    """
    found: dict[tuple[str, str], str] = {}
    for text in values:
        place, equals, sql = text.partition("=")
        table, dot, column = place.strip().rpartition(".")
        if not (dot and equals and sql.strip()):
            raise _unreadable("--value", text, "book.year=1999")
        found[table, column] = sql.strip()
    return found


def _unreadable(option: str, text: str, example: str) -> MigrationError:
    return MigrationError(
        "SG-MIG-003",
        f"{option} {text!r} cannot be read.",
        why="It must name what there was and what there is now.",
        fix=f"Write it like {option} {example}",
    )

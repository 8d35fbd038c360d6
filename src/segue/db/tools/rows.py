"""Rows as JSON: what is in each column of each table, both ways.

A row is one line, `{"book": {"id": 1, "title": "Dune", "author_id": 3}}`: its table,
and its columns with what they hold. So tables between two models are rows like all
others, and what never leaves an API (a password) is there all the same.
"""

import math
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Optional, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import SAWarning

from segue.core.errors import CommandError, did_you_mean
from segue.core.schema.checks import check_for
from segue.core.schema.faults import find_faults
from segue.db.description import Part
from segue.db.paths import Step
from segue.db.tables import column_name

__all__ = ["Cell", "Rows", "as_object", "rows_of"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a table.

    Attributes:
        name: Of the column.
        hint: The type of what it holds.
        check: Whether a value keeps the marks of the field.
        whole: The type with its marks, to tell what is wrong.
        is_late: It points to a row that may come later, and is written at the end.
    """

    name: str
    hint: Any
    check: Callable[[Any], bool] | None = None
    whole: Any = Any
    is_late: bool = False
    default: Any = msgspec.NODEFAULT

    def read(self, data: Any) -> Any:
        """Make a value of what JSON has.

        Raises:
            ValueError: With what is wrong.
        """
        if self.hint == float and isinstance(data, str):  # noqa: E721 - no instance
            return float(data)
        try:
            value = msgspec.convert(data, self.hint)
        except msgspec.ValidationError as error:
            raise ValueError(f"{self.name}: {error}") from error
        if value is not None and self.check is not None and not self.check(value):
            faults = find_faults(self.whole, data)
            told = "; ".join(each.message for each in faults) or "it does not fit"
            raise ValueError(f"{self.name}: {told}")
        return value

    def usual(self) -> Any:
        """Make what the model takes where nothing is given."""
        factory = getattr(self.default, "default_factory", msgspec.NODEFAULT)
        if factory is not msgspec.NODEFAULT:
            return factory()
        return self.default


@dataclass(frozen=True, slots=True)
class Rows:
    """A table whose rows are written and read.

    Attributes:
        model: The name of its model; of a table between two models its own.
        cells: Its columns by name, but for those that the database computes.
    """

    table: sa.Table
    model: str
    cells: dict[str, Cell]

    @property
    def name(self) -> str:
        """The name of the table."""
        return self.table.name

    def line(self, values: Iterable[Any]) -> bytes:
        """Write a row."""
        told = {
            name: _finite(value) for name, value in zip(self.cells, values, strict=True)
        }
        return msgspec.json.encode({self.name: told})

    def read(self, told: Any) -> dict[str, Any]:
        """Read a row.

        Raises:
            ValueError: With what is wrong.
        """
        given = as_object(told)
        if given is None:
            raise ValueError(f"a row of {self.name} is an object with its columns")
        values: dict[str, Any] = {}
        for name, data in given.items():
            cell = self.cells.get(name)
            if cell is None:
                near = did_you_mean(name, self.cells)
                raise ValueError(f"{self.name} has no column {name!r}.{near}")
            values[name] = cell.read(data)
        for name, cell in self.cells.items():
            if name not in values and cell.default is not msgspec.NODEFAULT:
                values[name] = cell.usual()
        return values


def as_object(data: Any) -> dict[str, Any] | None:
    """Take an object of JSON; None is what is no object."""
    return cast("dict[str, Any]", data) if type(data) is dict else None


def rows_of(root: Any, only: Iterable[str] = ()) -> dict[str, Rows]:
    """Describe the tables of a root by their names; what is pointed to comes first.

    Args:
        root: Of the models.
        only: Names of tables or models.

    Raises:
        CommandError: There is no such table.
    """
    registry = root.__registry__
    metadata = registry.metadata
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # tables in a ring
        tables: list[sa.Table] = list(metadata.sorted_tables)
    rank = {table.name: number for number, table in enumerate(tables)}
    models = {each.__model__.table: each for each in registry.models}
    every = {table.name: _describe(table, models, rank) for table in tables}
    wanted = {_find(name, every) for name in only}
    return {name: rows for name, rows in every.items() if not wanted or name in wanted}


def _find(name: str, every: dict[str, Rows]) -> str:
    found = [rows.name for rows in every.values() if name in (rows.name, rows.model)]
    if len(found) == 1:
        return found[0]
    raise CommandError(
        "SG-DB-156",
        f"There is no one table {name!r}.{did_you_mean(name, every)}",
        why="Rows are named by their table, or by their model.",
        fix=f"Name one of {', '.join(every)}.",
    )


def _describe(table: sa.Table, models: dict[str, Any], rank: dict[str, int]) -> Rows:
    model = models.get(table.name)
    parts: dict[str, Part] = {}
    if model is not None:
        parts = {column_name(part): part for part in model.__model__.stored}
    cells: dict[str, Cell] = {}
    for column in table.columns:
        if column.computed is None:
            part = parts.get(column.name)
            hint = _key_hint(column, models) if part is None else _hint(model, part)
            late = column.nullable is True and any(
                rank[key.column.table.name] >= rank[table.name]
                for key in column.foreign_keys
            )
            cells[column.name] = _cell(column, part, hint, is_late=late)
    return Rows(table, table.name if model is None else model.__name__, cells)


def _cell(
    column: sa.Column[Any], part: Part | None, hint: Any, *, is_late: bool
) -> Cell:
    null: Any = Optional[hint] if column.nullable else hint  # noqa: UP045 - at run time
    if part is None or part.role == "one":
        return Cell(column.name, null, is_late=is_late)
    whole: Any = Annotated[(hint, *part.marks)] if part.marks else hint
    check = check_for(whole, meta=True)
    return Cell(column.name, null, check, whole, default=part.default)


def _hint(model: Any, part: Part) -> Any:
    """Find the type of what a column holds; of a relation that of the other key."""
    while part.role == "one":
        model = Step(model, part).target
        part = model.__model__.key[0]
    return part.plain


def _key_hint(column: sa.Column[Any], models: dict[str, Any]) -> Any:
    """Find the type of a column of a table between two models."""
    target = next(iter(column.foreign_keys)).column.table.name
    model = models[target]
    return _hint(model, model.__model__.key[0])


def _finite(value: Any) -> Any:
    """Write what JSON has no number for as a text."""
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value

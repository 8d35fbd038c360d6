"""`segue db load`: rows from lines of JSON, all of them or none.

A file is read a line at a time, and inserted some hundred rows at a time. What points
to a row that may come later (a boss who is a person too) is empty at first, and written
when all rows are there: for that the file is read once more.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from segue.core.errors import CommandError, did_you_mean
from segue.db.run.errors import DatabaseError
from segue.db.tools.held import Held
from segue.db.tools.rows import Rows, as_object, rows_of
from segue.db.tools.starting import need_tables

__all__ = ["load_rows"]

_AT_ONCE = 500


class _Line(msgspec.Struct, frozen=True):
    """A row of a file."""

    place: str
    rows: Rows
    values: dict[str, Any]


def load_rows(database: Held, files: Iterable[Path]) -> dict[str, int]:
    """Insert the rows of files.

    Returns:
        How many there were, by table.

    Raises:
        CommandError: With the line of the mistake; nothing was inserted then.
    """
    every = rows_of(database.root)
    need_tables(database)
    paths = list(files)
    counts: dict[str, int] = {}
    db = database.db()
    with db.transaction():
        for batch in _batches(_lines(paths, every)):
            rows = batch[0].rows
            _insert(db, rows, batch)
            counts[rows.name] = counts.get(rows.name, 0) + len(batch)
        late = {n for n in counts if any(c.is_late for c in every[n].cells.values())}
        for line in _lines(paths, every) if late else ():
            if line.rows.name in late:
                _complete(db, line)
        _count_on(db, [every[name] for name in counts])
    return counts


def _lines(paths: list[Path], every: dict[str, Rows]) -> Iterator[_Line]:
    for path in paths:
        try:
            with path.open("rb") as file:
                for number, text in enumerate(file, 1):
                    if text.strip():
                        yield _read(f"{path}:{number}", text, every)
        except OSError as error:
            raise _mistake(str(path), error.strerror or str(error)) from error


def _read(place: str, text: bytes, every: dict[str, Rows]) -> _Line:
    try:
        told: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _mistake(place, f"this line is no JSON: {error}") from error
    found = as_object(told)
    if found is None or len(found) != 1:
        raise _mistake(place, 'a line is one row: {"book": {"title": "Dune"}}')
    ((name, data),) = found.items()
    rows = every.get(name)
    if rows is None:
        near = did_you_mean(name, every)
        raise _mistake(place, f"there is no table {name!r}.{near}")
    try:
        return _Line(place, rows, rows.read(data))
    except ValueError as error:
        raise _mistake(place, str(error)) from error


def _batches(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    """Gather lines that one statement can insert: of one table, with like columns."""
    batch: list[_Line] = []
    for line in lines:
        if batch and (
            len(batch) == _AT_ONCE
            or line.rows is not batch[0].rows
            or line.values.keys() != batch[0].values.keys()
        ):
            yield batch
            batch = []
        batch.append(line)
    if batch:
        yield batch


def _insert(db: Any, rows: Rows, batch: list[_Line]) -> None:
    values = [_first(rows, line.values) for line in batch]
    try:
        with db.sa() as connection:
            connection.execute(rows.table.insert(), values)
    except (SQLAlchemyError, DatabaseError) as error:
        if len(batch) == 1:
            raise _mistake(batch[0].place, _told(error)) from error
    else:
        return
    # One of them is the mistake; which one, the database tells of single rows only.
    for line in batch:
        _insert(db, rows, [line])


def _first(rows: Rows, values: dict[str, Any]) -> dict[str, Any]:
    return {n: None if rows.cells[n].is_late else v for n, v in values.items()}


def _complete(db: Any, line: _Line) -> None:
    """Write what points to rows that were not there at first."""
    cells, table = line.rows.cells, line.rows.table
    late = {n: v for n, v in line.values.items() if cells[n].is_late and v is not None}
    key = {column.name for column in table.primary_key.columns}
    if not late:
        return
    if not key <= line.values.keys():
        raise _mistake(line.place, f"without {', '.join(sorted(key))} it cannot point")
    found = sa.and_(*(table.c[name] == line.values[name] for name in key))
    try:
        with db.sa() as connection:
            connection.execute(table.update().where(found).values(late))
    except (SQLAlchemyError, DatabaseError) as error:
        raise _mistake(line.place, _told(error)) from error


def _count_on(db: Any, loaded: list[Rows]) -> None:
    """Have PostgreSQL number new rows behind those that were loaded."""
    with db.sa() as connection:
        if connection.dialect.name != "postgresql":
            return
        for rows in loaded:
            column = rows.table.autoincrement_column
            if column is not None:
                quote = connection.dialect.identifier_preparer
                table = quote.format_table(rows.table)
                sequence = sa.func.pg_get_serial_sequence(table, column.name)
                last = sa.select(sa.func.max(column)).scalar_subquery()
                connection.execute(sa.select(sa.func.setval(sequence, last)))


def _told(error: Exception) -> str:
    told = getattr(error, "orig", None) or error
    return " ".join(str(told).split())


def _mistake(place: str, what: str) -> CommandError:
    return CommandError(
        "SG-DB-157",
        f"{place}: {what}",
        why="Rows are loaded all or not at all; nothing was inserted.",
        fix="Correct that line and load the file again.",
        where=[place],
    )

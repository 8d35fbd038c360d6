"""`segue db dump`: the rows of a database as lines of JSON, in constant memory."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from segue.db.tools.held import Held
from segue.db.tools.rows import Rows, rows_of
from segue.db.tools.starting import need_tables

__all__ = ["dump_rows", "dumped_lines"]

_AT_ONCE = 500


def dump_rows(database: Held, tables: Iterable[str], out: Path) -> None:
    """Write the rows of some tables, or of all, to a file or to standard output."""
    lines = dumped_lines(database, tables)
    if str(out) == "-":
        for line in lines:
            sys.stdout.write(line.decode())
        return
    with out.open("wb") as file:
        file.writelines(lines)


def dumped_lines(database: Held, tables: Iterable[str] = ()) -> Iterator[bytes]:
    """Give the rows as lines, as they are at one moment."""
    chosen = rows_of(database.root, tables)
    need_tables(database)
    db = database.db()
    manner: dict[str, Any] = {"read_only": True}
    if database.address.kind != "sqlite":
        manner["isolation"] = "repeatable read"
    with db.transaction(**manner), db.sa() as connection:
        for rows in chosen.values():
            yield from _lines(connection, rows)


def _lines(connection: Any, rows: Rows) -> Iterator[bytes]:
    columns = [rows.table.c[name] for name in rows.cells]
    query = sa.select(*columns).order_by(*rows.table.primary_key.columns)
    streaming = connection.execution_options(
        stream_results=True, max_row_buffer=_AT_ONCE
    )
    with streaming.execute(query) as result:
        for row in result:
            yield rows.line(row) + b"\n"

"""The same with the bare drivers: what nobody can be cheaper than."""

import datetime as dt
import sqlite3
from typing import Any

import msgspec
import psycopg

from inside.data_segue import KEYS

__all__ = ["GET", "BarePostgres", "BareSQLite", "PlainWorld"]

GET = "SELECT number, name, id FROM bench_world WHERE id = %s"
LIST = (
    "SELECT b.title, b.year, b.price, b.created, b.id, a.name, a.country, a.id "
    "FROM bench_book b JOIN bench_author a ON b.author_id = a.id "
    "WHERE b.year >= %s AND a.country = %s ORDER BY b.id LIMIT %s"
)
INSERT = "INSERT INTO bench_world (number, name) VALUES (%s, %s) RETURNING id"


class PlainWorld(msgspec.Struct):
    """What a row becomes."""

    number: int
    name: str
    id: int


class PlainAuthor(msgspec.Struct):
    """Whom a book is by."""

    name: str
    country: str
    id: int


class PlainBook(msgspec.Struct):
    """A row that is listed."""

    title: str
    year: int
    price: int
    created: dt.datetime
    author: PlainAuthor
    id: int


class Bare:
    """A driver by hand.

    Attributes:
        connection: Its one connection.
    """

    connection: Any
    texts: dict[str, str]

    def get(self, number: int) -> Any:
        """Get a row by its key."""
        cursor = self.connection.execute(self.texts["get"], (number % KEYS + 1,))
        return PlainWorld(*cursor.fetchone())

    def list(self, number: int) -> Any:
        """List 50 rows, each with the one that it belongs to."""
        del number
        rows = self.connection.execute(self.texts["list"], (1985, "DE", 50)).fetchall()
        time = self.time
        return [
            PlainBook(
                title, year, price, time(created), PlainAuthor(name, country, by), key
            )
            for title, year, price, created, key, name, country, by in rows
        ]

    @staticmethod
    def time(value: Any) -> dt.datetime:
        """Read a time as the driver gives it."""
        found: dt.datetime = value.astimezone(dt.UTC)
        return found

    def json(self, number: int) -> bytes:
        """List them as JSON."""
        return msgspec.json.encode(self.list(number))

    def insert(self, number: int) -> Any:
        """Insert a row, and read its key."""
        new = PlainWorld(number, "new", 0)
        values = new.number, new.name
        (new.id,) = self.connection.execute(self.texts["insert"], values).fetchone()
        return new

    def insert_many(self, number: int) -> Any:
        """Insert 1,000 rows by the driver's own means, without their keys."""
        new = [PlainWorld(n, "new", 0) for n in range(number, number + 1_000)]
        cursor = self.connection.cursor()
        cursor.execute("BEGIN")
        text = self.texts["insert"].partition(" RETURNING")[0]
        cursor.executemany(text, [(each.number, each.name) for each in new])
        cursor.execute("COMMIT")
        return new

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class BareSQLite(Bare):
    """The module sqlite3."""

    def __init__(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=normal")
        texts = {"get": GET, "list": LIST, "insert": INSERT}
        self.texts = {name: text.replace("%s", "?") for name, text in texts.items()}

    @staticmethod
    def time(value: Any) -> dt.datetime:
        """Read a time, which is text here."""
        return dt.datetime.fromisoformat(f"{value}+00:00")


class BarePostgres(Bare):
    """Psycopg, with prepared statements."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)
        self.texts = {"get": GET, "list": LIST, "insert": INSERT}

"""The tables of the benchmark of data, and what is asked of them through Segue."""

import datetime as dt
from typing import Annotated, Any

import msgspec
import sqlalchemy as sa
from annotated_types import MaxLen

from segue.db import Model
from segue.db.database import Database

__all__ = ["KEYS", "Author", "Bench", "Book", "SeguePeer", "World"]

KEYS = 1_000
"""How many rows there are to get."""


class Bench(Model, root=True):
    """The models of the benchmark."""


class World(Bench, table="bench_world"):
    """A row that is got and inserted."""

    number: int
    name: Annotated[str, MaxLen(80)]


class Author(Bench, table="bench_author"):
    """Whom a book is by."""

    name: Annotated[str, MaxLen(80)]
    country: Annotated[str, MaxLen(2)]


class Book(Bench, table="bench_book"):
    """A row that is listed."""

    title: Annotated[str, MaxLen(120)]
    year: int
    price: int
    created: dt.datetime
    author: Author


class SeguePeer:
    """Segue, in sync code."""

    def __init__(self, url: str) -> None:
        # As many connections as the benchmark has tasks.
        self.database = Database(url, models=Bench, pool_size=32)
        self.db = self.database.db()

    def fill(self) -> None:
        """Make the tables and their rows."""
        with self.db.sa() as connection:
            Bench.metadata.drop_all(connection)
            Bench.metadata.create_all(connection)
        db, created = self.db, dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
        db.insert_many([World(number=n, name=f"world {n}") for n in range(KEYS)])
        authors = db.insert_many(
            [Author(name=f"a{n}", country="DE" if n % 2 else "FR") for n in range(50)]
        )
        db.insert_many(
            Book(
                title=f"book {n}",
                year=1900 + n % 120,
                price=n,
                created=created,
                author=authors[n % 50],
            )
            for n in range(5_000)
        )
        with db.sa() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("ANALYZE"))

    def get(self, number: int) -> Any:
        """Get a row by its key."""
        return self.db.get(World, number % KEYS + 1)

    def list(self, number: int) -> Any:
        """List 50 rows, each with the one that it belongs to."""
        del number
        query = Book.where(Book.year >= 1985, Book.author.country == "DE")
        return self.db.all(query.order_by(Book.id).limit(50).load(Book.author))

    def json(self, number: int) -> bytes:
        """List them as JSON."""
        return msgspec.json.encode(self.list(number))

    def insert(self, number: int) -> Any:
        """Insert a row, which has its key afterwards."""
        return self.db.insert(World(number=number, name="new"))

    def insert_many(self, number: int) -> Any:
        """Insert 1,000 rows, which have their keys afterwards."""
        new = [World(number=n, name="new") for n in range(number, number + 1_000)]
        return self.db.insert_many(new)

    def drop(self) -> None:
        """Take the tables away."""
        with self.database.db().sa() as connection:
            Bench.metadata.drop_all(connection)
        self.database.close()

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

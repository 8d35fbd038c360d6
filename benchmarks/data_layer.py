"""What the data layer costs beside the bare driver: CPU of get, list and insert.

    python benchmarks/data_layer.py                     # SQLite, in a scratch file
    DATABASE_URL=postgresql://... python benchmarks/data_layer.py

On PostgreSQL it makes and drops the tables world, author and book.

Each figure is the least of several rounds, in microseconds of this process' CPU. The
bare driver makes what the layer makes: a Struct with the values of the row.
"""

import datetime as dt
import os
import sqlite3
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import msgspec
from annotated_types import MaxLen

from segue.db import Many, Model, many
from segue.db.database import Database

ROUNDS = 7


class World(Model):
    number: int


class Author(Model):
    name: Annotated[str, MaxLen(80)]
    country: Annotated[str, MaxLen(2)]
    born: int
    books: Many["Book"] = many()


class Book(Model):
    title: Annotated[str, MaxLen(120)]
    year: int
    price: Decimal
    created: dt.datetime
    author: Author


class Plain(msgspec.Struct):
    id: int
    number: int


class PlainAuthor(msgspec.Struct):
    id: int
    name: str
    country: str
    born: int


class PlainBook(msgspec.Struct):
    id: int
    title: str
    year: int
    price: Decimal
    created: dt.datetime
    author: PlainAuthor


def least(function, count):
    """Measure a call: the least mean of several rounds."""
    for _ in range(count // 10 + 1):
        function()
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(count):
            function()
        best = min(best, (time.process_time() - start) / count)
    return best * 1e6


def tell(name, bare, ours):
    print(f"{name:28s} bare {bare:9.2f}   segue {ours:9.2f}   x {ours / bare:.2f}")


class Bare:
    """A driver by itself, with the words of both that are measured.

    Attributes:
        mark: What stands for a value.
    """

    def __init__(self, url):
        self.is_sqlite = url.startswith("sqlite")
        self.mark = "?" if self.is_sqlite else "%s"
        if self.is_sqlite:
            path = url.removeprefix("sqlite:///")
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=normal")
        else:
            import psycopg  # noqa: PLC0415 - only where it is measured

            self._connection = psycopg.connect(url, autocommit=True)
        self.execute = self._connection.execute

    def many(self, sql, rows):
        self.execute("BEGIN")
        self._connection.cursor().executemany(sql, rows)
        self.execute("COMMIT")


def main():
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.db'}")
        database = Database(url)
        db = database.db()
        with db.sa() as connection:
            Book.metadata.create_all(connection)
        try:
            measure(db, Bare(url))
        finally:
            with db.sa() as connection:
                Book.metadata.drop_all(connection)
            database.close()


def measure(db, raw):
    db.insert_many([World(number=n) for n in range(1_000)])
    authors = db.insert_many(
        [
            Author(name=f"a{n}", country="DE" if n % 2 else "FR", born=n)
            for n in range(50)
        ]
    )
    created = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    db.insert_many(
        Book(
            title=f"book {n}",
            year=1900 + n % 120,
            price=Decimal(n) / 100,
            created=created,
            author=authors[n % 50],
        )
        for n in range(5_000)
    )
    gets(db, raw)
    lists(db, raw)
    inserts(db, raw)


def gets(db, raw):
    sql = f"SELECT id, number FROM world WHERE id = {raw.mark}"

    def bare():
        row = raw.execute(sql, (500,)).fetchone()
        return Plain(*row)

    tell("get", least(bare, 20_000), least(lambda: db.get(World, 500), 20_000))


def lists(db, raw):
    sql = f"SELECT id, number FROM world WHERE number >= {raw.mark}"
    sql += f" ORDER BY id LIMIT {raw.mark}"

    def bare():
        return [Plain(*row) for row in raw.execute(sql, (500, 12)).fetchall()]

    def ours():
        return db.all(World.where(World.number >= 500).order_by(World.id).limit(12))

    tell("list of 12", least(bare, 5_000), least(ours, 5_000))
    join = (
        "SELECT b.id, b.title, b.year, b.price, b.created, a.id, a.name, a.country, "
        "a.born FROM book b JOIN author a ON b.author_id = a.id "
        f"WHERE b.year >= {raw.mark} AND a.country = {raw.mark} "
        f"ORDER BY b.id LIMIT {raw.mark}"
    )

    def bare_page():
        found = []
        for row in raw.execute(join, (1985, "DE", 50)).fetchall():
            author = PlainAuthor(*row[5:])
            price, time = row[3], row[4]
            if raw.is_sqlite:
                price = Decimal(price).scaleb(-2)
                time = dt.datetime.fromisoformat(time).replace(tzinfo=dt.UTC)
            found.append(PlainBook(row[0], row[1], row[2], price, time, author))
        return found

    query = Book.where(Book.year >= 1985, Book.author.country == "DE")

    def our_page():
        wanted = query.order_by(Book.id).limit(50).load(Book.author)
        return db.all(wanted)

    tell("page of 50 with author", least(bare_page, 1_000), least(our_page, 1_000))
    encode = msgspec.json.encode
    tell(
        "the same to JSON",
        least(lambda: encode(bare_page()), 1_000),
        least(lambda: encode(our_page()), 1_000),
    )


def inserts(db, raw):
    sql = f"INSERT INTO world (number) VALUES ({raw.mark}) RETURNING id"

    def bare():
        return raw.execute(sql, (1,)).fetchone()

    def ours():
        return db.insert(World(number=1))

    tell("insert", least(bare, 300), least(ours, 300))

    def bare_many():
        without = sql.removesuffix(" RETURNING id")
        raw.many(without, [(1,)] * 1_000)

    def our_many():
        db.insert_many([World(number=1) for _ in range(1_000)])

    tell("insert 1,000, with keys", least(bare_many, 10), least(our_many, 10))


if __name__ == "__main__":
    sys.exit(main())

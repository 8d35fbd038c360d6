"""What `Db.run` and `AsyncDb.run` cost over the bare driver, for a get by key.

    python benchmarks/data_runners.py                      # SQLite, in a scratch file
    DATABASE_URL=postgresql://... python benchmarks/data_runners.py

Bare and ours take turns, so that a busy machine hits both alike; told is the median of
the rounds, in microseconds of CPU of this process, and the ratio of the two.
"""

import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from segue.db.command import Command
from segue.db.database import Database

ROUNDS, COUNT = 15, 2000
SCHEMA = (
    "DROP TABLE IF EXISTS segue_bench",
    """CREATE TABLE segue_bench (id integer PRIMARY KEY, title varchar(80),
    year integer, price integer, author_id integer)""",
)


def get(sql, key):
    result = yield Command(sql, (key,))
    return result.rows[0]


def write(sql, values=()):
    return (yield Command(sql, values, writes=True))


def fill(db, mark):
    for sql in SCHEMA:
        db.run(write(sql))
    insert = f"INSERT INTO segue_bench VALUES ({', '.join([mark] * 5)})"
    for key in range(1000):
        db.run(write(insert, (key, f"title {key}", 2000, key * 3, key % 7)))


def report(name, pairs):
    bare = statistics.median(first for first, _second in pairs)
    ours = statistics.median(second for _first, second in pairs)
    ratio = statistics.median(second / first for first, second in pairs)
    spread = statistics.quantiles([b / a for a, b in pairs], n=4)
    print(
        f"{name:28} bare {bare:7.2f}  ours {ours:7.2f}  ratio {ratio:.2f} "
        f"({spread[0]:.2f}-{spread[2]:.2f})"
    )


def timed(function):
    began = time.process_time()
    for key in range(COUNT):
        function(key % 1000)
    return (time.process_time() - began) / COUNT * 1e6


async def atimed(function, tasks=1):
    async def some(first):
        for key in range(first, COUNT, tasks):
            await function(key % 1000)

    began = time.process_time()
    await asyncio.gather(*(some(number) for number in range(tasks)))
    return (time.process_time() - began) / COUNT * 1e6


def sync_part(name, database, bare, sql):
    db = database.db()
    pairs = [
        (timed(bare), timed(lambda key: db.run(get(sql, key)))) for _ in range(ROUNDS)
    ]
    report(f"{name} sync", pairs)


async def async_part(name, database, bare, sql, tasks):
    db = database.adb()

    async def ours(key):
        return await db.run(get(sql, key))

    pairs = [
        (await atimed(bare, tasks), await atimed(ours, tasks)) for _ in range(ROUNDS)
    ]
    report(f"{name} async, {tasks} tasks", pairs)


def sqlite():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        database = Database(f"sqlite:///{path}")
        fill(database.db(), "?")
        sql = "SELECT id, title, year, price, author_id FROM segue_bench WHERE id = ?"
        connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)

        def bare(key):
            return connection.execute(sql, (key,)).fetchall()[0]

        async def abare(key):
            return connection.execute(sql, (key,)).fetchall()[0]

        sync_part("sqlite3", database, bare, sql)
        asyncio.run(async_part("sqlite3", database, abare, sql, 1))
        connection.close()
        database.close()


def postgres(url):
    import psycopg  # noqa: PLC0415 - SQLite needs none

    database = Database(url)
    fill(database.db(), "%s")
    sql = "SELECT id, title, year, price, author_id FROM segue_bench WHERE id = %s"
    connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)

    def bare(key):
        return connection.execute(sql, (key,)).fetchall()[0]

    sync_part("psycopg", database, bare, sql)
    connection.close()

    async def awaited(tasks):
        # Each task has a connection of its own: nothing is cheaper.
        idle = [
            await psycopg.AsyncConnection.connect(
                url, autocommit=True, prepare_threshold=0
            )
            for _ in range(tasks)
        ]

        async def abare(key):
            connection = idle.pop()
            cursor = await connection.execute(sql, (key,))
            rows = await cursor.fetchall()
            idle.append(connection)
            return rows[0]

        await async_part("psycopg", database, abare, sql, tasks)
        for connection in idle:
            await connection.close()

    asyncio.run(awaited(1))
    asyncio.run(awaited(16))
    database.db().run(write(SCHEMA[0]))
    database.close()


if __name__ == "__main__":
    url = os.environ.get("DATABASE_URL", sys.argv[1] if len(sys.argv) > 1 else "")
    if url.startswith("postgres"):
        postgres(url)
    else:
        sqlite()

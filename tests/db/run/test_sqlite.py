"""SQLite: turns and connections are given back whatever happens."""

import asyncio
import sqlite3

import pytest

from segue.db.command import Command
from segue.db.run import sqlite_async
from segue.db.run.errors import (
    DatabaseBusyError,
    PoolTimeoutError,
    StatementError,
    UniqueError,
)
from tests.db.conftest import ask, write


def holder(file):
    """Hold the write lock of a file, as another process would."""
    connection = sqlite3.connect(
        file.url.removeprefix("sqlite:///"), isolation_level=None
    )
    connection.execute("BEGIN IMMEDIATE")
    return connection


def test_a_writer_without_a_connection_gives_its_turn_on(file):
    database = file.database(pool_size=1, pool_wait=0.05)
    db = database.db()

    async def story():
        adb = database.adb()
        with db.transaction(read_only=True):
            with pytest.raises(PoolTimeoutError):
                await adb.run(file.add("Ann"))
            with pytest.raises(PoolTimeoutError):
                async with adb.transaction():
                    pytest.fail("never entered")
            with pytest.raises(PoolTimeoutError), database.db().transaction():
                pytest.fail("never entered")
        await adb.run(file.add("Ben"))
        return await adb.run(file.names())

    assert asyncio.run(story()) == [("Ben",)]


def test_an_async_writer_waits_for_another_process(file):
    database = file.database(pool_wait=0.1)
    database.opened.source.driver._busy = 0.1

    async def story():
        adb = database.adb()
        other = holder(file)
        with pytest.raises(DatabaseBusyError):
            await adb.run(file.add("Ann"))
        with pytest.raises(DatabaseBusyError):
            async with adb.transaction():
                pytest.fail("never entered")
        other.close()
        await adb.run(file.add("Ben"))
        return await adb.run(file.names())

    assert asyncio.run(story()) == [("Ben",)]


def test_a_transaction_cancelled_while_it_begins_gives_everything_back(file):
    database = file.database(pool_size=1)
    database.opened.source.driver._busy = 2

    async def story():
        adb = database.adb()
        other = holder(file)
        task = asyncio.create_task(adb.transaction().__aenter__())
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.sleep(0.05)
        other.execute("ROLLBACK")
        other.close()
        with pytest.raises(asyncio.CancelledError):
            await task
        await adb.run(file.add("Ben"))
        return await adb.run(file.names())

    assert asyncio.run(story()) == [("Ben",)]


def test_steps_may_write_and_read_by_turns(file):
    db = file.database().db()

    def steps():
        yield from file.add("Ann")
        first = yield from file.names()
        try:
            yield from file.add("Ann")
        except UniqueError:
            yield from file.add("Ben")
        try:
            yield Command("SELECT nothing")
        except StatementError:
            second = yield from file.names()
        return first, second

    expected = [("Ann",)], [("Ann",), ("Ben",)]
    assert db.run(steps()) == expected
    db.run(write("DELETE FROM account"))
    assert asyncio.run(db.database.adb().run(steps())) == expected


def test_only_so_many_slow_statements_are_remembered(file, monkeypatch):
    monkeypatch.setattr(sqlite_async, "_REMEMBERED", 2)
    database = file.database()
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) "
        "SELECT count(*) + {} FROM n"
    )

    async def story():
        adb = database.adb()
        for number in range(5):
            assert await adb.run(ask(slow.format(number))) == [(20000 + number,)]
        return len(adb._found._slow)

    assert asyncio.run(story()) <= 2


def test_many_values_that_fail_are_undone_in_async_code_too(file):
    database = file.database()

    def steps():
        text = "INSERT INTO account (name) VALUES (?)"
        values = [("Ann",), ("Ann",)]
        yield Command(text, values, writes=True, rows=False, many=True)

    async def story():
        adb = database.adb()
        with pytest.raises(UniqueError):
            await adb.run(steps())
        return await adb.run(file.names())

    assert asyncio.run(story()) == []


def test_a_unique_index_on_an_expression_is_told_by_its_name(file):
    db = file.database().db()
    db.run(write("CREATE UNIQUE INDEX lowered ON account (lower(name))"))
    db.run(file.add("Ann"))
    with pytest.raises(UniqueError) as caught:
        db.run(file.add("ANN"))

    assert caught.value.constraint == "lowered"


def test_a_deferred_rule_is_told_at_the_commit(file):
    db = file.database(pool_size=1).db()
    rule = "REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED"
    db.run(write(f"CREATE TABLE part (whole integer {rule})"))
    with pytest.raises(Exception, match="FOREIGN KEY"), db.transaction():
        db.run(write("INSERT INTO part VALUES (99)"))

    assert db.run(ask("SELECT * FROM part")) == []
    db.run(file.add("Ben"))

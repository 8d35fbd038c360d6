"""What goes wrong under load: nothing is lost, nothing is half done, all is told."""

import asyncio
import logging
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from segue import App
from segue.db.async_session import AsyncDb
from segue.db.run.errors import (
    AbortedError,
    ConnectionLostError,
    DatabaseBusyError,
    DataError,
    DeadlockError,
    DiskFullError,
    PoolTimeoutError,
    ReadOnlyError,
    RepeatableError,
    SerializationError,
    StatementError,
)
from segue.db.session import Db
from segue.testing import Client
from tests.db.conftest import ask, write


def in_threads(*functions):
    """Run functions at the same time; give what they returned or raised."""
    outcomes = [None] * len(functions)

    def work(index, function):
        try:
            outcomes[index] = function()
        except Exception as error:
            outcomes[index] = error

    threads = [
        threading.Thread(target=work, args=pair) for pair in enumerate(functions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def kill(site, keep=None):
    """End all connections of a server to this database, as a restart would."""
    database = site.database()
    db = database.db()
    if site.kind == "postgresql":
        db.run(
            ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    else:
        rows = db.run(
            ask(
                "SELECT id FROM information_schema.processlist "
                "WHERE db = DATABASE() AND id <> CONNECTION_ID()"
            )
        )
        for (number,) in rows:
            try:
                db.run(ask(f"KILL {number}"))
            except StatementError:
                continue  # gone meanwhile
    database.close()


# -- lost connections


def test_a_read_on_a_dead_connection_is_done_again_on_another(server, caplog):
    database = server.database(pool_size=3)
    db = database.db()
    db.run(server.add("Ann"))
    in_threads(*[lambda: db.run(server.names())] * 3)
    kill(server)

    with caplog.at_level(logging.WARNING, "segue.db"):
        assert db.run(server.names()) == [("Ann",)]
    db.run(server.add("Ben"))

    assert "lost" in caplog.text
    assert database.statistics["sync"].replaced >= 1


def test_an_async_read_on_a_dead_connection_is_done_again(server):
    database = server.database(pool_size=3)

    async def story():
        db = database.adb()
        await db.run(server.add("Ann"))
        await asyncio.gather(*(db.run(server.names()) for _ in range(3)))
        kill(server)
        rows = await asyncio.gather(*(db.run(server.names()) for _ in range(3)))
        async with db.transaction():
            await db.run(server.add("Ben"))
        database.close()
        return rows

    assert asyncio.run(story()) == [[("Ann",)]] * 3


def test_a_transaction_begins_on_a_connection_that_lives(server):
    database = server.database(pool_size=1)
    db = database.db()
    db.run(server.add("Ann"))
    kill(server)

    with db.transaction():
        db.run(server.add("Ben"))

    assert db.run(server.names()) == [("Ann",), ("Ben",)]


def test_a_write_on_a_dead_connection_is_told_and_not_repeated(server):
    database = server.database(pool_size=1)
    db = database.db()
    db.run(server.add("Ann"))
    kill(server)

    with pytest.raises(ConnectionLostError) as caught:
        db.run(server.add("Ben"))
    db.run(server.add("Cem"))

    assert caught.value.status == 503
    assert db.run(server.names()) == [("Ann",), ("Cem",)]


def test_a_transaction_that_loses_its_connection_is_not_half_kept(server):
    db = server.database(pool_size=1).db()
    with pytest.raises(ConnectionLostError), db.transaction():
        db.run(server.add("Ann"))
        kill(server)
        db.run(server.add("Ben"))

    assert db.run(server.names()) == []


def test_an_async_transaction_that_loses_its_connection_is_not_half_kept(server):
    database = server.database(pool_size=1)

    async def story():
        db = database.adb()
        with pytest.raises(ConnectionLostError):
            async with db.transaction():
                await db.run(server.add("Ann"))
                kill(server)
                await db.run(server.add("Ben"))
        names = await db.run(server.names())
        database.close()
        return names

    assert asyncio.run(story()) == []


def test_nothing_is_lost_when_connections_are_killed_under_load(server):
    app = App()
    app.use(server.database(pool_size=4))

    @app.post("/plain/{name}")
    def plain(name: str, db: Db):
        db.run(server.add(f"{name} a"))
        db.run(server.add(f"{name} b"))

    @app.post("/async/{name}")
    async def awaited(name: str, db: AsyncDb):
        await db.run(server.add(f"{name} a"))
        await db.run(server.add(f"{name} b"))

    kept, statuses = [], set()

    def send(kind):
        for number in range(40):
            name = f"{kind} {number}"
            response = client.post(f"/{kind}/{name}")
            statuses.add(response.status)
            if response.status < 300:
                kept.append(name)

    def killing():
        for _ in range(4):
            time.sleep(0.05)
            kill(server)

    with Client(app, protocol="asgi", raise_server_exceptions=False) as client:
        outcomes = in_threads(lambda: send("plain"), lambda: send("async"), killing)
        found = {n for (n,) in server.database().db().run(server.names())}

    assert outcomes == [None, None, None]
    assert statuses <= {204, 503}
    # Every answer that said so was kept; and no request was kept by half.
    assert {f"{name} {part}" for name in kept for part in "ab"} <= found
    assert {n[:-1] + "a" for n in found} == {
        n[:-1] + "a" for n in found if n[-1] == "b"
    }


def test_a_server_that_is_away_is_told_without_its_password():
    from segue.db.database import Database

    for url in (
        "postgresql://ann:hunter2@127.0.0.1:1/shop",
        "mariadb://ann:hunter2@127.0.0.1:1/shop",
    ):
        database = Database(url)
        with pytest.raises(ConnectionLostError) as caught:
            database.db().run(ask("SELECT 1"))
        with pytest.raises(ConnectionLostError):
            asyncio.run(database.adb().run(ask("SELECT 1")))

        assert "cannot be reached" in str(caught.value)
        assert "hunter2" not in str(caught.value) + str(database.address)
        assert database.statistics["sync"].opened == 0
        database.close()


# -- a pool that is full


def test_a_full_pool_is_a_503_after_a_bounded_wait(site):
    database = site.database(pool_size=1, pool_wait=0.1)
    app = App()
    app.use(database)

    @app.get("/plain")
    def plain(db: Db):
        db.run(site.cents("Ann", locks=True))

    with (
        Client(app, protocol="wsgi") as client,
        database.db().transaction(read_only=True),
    ):
        response = client.get("/plain")
        stats = database.statistics["sync"]

    assert response.status == 503
    assert response.headers["retry-after"] == "1"
    assert (stats.timeouts, stats.waiting, stats.opened) == (1, 0, 1)


def test_a_full_pool_tells_a_developer_what_to_do(site):
    database = site.database(pool_size=1, pool_wait=0.05)

    async def story():
        db = database.adb()
        async with db.transaction():
            other = database.adb()
            if site.kind == "sqlite":
                other = database.db()
                with pytest.raises(PoolTimeoutError, match=r"SG-DB-110.*pool_size"):
                    await asyncio.to_thread(other.run, site.names())
                return
            with pytest.raises(PoolTimeoutError, match=r"SG-DB-110.*pool_size"):
                await other.run(site.names())

    asyncio.run(story())
    database.close()


def test_200_requests_at_once_on_five_connections_all_finish(site):
    app = App(threads=16)
    database = site.database(pool_size=5)
    app.use(database)

    @app.post("/plain/{name}")
    def plain(name: str, db: Db):
        db.run(site.add(name))
        return len(db.run(site.names()))

    @app.post("/async/{name}")
    async def awaited(name: str, db: AsyncDb):
        await db.run(site.add(name))
        return len(await db.run(site.names()))

    with Client(app, protocol="asgi") as client:

        def send(number):
            kind = "async" if number % 2 else "plain"
            return client.post(f"/{kind}/{number}").status

        statuses = in_threads(*[lambda n=n: send(n) for n in range(200)])
        found = len(database.db().run(site.names()))
        stats = database.statistics

    assert statuses == [200] * 200
    assert found == 200
    assert all(each.opened <= 5 and each.timeouts == 0 for each in stats.values())


# -- transactions in each other's way


def transfer(site, db, first, second, both):
    def work():
        with db.transaction():
            db.run(site.put(first, 1))
            both.wait()
            db.run(site.put(second, 2))
        return "done"

    return work


def test_a_deadlock_is_told_to_one_of_the_two(server):
    database = server.database()
    database.db().run(server.add("Ann"))
    database.db().run(server.add("Ben"))
    both = threading.Barrier(2)

    outcomes = in_threads(
        transfer(server, database.db(), "Ann", "Ben", both),
        transfer(server, database.db(), "Ben", "Ann", both),
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["DeadlockError", "str"]
    assert next(o for o in outcomes if o != "done").status == 503
    cents = [database.db().run(server.cents(n))[0][0] for n in ("Ann", "Ben")]
    assert sorted(cents) == [1, 2]


def test_a_deadlock_is_mended_by_doing_it_again(server):
    database = server.database()
    database.db().run(server.add("Ann"))
    database.db().run(server.add("Ben"))
    both, attempts = threading.Barrier(2), []

    def work(first, second):
        db = database.db()

        @db.transaction(retries=3)
        def change():
            attempts.append(1)
            db.run(server.put(first, 5))
            if len(attempts) <= 2:
                both.wait()
            db.run(server.put(second, 5))
            return "done"

        return change

    outcomes = in_threads(work("Ann", "Ben"), work("Ben", "Ann"))

    assert outcomes == ["done", "done"]
    assert len(attempts) == 3


def test_an_async_deadlock_is_mended_by_doing_it_again(server):
    database = server.database()
    attempts = []

    async def story():
        db, both = database.adb(), asyncio.Barrier(2)
        await db.run(server.add("Ann"))
        await db.run(server.add("Ben"))

        async def change(first, second):
            attempts.append(1)
            await db.run(server.put(first, 5))
            if len(attempts) <= 2:
                await both.wait()
            await db.run(server.put(second, 5))

        again = db.transaction(retries=3)(change)
        await asyncio.gather(again("Ann", "Ben"), again("Ben", "Ann"))
        database.close()

    asyncio.run(story())
    assert len(attempts) == 3


def test_after_a_deadlock_that_was_caught_nothing_is_kept(server):
    database = server.database()
    database.db().run(server.add("Ann"))
    database.db().run(server.add("Ben"))
    both = threading.Barrier(2)

    def careless():
        db = database.db()
        with db.transaction():
            db.run(server.add("Cem"))
            db.run(server.put("Ben", 7))
            both.wait()
            try:
                db.run(server.put("Ann", 7))
            except DeadlockError:
                with pytest.raises(AbortedError):
                    db.run(server.add("Dan"))
        return "kept"

    outcomes = in_threads(careless, transfer(server, database.db(), "Ann", "Ben", both))
    names = database.db().run(server.names())

    if outcomes[0] == "kept":
        assert isinstance(outcomes[1], DeadlockError)
        assert len(names) == 3
    else:
        assert isinstance(outcomes[0], AbortedError)
        assert len(names) == 2


def test_a_serialization_failure_is_told_and_mended(postgres):
    database = postgres.database()
    db, other = database.db(), database.db()
    db.run(postgres.add("Ann", 1))

    def change(attempts):
        seen = db.run(postgres.cents("Ann"))[0][0]
        if not attempts:
            other.run(postgres.put("Ann", 10))
        attempts.append(seen)
        db.run(postgres.put("Ann", seen + 1))

    with pytest.raises(SerializationError), db.transaction(isolation="serializable"):
        change([])
    attempts = []
    db.transaction(isolation="serializable", retries=1)(change)(attempts)

    assert issubclass(SerializationError, RepeatableError)
    assert attempts == [10, 10]
    assert db.run(postgres.cents("Ann")) == [(11,)]


def test_a_failed_transaction_whose_error_was_caught_cannot_be_committed(postgres):
    db = postgres.database().db()
    with pytest.raises(AbortedError, match="SG-DB-121"), db.transaction():
        db.run(postgres.add("Ann"))
        with pytest.raises(StatementError):
            db.run(ask("SELECT nothing FROM nowhere"))
        with pytest.raises(AbortedError):
            db.run(postgres.names())

    assert db.run(postgres.names()) == []


def test_a_failed_async_transaction_cannot_be_committed(postgres):
    database = postgres.database()

    async def story():
        db = database.adb()
        with pytest.raises(AbortedError, match="SG-DB-121"):
            async with db.transaction():
                await db.run(postgres.add("Ann"))
                with pytest.raises(StatementError):
                    await db.run(ask("SELECT nothing FROM nowhere"))
        names = await db.run(postgres.names())
        database.close()
        return names

    assert asyncio.run(story()) == []


def test_a_statement_that_takes_too_long_is_told(postgres):
    db = postgres.database().db()
    with pytest.raises(DatabaseBusyError), db.transaction():
        db.run(write("SET LOCAL statement_timeout = '50ms'"))
        db.run(ask("SELECT pg_sleep(5)"))


def test_a_table_that_changed_under_prepared_statements_is_read_anew(postgres):
    database = postgres.database()
    db, other = database.db(), postgres.database().db()
    db.run(postgres.add("Ann"))
    everything = "SELECT * FROM account"
    columns = len(db.run(ask(everything))[0])
    other.run(write("ALTER TABLE account ADD COLUMN note text"))

    assert len(db.run(ask(everything))[0]) == columns + 1

    async def story():
        adb = database.adb()
        await adb.run(ask(everything))
        other.run(write("ALTER TABLE account DROP COLUMN note"))
        rows = await adb.run(ask(everything))
        database.close()
        return len(rows[0])

    assert asyncio.run(story()) == columns


def test_statements_need_not_be_prepared(postgres):
    postgres.url += "?prepare=false"
    db = postgres.database().db()
    for _ in range(3):
        db.run(postgres.names())
    count = db.run(ask("SELECT count(*) FROM pg_prepared_statements"))

    assert count == [(0,)]


def test_values_that_a_column_cannot_hold_are_told(server):
    db = server.database().db()
    with pytest.raises(DataError) as caught:
        db.run(server.add("x" * 100))

    assert caught.value.status == 422


def test_a_deferred_rule_is_told_at_the_commit(postgres):
    database = postgres.database(pool_size=1)
    db = database.db()
    db.run(write("ALTER TABLE account ALTER CONSTRAINT account_owner DEFERRABLE"))

    with pytest.raises(Exception, match="account_owner"), db.transaction():
        db.run(write("SET CONSTRAINTS ALL DEFERRED"))
        db.run(write("INSERT INTO account (name, owner) VALUES ('Ann', 99)"))

    assert db.run(postgres.names()) == []


# -- SQLite


def test_writers_of_one_file_wait_for_each_other(file):
    database = file.database()
    database.db().run(file.add("Ann", 0))

    def count():
        for _ in range(25):
            db = database.db()
            with db.transaction():
                seen = db.run(file.cents("Ann"))[0][0]
                db.run(file.put("Ann", seen + 1))

    async def acount():
        db = database.adb()

        async def some():
            for _ in range(5):
                async with db.transaction():
                    seen = (await db.run(file.cents("Ann")))[0][0]
                    await asyncio.sleep(0)
                    await db.run(file.put("Ann", seen + 1))

        await asyncio.gather(*(some() for _ in range(5)))

    outcomes = in_threads(count, count, lambda: asyncio.run(acount()))

    assert outcomes == [None] * 3
    assert database.db().run(file.cents("Ann")) == [(75,)]


def test_writers_of_several_processes_wait_for_each_other(file):
    database = file.database()
    database.db().run(file.add("Ann", 0))
    program = (
        "import sys; from segue.db.database import Database\n"
        "from segue.db.command import Command\n"
        "def do(sql): return (yield Command(sql, (), writes=True)).rows\n"
        "db = Database(sys.argv[1]).db()\n"
        "for _ in range(50):\n"
        "    with db.transaction():\n"
        "        db.run(do('UPDATE account SET cents = cents + 1'))\n"
    )
    command = [sys.executable, "-c", program, file.url]
    running = [subprocess.Popen(command) for _ in range(3)]

    assert [each.wait(60) for each in running] == [0, 0, 0]
    assert database.db().run(file.cents("Ann")) == [(150,)]


def test_readers_do_not_wait_for_a_writer(file):
    database = file.database()

    async def story():
        db, other = database.adb(), database.adb()
        async with db.transaction():
            await db.run(file.add("Ann"))
            rows = await asyncio.wait_for(other.run(file.names()), 5)
        database.close()
        return rows

    assert asyncio.run(story()) == []


def test_many_async_transactions_that_wait_do_not_stop_the_one_they_wait_for(file):
    database = file.database(pool_size=2)

    async def story():
        db = database.adb()

        async def slow(number):
            async with db.transaction():
                await db.run(file.add(f"slow {number}"))
                await asyncio.sleep(0.01)
                await db.run(file.add(f"slow {number} again"))

        async def quick(number):
            await db.run(file.add(f"quick {number}"))

        await asyncio.gather(
            *(slow(n) for n in range(20)), *(quick(n) for n in range(20))
        )
        rows = await db.run(file.names())
        database.close()
        return len(rows)

    assert asyncio.run(story()) == 60


def test_a_writer_whose_turn_does_not_come_is_told(file):
    database = file.database(pool_wait=0.01)
    database.opened.source.driver.wait = 0.05

    async def story():
        db = database.adb()
        async with db.transaction():
            other = database.adb()
            with pytest.raises(DatabaseBusyError, match=r"SG-DB-112.*short"):
                await other.run(file.add("Ben"))
            with pytest.raises(DatabaseBusyError):
                async with other.transaction():
                    pytest.fail("never entered")
            with pytest.raises(DatabaseBusyError):
                await asyncio.to_thread(database.db().run, file.add("Cem"))
            await db.run(file.add("Ann"))
        rows = await db.run(file.names())
        database.close()
        return rows

    assert asyncio.run(story()) == [("Ann",)]


def test_a_writer_waits_for_another_process(file):
    database = file.database(pool_wait=0.1)
    database.opened.source.driver._busy = 0.1
    holder = sqlite3.connect(file.url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    db = database.db()
    with pytest.raises(DatabaseBusyError):
        db.run(file.add("Ann"))
    with pytest.raises(DatabaseBusyError), db.transaction():
        pytest.fail("never entered")
    holder.execute("ROLLBACK")
    holder.close()

    db.run(file.add("Ben"))
    assert db.run(file.names()) == [("Ben",)]


def test_a_long_read_leaves_the_loop(file):
    database = file.database()
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000) "
        "SELECT count(*) FROM n"
    )

    async def story():
        db, beats = database.adb(), []

        async def beat():
            while True:
                beats.append(time.perf_counter())
                await asyncio.sleep(0.005)

        task = asyncio.create_task(beat())
        rows = [await db.run(ask(slow)) for _ in range(2)]
        task.cancel()
        database.close()
        return rows, beats

    rows, beats = asyncio.run(story())

    assert rows == [[(2000000,)]] * 2
    assert len(beats) > 5


def test_a_quick_read_stays_on_the_loop_for_ever(file):
    database = file.database()

    async def story():
        db = database.adb()
        for _ in range(5000):
            await db.run(file.names())
        started = database.opened.threads.started
        database.close()
        return started

    assert asyncio.run(story()) == 0


def test_a_full_disk_is_told_and_undone(file):
    database = file.database(pool_size=1)
    db = database.db()
    db.run(file.add("Ann"))
    pages = db.run(ask("PRAGMA page_count"))[0][0]
    db.run(ask(f"PRAGMA max_page_count={pages}"))

    def fill():
        for number in range(2000):
            yield from file.add(f"{number} " + "x" * 30)

    with pytest.raises(DiskFullError) as caught, db.transaction():
        db.run(fill())
    with pytest.raises(AbortedError), db.transaction():
        with pytest.raises(DiskFullError):
            db.run(fill())
        with pytest.raises(AbortedError):
            db.run(file.add("Cem"))
    db.run(ask("PRAGMA max_page_count=100000"))
    db.run(file.add("Ben"))

    assert caught.value.status == 503
    assert db.run(file.names()) == [("Ann",), ("Ben",)]


def test_a_file_that_cannot_be_opened_or_read_is_told(tmp_path):
    from segue.db.database import Database

    (tmp_path / "text.db").write_text("no database at all " * 100)
    with pytest.raises(ConnectionLostError, match="no folder"):
        Database(f"sqlite:///{tmp_path}/nowhere/app.db").db().run(ask("SELECT 1"))
    with pytest.raises(ConnectionLostError, match="cannot be opened"):
        Database(f"sqlite:///{tmp_path}/text.db").db().run(ask("SELECT 1"))


def test_a_file_may_be_opened_for_reading_alone(file):
    file.database().db().run(file.add("Ann"))
    file.url += "?mode=ro"
    db = file.database().db()

    assert db.run(file.names()) == [("Ann",)]
    with pytest.raises(ReadOnlyError):
        db.run(file.add("Ben"))


@pytest.mark.parametrize("bad", ["\ud800", 2**70])
def test_a_value_that_no_column_can_hold_is_told(site, bad):
    column = "name" if isinstance(bad, str) else "cents"
    text = f"SELECT name FROM account WHERE {column} = {site.mark}"
    values = ("x", bad) if column == "cents" else (bad, 0)
    database = site.database()
    db = database.db()

    with pytest.raises(DataError) as caught:
        db.run(site.add(*values))
    if isinstance(bad, str) or site.kind == "sqlite":
        with pytest.raises(DataError):
            db.run(ask(text, bad))
        with pytest.raises(DataError):
            asyncio.run(database.adb().run(ask(text, bad)))
        with pytest.raises(DataError):
            asyncio.run(database.adb().run(site.add(*values)))

    assert caught.value.status == 422
    assert db.run(site.names()) == []
    database.close()


def test_a_wrong_statement_is_told_in_async_code(file):
    async def story():
        adb = file.database().adb()
        with pytest.raises(StatementError):
            await adb.run(ask("SELECT nothing"))
        with pytest.raises(StatementError):
            await adb.run(write("DELETE FROM nowhere"))

    asyncio.run(story())

"""Db: statements, transactions, savepoints, hooks; on each kind of database."""

import asyncio
import threading

import pytest

from segue.core.errors import WalkError
from segue.db.command import Command
from segue.db.run.errors import (
    CheckError,
    DatabaseError,
    ForeignKeyError,
    NotNullError,
    ReadOnlyError,
    RepeatableError,
    StatementError,
    UniqueError,
)
from tests.db.conftest import ask, write


class Stop(Exception):
    pass


@pytest.fixture
def db(site):
    return site.database().db()


def test_a_statement_outside_a_transaction_commits_itself(site, db):
    assert db.run(site.add("Ann", 5)) == 1
    assert not db.in_transaction

    assert site.database().db().run(site.cents("Ann")) == [(5,)]


def test_many_values_are_one_transaction(site, db):
    text = f"INSERT INTO account (name) VALUES ({site.mark})"

    def steps(names):
        command = Command(
            text, [(n,) for n in names], writes=True, rows=False, many=True
        )
        return (yield command).count

    assert db.run(steps(["Ann", "Ben"])) == 2
    with pytest.raises(UniqueError):
        db.run(steps(["Cem", "Ann"]))

    assert db.run(site.names()) == [("Ann",), ("Ben",)]


def test_a_transaction_is_kept_as_a_whole(site, db):
    with db.transaction():
        db.run(site.add("Ann"))
        db.run(site.add("Ben"))
        assert db.in_transaction
        assert site.database().db().run(site.names()) == []

    assert db.run(site.names()) == [("Ann",), ("Ben",)]


def test_an_error_undoes_a_transaction_as_a_whole(site, db):
    with pytest.raises(Stop), db.transaction():
        db.run(site.add("Ann"))
        raise Stop

    assert db.run(site.names()) == []
    assert not db.in_transaction


def test_a_transaction_inside_another_is_undone_alone(site, db):
    with db.transaction():
        db.run(site.add("Ann"))
        with pytest.raises(UniqueError), db.transaction():
            db.run(site.add("Ben"))
            db.run(site.add("Ann"))
        with db.transaction():
            db.run(site.add("Cem"))

    assert db.run(site.names()) == [("Ann",), ("Cem",)]


def test_the_steps_may_answer_an_error_of_the_database(site, db):
    def add_or_find(name):
        try:
            yield from site.add(name)
        except UniqueError:
            return (yield from site.cents(name))[0][0]
        return "added"

    assert db.run(add_or_find("Ann")) == "added"
    assert db.run(add_or_find("Ann")) == 0


def test_hooks_are_called_when_it_is_committed(site, db):
    called = []
    with db.transaction():
        db.on_commit(lambda: called.append("outer"))
        with pytest.raises(Stop), db.transaction():
            db.on_commit(lambda: called.append("undone"))
            raise Stop
        with db.transaction():
            db.on_commit(lambda: called.append("inner"))
        assert called == []
    db.on_commit(lambda: called.append("at once"))

    assert called == ["outer", "inner", "at once"]


def test_a_failing_hook_is_told_in_the_log_and_stops_nobody(site, db, caplog):
    called = []
    with db.transaction():
        db.run(site.add("Ann"))
        db.on_commit(lambda: 1 / 0)
        db.on_commit(lambda: called.append("second"))

    assert called == ["second"]
    assert "on_commit" in caplog.text
    assert db.run(site.names()) == [("Ann",)]


def test_a_read_only_transaction_refuses_writes(site, db):
    with pytest.raises(ReadOnlyError), db.transaction(read_only=True):
        assert db.run(site.names()) == []
        db.run(site.add("Ann"))

    db.run(site.add("Ben"))
    assert db.run(site.names()) == [("Ben",)]


def test_a_transaction_sees_one_state(site):
    db, other = site.database().db(), site.database().db()
    db.run(site.add("Ann", 1))

    with db.transaction(isolation="repeatable read", read_only=True):
        before = db.run(site.cents("Ann"))
        other.run(site.add("Ben"))
        assert db.run(site.names()) == [("Ann",)]

    assert before == [(1,)]


def test_an_isolation_that_there_is_not_is_refused(file):
    db = file.database().db()
    with pytest.raises(WalkError, match="SG-DB-130"):
        db.transaction(isolation="perfect")


def test_an_inner_transaction_cannot_change_what_the_outer_is(file):
    db = file.database().db()
    with pytest.raises(WalkError, match="SG-DB-131"), db.transaction():
        db.run(file.add("Ann"))
        with db.transaction(isolation="serializable"):
            pytest.fail("never entered")

    assert db.run(file.names()) == []


def test_a_with_block_cannot_be_retried(file):
    db = file.database().db()
    with pytest.raises(WalkError, match="SG-DB-132"), db.transaction(retries=2):
        pytest.fail("never entered")


def test_a_function_is_done_again_where_another_transaction_was_in_the_way(site, db):
    attempts = []

    def change():
        attempts.append(db.run(site.add("Ann")))
        if len(attempts) < 3:
            raise RepeatableError("in the way")
        return "done"

    assert db.transaction(retries=2)(change)() == "done"
    assert attempts == [1, 1, 1]
    assert db.run(site.names()) == [("Ann",)]


def test_retries_end_with_the_error(file):
    db = file.database().db()
    attempts = []

    def change():
        attempts.append(1)
        raise RepeatableError("in the way")

    with pytest.raises(RepeatableError):
        db.transaction(retries=2)(change)()
    assert len(attempts) == 3


def test_a_unique_rule_that_is_broken_names_its_columns(site, db):
    db.run(site.add("Ann"))
    with pytest.raises(UniqueError) as caught:
        db.run(site.add("Ann"))

    error = caught.value
    assert error.status == 409
    assert (error.table, error.columns) == ("account", ("name",))
    assert error.constraint == (None if site.kind == "sqlite" else "account_name")
    assert error.__cause__ is not None
    assert "account" not in str(error.document())


def test_each_broken_rule_is_an_error_of_its_own(site, db):
    insert = "INSERT INTO account (name, cents, owner) VALUES"
    with pytest.raises(NotNullError) as null:
        db.run(write(f"{insert} (NULL, 0, NULL)"))
    with pytest.raises(CheckError) as check:
        db.run(write(f"{insert} ('Ann', -5000, NULL)"))
    with pytest.raises(ForeignKeyError) as foreign:
        db.run(write(f"{insert} ('Ann', 0, 77)"))

    assert (null.value.status, null.value.columns) == (422, ("name",))
    assert null.value.document()["errors"][0]["name"] == "name"
    assert check.value.constraint == "account_cents"
    assert foreign.value.status == 409
    assert (foreign.value.constraint == "account_owner") is (site.kind != "sqlite")


def test_a_wrong_statement_is_told(site, db):
    with pytest.raises(StatementError, match="SG-DB-120") as caught:
        db.run(ask("SELECT nothing FROM nowhere"))

    assert caught.value.sql == "SELECT nothing FROM nowhere"
    assert db.run(site.names()) == []


def test_a_stream_reads_in_parts(site, db):
    for number in range(25):
        db.run(site.add(f"name {number:02}"))
    command = Command("SELECT name FROM account ORDER BY name")

    parts = list(db.stream_rows(command, 10))

    assert [len(part) for part in parts] == [10, 10, 5]
    with db.transaction():
        assert sum(len(part) for part in db.stream_rows(command, 10)) == 25


def test_a_stream_that_is_left_gives_its_connection_back(site):
    database = site.database(pool_size=1, pool_wait=0.5)
    db = database.db()
    for number in range(25):
        db.run(site.add(f"name {number:02}"))

    for _part in db.stream_rows(Command("SELECT name FROM account"), 10):
        break

    assert len(db.run(site.names())) == 25


def test_a_stream_tells_a_wrong_statement(site, db):
    with pytest.raises(DatabaseError):
        list(db.stream_rows(Command("SELECT nothing FROM nowhere")))


def test_threads_share_a_pool(site):
    database = site.database(pool_size=3)
    errors = []

    def work(number):
        try:
            for each in range(10):
                database.db().run(site.add(f"{number}-{each}"))
                database.db().run(site.names())
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(database.db().run(site.names())) == 100
    assert database.statistics["sync"].opened <= 3
    assert database.statistics["sync"].idle == database.statistics["sync"].opened


def test_sqlalchemy_s_connection_is_part_of_the_transaction(site, db):
    import sqlalchemy

    with pytest.raises(Stop), db.transaction():
        db.run(site.add("Ann"))
        with db.sa() as connection:
            found = connection.execute(sqlalchemy.text("SELECT name FROM account"))
            assert [tuple(row) for row in found] == [("Ann",)]
            connection.execute(
                sqlalchemy.text("INSERT INTO account (name) VALUES ('Ben')")
            )
        assert len(db.run(site.names())) == 2
        raise Stop
    with db.sa() as connection:
        connection.execute(sqlalchemy.text("INSERT INTO account (name) VALUES ('Cem')"))

    assert db.run(site.names()) == [("Cem",)]


def test_sqlalchemy_s_connection_cannot_end_the_transaction(site, db):
    with pytest.raises(WalkError, match="SG-DB-133"), db.sa() as connection:
        connection.commit()

    assert db.run(site.names()) == []
    with pytest.raises(WalkError, match="SG-DB-133"), db.sa() as connection:
        connection.rollback()


def test_a_session_of_sqlalchemy_s_orm_works_on_the_same_connection(site, db):
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class Account(Base):
        __tablename__ = "account"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        cents: Mapped[int]

    with db.transaction():
        with db.session() as session:
            session.add(Account(name="Ann", cents=3))
            session.flush()
            session.rollback()
            session.add(Account(name="Ben", cents=4))
        assert db.run(site.names()) == [("Ben",)]

    with db.session() as session:
        session.query(Account).one().cents = 9
    assert db.run(site.cents("Ben")) == [(9,)]


def test_many_values_may_give_rows_back(postgres):
    text = "INSERT INTO account (name) VALUES (%s) RETURNING name"

    def steps(*names):
        command = Command(text, [(n,) for n in names], writes=True, many=True)
        return (yield command).rows

    database = postgres.database(pool_size=1)
    assert database.db().run(steps("Ann", "Ben")) == [("Ann",), ("Ben",)]

    async def story():
        db = database.adb()
        rows = await db.run(steps("Cem", "Dan"))
        with pytest.raises(UniqueError):
            await db.run(steps("Eve", "Ann"))
        async with db.transaction():
            await db.run(steps("Fay"))
        return rows, len(await db.run(postgres.names()))

    assert asyncio.run(story()) == ([("Cem",), ("Dan",)], 5)


def test_an_idle_connection_is_asked_before_it_is_lent(server):
    database = server.database(pool_size=1)
    pool = database.opened.source.pool
    pool._idle = 0.0
    db = database.db()
    for _ in range(3):
        assert db.run(server.names()) == []

    async def story():
        adb = database.adb()
        await adb.run(server.names())
        adb._found.pool._idle = 0.0
        for _ in range(3):
            assert await adb.run(server.names()) == []
        database.close()

    assert pool.statistics.opened == 1
    asyncio.run(story())


def test_a_savepoint_that_is_gone_does_not_hide_why(site, db):
    with pytest.raises(Stop), db.transaction(), db.transaction():
        db.run(write("ROLLBACK"))
        raise Stop

    assert not db.in_transaction
    assert db.run(site.names()) == []


def test_threads_of_a_request_are_in_one_transaction(site):
    database = site.database()
    db = database.db(atomic=True)
    names = [f"name {number}" for number in range(8)]
    both = threading.Barrier(len(names))

    def work(name):
        both.wait()
        db.run(site.add(name))

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(db.run(site.names())) == 8
    db.finish(commit=False)

    assert database.db().run(site.names()) == []
    assert database.statistics["sync"].opened == 1

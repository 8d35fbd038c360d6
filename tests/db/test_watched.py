"""What is asked is noted where somebody looks, and nowhere else."""

import asyncio
import logging

import pytest

from segue import App
from segue.core.errors import WalkError
from segue.db.async_session import AsyncDb
from segue.db.command import Command
from segue.db.run.errors import UniqueError
from segue.db.session import Db
from segue.db.testing import rolled_back
from segue.testing import Client

COUNT = "SELECT count(*) FROM account"


def ask_count():
    return (yield Command(COUNT)).rows[0][0]


def build(site, *, debug=False):
    app = App(debug=debug)
    app.use(site.database())

    @app.get("/plain/{times}")
    def plain(times: int, db: Db):
        for _ in range(times):
            db.run(ask_count())

    @app.get("/async/{times}")
    async def awaited(times: int, db: AsyncDb):
        await asyncio.gather(*(db.run(ask_count()) for _ in range(times)))

    return app


@pytest.mark.feature("M-095")
@pytest.mark.parametrize("colour", ["plain", "async"])
def test_a_statement_in_a_loop_is_told_in_development(file, caplog, colour):
    with Client(build(file, debug=True)) as client:
        client.get(f"/{colour}/4")
        assert caplog.text == ""
        client.get(f"/{colour}/7")

    assert "the same 7 times" in caplog.text
    assert "test_watched.py" in caplog.text
    assert COUNT in caplog.text


def test_each_statement_is_a_line_of_the_log_for_who_wants_it(file, caplog):
    with (
        caplog.at_level(logging.DEBUG, "segue.db.statements"),
        Client(build(file, debug=True)) as client,
    ):
        client.get("/plain/2")

    lines = [line for line in caplog.messages if COUNT in line]
    assert len(lines) == 2
    assert " ms  " in lines[0]


def test_in_production_nothing_is_noted(file, caplog):
    with caplog.at_level(logging.DEBUG), Client(build(file)) as client:
        client.get("/plain/20")

    assert COUNT not in caplog.text


@pytest.mark.parametrize("colour", ["plain", "async"])
def test_a_block_counts_what_its_requests_ask(file, colour):
    app = build(file)
    with rolled_back(app) as db, Client(app) as client:
        with db.max_queries(3) as seen:
            client.get(f"/{colour}/2")
            db.run(ask_count())
        with (
            pytest.raises(AssertionError, match="3 statements instead of 2") as caught,
            db.max_queries(2),
        ):
            client.get(f"/{colour}/3")

    assert [each.sql for each in seen] == [COUNT] * 3
    assert all(each.seconds > 0 for each in seen)
    assert "test_watched.py" in str(caught.value)


def test_errors_and_streams_are_noted_too(file):
    with rolled_back(file.database()) as db:

        async def story():
            adb = db.database.adb()
            return [
                p async for p in adb.stream_rows(Command("SELECT name FROM account"))
            ]

        with db.database.watch() as seen:
            db.run(file.add("Ann"))
            with pytest.raises(UniqueError):
                db.run(file.add("Ann"))
            assert list(db.stream_rows(Command("SELECT name FROM account"))) == [
                [("Ann",)]
            ]
            assert asyncio.run(story()) == [[("Ann",)]]

    assert [each.sql.split()[0] for each in seen] == ["INSERT"] * 2 + ["SELECT"] * 2


def test_to_count_what_nobody_watches_is_refused(file):
    with pytest.raises(WalkError, match="SG-DB-134"):
        file.database().db().max_queries(2)


def test_who_began_before_is_not_watched(file):
    database = file.database()
    early = database.db()
    with database.watch() as seen:
        early.run(ask_count())
        database.db().run(ask_count())

    assert len(seen) == 1

"""What a test writes is undone, whatever it was written by."""

import asyncio

import pytest

from segue import App
from segue.db.async_session import AsyncDb
from segue.db.command import Command
from segue.db.run.errors import DatabaseBusyError, StatementError, UniqueError
from segue.db.session import Db
from segue.db.testing import rolled_back
from segue.testing import Client
from tests.db.conftest import ask


class Stop(Exception):
    pass


def build(site, **options):
    app = App()
    app.use(site.database(**options))

    @app.post("/plain/{name}")
    def plain(name: str, db: Db):
        db.run(site.add(name))
        db.on_commit(lambda: called.append(name))
        return "", 400 if name == "bad" else 200

    @app.post("/async/{name}")
    async def awaited(name: str, db: AsyncDb):
        await asyncio.gather(*(db.run(site.add(f"{name}{n}")) for n in range(2)))
        return "", 400 if name == "bad" else 200

    @app.post("/alone/{name}", atomic=False)
    async def alone(name: str, db: AsyncDb):
        await db.run(site.add(name))
        async with db.transaction():
            await db.run(site.add(f"{name} again"))
        parts = [p async for p in db.stream_rows(Command("SELECT name FROM account"))]
        return len(parts)

    called = []
    app.state.called = called
    return app


def names(db, site):
    return [name for (name,) in db.run(site.names())]


@pytest.mark.parametrize("protocol", ["wsgi", "asgi"])
def test_everything_is_seen_and_undone(site, protocol):
    app = build(site)
    with rolled_back(app) as db:
        db.run(site.add("test"))
        with Client(app, protocol=protocol) as client:
            client.post("/plain/Ann")
            client.post("/plain/bad")
        with Client(app, protocol=protocol) as client:
            client.post("/async/Ben")
            client.post("/async/bad")
            assert client.post("/alone/Cem").text == "1"
            assert client.post("/plain/Ann").status == 409
        found = names(db, site)
        with pytest.raises(Stop), db.transaction():
            db.run(site.add("undone"))
            raise Stop

        assert found == ["Ann", "Ben0", "Ben1", "Cem", "Cem again", "test"]
        assert names(db, site) == found
        assert len(list(db.stream_rows(Command("SELECT name FROM account"), 4))) == 2

    assert app.state.called == ["Ann"]
    assert names(site.database().db(), site) == []


def test_a_failing_statement_undoes_itself_alone(site):
    with rolled_back(site.database()) as db:
        db.run(site.add("Ann"))
        with pytest.raises(UniqueError):
            db.run(site.add("Ann"))
        with pytest.raises(StatementError):
            db.run(ask("SELECT nothing FROM nowhere"))

        assert names(db, site) == ["Ann"]

    assert names(site.database().db(), site) == []


def test_a_request_inside_a_transaction_of_the_test_is_told(file):
    app = build(file, pool_wait=0.05)
    with rolled_back(app) as db, Client(app) as client, db.transaction():
        db.run(file.add("Ann"))

        assert client.post("/plain/Ben").status == 503
        assert client.post("/async/Ben").status == 503
        with pytest.raises(DatabaseBusyError, match="of this test"):
            app.extensions[type(db.database)].db().run(file.names())


def test_a_savepoint_that_cannot_be_made_gives_the_turn_on(file):
    database = file.database()
    with rolled_back(database) as db:
        connection = database._pinned.slot.connection
        connection.execute("ROLLBACK")
        connection.close()
        for _ in range(2):
            with pytest.raises(Exception, match="SG-DB"), db.transaction():
                pytest.fail("never entered")

            async def story():
                async with database.adb().transaction():
                    pytest.fail("never entered")

            with pytest.raises(Exception, match="SG-DB"):
                asyncio.run(story())
        database._pinned.close = lambda: None

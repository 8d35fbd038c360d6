"""Database: where it is, what it gives to an app, how it starts and stops."""

import asyncio
import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from segue import App, Secret
from segue.db.async_session import AsyncDb
from segue.db.database import Database
from segue.db.session import Db
from segue.errors import ConfigurationError, RouteError, SettingsError
from segue.testing import Client
from tests.db.conftest import ask, write


def test_the_url_comes_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/there.db")

    assert Database().address.path == f"{tmp_path}/there.db"


def test_without_one_it_is_a_file_beside_the_app(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    address = Database().address

    assert address.path == str(Path(__file__).parent / "app.db")


def test_a_secret_may_be_the_url():
    database = Database(Secret("postgresql://ann:hunter2@db/shop"))

    assert database.address.url.password == "hunter2"
    assert "hunter2" not in repr(database.address)


def test_a_second_database_must_say_where_it_is(monkeypatch):
    class Stats:
        pass

    monkeypatch.setenv("DATABASE_URL", "sqlite:///:memory:")
    with pytest.raises(SettingsError, match=r"SG-DB-105.*Stats"):
        assert Database(models=Stats).address


@pytest.mark.parametrize("options", [{"pool_size": 0}, {"pool_wait": 0}])
def test_a_pool_that_never_gives_one_is_refused(options):
    with pytest.raises(SettingsError, match="SG-DB-106"):
        Database("sqlite:///:memory:", **options)


def test_the_pool_is_as_large_as_the_threads_of_the_app(tmp_path):
    app, other = App(threads=7), App(threads=7)
    database = Database(f"sqlite:///{tmp_path}/a.db")
    sized = Database(f"sqlite:///{tmp_path}/a.db", pool_size=3)
    app.use(database)
    other.use(sized)

    assert database.opened.limits.size == 7
    assert sized.opened.limits.size == 3
    assert Database(f"sqlite:///{tmp_path}/a.db").opened.limits.size == 16
    database.close()
    sized.close()


def test_two_databases_for_the_same_models_are_refused():
    app = App()
    app.use(Database("sqlite:///:memory:"))
    with pytest.raises(RouteError, match="SG-APP-013"):
        app.use(Database("sqlite:///:memory:"))


def test_a_url_that_cannot_be_read_stops_the_start():
    app = App()
    app.use(Database("nonsense"))

    with pytest.raises(SettingsError, match="SG-DB-101"):
        app.start()
    app.stop()


def test_without_a_database_asking_for_one_is_an_error_at_the_start():
    app = App()

    @app.get("/")
    def home(db: Db):
        pass

    with pytest.raises(ConfigurationError, match="SG-PLAN-007"):
        app.freeze()


def test_an_app_opens_and_closes_it_with_itself(file):
    app = App()
    database = file.database()
    app.use(database)

    @app.get("/")
    def home(db: Db):
        return len(db.run(file.names()))

    @app.get("/async")
    async def ahome(db: AsyncDb):
        return len(await db.run(file.names()))

    for _ in range(2):
        with Client(app) as client:
            assert client.get("/").text == "0"
            assert client.get("/async").text == "0"
            assert database.statistics["sync"].opened == 1
        assert database.statistics == {}


def test_a_memory_database_is_one_connection():
    database = Database("sqlite:///:memory:")
    database.db().run(write("CREATE TABLE t (n integer)"))

    async def story():
        db = database.adb()

        def add(number):
            yield from write("INSERT INTO t VALUES (?)", number)

        await asyncio.gather(*(db.run(add(n)) for n in range(10)))
        return await db.run(ask("SELECT count(*) FROM t"))

    assert asyncio.run(story()) == [(10,)]
    assert database.statistics["sync"].size == 1
    database.close()


def test_each_loop_has_connections_of_its_own(site):
    database = site.database()
    kept = database.adb()

    async def story():
        names = await database.adb().run(site.names()), await kept.run(site.names())
        async with kept.transaction():
            return len(names[0]) + len(names[1])

    assert [asyncio.run(story()) for _ in range(3)] == [0, 0, 0]


def test_a_child_process_has_connections_of_its_own(site):
    database = site.database(pool_size=1)
    db = database.db()
    db.run(site.add("Ann"))
    child = os.fork()
    if child == 0:
        try:
            database.db().run(site.add("Ben"))
            os._exit(0)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    db.run(site.add("Cem"))

    assert status == 0
    assert db.run(site.names()) == [("Ann",), ("Ben",), ("Cem",)]


def test_to_import_it_loads_no_sqlalchemy():
    program = (
        "import sys, segue.db.database\n"
        "assert 'sqlalchemy' not in sys.modules\n"
        "segue.db.database.Database('sqlite:///:memory:').db()\n"
        "assert 'sqlalchemy' in sys.modules\n"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.service("postgresql")
def test_a_pool_that_the_server_has_no_room_for_is_told_at_the_start(postgres, caplog):
    app = App()
    app.use(postgres.database(pool_size=5000))

    with app.scope():
        assert "takes only" in caplog.text


@pytest.mark.service("postgresql")
def test_a_server_that_is_away_at_the_start_is_told_and_waited_for(postgres, caplog):
    app = App()
    app.use(Database("postgresql://ann:hunter2@127.0.0.1:1/shop"))

    with app.scope():
        assert "cannot be reached" in caplog.text
        assert "hunter2" not in caplog.text


def test_the_dialect_is_known_before_anything_is_connected():
    for url, name in (
        ("sqlite:///:memory:", "sqlite"),
        ("postgresql://ann@127.0.0.1:1/shop", "postgresql"),
        ("mariadb://ann@127.0.0.1:1/shop", "mariadb"),
    ):
        database = Database(url)
        assert database.dialect.name == name
        assert database.db().dialect is database.dialect
        assert database.adb().dialect is database.dialect
        assert database.db().database is database
        database.close()


def test_a_database_that_is_gone_is_not_forgotten_twice():
    from segue.db.database import _forked

    _forked(None)
    database = Database("sqlite:///:memory:")
    database.forget()

    assert database.statistics == {}


def test_an_option_that_there_is_not_is_told_before_anything_is_connected():
    with pytest.raises(SettingsError, match=r"SG-DB-107.*sslmod"):
        Database("postgresql://ann:hunter2@db/shop?sslmod=require").db()


def test_the_database_itself_may_be_asked_for(file):
    app = App()
    database = file.database()
    app.use(database)

    @app.get("/")
    def home(found: Database):
        return found is database

    with Client(app) as client:
        assert client.get("/").json() is True


def test_a_database_that_is_forgotten_leaves_nothing_open(file):
    def used():
        database = Database(file.url)
        database.db().run(file.add("Ann"))

        async def story():
            db = database.adb()
            await db.run(file.names())
            return db._found

        source = asyncio.run(story())
        assert source._reader is not None
        return source, database.opened.source.pool

    source, pool = used()
    gc.collect()

    assert pool.statistics.opened == 0
    assert source._reader is None

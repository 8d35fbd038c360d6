"""Work: the transaction of a request, in both colours, over WSGI and ASGI."""

import asyncio
from collections.abc import Iterator

import pytest

from segue import App, Response, Stream, Wrap
from segue.db.async_session import AsyncDb
from segue.db.command import Command
from segue.db.database import Database
from segue.db.run.errors import UniqueError
from segue.db.session import Db
from segue.errors import ConfigurationError, NotFound
from segue.testing import Client
from tests.db.conftest import write


class Boom(Exception):
    pass


class Checked:
    pass


def refuse(name):
    if name == "missing":
        raise NotFound
    if name == "boom":
        raise Boom
    return ({"no": name}, 400) if name == "bad" else {"added": name}


def build(site, **options):
    """Build an app whose plain and async routes do the same."""
    app = App()
    app.use(site.database(**options))

    @app.post("/plain/{name}")
    def plain(name: str, db: Db):
        db.run(site.add(name))
        return refuse(name)

    @app.post("/async/{name}")
    async def awaited(name: str, db: AsyncDb):
        await db.run(site.add(name))
        return refuse(name)

    @app.post("/free/plain/{name}", atomic=False)
    def free(name: str, db: Db):
        db.run(site.add(name))
        return refuse(name)

    @app.post("/free/async/{name}", atomic=False)
    async def afree(name: str, db: AsyncDb):
        await db.run(site.add(name))
        return refuse(name)

    @app.get("/names")
    def names(db: Db) -> list[str]:
        return [row[0] for row in db.run(site.names())]

    @app.on(Boom)
    def boom(error: Boom):
        return "boom", 500

    return app


def names(client):
    return client.get("/names").json()


@pytest.fixture(params=["wsgi", "asgi"])
def protocol(request):
    return request.param


@pytest.mark.feature("M-092")
@pytest.mark.parametrize("colour", ["plain", "async"])
def test_the_writes_of_a_request_are_one_transaction(site, protocol, colour):
    with Client(build(site), protocol=protocol) as client:
        assert client.post(f"/{colour}/Ann").status == 200
        assert client.post(f"/{colour}/bad").status == 400
        assert client.post(f"/{colour}/missing").status == 404
        assert client.post(f"/{colour}/boom").status == 500
        kept = names(client)
        again = client.post(f"/{colour}/Ann")

        assert kept == ["Ann"]
        assert again.status == 409
        assert again.json()["detail"] == "There is already one with this value."
        assert names(client) == ["Ann"]


@pytest.mark.parametrize("colour", ["plain", "async"])
def test_a_route_may_do_without(file, protocol, colour):
    with Client(build(file), protocol=protocol) as client:
        client.post(f"/free/{colour}/bad")
        client.post(f"/free/{colour}/missing")

        assert names(client) == ["bad", "missing"]


def test_the_transaction_is_committed_before_the_answer_leaves(site, protocol):
    app = build(site)
    seen = []

    @app.after
    def look(response: Response):
        seen.append(site.database().db().run(site.names()))

    with Client(app, protocol=protocol) as client:
        client.post("/plain/Ann")
        client.post("/async/Ben")

    assert seen == [[("Ann",)], [("Ann",), ("Ben",)]]


@pytest.mark.feature("M-091")
def test_two_gathered_writes_are_in_one_transaction(site, protocol):
    app = build(site)

    @app.post("/gathered")
    async def gathered(db: AsyncDb, fail: bool = False):
        await asyncio.gather(*(db.run(site.add(f"{n}")) for n in range(5)))
        found = await asyncio.gather(*(db.run(site.names()) for _ in range(3)))
        return [len(each) for each in found], 400 if fail else 200

    with Client(app, protocol=protocol) as client:
        assert client.post("/gathered?fail=true").json() == [5, 5, 5]
        assert names(client) == []
        assert client.post("/gathered").json() == [5, 5, 5]
        assert len(names(client)) == 5


def test_a_lock_before_the_first_write_opens_the_transaction(server, protocol):
    app = build(server)

    @app.post("/lock")
    def lock(db: Db):
        db.run(server.cents("Ann", " FOR UPDATE", locks=True))
        return db.in_transaction

    @app.post("/alock")
    async def alock(db: AsyncDb):
        before = db.in_transaction
        await db.run(server.cents("Ann", " FOR UPDATE", locks=True))
        return [before, db.in_transaction]

    with Client(app, protocol=protocol) as client:
        assert client.post("/lock").json() is True
        assert client.post("/alock").json() == [False, True]


def test_reads_before_the_first_write_need_no_transaction(file, protocol):
    app = build(file)

    @app.post("/read")
    def read(db: Db):
        db.run(file.names())
        with pytest.raises(Exception, match="SG-DB-120"):
            db.run(write("nonsense") if False else _wrong())
        return db.in_transaction

    @app.post("/aread")
    async def aread(db: AsyncDb):
        await db.run(file.names())
        with pytest.raises(Exception, match="SG-DB-120"):
            await db.run(_wrong())
        return db.in_transaction

    with Client(app, protocol=protocol) as client:
        assert client.post("/read").json() is False
        assert client.post("/aread").json() is False


def _wrong():
    yield Command("SELECT nothing FROM nowhere")


@pytest.mark.feature("M-093")
def test_hooks_wait_for_the_end_of_the_request(file, protocol):
    app = build(file)
    called = []

    @app.post("/hooked/{name}")
    def hooked(name: str, db: Db):
        db.on_commit(lambda: called.append(f"early {name}"))
        db.run(file.add(name))
        db.on_commit(lambda: called.append(f"late {name}"))
        assert called == []
        return refuse(name)

    @app.post("/ahooked/{name}")
    async def ahooked(name: str, db: AsyncDb):
        db.on_commit(lambda: called.append(f"early {name}"))
        await db.run(file.add(name))
        db.on_commit(lambda: called.append(f"late {name}"))
        return refuse(name)

    @app.post("/only")
    def only(db: Db):
        db.on_commit(lambda: called.append("only"))

    @app.post("/aonly")
    async def aonly(db: AsyncDb):
        db.on_commit(lambda: called.append("aonly"))

    with Client(app, protocol=protocol) as client:
        for path in ("/hooked/bad", "/ahooked/bad"):
            client.post(path)
        assert called == []
        for path in ("/hooked/Ann", "/ahooked/Ben", "/only", "/aonly"):
            client.post(path)

    assert called == ["early Ann", "late Ann", "early Ben", "late Ben", "only", "aonly"]


def test_a_transaction_in_a_handler_is_a_part_of_the_request_s(file, protocol):
    app = build(file)

    @app.post("/parts")
    def parts(db: Db, fail: bool = False):
        with db.transaction():
            db.run(file.add("Ann"))
        with pytest.raises(Boom), db.transaction():
            db.run(file.add("Ben"))
            raise Boom
        return "", 400 if fail else 200

    @app.post("/aparts")
    async def aparts(db: AsyncDb, fail: bool = False):
        async with db.transaction():
            await db.run(file.add("Cem"))
        with pytest.raises(Boom):
            async with db.transaction():
                await db.run(file.add("Dan"))
                raise Boom
        return "", 400 if fail else 200

    @app.post("/undone")
    def undone(db: Db):
        with pytest.raises(Boom), db.transaction():
            db.run(file.add("Eve"))
            raise Boom
        assert not db.in_transaction
        db.run(file.add("Fay"))

    with Client(app, protocol=protocol) as client:
        client.post("/parts?fail=1")
        client.post("/aparts?fail=1")
        assert names(client) == []
        client.post("/parts")
        client.post("/aparts")
        client.post("/undone")
        assert names(client) == ["Ann", "Cem", "Fay"]


def test_the_request_s_transaction_may_have_an_isolation(server, protocol):
    app = build(server)

    @app.post("/strict")
    def strict(db: Db):
        with db.transaction(isolation="serializable"):
            db.run(server.add("Ann"))
        return db.in_transaction

    @app.post("/astrict")
    async def astrict(db: AsyncDb):
        async with db.transaction(isolation="serializable"):
            await db.run(server.add("Ben"))
        with pytest.raises(Boom):
            async with db.transaction():
                raise Boom
        return db.in_transaction

    @app.post("/look")
    async def look(db: AsyncDb):
        async with db.transaction(read_only=True):
            await db.run(server.names())
        with pytest.raises(Boom):
            async with db.transaction(isolation="serializable"):
                await db.run(server.add("Cem"))
                raise Boom
        return db.in_transaction

    with Client(app, protocol=protocol) as client:
        assert client.post("/strict").json() is True
        assert client.post("/astrict").json() is True
        assert client.post("/look").json() is False
        assert names(client) == ["Ann", "Ben"]


def test_streams_have_no_transaction_of_a_request(file, protocol):
    app = build(file)

    @app.post("/stream")
    def stream(db: Db):
        for name in ("Ann", "Ben"):
            db.run(file.add(name))
            yield f"{db.in_transaction} "

    @app.post("/astream")
    async def astream(db: AsyncDb):
        for name in ("Cem", "Dan"):
            await db.run(file.add(name))
            yield f"{db.in_transaction} "

    @app.post("/written")
    def written(db: Db):
        db.run(file.add("Eve"))

        def parts():
            yield f"{db.in_transaction} {len(db.run(file.names()))}"

        return Stream(parts())

    with Client(app, protocol=protocol) as client:
        assert client.post("/stream").text == "False False "
        assert client.post("/astream").text == "False False "
        # What was written before the stream began is committed before it begins.
        assert client.post("/written").text == "False 5"


def test_hooks_guards_and_handlers_share_the_transaction(file, protocol):
    app = build(file)

    @app.middleware
    def around(db: Db) -> Wrap:
        db.run(file.add("before"))
        yield
        db.run(file.add("after"))

    def guard(db: Db) -> bool:
        db.run(file.add("guard"))
        return True

    @app.provide
    def checked(db: Db) -> Iterator[Checked]:
        db.run(file.add("provider"))
        yield Checked()

    @app.post("/shared/{name}", allow=guard)
    def shared(name: str, db: Db, checked: Checked):
        db.run(file.add(name))
        return refuse(name)

    @app.post("/ashared/{name}", allow=guard)
    async def ashared(name: str, db: AsyncDb, checked: Checked):
        await db.run(file.add(name))
        return refuse(name)

    site_names = lambda: [n for (n,) in file.database().db().run(file.names())]  # noqa: E731
    with Client(app, protocol=protocol) as client:
        for path in ("/shared/bad", "/ashared/bad", "/shared/boom", "/ashared/missing"):
            client.post(path)
        assert site_names() == []
        client.post("/shared/Ann")
        assert site_names() == ["Ann", "after", "before", "guard", "provider"]
        file.database().db().run(write("DELETE FROM account"))
        client.post("/ashared/Ben")
        assert site_names() == ["Ben", "after", "before", "guard", "provider"]


def test_a_plain_provider_may_open_a_transaction_for_an_async_handler(file):
    app = build(file)

    @app.provide
    def checked(db: Db) -> Iterator[Checked]:
        with db.transaction():
            db.run(file.add("provider"))
            yield Checked()

    @app.post("/kept/{name}", atomic=False)
    async def kept(name: str, db: AsyncDb, checked: Checked):
        await db.run(file.add(name))
        inside = db.in_transaction
        refuse(name)
        return inside

    with Client(app) as client:
        assert client.post("/kept/missing").status == 404
        assert names(client) == []
        assert client.post("/kept/Ann").json() is True
        assert names(client) == ["Ann", "provider"]


def test_asking_for_the_wrong_one_is_an_error_at_the_start(file):
    app = App()
    app.use(file.database())

    class Repository:
        def __init__(self, db: Db):
            self.db = db

    app.provide(Repository)

    @app.get("/a")
    async def a(db: Db):
        pass

    @app.get("/b")
    def b(db: AsyncDb):
        pass

    @app.get("/c")
    async def c(repository: Repository):
        pass

    @app.get("/d")
    def d(repository: Repository):
        pass

    with pytest.raises(ConfigurationError) as caught:
        app.freeze()

    told = [problem.code for problem in caught.value.problems]
    assert told == ["SG-PLAN-029"] * 3
    assert "AsyncDb" in caught.value.problems[0].fix


def test_two_databases_are_told_apart_by_their_models(tmp_path, protocol):
    class Stats:
        pass

    first, second = (
        Database(f"sqlite:///{tmp_path}/a.db"),
        Database(f"sqlite:///{tmp_path}/b.db", models=Stats),
    )
    for database in (first, second):
        database.db().run(write("CREATE TABLE seen (n integer)"))
    app = App()
    app.use(first, second)

    @app.post("/{n}")
    def add(n: int, db: Db, stats: Db[Stats]):
        db.run(write("INSERT INTO seen VALUES (?)", n))
        stats.run(write("INSERT INTO seen VALUES (?)", n * 10))
        stats.run(write("INSERT INTO seen VALUES (?)", n * 10))

    @app.get("/")
    async def counts(db: AsyncDb, stats: AsyncDb[Stats]):
        text = Command("SELECT count(*) FROM seen")

        def count():
            return (yield text).rows[0][0]

        return await asyncio.gather(db.run(count()), stats.run(count()))

    with Client(app, protocol=protocol) as client:
        client.post("/3")
        assert client.get("/").json() == [1, 2]


def test_scripts_and_commands_get_one_as_well(file):
    app = App()
    app.use(file.database())

    with app.scope() as scope:
        scope.get(Db).run(file.add("Ann"))

    async def story():
        async with app.ascope() as scope:
            return await (await scope.aget(AsyncDb)).run(file.names())

    assert asyncio.run(story()) == [("Ann",)]


def test_an_error_of_the_database_is_answered_by_who_takes_it(file):
    app = build(file)

    @app.on(UniqueError)
    def taken(error: UniqueError):
        return {"taken": error.columns}, 422

    with Client(app) as client:
        client.post("/plain/Ann")
        again = client.post("/plain/Ann")

    assert (again.status, again.json()) == (422, {"taken": ["name"]})


def test_a_block_left_open_by_a_generator_is_undone(file, protocol):
    app = build(file)

    def left(db):
        with db.transaction():
            db.run(file.add("Ann"))
            yield

    async def aleft(db):
        async with db.transaction():
            await db.run(file.add("Ben"))
            async with db.transaction():
                yield

    kept = []

    @app.post("/left", atomic=False)
    def leave(db: Db):
        kept.append(left(db))
        next(kept[-1])

    @app.post("/aleft", atomic=False)
    async def aleave(db: AsyncDb):
        kept.append(aleft(db))
        await anext(kept[-1])

    with Client(app, protocol=protocol) as client:
        client.post("/left")
        client.post("/aleft")
        assert names(client) == []
        assert client.post("/plain/Cem").status == 200
        kept[0].close()

        async def end():
            await kept[1].aclose()

        asyncio.run(end())
        assert names(client) == ["Cem"]

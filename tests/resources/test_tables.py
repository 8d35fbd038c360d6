"""Resources of models: their items are rows."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from segue import App, Read
from segue.core.errors import PlanError
from segue.db import Model, desc
from segue.db.async_session import AsyncDb
from segue.db.session import Db
from segue.resources import ItemError, MemoryStore, Page, Paged, Resource, Stale
from segue.resources.tables import table_store
from segue.testing import Client
from tests.resources.library import (
    Author,
    Book,
    Coin,
    Counted,
    Library,
    Loan,
    Tag,
    Thing,
)

pytestmark = pytest.mark.feature("M-182", "M-183", "M-184")

SITES = ("sqlite", "postgresql", "mariadb")


@pytest.fixture(params=SITES)
def database(request, opened):
    """An empty library on each database."""
    database = opened(request.param)
    db = database.db()
    for model in (Loan, Coin, Book, Author, Tag, Counted, Thing):
        db.delete(model.query())
    return database


@pytest.fixture(params=[Db, AsyncDb])
def via(request):
    """Through what handlers speak to the database."""
    return request.param[Library]


@pytest.fixture
def serve(database, via):
    """Serve resources; give a client of the app."""
    clients = []

    def serve(*resources, **options):
        app = App()
        app.use(database)
        for kind, prefix in resources:
            app.include(Resource(kind, prefix, store=via, **options))
        client = Client(app)
        client.__enter__()
        clients.append(client)
        return client

    # What the app closes at its end is opened anew by the next statement.
    yield serve
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def ada(database):
    return database.db().insert(Author(name="Ada"))


def seen(client):
    return client.headers["etag"]


def faults(answer):
    return [(each["name"], each["code"]) for each in answer.json()["errors"]]


# -- the parts


def test_a_model_has_all_parts_without_an_option(database):
    app = App()
    app.use(database)
    app.include(Resource(Tag, "/tags"))
    client = Client(app)

    made = client.post("/tags", json={"name": "new", "id": 99})
    key = made.json()["id"]
    path = f"/tags/{key}"

    assert (made.status, made.headers["location"]) == (201, path)
    assert made.json() == {"name": "new", "uses": 0, "id": key}
    assert client.get(path).headers["etag"] == made.headers["etag"]
    assert client.get("/tags").json()["total"] == 1
    assert client.patch(path, json={"uses": 2}).json()["uses"] == 2
    assert client.put(path, json={"name": "old"}).json() == {
        "name": "old",
        "uses": 0,
        "id": key,
    }
    assert client.delete(path).status == 204
    assert client.get(path).status == 404


def test_what_was_made_has_the_tag_that_it_is_read_with(serve, ada):
    client = serve((Book, "/books"))
    body = {
        "title": "T",
        "price": "1.5",
        "author": ada.id,
        "published": "2024-01-01T00:00:00+05:00",
    }

    made = client.post("/books", json=body)
    path = made.headers["location"]
    changed = client.patch(path, json={"price": "7"})

    assert made.json()["price"] == "1.50"
    assert made.json()["published"] == "2023-12-31T19:00:00Z"
    assert "note" not in made.json()
    assert client.get(path).json() == changed.json()
    assert seen(client.get(path)) == seen(changed) != seen(made)


def test_clients_give_a_key_that_the_database_does_not(serve):
    client = serve((Coin, "/coins"))

    assert client.put("/coins/EUR", json={"code": "EUR", "value": 1}).status == 201
    assert client.put("/coins/EUR", json={"code": "EUR", "value": 2}).status == 200
    assert client.put("/coins/EUR", json={"code": "USD"}).status == 422
    refused = client.post("/coins", json={"code": "EUR"})
    assert (refused.status, faults(refused)) == (409, [("$.code", "unique")])
    assert client.get("/coins/EUR").json() == {"code": "EUR", "value": 2}


def test_a_number_that_no_column_holds_is_not_there(serve):
    client = serve((Tag, "/tags"), filters=("uses__gt",))

    assert client.get(f"/tags/{10**30}").status == 404
    assert client.get(f"/tags?uses__gt={10**30}").json()["items"] == []


def test_another_field_may_tell_items_apart(serve):
    client = serve((Tag, "/tags"), key="name")

    made = client.post("/tags", json={"name": "a b"})

    assert made.headers["location"] == "/tags/a%20b"
    assert client.patch("/tags/a%20b", json={"uses": 4}).json()["uses"] == 4
    assert client.delete("/tags/a%20b").status == 204


# -- what is refused


def test_a_value_that_is_taken_is_told_with_its_field(serve, ada):
    client = serve((Book, "/books"))
    client.post("/books", json={"title": "T", "author": ada.id})
    other = client.post("/books", json={"title": "U", "author": ada.id})
    path = other.headers["location"]

    for refused in (
        client.post("/books", json={"title": "T", "author": ada.id}),
        client.patch(path, json={"title": "T"}),
        client.put(path, json={"title": "T", "author": ada.id}),
    ):
        assert (refused.status, faults(refused)) == (409, [("$.title", "unique")])
    assert client.get("/books").json()["total"] == 2


def test_a_relation_to_nothing_is_told_with_its_field(serve, ada):
    client = serve((Book, "/books"), bulk=5)
    made = client.post("/books", json={"title": "T", "author": ada.id}).json()

    for refused in (
        client.post("/books", json={"title": "U", "author": 10**9}),
        client.post("/books", json={"title": "U", "author": 2**63 - 1}),
        client.patch(f"/books/{made['id']}", json={"author": 10**9}),
    ):
        assert (refused.status, faults(refused)) == (422, [("$.author", "foreign_key")])
    many = client.patch(
        "/books/bulk", json=[{"id": made["id"], "change": {"author": 10**9}}]
    )
    assert (many.status, faults(many)) == (422, [("$[0].author", "foreign_key")])


def test_what_something_refers_to_stays(serve, database):
    db = database.db()
    db.insert(Coin(code="EUR"))
    db.insert(Coin(code="USD"))
    db.insert(Loan(coin_id="USD"))
    client = serve((Coin, "/coins"), bulk=5)

    assert client.delete("/coins/USD").status == 409
    refused = client.delete("/coins/bulk?code=EUR&code=USD")
    assert (refused.status, refused.json()["errors"][0]["name"]) == (409, "code[1]")
    assert client.get("/coins").json()["total"] == 2


@pytest.mark.parametrize(
    "change",
    [{"price": "1e30"}, {"title": "x" * 41}, {"title": "\0"}, {"price": "NaN"}],
)
def test_a_value_that_no_column_holds_is_a_422(serve, ada, change):
    client = serve((Book, "/books"), bulk=3)
    made = client.post("/books", json={"title": "T", "author": ada.id})
    path, number = made.headers["location"], made.json()["id"]

    assert client.patch(path, json=change).status == 422
    assert (
        client.post("/books", json={"title": "U", "author": 1, **change}).status == 422
    )
    several = [
        {"title": "V", "author": ada.id},
        {"title": "W", "author": ada.id, **change},
    ]
    assert client.post("/books/bulk", json=several).status == 422
    changes = [{"id": number, "change": change}]
    assert client.patch("/books/bulk", json=changes).status == 422
    assert client.get(path).json() == made.json()


# -- lists


def test_lists_are_filtered_sorted_and_cut(serve, ada, database):
    database.db().insert_many(
        Book(title=f"b{n}", price=n % 3, author=ada) for n in range(7)
    )
    client = serve(
        (Book, "/books"),
        filters=("price__ge", "author", "title__contains", "published__null"),
        sort=("price", "title"),
        fields=True,
    )

    found = client.get(f"/books?price__ge=1&author={ada.id}&sort=-price,title&size=3")
    titles = [each["title"] for each in found.json()["items"]]
    chosen = client.get("/books?title__contains=B1&fields=title,author").json()
    behind = client.get("/books?after=&size=5&sort=-title").json()
    rest = client.get(behind["next"]).json()

    assert (titles, found.json()["total"]) == (["b2", "b5", "b1"], 4)
    assert chosen["items"] == [{"title": "b1", "author": ada.id}]
    assert [each["title"] for each in rest["items"]] == ["b1", "b0"]
    assert client.get(rest["prev"]).json()["items"] == behind["items"]
    assert "total" not in behind
    assert client.get("/books?published__null=false").json()["total"] == 0


def test_relations_are_shown_with_as_many_statements_for_any_number(
    serve, ada, database
):
    db = database.db()
    tags = db.insert_many(Tag(name=f"t{n}") for n in range(3))
    books = db.insert_many(Book(title=f"b{n}", author=ada) for n in range(20))
    for book in books:
        db.add(book, Book.tags, *tags[::-1])
    client = serve(
        (Book, "/books"), load=(Book.author, Book.tags), max_page_size=50, fields=True
    )

    def asked(path):
        with database.watch() as statements:
            answer = client.get(path)
        return answer, len(statements)

    whole, statements = asked("/books?size=20")
    one, of_one = asked("/books?size=1&total=false")
    chosen, of_chosen = asked("/books?fields=author&total=false")
    plain, of_plain = asked("/books?fields=title&total=false")

    item = whole.json()["items"][0]
    assert (item["author"], statements, of_one) == ({"name": "Ada", "id": ada.id}, 2, 2)
    assert [each["name"] for each in item["tags"]] == ["t0", "t1", "t2"]
    assert one.json()["items"] == [item]
    assert (chosen.json()["items"][0], of_chosen) == ({"author": item["author"]}, 1)
    assert (plain.json()["items"][0], of_plain) == ({"title": "b0"}, 1)


def test_what_is_changed_shows_its_relations_too(serve, ada, database):
    bob = database.db().insert(Author(name="Bob"))
    client = serve((Book, "/books"), load=Book.author)

    made = client.post("/books", json={"title": "T", "author": ada.id})
    path = made.headers["location"]
    changed = client.patch(path, json={"author": bob.id})

    assert made.json()["author"]["name"] == "Ada"
    assert changed.json()["author"]["name"] == "Bob"
    assert seen(client.get(path)) == seen(changed)


# -- changes at the same time


def test_a_change_needs_the_state_that_the_client_has_seen(serve):
    client = serve((Tag, "/tags"))
    made = client.post("/tags", json={"name": "a"})
    path, first = made.headers["location"], {"if-match": seen(made)}

    assert client.patch(path, json={"uses": 1}, headers=first).status == 200
    assert client.patch(path, json={"uses": 2}, headers=first).status == 412
    assert client.delete(path, headers=first).status == 412
    assert client.get(path).json()["uses"] == 1


def test_no_update_is_lost_between_many_at_once(database):
    db = database.db()
    tag = db.insert(Tag(name="a"))
    store = table_store(Tag, Resource(Tag, "/t")._blueprint._setup, "")
    start = threading.Barrier(4)

    def count(_):
        start.wait()
        done = 0
        while done < 5:
            mine = store(database.db())
            item = mine.get(tag.id)
            changed = item.__replace__(uses=item.uses + 1)
            try:
                mine.update(tag.id, changed, item)
            except Stale:
                continue
            else:
                done += 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))

    assert db.get(Tag, tag.id).uses == 20


def test_a_version_is_counted_up_and_asked_for_by_the_statement(database, via):
    app = App()
    app.use(database)
    app.include(Resource(Counted, "/counted", store=via, version="version"))
    client = Client(app)
    made = client.post("/counted", json={"name": "a", "version": 7})
    path = made.headers["location"]

    with database.watch() as statements:
        changed = client.patch(path, json={"name": "b"})
    nothing = client.patch(path, json={})

    assert (seen(made), seen(changed), seen(nothing)) == ('"1"', '"2"', '"2"')
    assert len(statements) == 2
    assert "version = " in statements[1].sql.rpartition("WHERE")[2]
    old = {"if-match": '"1"'}
    assert client.patch(path, json={"name": "c"}, headers=old).status == 412
    assert client.delete(path, headers={"if-match": '"2"'}).status == 204


@pytest.mark.parametrize("version", [None, "version"])
def test_what_changed_since_it_was_read_is_stale(database, version):
    options = {} if version is None else {"version": version}
    setup = Resource(Counted, "/c", **options)._blueprint._setup
    db = database.db()
    old = db.insert(Counted(name="a"))
    store = setup.store(db)
    store.update(old.id, old.__replace__(name="b"), old)

    with pytest.raises(Stale, match="somebody else"):
        store.update(old.id, old.__replace__(name="c"), old)
    with pytest.raises(Stale, match="somebody else"):
        store.delete(old.id, old)
    now = store.get(old.id)
    store.delete(old.id, now)
    with pytest.raises(Stale, match="somebody else"):
        store.update(old.id, now.__replace__(name="d"), now)


# -- many at once


def test_many_are_changed_with_few_statements(serve, database):
    client = serve((Tag, "/tags"), bulk=50)

    with database.watch() as inserting:
        made = client.post("/tags/bulk", json=[{"name": f"t{n}"} for n in range(32)])
    keys = [each["id"] for each in made.json()]
    changes = [{"id": key, "change": {"uses": 3}} for key in keys]
    with database.watch() as changing:
        changed = client.patch("/tags/bulk", json=changes)
    with database.watch() as deleting:
        gone = client.delete("/tags/bulk?" + "&".join(f"id={key}" for key in keys))

    assert (made.status, changed.status, gone.status) == (201, 200, 204)
    assert {each["uses"] for each in changed.json()} == {3}
    assert len(deleting) == 3
    assert len(changing) == 34
    if database.dialect.insert_returning:
        assert len(inserting) == 1


def test_of_many_all_are_changed_or_none(serve):
    client = serve((Tag, "/tags"), bulk=50)
    first = client.post("/tags/bulk", json=[{"name": "a"}, {"name": "b"}]).json()
    a, b = (each["id"] for each in first)

    twice = client.post(
        "/tags/bulk", json=[{"name": "c"}, {"name": "d"}, {"name": "c"}]
    )
    taken = client.patch(
        "/tags/bulk",
        json=[{"id": a, "change": {"uses": 9}}, {"id": b, "change": {"name": "a"}}],
    )
    absent = client.delete(f"/tags/bulk?id={a}&id=999999")

    assert (twice.status, faults(twice)) == (409, [("$[2].name", "unique")])
    assert (taken.status, faults(taken)) == (409, [("$[1].name", "unique")])
    assert (absent.status, absent.json()["errors"][0]["name"]) == (404, "id[1]")
    items = client.get("/tags").json()["items"]
    assert [(each["name"], each["uses"]) for each in items] == [("a", 0), ("b", 0)]


def test_of_many_one_that_somebody_changed_is_told_and_nothing_written(database):
    db = database.db()
    one, two = db.insert_many([Tag(name="a"), Tag(name="b")])
    store = table_store(Tag, Resource(Tag, "/t")._blueprint._setup, "")(db)
    store.update(two.id, two.__replace__(uses=1), two)
    changes = [(each.id, each.__replace__(uses=9), each) for each in (one, two)]

    with pytest.raises(ItemError) as changing:
        store.update_many(changes)
    with pytest.raises(ItemError) as deleting:
        store.delete_many([(one.id, one), (two.id, two)])

    assert (changing.value.index, deleting.value.index) == (1, 1)
    assert [each.uses for each in store.get_many([one.id, two.id])] == [0, 1]
    assert store.get_many([10**30, 0]) == [None, None]


# -- pages of queries


@pytest.mark.parametrize("color", ["plain", "awaited"])
def test_a_handler_gives_a_page_of_a_query(database, color):
    db = database.db()
    ada, bob = db.insert_many([Author(name="Ada"), Author(name="Bob")])
    db.insert_many(
        Book(title=f"b{n}", price=n % 2, author=ada if n < 5 else bob) for n in range(7)
    )
    app = App()
    app.use(database)
    query = Book.where(Book.author.name == "Ada").load(Book.author)

    if color == "plain":

        @app.get("/books")
        def books(db: Db[Library], page: Page) -> Paged[Read[Book]]:
            return db.page(query.order_by(desc(Book.price)), page)

        @app.get("/others")
        def others(db: Db[Library], page: Page) -> Paged[Read[Book]]:
            return db.page(query.order_by(Book.author.name), page)

    else:

        @app.get("/books")
        async def abooks(db: AsyncDb[Library], page: Page) -> Paged[Read[Book]]:
            return await db.page(query.order_by(desc(Book.price)), page)

        @app.get("/others")
        async def aothers(db: AsyncDb[Library], page: Page) -> Paged[Read[Book]]:
            return await db.page(query.order_by(Book.author.name), page)

    client = Client(app)
    first = client.get("/books?size=2").json()
    last = client.get("/books?page=3&size=2").json()
    cursor = client.get("/books?after=&size=3").json()
    rest = client.get(cursor["next"]).json()
    beyond = client.get("/books?page=9&size=2").json()

    assert [each["title"] for each in first["items"]] == ["b1", "b3"]
    assert (first["total"], first["items"][0]["author"]["name"]) == (5, "Ada")
    assert [each["title"] for each in last["items"]] == ["b4"]
    assert [each["title"] for each in cursor["items"]] == ["b1", "b3", "b0"]
    assert [each["title"] for each in rest["items"]] == ["b2", "b4"]
    assert client.get(rest["prev"]).json()["items"] == cursor["items"]
    assert (beyond["items"], beyond["total"]) == ([], 5)
    assert client.get("/others?size=4").json()["total"] == 5
    assert client.get("/others?after=").status == 422
    assert client.get("/others?before=").status == 422


# -- mistakes


class Seat(Library):
    row: int
    words: list[str]
    either: int | str = 0


@pytest.mark.parametrize(
    ("kind", "options", "code"),
    [
        (Tag, {"key": "uses"}, "SG-RES-009"),
        (Tag, {"version": "name"}, "SG-RES-010"),
        (Seat, {"filters": ("words__contains",)}, "SG-RES-012"),
        (Seat, {"sort": ("either",)}, "SG-RES-012"),
        (Tag, {"filters": ("nam",)}, "SG-RES-002"),
        (Book, {"filters": ("tags",)}, "SG-RES-003"),
    ],
)
def test_what_a_table_cannot_do_is_told_at_start(kind, options, code):
    with pytest.raises(PlanError, match=code):
        Resource(kind, "/seats", **options)


def test_only_models_have_relations_to_load():
    import msgspec

    class Plain(msgspec.Struct):
        id: int = 0

    with pytest.raises(PlanError, match="SG-RES-011"):
        Resource(Plain, "/plain", load=("x",))


def test_a_model_may_have_a_store_of_its_own(ada):
    app = App()
    app.include(Resource(Book, "/books", store=MemoryStore(Book), filters=("author",)))
    client = Client(app)

    made = client.post("/books", json={"title": "T", "author": 3})

    assert made.json()["author"] == 3
    assert client.patch("/books/1", json={"author": 4}).json()["author"] == 4
    assert client.get("/books?author=4").json()["total"] == 1


def test_a_model_is_reached_through_the_database_of_its_root():
    class Plain(Model):
        name: str

    own = Resource(Tag, "/tags")._blueprint._setup.store
    first = Resource(Plain, "/plain")._blueprint._setup.store

    assert own.via == Db[Library]
    assert first.via is Db


def test_resources_without_models_load_no_sqlalchemy():
    code = (
        "import sys, msgspec\n"
        "from segue.resources import Resource\n"
        "class Tag(msgspec.Struct):\n    name: str\n    id: int = 0\n"
        "Resource(Tag, '/tags')\n"
        "assert 'sqlalchemy' not in sys.modules and 'segue.db' not in sys.modules\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True)

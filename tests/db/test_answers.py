"""Load: relations that an answer shows are loaded before it leaves."""

from typing import Annotated

import msgspec
import pytest

from segue import App, Read
from segue.db import Load
from segue.db.async_session import AsyncDb
from segue.db.mistakes import QueryError
from segue.db.session import Db
from segue.db.testing import rolled_back
from segue.resources import Paged
from segue.testing import Client
from tests.db.shop import MODELS, SERVERS, fill

Author, Book, Tag, Shop = MODELS.Author, MODELS.Book, MODELS.Tag, MODELS.Shop

Shown = Annotated[Read[Book], Load(Book.author, Book.tags)]
Whole = Annotated[Read[Author], Load(Author.books.tags, Author.country)]
Latest = Load(Author.books.order_by(-Book.year).limit(1))


class Shelf(msgspec.Struct):
    books: list[Read[Book]]


@pytest.fixture(params=["sqlite", *SERVERS])
def database(request, opened):
    if request.param == "sqlite":
        yield opened("filled")
        return
    database = request.getfixturevalue("served")(request.param)
    with rolled_back(database) as db:
        fill(db)
        yield database


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def client(request, database):
    return Client(
        build(database), protocol=request.param, raise_server_exceptions=False
    )


def build(database):
    app = App()
    app.use(database)

    @app.get("/books")
    def books(db: Db[Shop]) -> list[Shown]:
        return db.all(Book.order_by(Book.id))

    @app.get("/abooks")
    async def abooks(db: AsyncDb[Shop]) -> list[Shown]:
        return await db.all(Book.order_by(Book.id))

    @app.get("/keys")
    def keys(db: Db[Shop]) -> list[Read[Book]]:
        return db.all(Book.order_by(Book.id))

    @app.get("/loaded")
    def loaded(db: Db[Shop]) -> list[Shown]:
        return db.all(Book.order_by(Book.id).load(Book.author, Book.tags))

    @app.get("/authors/{author}")
    async def author(author: Author) -> Whole:
        return author

    @app.get("/latest")
    def latest(db: Db[Shop]) -> Annotated[list[Read[Author]], Latest]:
        return db.all(Author.order_by(Author.id))

    @app.get("/partly")
    def partly(db: Db[Shop]) -> list[Whole]:
        found = db.all(Author.order_by(Author.id))
        db.load(found[:1], Author.books)
        return found

    @app.get("/paged")
    def paged(db: Db[Shop]) -> Paged[Shown]:
        return Paged(items=db.all(Book.order_by(Book.id).limit(2)))

    @app.get("/named")
    async def named(db: AsyncDb[Shop]) -> dict[str, Shown | None]:
        return {"first": await db.get(Book, 1), "none": None}

    @app.get("/status")
    def status(db: Db[Shop]) -> tuple[Shown, int]:
        return db.get(Book, 1), 203

    @app.get("/either/{id}")
    def either(id: int, db: Db[Shop]) -> Shown | Whole | None:
        return db.get(Book, id) or db.get(Author, 1)

    @app.get("/pair")
    def pair(db: Db[Shop]) -> tuple[Whole, list[Shown], Read[Tag]]:
        return db.get(Author, 1), [db.get(Book, 3)], db.get(Tag, 1)

    @app.get("/empty")
    def empty() -> list[Shown]:
        return []

    @app.post("/books")
    def add(db: Db[Shop], fails: bool = False) -> Shown:
        book = db.insert(Book(title="New", year=1, author_id=1))
        if fails:
            # An answer that cannot be encoded.
            book.size = object()
        return book

    @app.post("/abooks")
    async def aadd(db: AsyncDb[Shop], fails: bool = False) -> Shown:
        book = await db.insert(Book(title="New", year=1, author_id=1))
        if fails:
            book.size = object()
        return book

    @app.get("/count")
    def count(db: Db[Shop]) -> int:
        return db.count(Book)

    @app.get("/loop")
    def loop(db: Db[Shop]) -> list[str]:
        return [db.get(Author, n % 3 + 1).name for n in range(12)]

    return app


@pytest.mark.feature("M-094")
@pytest.mark.parametrize("path", ["/books", "/abooks", "/loaded"])
def test_what_an_answer_shows_is_loaded(client, database, path):
    with database.watch() as seen:
        answer = client.get(path).json()

    assert [book["author"]["name"] for book in answer[:3]] == ["Ada", "Ada", "Bob"]
    assert [tag["name"] for tag in answer[0]["tags"]] == ["old", "rare"]
    assert answer[1]["tags"] == []
    assert answer[0]["editor"] == 2
    # The books, then one query for each relation; or none that is loaded already.
    assert len(seen) == (2 if path == "/loaded" else 3)


def test_what_it_does_not_show_is_left_as_its_key(client, database):
    with database.watch() as seen:
        answer = client.get("/keys").json()

    assert [book["author"] for book in answer] == [1, 1, 2, 2, 3, 3]
    assert "tags" not in answer[0]
    assert len(seen) == 1


def test_relations_of_relations_are_loaded(client, database):
    with database.watch() as seen:
        answer = client.get("/authors/1").json()

    assert answer["country"]["name"] == "Germany"
    assert [len(book["tags"]) for book in answer["books"]] == [2, 0]
    assert len(seen) == 4


def test_what_is_loaded_may_be_chosen(client):
    answer = client.get("/latest").json()

    assert [[b["title"] for b in a["books"]] for a in answer] == [
        ["Beta"],
        ["Delta"],
        ["alpha 2"],
    ]


def test_only_what_is_missing_is_asked_for(client, database):
    with database.watch() as seen:
        answer = client.get("/partly").json()

    assert [len(author["books"]) for author in answer] == [2, 2, 2]
    assert all("tags" in book for author in answer for book in author["books"])
    assert answer[2]["country"] is None
    # Authors, books of one, then books of the others, tags of all, countries.
    assert len(seen) == 5


def test_the_objects_may_be_anywhere_in_an_answer(client):
    page = client.get("/paged").json()
    named = client.get("/named").json()
    status = client.get("/status")

    assert [book["author"]["name"] for book in page["items"]] == ["Ada", "Ada"]
    assert named["first"]["author"]["name"] == "Ada"
    assert named["none"] is None
    assert (status.status, status.json()["author"]["name"]) == (203, "Ada")
    assert client.get("/either/1").json()["author"]["name"] == "Ada"
    assert len(client.get("/either/99").json()["books"]) == 2
    author, books, tag = client.get("/pair").json()
    assert (len(author["books"]), books[0]["author"]["name"]) == (2, "Bob")
    assert tag["name"] == "new"
    assert client.get("/empty").json() == []


@pytest.mark.feature("M-092")
@pytest.mark.parametrize("path", ["/books", "/abooks"])
def test_an_answer_that_cannot_be_encoded_undoes_what_was_written(client, path):
    failed = client.post(f"{path}?fails=true")
    after = client.get("/count").json()
    kept = client.post(path)

    assert failed.status == 500
    assert after == 6
    assert kept.json()["author"]["name"] == "Ada"
    assert client.get("/count").json() == 7


def test_loads_belong_to_the_transaction_of_the_request(opened):
    database = opened("filled")
    with database.watch() as seen:
        Client(build(database)).post("/books")

    # Both see the book that nobody else sees yet.
    assert ["INSERT" in each.sql for each in seen] == [True, False, False]


@pytest.mark.feature("M-095")
def test_a_loop_of_queries_is_told_in_development(opened, caplog):
    database = opened("filled")
    app = build(database)
    app.debug = True

    with Client(app) as client:
        client.get("/loop")
        client.get("/books")

    (told,) = [r.getMessage() for r in caplog.records if "asked" in r.getMessage()]
    assert "12 times" in told
    assert "test_answers.py" in told


@pytest.mark.parametrize(
    "paths",
    [(), (Book.title,), ("author",), (Book.author, Author.books), (Book.where(),)],
)
def test_what_is_no_relation_of_one_model_is_refused(paths):
    with pytest.raises(QueryError, match="SG-DB-051"):
        Load(*paths)


def test_it_is_told_as_it_is_written():
    assert repr(Load(Book.author, Book.tags)) == "Load(Book.author, Book.tags)"


def test_it_is_explained(opened):
    app = build(opened("filled"))

    assert "loads_for_the_answer() at" in str(app.explain("GET", "/books"))

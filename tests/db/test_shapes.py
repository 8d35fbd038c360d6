"""Models in handlers: what comes in, what leaves, what documents say of them."""

from typing import Annotated

import msgspec
import pytest

from segue import App, Create, Only, Patch, Read
from segue.core.schema.describe import describe
from segue.core.schema.marks import WriteOnly
from segue.core.schema.shape import Kind
from segue.core.schema.views import shown_as, taken_as
from segue.db import Key, Many, Model, many, server
from segue.db.session import Db
from segue.testing import Client


@pytest.fixture
def client(opened, shop):
    """An app of the filled shop."""
    book, profile = shop.Book, shop.Profile
    database = opened("filled")
    database.models = None  # the app's first database
    app = App()
    app.use(database)

    @app.get("/books")
    def books(db: Db) -> list[Read[book]]:
        return db.all(book.order_by(book.id).limit(2).load(book.author, book.tags))

    @app.get("/books/{id}")
    def one(id: int, db: Db) -> book:
        return db.get_or_404(book, id)

    @app.post("/books", status=201)
    def add(new: Create[book], db: Db) -> Read[book]:
        return db.insert(new)

    @app.patch("/books/{id}")
    def edit(id: int, change: Patch[book], db: Db) -> Read[book]:
        return db.save(change.apply(db.get_or_404(book, id)))

    @app.get("/profiles")
    def profiles(db: Db) -> list[profile]:
        return db.all(profile)

    @app.get("/undeclared")
    def undeclared(db: Db):
        return db.all(profile)

    @app.get("/few")
    def few(db: Db) -> list[Annotated[Read[book], Only("id", "author")]]:
        return db.all(book.order_by(book.id).limit(1))

    @app.post("/profiles")
    def add_profile(new: Create[profile], db: Db) -> Read[profile]:
        assert new.password == "s3cret"
        return db.insert(new)

    return Client(app)


def test_a_relation_leaves_as_loaded_else_as_its_key(client):
    first, second = client.get("/books").json()

    assert first["author"] == {"id": 1, "name": "Ada", "country": "DE"}
    assert first["editor"] == 2
    assert second["editor"] is None
    assert [t["name"] for t in first["tags"]] == ["old", "rare"]
    assert "tags" not in client.get("/books/1").json()


def test_a_new_object_comes_in_with_keys_of_relations(client):
    answer = client.post(
        "/books", json={"title": "N", "year": 3, "author": 2, "id": 99}
    )

    assert answer.status == 201
    assert (answer.json()["author"], answer.json()["id"]) == (2, 7)
    assert client.get("/books/7").json()["title"] == "N"


def test_everything_that_is_wrong_with_it_is_told(client):
    answer = client.post("/books", json={"title": "x" * 121, "year": -3, "author": "x"})

    assert answer.status == 422
    assert {e["name"] for e in answer.json()["errors"]} == {
        "$.title",
        "$.year",
        "$.author",
    }


def test_a_key_that_does_not_exist_is_told_by_the_field(client):
    answer = client.post("/books", json={"title": "N", "year": 3, "author": 77})

    assert answer.status == 422
    assert [error["name"] for error in answer.json()["errors"]] == ["author"]


def test_a_change_has_only_what_was_sent(client):
    answer = client.patch("/books/1", json={"author": 2, "editor": None})

    assert answer.status == 200
    found = client.get("/books/1").json()
    assert (found["author"], found["editor"], found["title"]) == (2, None, "Alpha")


def test_what_is_secret_comes_in_and_never_leaves(client):
    new = {"author": 2, "text": "t", "password": "s3cret"}

    assert client.post("/profiles", json=new).json() == {
        "id": 2,
        "author": 2,
        "text": "t",
    }
    for path in ("/profiles", "/undeclared"):
        assert "password" not in client.get(path).text


def test_a_view_may_have_few_fields(client):
    assert client.get("/few").json() == [{"id": 1, "author": 1}]


def test_a_model_without_secrets_leaves_as_it_is():
    class Root(Model, root=True):
        pass

    class Author(Root):
        name: str
        books: Many["Book"] = many()

    class Book(Root):
        title: str
        author: Author

    class Locked(Root):
        book: Book
        password: Annotated[str, WriteOnly()]

    assert (
        shown_as(list[Read[Book]]) == list[Book] or shown_as(list[Book]) == list[Book]
    )
    assert Book.__as_is__()
    assert not Locked.__as_is__()
    assert taken_as(Create[Book]) is not Book


def test_the_shape_of_a_model_has_its_key_first():
    class Root(Model, root=True):
        """All of them."""

    class Kind_(Root):
        code: Key[str]

    class Thing(Root):
        """A thing."""

        name: str
        kind: Kind_
        note: str | None = None
        extra: list[int] = msgspec.field(default_factory=list)
        more: dict[str, int] = {}  # noqa: RUF012 - msgspec copies it
        made: str = server("'x'")
        parts: Many["Part_"] = many()

    class Part_(Root):
        thing: Thing

    shape = describe(Thing)
    fields = {(f.name, f.shape.notes.read_only): f for f in shape.fields()}

    assert (shape.kind, shape.doc) == (Kind.RECORD, "A thing.")
    assert shape.fields()[0].name == "id"
    assert describe(Root).fields() == ()
    assert fields["name", False].required
    assert not fields["note", False].required
    assert fields["extra", False].factory is list
    assert fields["more", False].factory is dict
    assert fields["made", True].shape.notes.read_only
    assert fields["kind", False].shape.notes.write_only
    assert fields["kind", True].shape.kind is Kind.UNION
    assert not fields["parts", True].required

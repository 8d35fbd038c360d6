"""Models in the path, in guards and in answers, as a client meets them."""

from typing import Annotated

import pytest

from segue import App, Create, Patch, Read, url
from segue.core.errors import ConfigurationError
from segue.db import Key, Model, Unique
from segue.db.async_session import AsyncDb
from segue.db.database import Database
from segue.db.marks import Index
from segue.db.session import Db
from segue.db.testing import rolled_back
from segue.testing import Client
from tests.db.shop import MODELS, SERVERS, fill

Author, Book, Tag, Profile = MODELS.Author, MODELS.Book, MODELS.Tag, MODELS.Profile
Country, Shop = MODELS.Country, MODELS.Shop


@pytest.fixture(params=["sqlite", *SERVERS])
def database(request, opened):
    """The filled shop on each database; what a test writes is undone."""
    if request.param == "sqlite":
        yield opened("filled")
        return
    database = request.getfixturevalue("served")(request.param)
    with rolled_back(database) as db:
        fill(db)
        yield database


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def client(request, database):
    return Client(build(database), protocol=request.param)


def of_germany(author: Author) -> bool:
    return author.country_id == "DE"


def build(database):
    app = App()
    app.use(database)

    @app.get("/tags/{tag.name}")
    def by_field(tag: Tag) -> Read[Tag]:
        return tag

    @app.get("/atags/{tag.name}")
    async def by_field_later(tag: Tag) -> Read[Tag]:
        return tag

    @app.get("/authors/{author}", allow=of_germany)
    def by_key(author: Author) -> str:
        return author.name

    @app.get("/aauthors/{author}", allow=of_germany)
    async def by_key_later(author: Author) -> str:
        return author.name

    @app.get("/countries/{country}")
    def by_text(country: Country) -> str:
        return country.name

    @app.get("/profiles/{profile.author}")
    async def by_relation(profile: Profile) -> Read[Profile]:
        return profile

    @app.post("/authors/{author}/books", status=201)
    def add(author: Author, book: Create[Book], db: Db[Shop]) -> Read[Book]:
        book.author = author
        return db.insert(book)

    @app.post("/books", status=201)
    async def add_later(book: Create[Book], db: AsyncDb[Shop]) -> Read[Book]:
        return await db.insert(book)

    @app.post("/tags", status=201)
    def add_tag(tag: Create[Tag], db: Db[Shop]) -> Read[Tag]:
        return db.insert(tag)

    @app.patch("/books/{book}")
    async def edit(book: Book, change: Patch[Book], db: AsyncDb[Shop]) -> Read[Book]:
        return await db.save(change.apply(book))

    @app.delete("/tags/{tag}")
    def remove(tag: Tag, db: Db[Shop]) -> None:
        db.delete(tag)

    @app.get("/found/{id}")
    async def found(id: int, db: AsyncDb[Shop]) -> Read[Tag]:
        return await db.get_or_404(Tag, id)

    @app.get("/urls")
    def urls(db: Db[Shop]) -> list[str]:
        tag, author = db.get(Tag, 1), db.get(Author, 2)
        profile = db.first(Profile)
        return [
            url(by_field, tag=tag),
            url(by_key, author=author, page=2),
            url(by_key, author=7),
            url(by_relation, profile=profile),
        ]

    return app


def names(answer):
    return [error["name"] for error in answer.json()["errors"]]


def test_a_model_is_loaded_by_a_unique_field(client):
    for path in ("/tags/old", "/atags/old"):
        assert client.get(path).json() == {"name": "old", "id": 2}
    assert client.get("/profiles/1").json()["text"] == "Writes."


def test_a_model_is_loaded_by_its_key(client):
    assert client.get("/authors/1").text == "Ada"
    assert client.get("/aauthors/1").text == "Ada"
    assert client.get("/countries/FR").text == "France"


def test_a_guard_gets_what_the_handler_gets(client):
    assert client.get("/authors/2").status == 403
    assert client.get("/aauthors/3").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/tags/absent",
        "/atags/" + "x" * 200,
        "/tags/%C3%A4",
        "/authors/99",
        "/authors/x",
        "/aauthors/-1",
        "/authors/9223372036854775808",
        "/authors/" + "9" * 50,
        "/countries/longer",
        "/profiles/99",
        "/found/99",
    ],
)
def test_none_is_not_found(client, path):
    answer = client.get(path)

    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_is_read_for_what_is_there(client):
    assert client.post("/authors/99/books", content=b"{").status == 404
    assert client.patch("/books/99", json={"title": 3}).status == 404
    assert client.patch("/books/1", json={"title": 3}).status == 422


def test_an_object_is_written_into_a_url(client):
    assert client.get("/urls").json() == [
        "/tags/new",
        "/authors/2?page=2",
        "/authors/7",
        "/profiles/1",
    ]


def test_input_is_a_new_object_or_a_change_of_the_one_in_the_path(client):
    book = {"title": "New", "year": 1, "author": 2, "id": 5, "editor": None}
    added = client.post("/authors/1/books", json=book)
    changed = client.patch("/books/2", json={"title": "Other", "editor": 3})

    assert added.status == 201
    assert (added.json()["author"]["name"], added.json()["editor"]) == ("Ada", None)
    assert added.json()["id"] != 5
    assert changed.json()["title"], changed.json()["editor"] == ("Other", 3)
    assert changed.json()["author"] == 1


@pytest.mark.feature("M-098")
def test_a_broken_rule_names_its_fields(client):
    book = {"title": "Alpha", "year": 1}

    absent = client.post("/books", json={**book, "author": 77, "editor": 1})
    changed = client.patch("/books/1", json={"editor": 77})
    again = client.post("/books", json={**book, "author": 1})
    same = client.post("/tags", json={"name": "old"})
    refused = client.patch("/books/1", json={"price": "-1"})

    assert (absent.status, names(absent)) == (422, ["author"])
    assert (changed.status, names(changed)) == (422, ["editor"])
    assert (again.status, names(again)) == (409, ["title", "author"])
    assert (same.status, names(same)) == (409, ["name"])
    assert (refused.status, names(refused)) == (422, ["price"])
    assert refused.json()["errors"][0]["constraint"] == "price_positive"
    assert absent.headers["content-type"] == "application/problem+json"


def test_what_is_referred_to_is_not_deleted(client):
    assert client.delete("/tags/2").status in (204, 409)
    assert client.delete("/tags/99").status == 404


# -- what is found at the start


class Stats(Model, root=True):
    pass


class Seat(Stats):
    row: Key[int]
    number: Key[int]
    label: Annotated[str, Unique()]


class Page(Stats):
    slug: str
    title: str
    extra: Annotated[dict[str, int], Unique()]

    __rules__ = (
        Unique("slug"),
        Index("title", unique=True, where="id > 5"),
        Unique("title", "slug"),
    )


def routed(path, name, hint):
    app = App()
    app.use(Database("sqlite:///:memory:", models=Stats))

    def show(thing):
        return thing

    show.__annotations__ = {"thing": hint}
    app.get(path)(show)
    return app


@pytest.mark.parametrize(
    ("path", "model", "fix"),
    [
        ("/{thing.title}", Page, "{thing.slug}, {thing.id}"),
        ("/{thing.slgu}", Page, "Did you mean 'slug'"),
        ("/{thing.extra}", Page, "{thing.slug}"),
        ("/{thing}", Seat, "{thing.label}"),
        ("/{thing.row}", Seat, "{thing.label}"),
    ],
)
def test_what_leads_to_no_single_object_is_refused(path, model, fix):
    with pytest.raises(ConfigurationError) as caught:
        routed(path, "thing", model).freeze()

    (problem,) = caught.value.problems
    assert problem.code == "SG-DB-050"
    assert fix in problem.fix
    assert any("show" in place for place in problem.where)


def test_a_rule_of_one_field_makes_it_unique():
    routed("/{thing.slug}", "thing", Page).freeze()
    routed("/{thing.label}", "thing", Seat).freeze()


def test_a_model_without_a_unique_field_is_told_the_other_way():
    class Pair(Stats):
        one: Key[int]
        two: Key[int]

    with pytest.raises(ConfigurationError, match=r"db\.first"):
        routed("/{thing}", "thing", Pair).freeze()


def test_a_model_is_no_input_without_a_view():
    app = App()
    app.use(Database("sqlite:///:memory:", models=Stats))

    @app.post("/pages")
    def add(page: Page):
        return page

    with pytest.raises(ConfigurationError, match=r"Create\[Page\]"):
        app.freeze()


def test_a_model_needs_its_database():
    app = App()

    @app.get("/{page}")
    def show(page: Page):
        return page

    with pytest.raises(ConfigurationError, match="SG-PLAN-007"):
        app.freeze()


def test_each_model_is_loaded_from_its_own_database(tmp_path, opened):
    stats = Database(f"sqlite:///{tmp_path}/stats.db", models=Stats)
    with stats.db().sa() as connection:
        Stats.metadata.create_all(connection)
    stats.db().insert(Page(slug="a", title="A", extra={}))
    app = App()
    app.use(opened("filled"), stats)

    @app.get("/{page.slug}/{tag.name}")
    def show(page: Page, tag: Tag) -> list[str]:
        return [page.title, tag.name]

    assert Client(app).get("/a/old").json() == ["A", "old"]
    assert Client(app).get("/a/none").status == 404
    stats.close()

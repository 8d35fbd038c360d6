"""A small shop of books, for the tests of models and queries: on SQLite, in a file."""

import contextlib
import datetime as dt
import enum
import shutil
import uuid
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Literal

import msgspec
import pytest
from annotated_types import Ge, MaxLen

from segue.core.schema.marks import WriteOnly
from segue.db import (
    Check,
    Digits,
    Key,
    Many,
    Model,
    OnDelete,
    One,
    Unique,
    many,
    now,
    one,
)
from segue.db.database import Database

SERVERS = (
    pytest.param("postgresql", marks=pytest.mark.service("postgresql")),
    pytest.param("mariadb", marks=pytest.mark.service("mariadb")),
)


class Kind(enum.Enum):
    PAPER = "paper"
    SOUND = "sound"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Size(msgspec.Struct):
    width: int
    height: int = 0


class Shop(Model, root=True):
    """The models of these tests have a database of their own."""


class Stamped(Shop, abstract=True):
    created: dt.datetime = now()


class Country(Shop):
    code: Key[Annotated[str, MaxLen(2)]]
    name: str


class Author(Shop):
    name: Annotated[str, MaxLen(80)]
    country: Country | None = None
    books: Many["Book"] = many(by="author")
    profile: One["Profile"] = one()


class Profile(Shop):
    author: Annotated[Author, Unique(), OnDelete("cascade")]
    text: str
    password: Annotated[str, WriteOnly()] = ""


class Book(Stamped):
    title: Annotated[str, MaxLen(120)]
    year: Annotated[int, Ge(0)]
    price: Decimal = Decimal(0)
    published: dt.datetime | None = None
    author: Annotated[Author, OnDelete("cascade")]
    editor: Author | None = None
    kind: Kind = Kind.PAPER
    size: Size | None = None
    code: uuid.UUID | None = None
    tags: Many["Tag"] = many()

    __rules__ = (Unique("title", "author"), Check("price >= 0", name="price_positive"))


class Sample(Shop):
    """A column of each type."""

    flag: bool
    whole: int
    broken: float
    exact: Annotated[Decimal, Digits(12, 3)]
    text: str
    raw: bytes
    uid: uuid.UUID
    moment: dt.datetime
    day: dt.date
    clock: dt.time
    span: dt.timedelta
    kind: Kind
    level: Level
    choice: Literal["a", "b"]
    size: Size
    sizes: list[Size]
    numbers: list[int]
    words: list[str]
    table: dict[str, int]
    either: int | str
    note: str | None = None


class Wallet(Shop):
    """Whose key is that of another."""

    author: Key[Author]
    cents: int = 0


class Tag(Shop):
    name: Annotated[str, MaxLen(30), Unique()]
    books: Many[Book] = many()


MODELS = SimpleNamespace(
    Shop=Shop,
    Country=Country,
    Author=Author,
    Profile=Profile,
    Book=Book,
    Tag=Tag,
    Sample=Sample,
    Wallet=Wallet,
    Level=Level,
    Kind=Kind,
    Size=Size,
)


@pytest.fixture
def shop():
    return MODELS


@pytest.fixture(scope="session")
def shops(tmp_path_factory):
    """Two files to copy: an empty shop and one with some goods."""
    folder = tmp_path_factory.mktemp("shops")
    for name in ("empty", "filled"):
        made = Database(f"sqlite:///{folder / name}.db", models=Shop)
        with made.db().sa() as connection:
            Shop.metadata.create_all(connection)
        if name == "filled":
            fill(made.db())
        made.close()
    return folder


@pytest.fixture
def opened(tmp_path, shops):
    """Opens a copy of one of the two."""
    made = []

    def open_shop(name):
        shutil.copy(shops / f"{name}.db", tmp_path / f"{name}.db")
        made.append(Database(f"sqlite:///{tmp_path / name}.db", models=Shop))
        return made[-1]

    yield open_shop
    for each in made:
        each.close()


@pytest.fixture
def db(opened):
    """An empty shop."""
    return opened("empty").db()


@pytest.fixture(scope="session")
def served(servers):
    """Opens the shop on a server: its tables, and nothing in them."""
    made = {}

    def open_served(kind):
        if kind not in made:
            made[kind] = database = Database(servers(kind), models=Shop)
            with database.db().sa() as connection:
                Shop.metadata.create_all(connection)
                if kind == "postgresql":
                    # What tests fill in has keys of its own.
                    for table in ("author", "book", "tag", "profile"):
                        connection.exec_driver_sql(
                            f"SELECT setval('{table}_id_seq', 1000)"
                        )
        return made[kind]

    yield open_served
    for each in made.values():
        each.close()


class Undone(Exception):
    """Ends a test on a server."""


@pytest.fixture(params=["sqlite", *SERVERS])
def filled(request, opened):
    """Two countries, three authors, six books, three tags, on each database."""
    if request.param == "sqlite":
        yield opened("filled").db()
        return
    db = request.getfixturevalue("served")(request.param).db()
    with contextlib.suppress(Undone), db.transaction():
        fill(db)
        yield db
        raise Undone


@pytest.fixture(params=["sqlite", *SERVERS])
def empty(request, opened):
    """A shop without goods, on each database."""
    if request.param == "sqlite":
        yield opened("empty").db()
        return
    db = request.getfixturevalue("served")(request.param).db()
    with contextlib.suppress(Undone), db.transaction():
        yield db
        raise Undone


def fill(db):
    db.insert_many(
        [Country(code="DE", name="Germany"), Country(code="FR", name="France")]
    )
    ada, bob, eve = db.insert_many(
        [
            Author(id=1, name="Ada", country_id="DE"),
            Author(id=2, name="Bob", country_id="FR"),
            Author(id=3, name="Eve"),
        ]
    )
    day = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)
    rows = [
        ("Alpha", 1980, "10.50", ada, bob, day),
        ("Beta", 1990, "5", ada, None, None),
        ("Gamma", 2000, "7.25", bob, ada, day + dt.timedelta(days=1)),
        ("Delta", 2010, "0", bob, None, None),
        ("alpha 2", 2020, "99.99", eve, bob, day + dt.timedelta(days=2)),
        ("Zeta_%", 2000, "5", eve, None, None),
    ]
    books = db.insert_many(
        Book(
            id=number,
            title=title,
            year=year,
            price=Decimal(price),
            author=author,
            editor=editor,
            published=published,
        )
        for number, (title, year, price, author, editor, published) in enumerate(
            rows, 1
        )
    )
    tags = db.insert_many(
        [Tag(id=n, name=name) for n, name in enumerate(("new", "old", "rare"), 1)]
    )
    db.add(books[0], Book.tags, tags[1], tags[2])
    db.add(books[2], Book.tags, tags[1])
    db.add(books[4], Book.tags, tags[0])
    db.insert(Profile(id=1, author=ada, text="Writes.", password="secret"))
    return books

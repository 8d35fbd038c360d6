"""An app with a database, in a folder of its own, and its commands in this process."""

import sys

import pytest
from click.testing import CliRunner

APP = """
import enum
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from annotated_types import Ge, MaxLen

from segue import App, Read
from segue.db import Database, Db, Many, Model, Unique, many, now

app = App()
database = Database()
app.use(database)


class Kind(enum.Enum):
    PAPER = "paper"
    SOUND = "sound"


class Size(msgspec.Struct):
    width: int


class Author(Model):
    name: Annotated[str, MaxLen(80)]
    boss: "Author | None" = None


class Book(Model):
    title: Annotated[str, MaxLen(120), Unique()]
    year: Annotated[int, Ge(0)] = 0
    price: Decimal = Decimal(0)
    weight: float = 0.0
    made: datetime = now()
    span: timedelta | None = None
    day: date | None = None
    hour: time | None = None
    code: UUID | None = None
    kind: Kind = Kind.PAPER
    size: Size | None = None
    words: list[str] = []
    cover: bytes = b""
    sold: bool = False
    author: Author
    tags: Many["Tag"] = many()


class Tag(Model):
    name: str
    books: Many[Book] = many()


@app.get("/books")
def books(db: Db) -> list[str]:
    return [book.title for book in db.all(Book.order_by(Book.id))]


@app.post("/books/{title}", status=201)
def add(title: str, db: Db) -> None:
    db.insert(Book(title=title, author=db.insert(Author(name="Eve"))))


@database.seed
def fill(db: Db):
    ada = db.insert(Author(name="Ada"))
    bob = db.insert(Author(name="Bob", boss=ada))
    db.update(Author.where(Author.id == ada.id), boss=bob)
    dune = db.insert(
        Book(
            title="D\\u00fcne \\"1\\"",
            year=1965,
            price=Decimal("12.50"),
            weight=0.1,
            made=datetime(2024, 5, 6, 7, 8, 9, 12345, tzinfo=UTC),
            span=timedelta(days=3, microseconds=7),
            day=date(2020, 2, 29),
            hour=time(23, 59, 59, 5),
            code=UUID(int=7),
            kind=Kind.SOUND,
            size=Size(3),
            words=["a", "\\n"],
            cover=bytes(range(256)),
            sold=True,
            author=ada,
        )
    )
    db.insert(Book(title="Emma", author=bob))
    db.add(dune, Book.tags, db.insert(Tag(name="old")))
"""


class Folder:
    """A folder with an app, and what is typed there."""

    def __init__(self, path):
        self.path = path

    def write(self, text, name="app.py"):
        (self.path / name).write_text(text, encoding="utf-8")

    def type(self, line, given=""):
        from segue.cli.main import cli

        self._forget()
        done = CliRunner().invoke(cli, line.split(), input=given, prog_name="segue")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    def _forget(self):
        from segue.db import Model

        forget(self.path)
        Model.__registry__.__init__()

    def app(self):
        import importlib

        self._forget()
        importlib.invalidate_caches()
        return importlib.import_module("app")


def forget(folder):
    """Have the modules of a folder imported anew, and their models with them."""
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(folder)):
            del sys.modules[name]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    folder = Folder(tmp_path)
    folder.write(APP)
    from segue.db import Model

    Model.__registry__.__init__()
    yield folder
    Model.__registry__.__init__()
    forget(tmp_path)

"""The same through the ORMs of SQLAlchemy and Django, each as its manual has it."""

import datetime as dt
import json
from typing import Any

import django
from django.conf import settings
from sqlalchemy import ForeignKey, create_engine, event, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    contains_eager,
    mapped_column,
    relationship,
)

from inside.data_segue import KEYS

__all__ = ["DjangoPeer", "SQLAlchemyPeer"]


class Base(DeclarativeBase):
    """The classes of SQLAlchemy."""


class World(Base):
    """A row that is got and inserted."""

    __tablename__ = "bench_world"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    name: Mapped[str]


class Author(Base):
    """Whom a book is by."""

    __tablename__ = "bench_author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str]


class Book(Base):
    """A row that is listed."""

    __tablename__ = "bench_book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    year: Mapped[int]
    price: Mapped[int]
    created: Mapped[dt.datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey("bench_author.id"))
    author: Mapped[Author] = relationship()


def shown(book: Any) -> dict[str, Any]:
    """Write a book as data, as views and serializers do."""
    author = book.author
    return {
        "id": book.id,
        "title": book.title,
        "year": book.year,
        "price": book.price,
        "created": book.created.isoformat(),
        "author": {"id": author.id, "name": author.name, "country": author.country},
    }


class SQLAlchemyPeer:
    """SQLAlchemy: a session for each request."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        if url.startswith("sqlite"):

            @event.listens_for(self._engine, "connect")
            def set_up(connection: Any, _record: Any) -> None:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=normal")

    def get(self, number: int) -> Any:
        """Get a row by its key."""
        with Session(self._engine) as session:
            return session.get(World, number % KEYS + 1)

    def _listed(self, session: Session) -> Any:
        query = (
            select(Book)
            .join(Book.author)
            .where(Book.year >= 1985, Author.country == "DE")
            .options(contains_eager(Book.author))
            .order_by(Book.id)
            .limit(50)
        )
        return session.scalars(query).all()

    def list(self, number: int) -> Any:
        """List 50 rows, each with the one that it belongs to."""
        del number
        with Session(self._engine) as session:
            return self._listed(session)

    def json(self, number: int) -> bytes:
        """List them as JSON."""
        del number
        with Session(self._engine) as session:
            return json.dumps([shown(book) for book in self._listed(session)]).encode()

    def insert(self, number: int) -> Any:
        """Insert a row, which has its key afterwards."""
        with Session(self._engine, expire_on_commit=False) as session:
            new = World(number=number, name="new")
            session.add(new)
            session.commit()
            return new

    def insert_many(self, number: int) -> Any:
        """Insert 1,000 rows, which have their keys afterwards."""
        with Session(self._engine, expire_on_commit=False) as session:
            new = [World(number=n, name="new") for n in range(number, number + 1_000)]
            session.add_all(new)
            session.commit()
            return new

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


class DjangoPeer:
    """Django, on one connection, as inside a request."""

    def __init__(self, url: str) -> None:
        # Django has its databases once for a process.
        settings.configure(DATABASES={"default": _django_database(url)}, USE_TZ=True)
        django.setup()
        from django.db import connections  # noqa: PLC0415 - after its settings

        models = _django_models()
        self._world, self._book = models["world"], models["book"]
        self._connections = connections
        if url.startswith("sqlite"):
            with connections["default"].cursor() as cursor:
                cursor.execute("PRAGMA journal_mode=WAL")
                cursor.execute("PRAGMA synchronous=normal")

    def get(self, number: int) -> Any:
        """Get a row by its key."""
        return self._world.objects.get(pk=number % KEYS + 1)

    def list(self, number: int) -> Any:
        """List 50 rows, each with the one that it belongs to."""
        del number
        query = self._book.objects.filter(year__gte=1985, author__country="DE")
        return list(query.select_related("author").order_by("id")[:50])

    def json(self, number: int) -> bytes:
        """List them as JSON."""
        return json.dumps([shown(book) for book in self.list(number)]).encode()

    def insert(self, number: int) -> Any:
        """Insert a row, which has its key afterwards."""
        return self._world.objects.create(number=number, name="new")

    def insert_many(self, number: int) -> Any:
        """Insert 1,000 rows, which have their keys afterwards."""
        make = self._world
        new = [make(number=n, name="new") for n in range(number, number + 1_000)]
        return make.objects.bulk_create(new)

    def close(self) -> None:
        """Close the connections."""
        self._connections.close_all()


def _django_database(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:///"),
        }
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - of one database only

    told = make_url(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": told.database,
        "USER": told.username or "",
        "PASSWORD": told.password or "",
        "HOST": told.host or "",
        "PORT": told.port or "",
        "OPTIONS": {"server_side_binding": True},
    }


def _django_models() -> dict[str, Any]:
    from django.db import models  # noqa: PLC0415 - after its settings

    def model(name: str, /, **fields: Any) -> Any:
        meta = {"app_label": "bench", "managed": False, "db_table": f"bench_{name}"}
        return type(
            name.title(),
            (models.Model,),
            {**fields, "__module__": __name__, "Meta": type("Meta", (), meta)},
        )

    key = models.BigAutoField
    world = model(
        "world",
        id=key(primary_key=True),
        number=models.BigIntegerField(),
        name=models.CharField(max_length=80),
    )
    author = model(
        "author",
        id=key(primary_key=True),
        name=models.CharField(max_length=80),
        country=models.CharField(max_length=2),
    )
    book = model(
        "book",
        id=key(primary_key=True),
        title=models.CharField(max_length=120),
        year=models.BigIntegerField(),
        price=models.BigIntegerField(),
        created=models.DateTimeField(),
        author=models.ForeignKey(author, models.CASCADE),
    )
    return {"world": world, "book": book}

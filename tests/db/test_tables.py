"""Tables: names by rule, constraints named, the same types on every database."""

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
import pytest
from annotated_types import MaxLen
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from segue.db import (
    Check,
    Column,
    Digits,
    Index,
    Key,
    Model,
    ModelError,
    OnDelete,
    Unique,
)


class Level(enum.IntEnum):
    LOW = 1


class Word(enum.Enum):
    A = "a"


class Point(msgspec.Struct):
    x: int


@pytest.fixture
def root():
    class Root(Model, root=True):
        pass

    return Root


@pytest.fixture
def thing(root):
    class OwnedThing(root):
        text: str
        short: Annotated[str, MaxLen(9)]
        code: Annotated[str, Unique()]
        found: Annotated[str, Index()]
        whole: int
        broken: float
        flag: bool
        exact: Decimal
        money: Annotated[Decimal, Digits(10, 4)]
        moment: dt.datetime
        day: dt.date
        clock: dt.time
        span: dt.timedelta
        raw: bytes
        uid: uuid.UUID
        level: Level
        word: Word
        choice: Literal["a", "b"]
        number: Literal[1, 2]
        point: Point
        items: list[int]
        points: list[Point]
        maybe: int | None

    return OwnedThing


def _types(model, dialect):
    return {c.name: c.type.compile(dialect=dialect) for c in model.__table__.c}


def test_types_on_sqlite(thing):
    types = _types(thing, sqlite.dialect())

    assert types["id"] == "INTEGER"
    assert types["exact"] == "BIGINT"
    assert types["moment"] == "DATETIME"
    assert types["items"] == "JSON"


def test_types_on_postgresql(thing):
    types = _types(thing, postgresql.dialect())

    assert types == {
        "id": "BIGINT",
        "text": "TEXT",
        "short": "VARCHAR(9)",
        "code": "VARCHAR(255)",
        "found": "VARCHAR(255)",
        "whole": "BIGINT",
        "broken": "DOUBLE PRECISION",
        "flag": "BOOLEAN",
        "exact": "NUMERIC(18, 2)",
        "money": "NUMERIC(10, 4)",
        "moment": "TIMESTAMP WITH TIME ZONE",
        "day": "DATE",
        "clock": "TIME WITHOUT TIME ZONE",
        "span": "INTERVAL",
        "raw": "BYTEA",
        "uid": "UUID",
        "level": "BIGINT",
        "word": "VARCHAR(64)",
        "choice": "VARCHAR(64)",
        "number": "BIGINT",
        "point": "JSONB",
        "items": "BIGINT[]",
        "points": "JSONB",
        "maybe": "BIGINT",
    }


def test_types_on_mysql(thing):
    types = _types(thing, mysql.dialect())

    assert types["moment"] == "DATETIME(6)"
    assert types["span"] == "BIGINT"
    assert types["uid"] == "CHAR(32)"


def test_the_name_of_a_table_is_that_of_its_class_in_snake_case(thing):
    assert thing.__table__.name == "owned_thing"
    assert thing.__table__.c.maybe.nullable
    assert not thing.__table__.c.whole.nullable


def test_constraints_say_their_columns(root):
    class Author(root):
        name: str

    class Book(root):
        title: Annotated[str, Unique()]
        year: Annotated[int, Index()]
        author: Annotated[Author, OnDelete("cascade")]
        editor: Annotated[Author | None, OnDelete("set null")] = None
        price: Annotated[int, Check("price >= 0", name="positive")] = 0

        __rules__ = (
            Unique("title", "author"),
            Index("year", "price"),
            Index("title", where="price > 0", name="ix_cheap", unique=True),
            Index("(lower(title))"),
        )

    table = Book.__table__
    names = {c.name for c in table.constraints} | {i.name for i in table.indexes}

    assert names == {
        "pk_book",
        "uq_book_title",
        "uq_book_title_author_id",
        "fk_book_author_id",
        "fk_book_editor_id",
        "ck_book_positive",
        "ix_book_year",
        "ix_book_year_price",
        "ix_cheap",
        "ix_book_lower_title",
        "ix_book_author_id",
        "ix_book_editor_id",
    }
    text = str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert "REFERENCES author (id) ON DELETE CASCADE" in text
    assert "REFERENCES author (id) ON DELETE SET NULL" in text
    indexes = {
        i.name: str(CreateIndex(i).compile(dialect=sqlite.dialect()))
        for i in table.indexes
    }
    assert indexes["ix_cheap"].endswith("(title) WHERE price > 0")
    assert "lower(title)" in indexes["ix_book_lower_title"]


def test_a_rule_about_no_column_is_refused(root):
    class Book(root):
        title: str

        __rules__ = (Unique("titel"),)

    with pytest.raises(ModelError, match="SG-DB-011") as e:
        _ = Book.metadata
    assert "Did you mean 'title'?" in e.value.problem.fix


def test_a_column_may_have_another_name_and_a_comment(root):
    class Author(root):
        code: Key[Annotated[str, MaxLen(5)]]

    class Book(root):
        where_: Annotated[str, Column(name="where", comment="There.")]
        author: Annotated[Author, Column(name="writer")]

    table = Book.__table__

    assert [c.name for c in table.c] == ["id", "where", "writer"]
    assert table.c["where"].comment == "There."
    assert table.c.writer.type.length == 5


def test_tables_come_in_the_order_in_which_they_can_be_made(shop):
    names = [t.name for t in shop.Shop.metadata.sorted_tables]

    assert names.index("author") < names.index("book") < names.index("book_tag")
    assert shop.Shop.metadata is shop.Book.metadata

"""Statements of SQLAlchemy Core, and the text of queries."""

import asyncio
import datetime as dt
from decimal import Decimal

import msgspec
import pytest
import sqlalchemy as sa

from segue.db import NotLoaded, QueryError


class Line(msgspec.Struct):
    title: str
    year: int


def test_a_statement_becomes_objects_of_a_model(filled, shop):
    table = shop.Book.__table__
    asked = (
        sa.select(table).where(sa.func.length(table.c.title) > 5).order_by(table.c.id)
    )
    found = filled.select(asked, into=shop.Book)

    assert [b.title for b in found] == ["alpha 2", "Zeta_%"]
    assert found[0].price == Decimal("99.99")
    assert found[0].published.tzinfo is dt.UTC
    with pytest.raises(NotLoaded):
        _ = found[0].author
    found[0].title = "changed"
    filled.save(found[0])
    assert filled.get(shop.Book, 5).title == "changed"


def test_windows_and_common_table_expressions_work(filled, shop):
    table = shop.Book.__table__
    rank = sa.func.row_number().over(
        partition_by=table.c.author_id, order_by=table.c.year.desc()
    )
    ranked = sa.select(table.c.title, table.c.year, rank.label("place")).cte("ranked")
    asked = sa.select(ranked).where(ranked.c.place == 1).order_by(ranked.c.year)

    assert [(r.title, r.place) for r in filled.select(asked)] == [
        ("Beta", 1), ("Delta", 1), ("alpha 2", 1)]  # fmt: skip
    assert filled.select(asked, into=Line)[0] == Line("Beta", 1990)


def test_values_are_bound_with_their_types(filled, shop):
    table = shop.Book.__table__
    day = dt.datetime(2024, 1, 2, 12, tzinfo=dt.UTC)
    asked = sa.select(table.c.title).where(
        table.c.published == day,
        table.c.price == Decimal("7.25"),
        table.c.id.in_([1, 3]),
    )

    assert [r.title for r in filled.select(asked)] == ["Gamma"]


def test_a_column_that_is_missing_is_told(filled, shop):
    with pytest.raises(QueryError, match="SG-DB-050"):
        filled.select(sa.select(shop.Book.__table__.c.title), into=shop.Book)
    with pytest.raises(QueryError, match="year"):
        filled.select(sa.select(shop.Book.__table__.c.title), into=Line)


def test_the_text_of_a_query_is_for_reading(filled, shop):
    text, values = filled.sql(
        shop.Book.where(shop.Book.year > 3).load(shop.Book.author)
    )

    assert text.startswith("SELECT book.title")
    assert "JOIN author" in text
    assert values[0] == 3


def test_the_database_explains_a_query(filled, shop):
    assert "book" in filled.explain(shop.Book.where(shop.Book.id == 3))


def test_the_same_is_awaited(opened, shop):
    database, table = opened("filled"), shop.Book.__table__

    async def work():
        db = database.adb()
        found = await db.select(sa.select(table).where(table.c.id == 1), into=shop.Book)
        assert [b.title for b in found] == ["Alpha"]
        assert db.sql(shop.Book)[1] == ()
        assert "book" in await db.explain(shop.Book)

    asyncio.run(work())

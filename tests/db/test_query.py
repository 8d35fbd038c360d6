"""Queries: immutable, inert, with a key that no value is part of."""

import pytest

from segue.db import QueryError, col, count, desc, has


def test_a_query_is_never_changed(shop):
    base = shop.Book.where(shop.Book.year == 1)
    more = base.where(shop.Book.year == 2).limit(3)

    assert len(base.conditions) == 1
    assert base.size is None
    assert (len(more.conditions), more.size) == (2, 3)


def test_queries_of_one_structure_have_one_key(shop):
    book = shop.Book

    def query(year, names, count):
        return (
            book.where(
                (book.year > year) | book.title.in_(names), book.author.name == "x"
            )
            .order_by(desc(book.year))
            .limit(count)
        )

    assert query(1, ["a"] * 3, 5).key() == query(2, ["b"] * 4, 6).key()
    assert hash(query(1, ["a"] * 3, 5).key()) == hash(query(2, ["b"] * 4, 6).key())
    assert query(1, ["a"] * 3, 5).key() != query(1, ["a"] * 5, 5).key()


@pytest.mark.parametrize(
    "change",
    [
        lambda q, b: q.where(b.year == 1),
        lambda q, b: q.where(b.year != 1),
        lambda q, b: q.where(b.author.name == "x"),
        lambda q, b: q.order_by(b.year),
        lambda q, b: q.order_by(-b.year),
        lambda q, b: q.limit(1),
        lambda q, b: q.offset(1),
        lambda q, b: q.distinct(),
        lambda q, b: q.for_update(),
        lambda q, b: q.for_update(nowait=True),
        lambda q, b: q.group_by(b.year),
        lambda q, b: q.group_by(b.year).having(count() > 1),
        lambda q, b: q.only(b.year),
        lambda q, b: q.unscoped(),
        lambda q, b: q.where(has(b.tags)),
        lambda q, b: q.where(b.author.in_(q)),
    ],
)
def test_every_part_of_a_query_is_in_its_key(shop, change):
    query = shop.Book.where(shop.Book.price == 1)

    assert change(query, shop.Book).key() != query.key()


def test_values_stand_in_the_order_of_the_key(shop):
    book = shop.Book
    query = (
        book.where((book.year > 1) & (book.price < 2), ~(book.title == "3"))
        .order_by(book.year + 4)
        .group_by(book.year + 5)
        .having(count() > 6)
        .limit(7)
        .offset(8)
    )

    assert query.values() == [1, 2, "3", 4, 5, 6, 7, 8]


@pytest.mark.parametrize("count", [-1, 1.5, "3", True, 1 << 63])
def test_a_limit_is_a_natural_number(shop, count):
    with pytest.raises(QueryError, match="SG-DB-037"):
        shop.Book.limit(count)


def test_conditions_are_comparisons(shop):
    for wrong in ("year = 3", 1, None):
        with pytest.raises(QueryError, match="SG-DB-031"):
            shop.Book.where(wrong)


def test_orders_are_fields(shop):
    with pytest.raises(QueryError, match="SG-DB-036"):
        shop.Book.order_by("year; DROP TABLE book")
    with pytest.raises(QueryError, match="SG-DB-036"):
        shop.Book.group_by("year")


def test_an_order_turns_round(shop):
    assert (-desc(shop.Book.year)).key == ("asc", shop.Book.year.key)
    assert shop.Book.year.asc().key == ("asc", shop.Book.year.key)
    assert shop.Book.year.desc().key == ("desc", shop.Book.year.key)
    assert (-shop.Book.author).key[0] == "desc"


def test_the_python_words_for_and_or_not_are_refused(shop):
    book = shop.Book
    for ask in (
        lambda: book.year == 1 and book.year == 2,
        lambda: book.year == 1 or book.title == "x",
        lambda: not book.year == 1,  # noqa: SIM201 - the point
        lambda: 1 < book.year < 3,
        lambda: bool(book.author),
    ):
        with pytest.raises(QueryError, match="SG-DB-030"):
            ask()


def test_true_and_false_join_conditions(shop):
    year = shop.Book.year

    assert (True & (year == 1)).key[0] == "and"
    assert (False | (year == 1)).key[0] == "or"
    assert ((year == 1) & True).key[0] == "and"


def test_nothing_is_greater_than_null(shop):
    with pytest.raises(QueryError, match="SG-DB-032"):
        _ = shop.Book.year > None


def test_a_relation_to_many_is_no_object(shop):
    with pytest.raises(QueryError, match="SG-DB-034"):
        _ = shop.Book.tags == 3


def test_a_field_is_what_it_is_on_its_class(shop):
    assert col(shop.Book.year) is shop.Book.year
    assert repr(shop.Book.author.country) == "Book.author.country"
    assert "Book.author.name" in repr(shop.Book.author.name == "x")

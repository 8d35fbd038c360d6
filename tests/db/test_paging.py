"""Pages by key: every row once, in order, whatever the nulls."""

import pytest

from segue.core.errors import BadRequest
from segue.db import QueryError, desc


def _walk(db, query, size):
    after, found = None, []
    while True:
        page = db.page(query, size=size, after=after)
        found += page.items
        after = page.next
        if after is None:
            return found


@pytest.mark.parametrize("size", [1, 2, 4, 6, 7])
@pytest.mark.parametrize(
    "orders",
    [
        lambda b: [],
        lambda b: [b.year],
        lambda b: [desc(b.year), b.title],
        lambda b: [b.published],
        lambda b: [desc(b.published), desc(b.price)],
        lambda b: [b.editor, b.price],
        lambda b: [desc(b.author)],
        lambda b: [b.id],
    ],
)
def test_pages_have_every_row_once_in_order(filled, shop, size, orders):
    query = shop.Book.order_by(*orders(shop.Book))
    whole = filled.all(query.order_by(shop.Book.id))

    assert _walk(filled, query, size) == whole


def test_a_page_goes_on_behind_its_last_row_though_others_come(filled, shop):
    query = shop.Book.order_by(shop.Book.year)
    first = filled.page(query, size=2)
    filled.insert(shop.Book(title="Old", year=1, author_id=1))

    second = filled.page(query, size=2, after=first.next)
    assert [b.title for b in second.items] == ["Gamma", "Zeta_%"]


@pytest.mark.parametrize(
    "after",
    [
        "",
        "x",
        "AAAA",
        "WzFd",
        "W251bGxd",
        "é",
        "W10" * 2_000,
        "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
    ],
)
def test_a_word_that_no_page_gave_is_a_bad_request(filled, shop, after):
    with pytest.raises(BadRequest):
        filled.page(shop.Book.order_by(shop.Book.year), after=after)


def test_a_page_is_sorted_by_columns_of_its_model(filled, shop):
    for order in (shop.Book.author.name, shop.Book.year + 1):
        with pytest.raises(QueryError, match="SG-DB-049"):
            filled.page(shop.Book.order_by(order))


def test_a_stream_reads_row_by_row(filled, shop):
    book = shop.Book
    found = filled.stream(book.order_by(book.id).load(book.author), size=2)

    assert [(b.id, b.author.name) for b in found][:3] == [
        (1, "Ada"),
        (2, "Ada"),
        (3, "Bob"),
    ]
    assert len(list(filled.stream(book))) == 6


def test_a_stream_loads_no_relations_to_many(filled, shop):
    with pytest.raises(QueryError, match="SG-DB-048"):
        list(filled.stream(shop.Book.load(shop.Book.tags)))

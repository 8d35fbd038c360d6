"""Broken rules of a table, told by the fields of the model."""

import pytest

from segue.db.run.errors import CheckError, ForeignKeyError, NoSuchKeyError, UniqueError


def test_a_key_that_leads_nowhere_is_named(filled, shop):
    books = [shop.Book(title=f"New {n}", year=1, author_id=n) for n in (1, 77)]

    with pytest.raises(NoSuchKeyError) as caught, filled.transaction():
        filled.insert_many(books)

    assert caught.value.fields == ("author",)
    assert caught.value.status == 422


def test_an_update_of_rows_is_told_as_well(filled, shop):
    with pytest.raises(NoSuchKeyError) as caught, filled.transaction():
        filled.update(shop.Book.where(shop.Book.id == 1), editor=77)
    with pytest.raises(CheckError) as refused, filled.transaction():
        filled.update(shop.Book, price=shop.Book.price - 1000)

    assert caught.value.fields == ("editor",)
    assert (refused.value.fields, refused.value.word) == (("price",), "price_positive")


def test_a_rule_is_named_on_every_database(filled, shop):
    with pytest.raises(UniqueError) as caught, filled.transaction():
        filled.insert(shop.Book(title="Alpha", year=1, author_id=1))

    assert caught.value.constraint == "uq_book_title_author_id"
    assert caught.value.fields == ("title", "author")


def test_what_is_still_referred_to_is_no_key_that_is_missing(filled, shop):
    with pytest.raises(ForeignKeyError) as caught, filled.transaction():
        filled.delete(shop.Country.where(shop.Country.code == "DE"))

    assert caught.value.status == 409

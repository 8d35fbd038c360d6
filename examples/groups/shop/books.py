"""The books."""

import msgspec

from segue import Group, NotFound

__all__ = ["Book", "books", "find"]

books = Group("/books", name="books")


class Book(msgspec.Struct):
    """One title in stock."""

    title: str
    cents: int


_stock = {1: Book("Dune", 1200), 2: Book("Solaris", 900)}


def find(number: int) -> Book:
    """Find a book in stock, or answer 404."""
    if number not in _stock:
        raise NotFound(f"There is no book {number}.")
    return _stock[number]


@books.get()
def index() -> list[Book]:
    return list(_stock.values())


@books.get("/{number}")
def show(number: int) -> Book:
    return find(number)

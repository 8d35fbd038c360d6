"""A whole app in one file: a small reading list.

segue run          starts it
segue routes       lists what it answers
segue explain POST /books
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from segue import HTML, App, NotFound, Redirect

app = App()


class Book(msgspec.Struct):
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    pages: Annotated[int, Meta(ge=1)]
    read: bool = False


shelf: dict[int, Book] = {1: Book("Dune", 412), 2: Book("Solaris", 204, read=True)}


@app.get("/")
def home():
    return "Hello, World!"


@app.get("/about")
def about():
    return HTML("<h1>A reading list</h1><p>In one file.</p>")


@app.get("/books")
def books(read: bool | None = None, limit: int = 20) -> list[Book]:
    """List the books, all of them or only those (not) read."""
    found = [book for book in shelf.values() if read is None or book.read is read]
    return found[:limit]


@app.get("/books/{number}")
def show(number: int) -> Book:
    """Show one book."""
    if number not in shelf:
        raise NotFound(f"There is no book {number}.")
    return shelf[number]


@app.post("/books", status=201)
async def add(book: Book) -> Book:
    """Put a book on the shelf."""
    shelf[max(shelf) + 1] = book
    return book


@app.get("/newest")
def newest():
    return Redirect(show, number=max(shelf))


@app.get("/count/{to}")
def count(to: int):
    """Stream the numbers up to one, a line each."""
    for number in range(1, to + 1):
        yield f"{number}\n"

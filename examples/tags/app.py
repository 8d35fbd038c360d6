"""A catalogue of books and their tags: two resources, and a list of its own."""

from datetime import date
from typing import Annotated

import msgspec
from annotated_types import Ge, MaxLen, MinLen

from segue import App, Create, FromHeader, Page, Paged, Read, ReadOnly, WriteOnly
from segue.errors import UnprocessableContent
from segue.resources import MemoryStore, Order, Resource

Text = Annotated[str, MinLen(1), MaxLen(100)]


class Tag(msgspec.Struct):
    """A word that books are found by; its name is its key."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z-]{1,30}$")]
    words: Text | None = None


class Book(msgspec.Struct):
    """A book that is for sale."""

    title: Text
    published: date
    cents: Annotated[int, Ge(0)] = 0
    tags: Annotated[list[str], MaxLen(10)] = []
    bought_for: Annotated[int, Ge(0), WriteOnly()] = 0
    id: Annotated[int, ReadOnly()] = 0


class Tags(MemoryStore[Tag]):
    """The tags: made when the app starts, gone when it stops."""

    def __init__(self) -> None:
        super().__init__(Tag, key="name", items=[Tag("desert"), Tag("sea", "Salt.")])


class Books(MemoryStore[Book]):
    """The books."""

    def __init__(self) -> None:
        super().__init__(Book)


app = App()
app.provide(Tags, scope="app")
app.provide(Books, scope="app")


def is_seller(key: Annotated[str, FromHeader("x-key")] = "") -> bool:
    """Let in who has the key of the shop."""
    return key == "only for development"


# -- one line for the tags, a few more for the books

app.include(Resource(Tag, "/tags", store=Tags, key="name", sort=("name",)))

shelf = Resource(
    Book,
    "/books",
    store=Books,
    filters=("title__contains", "published__ge", "cents__le", "tags__contains"),
    sort=("title", "published", "cents"),
    order="-published",
    fields=True,
    bulk=50,
    allow=is_seller,
)
app.include(shelf)


@shelf.replace("create")
def add(new: Create[Book], books: Books, tags: Tags) -> Read[Book]:
    """Add a book, with tags that there are."""
    unknown = sorted(name for name in new.tags if tags.get(name) is None)
    if unknown:
        raise UnprocessableContent(f"There is no tag {', '.join(unknown)}.")
    return books.insert(new)


@app.get("/offers")
def offers(page: Page, books: Books) -> Paged[Read[Book]]:
    """List what everybody may see: the cheapest first."""
    order, hints = (Order("cents"), Order("id")), (int, int)
    found = books.find(page.query(order, hints))
    return page.answer(found, order, hints)

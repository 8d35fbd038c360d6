"""An API as somebody writes it who never thought of a document.

No `raises=`, no `responses=`, few return types; whatever its handlers do is to be found
in the document all the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import msgspec
from annotated_types import Ge, Le, MaxLen, MinLen

from segue import (
    HTML,
    App,
    FromCookie,
    FromForm,
    FromHeader,
    Group,
    NotFound,
    Redirect,
    Request,
    Upload,
)
from segue.errors import Conflict, Forbidden, Unauthorized
from segue.openapi import OpenAPI

app = App()
app.use(OpenAPI())


class Genre(Enum):
    NOVEL = "novel"
    POEM = "poem"


class Level(Enum):
    LOW = 1
    HIGH = 2


class Author(msgspec.Struct):
    name: Annotated[str, MinLen(1), MaxLen(40)]
    born: date | None = None


class Book(msgspec.Struct, forbid_unknown_fields=True):
    title: Annotated[str, MinLen(1)]
    author: Author
    genre: Genre = Genre.NOVEL
    pages: Annotated[int, Ge(1), Le(10_000)] | None = None
    price: Decimal = Decimal(0)
    tags: set[str] = set()
    scores: dict[str, float] = {}
    parts: list["Book"] = []


class Stored(Book):
    id: UUID = msgspec.field(default_factory=uuid4)


@dataclass
class Settings:
    dark: bool = False
    size: tuple[int, int] = (1, 2)
    names: list[str] = field(default_factory=list)


class Cat(msgspec.Struct, tag="cat"):
    lives: Annotated[int, Ge(0)] = 9


class Dog(msgspec.Struct, tag="dog"):
    name: str


class Search(msgspec.Struct):
    words: str
    genre: list[Genre] = []
    above: Annotated[float, Ge(0)] | None = None
    after: date | None = None
    strict: bool = False


class Reader(msgspec.Struct):
    name: str


BOOKS: dict[UUID, Stored] = {}


def reader(authorization: Annotated[str, FromHeader] = "") -> Reader:
    if not authorization.startswith("Bearer "):
        raise Unauthorized("Who are you?", headers={"www-authenticate": "Bearer"})
    return Reader(authorization.removeprefix("Bearer "))


app.provide(Reader, reader)


def is_staff(reader: Reader) -> bool:
    return reader.name == "staff"


@app.get("/")
def home():
    return "Hello!"


@app.get("/page")
def page() -> HTML:
    return HTML("<h1>Books</h1>")


@app.get("/books")
def books(page: int = 1, size: Annotated[int, Ge(1), Le(100)] = 20):
    found = list(BOOKS.values())
    return found[(page - 1) * size : page * size] if page > 0 else []


@app.post("/books")
def add(book: Book):
    stored = Stored(*msgspec.structs.astuple(book))
    BOOKS[stored.id] = stored
    return stored, 201


@app.get("/books/{id}")
def show(id: UUID) -> Stored:
    if id not in BOOKS:
        raise NotFound(f"There is no {id}.")
    return BOOKS[id]


@app.put("/books/{id}")
def replace(id: UUID, book: Book) -> Stored:
    if id not in BOOKS:
        raise NotFound
    BOOKS[id] = Stored(*msgspec.structs.astuple(book), id)
    return BOOKS[id]


@app.delete("/books/{id}")
def remove(id: UUID, reader: Reader):
    if reader.name != "staff":
        raise Forbidden("Not you.")
    BOOKS.pop(id, None)


@app.get("/find")
def find(search: Search) -> list[Stored]:
    return [book for book in BOOKS.values() if search.words in book.title]


@app.post("/settings")
def settings(settings: Settings) -> Settings:
    return settings


@app.post("/pets")
def pets(pet: Cat | Dog) -> Cat | Dog:
    return pet


@app.post("/numbers")
def numbers(values: dict[str, list[int | None]]) -> dict[str, int]:
    return {name: sum(filter(None, each)) for name, each in values.items()}


@app.get("/kinds/{level}")
def kinds(level: Level, mode: Literal["a", "b"] = "a", n: int | None = None):
    return {"level": level, "mode": mode, "n": n}


@app.get("/days/{day}/{count}")
def days(day: date, count: int) -> str:
    if not -10_000 < count < 10_000:
        raise Conflict("Too far away.")
    try:
        return str(day + timedelta(days=count))
    except OverflowError:
        raise NotFound from None


@app.get("/at/{when}")
def at(when: datetime) -> datetime:
    return when


@app.get("/f/{path:path}")
def file(path: str) -> dict[str, str]:
    return {"path": path}


@app.get("/many")
def many(
    id: list[int],
    on: list[bool] = [],  # noqa: B006 - it is copied
    pair: tuple[int, str] | None = None,
) -> dict[str, Any]:
    return {"id": id, "on": on, "pair": pair}


@app.get("/parts")
def parts(
    agent: Annotated[str | None, FromHeader("x-agent")] = None,
    depth: Annotated[int, FromHeader("x-depth"), Ge(0)] = 0,
    seen: Annotated[int, FromCookie] = 0,
    theme: Annotated[Literal["dark", "light"], FromCookie] = "dark",
) -> dict[str, Any]:
    return {"agent": agent, "depth": depth, "seen": seen, "theme": theme}


@app.post("/login")
def login(
    name: Annotated[str, FromForm, MinLen(1)],
    age: Annotated[int | None, FromForm] = None,
    level: Annotated[list[int], FromForm] = [],  # noqa: B006 - it is copied
) -> dict[str, Any]:
    return {"name": name, "age": age, "level": level}


@app.post("/photos")
def photo(image: Upload, caption: str = "", more: list[Upload] = []):  # noqa: B006 - it is copied
    return {"size": image.size, "caption": caption, "more": len(more)}


@app.post("/raw")
def raw(request: Request):
    return {"size": len(request.body())}


@app.get("/old")
def old() -> Redirect:
    return Redirect("/books")


@app.get("/lines")
def lines(count: Annotated[int, Ge(0), Le(5)] = 3) -> Iterator[str]:
    for number in range(count):
        yield f"{number}\n"


@app.get("/maybe/{number}")
def maybe(number: int) -> Reader | None:
    return Reader("ann") if number % 2 else None


staff = Group("/staff", allow=is_staff)
app.include(staff)


@staff.get("/report")
def report(since: date | None = None) -> dict[str, int]:
    return {"books": len(BOOKS)}


@staff.patch("/books/{id}")
def change(id: UUID, genre: Annotated[Genre, FromForm]) -> Stored:
    if id not in BOOKS:
        raise NotFound
    BOOKS[id].genre = genre
    return BOOKS[id]

"""An app that has one of everything a client can be written for."""

import json
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Generic, Literal, TypeVar

import msgspec
from annotated_types import Ge

from segue import (
    HTML,
    App,
    File,
    FromBody,
    FromCookie,
    FromForm,
    FromHeader,
    Request,
    Stream,
    Upload,
    WebSocket,
)
from segue.errors import Conflict, NotFound
from segue.openapi import OpenAPI

T = TypeVar("T")

app = App()
app.use(OpenAPI(title="Wide", version="1"))


class Colour(Enum):
    """A colour."""

    RED = "red"
    DARK_BLUE = "dark blue"


class Cat(msgspec.Struct, tag="cat"):
    lives: int


class Dog(msgspec.Struct, tag="dog"):
    tricks: list[str] = []


class Tree(msgspec.Struct):
    """A tree of trees."""

    name: str
    children: list["Tree"] = []


class Error(msgspec.Struct):
    """A name that the language has as well."""

    text: str


class Thing(msgspec.Struct, rename={"from_": "from"}):
    """A thing, with members of every kind. */ export const injected = 1; /*."""

    id: int
    colour: Colour
    price: Decimal
    made: datetime
    day: date
    pet: Cat | Dog
    tree: Tree
    place: tuple[float, float]
    counts: dict[str, int]
    error: Error
    from_: str
    note: str | None = None
    nick: str | msgspec.UnsetType = msgspec.UNSET
    data: bytes = b"\x00\xff"
    size: Literal["s", "m"] = "m"


class NewThing(msgspec.Struct, forbid_unknown_fields=True):
    colour: Colour
    price: Decimal
    pet: Cat | Dog
    count: Annotated[int, Ge(1)] = 1
    note: str | msgspec.UnsetType | None = msgspec.UNSET


class SoldOut(Conflict):
    """Nothing is left."""

    left: int


class Say(msgspec.Struct):
    text: str


class Said(msgspec.Struct):
    room: str
    text: str


class News(msgspec.Struct):
    number: int
    text: str


class Lines(Stream, Generic[T]):
    """A line of JSON for each item."""

    default_type = "application/jsonl"


class Events(Stream, Generic[T]):
    """Server-sent events."""

    default_type = "text/event-stream"


def thing(number: int) -> Thing:
    return Thing(
        id=number,
        colour=Colour.DARK_BLUE,
        price=Decimal("1.50"),
        made=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        day=date(2026, 1, 2),
        pet=Cat(9),
        tree=Tree("root", [Tree("leaf")]),
        place=(1.5, 2.5),
        counts={"a": 1, "__proto__": 2},
        error=Error("none"),
        from_="here",
    )


@app.get("/things/{id}", raises=NotFound)
def show_thing(  # noqa: D417 - the others go without saying
    id: int,
    trace: Annotated[str, FromHeader("x-trace-id")] = "none",
    verbose: bool = False,
    colours: tuple[Colour, ...] = (),
    crumb: Annotated[str, FromCookie()] = "",
) -> Thing:
    """Show a thing.

    Args:
        verbose: With a note.
    """
    if id == 404:
        raise NotFound(f"There is no thing {id}.")
    found = thing(id)
    if verbose:
        names = ",".join(each.value for each in colours)
        found.note = f"{trace};{names};{crumb}"
    return found


@app.post("/things", status=201, raises=SoldOut)
def make_thing(new: NewThing) -> NewThing:
    if new.count > 100:
        raise SoldOut("All gone.", extra={"left": 3})
    return new


@app.delete("/things/{id}", status=204, deprecated=True)
def delete(id: int) -> None:
    """Delete a thing."""


@app.get("/maybe/{number}")
def maybe(number: int) -> tuple[Thing, Literal[200]] | tuple[str, Literal[202]]:
    return (thing(number), 200) if number else ("later", 202)


@app.get("/files/{path:path}")
def read_file(path: str) -> str:
    return path


@app.post("/photos", status=201)
def photo(
    image: Upload, caption: str = "", tags: tuple[str, ...] = ()
) -> dict[str, str]:
    return {
        "name": image.filename,
        "size": str(image.size),
        "caption": caption,
        "tags": ",".join(tags),
    }


@app.post("/login")
def log_in(
    name: Annotated[str, FromForm()], stay: Annotated[bool, FromForm()] = False
) -> str:
    return f"{name} {stay}"


@app.put("/raw")
def raw(data: Annotated[bytes, FromBody()]) -> bytes:
    return data[::-1]


@app.get("/page")
def page() -> HTML:
    return HTML("<p>page</p>")


@app.get("/nothing")
def nothing(request: Request) -> dict[str, str]:
    return {"authorization": request.headers.get("authorization") or ""}


@app.get("/slow")
async def slow() -> str:
    import asyncio

    await asyncio.sleep(30)
    return "at last"


@app.get("/broken")
def broken() -> dict[str, int]:
    return {}["no"]


@app.get("/lines")
def lines(count: int = 3) -> Lines[News]:
    def made() -> Iterator[str]:
        for number in range(count):
            yield json.dumps({"number": number, "text": "\u2028"}) + "\n"

    return Lines(made())


@app.get("/news", raises=NotFound)
def news(
    topic: str = "all",
    last: Annotated[str, FromHeader("last-event-id")] = "",
) -> Events[News]:
    """Tell the news: three at a time, and six in all."""
    if topic == "none":
        raise NotFound("No such topic.")
    first = int(last) + 1 if last else 0
    if first >= 6:
        return Events([], 204)

    async def made() -> AsyncIterator[str]:
        yield ": hello\r\nretry: 10\r\n\r\n"
        for number in range(first, first + 3):
            data = json.dumps({"number": number, "text": topic})
            yield f"event: item\nid: {number}\ndata: {data[:1]}\n"
            yield f"data: {data[1:]}\n\n"

    return Events(made())


@app.get("/web/{path:path}", include_in_schema=False)
def files(path: str) -> File:
    return File(os.environ["WIDE_APP_FILES"], path)


@app.websocket("/chat/{room}")
async def chat(socket: WebSocket[Say, Said], room: str, loud: bool = False) -> None:
    """Talk in a room."""
    async for say in socket:
        if say.text == "bye":
            await socket.close(1000, "bye")
            return
        text = say.text.upper() if loud else say.text
        await socket.send(Said(room, text))


@app.websocket("/echo")
async def echo(socket: WebSocket[bytes, bytes]) -> None:
    async for data in socket:
        await socket.send(data[::-1])

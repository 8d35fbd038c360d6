"""What leaves for an answer, by the declared type."""

from collections.abc import AsyncIterator, Iterator
from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
import pytest

from segue import HTML, JSON, File, Redirect, Response, Stream
from segue.core.handlers.build import build_plan
from segue.core.handlers.surroundings import Surroundings
from segue.core.types import UNSET
from segue.openapi.contents import Content, contents_of

T = TypeVar("T")
OCTETS = "application/octet-stream"
DATA = "application/json"


class Item(msgspec.Struct):
    sku: str


class Word(StrEnum):
    A = "a"


class Events(Stream, Generic[T]):
    default_type = "text/event-stream"


class Csv(Response):
    default_type = "text/csv; charset=utf-8"


def of(hint, **options):
    def handler(): ...

    handler.__annotations__["return"] = hint
    return contents_of(build_plan(handler, Surroundings(), options))


def of_function(function, **options):
    return contents_of(build_plan(function, Surroundings(), options))


@pytest.mark.feature("M-062")
@pytest.mark.parametrize(
    ("hint", "contents"),
    [
        (Item, [Content(200, DATA, Item)]),
        (list[Item], [Content(200, DATA, list[Item])]),
        (Annotated[Item, "marked"], [Content(200, DATA, Item)]),
        (int, [Content(200, DATA, int)]),
        (Literal[1], [Content(200, DATA, Literal[1])]),
        (str, [Content(200, "text/plain", str)]),
        (Word, [Content(200, "text/plain", Word)]),
        (Literal["a"], [Content(200, "text/plain", Literal["a"])]),
        (bytes, [Content(200, OCTETS, bytes)]),
        (None, [Content(204)]),
        (Any, [Content(200, "*/*")]),
        (object, [Content(200, "*/*")]),
        (Item | None, [Content(200, DATA, Item), Content(204)]),
        (
            Item | str,
            [Content(200, DATA, Item), Content(200, "text/plain", str)],
        ),
        (HTML, [Content(200, "text/html", str)]),
        (JSON, [Content(200, DATA)]),
        (Csv, [Content(200, "text/csv", str)]),
        (Response, [Content(200, "*/*")]),
        (Redirect, [Content(303), Content("3XX")]),
        (
            File,
            [
                Content(200, "*/*", bytes),
                Content(206, "*/*", bytes),
                Content(304),
                Content(412),
                Content(416),
            ],
        ),
        (Stream, [Content(200, "*/*")]),
        (Iterator[bytes], [Content(200, OCTETS, bytes)]),
        (Iterator[str], [Content(200, "text/plain", str)]),
        (Events[Item], [Content(200, "text/event-stream", Item, items=True)]),
        (
            tuple[Item, int],
            [Content(200, DATA, Item), Content("2XX", DATA, Item)],
        ),
        (
            tuple[Item | None, Literal[201, 204]],
            [Content(201, DATA, Item), Content(201), Content(204)],
        ),
        (tuple[int, str], [Content(200, DATA, tuple[int, str])]),
        (tuple[str, Literal["a"]], [Content(200, DATA, tuple[str, Literal["a"]])]),
    ],
)
def test_a_type_tells_what_leaves(hint, contents):
    assert of(hint) == contents


def test_the_status_of_the_route_counts():
    assert of(Item, status=201) == [Content(201, DATA, Item)]
    assert of(None, status=202) == [Content(202)]
    assert of(Item, status=204) == [Content(204)]


def test_renderers_give_more_forms():
    forms = {"text/csv": str}

    assert of(list[Item], renderers=forms) == [
        Content(200, DATA, list[Item]),
        Content(200, "text/csv"),
    ]
    assert of(str, renderers=forms) == [
        Content(200, DATA, str),
        Content(200, "text/csv"),
    ]
    assert of(Any, renderers=forms) == [Content(200, DATA), Content(200, "text/csv")]


def test_a_generator_is_a_stream():
    def texts() -> Iterator[str]:
        yield ""

    async def events() -> Events[Item]:
        yield Item("")

    async def anything() -> AsyncIterator[bytes]:
        yield b""

    def unsaid():
        yield b""

    assert of_function(texts) == [Content(200, "text/plain", str)]
    assert of_function(events, status=202) == [
        Content(202, "text/event-stream", Item, items=True)
    ]
    assert of_function(anything) == [Content(200, OCTETS, bytes)]
    assert of_function(unsaid) == [Content(200, OCTETS, bytes)]


def test_without_a_type_the_code_tells():
    def nothing(): ...

    def data():
        return {"a": 1}

    def text(x):
        return f"{x}"

    def other(x):
        return x or len(x)

    def mixed(x):
        if x:
            return {}, 201
        return None

    def gone(x):
        return x, 204

    assert of_function(nothing) == [Content(204)]
    assert of_function(data) == [Content(200, DATA, dict)]
    assert of_function(text) == [Content(200, "text/plain", str)]
    assert of_function(other) == [Content(200, "*/*", UNSET)]
    assert of_function(mixed) == [Content(201, "*/*"), Content(204)]
    assert of_function(gone) == [Content(204)]

"""What a handler returns, and what leaves for it."""

import asyncio
import dataclasses
import datetime as dt
import enum
import functools
import inspect
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import NamedTuple

import msgspec
import pytest

from segue import HTML, JSON, App, NotFound, Redirect, Response
from segue.core.errors import WalkError
from segue.core.handlers.answers import finish, pair_kind, stream_type, to_response
from segue.testing import Client

TEXT = "text/plain; charset=utf-8"
OCTETS = "application/octet-stream"
DATA = "application/json"


class Item(msgspec.Struct):
    sku: str


@dataclasses.dataclass
class Point:
    x: int


class Shout(str):
    __slots__ = ()


class Colour(enum.Enum):
    RED = "red"


class Pair(NamedTuple):
    left: int
    right: int


def _named(value):
    # No addresses: workers must collect the same names.
    return value if isinstance(value, str) else type(value).__name__


ANSWERS = [
    ("text", TEXT, b"text"),
    ("<b>ä</b>", TEXT, "<b>ä</b>".encode()),
    (Shout("x"), TEXT, b"x"),
    (b"\x00", OCTETS, b"\x00"),
    (bytearray(b"a"), OCTETS, b"a"),
    (memoryview(b"a"), OCTETS, b"a"),
    ({"a": 1}, DATA, b'{"a":1}'),
    ([1, None], DATA, b"[1,null]"),
    (OrderedDict(a=1), DATA, b'{"a":1}'),
    (Item("x"), DATA, b'{"sku":"x"}'),
    (Point(1), DATA, b'{"x":1}'),
    (Pair(1, 2), DATA, b"[1,2]"),
    ((1, 2, 3), DATA, b"[1,2,3]"),
    ((1, 99), DATA, b"[1,99]"),
    ((1, True), DATA, b"[1,true]"),
    ({1}, DATA, b"[1]"),
    (3, DATA, b"3"),
    (1.5, DATA, b"1.5"),
    (False, DATA, b"false"),
    (Colour.RED, DATA, b'"red"'),
    (dt.date(2024, 1, 31), DATA, b'"2024-01-31"'),
    (iter([b"a", b"b"]), OCTETS, b"ab"),
    (HTML("<p>"), "text/html; charset=utf-8", b"<p>"),
    (JSON([1]), DATA, b"[1]"),
]


@pytest.mark.feature("M-043", "M-044")
@pytest.mark.parametrize(("answer", "kind", "body"), ANSWERS, ids=_named)
def test_a_value_is_an_answer(answer, kind, body):
    app = App()
    app.get("/")(lambda: answer)

    response = Client(app).get("/")

    assert response.status == 200
    assert response.headers["content-type"] == kind
    assert response.body == body


@pytest.mark.feature("M-043", "M-044")
def test_values_are_the_same_answers_over_every_protocol(ask):
    assert ask(lambda: "x").body == b"x"
    assert ask(lambda: {"a": [1]}).json() == {"a": [1]}
    assert ask(lambda: [1]).media_type == "application/json"


def test_none_is_an_answer_without_content(ask):
    response = ask(lambda: None)

    assert response.status == 204
    assert response.body == b""
    assert ask(lambda: None, options={"status": 202}).status == 202


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (("x", 201), 201),
        (("x", HTTPStatus.CREATED), 201),
        (({"a": 1}, 404), 404),
        ((None, 404), 404),
        ((Response("x", 201), 202), 202),
        ((Redirect("/x"), 301), 301),
        ((iter([b"a"]), 202), 202),
        ((("x", 201), 202), 202),
    ],
    ids=_named,
)
def test_an_answer_may_have_a_status_beside_it(answer, status):
    assert to_response(answer).status == status


def test_a_status_beside_the_answer_is_sent_over_every_protocol(ask):
    assert ask(lambda: ("x", 201)).status == 201


@pytest.mark.parametrize("status", [201, HTTPStatus.CREATED])
def test_a_status_may_stand_on_the_route(ask, status):
    def typed() -> dict:
        return {}

    async def later():
        return Item("x")

    def made():
        return Response("x", 202)

    options = {"status": status}
    assert ask(lambda: "x", options=options).status == 201
    assert ask(typed, options=options).status == 201
    assert ask(later, options=options).status == 201
    assert ask(lambda: ("x", 409), options=options).status == 409
    assert ask(made, options=options).status == 202


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_takes_the_body_off(ask, status):
    response = ask(lambda: "x", options={"status": status})

    assert response.status == status
    assert response.body == b""
    assert "content-length" not in response.headers


def test_generators_are_streams(ask):
    def pieces() -> Iterator[str]:
        yield "a"
        yield "ä"

    async def later() -> AsyncIterator[str]:
        await asyncio.sleep(0)
        yield "a"

    def octets():
        yield b"\x00"

    text = ask(pieces, options={"status": 202})
    assert (text.status, text.text) == (202, "aä")
    assert text.headers["content-type"] == TEXT
    assert ask(later).text == "a"
    assert ask(octets).media_type == OCTETS


def test_a_response_wins_over_a_status_unless_it_is_the_usual_one():
    assert to_response(Response("x"), 500).status == 500
    assert to_response(Response("x", 404), 500).status == 404
    assert to_response("x", 500).status == 500
    assert to_response("x").status == 200


def test_what_is_no_answer_is_named():
    with pytest.raises(WalkError) as caught:
        finish(object)

    assert caught.value.problem.code == "SG-WALK-001"
    assert "type <class 'object'>" in caught.value.problem.what


def test_an_error_that_is_returned_should_have_been_raised():
    with pytest.raises(WalkError) as caught:
        finish(NotFound())

    assert caught.value.problem.fix == "Write `raise`, not `return`."


def test_a_long_answer_is_shortened_in_its_error():
    class Long:
        __slots__ = ()

        def __repr__(self):
            return "x" * 200

    with pytest.raises(WalkError) as caught:
        finish(Long())

    assert "x" * 77 + "..." in caught.value.problem.what


@pytest.mark.parametrize("answer", [[object()], (object(),), {"a": {1: object()}}])
def test_a_value_inside_that_json_lacks_is_named_by_its_place(answer):
    with pytest.raises(WalkError, match="SG-HTTP-007"):
        finish(answer)


def test_a_circle_in_an_answer_is_named():
    loop = OrderedDict()
    loop["a"] = loop

    with pytest.raises(WalkError, match="SG-HTTP-006"):
        finish(loop)


def test_a_wrapper_that_hides_an_async_function_is_told():
    async def handler():
        return "x"

    @functools.wraps(handler)
    def wrapper():
        return handler()

    with pytest.raises(WalkError) as caught:
        finish(wrapper())

    assert caught.value.problem.code == "SG-WALK-002"


def test_an_awaitable_that_is_no_coroutine_is_told_as_well():
    class Soon:
        def __await__(self):
            yield

    assert inspect.isawaitable(Soon())
    with pytest.raises(WalkError, match="SG-WALK-002"):
        finish(Soon())


def test_three_values_in_the_manner_of_flask_are_told():
    with pytest.raises(WalkError) as caught:
        finish(("x", 201, {"x-a": "b"}))

    assert caught.value.problem.code == "SG-WALK-003"
    assert "headers=" in caught.value.problem.fix


def test_a_hint_may_name_the_short_way_of_an_answer():
    assert pair_kind(str) == (str, 0)
    assert pair_kind(list[int]) == (list, 1)
    assert pair_kind(bytes) == (bytes, 2)
    assert pair_kind(Point) == (Point, 1)
    assert pair_kind(str | None) is None


def test_a_stream_of_text_says_so():
    assert stream_type(Iterator[str]) == TEXT
    assert stream_type(Iterator[bytes]) is None
    assert stream_type(Iterator) is None

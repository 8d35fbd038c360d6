"""Values of a query and a body, as a handler gets them and as they are refused."""

import dataclasses
import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple, NewType, Optional, TypedDict

import msgspec
import pytest
from annotated_types import Ge, MaxLen
from hypothesis import given, strategies as st

from segue.core.handlers.invalid import invalid
from segue.core.handlers.plan import Argument, Source
from segue.core.handlers.texts import text_converter


class Colour(enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


class Item(msgspec.Struct):
    sku: str
    quantity: Annotated[int, msgspec.Meta(ge=1)] = 1


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0


class Entry(TypedDict):
    name: str


class Pair(NamedTuple):
    left: int
    right: int


UserId = NewType("UserId", int)
KEY = uuid.UUID("12345678-1234-5678-9234-567812345678")


def errors(response):
    told = response.json()["errors"]
    assert all(error.pop("code") for error in told)
    return [{k: v for k, v in error.items() if k != "limit"} for error in told]


def test_a_limit_is_told_as_a_number(ask):
    def handler(count: Annotated[int, Ge(3)], words: Annotated[str, MaxLen(2)] = ""):
        return [count, words]

    told = ask(handler, "/?count=1&words=abc").json()["errors"]
    assert [(each["code"], each["limit"]) for each in told] == [
        ("too_small", 3),
        ("too_long", 2),
    ]


GOOD = [
    (int, "x=-3", -3),
    (float, "x=1.5", 1.5),
    (bool, "x=true", True),
    (bool, "x=On", True),
    (bool, "x=YES", True),
    (bool, "x=1", True),
    (bool, "x=off", False),
    (bool, "x=no", False),
    (bool, "x=0", False),
    (bool | None, "x=yes", True),
    (str, "x=a%20b", "a b"),
    (str, "x=", ""),
    (bytes, "x=YWJj", b"abc"),
    (decimal.Decimal, "x=1.50", decimal.Decimal("1.50")),
    (uuid.UUID, f"x={KEY}", KEY),
    (dt.date, "x=2024-01-31", dt.date(2024, 1, 31)),
    (
        dt.datetime,
        "x=2024-01-31T09:30:00Z",
        dt.datetime(2024, 1, 31, 9, 30, tzinfo=dt.UTC),
    ),
    (dt.time, "x=09:30:00", dt.time(9, 30)),
    (dt.timedelta, "x=PT5M", dt.timedelta(minutes=5)),
    (Colour, "x=red", Colour.RED),
    (Number, "x=1", Number.ONE),
    (Literal["a", "b"], "x=b", "b"),
    (Literal[1, 2], "x=2", 2),
    (UserId, "x=7", 7),
    (Any, "x=7", "7"),
    (int | None, "x=", None),
    (Optional[dt.date], "x=", None),  # noqa: UP045 - as older code has it
    (str | None, "x=", ""),
    (int | str, "x=a", "a"),
    (list[int], "x=1&x=2", [1, 2]),
    (list[bool], "x=on&x=0", [True, False]),
    (list[int] | None, "x=1", [1]),
    (set[str], "x=a&x=a", {"a"}),
    (tuple[int, ...], "x=1&x=2", (1, 2)),
    (tuple[int, str], "x=1&x=a", (1, "a")),
    (Sequence[Colour], "x=red", [Colour.RED]),
    (list, "x=a&x=b", ["a", "b"]),
    (Annotated[int, msgspec.Meta(ge=3)], "x=3", 3),
]
BAD = [
    (int, "x=", "x", "Expected `int`, got `str`"),
    (int, "x=1.5", "x", "Expected `int`, got `str`"),
    (int, "x=%D9%A1", "x", "Expected `int`, got `str`"),
    (int, "x=" + "9" * 5000, "x", "Integer value out of range"),
    (bool, "x=maybe", "x", "Expected `bool`, got `str`"),
    (float, "x=nan", "x", "Expected a finite number"),
    (float, "x=-inf", "x", "Expected a finite number"),
    (list[float], "x=1&x=inf", "x[1]", "Expected a finite number"),
    (decimal.Decimal, "x=NaN", "x", "Expected a finite number"),
    (dt.datetime, "x=0.5", "x", "Invalid RFC3339 encoded datetime"),
    (dt.datetime | None, "x=1e3", "x", "Invalid RFC3339 encoded datetime"),
    (list[dt.datetime], "x=5", "x[0]", "Invalid RFC3339 encoded datetime"),
    (dt.timedelta, "x=5", "x", "Invalid ISO8601 duration"),
    (dt.date, "x=2024-02-30", "x", "Invalid RFC3339 encoded date"),
    (Colour, "x=blue", "x", "Invalid enum value 'blue'"),
    (Literal["a"], "x=b", "x", "Invalid enum value 'b'"),
    (list[int], "x=1&x=a", "x[1]", "Expected `int`, got `str`"),
    (Annotated[int, msgspec.Meta(ge=3)], "x=2", "x", "Expected `int` >= 3"),
    (int, "", "x", "Required, but not given."),
    (str, "", "x", "Required, but not given."),
    (list[int], "", "x", "Required, but not given."),
]


def handler_of(hint, seen):
    def handler(x):
        seen.append(x)
        return "seen"

    handler.__annotations__["x"] = hint
    return handler


@pytest.mark.parametrize(("hint", "query", "value"), GOOD, ids=str)
def test_text_of_the_query_becomes_the_declared_type(ask, hint, query, value):
    seen = []

    response = ask(handler_of(hint, seen), f"/?{query}")

    assert response.text == "seen"
    assert seen == [value]
    assert type(seen[0]) is type(value)


@pytest.mark.parametrize(("hint", "query", "name", "message"), BAD, ids=str)
def test_text_that_does_not_fit_is_told_with_its_name(ask, hint, query, name, message):
    response = ask(handler_of(hint, []), f"/?{query}")

    assert response.status == 422
    assert response.media_type == "application/problem+json"
    assert errors(response) == [{"in": "query", "name": name, "message": message}]


def test_a_default_stands_in_for_what_was_not_given(ask):
    def handler(a: int = 3, b: str = "x", c: list[int] | None = None, d="y", e=1.5):
        return [a, b, c, d, e]

    assert ask(handler).json() == [3, "x", None, "y", 1.5]
    assert ask(handler, "/?a=1&b=2&c=3&d=4&e=5").json() == [1, "2", [3], "4", 5.0]


def test_the_last_value_counts_where_one_is_wanted(ask):
    assert ask(lambda a: a, "/?a=1&a=2").text == "2"


def test_a_list_that_is_a_default_is_not_shared_between_requests(protocol):
    from segue import App
    from segue.testing import Client

    app = App()

    @app.get("/")
    def grow(tags: list[str] = []):  # noqa: B006 - that is the point
        tags.append("x")
        return tags

    with Client(app, protocol=protocol) as client:
        answers = [client.get("/").json() for _ in range(2)]

    assert answers == [["x"], ["x"]]


def test_a_query_with_too_many_fields_is_refused(ask):
    query = "&".join(f"x={n}" for n in range(1001))

    assert ask(lambda x: x, f"/?{query}").status == 400
    assert ask(handler_of(list[int], []), f"/?{query}").status == 400


@given(st.text())
def test_no_text_breaks_a_converter(text):
    convert = text_converter(Argument("x", Source.QUERY, float | None, key="x"))

    try:
        value = convert(text)
    except type(invalid("query", "x", "")):
        return

    assert value is None or abs(value) < float("inf")


class Filter(msgspec.Struct, rename={"from_": "from"}):
    page: int
    exact: bool = False
    tags: list[str] = []
    top: int | None = None
    from_: dt.date | None = None
    rate: float = 0.5


def test_a_struct_is_filled_from_the_whole_query(ask):
    def handler(filter: Filter) -> Filter:
        return filter

    found = ask(handler, "/?page=2&exact=on&tags=a&tags=b&top=&from=2024-01-31&other=x")

    assert found.json() == {
        "page": 2,
        "exact": True,
        "tags": ["a", "b"],
        "top": None,
        "from": "2024-01-31",
        "rate": 0.5,
    }


@pytest.mark.parametrize("record", [Point, Entry | None])
@pytest.mark.feature("M-057")
def test_a_dataclass_or_a_typed_dict_is_filled_too(ask, record):
    def handler(x):
        return x

    handler.__annotations__["x"] = record

    assert ask(handler, "/?x=1&y=2&name=n").json() in ({"x": 1, "y": 2}, {"name": "n"})


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("", "page", "Required, but not given."),
        ("page=x", "page", "Expected `int`, got `str`"),
        ("page=1&rate=nan", "rate", "Expected a finite number"),
        ("page=1&exact=perhaps", "exact", "Expected `bool`, got `str`"),
    ],
)
def test_a_struct_that_does_not_fit_is_told_by_its_field(ask, query, name, message):
    def handler(filter: Filter):
        return filter

    response = ask(handler, f"/?{query}")

    assert response.status == 422
    assert errors(response) == [{"in": "query", "name": name, "message": message}]


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    page: int = 1


def test_a_strict_struct_lets_the_other_parameters_pass_and_nothing_else(ask):
    def handler(strict: Strict, word: str = ""):
        return [strict.page, word]

    assert ask(handler, "/?page=3&word=x").json() == [3, "x"]
    assert ask(handler, "/?page=3&wrod=x").status == 422


def test_a_struct_with_a_default_is_left_alone_by_other_fields(ask):
    def handler(filter: Filter | None = None, word: str = ""):
        return [filter, word]

    assert ask(handler, "/?word=x").json() == [None, "x"]
    assert ask(handler, "/?page=1&word=x").json()[0]["page"] == 1


BODIES = [
    (Item, {"sku": "a"}, Item("a")),
    (Point, {"x": 1}, Point(1)),
    (Entry, {"name": "n"}, {"name": "n"}),
    (Pair, [1, 2], Pair(1, 2)),
    (list[Item], [{"sku": "a"}], [Item("a")]),
    (dict[str, int], {"a": 1}, {"a": 1}),
    (Item | None, None, None),
]


@pytest.mark.parametrize(("hint", "data", "value"), BODIES, ids=str)
@pytest.mark.feature("M-055")
def test_a_body_becomes_the_declared_type(ask, hint, data, value):
    seen = []
    handler = handler_of(hint, seen)

    as_json = ask(handler, method="POST", json=data)
    as_merge = ask(
        handler,
        method="PATCH",
        content=msgspec.json.encode(data),
        headers={"content-type": "application/merge-patch+json; charset=utf-8"},
    )
    as_pack = ask(
        handler,
        method="PUT",
        content=msgspec.msgpack.encode(data),
        headers={"content-type": "application/msgpack"},
    )

    assert [as_json.status, as_merge.status, as_pack.status] == [200, 200, 200]
    assert seen == [value] * 3


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "x/y"],
)
def test_a_body_of_another_type_is_415(ask, kind):
    response = ask(
        handler_of(Item, []),
        method="POST",
        content=b"{}",
        headers={"content-type": kind},
    )

    assert response.status == 415
    assert response.headers["accept"] == "application/json, application/msgpack"


def test_a_body_without_a_type_is_415(ask):
    response = ask(handler_of(Item, []), method="POST", content=b"{}")

    assert response.status == 415
    assert "A body of no type" in response.text


def test_a_malformed_content_type_is_400(ask):
    response = ask(
        handler_of(Item, []),
        method="POST",
        content=b"{}",
        headers={"content-type": "json"},
    )

    assert response.status == 400


@pytest.mark.parametrize(
    "body", [b"{", b"{'a': 1}", b"\xff", b'{"sku": "\xff"}', b'{"a":' * 100_000]
)
@pytest.mark.parametrize("kind", ["application/json", "application/json;charset=utf-8"])
def test_a_malformed_body_is_400(ask, body, kind):
    response = ask(
        handler_of(dict, []),
        method="POST",
        content=body,
        headers={"content-type": kind},
    )

    assert response.status == 400
    assert "body is" in response.json()["detail"]


def test_malformed_msgpack_is_400(ask):
    response = ask(
        handler_of(Item, []),
        method="POST",
        content=b"\xc1",
        headers={"content-type": "application/x-msgpack"},
    )

    assert response.status == 400


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        ({"sku": 1}, "$.sku", "Expected `str`, got `int`"),
        ({"sku": "a", "quantity": 0}, "$.quantity", "Expected `int` >= 1"),
        ({}, "$.sku", "Required, but not given."),
        ([], "$", "Expected `object`, got `array`"),
    ],
)
@pytest.mark.feature("M-059")
def test_a_body_that_does_not_fit_is_told_by_its_place(ask, data, name, message):
    response = ask(handler_of(Item, []), method="POST", json=data)

    assert response.status == 422
    assert errors(response) == [{"in": "body", "name": name, "message": message}]


@pytest.mark.parametrize(
    "headers",
    [{}, {"content-type": "application/json"}, {"content-type": "application/msgpack"}],
)
def test_an_empty_body_is_required_or_the_default(ask, headers):
    def lenient(item: Item | None = None):
        return {"item": item}

    required = ask(handler_of(Item, []), method="POST", headers=headers)
    optional = ask(lenient, method="POST", headers=headers)

    assert required.status == 422
    assert errors(required) == [
        {"in": "body", "name": "$", "message": "Required, but not given."}
    ]
    assert optional.json() == {"item": None}

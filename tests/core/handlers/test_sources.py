"""Every part of a request that an argument may come from, and what does not fit."""

import dataclasses
from typing import Annotated, TypedDict

import msgspec
import pytest
from annotated_types import Ge, Lt, MaxLen

from segue import (
    App,
    FromBody,
    FromCookie,
    FromForm,
    FromHeader,
    FromPath,
    FromQuery,
    Group,
    Upload,
)
from segue.core.errors import ConfigurationError
from segue.core.handlers.sources import mark_of
from segue.testing import Client

pytestmark = pytest.mark.feature("M-052", "M-053")


class Order(msgspec.Struct):
    count: Annotated[int, Ge(1)]
    note: Annotated[str, MaxLen(3)] = ""


class Client_(msgspec.Struct):
    x_name: str
    x_age: int = 0


class Photo(msgspec.Struct):
    image: Upload
    caption: Annotated[str, MaxLen(3)] = ""
    tags: list[str] = []


@dataclasses.dataclass
class Point:
    x: int


class Entry(TypedDict):
    name: str


FORM = {"content-type": "application/x-www-form-urlencoded"}


def errors(answer):
    assert answer.status == 422
    return [(e["in"], e["name"], e["code"]) for e in answer.json()["errors"]]


def test_a_header_is_found_by_its_name(ask):
    def handler(
        user_agent: Annotated[str, FromHeader],
        key: Annotated[int, FromHeader("X-Key")] = 3,
        tags: Annotated[list[int], FromHeader("x-tags")] = [],  # noqa: B006
    ):
        return [user_agent, key, tags]

    headers = {"user-agent": "me", "x-key": "7", "x-tags": "1, 2,3"}
    assert ask(handler, headers=headers).json() == ["me", 7, [1, 2, 3]]
    assert ask(handler, headers={"user-agent": "me"}).json() == ["me", 3, []]
    wrong = {"user-agent": "me", "x-key": "a", "x-tags": "1,b"}
    assert errors(ask(handler, headers=wrong)) == [
        ("header", "x-key", "type"),
        ("header", "x-tags[1]", "type"),
    ]


def test_a_cookie_is_found_by_its_name(ask):
    def handler(
        theme: Annotated[str, FromCookie],
        size: Annotated[int, FromCookie("s")] = 1,
        many: Annotated[list[str], FromCookie] = [],  # noqa: B006
    ):
        return [theme, size, many]

    cookie = {"cookie": "theme=dark; s=3; many=a"}
    assert ask(handler, headers=cookie).json() == ["dark", 3, ["a"]]
    assert errors(ask(handler)) == [("cookie", "theme", "missing")]


def test_records_are_read_from_headers_and_cookies(ask):
    def handler(
        client: Annotated[Client_, FromHeader], entry: Annotated[Entry, FromCookie]
    ):
        return [client, entry]

    headers = {"x-name": "bob", "x-age": "7", "cookie": "name=x"}
    answer = ask(handler, headers=headers)
    assert answer.json() == [{"x_name": "bob", "x_age": 7}, {"name": "x"}]
    assert errors(ask(handler, headers={"x-age": "b"})) == [
        ("header", "x_name", "missing"),
        ("header", "x_age", "type"),
        ("cookie", "name", "missing"),
    ]


def test_a_query_value_may_have_another_name(ask):
    def handler(
        from_: int,
        size: Annotated[int, FromQuery("n")] = 1,
        *,
        tag: list[int] | None = None,
    ):
        return [from_, size, tag]

    assert ask(handler, "/?from=2&n=3&tag=4&tag=5").json() == [2, 3, [4, 5]]
    assert errors(ask(handler, "/?n=x&tag=1&tag=y")) == [
        ("query", "from", "missing"),
        ("query", "n", "type"),
        ("query", "tag[1]", "type"),
    ]


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize("is_surrounded", [True, False])
def test_a_form_is_read_field_by_field(protocol, is_async, inline, is_surrounded):
    app = App()

    def handler(
        name: Annotated[str, FromForm], tags: list[int], age: int | None = None
    ):
        return [name, age, tags]

    async def ahandler(
        name: Annotated[str, FromForm], tags: list[int], age: int | None = None
    ):
        return handler(name, tags, age)

    options = {} if is_async else {"inline": inline}
    app.add("/", ahandler if is_async else handler, methods="POST", **options)
    if is_surrounded:
        app.before(lambda: None)

    with Client(app, protocol=protocol) as client:
        sent = {"content": b"name=bob&age=&tags=1&tags=2", "headers": FORM}
        assert client.post("/", **sent).json() == ["bob", None, [1, 2]]
        sent["content"] = b"age=x&tags=b"
        assert errors(client.post("/", **sent)) == [
            ("form", "name", "missing"),
            ("form", "tags[0]", "type"),
            ("form", "age", "type"),
        ]
        assert client.post("/", json={}).status == 415


def test_a_file_makes_it_a_form(ask):
    def handler(image: Upload, more: list[Upload] = [], caption: str = "-"):  # noqa: B006
        return [image.read().decode(), len(more), caption]

    files = [("image", ("a.txt", b"1")), ("more", ("b", b"")), ("more", ("c", b""))]
    sent = {"method": "POST", "files": files}
    assert ask(handler, **sent).json() == ["1", 2, "-"]
    assert ask(handler, **sent, data={"caption": "x"}).json() == ["1", 2, "x"]
    swapped = {"files": {"caption": ("a", b"1")}, "data": {"image": "x"}}
    assert errors(ask(handler, method="POST", **swapped)) == [
        ("form", "image", "type"),
        ("form", "caption", "type"),
    ]


def test_a_form_may_be_a_record(ask):
    def handler(photo: Annotated[Photo, FromForm]):
        return [photo.image.filename, photo.caption, photo.tags]

    sent = {"method": "POST", "files": {"image": ("a.txt", b"1")}}
    answer = ask(handler, **sent, data={"caption": "abc", "tags": "x"})
    assert answer.json() == ["a.txt", "abc", ["x"]]
    wrong = ask(handler, method="POST", data={"caption": "abcd", "image": "x"})
    assert errors(wrong) == [("form", "image", "type"), ("form", "caption", "too_long")]


def test_a_stream_may_read_a_form_before_it_begins(ask):
    def handler(name: Annotated[str, FromForm]):
        yield name

    assert ask(handler, method="POST", content=b"name=x", headers=FORM).text == "x"


def test_the_body_may_be_anything_that_is_marked(ask):
    def numbers(numbers: Annotated[list[int], FromBody]):
        return numbers

    def raw(body: Annotated[bytes, FromBody], order: int = 0):
        return body

    assert ask(numbers, method="POST", json=[1, 2]).json() == [1, 2]
    assert errors(ask(numbers, method="POST", json=["x"])) == [("body", "$[0]", "type")]
    assert ask(raw, method="POST", content=b"\xff").body == b"\xff"


def test_a_value_of_the_path_holds_its_marks(ask):
    def handler(number: Annotated[int, FromPath("id"), Lt(5)], id: int = 3):
        return number

    assert ask(handler, "/4", path="/{id}").json() == 4
    assert ask(handler, "/5", path="/{id}").status == 404


@pytest.mark.feature("M-060")
@pytest.mark.parametrize("is_surrounded", [True, False])
def test_everything_that_is_wrong_is_told_at_once(protocol, is_surrounded):
    app = App()

    @app.post("/{id}")
    def handler(
        id: int,
        order: Order,
        page: int,
        key: Annotated[int, FromHeader("x-key")],
        size: int = 3,
    ):
        return "x"

    if is_surrounded:
        app.before(lambda: None)

    with Client(app, protocol=protocol) as client:
        answer = client.post("/1?size=x", json={"count": 0, "note": "abcd"})
        assert errors(answer) == [
            ("body", "$.count", "too_small"),
            ("body", "$.note", "too_long"),
            ("query", "page", "missing"),
            ("header", "x-key", "missing"),
            ("query", "size", "type"),
        ] or sorted(errors(answer)) == [
            ("body", "$.count", "too_small"),
            ("body", "$.note", "too_long"),
            ("header", "x-key", "missing"),
            ("query", "page", "missing"),
            ("query", "size", "type"),
        ]
        # What is no input at all comes before what does not fit.
        malformed = {"content": b"{", "headers": {"content-type": "application/json"}}
        assert client.post("/1?page=x", **malformed).status == 400


def test_a_whole_query_and_single_values_are_gathered(ask):
    def handler(
        order: Annotated[Order, FromQuery], page: int, tag: list[int] | None = None
    ):
        return [order, page, tag]

    assert ask(handler, "/?count=1&page=2").json() == [
        {"count": 1, "note": ""},
        2,
        None,
    ]
    assert sorted(errors(ask(handler, "/?count=x"))) == [
        ("query", "count", "type"),
        ("query", "page", "missing"),
    ]


def test_an_error_of_a_guard_leaves_the_body_unread(protocol):
    app = App()

    def may(key: Annotated[int, FromHeader("x-key")]) -> bool:
        return True

    @app.post("/", allow=may)
    def handler(order: Order, page: int = 0):
        return "x"

    with Client(app, protocol=protocol) as client:
        answer = client.post("/?page=x", json={"count": "x"})

    assert errors(answer) == [("header", "x-key", "missing"), ("query", "page", "type")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (msgspec.msgpack.encode({"count": float("nan")}), 422),
        (msgspec.msgpack.encode({"count": 1, "more": 1.5}), 200),
        (b"\xc1", 400),
        (b"", 422),
    ],
)
@pytest.mark.feature("M-055")
def test_msgpack_is_held_to_the_same_rules(ask, content, code):
    def handler(order: Order):
        return order

    headers = {"content-type": "application/msgpack"}
    answer = ask(handler, method="POST", content=content, headers=headers)
    assert answer.status == code


def test_an_infinite_number_of_msgpack_is_refused(ask):
    def handler(points: list[Point], price: float = 0.0):
        return points

    class Sum(msgspec.Struct):
        total: float

    def total(total: Sum):
        return total

    packed = {"method": "POST", "headers": {"content-type": "application/msgpack"}}
    content = msgspec.msgpack.encode({"total": float("inf")})
    assert errors(ask(total, content=content, **packed)) == [
        ("body", "$.total", "value")
    ]
    good = msgspec.msgpack.encode({"total": 1.5})
    assert ask(total, content=good, **packed).json() == {"total": 1.5}
    # Not even where nobody looks: JSON with such a number is malformed as a whole.
    hidden = msgspec.msgpack.encode({"total": 1.5, "more": [1, [float("nan")]]})
    assert errors(ask(total, content=hidden, **packed)) == [("body", "$", "value")]


def test_a_mark_may_be_a_class_or_an_object():
    assert mark_of(Annotated[int, "x", FromHeader]) == FromHeader()
    assert mark_of(Annotated[int, FromHeader("a", deprecated=True)]).deprecated
    assert mark_of(int) is None
    assert mark_of(Annotated[int, "x"]) is None


def codes(handler, path="/", methods="GET", **options):
    app = App()
    app.add(path, handler, methods=methods, **options)
    with pytest.raises(ConfigurationError) as caught:
        app.freeze()
    return [problem.code for problem in caught.value.problems]


def test_marks_that_cannot_be_met_are_refused():
    def path(id: Annotated[int, FromPath]): ...

    def body(order: Annotated[Order, FromBody]): ...

    def nested(orders: Annotated[dict[str, Order], FromHeader]): ...

    def form(order: Annotated[Order, FromForm]): ...

    def two(order: Order, name: Annotated[str, FromForm]): ...

    def both(order: Annotated[Order, FromBody], name: Annotated[str, FromForm]): ...

    def headers(
        a: Annotated[Client_, FromHeader], b: Annotated[Client_, FromHeader]
    ): ...

    def bodies(a: Order, b: Order): ...

    def upload(image: Upload): ...

    assert codes(upload) == ["SG-PLAN-024"]

    def deep(a: Annotated[Deep, FromHeader]): ...

    def unreadable(a: Annotated[object, FromHeader]): ...

    assert codes(path) == ["SG-PLAN-024"]
    assert codes(body) == ["SG-PLAN-024"]
    assert codes(form) == ["SG-PLAN-024"]
    assert codes(nested) == ["SG-PLAN-024"]
    assert codes(both, methods="POST") == ["SG-PLAN-006"]
    assert codes(headers) == ["SG-PLAN-006"]
    assert codes(bodies, methods="POST") == ["SG-PLAN-006"]
    assert codes(deep) == ["SG-PLAN-009"]
    assert codes(unreadable) == ["SG-PLAN-024"]
    app = App()
    app.post("/")(two)
    app.freeze()  # both of them are of the form


class Deep(msgspec.Struct):
    order: Order


def test_a_hook_has_no_input():
    app = App()

    @app.before
    def before(key: Annotated[str, FromHeader("x-key")]): ...

    with pytest.raises(ConfigurationError, match="there is no input here"):
        app.freeze()


@pytest.mark.parametrize(
    ("options", "fits"),
    [
        ({"raises": [ValueError]}, False),
        ({"raises": LookupError}, False),
        ({"responses": {200: "x"}}, True),
        ({"responses": [200]}, False),
        ({"summary": 3}, False),
        ({"deprecated": "yes"}, False),
        ({"tags": 3}, False),
        ({"renderers": {"text/csv": str}}, True),
        ({"renderers": ["text/csv"]}, False),
        ({"allow": 3}, False),
    ],
)
def test_options_are_what_they_must_be(options, fits):
    app = App()
    if fits:
        app.add("/", lambda: "x", **options)
        return
    with pytest.raises(Exception, match="SG-PLAN-010"):
        app.add("/", lambda: "x", **options)


def test_answers_of_a_group_and_a_route_are_told_together():
    app = App()
    group = Group("/api", responses={404: "None."}, tags="a", raises=[])
    group.add("/", lambda: "x", responses={409: "Taken."}, tags=["b"])
    app.include(group)

    assert app.routes[0].options["responses"] == {404: "None.", 409: "Taken."}
    assert app.routes[0].options["tags"] == ("a", "b")


def test_a_malformed_part_comes_before_what_does_not_fit(ask):
    def handler(page: int, order: Order):
        return "x"

    malformed = {"content": b"{", "headers": {"content-type": "application/json"}}
    assert ask(handler, "/?page=x", method="POST", **malformed).status == 400
    assert ask(handler, "/?page=1", method="POST", **malformed).status == 400


def test_a_whole_form_and_a_query_are_gathered(ask):
    def handler(entry: Annotated[Entry, FromForm], page: Annotated[int, FromQuery]):
        return "x"

    answer = ask(handler, "/?page=x", method="POST", content=b"a=b", headers=FORM)
    assert errors(answer) == [("form", "name", "missing"), ("query", "page", "type")]


def test_raw_bytes_may_say_that_they_are_json(ask):
    def handler(body: Annotated[bytes, FromBody]):
        return body

    headers = {"content-type": "application/json"}
    assert ask(handler, method="POST", content=b"{", headers=headers).body == b"{"


@pytest.mark.parametrize(("content", "status"), [(b"name=x", 200), (b"%zz=&&", 400)])
def test_a_handler_on_the_loop_has_its_form_read_ahead(ask, content, status):
    def handler(name: Annotated[str, FromForm]):
        return name

    options = {"inline": True, "timeout": 30}
    answer = ask(handler, method="POST", content=content, headers=FORM, options=options)
    assert answer.status == status


def test_a_body_behind_a_guard_is_read_ahead_on_the_loop(ask):
    def handler(order: Order):
        return order.count

    options = {"inline": True, "timeout": 30, "allow": lambda: True, "body_limit": 20}
    sent = {"method": "POST", "options": options}
    assert ask(handler, json={"count": 1}, **sent).json() == 1
    assert ask(handler, json={"count": 1, "note": "x" * 99}, **sent).status == 413

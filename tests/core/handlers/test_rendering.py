"""One answer in several forms."""

from typing import Any

import msgspec
import pytest

from segue import App, Response
from segue.testing import Client

pytestmark = pytest.mark.feature("M-045")


class Row(msgspec.Struct):
    name: str
    count: int


class Wide(Row):
    secret: str = "s"


def to_csv(rows: list[Row]) -> str:
    data = msgspec.to_builtins(rows)
    return "".join(f"{row['name']},{row['count']}\n" for row in data)


def to_page(rows: list[Row]) -> Response:
    return Response(f"<b>{len(rows)}</b>", media_type="text/html")


RENDERERS = {
    "text/csv": to_csv,
    "text/html": to_page,
    "application/msgpack": msgspec.msgpack.encode,
}


@pytest.fixture
def client(protocol):
    app = App()

    @app.get("/rows", renderers=RENDERERS)
    def rows() -> list[Row]:
        return [Wide("a", 1)]

    @app.get("/async", renderers=RENDERERS, status=202)
    async def later() -> list[Row]:
        return [Row("a", 1)]

    @app.get("/own", renderers=RENDERERS)
    def own(kind: str = "") -> Any:
        return {
            "": (Row("a", 1), 203),
            "none": None,
            "two": ("a", "b"),
            "raw": Response("x", 418),
        }[kind]

    with Client(app, protocol=protocol) as client:
        yield client


@pytest.mark.parametrize(
    ("accept", "kind", "body"),
    [
        ("", "application/json", b'[{"name":"a","count":1}]'),
        ("*/*", "application/json", b'[{"name":"a","count":1}]'),
        ("text/csv", "text/csv; charset=utf-8", b"a,1\n"),
        ("text/html;q=0.9, text/csv;q=0.1", "text/html; charset=utf-8", b"<b>1</b>"),
    ],
)
def test_the_client_decides_about_the_form(client, accept, kind, body):
    answer = client.get("/rows", headers={"accept": accept} if accept else {})

    assert answer.status == 200
    assert answer.headers["content-type"] == kind
    assert answer.body == body
    assert answer.headers["vary"] == "accept"


def test_a_renderer_may_write_bytes(client):
    answer = client.get("/async", headers={"accept": "application/msgpack"})

    assert answer.status == 202
    assert msgspec.msgpack.decode(answer.body) == [{"name": "a", "count": 1}]


def test_who_accepts_nothing_of_it_is_told_what_there_is(client):
    answer = client.get("/rows", headers={"accept": "image/png"})

    assert answer.status == 406
    assert "text/csv" in answer.json()["detail"]
    assert answer.headers["vary"] == "accept"


def test_an_answer_may_say_its_status_or_be_a_response(client):
    assert client.get("/own").status == 203
    assert client.get("/own?kind=none").status == 204
    assert client.get("/own?kind=two").json() == ["a", "b"]
    assert client.get("/own?kind=raw").text == "x"
    assert client.get("/own?kind=raw").status == 418


def test_renderers_that_are_none_are_refused():
    app = App()

    with pytest.raises(Exception, match="SG-PLAN-010"):
        app.add("/", lambda: "x", renderers={"csv": to_csv})

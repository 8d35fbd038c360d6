"""Headers of plain answers."""

from typing import Any, Generic, TypeVar

import msgspec
import pytest

from segue import App, Request, Response
from segue.core.errors import PlanError
from segue.testing import Client

T = TypeVar("T")


class Rate(msgspec.Struct):
    name: str
    secret: msgspec.Raw = msgspec.Raw(b"1")


class PublicRate(msgspec.Struct):
    name: str


class Batch(msgspec.Struct, Generic[T]):
    items: list[T]

    def __headers__(self, request: Request) -> dict[str, str]:
        return {"x-count": str(len(self.items)), "x-path": request.path}


def tag(answer: Any, request: Request) -> dict[str, str]:
    return {"etag": f'"{request.method}-{answer.name}"'}


@pytest.fixture
def client(protocol):
    app = App()

    @app.get("/fixed", headers={"cache-control": "max-age=60"})
    def fixed() -> dict[str, int]:
        return {"a": 1}

    @app.get("/made", headers=tag)
    async def made(status: int = 0) -> PublicRate:
        rate: Any = Rate("eur")
        return (rate, status) if status else rate

    @app.get("/untyped", headers=tag)
    def untyped():
        return Rate("usd")

    @app.get("/own", headers=tag)
    def own() -> Response:
        return Response("x", headers={"x-own": "1"})

    @app.delete("/gone", status=204, headers={"x-gone": "1"})
    def gone() -> None: ...

    @app.get("/batch", status=203)
    def batch(kind: str = "") -> Batch[PublicRate]:
        rates: Any = [Rate("a"), Rate("b")]
        return {"": Batch(rates), "other": {"items": rates}}[kind]  # type: ignore[return-value]

    @app.get(
        "/rendered",
        headers={"x-more": "1"},
        renderers={"text/csv": lambda rate: rate.name},
    )
    def rendered() -> PublicRate:
        return PublicRate("chf")

    with Client(app, protocol=protocol) as client:
        yield client


def test_a_route_may_declare_headers(client):
    answer = client.get("/fixed")

    assert answer.headers["cache-control"] == "max-age=60"
    assert answer.json() == {"a": 1}


def test_headers_may_be_made_of_the_answer_and_the_request(client):
    answer = client.get("/made")

    assert answer.headers["etag"] == '"GET-eur"'
    assert answer.json() == {"name": "eur"}  # held to what is declared all the same
    assert client.get("/untyped").headers["etag"] == '"GET-usd"'


def test_such_an_etag_counts(client):
    answer = client.get("/made", headers={"if-none-match": '"GET-eur"'})

    assert (answer.status, answer.body) == (304, b"")


def test_a_status_may_stand_beside_the_answer(client):
    answer = client.get("/made?status=202")

    assert (answer.status, answer.headers["etag"]) == (202, '"GET-eur"')


def test_a_response_has_said_everything_itself(client):
    answer = client.get("/own")

    assert answer.headers["x-own"] == "1"
    assert "etag" not in answer.headers


def test_an_answer_without_a_body_has_them_too(client):
    answer = client.delete("/gone")

    assert (answer.status, answer.headers["x-gone"], answer.body) == (204, "1", b"")


def test_the_class_of_an_answer_may_make_them(client):
    answer = client.get("/batch")

    assert (answer.status, answer.json()) == (
        203,
        {"items": [{"name": "a"}, {"name": "b"}]},
    )
    assert answer.headers["x-count"] == "2"
    assert answer.headers["x-path"] == "/batch"


def test_an_answer_of_another_class_has_none(client):
    answer = client.get("/batch?kind=other")

    assert answer.json() == {"items": [{"name": "a"}, {"name": "b"}]}
    assert "x-count" not in answer.headers


def test_a_rendered_answer_has_them_too(client):
    answer = client.get("/rendered", headers={"accept": "text/csv"})

    assert (answer.text, answer.headers["x-more"]) == ("chf", "1")


@pytest.mark.parametrize("value", ["x", 3, {"x-count": 3}, {1: "x"}])
def test_headers_that_are_none_are_refused(value):
    with pytest.raises(PlanError, match="SG-PLAN-010"):
        App().get("/", headers=value)(lambda: "")


def test_a_route_without_headers_pays_nothing():
    app = App()

    @app.get("/")
    def home() -> dict[str, int]:
        return {}

    assert "headed_" not in app.explain("GET", "/").source

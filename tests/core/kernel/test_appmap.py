"""The map of an app: everything it has, as data."""

import json
from collections.abc import Iterator

import pytest

from segue import App, Settings
from segue.core.kernel.events import AppStarted


class Config(Settings):
    page_size: int = 20


class Prices: ...


class Db: ...


@pytest.fixture
def app() -> App:
    app = App(Config)

    @app.provide(scope="app")
    def prices(config: Config) -> Prices:
        return Prices()

    @app.provide
    def db(prices: Prices) -> Iterator[Db]:
        yield Db()

    def may(db: Db) -> bool:
        return True

    @app.middleware
    def stamp():
        yield

    @app.after
    def late(response): ...

    @app.on(AppStarted)
    def told(event): ...

    @app.command
    def tidy(): ...

    @app.post("/orders/{id}", allow=may, status=201, tags="orders")
    def order(id: int, db: Db, dry: bool = False) -> dict[str, int]:
        return {}

    app.add("/any", lambda: "x", methods=None, host="example.org")
    return app


@pytest.mark.feature("M-219")
def test_a_map_has_routes_with_all_that_belongs_to_them(app):
    found = app.map()
    order = found["routes"][0]

    assert json.loads(json.dumps(found)) == found
    assert (order["methods"], order["path"], order["status"]) == (
        ["POST"],
        "/orders/{id}",
        201,
    )
    assert order["arguments"] == [
        {
            "name": "id",
            "type": "int",
            "from": "path",
            "wire": "id",
            "required": True,
        },
        {
            "name": "db",
            "type": "Db",
            "from": "provider",
            "wire": None,
            "required": True,
        },
        {
            "name": "dry",
            "type": "bool",
            "from": "query",
            "wire": "dry",
            "required": False,
        },
    ]
    assert [guard["function"] for guard in order["guards"]] == ["may"]
    assert [(p["type"], p["lives"]) for p in order["providers"]] == [("Db", "request")]
    assert order["answer"] == "dict[str, int]"
    assert order["options"] == {"status": "201", "tags": "('orders',)"}
    assert order["middleware"][0].startswith("stamp() at ")
    assert found["routes"][1]["methods"] is None
    assert found["routes"][1]["host"] == "example.org"


def test_a_map_has_what_belongs_to_no_route(app):
    found = app.map()

    assert [one["function"] for one in found["shared"]] == ["prices"]
    assert found["around"]["after"][0].startswith("late() at ")
    assert found["listeners"]["AppStarted"][0]["function"] == "told"
    assert found["commands"] == ["tidy"]
    assert found["settings"]["page_size"].endswith("Config")
    assert App().map()["settings"] == {}


def test_an_explanation_tells_of_guards_and_providers(app):
    explanation = app.explain("POST", "/orders/7")
    text = str(explanation)

    assert "guard may() at " in text
    assert "db: Db from the provider" in text
    assert "providers\n  Db by db() at " in text
    assert "for the request: prices: Prices from the app" in text
    assert json.loads(json.dumps(explanation.document()))["providers"]

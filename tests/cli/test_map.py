"""`segue map`."""

import json

import pytest

APP = """
from segue import App, Settings

class Config(Settings):
    size: int = 3

class Db: ...
class Prices: ...

app = App(Config)

@app.provide
def db() -> Db:
    return Db()

@app.provide(scope="app")
def prices() -> Prices:
    return Prices()

def may(db: Db) -> bool:
    return True

@app.middleware
def stamp():
    yield

@app.get("/{id}", allow=may)
def show(id: int, db: Db):
    return {}

app.add("/x", lambda: "x", methods=None)
"""


@pytest.fixture
def shop(project, segue):
    project.write("app.py", APP)
    return segue


def test_the_map_is_told_in_words(shop):
    told = shop("map").output

    for words in (
        "GET /{id}  show()",
        "  id: int from path",
        "  guard may()",
        "  provider Db by db()",
        "  middleware stamp()",
        "any /x",
        "shared\n  prices() ",
        "settings\n  size",
    ):
        assert words in told


@pytest.mark.feature("M-219")
def test_the_map_is_told_as_json(shop):
    found = json.loads(shop("map", "--json").output)

    assert found["routes"][0]["path"] == "/{id}"

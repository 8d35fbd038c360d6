"""Types that bring their own provider."""

import typing
from typing import Annotated, Any

import msgspec
import pytest

from segue import (
    App,
    Create,
    FromBody,
    FromPath,
    FromQuery,
    NotFound,
    ReadOnly,
    Request,
    url,
)
from segue.core.errors import ConfigurationError
from segue.core.handlers.brought import InPath
from segue.testing import Client, override

pytestmark = pytest.mark.feature("M-068")


class Step(msgspec.Struct, frozen=True):
    size: int


class Window(msgspec.Struct, frozen=True):
    size: int
    path: str = ""

    @classmethod
    def __provide__(cls, hint: Any) -> Any:
        marks = getattr(hint, "__metadata__", ())
        start = next((mark.size for mark in marks if isinstance(mark, Step)), 20)

        def window(request: Request, size: int = start) -> "Window":
            return Window(size, request.path)

        window.__annotations__["size"] = Annotated[int, FromQuery]
        return window


class Loop:
    @classmethod
    def __provide__(cls, hint: Any) -> Any:
        def loop(again: Annotated[Loop, "once more"]) -> "Loop":
            return again

        return loop


@pytest.fixture
def app():
    app = App()

    @app.get("/plain")
    def plain(window: Window) -> Window:
        return window

    @app.get("/async")
    async def later(window: Annotated[Window, Step(5)]) -> Window:
        return window

    @app.get("/maybe/{size}")
    def maybe(window: Window | None, size: str) -> str:
        return f"{size} {window and window.size}"

    return app


def test_who_asks_for_such_a_type_gets_it(app, protocol):
    with Client(app, protocol=protocol) as client:
        assert client.get("/plain").json() == {"size": 20, "path": "/plain"}
        assert client.get("/plain?size=3").json()["size"] == 3
        assert client.get("/plain?size=x").status == 422


def test_marks_beside_the_type_say_more(app, protocol):
    with Client(app, protocol=protocol) as client:
        assert client.get("/async").json()["size"] == 5


def test_its_parameters_are_not_taken_for_values_of_the_path(app):
    with Client(app) as client:
        assert client.get("/maybe/x?size=7").text == "x 7"


def test_a_hook_may_ask_for_it(app):
    seen = []

    @app.before
    def look(window: Window) -> None:
        seen.append(window.size)

    with Client(app) as client:
        assert client.get("/plain?size=8").json()["size"] == 8
        assert client.get("/async?size=9").json()["size"] == 9

    assert seen == [8, 9]


def test_a_provider_of_the_app_comes_first(app):
    app.provide(Window, lambda: Window(1))

    with Client(app) as client:
        assert client.get("/plain").json()["size"] == 1


def test_a_test_may_put_another_value_in_its_place(app):
    with override(app, {Window: Window(2)}), Client(app) as client:
        assert client.get("/plain").json()["size"] == 2


def test_a_type_that_needs_itself_is_refused():
    app = App()

    @app.get("/")
    def show(loop: Annotated[Loop, "once more"]) -> str:
        return str(loop)

    with pytest.raises(ConfigurationError, match="SG-PLAN-021"):
        app.freeze()


def test_where_there_is_no_request_nothing_is_brought():
    app = App()

    @app.lifespan
    def warm(window: Window) -> Any:
        yield window

    with pytest.raises(ConfigurationError, match="SG-PLAN-007"):
        app.freeze()


# -- objects of the path


class Thing:
    """Its objects are in a shelf, found by what stands in the path."""

    shelf: typing.ClassVar = {"1": "one", "2": "two"}
    made: typing.ClassVar = []

    def __init__(self, key, by):
        self.key = key
        self.by = by

    @classmethod
    def __of_path__(cls, asked: InPath) -> Any:
        def find(key: str) -> "Thing":
            cls.made.append(key)
            if key not in cls.shelf:
                raise NotFound
            return Thing(key, asked.field)

        async def find_later(key: str) -> "Thing":
            return find(key)

        made = find_later if asked.is_async else find
        made.__annotations__["key"] = Annotated[str, FromPath(asked.name)]
        return made

    def __to_path__(self, field):
        return self.key if field is None else f"{field}-{self.key}"


class Box(Thing):
    """Found in the same way."""


def told(thing: Thing) -> bool:
    return thing.key != "2"


def staff(who: str = "") -> bool:
    return who != "nobody"


@pytest.fixture
def things():
    app = App()
    Thing.made.clear()

    @app.get("/things/{thing}")
    def show(thing: Thing) -> str:
        return f"{thing.key} by {thing.by}"

    @app.get("/by/{thing.name}")
    async def by(thing: Thing) -> str:
        return f"{thing.key} by {thing.by}"

    @app.get("/other/{named}")
    def other(thing: Annotated[Thing, FromPath("named")]) -> str:
        return thing.key

    @app.get("/plain/{thing.name}")
    def plain(thing: int) -> int:
        return thing + 1

    @app.get("/query")
    def query(thing: Annotated[str, FromQuery]) -> str:
        return thing

    @app.post("/guarded/{thing}", allow=[told, staff])
    def guarded(thing: Thing, size: Annotated[int, FromBody]) -> str:
        return f"{thing.key} {size}"

    @app.post("/things/{thing}")
    def add(thing: Thing, size: Annotated[int, FromBody]) -> str:
        return f"{thing.key} {size}"

    @app.get("/asked/{thing}")
    async def asked(named: Named) -> str:
        return named.text

    @app.provide
    def name_of(thing: Thing) -> Named:
        return Named(f"named {thing.key}")

    @app.get("/through/{thing}", allow=[by_name, staff])
    def through(thing: Thing) -> str:
        return thing.key

    @app.get("/urls")
    def urls() -> str:
        thing = Thing("1", None)
        return f"{url(show, thing=thing)} {url(by, thing=thing)} {url(show, thing='x')}"

    return app


class Named:
    def __init__(self, text):
        self.text = text


def by_name(named: Named) -> bool:
    return named.text != "named 2"


@pytest.mark.parametrize("protocol", ["wsgi", "asgi", "rsgi"])
def test_a_value_of_the_path_may_stand_for_an_object(things, protocol):
    client = Client(things, protocol=protocol)

    assert client.get("/things/1").text == "1 by None"
    assert client.get("/by/2").text == "2 by name"
    assert client.get("/other/1").text == "1"
    assert client.get("/asked/1").text == "named 1"
    assert client.post("/things/1", json=3).text == "1 3"
    assert client.get("/things/3").status == client.get("/by/3").status == 404


def test_it_is_made_once_and_before_the_body_is_read(things):
    client = Client(things)

    assert client.post("/guarded/1", json=3).text == "1 3"
    assert Thing.made == ["1"]
    assert client.post("/guarded/3", json="x").status == 404
    assert client.post("/things/3", json="x").status == 404
    assert client.post("/things/1", json="x").status == 422


def test_guards_that_need_no_object_are_asked_first(things):
    client = Client(things)

    assert client.post("/guarded/3?who=nobody", json=3).status == 403
    assert client.get("/through/3?who=nobody").status == 403
    assert Thing.made == []
    assert client.post("/guarded/2", json=3).status == 403
    assert client.get("/through/2").status == 403
    assert client.get("/through/1").text == "1"


def test_a_field_without_an_object_is_read_by_its_hint(things):
    client = Client(things)

    assert client.get("/plain/3").json() == 4
    assert client.get("/plain/x").status == 404
    assert client.get("/query?thing=x").text == "x"


def test_an_object_is_written_into_a_url(things):
    assert Client(things).get("/urls").text == "/things/1 /by/name-1 /things/x"


def test_an_object_is_explained(things):
    told = str(things.explain("GET", "/things/1"))

    assert "Thing by find() at" in told
    assert "key: str from the path 'thing'" in told


def test_a_guard_does_not_take_the_object_of_the_path_for_who_asks():
    app = App()
    app.provide(Thing, lambda: Thing("me", None))

    @app.get("/things/{thing}", allow=told)
    def show(thing: Thing) -> str:
        return thing.key

    with pytest.raises(ConfigurationError, match="SG-PLAN-026"):
        app.freeze()


# -- types that need a view


class Guarded(msgspec.Struct):
    __needs_view__: typing.ClassVar = True

    id: Annotated[int, ReadOnly()]
    name: str


@pytest.mark.parametrize(
    "hint",
    [Guarded, list[Guarded], Guarded | None, Annotated[Guarded, FromBody]],
)
def test_a_type_may_refuse_to_be_input_without_a_view(hint):
    app = App()

    @app.post("/")
    def add(guarded: hint):
        pass

    with pytest.raises(ConfigurationError, match="SG-PLAN-031"):
        app.freeze()


def test_with_a_view_it_is_input():
    app = App()

    @app.post("/")
    def add(guarded: list[Create[Guarded]]) -> int:
        return len(guarded)

    assert Client(app).post("/", json=[{"name": "x"}]).json() == 1


def test_what_is_not_filled_from_input_may_name_such_a_type():
    class Store(typing.Generic[typing.TypeVar("T")]):
        pass

    app = App()

    @app.post("/")
    def add(store: Store[Guarded]):
        pass

    with pytest.raises(ConfigurationError, match="SG-PLAN-007"):
        app.freeze()

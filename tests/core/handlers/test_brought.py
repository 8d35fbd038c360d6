"""Types that bring their own provider."""

from typing import Annotated, Any

import msgspec
import pytest

from segue import App, FromQuery, Request
from segue.core.errors import ConfigurationError
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

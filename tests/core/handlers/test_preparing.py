"""Answers that are prepared before they leave, since a mark in their type says so."""

from collections.abc import Iterator
from typing import Annotated

import pytest

from segue import App, Request
from segue.core.errors import ConfigurationError
from segue.testing import Client


class Loud:
    """Answers leave in capitals, with the path behind them."""

    def __prepare__(self, returns, is_async):
        def loud(request: Request):
            def prepare(answer):
                return [each.upper() + request.path for each in answer]

            async def prepare_later(answer):
                return prepare(answer)

            return prepare_later if is_async else prepare

        return loud


Word = Annotated[str, Loud()]


def build():
    app = App()

    @app.get("/plain")
    def plain() -> list[Word]:
        return ["a", "b"]

    @app.get("/awaited")
    async def awaited() -> Annotated[list[str] | None, Loud(), "other"]:
        return ["a"]

    return app


@pytest.mark.parametrize("protocol", ["wsgi", "asgi", "rsgi"])
@pytest.mark.parametrize("is_watched", [False, True])
def test_a_mark_prepares_the_answer(protocol, is_watched):
    app = build()
    if is_watched:

        @app.before
        def before():
            pass

    client = Client(app, protocol=protocol)

    assert client.get("/plain").json() == ["A/plain", "B/plain"]
    assert client.get("/awaited").json() == ["A/awaited"]


def test_a_stream_cannot_be_prepared():
    app = App()

    @app.get("/")
    def stream() -> Iterator[Word]:
        yield "a"

    with pytest.raises(ConfigurationError, match="SG-PLAN-030"):
        app.freeze()

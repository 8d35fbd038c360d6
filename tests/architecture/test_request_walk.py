"""A request passes few frames: whoever reads a traceback sees the app, not us."""

import sys
from pathlib import Path

import msgspec
import pytest

import segue
from segue.testing import Client

HOUSE = str(Path(segue.__file__).parent)
DRIVERS = str(Path(HOUSE, "testing"))
FRAMES = 6


class Order(msgspec.Struct):
    names: list[str]


def _frames_above(frame):
    """Collect the frames of the framework between a handler and its server."""
    found = []
    while frame := frame.f_back:
        name = frame.f_code.co_filename
        ours = name.startswith((HOUSE, "<segue"))
        if ours and not name.startswith(DRIVERS):
            found.append(f"{name}:{frame.f_lineno} {frame.f_code.co_name}")
    return found


@pytest.fixture
def seen():
    return []


@pytest.fixture
def app(seen):
    app = segue.App()

    @app.get("/sync/{number}")
    def plain(number: int, request: segue.Request) -> str:
        seen.append(_frames_above(sys._getframe()))
        return "x"

    @app.get("/async/{number}")
    async def awaiting(number: int, request: segue.Request) -> str:
        seen.append(_frames_above(sys._getframe()))
        return "x"

    @app.post("/order")
    def order(request: segue.Request, order: Order) -> Order:
        seen.append(_frames_above(sys._getframe()))
        return order

    return app


@pytest.mark.parametrize("protocol", ["wsgi", "asgi", "rsgi"])
@pytest.mark.parametrize("colour", ["sync", "async"])
def test_a_get_walks_six_frames_at_most(app, seen, protocol, colour):
    with Client(app, protocol=protocol) as client:
        assert client.get(f"/{colour}/7").status == 200

    assert 0 < len(seen[0]) <= FRAMES, "\n".join(seen[0])


@pytest.mark.parametrize("protocol", ["wsgi", "asgi", "rsgi"])
def test_a_post_walks_six_frames_at_most(app, seen, protocol):
    with Client(app, protocol=protocol) as client:
        assert client.post("/order", json={"names": ["a"]}).status == 200

    assert 0 < len(seen[0]) <= FRAMES, "\n".join(seen[0])

"""The client and a real Segue app, over its three protocols."""

import pytest

from segue import App, Request, Settings, WebSocket
from segue.testing import Client, override


class Config(Settings):
    page_size: int = 20


@pytest.fixture
def app():
    app = App(Config)

    @app.get("/size")
    def size(config: Config):
        return config.page_size

    @app.get("/broken")
    def broken():
        raise LookupError("sync")

    @app.get("/abroken")
    async def abroken():
        raise LookupError("async")

    @app.post("/length")
    def length(request: Request):
        return len(request.body())

    @app.websocket("/echo")
    async def echo(socket: WebSocket):
        async for message in socket:
            await socket.send(message)

    @app.websocket("/failing")
    async def failing(socket: WebSocket):
        await socket.receive()
        raise LookupError("socket")

    return app


@pytest.mark.feature("M-203")
@pytest.mark.parametrize("path", ["/broken", "/abroken"])
def test_what_a_handler_raises_comes_out(app, protocol, path):
    with (
        Client(app, protocol=protocol) as client,
        pytest.raises(LookupError, match="sync"),
    ):
        client.get(path)


@pytest.mark.feature("M-203")
@pytest.mark.parametrize("path", ["/broken", "/abroken"])
def test_or_its_page_is_seen(app, protocol, path):
    with Client(app, protocol=protocol, raise_server_exceptions=False) as client:
        response = client.get(path)

    assert response.status == 500
    assert "LookupError" not in response.text


@pytest.mark.feature("M-203")
def test_an_override_reaches_the_handlers(app, protocol):
    with Client(app, protocol=protocol) as client:
        before = client.get("/size").json()
        with override(app, settings={"page_size": 3}):
            inside = client.get("/size").json()
        after = client.get("/size").json()

    assert (before, inside, after) == (20, 3, 20)


@pytest.mark.feature("M-203")
def test_a_body_arrives(app, protocol):
    with Client(app, protocol=protocol) as client:
        response = client.post("/length", content=b"x" * 100_000)

    assert response.json() == 100_000


@pytest.mark.feature("M-205")
@pytest.mark.parametrize("protocol", ["asgi", "rsgi"])
def test_a_websocket_of_the_app_answers(app, protocol):
    with (
        Client(app, protocol=protocol) as client,
        client.websocket("/echo") as socket,
    ):
        socket.send_text("hello")
        text = socket.receive_text()

    assert text == "hello"


@pytest.mark.feature("M-205")
@pytest.mark.parametrize("protocol", ["asgi", "rsgi"])
def test_what_a_websocket_raises_comes_out(app, protocol):
    def talk(client):
        with client.websocket("/failing") as socket:
            socket.send_text("go")
            socket.receive()

    with (
        Client(app, protocol=protocol) as client,
        pytest.raises(LookupError, match="socket"),
    ):
        talk(client)

"""Messages of WebSockets by type: decoded, checked, held to what is declared."""

from typing import Annotated, Any

import msgspec
import pytest
from annotated_types import MaxLen

from segue import App, WebSocket
from segue.core.errors import ConfigurationError, WalkError
from segue.core.handlers.build import build_plan
from segue.core.handlers.messages import message_types, messages_of
from segue.core.handlers.surroundings import Surroundings
from segue.core.websockets.socket import WebSocketClosed
from segue.testing import Client, WebSocketClosed as Gone

BROKEN = "The body is malformed:"


class Say(msgspec.Struct, tag="say"):
    text: Annotated[str, MaxLen(5)]


class Leave(msgspec.Struct, tag="leave"):
    pass


class Said(msgspec.Struct):
    text: str


class Whispered(Said):
    secret: str = "x"


@pytest.fixture(params=["asgi", "rsgi"])
def connect(request):
    """Serve a handler of a socket, and connect to it."""

    def connect(handler):
        app = App()
        app.websocket("/")(handler)
        client = Client(app, protocol=request.param)
        return client, client.websocket("/")

    return connect


def send(socket, message):
    if isinstance(message, str):
        socket.send_text(message)
    else:
        socket.send_bytes(message)


async def echo(socket: WebSocket[Say | Leave, Said | int]):
    async for message in socket:
        if isinstance(message, Leave):
            await socket.send(0)
            return
        await socket.send(Whispered(message.text))


@pytest.mark.feature("M-166")
@pytest.mark.feature("M-165")
def test_messages_are_decoded_and_only_what_is_declared_leaves(connect):
    client, line = connect(echo)
    with client, line as socket:
        socket.send_json({"type": "say", "text": "hi"})
        assert socket.receive() == '{"text":"hi"}'
        socket.send_bytes(msgspec.msgpack.encode(Say("ho")))
        assert socket.receive_json() == {"text": "ho"}
        socket.send_json({"type": "leave"})
        assert socket.receive_json() == 0


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ('{"type": "say"}', "$.text: Required, but not given."),
        (
            '{"type": "say", "text": "too long"}',
            "$.text: Expected `str` of length <= 5",
        ),
        ('{"type": "shout"}', "$.type: Expected one of 'leave', 'say'"),
        ("{", f"{BROKEN} Input data was truncated"),
        (
            b"\xc1",
            f"{BROKEN} MessagePack data is malformed: invalid opcode '\\xc1'",
        ),
        ("", "$: Required, but not given."),
    ],
)
def test_a_message_that_does_not_fit_closes_with_the_reason(message, reason):
    app, told = App(), []

    @app.websocket("/")
    async def handler(socket: WebSocket[Leave | Say, Any]):
        try:
            await socket.receive()
        except WebSocketClosed as closed:
            told.append((closed.code, closed.reason.partition(" (byte")[0]))
            raise

    with Client(app) as client, client.websocket("/") as socket:
        send(socket, message)
        with pytest.raises(Gone) as caught:
            socket.receive()

    assert caught.value.code == 1007
    assert told == [(1007, reason)]


@pytest.mark.parametrize(
    ("handled", "sent", "code"), [(str, b"x", 1003), (bytes, "x", 1003)]
)
def test_text_and_bytes_are_told_apart(connect, handled, sent, code):
    async def handler(socket):
        await socket.send(await socket.receive())

    handler.__annotations__["socket"] = WebSocket[handled, handled]
    client, line = connect(handler)
    with client, line as socket:
        send(socket, sent)
        with pytest.raises(Gone) as caught:
            socket.receive()
    assert caught.value.code in (code, 1005)  # over RSGI a client gets no code
    client, line = connect(handler)
    with client, line as socket:
        send(socket, handled(b"a") if handled is bytes else "a")
        assert socket.receive() in ("a", b"a")


def test_what_cannot_be_sent_is_our_error():
    app, told = App(), []

    @app.websocket("/")
    async def handler(socket: WebSocket[Any, Said]):
        await socket.accept()
        try:
            await socket.send(object())  # type: ignore[arg-type]
        except WalkError as error:
            told.append(error.problem.code)

    with Client(app) as client, client.websocket("/"):
        pass

    assert told == ["SG-HTTP-007"]


def test_a_type_that_cannot_be_read_is_refused_at_start():
    app = App()

    @app.websocket("/")
    async def handler(socket: WebSocket[Said | Whispered, Any]):
        """Receive one of two that nothing tells apart."""

    with pytest.raises(ConfigurationError, match="SG-PLAN-004"):
        app.freeze()


def test_a_socket_without_types_has_frames():
    assert message_types(WebSocket) == (Any, Any)
    assert message_types(WebSocket[Say, Said]) == (Say, Said)


def test_a_handler_that_has_no_socket_has_no_messages():
    def handler(id: int): ...

    plan = build_plan(handler, Surroundings(path=("id",)))

    assert messages_of(plan) is None

"""WebSockets, from the test's end, over ASGI and RSGI."""

from contextlib import closing

import pytest

from segue.testing import (
    Client,
    ClientError,
    ProtocolError,
    WebSocketClosed,
    WebSocketRejected,
)
from segue.testing.errors import RSGIProtocolClosed, RSGIProtocolError

pytestmark = pytest.mark.feature("M-205")

ACCEPT = {"type": "websocket.accept"}
CLOSE = {"type": "websocket.close"}


async def asgi_echo(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
    while (message := await receive())["type"] == "websocket.receive":
        if message.get("text") == "bye":
            await send({**CLOSE, "code": 3001, "reason": "done"})
            return
        await send({**message, "type": "websocket.send"})


async def rsgi_echo(scope, protocol):
    transport = await protocol.accept()
    while (message := await transport.receive()).kind:
        if message.data == "bye":
            protocol.close(1000)
            return
        if message.kind == 1:
            await transport.send_bytes(message.data)
        else:
            await transport.send_str(message.data)


@pytest.fixture(params=["asgi", "rsgi"])
def echo(request):
    app = {"asgi": asgi_echo, "rsgi": rsgi_echo}[request.param]
    with closing(Client(app, protocol=request.param)) as client:
        yield client


def opened(app, protocol="asgi", **options):
    return closing(Client(app, protocol=protocol, **options))


def asgi_saying(*messages):
    async def app(scope, receive, send):
        await receive()
        for message in messages:
            await send(message)

    return app


def test_text_bytes_and_json_come_back(echo):
    with echo.websocket("/") as socket:
        socket.send_text("é")
        text = socket.receive_text()
        socket.send_bytes(b"\xff")
        data = socket.receive_bytes()
        socket.send_json({"a": [1]})
        value = socket.receive_json()
        socket.send_text("7")
        number = socket.receive_json(int)

    assert (text, data, value, number) == ("é", b"\xff", {"a": [1]}, 7)


def test_the_app_may_close(echo):
    with echo.websocket("/") as socket:
        socket.send_text("one")
        socket.send_text("bye")
        heard = list(socket)
        closed = socket.receive_close()
        with pytest.raises(WebSocketClosed):
            socket.send_text("more")
        with pytest.raises(WebSocketClosed):
            socket.receive()

    assert heard == ["one"]
    assert (closed.code, closed.reason) in [(3001, "done"), (1005, "")]


def test_the_test_may_close_or_vanish(echo):
    with echo.websocket("/") as socket:
        socket.close(3000, "enough")
        with pytest.raises(WebSocketClosed) as caught:
            socket.receive()
    with echo.websocket("/") as socket:
        socket.drop()
        with pytest.raises(WebSocketClosed, match="1006"):
            socket.send_text("x")

    assert (caught.value.code, caught.value.reason) == (3000, "enough")


def test_a_message_of_the_wrong_kind_is_an_error(echo):
    with echo.websocket("/") as socket:
        socket.send_text("x")
        with pytest.raises(ClientError, match="waits for bytes"):
            socket.receive_bytes()
        socket.send_bytes(b"x")
        with pytest.raises(ClientError, match="waits for text"):
            socket.receive_text()
        socket.send_text("x")
        with pytest.raises(ClientError, match="SG-TEST-016"):
            socket.receive_close()


def test_a_message_that_never_comes_is_an_error_after_the_timeout():
    with (
        opened(asgi_echo, timeout=0.05) as client,
        pytest.raises(ClientError, match="A message of the app did not come"),
        client.websocket("/") as socket,
    ):
        socket.receive()


def test_the_app_sees_the_handshake_of_a_browser():
    scopes = []

    async def app(scope, receive, send):
        scopes.append(scope)
        await receive()
        await send(
            {
                "type": "websocket.accept",
                "subprotocol": "b",
                "headers": [(b"x-a", b"1")],
            }
        )
        await receive()

    with (
        opened(app, base_url="https://a.example", cookies={"c": "1"}) as client,
        client.websocket(
            "/chat?x=1",
            subprotocols=["a", "b"],
            headers={"origin": "https://a.example"},
        ) as socket,
    ):
        chosen = socket.subprotocol, socket.headers["x-a"]
    scope = scopes[0]
    headers = dict(scope["headers"])

    assert chosen == ("b", "1")
    assert scope["type"] == "websocket"
    assert scope["scheme"] == "wss"
    assert scope["path"] == "/chat"
    assert scope["query_string"] == b"x=1"
    assert scope["subprotocols"] == ["a", "b"]
    assert "method" not in scope
    assert headers[b"host"] == b"a.example"
    assert headers[b"upgrade"] == b"websocket"
    assert headers[b"sec-websocket-version"] == b"13"
    assert headers[b"sec-websocket-protocol"] == b"a, b"
    assert headers[b"origin"] == b"https://a.example"
    assert headers[b"cookie"] == b"c=1"


def test_an_rsgi_app_sees_http_as_its_scheme():
    scopes = []

    async def app(scope, protocol):
        scopes.append(scope)
        protocol.close()

    with (
        opened(app, "rsgi") as client,
        pytest.raises(WebSocketRejected),
        client.websocket("/"),
    ):
        pass

    assert (scopes[0].proto, scopes[0].scheme) == ("ws", "http")


@pytest.mark.parametrize(
    ("app", "protocol"),
    [
        (asgi_saying({**CLOSE, "code": 1008}), "asgi"),
        (lambda scope, protocol: refuse(protocol), "rsgi"),
        (lambda scope, protocol: nothing(), "rsgi"),
    ],
)
def test_a_refused_handshake_is_a_403(app, protocol):
    with (
        opened(app, protocol) as client,
        pytest.raises(WebSocketRejected) as caught,
        client.websocket("/"),
    ):
        pass

    assert caught.value.status == 403


async def refuse(protocol):
    protocol.close(404)


async def nothing():
    """Return without a word."""


def test_a_refusal_may_be_a_whole_answer_where_that_is_on_offer():
    start = {
        "type": "websocket.http.response.start",
        "status": 418,
        "headers": [(b"x", b"y")],
    }
    app = asgi_saying(
        start,
        {"type": "websocket.http.response.body", "body": b"te", "more_body": True},
        {"type": "websocket.http.response.body", "body": b"a"},
    )
    with (
        opened(app, extensions=("websocket.http.response",)) as client,
        pytest.raises(WebSocketRejected, match="418") as caught,
        client.websocket("/"),
    ):
        pass

    assert caught.value.status == 418
    assert caught.value.headers["x"] == "y"
    assert caught.value.body == b"tea"


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([], "without an answer to the handshake"),
        ([{"type": "websocket.send", "text": "x"}], "'websocket.send' .* that is new"),
        ([ACCEPT, ACCEPT], "'websocket.accept' .* that is open"),
        ([ACCEPT, CLOSE, CLOSE], "'websocket.close' .* that is closed"),
        ([{**ACCEPT, "subprotocol": "z"}], "subprotocol 'z'"),
        ([{**ACCEPT, "headers": [("a", "b")]}], r"header \('a', 'b'\)"),
        ([{**ACCEPT, "headers": [(b"a", b"\x00")]}], "has the value"),
        ([ACCEPT, {"type": "websocket.send"}], "text=None and bytes=None"),
        ([ACCEPT, {"type": "websocket.send", "text": b"x"}], "text=b'x'"),
        ([ACCEPT, {"type": "websocket.send", "bytes": "x"}], "bytes='x'"),
        ([ACCEPT, {**CLOSE, "code": 1006}], "code 1006"),
        ([ACCEPT, {**CLOSE, "code": "x"}], "code 'x'"),
        ([{"type": "websocket.http.response.start"}], "websocket.http.response.start"),
    ],
)
def test_a_broken_rule_of_asgi_is_named(messages, words):
    with (
        opened(asgi_saying(*messages)) as client,
        pytest.raises(ProtocolError, match=words),
        client.websocket("/", subprotocols=["a"]) as socket,
    ):
        socket.receive_close()


async def accept_twice(scope, protocol):
    await protocol.accept()
    await protocol.accept()


async def send_text_as_bytes(scope, protocol):
    await (await protocol.accept()).send_bytes("x")


@pytest.mark.parametrize(
    ("app", "words"), [(accept_twice, "twice"), (send_text_as_bytes, "'x' as bytes")]
)
def test_a_broken_rule_of_rsgi_is_named(app, words):
    with (
        opened(app, "rsgi") as client,
        pytest.raises(ProtocolError, match=words),
        client.websocket("/") as socket,
    ):
        socket.receive()


def test_an_asgi_app_hears_how_the_client_closed():
    told = []

    async def app(scope, receive, send):
        await receive()
        await send(ACCEPT)
        told.append(await receive())
        told.append(await receive())
        try:
            await send({"type": "websocket.send", "text": "late"})
        except OSError as error:
            told.append(str(error))
            raise

    with opened(app) as client, client.websocket("/") as socket:
        socket.close(3001, "why")

    gone = {"type": "websocket.disconnect", "code": 3001, "reason": "why"}
    assert told == [gone, gone, "The client has closed the WebSocket."]


def test_an_asgi_app_that_closed_hears_the_end():
    told = []

    async def app(scope, receive, send):
        await receive()
        await send(ACCEPT)
        await send(CLOSE)
        told.append((await receive())["code"])

    with opened(app) as client, client.websocket("/") as socket:
        closed = socket.receive_close()

    assert told == [1005]
    assert closed.code == 1000


def test_an_rsgi_transport_ends_as_granians_does():
    told = []

    async def app(scope, protocol):
        transport = await protocol.accept()
        if scope.path == "/ours":
            protocol.close()
            protocol.close()
        for act in (
            transport.receive,
            transport.receive,
            lambda: transport.send_str("x"),
        ):
            try:
                message = await act()
                told.append((message.kind, hasattr(message, "data")))
            except (RSGIProtocolClosed, RSGIProtocolError) as error:
                told.append(type(error).__name__)

    with opened(app, "rsgi") as client:
        with client.websocket("/ours"):
            pass
        with client.websocket("/theirs"):
            pass

    assert told == [
        *[(0, False), "RSGIProtocolError", "RSGIProtocolError"],
        *[(0, False), "RSGIProtocolClosed", "RSGIProtocolClosed"],
    ]


def test_an_app_that_just_returns_ends_the_connection():
    async def asgi(scope, receive, send):
        await receive()
        await send(ACCEPT)

    async def rsgi(scope, protocol):
        await protocol.accept()

    codes = []
    for app, protocol in ((asgi, "asgi"), (rsgi, "rsgi")):
        with opened(app, protocol) as client, client.websocket("/") as socket:
            codes.append(socket.receive_close().code)

    assert codes == [1006, 1005]


@pytest.mark.parametrize("path", ["/before", "/after"])
def test_what_the_app_raises_comes_out_in_the_test(path):
    async def app(scope, protocol):
        if scope.path == "/after":
            transport = await protocol.accept()
            await transport.receive()
        raise LookupError("mine")

    def talk(client):
        with client.websocket(path) as socket:
            socket.send_text("go")
            socket.receive()

    with opened(app, "rsgi") as client, pytest.raises(LookupError, match="mine"):
        talk(client)


def test_or_the_test_sees_what_a_client_would_see():
    async def app(scope, protocol):
        if scope.path == "/after":
            await protocol.accept()
        raise LookupError("mine")

    with opened(app, "rsgi", raise_server_exceptions=False) as client:
        with pytest.raises(WebSocketRejected, match="500"), client.websocket("/"):
            pass
        with client.websocket("/after") as socket:
            closed = socket.receive_close()

    assert closed.code == 1006


def test_an_app_that_does_not_end_with_its_client_is_stopped():
    async def app(scope, receive, send):
        await receive()
        await send(ACCEPT)
        while True:
            await receive()
            await __import__("asyncio").sleep(0)

    with (
        opened(app, timeout=0.05) as client,
        pytest.raises(ClientError, match="end of the app's work"),
        client.websocket("/"),
    ):
        pass


def test_the_error_of_a_test_goes_before_that_of_the_app():
    async def app(scope, protocol):
        transport = await protocol.accept()
        await transport.receive()
        raise LookupError("not this one")

    with (
        opened(app, "rsgi") as client,
        pytest.raises(ZeroDivisionError),
        client.websocket("/"),
    ):
        raise ZeroDivisionError

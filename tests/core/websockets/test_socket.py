"""A socket, over a channel that a test can look into, and over ASGI and RSGI."""

import asyncio

import msgspec
import pytest

from segue import App, WebSocket
from segue.core.errors import ConfigurationError, WalkError
from segue.core.http.headers import Headers
from segue.core.websockets.socket import WebSocketClosed, allowed_origin
from segue.testing import Client


class Say(msgspec.Struct):
    text: str


class Line:
    """A channel with messages to come, and a record of what was done."""

    def __init__(self, *messages):
        self.messages = list(messages)
        self.done = []

    async def accept(self, subprotocol, headers):
        await asyncio.sleep(0)
        self.done.append(("accept", subprotocol, headers))

    async def receive(self):
        if not self.messages:
            raise WebSocketClosed(1001, "bye")
        return self.messages.pop(0)

    async def send(self, message):
        if message == "broken":
            raise WebSocketClosed(1006)
        self.done.append(("send", message))

    async def close(self, code, reason):
        self.done.append(("close", code, reason))

    async def refuse(self, status):
        self.done.append(("refuse", status))


class Handshake:
    def __init__(self, **headers):
        self.headers = Headers([(k.replace("_", "-"), v) for k, v in headers.items()])


def socket_on(line, **headers):
    return WebSocket(line, Handshake(**headers))


def run(work):
    return asyncio.run(work)


def test_the_first_receive_answers_the_handshake():
    line = Line("a")
    socket = socket_on(line)

    message = run(socket.receive())

    assert message == "a"
    assert socket.accepted
    assert line.done == [("accept", None, [])]


def test_a_subprotocol_and_headers_may_be_chosen():
    line = Line()
    socket = socket_on(line, sec_websocket_protocol="chat, , v2")

    run(socket.accept("v2", {"x-a": "b"}))
    run(socket.accept())

    assert socket.subprotocols == ["chat", "v2"]
    assert line.done == [("accept", "v2", [("x-a", "b")])]


def test_a_subprotocol_that_was_not_offered_is_refused():
    socket = socket_on(Line(), sec_websocket_protocol="chat")

    with pytest.raises(WalkError, match="SG-WALK-040"):
        run(socket.accept("v2"))


def test_two_tasks_that_begin_at_once_answer_the_handshake_once():
    line = Line("a")
    socket = socket_on(line)

    async def both():
        return await asyncio.gather(socket.receive(), socket.send("x"), socket.accept())

    run(both())

    assert [word for word, *_ in line.done] == ["accept", "send"]


def test_iterating_ends_when_the_other_side_closes():
    socket = socket_on(Line("a", b"b"))

    async def collect():
        return [message async for message in socket]

    assert run(collect()) == ["a", b"b"]
    assert socket.closed


def test_the_other_sides_close_says_its_code():
    socket = socket_on(Line())

    with pytest.raises(WebSocketClosed) as caught:
        run(socket.receive())

    assert (caught.value.code, caught.value.reason) == (1001, "bye")
    assert str(caught.value) == "1001 bye"
    assert str(WebSocketClosed()) == "1005"


def test_nothing_passes_a_closed_socket():
    line = Line("a")
    socket = socket_on(line)
    run(socket.close())

    for work in (socket.receive, lambda: socket.send("x")):
        with pytest.raises(WebSocketClosed, match="1006"):
            run(work())
    run(socket.close())

    assert line.done == [("refuse", 403)]


def test_a_broken_connection_closes_the_socket():
    socket = socket_on(Line())

    with pytest.raises(WebSocketClosed, match="1006"):
        run(socket.send("broken"))

    assert socket.closed


def test_bytes_of_every_kind_are_sent_as_bytes():
    line = Line()
    socket = socket_on(line)

    for message in ("x", b"a", bytearray(b"b"), memoryview(b"c")):
        run(socket.send(message))

    assert [message for _, message in line.done[1:]] == ["x", b"a", b"b", b"c"]


def test_data_is_not_sent_as_it_is():
    with pytest.raises(WalkError) as caught:
        run(socket_on(Line()).send({"a": 1}))

    assert caught.value.problem.code == "SG-WALK-044"
    assert "send_json" in caught.value.problem.fix


def test_json_is_sent_as_text_and_received_by_its_type():
    line = Line('{"text": "a"}', b'{"text": "b"}')
    socket = socket_on(line)

    run(socket.send_json(Say("x")))

    assert run(socket.receive_json(Say)) == Say("a")
    assert run(socket.receive_json()) == {"text": "b"}
    assert line.done[-1] == ("send", '{"text":"x"}')


@pytest.mark.parametrize("message", ['{"text": 1}', "{", '{"a":' * 100_000])
def test_json_that_does_not_fit_closes_with_1007(message):
    line = Line(message)

    with pytest.raises(WebSocketClosed) as caught:
        run(socket_on(line).receive_json(Say if len(message) < 50 else dict))

    assert caught.value.code == 1007
    assert line.done[-1][:2] == ("close", 1007)


def test_a_message_of_the_other_kind_closes_with_1003():
    text, data = Line("a", b"b"), Line(b"a", "b")

    assert run(socket_on(text).receive_text()) == "a"
    assert run(socket_on(data).receive_bytes()) == b"a"
    with pytest.raises(WebSocketClosed, match="1003 text expected"):
        run(socket_on(text).receive_text())
    with pytest.raises(WebSocketClosed, match="1003 bytes expected"):
        run(socket_on(data).receive_bytes())


def test_a_long_reason_is_cut_between_letters():
    line = Line()
    socket = socket_on(line)
    run(socket.accept())

    run(socket.close(3000, "ä" * 100))

    assert line.done[-1] == ("close", 3000, "ä" * 61)


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 2999, 5000])
def test_a_code_that_may_not_be_sent_is_refused(code):
    with pytest.raises(WalkError, match="SG-WALK-043"):
        run(socket_on(Line()).close(code))


def test_a_handshake_is_refused_once_and_only_before_it_is_answered():
    early, late = Line(), Line()
    socket, accepted = socket_on(early), socket_on(late)
    run(accepted.accept())

    run(socket.refuse(404))
    run(socket.refuse(404))
    run(accepted.refuse(404))

    assert early.done == [("refuse", 404)]
    assert [word for word, *_ in late.done] == ["accept"]


ORIGINS = [
    (None, (), True),
    ("https://example.org", (), True),
    ("https://EXAMPLE.org:443", (), True),
    ("http://example.org:80", (), True),
    ("https://example.org:8443", (), False),
    ("https://evil.org", (), False),
    ("https://example.org.evil.org", (), False),
    ("https://user@example.org", (), False),
    ("ftp://example.org", (), False),
    ("https://[::1", (), False),
    ("null", (), False),
    ("null", ("null",), True),
    ("https://friend.org", ("https://friend.org",), True),
    ("https://friend.org", "https://friend.org", True),
    ("https://evil.org", "https://friend.org", False),
    ("https://evil.org", "*", True),
    ("https://evil.org", ["*"], True),
]


@pytest.mark.parametrize(("origin", "origins", "fits"), ORIGINS)
def test_a_foreign_origin_is_refused_unless_it_is_named(origin, origins, fits):
    assert allowed_origin(origin, "example.org", origins) is fits


@pytest.mark.parametrize("protocol", ["asgi", "rsgi"])
@pytest.mark.feature("M-165")
def test_a_handler_may_read_and_write_from_two_tasks(protocol):
    app = App()

    @app.websocket("/{room}")
    async def echo(socket: WebSocket[str, str], room: str, loud: bool = False):
        async def read():
            return await socket.receive_text()

        async def write():
            await socket.send(f"hello {room} {loud}")

        said, _ = await asyncio.gather(read(), write())
        await socket.send(said)

    with (
        Client(app, protocol=protocol) as client,
        client.websocket("/hall?loud=on") as socket,
    ):
        socket.send_text("x")

        assert socket.receive() == "hello hall True"
        assert socket.receive() == "x"


def test_a_handler_of_a_socket_is_async():
    app = App()

    @app.websocket("/chat")
    def chat(socket: WebSocket):
        """Hold a thread for ever."""

    with pytest.raises(ConfigurationError, match="SG-WALK-041"):
        app.freeze()


def test_rsgi_has_no_place_for_headers_in_its_handshake():
    app, told = App(), []

    @app.websocket("/chat")
    async def chat(socket: WebSocket):
        try:
            await socket.accept(headers={"x-a": "b"})
        except WalkError as error:
            told.append(error.problem.code)
        await socket.send("hello")

    with (
        Client(app, protocol="rsgi") as client,
        client.websocket("/chat") as socket,
    ):
        assert socket.receive() == "hello"
    assert told == ["SG-WALK-042"]

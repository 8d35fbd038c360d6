"""One suite, three protocols, two colours, in process: the same answers."""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import parity_app
from questions import QUESTIONS, Question, comparable

from segue.testing import Client, WebSocketRejected

PROTOCOLS = ("wsgi", "asgi", "rsgi")


@pytest.fixture(scope="module")
def clients() -> Any:
    clients = {
        (protocol, colour): Client(
            parity_app.make_app(colour),
            protocol=protocol,
            raise_server_exceptions=False,
            follow_redirects=False,
        )
        for protocol in PROTOCOLS
        for colour in ("sync", "async")
    }
    for client in clients.values():
        client.__enter__()
    yield clients
    for client in clients.values():
        client.__exit__(None, None, None)


def ask(client: Client, question: Question) -> dict[str, Any]:
    client.cookies.clear()
    answer = client.request(
        question.method,
        question.target,
        headers=question.headers,
        **({"content": question.body} if question.body else {}),
    )
    return comparable(answer.status, list(answer.headers.items()), answer.body)


@pytest.mark.feature("M-175", "M-176", "M-171", "M-172")
@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_every_protocol_and_colour_gives_the_same_answer(
    clients: dict[Any, Client], question: Question
) -> None:
    answers = {key: ask(client, question) for key, client in clients.items()}

    first = answers["wsgi", "sync"]
    assert {key: a for key, a in answers.items() if a != first} == {}
    assert first["status"] in (
        200,
        201,
        202,
        204,
        206,
        303,
        304,
        308,
        400,
        404,
        405,
    ) or (
        question.target,
        first["status"],
    ) in {
        ("/users/42?page=x", 422),
        ("/orders", 415),
        ("/orders", 422),
        ("/teapot", 418),
        ("/boom", 500),
        ("/file/hello.txt", 416),
        ("/text", 501),
    }


@pytest.mark.feature("M-205")
@pytest.mark.parametrize("protocol", ["asgi", "rsgi"])
def test_a_websocket_speaks_text_and_bytes(
    clients: dict[Any, Client], protocol: str
) -> None:
    client = clients[protocol, "async"]

    with client.websocket("/ws/hall") as socket:
        socket.send_text("hello")
        text = socket.receive_text()
        socket.send_bytes(b"abc")
        data = socket.receive_bytes()

    assert (text, data) == ("hall: hello", b"cba")


@pytest.mark.parametrize("protocol", ["asgi", "rsgi"])
@pytest.mark.parametrize(
    ("origin", "accepted"),
    [
        (None, True),
        ("http://testserver", True),
        ("https://evil.example", False),
        ("null", False),
    ],
)
def test_a_websocket_from_a_foreign_page_is_refused(
    clients: dict[Any, Client], protocol: str, origin: str | None, accepted: bool
) -> None:
    client = clients[protocol, "async"]
    headers = {} if origin is None else {"origin": origin}
    own = client.websocket("/ws/x", headers={**headers, "host": "testserver"})

    if accepted:
        with own as socket:
            socket.send_text("x")
            assert socket.receive_text() == "x: x"
    else:
        with pytest.raises(WebSocketRejected), own:
            pass


@pytest.mark.parametrize("protocol", ["asgi", "rsgi"])
@pytest.mark.parametrize("path", ["/ws", "/text", "/ws/a%00b"])
def test_a_websocket_to_nowhere_is_refused(
    clients: dict[Any, Client], protocol: str, path: str
) -> None:
    with pytest.raises(WebSocketRejected), clients[protocol, "async"].websocket(path):
        pass

"""What ASGI 3 asks of an app, and what the client does when it is not done."""

import asyncio
from contextlib import closing

import pytest

from segue.testing import Client, ClientError, ProtocolError, Received, Sent

pytestmark = pytest.mark.feature("M-203")

START = {"type": "http.response.start", "status": 200, "headers": []}
BODY = {"type": "http.response.body", "body": b"x"}


def sending(*messages):
    async def app(scope, receive, send):
        for message in messages:
            await send(message)

    return app


def get(app, **options):
    with closing(Client(app, protocol="asgi", **options)) as client:
        return client.get("/")


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([], "before its answer was complete"),
        ([START], "before its answer was complete"),
        ([START, {**BODY, "more_body": True}], "before its answer was complete"),
        ([BODY], "http.response.body first"),
        ([START, START], "http.response.start again"),
        ([START, BODY, BODY], "after its answer was complete"),
        ([{"type": "http.wrong"}], "message 'http.wrong'"),
        ([START, {"type": "http.response.pathsend", "path": "/"}], "pathsend"),
        ([{**START, "status": "200"}], "status '200'"),
        ([{"type": "http.response.start"}], "status None"),
        ([{**START, "headers": [("a", "b")]}], r"header \('a', 'b'\)"),
        ([{**START, "headers": [(b"a",)]}], r"header \(b'a',\)"),
        ([{**START, "headers": [(b"A", b"b")]}], "name b'A'"),
        ([{**START, "headers": [(b"a", b"b\nc")]}], "has the value"),
        ([START, {**BODY, "body": "text"}], "body of type str"),
        ([{**START, "headers": [(b"content-length", b"9")]}, BODY], "has 1 bytes"),
        ([{**START, "status": 204}, BODY], "with status 204"),
    ],
)
def test_a_broken_rule_is_named(messages, words):
    with pytest.raises(ProtocolError, match="SG-TEST-003") as caught:
        get(sending(*messages))

    assert caught.match(words)


def test_an_app_that_swallows_its_mistake_does_not_hide_it():
    async def app(scope, receive, send):
        try:
            await send(BODY)
        except RuntimeError:
            await send(START)
            await send(BODY)

    with pytest.raises(ProtocolError, match="body first"):
        get(app)


def test_the_scope_is_that_of_the_specification():
    scopes = []

    async def app(scope, receive, send):
        scopes.append(scope)
        await send(START)
        await send({"type": "http.response.body"})

    with closing(
        Client(app, root_path="/shop", base_url="http://a.example:81")
    ) as client:
        client.get("/shop/é?q=1", headers={"X-A": "é"})
    scope = scopes[-1]

    assert scope["type"] == "http"
    assert scope["asgi"] == {"version": "3.0", "spec_version": "2.3"}
    assert scope["http_version"] == "1.1"
    assert scope["method"] == "GET"
    assert scope["path"] == "/shop/é"
    assert scope["raw_path"] == b"/shop/%C3%A9"
    assert scope["root_path"] == "/shop"
    assert scope["query_string"] == b"q=1"
    assert scope["server"] == ("a.example", 81)
    assert scope["client"] == ("127.0.0.1", 50000)
    assert scope["headers"] == [(b"host", b"a.example:81"), (b"x-a", b"\xe9")]
    assert scope["extensions"] == {}


def test_a_path_that_is_not_utf_8_gets_replacement_characters():
    paths = []

    async def app(scope, receive, send):
        paths.append(scope["path"])
        await send(START)
        await send(BODY)

    with closing(Client(app)) as client:
        client.get("/%ff")

    assert paths == ["/\ufffd"]


def test_receive_waits_for_the_end_and_then_tells_of_it():
    told = []

    async def app(scope, receive, send):
        told.append(await receive())
        await send(START)
        waiting = asyncio.ensure_future(receive())
        await asyncio.sleep(0)
        told.append(waiting.done())
        await send(BODY)
        told.append(await waiting)
        told.append(await receive())

    get(app)

    gone = {"type": "http.disconnect"}
    first = {"type": "http.request", "body": b"", "more_body": False}
    assert told == [first, False, gone, gone]


def test_a_client_that_sent_everything_may_be_gone_before_the_answer():
    told = []

    async def app(scope, receive, send):
        while (message := await receive())["type"] == "http.request":
            told.append((message["body"], message["more_body"]))
        await send(START)
        await send(BODY)

    with closing(Client(app)) as client:
        response = client.post("/", content=b"abc", disconnect_after=Sent(3))

    assert told == [(b"abc", True), (b"", False)]
    assert (response.status, response.body, response.complete) == (200, b"", False)


def test_a_stream_waits_for_its_reader():
    made = []

    async def app(scope, receive, send):
        await send(START)
        for number in range(10):
            made.append(number)
            await send({**BODY, "body": b"x" * 40_000, "more_body": True})
        await send({"type": "http.response.body"})

    with closing(Client(app)) as client, client.stream("GET", "/") as stream:
        chunks = stream.iter_bytes()
        next(chunks)
        held = len(made)
        total = 40_000 + sum(map(len, chunks))

    assert held <= 3
    assert total == 400_000


def test_an_app_that_never_looks_is_stopped_when_nobody_listens():
    async def app(scope, receive, send):
        await send(START)
        while True:
            await send({**BODY, "more_body": True})

    with closing(Client(app)) as client:
        response = client.get("/", disconnect_after=Received(2))

    assert response.body == b"xx"


def test_an_app_that_does_not_answer_is_stopped_after_the_timeout():
    cancelled = []

    async def app(scope, receive, send):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with pytest.raises(ClientError, match="SG-TEST-010"):
        get(app, timeout=0.05)

    assert cancelled == [True]


def test_an_app_that_does_not_end_is_stopped_after_the_timeout():
    async def app(scope, receive, send):
        await send(START)
        await send(BODY)
        await asyncio.Event().wait()

    with pytest.raises(ClientError, match="end of the app's work"):
        get(app, timeout=0.05)


def test_a_timeout_of_the_app_itself_is_its_own_error():
    async def app(scope, receive, send):
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        get(app, timeout=5.0)


def test_work_after_the_answer_is_done_when_the_test_has_it():
    done = []

    async def app(scope, receive, send):
        await send(START)
        await send(BODY)
        await asyncio.sleep(0)
        done.append(True)

    get(app)

    assert done == [True]


def test_a_file_is_sent_by_its_path_where_that_is_on_offer(tmp_path):
    file = tmp_path / "data"
    file.write_bytes(b"x" * 70_000)
    scopes = []

    async def app(scope, receive, send):
        scopes.append(scope["extensions"])
        await send(START)
        await send({"type": "http.response.pathsend", "path": str(file)})

    response = get(app, extensions=("http.response.pathsend",))

    assert response.body == file.read_bytes()
    assert scopes[-1] == {"http.response.pathsend": {}}


def test_an_app_that_is_cancelled_has_not_answered():
    async def app(scope, receive, send):
        raise asyncio.CancelledError

    with closing(Client(app, protocol="asgi")) as client:
        response = client.get("/")

    assert response.status == 499


def test_an_os_error_about_the_client_is_not_the_tests_business():
    async def app(scope, receive, send):
        while (await receive())["type"] != "http.disconnect":
            continue
        raise OSError("gone")

    with closing(Client(app)) as client:
        response = client.post("/", content=b"abc", disconnect_after=Sent(1))

    assert response.status == 499

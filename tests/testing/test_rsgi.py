"""The objects that Granian gives to an RSGI app, and its habits."""

import asyncio

import pytest

from segue.testing import Client, ProtocolError, Received, Sent
from segue.testing.errors import RSGIProtocolClosed, RSGIProtocolError
from segue.testing.rsgi import RSGIHeaders

pytestmark = pytest.mark.feature("M-203")


def get(app, **options):
    with Client(app, protocol="rsgi") as client:
        return client.get("/", **options)


def test_the_headers_are_those_of_granian():
    headers = RSGIHeaders(
        ((b"x-a", b"1"), (b"x-b", b"\xc3\xa9"), (b"x-a", b"2"), (b"x-c", b"t\tt"))
    )

    assert headers.get("X-A") == "1"
    assert headers.get_all("x-A") == ["1", "2"]
    assert headers["x-c"] == "t\tt"
    assert headers.get("x-b") is None
    assert headers.get("x-b", "?") == "?"
    assert headers.get("nope") is None
    assert headers.get_all("x-b") == []
    assert "X-B" in headers
    assert "nope" not in headers
    assert headers.keys() == list(headers) == ["x-a", "x-b", "x-c"]
    assert headers.values() == ["1", "2", "t\tt"]
    assert headers.items() == [("x-a", "1"), ("x-a", "2"), ("x-c", "t\tt")]
    assert len(headers) == 3
    with pytest.raises(KeyError, match="nope"):
        headers["nope"]


@pytest.mark.parametrize("version", ["1.1", "2"])
def test_the_scope_is_that_of_granian(version):
    scopes = []

    async def app(scope, protocol):
        scopes.append(scope)
        protocol.response_empty(204, [])

    with Client(app, http_version=version, base_url="https://a.example") as client:
        client.get("/é?q=%C3%A9")
        client.get("/", headers={"host": None})
    scope, hostless = scopes

    assert scope.proto == "http"
    assert scope.rsgi_version == "1.6"
    assert scope.http_version == version
    assert scope.server == "a.example:443"
    assert scope.client == "127.0.0.1:50000"
    assert scope.scheme == "https"
    assert scope.method == "GET"
    assert scope.path == "/é"
    assert scope.query_string == "q=%C3%A9"
    assert scope.authority == (None if version == "1.1" else "a.example")
    assert scope.headers.get("host") == ("a.example" if version == "1.1" else None)
    assert hostless.authority is None


def test_the_body_comes_whole_or_in_pieces_and_once():
    told = []

    async def app(scope, protocol):
        if scope.path == "/whole":
            told.append(await protocol())
        else:
            told.append([piece async for piece in protocol])
        with pytest.raises(RSGIProtocolError):
            await protocol()
        with pytest.raises(RSGIProtocolError):
            aiter(protocol)
        protocol.response_empty(204, [])

    with Client(app) as client:
        client.post("/whole", content=b"abc")
        client.post("/pieces", content=iter([b"a", b"b"]))
        client.get("/pieces")

    assert told == [b"abc", [b"a", b"b", b""], [b""]]


def test_a_cut_body_raises_when_awaited_and_just_ends_when_iterated():
    told = []

    async def app(scope, protocol):
        if scope.path == "/whole":
            with pytest.raises(RSGIProtocolClosed):
                await protocol()
        else:
            told.extend([piece async for piece in protocol])
        await protocol.client_disconnect()
        raise RSGIProtocolClosed("nobody is there")

    with Client(app) as client:
        whole = client.post("/whole", content=b"abc", disconnect_after=Sent(2))
        client.post("/pieces", content=b"abc", disconnect_after=Sent(2))

    assert told == [b"ab", b""]
    assert whole.status == 499


def test_every_kind_of_answer_arrives(tmp_path):
    file = tmp_path / "data"
    file.write_bytes(b"0123456789")

    async def app(scope, protocol):
        headers = [("x", "1"), ("x", "2")]
        match scope.path:
            case "/empty":
                protocol.response_empty(201, headers)
            case "/str":
                protocol.response_str(200, headers, "é")
            case "/bytes":
                protocol.response_bytes(200, headers, b"\xff")
            case "/file":
                protocol.response_file(200, headers, str(file))
            case "/range":
                protocol.response_file_range(206, headers, str(file), 2, 5)
            case "/over":
                protocol.response_file_range(206, headers, str(file), 8, 500)
            case "/nofile":
                protocol.response_file(200, headers, str(tmp_path / "none"))
            case _:
                transport = protocol.response_stream(200, headers)
                await transport.send_str("é")
                await transport.send_bytes(b"\xff")

    with Client(app) as client:
        bodies = {
            name: client.get(name).body
            for name in ("/empty", "/str", "/bytes", "/file", "/range", "/over", "/s")
        }
        missing = client.get("/nofile")
        headers = client.get("/empty").headers.get_all("x")

    assert bodies == {
        "/empty": b"",
        "/str": "é".encode(),
        "/bytes": b"\xff",
        "/file": b"0123456789",
        "/range": b"234",
        "/over": b"89",
        "/s": b"\xc3\xa9\xff",
    }
    assert (missing.status, missing.text, missing.headers.get("x")) == (
        404,
        "Not found",
        None,
    )
    assert headers == ["1", "2"]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda p: None, "without an answer"),
        (lambda p: p.response_empty("200", []), "status '200'"),
        (lambda p: p.response_empty(200, [["a", "b"]]), r"header \['a', 'b'\]"),
        (lambda p: p.response_empty(200, [(b"a", b"b")]), r"header \(b'a'"),
        (lambda p: p.response_empty(200, [("a", "b\r\nc")]), "has the value"),
        (lambda p: p.response_str(200, [], b"x"), "response_str got b'x'"),
        (lambda p: p.response_bytes(200, [], "x"), "response_bytes got 'x'"),
        (lambda p: p.response_str(204, [], "x"), "with status 204"),
        (lambda p: p.response_str(200, [("content-length", "9")], "x"), "has 1 bytes"),
        (
            lambda p: (p.response_empty(200, []), p.response_empty(201, [])),
            "answered again, with 201",
        ),
    ],
)
def test_a_broken_rule_is_named(act, words):
    async def app(scope, protocol):
        act(protocol)

    with pytest.raises(ProtocolError, match="SG-TEST-004") as caught:
        get(app)

    assert caught.match(words)


@pytest.mark.parametrize(
    ("send", "words"),
    [
        (lambda t: t.send_bytes("x"), "'x' as bytes"),
        (lambda t: t.send_str(b"x"), "b'x' as str"),
    ],
)
def test_a_stream_takes_what_its_methods_say(send, words):
    async def app(scope, protocol):
        await send(protocol.response_stream(200, []))

    with pytest.raises(ProtocolError, match=words):
        get(app)


def test_a_stream_does_not_wait_for_its_reader():
    done = asyncio.Event()

    async def app(scope, protocol):
        transport = protocol.response_stream(200, [])
        for _ in range(100):
            await transport.send_bytes(b"x" * 10_000)
        done.set()

    with Client(app) as client, client.stream("GET", "/") as stream:
        first = next(stream.iter_bytes())

        assert len(first) == 10_000
        assert done.is_set()


def test_a_stream_to_nobody_raises():
    told = []

    async def app(scope, protocol):
        transport = protocol.response_stream(200, [])
        await transport.send_str("abc")
        try:
            await transport.send_str("def")
        except RSGIProtocolClosed as error:
            told.append(str(error))

    response = get(app, disconnect_after=Received(2))

    assert response.body == b"ab"
    assert told == ["RSGI transport is closed"]


def test_the_plain_callable_is_an_app_as_well():
    async def app(scope, protocol):
        protocol.response_str(200, [], scope.proto)

    assert get(app).text == "http"

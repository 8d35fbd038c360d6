"""The async client, on the loop of its test, through each of the protocols."""

import asyncio
import threading

import pytest

from segue.testing import AsyncClient, ClientError, Received

pytestmark = pytest.mark.feature("M-203")


def test_a_request_reaches_the_app_and_its_answer_the_test(echo_app, protocol):
    async def main():
        async with AsyncClient(echo_app, cookies={"a": "1"}) as client:
            client.cookies.set("b", "2")
            return client.protocol, await client.get("/é?x=1")

    used, response = asyncio.run(main())

    assert used == response.protocol == protocol
    assert response.json()["path"] == "/é"
    assert ["cookie", "a=1; b=2"] in response.json()["headers"]


@pytest.mark.parametrize(
    "method", ["get", "head", "options", "post", "put", "patch", "delete"]
)
def test_every_method_has_a_verb(speak, told, method):
    app = speak(lambda seen: told(headers=[("x-method", seen.method)]))

    async def main():
        async with AsyncClient(app) as client:
            return await getattr(client, method)("/")

    assert asyncio.run(main()).headers["x-method"] == method.upper()


def test_requests_may_be_gathered(echo_app):
    async def main():
        async with AsyncClient(echo_app) as client:
            return await asyncio.gather(*(client.get(f"/{n}") for n in range(5)))

    responses = asyncio.run(main())

    assert [r.json()["path"] for r in responses] == [f"/{n}" for n in range(5)]


@pytest.mark.parametrize("kind", ["async", "sync", "bytes"])
def test_every_kind_of_body_is_streamed(echo_app, kind):
    async def pieces():
        for piece in (b"a", b"", b"b"):
            yield piece

    async def main():
        content = {"async": pieces(), "sync": iter([b"a", b"b"]), "bytes": b"ab"}[kind]
        async with AsyncClient(echo_app) as client:
            return (await client.post("/", content=content)).json()

    assert asyncio.run(main())["body"] == "ab"


def test_a_stream_is_read_as_it_comes(speak, told):
    app = speak(lambda seen: told([b"a\r\nb", b"\xc3", b"\xa9\nc"]))

    async def main():
        async with AsyncClient(app) as client:
            async with client.stream("GET", "/") as one:
                chunks = [chunk async for chunk in one.iter_bytes()]
            async with client.stream("GET", "/") as two:
                lines = [line async for line in two.iter_lines()]
            async with client.stream("GET", "/") as three:
                await three.read()
                again = await three.read()
            async with client.stream("GET", "/") as four:
                async for _ in four.iter_bytes():
                    break
        return chunks, lines, again, three.text, four.complete

    chunks, lines, again, text, complete = asyncio.run(main())

    assert chunks == [b"a\r\nb", b"\xc3", b"\xa9\nc"]
    assert lines == ["a", "bé", "c"]
    assert again.decode() == text == "a\r\nbé\nc"
    assert not complete


def test_lines_and_text_end_where_the_body_ends(speak, told):
    app = speak(lambda seen: told([b"a\n\xc3"]))

    async def main():
        async with AsyncClient(app) as client:
            async with client.stream("GET", "/") as stream:
                lines = [line async for line in stream.iter_lines()]
            async with client.stream("GET", "/") as stream:
                return lines, [text async for text in stream.iter_text()]

    assert asyncio.run(main()) == (["a", "\ufffd"], ["a\n", "\ufffd"])


def test_what_a_handler_raises_comes_out_in_the_test(speak):
    def handler(seen):
        raise LookupError("mine")

    async def main():
        async with AsyncClient(speak(handler)) as client:
            with pytest.raises(LookupError, match="mine"):
                await client.get("/")
            with pytest.raises(LookupError, match="mine"):
                async with client.stream("GET", "/"):
                    pass
        async with AsyncClient(speak(handler), raise_server_exceptions=False) as client:
            response = await client.get("/")
            async with client.stream("GET", "/") as stream:
                return response, await stream.read()

    response, streamed = asyncio.run(main())

    assert (response.status, response.body) == (500, b"Internal Server Error")
    assert streamed == response.body


def test_the_error_of_a_test_goes_before_that_of_the_app(speak, told):
    app = speak(lambda seen: told([b"a"], headers=[("content-length", "9")]))

    async def main():
        async with AsyncClient(app) as client, client.stream("GET", "/"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(main())


def test_redirects_are_followed_when_asked(speak, told):
    def handler(seen):
        if seen.path == "/new":
            return told([b"here"])
        return told(status=302, headers=[("location", "/new")])

    async def main():
        async with AsyncClient(speak(handler), follow_redirects=True) as client:
            response = await client.get("/old")
            async with client.stream("GET", "/old") as stream:
                return response, await stream.read(), stream.history

    response, streamed, history = asyncio.run(main())

    assert response.text == "here"
    assert [r.status for r in response.history] == [302]
    assert streamed == b"here"
    assert len(history) == 1


def test_a_client_may_hang_up(speak, told):
    app = speak(lambda seen: told([b"abc", b"def"]))

    async def main():
        async with AsyncClient(app) as client:
            return await client.get("/", disconnect_after=Received(4))

    response = asyncio.run(main())

    assert (response.body, response.complete) == (b"abcd", False)


def test_a_wsgi_app_runs_beside_the_loop_and_is_started_there():
    told = []

    class App:
        def start(self):
            told.append(threading.current_thread() is threading.main_thread())

        stop = start

        def __call__(self, environ, start_response):
            self.start()
            start_response("204 No Content", [])
            return []

    async def main():
        async with AsyncClient(App()) as client:
            await client.get("/")

    asyncio.run(main())

    assert told == [False, False, False]


def test_an_rsgi_app_is_started_on_the_running_loop():
    told = []

    class App:
        def __rsgi_init__(self, loop):
            told.append(loop.is_running())

        __rsgi_del__ = __rsgi_init__

        async def __rsgi__(self, scope, protocol):
            protocol.response_empty(204, [])

    async def main():
        async with AsyncClient(App()) as client:
            return await client.get("/")

    assert asyncio.run(main()).status == 204
    assert told == [True, True]


def test_a_client_without_a_block_runs_no_lifespan():
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    async def main():
        client = AsyncClient(app)
        response = await client.get("/")
        await client.close()
        return response

    assert asyncio.run(main()).status == 204


@pytest.mark.feature("M-205")
def test_a_websocket_speaks_in_both_directions():
    async def app(scope, protocol):
        transport = await protocol.accept()
        while (message := await transport.receive()).kind:
            await transport.send_str(f"you said {message.data}")

    async def main():
        async with (
            AsyncClient(app, protocol="rsgi") as client,
            client.websocket("/") as socket,
        ):
            await socket.send_text("hi")
            return await socket.receive_text()

    assert asyncio.run(main()) == "you said hi"


@pytest.mark.feature("M-205")
def test_the_error_of_a_test_ends_the_websocket():
    told = []

    async def app(scope, protocol):
        transport = await protocol.accept()
        told.append((await transport.receive()).kind)

    async def main():
        client = AsyncClient(app)
        async with client.websocket("/"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(main())

    assert told == [0]


def test_websockets_are_not_for_wsgi():
    def app(environ, start_response):
        """Never called."""

    async def main():
        async with AsyncClient(app) as client, client.websocket("/"):
            pass

    with pytest.raises(ClientError, match="SG-TEST-009"):
        asyncio.run(main())


@pytest.mark.feature("M-205")
def test_a_websocket_is_iterated_until_the_app_closes():
    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "a"})
        for word in ("one", "two"):
            await send({"type": "websocket.send", "text": word})
        await send({"type": "websocket.close"})

    async def main():
        client = AsyncClient(app)
        async with client.websocket("/", subprotocols=["a"]) as socket:
            return socket.subprotocol, [message async for message in socket]

    assert asyncio.run(main()) == ("a", ["one", "two"])

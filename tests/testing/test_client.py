"""The client, the same tests through each of the three protocols."""

import gc
import threading
import weakref

import pytest

from segue.testing import Client, ClientError, Received, Sent

pytestmark = pytest.mark.feature("M-203")


def test_a_request_reaches_the_app_and_its_answer_the_test(echo_app, protocol):
    client = Client(echo_app)

    response = client.get("/books/3?tab=x")
    client.close()

    assert client.protocol == protocol
    assert response.status == 200
    assert response.media_type == "application/json"
    assert response.json()["method"] == "GET"
    assert response.json()["path"] == "/books/3"
    assert response.json()["query"] == "tab=x"
    assert response.complete
    assert response.protocol == protocol
    assert repr(response) == "<200 GET http://testserver/books/3?tab=x>"


@pytest.mark.parametrize(
    "method", ["get", "head", "options", "post", "put", "patch", "delete"]
)
def test_every_method_has_a_verb(speak, told, method):
    with Client(
        speak(lambda seen: told(headers=[("x-method", seen.method)]))
    ) as client:
        response = getattr(client, method)("/")

    assert response.headers["x-method"] == method.upper()


def test_a_path_is_decoded_once_for_the_app(echo_app):
    with Client(echo_app) as client:
        paths = [
            client.get(path).json()["path"]
            for path in ("/é x", "/%C3%A9", "/a%2Fb", "/%2525", "//evil.org/x", "/%zz")
        ]

    assert paths == ["/é x", "/é", "/a/b", "/%25", "//evil.org/x", "/%zz"]


def test_params_come_after_the_query_of_the_url(echo_app):
    with Client(echo_app) as client:
        query = client.get("/?a=1", params={"b": ["x y", True], "c": None})

    assert query.json()["query"] == "a=1&b=x+y&b=true&c="


def test_json_form_and_content_make_the_body(echo_app):
    with Client(echo_app) as client:
        as_json = client.post("/", json={"a": [1, None]}).json()
        as_form = client.post("/", data={"a": 1, "b": ["x", "y"]}).json()
        as_bytes = client.post("/", content=b"\x00\xff").json()
        as_text = client.post("/", content="é").json()
        as_array = client.post("/", content=bytearray(b"ab")).json()
        nothing = client.post("/").json()

    assert as_json["body"] == '{"a":[1,null]}'
    assert ["content-type", "application/json"] in as_json["headers"]
    assert as_form["body"] == "a=1&b=x&b=y"
    assert ["content-length", "11"] in as_form["headers"]
    assert as_bytes["body"] == "\x00\xff"
    assert as_text["body"] == "é".encode().decode("latin-1")
    assert as_array["body"] == "ab"
    assert ["content-length", "0"] in nothing["headers"]


def test_files_are_sent_as_multipart(echo_app):
    with Client(echo_app) as client:
        seen = client.post("/", data={"n": 1}, files={"f": ("a.txt", b"hi")}).json()

    assert (
        'name="f"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\nhi'
        in seen["body"]
    )
    assert 'name="n"\r\n\r\n1' in seen["body"]


def test_an_iterator_is_streamed_without_a_length(echo_app):
    with Client(echo_app) as client:
        seen = client.post("/", content=(part for part in (b"a", b"", b"b"))).json()

    assert seen["body"] == "ab"
    assert ["transfer-encoding", "chunked"] in seen["headers"]
    assert "content-length" not in dict(seen["headers"])


def test_a_large_body_arrives_whole(speak, told):
    size = 200_001
    app = speak(lambda seen: told([str(len(seen.body)).encode()]))
    with Client(app) as client:
        text = client.post("/", content=b"x" * size).text

    assert text == str(size)


def test_headers_of_a_request_go_over_those_of_the_client(echo_app):
    with Client(echo_app, headers={"X-A": "1", "x-b": "2"}) as client:
        seen = client.get("/", headers=[("x-a", "3"), ("X-A", "4"), ("x-b", None)])

    headers = [tuple(pair) for pair in seen.json()["headers"]]
    assert {value for name, value in headers if name == "x-a"} <= {"3", "4", "3,4"}
    assert "x-b" not in dict(headers)


def test_the_client_says_who_and_where_it_is(echo_app):
    with Client(
        echo_app, base_url="https://shop.example:8443/api", peer=("10.0.0.7", 1)
    ) as client:
        seen = client.get("/x").json()

    assert seen["scheme"] == "https"
    assert seen["client"] == "10.0.0.7"
    assert seen["path"] == "/api/x"
    assert ["host", "shop.example:8443"] in seen["headers"]


def test_a_client_on_a_unix_socket_has_no_address(echo_app):
    with Client(echo_app, peer=None) as client:
        seen = client.get("/").json()

    assert seen["client"] == ""


def test_head_has_no_body_and_keeps_its_length(speak, told):
    app = speak(lambda seen: told([b"hello"], headers=[("content-length", "5")]))
    with Client(app) as client:
        response = client.head("/")

    assert response.body == b""
    assert response.headers["content-length"] == "5"


def test_cookies_come_back_with_the_next_request(speak, told):
    def handler(seen):
        return told([seen.header("cookie").encode()], headers=[("set-cookie", "a=1")])

    with Client(speak(handler), cookies={"first": "0"}) as client:
        one = client.get("/")
        two = client.get("/", cookies={"once": "x"})
        three = client.get("/")

    assert one.text == "first=0"
    assert one.cookies == {"a": "1"}
    assert two.text == "first=0; a=1; once=x"
    assert three.text == "first=0; a=1"
    assert client.cookies["a"] == "1"


def test_what_a_handler_raises_comes_out_in_the_test(speak):
    def handler(seen):
        raise LookupError("mine")

    with Client(speak(handler)) as client, pytest.raises(LookupError, match="mine"):
        client.get("/")


def test_or_the_test_sees_the_page_that_a_server_sends(speak):
    def handler(seen):
        raise LookupError("mine")

    with Client(speak(handler), raise_server_exceptions=False) as client:
        response = client.get("/")
        with client.stream("GET", "/") as stream:
            streamed = b"".join(stream.iter_bytes())

    assert response.status == 500
    assert response.text == "Internal Server Error"
    assert streamed == b"Internal Server Error"
    assert stream.status == 500


def test_a_stream_is_read_as_it_comes(speak, told):
    app = speak(lambda seen: told([b"a\r\nb", b"\xc3", b"\xa9\nc"]))
    with Client(app) as client:
        with client.stream("GET", "/") as stream:
            chunks = list(stream.iter_bytes())
        with client.stream("GET", "/") as stream:
            lines = list(stream.iter_lines())
        with client.stream("GET", "/") as stream:
            body = stream.read()

    assert chunks == [b"a\r\nb", b"\xc3", b"\xa9\nc"]
    assert lines == ["a", "bé", "c"]
    assert body == stream.body == b"".join(chunks)
    assert stream.complete


def test_the_body_of_an_unread_stream_is_an_error(speak, told):
    app = speak(lambda seen: told([b"a"]))
    with Client(app) as client, client.stream("GET", "/") as stream:
        with pytest.raises(ClientError, match="SG-TEST-015"):
            _ = stream.body

        assert stream.status == 200


def test_leaving_a_stream_early_hangs_up(speak, told):
    app = speak(lambda seen: told([b"a", b"b", b"c"]))
    with Client(app) as client, client.stream("GET", "/") as stream:
        first = next(stream.iter_bytes())

    assert first == b"a"
    assert not stream.complete


def test_the_error_of_a_test_goes_before_that_of_the_app(speak, told):
    app = speak(lambda seen: told([b"a"], headers=[("content-length", "9")]))
    with (
        Client(app) as client,
        pytest.raises(ZeroDivisionError),
        client.stream("GET", "/"),
    ):
        raise ZeroDivisionError


def test_a_client_that_received_enough_hears_no_more(speak, told):
    app = speak(lambda seen: told([b"abc", b"def"], headers=[("x", "y")]))
    with Client(app) as client:
        part = client.get("/", disconnect_after=Received(4))
        nothing = client.get("/", disconnect_after=Received(0))

    assert (part.status, part.body, part.complete) == (200, b"abcd", False)
    assert (nothing.headers["x"], nothing.body, nothing.complete) == ("y", b"", False)


def test_a_client_that_hangs_up_in_its_body_gets_no_answer(protocol):
    reads = []

    def wsgi(environ, start_response):
        reads.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"never heard"]

    async def asgi(scope, receive, send):
        while (message := await receive())["type"] == "http.request":
            reads.append(message["body"])

    async def rsgi(scope, protocol):
        reads.extend([piece async for piece in protocol])
        await protocol.client_disconnect()
        protocol.response_str(200, [], "never heard")

    app = {"wsgi": wsgi, "asgi": asgi, "rsgi": rsgi}[protocol]
    with Client(app) as client:
        response = client.post("/", content=b"abcdef", disconnect_after=Sent(4))

    assert b"".join(reads) == b"abcd"
    assert not response.complete
    assert response.body in {b"", b"never heard"}
    if protocol == "asgi":
        assert response.status == 499


def test_an_async_iterable_needs_the_async_client(echo_app):
    async def pieces():
        yield b"x"

    with Client(echo_app) as client, pytest.raises(ClientError, match="SG-TEST-007"):
        client.post("/", content=pieces())


def test_two_bodies_in_one_request_are_an_error(echo_app):
    with (
        Client(echo_app) as client,
        pytest.raises(ClientError, match="json and content"),
    ):
        client.post("/", json=1, content=b"x")


def test_the_iterator_of_a_test_may_fail_by_itself(echo_app):
    def pieces():
        yield b"x"
        raise ZeroDivisionError

    with Client(echo_app) as client, pytest.raises(ZeroDivisionError):
        client.post("/", content=pieces())


def test_websockets_are_not_for_wsgi():
    def app(environ, start_response):
        """Never called."""

    with (
        Client(app) as client,
        pytest.raises(ClientError, match="SG-TEST-009"),
        client.websocket("/"),
    ):
        pass


def test_requests_run_on_one_loop_until_the_client_is_closed():
    import asyncio

    loops = []

    async def app(scope, receive, send):
        loops.append(asyncio.get_running_loop())
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    client = Client(app)
    client.get("/")
    client.get("/")
    client.close()

    assert len(loops) == 2
    assert loops[0] is loops[1]
    assert loops[0].is_closed()


def test_a_forgotten_client_takes_its_thread_with_it():
    async def app(scope, protocol):
        protocol.response_empty(204, [])

    client = Client(app)
    client.get("/")
    gone = weakref.ref(client)
    del client
    gc.collect()

    assert gone() is None
    assert "segue-client" not in {thread.name for thread in threading.enumerate()}


def test_a_wsgi_app_runs_in_the_thread_of_the_test():
    names = []

    def app(environ, start_response):
        names.append(threading.current_thread().name)
        start_response("204 No Content", [])
        return []

    Client(app).get("/")

    assert names == [threading.current_thread().name]


def test_start_and_stop_of_a_wsgi_app_surround_the_block():
    told = []

    class App:
        def start(self):
            told.append("start")

        def stop(self):
            told.append("stop")

        def __call__(self, environ, start_response):
            told.append("call")
            start_response("204 No Content", [])
            return []

    with Client(App()) as client:
        client.get("/")
    Client(App()).get("/")

    assert told == ["start", "call", "stop", "call"]


def test_rsgi_hooks_get_the_loop_while_it_stands_still():
    told = []

    class App:
        def __rsgi_init__(self, loop):
            loop.run_until_complete(self.note("init"))

        def __rsgi_del__(self, loop):
            loop.run_until_complete(self.note("del"))

        async def note(self, word):
            told.append(word)

        async def __rsgi__(self, scope, protocol):
            told.append("call")
            protocol.response_empty(204, [])

    with Client(App()) as client:
        client.get("/")

    assert told == ["init", "call", "del"]


@pytest.mark.parametrize("hook", ["__rsgi_init__", "__rsgi_del__"])
def test_what_an_rsgi_hook_raises_comes_out(hook):
    def fail(self, loop):
        raise LookupError(hook)

    async def call(self, scope, protocol):
        """Never called."""

    app = type("App", (), {hook: fail, "__rsgi__": call})()

    with pytest.raises(LookupError, match=hook), Client(app):
        pass

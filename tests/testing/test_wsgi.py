"""What PEP 3333 asks of an app, and what the client does when it is not done."""

import io
import sys

import pytest

from segue.testing import Client, ProtocolError, Received, Sent
from segue.testing.environ import FileWrapper, RequestInput

pytestmark = pytest.mark.feature("M-203")


def get(app, **options):
    with Client(app, protocol="wsgi") as client:
        return client.get("/", **options)


def fail():
    raise LookupError("inside")


def answering(status="200 OK", headers=(), body=(b"",)):
    def app(environ, start_response):
        start_response(status, list(headers))
        return body

    return app


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (answering(body="text"), "returned 'text'"),
        (answering(body=b"bytes"), "returned b'bytes'"),
        (answering(body=None), "returned None"),
        (answering(body=["text"]), "yielded 'text'"),
        (answering("200"), "status '200'"),
        (answering(200), "status 200"),
        (answering(headers=[("a", 1)]), r"header \('a', 1\)"),
        (answering(headers=[["a", "b"]]), r"header \['a', 'b'\]"),
        (answering(headers=[("a b", "c")]), "header name 'a b'"),
        (answering(headers=[("a", "b\r\nc: d")]), "'a' has the value"),
        (answering(headers=[("a", "\u20ac")]), "'a' has the value"),
        (answering(headers=[("Connection", "close")]), "hop-by-hop header"),
        (answering(headers=[("content-length", "x")]), "content-length is 'x'"),
        (
            answering(headers=[("content-length", "1"), ("content-length", "2")]),
            "content-length is '1, 2'",
        ),
        (answering(headers=[("content-length", "3")], body=[b"ab"]), "has 2 bytes"),
        (answering(headers=[("content-length", "1")], body=[b"ab"]), "has 2 bytes"),
        (answering("204 No Content", body=[b"x"]), "with status 204"),
        (answering("204 No Content", [("content-length", "0")]), "with status 204"),
        (lambda environ, start_response: [b"x"], "before it called start_response"),
        (lambda environ, start_response: [], "before it called start_response"),
    ],
)
def test_a_broken_rule_is_named(app, words):
    with pytest.raises(ProtocolError, match="SG-TEST-002") as caught:
        get(app)

    assert caught.match(words)


def test_headers_must_be_a_list():
    def app(environ, start_response):
        start_response("200 OK", (("a", "b"),))
        return []

    with pytest.raises(ProtocolError, match="headers of type tuple"):
        get(app)


def test_an_app_that_swallows_its_mistake_does_not_hide_it():
    def app(environ, start_response):
        try:
            start_response("nonsense", [])
        except RuntimeError:
            start_response("200 OK", [])
        return []

    with pytest.raises(ProtocolError, match="nonsense"):
        get(app)


def test_a_length_without_a_body_may_come_with_304():
    response = get(answering("304 Not Modified", [("content-length", "9")], []))

    assert response.status == 304


def test_start_response_is_called_once():
    def app(environ, start_response):
        start_response("200 OK", [])
        start_response("201 Created", [])
        return []

    with pytest.raises(ProtocolError, match="again, with '201 Created'"):
        get(app)


def test_an_error_page_may_replace_an_answer_that_has_not_begun():
    def app(environ, start_response):
        start_response("200 OK", [])
        try:
            fail()
        except LookupError:
            start_response("500 Oh", [("x", "y")], sys.exc_info())
        return [b"page"]

    response = get(app)

    assert (response.status, response.text) == (500, "page")
    assert response.headers["x"] == "y"


def test_an_error_after_the_first_piece_comes_out():
    def app(environ, start_response):
        start_response("200 OK", [])
        yield b"begun"
        try:
            fail()
        except LookupError:
            start_response("500 Oh", [], sys.exc_info())

    with pytest.raises(LookupError, match="inside"):
        get(app)


def test_what_is_written_comes_before_what_is_returned():
    def app(environ, start_response):
        write = start_response("200 OK", [])
        write(b"a")
        write(b"b")
        return [b"c"]

    assert get(app).text == "abc"


def test_writing_to_a_client_that_is_gone_is_an_os_error():
    seen = []

    def app(environ, start_response):
        write = start_response("200 OK", [])
        try:
            write(b"a")
        except OSError as error:
            seen.append(str(error))
        return []

    with Client(app) as client:
        cut = client.post("/", content=b"abc", disconnect_after=Sent(1))
        begun = client.get("/", disconnect_after=Received(0))

    assert seen == ["The client has hung up."] * 2
    assert not cut.complete
    assert begun.status == 200


def test_the_iterable_is_closed_once_whatever_happens():
    closed = []

    class Body(list):
        def close(self):
            closed.append(1)

    get(answering(body=Body([b"x"])))
    with Client(answering(body=Body([b"x", b"y"]))) as client:
        with client.stream("GET", "/") as stream:
            next(stream.iter_bytes())
        stream.close()
        stream.abandon()

    assert closed == [1, 1]


def test_what_close_raises_comes_out():
    class Body(list):
        def close(self):
            raise LookupError("at the end")

    with pytest.raises(LookupError, match="at the end"):
        get(answering(body=Body()))


def test_an_error_between_two_pieces_comes_out():
    def app(environ, start_response):
        start_response("200 OK", [])
        yield b"a"
        raise LookupError("between")

    with Client(app) as client:
        with (
            pytest.raises(LookupError, match="between"),
            client.stream("GET", "/") as stream,
        ):
            list(stream.iter_bytes())
        with pytest.raises(LookupError, match="between"):
            client.get("/")

    with Client(app, raise_server_exceptions=False) as client:
        response = client.get("/")

    assert (response.status, response.body, response.complete) == (200, b"a", False)


def test_the_app_runs_no_further_than_its_answer_is_read():
    made = []

    def app(environ, start_response):
        start_response("200 OK", [])
        for number in range(5):
            made.append(number)
            yield b"%d" % number

    with Client(app) as client, client.stream("GET", "/") as stream:
        chunks = stream.iter_bytes()
        next(chunks)
        next(chunks)

        assert made == [0, 1]


def test_the_environ_is_that_of_pep_3333():
    environs = []

    def app(environ, start_response):
        environs.append(environ)
        start_response("204 No Content", [])
        return []

    with Client(app, base_url="https://a.example") as client:
        client.post("/p/é?q=%C3%A9", content=b"abc", headers={"content-type": "a/b"})
    environ = environs[0]

    assert type(environ) is dict
    assert environ["PATH_INFO"] == "/p/é".encode().decode("latin-1")
    assert environ["QUERY_STRING"] == "q=%C3%A9"
    assert environ["SERVER_NAME"] == "a.example"
    assert environ["SERVER_PORT"] == "443"
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert environ["CONTENT_TYPE"] == "a/b"
    assert environ["CONTENT_LENGTH"] == "3"
    assert environ["REMOTE_ADDR"] == "127.0.0.1"
    assert environ["wsgi.version"] == (1, 0)
    assert environ["wsgi.url_scheme"] == "https"
    assert environ["wsgi.errors"] is sys.stderr
    assert "HTTP_CONTENT_TYPE" not in environ


def test_repeated_and_underscored_headers_become_one_variable():
    seen = {}

    def app(environ, start_response):
        seen.update(environ)
        start_response("204 No Content", [])
        return []

    headers = [("x-a", "1"), ("X_A", "2"), ("cookie", "a=1"), ("cookie", "b=2")]
    with Client(app) as client:
        client.get("/", headers=headers)

    assert seen["HTTP_X_A"] == "1,2"
    assert seen["HTTP_COOKIE"] == "a=1; b=2"


def test_a_mount_point_is_cut_off_the_path():
    seen = {}

    def app(environ, start_response):
        seen.update(environ)
        start_response("204 No Content", [])
        return []

    with Client(app, root_path="/shop") as client:
        client.get("/shop/books")

    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/shop", "/books")


def test_the_input_reads_like_a_file():
    def fresh():
        return RequestInput([b"ab\nc", b"d\n", b"e"], None, chunked=False)

    assert fresh().read() == b"ab\ncd\ne"
    assert fresh().read(None) == b"ab\ncd\ne"
    assert fresh().read(3) == b"ab\n"
    assert fresh().read(0) == b""
    assert fresh().readline() == b"ab\n"
    assert fresh().readline(1) == b"a"
    assert fresh().readlines() == [b"ab\n", b"cd\n", b"e"]
    assert list(fresh()) == [b"ab\n", b"cd\n", b"e"]


def test_the_input_never_gives_more_than_the_body():
    body = RequestInput([b"abc"], None, chunked=False)

    assert [body.read(2), body.read(2), body.read(2)] == [b"ab", b"c", b""]


def test_a_cut_body_is_short_and_a_cut_chunk_is_an_error():
    short = RequestInput([b"abc", b"def"], Sent(4), chunked=False)
    exact = RequestInput([b"abc", b"def"], Sent(6), chunked=True)
    broken = RequestInput([b"abc", b"def"], Sent(4), chunked=True)

    assert short.read() == b"abcd"
    assert exact.read() == b"abcdef"
    with pytest.raises(OSError, match="chunked"):
        broken.read()


def test_the_file_wrapper_reads_blocks_and_closes_the_file():
    file = io.BytesIO(b"abcde")
    wrapper = FileWrapper(file, 2)

    assert list(wrapper) == [b"ab", b"cd", b"e"]
    wrapper.close()
    assert file.closed


def test_the_file_wrapper_takes_what_cannot_be_closed():
    class Reader:
        def read(self, size):
            return b""

    wrapper = FileWrapper(Reader())
    wrapper.close()

    assert list(wrapper) == []


def test_an_app_may_answer_with_the_file_wrapper():
    def app(environ, start_response):
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](io.BytesIO(b"abc"))

    assert get(app).body == b"abc"

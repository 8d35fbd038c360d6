"""What an environ says of a request: its body above all."""

import io
from collections.abc import Iterator
from contextvars import copy_context
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from segue import App, Request

WHOLE = b'{"a":12}'
JSON = {"CONTENT_TYPE": "application/json"}


def make_environ(
    path: str = "/", body: Any = b"", method: str = "POST", **fields: Any
) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "PATH_INFO": path,
        "REQUEST_METHOD": method,
        "HTTP_HOST": "testserver",
        "wsgi.input": io.BytesIO(body) if isinstance(body, bytes) else body,
    }
    setup_testing_defaults(environ)
    environ.update(fields)
    return environ


def ask(app: App, environ: dict[str, Any]) -> tuple[int, bytes]:
    # A server's thread has a context of its own.
    return copy_context().run(_ask, app, environ)


def _ask(app: App, environ: dict[str, Any]) -> tuple[int, bytes]:
    status: list[str] = []
    answer = app(environ, lambda line, headers: status.append(line))
    try:
        body = b"".join(answer)
    finally:
        getattr(answer, "close", lambda: None)()
    return int(status[0].partition(" ")[0]), body


class Slow(io.RawIOBase):
    """A source that gives one byte at a time, then what the test wants."""

    def __init__(self, data: bytes, end: bytes | Exception = b"") -> None:
        self._data = iter(data)
        self._end = end

    def read(self, size: int = -1) -> bytes:
        byte = next(self._data, None)
        if byte is not None:
            return bytes([byte])
        if isinstance(self._end, Exception):
            raise self._end
        return self._end


@pytest.fixture(params=["whole", "pieces", "decoded"])
def reader(request: pytest.FixtureRequest, app: App, colour: str) -> str:
    """Add handlers that read a body in one of three ways; give which."""

    def whole(request: Request) -> str:
        return request.body().decode()

    async def awhole(request: Request) -> str:
        return (await request.abody()).decode()

    def pieces(request: Request) -> str:
        return b"".join(request.stream()).decode()

    async def apieces(request: Request) -> str:
        return b"".join([chunk async for chunk in request.astream()]).decode()

    def decoded(data: dict[str, int]) -> dict[str, int]:
        return data

    async def adecoded(data: dict[str, int]) -> dict[str, int]:
        return data

    handlers = {
        "whole": (whole, awhole),
        "pieces": (pieces, apieces),
        "decoded": (decoded, adecoded),
    }
    app.add(
        "/",
        handlers[request.param][colour != "def"],
        methods=["POST"],
        body_limit=20,
    )
    return str(request.param)


def test_a_body_that_comes_slowly_is_read_to_its_end(app: App, reader: str) -> None:
    for source in (WHOLE, Slow(WHOLE)):
        environ = make_environ(body=source, CONTENT_LENGTH="8", **JSON)

        assert ask(app, environ) == (200, WHOLE)


@pytest.mark.parametrize("given", [b"", WHOLE[:2], WHOLE[:-1]])
def test_a_body_shorter_than_its_length_is_never_taken_for_whole(
    app: App, reader: str, given: bytes, faults: list[BaseException]
) -> None:
    for source in (given, Slow(given), Slow(given, OSError("reset"))):
        environ = make_environ(body=source, CONTENT_LENGTH="8", **JSON)

        assert ask(app, environ)[0] == 499

    assert faults == []


@pytest.mark.parametrize(
    ("length", "status"), [("21", 413), ("x", 400), ("-1", 400), ("9" * 20, 400)]
)
def test_a_length_is_believed_or_refused_before_the_body_is_read(
    app: App, reader: str, length: str, status: int
) -> None:
    environ = make_environ(body=Slow(b"", AssertionError()), CONTENT_LENGTH=length)

    assert ask(app, environ)[0] == status


def chunked(body: Any, **fields: Any) -> dict[str, Any]:
    environ = make_environ(
        body=body,
        HTTP_TRANSFER_ENCODING="chunked",
        **{"wsgi.input_terminated": True},
        **JSON,
    )
    environ.pop("CONTENT_LENGTH", None)
    environ.update(fields)
    return environ


def test_a_chunked_body_is_read_where_the_server_marks_its_end(
    app: App, reader: str
) -> None:
    assert ask(app, chunked(WHOLE)) == (200, WHOLE)
    assert ask(app, chunked(Slow(WHOLE))) == (200, WHOLE)


def test_a_chunked_body_that_breaks_off_is_never_taken_for_whole(
    app: App, reader: str, faults: list[BaseException]
) -> None:
    environ = chunked(Slow(b"[1]", ValueError("a chunk is malformed")))

    assert ask(app, environ)[0] == 499
    assert faults == []


def test_an_endless_chunked_body_is_refused_at_its_limit(app: App, reader: str) -> None:
    assert ask(app, chunked(Slow(b"", b"x" * 10)))[0] == 413


@pytest.mark.parametrize(
    "fields",
    [
        {"wsgi.input_terminated": False},
        {"SERVER_SOFTWARE": "Granian"},
    ],
)
def test_a_chunked_body_is_refused_where_its_end_is_not_told(
    app: App, reader: str, fields: dict[str, Any]
) -> None:
    assert ask(app, chunked(b"[1]", **fields))[0] == 411


def test_a_request_without_a_body_has_an_empty_one(app: App, reader: str) -> None:
    environ = make_environ(CONTENT_LENGTH="")

    status, body = ask(app, environ)

    assert (status, body) == (200, b"") or (reader, status) == ("decoded", 422)


@pytest.mark.parametrize(
    ("script", "path", "status", "seen"),
    [
        ("", "/users", 200, b"/users below "),
        ("/api", "/users", 200, b"/users below /api"),
        ("/api/", "", 200, b"/ below /api"),
        ("/gr\xc3\xbc\xc3\x9fe", "/users", 200, "/users below /grüße".encode()),
        ("", "", 400, b""),
        ("", "users", 400, b""),
        ("", "/us\xffers", 400, b""),
        ("", "/us\0ers", 400, b""),
    ],
)
def test_the_path_is_below_its_mount_point_and_decoded_once(
    app: App, script: str, path: str, status: int, seen: bytes
) -> None:
    def tell(request: Request) -> str:
        return f"{request.path} below {request.root_path}"

    app.add("/users", tell)
    app.add("/", tell)
    environ = make_environ(path, method="GET", SCRIPT_NAME=script, PATH_INFO=path)

    answer = ask(app, environ)

    assert answer[0] == status
    if status == 200:
        assert answer[1] == seen


def test_what_the_environ_leaves_out_has_a_meaning(app: App) -> None:
    def tell(request: Request) -> list[Any]:
        exchange = request.exchange
        return [
            exchange.client,
            exchange.server,
            request.scheme,
            request.http_version,
            exchange.query_string,
        ]

    app.add("/", tell)
    bare = make_environ(method="GET")
    for name in (
        "SERVER_NAME",
        "SERVER_PORT",
        "SERVER_PROTOCOL",
        "wsgi.url_scheme",
        "QUERY_STRING",
    ):
        bare.pop(name, None)
    odd = make_environ(
        method="GET",
        REMOTE_ADDR="10.0.0.1",
        REMOTE_PORT="5000",
        SERVER_NAME="a",
        SERVER_PORT="http",
        QUERY_STRING="a=1",
    )

    assert ask(app, bare) == (200, b'[null,null,"http","1.1",""]')
    assert ask(app, odd)[1] == b'[["10.0.0.1",5000],["a",null],"http","1.0","a=1"]'


def test_only_text_is_taken_for_a_header(app: App) -> None:
    def tell(request: Request) -> dict[str, str]:
        return dict(request.headers.items())

    app.add("/", tell)
    environ = make_environ(
        method="GET", HTTP_X_ONE="1", HTTP_ODD=object(), CONTENT_TYPE="text/plain"
    )

    assert ask(app, environ)[1] == (
        b'{"host":"testserver","x-one":"1","content-type":"text/plain"}'
    )


def test_two_threads_start_an_app_once(app: App) -> None:
    import threading

    seen: list[str] = []
    both = threading.Barrier(2, timeout=20)

    @app.lifespan
    def life() -> Iterator[None]:
        seen.append("started")
        yield

    @app.get("/")
    def home() -> str:
        seen.append("answered")
        return "x"

    def first() -> None:
        both.wait()
        ask(app, make_environ(method="GET"))

    threads = [threading.Thread(target=first) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == ["started", "answered", "answered"]


def test_a_thread_that_answers_again_has_its_app_at_work_already(app: App) -> None:
    app.add("/", lambda: "x")

    def twice() -> list[tuple[int, bytes]]:
        return [_ask(app, make_environ(method="GET")) for _ in range(2)]

    assert copy_context().run(twice) == [(200, b"x")] * 2

"""Answers: built, changed on the way, finished before a byte leaves."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from segue.core.errors import WalkError
from segue.core.http.caching import CacheControl
from segue.core.http.conditional import ETag
from segue.core.http.cookies import Cookie
from segue.core.http.headers import Headers, HTTPValueError
from segue.core.http.limits import Limits
from segue.core.http.response import (
    HTML,
    JSON,
    Redirect,
    Response,
    Stream,
    Text,
)
from segue.core.http.urls import URL


def asked(method: str = "GET", **fields: str) -> SimpleNamespace:
    pairs = [(name.replace("_", "-"), value) for name, value in fields.items()]
    return SimpleNamespace(method=method, headers=Headers(pairs), limits=Limits())


def show_book(id: int) -> str:
    return str(id)


class Source:
    """An iterable that knows whether it was closed."""

    def __init__(self, *chunks):
        self.chunks = chunks
        self.closed = False

    def __iter__(self):
        return iter(self.chunks)

    def close(self):
        self.closed = True


class AsyncSource(Source):
    __iter__ = None

    async def __aiter__(self):
        for chunk in self.chunks:
            yield chunk

    async def aclose(self):
        self.closed = True


class TestBodies:
    @pytest.mark.parametrize(
        ("response", "body", "kind"),
        [
            (Response("ü"), "ü".encode(), "text/plain; charset=utf-8"),
            (Response(b"x"), b"x", "application/octet-stream"),
            (Response(bytearray(b"x")), b"x", "application/octet-stream"),
            (Response(memoryview(b"x")), b"x", "application/octet-stream"),
            (Response(), b"", None),
            (Response(None), b"", None),
            (Response(""), b"", "text/plain; charset=utf-8"),
            (Response("a,b", media_type="text/csv"), b"a,b", "text/csv; charset=utf-8"),
            (
                Response("x", media_type="text/x; charset=latin-1"),
                b"x",
                "text/x; charset=latin-1",
            ),
            (Response("{}", media_type="a/b"), b"{}", "a/b"),
            (Response(b"x", media_type="text/css"), b"x", "text/css"),
            (Response("x", headers={"Content-Type": "a/b"}), b"x", "a/b"),
            (Text("x"), b"x", "text/plain; charset=utf-8"),
            (Text(b"x"), b"x", "text/plain; charset=utf-8"),
            (HTML("<p>"), b"<p>", "text/html; charset=utf-8"),
            (JSON({"a": 1}), b'{"a":1}', "application/json"),
            (
                JSON([], media_type="application/problem+json"),
                b"[]",
                "application/problem+json",
            ),
        ],
    )
    def test_a_body_is_bytes_with_a_type(self, response, body, kind):
        assert response.body == body
        assert response.media_type == kind
        assert response.kind == "bytes"
        assert response.status == 200

    @pytest.mark.parametrize("body", [{"a": 1}, 3, ["a"], object()])
    def test_anything_else_is_no_body(self, body):
        with pytest.raises(WalkError, match="SG-HTTP-012"):
            Response(body)

    @pytest.mark.parametrize("status", [100, 199, 600, 0, -1, "404", 4.04, None])
    def test_a_status_that_ends_nothing_is_refused(self, status):
        with pytest.raises(HTTPValueError, match="SG-HTTP-005"):
            Response("x", status)
        response = Response("x")
        response.status = status
        with pytest.raises(HTTPValueError, match="SG-HTTP-005"):
            response.finish("GET")

    def test_a_media_type_that_breaks_its_line_is_refused(self):
        with pytest.raises(HTTPValueError, match="SG-HTTP-001"):
            Response("x", media_type="text/x\r\na: b")
        with pytest.raises(HTTPValueError, match="SG-HTTP-001"):
            Response("x").media_type = "text/x\r\na: b"

    def test_a_cyclic_answer_is_an_error_that_names_the_cycle(self):
        data = {}
        data["me"] = data

        with pytest.raises(WalkError, match=r"\$\.me is \$ again"):
            JSON(data)

    def test_its_repr_says_what_it_is_but_no_secrets(self):
        response = HTML("x", 404)
        response.set_cookie("id", "secret7")

        assert repr(response).startswith("<HTML 404 ")
        assert "secret7" not in repr(response)


class TestHeaders:
    def test_headers_are_given_as_a_mapping_or_as_pairs(self):
        one = Response("x", 201, headers={"X-A": "1"})
        two = Response("x", 201, headers=[("x-a", "1"), ("x-a", "2")])

        assert one.headers["x-a"] == "1"
        assert two.headers.get_all("x-a") == ["1", "2"]
        assert one.media_type == "text/plain; charset=utf-8"

    def test_an_etag_is_text_or_a_tag(self):
        response = Response("x")
        assert response.etag is None
        assert not response.conditional

        response.etag = "v1"
        assert response.headers["etag"] == '"v1"'
        response.etag = ETag("v2", weak=True)

        assert response.etag == ETag("v2", weak=True)
        assert response.conditional

    def test_an_etag_can_be_made_of_the_body(self):
        one, two, named = Response("x"), Response("y"), Response("x")
        named.etag = "v1"

        for response in (one, two, named):
            response.add_etag()

        assert one.etag != two.etag
        assert not one.etag.weak
        assert named.etag == ETag("v1")

    def test_a_date_is_told_in_utc(self):
        response = Response("x")
        assert response.last_modified is None

        response.last_modified = datetime(2024, 1, 1, tzinfo=UTC)

        assert response.headers["last-modified"] == "Mon, 01 Jan 2024 00:00:00 GMT"
        assert response.last_modified == datetime(2024, 1, 1, tzinfo=UTC)
        assert response.conditional

    def test_caching_is_said_in_words(self):
        response = Response("x")

        response.cache(max_age=60, public=True)
        assert response.headers["cache-control"] == "public, max-age=60"
        response.cache(CacheControl(no_store=True))

        assert response.headers["cache-control"] == "no-store"

    def test_vary_is_collected(self):
        response = Response("x")

        response.vary("Cookie")
        response.vary("accept", "cookie")

        assert response.headers["vary"] == "cookie, accept"


class TestCookies:
    def test_cookies_are_set_one_beside_the_other(self):
        response = Response("x", cookies=[Cookie(name="a", value="1")])

        response.set_cookie("b", "2", max_age=60, samesite="strict")

        assert response.headers.get_all("set-cookie") == [
            "a=1; Path=/; HttpOnly; SameSite=Lax",
            "b=2; Max-Age=60; Path=/; HttpOnly; SameSite=Strict",
        ]

    def test_a_cookie_set_again_is_replaced(self):
        response = Response("x")
        response.headers.add("set-cookie", "own=1")
        response.set_cookie("a", "1")
        response.set_cookie("a", "1", path="/x")

        response.set_cookie("a", "2")

        texts = [c.partition("; ")[0] for c in response.headers.get_all("set-cookie")]
        assert texts == ["own=1", "a=1", "a=2"]

    def test_a_cookie_is_deleted_by_its_past(self):
        response = Response("x")
        response.set_cookie("a", "1")

        response.delete_cookie("a")
        response.delete_cookie("b", path="/x", domain="example.org")

        first, second = response.headers.get_all("set-cookie")
        assert first.startswith("a=; Max-Age=0; Expires=Thu, 01 Jan 1970")
        assert "Domain=example.org; Path=/x" in second

    def test_a_line_break_in_a_cookie_is_refused(self):
        response = Response("x")

        with pytest.raises(HTTPValueError, match="SG-HTTP-002"):
            response.set_cookie("a", "1\r\nSet-Cookie: admin=1")

        assert "set-cookie" not in response.headers


class TestFinish:
    @pytest.mark.parametrize(
        ("status", "method", "length", "body"),
        [
            (200, "GET", "5", b"hello"),
            (200, "HEAD", "5", b""),
            (404, "GET", "5", b"hello"),
            (404, "HEAD", "5", b""),
            (204, "GET", None, b""),
            (204, "HEAD", None, b""),
            (304, "GET", None, b""),
        ],
    )
    def test_the_length_is_told_where_there_is_a_body(
        self, status, method, length, body
    ):
        response = Text("hello", status, headers={"content-length": "77"})

        response.finish(method)
        response.finish(method)

        assert response.headers.get("content-length") == length
        assert response.body == body
        assert ("content-type" in response.headers) is (length is not None)

    def test_an_empty_answer_has_the_length_zero(self):
        get, head = Response(), Response()

        get.finish("GET")
        head.finish("HEAD")

        assert get.headers.pairs() == head.headers.pairs() == [("content-length", "0")]


@pytest.mark.feature("M-049")
class TestConditional:
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_a_client_that_has_it_gets_no_body(self, method):
        response = HTML("<p>", headers={"vary": "cookie", "cache-control": "max-age=9"})
        response.etag = "v1"

        response.prepare(asked(method, if_none_match='"v1"'))
        response.finish(method)

        assert response.status == 304
        assert response.body == b""
        assert response.headers.pairs() == [
            ("vary", "cookie"),
            ("cache-control", "max-age=9"),
            ("etag", '"v1"'),
        ]

    def test_a_client_with_an_old_state_gets_all(self):
        response = Text("x")
        response.last_modified = datetime(2024, 1, 1, tzinfo=UTC)

        response.prepare(asked(if_modified_since="Sun, 31 Dec 2023 00:00:00 GMT"))

        assert (response.status, response.body) == (200, b"x")

    def test_a_condition_that_does_not_hold_is_412(self):
        response = Text("x")
        response.etag = "v1"

        response.prepare(asked(if_match='"v0"'))
        response.finish("GET")

        assert response.status == 412
        assert response.headers.pairs() == [("etag", '"v1"'), ("content-length", "0")]

    @pytest.mark.parametrize(
        ("status", "method"), [(200, "POST"), (201, "GET"), (404, "GET")]
    )
    def test_only_a_read_that_succeeded_is_compared(self, status, method):
        response = Text("x", status)
        response.etag = "v1"

        response.prepare(asked(method, if_none_match='"v1"', if_match='"v0"'))

        assert (response.status, response.body) == (status, b"x")

    def test_an_answer_without_a_name_is_not_compared(self):
        response = Text("x")

        response.prepare(asked(if_none_match="*"))

        assert response.status == 200


@pytest.mark.feature("M-048")
class TestRedirect:
    @pytest.mark.parametrize(
        ("to", "location"),
        [
            ("/books", "/books"),
            ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
            ("?page=2", "?page=2"),
            ("#top", "#top"),
            ("../up", "../up"),
            ("/b\u00fccher/a b", "/b%C3%BCcher/a%20b"),
            ("/\\evil.example", "/%5Cevil.example"),
            ("myapp://done", "myapp://done"),
            (URL.parse("/a?b=1"), "/a?b=1"),
        ],
    )
    def test_a_url_is_taken_literally(self, to, location):
        response = Redirect(to)
        response.resolve(lambda *_: pytest.fail("there is nothing to look up"))
        response.finish("GET")

        assert response.headers["location"] == location
        assert response.status == 303
        assert response.headers["content-length"] == "0"
        assert "content-type" not in response.headers

    @pytest.mark.parametrize(
        ("to", "location"),
        [
            ("/a", "/a?q=x%20y&tag=1&tag=2"),
            ("/a?b=1#c", "/a?b=1&q=x%20y&tag=1&tag=2#c"),
        ],
    )
    def test_values_become_the_query(self, to, location):
        response = Redirect(to, q="x y", tag=[1, 2], none=None)

        assert response.headers["location"] == location

    def test_a_handler_or_a_name_is_looked_up_when_answering(self):
        seen = []

        def build(target, **values):
            seen.append((target, values))
            return "/books/3"

        for to in (show_book, "books.show"):
            response = Redirect(to, status=307, id=3)
            assert "location" not in response.headers
            response.resolve(build)
            response.resolve(build)
            assert response.headers["location"] == "/books/3"
            assert response.status == 307

        assert seen == [(show_book, {"id": 3}), ("books.show", {"id": 3})]

    def test_one_that_was_not_looked_up_is_not_sent(self):
        with pytest.raises(WalkError, match="SG-HTTP-011"):
            Redirect(show_book, id=3).finish("GET")

    @pytest.mark.parametrize(
        "to", ["/a\r\nSet-Cookie: admin=1", "/\0", "/\u00fc\n", "https://a/\x7f"]
    )
    def test_a_line_break_is_refused(self, to):
        with pytest.raises(HTTPValueError):
            Redirect(to)
        with pytest.raises(HTTPValueError):
            Redirect(show_book).resolve(lambda *_: to)

    @pytest.mark.parametrize(
        "to", ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "vbscript:x"]
    )
    def test_a_script_is_no_target(self, to):
        with pytest.raises(HTTPValueError, match="SG-HTTP-010"):
            Redirect(to)

    @pytest.mark.parametrize("status", [200, 300, 304, 404, "303"])
    def test_a_status_that_does_not_redirect_is_refused(self, status):
        with pytest.raises(HTTPValueError, match="SG-HTTP-010"):
            Redirect("/", status=status)

    def test_headers_and_cookies_go_with_it(self):
        response = Redirect(
            "/", headers={"x-a": "1"}, cookies=[Cookie(name="a", value="1")]
        )

        assert response.headers["x-a"] == "1"
        assert "set-cookie" in response.headers


class TestStream:
    def test_chunks_are_bytes_in_the_end(self):
        def rows() -> Iterator[bytes | str]:
            yield "ü"
            yield b""
            yield ""
            yield b"x"
            yield bytearray(b"y")
            yield memoryview(b"z")

        response = Stream(rows(), media_type="text/plain; charset=utf-8")
        response.finish("GET")

        assert list(response) == ["ü".encode(), b"x", b"y", b"z"]
        assert not response.is_async
        assert response.kind == "stream"
        assert "content-length" not in response.headers

    def test_async_chunks_are_bytes_as_well(self):
        async def rows() -> AsyncIterator[str]:
            yield "a"
            yield ""
            yield "b"

        async def collect():
            return [chunk async for chunk in response]

        response = Stream(rows())

        assert response.is_async
        assert asyncio.run(collect()) == [b"a", b"b"]
        assert response.media_type == "application/octet-stream"

    @pytest.mark.parametrize(
        "source", ["text", b"bytes", bytearray(), memoryview(b""), {"a": 1}, 3, None]
    )
    def test_what_is_no_stream_is_refused(self, source):
        with pytest.raises(WalkError, match="SG-HTTP-013"):
            Stream(source)

    @pytest.mark.parametrize("chunk", [None, 3, {"a": 1}])
    def test_what_is_no_chunk_is_refused(self, chunk):
        with pytest.raises(WalkError, match="SG-HTTP-013"):
            list(Stream([chunk]))

    def test_the_wrong_colour_is_an_error(self):
        async def collect():
            return [chunk async for chunk in Stream(["a"])]

        with pytest.raises(WalkError, match="async for"):
            list(Stream(AsyncSource("a")))
        with pytest.raises(WalkError, match="with `for`"):
            asyncio.run(collect())

    def test_closing_closes_the_source(self):
        source = Source("a")
        response = Stream(source)

        response.close()

        assert source.closed

    def test_closing_on_the_loop_closes_either_source(self):
        sources = [Source("a"), AsyncSource("a")]

        async def close_all():
            for source in sources:
                await Stream(source).aclose()
            await Stream(["a"]).aclose()
            await Response("x").aclose()

        asyncio.run(close_all())

        assert [source.closed for source in sources] == [True, True]

    @pytest.mark.parametrize(
        ("status", "method"), [(200, "HEAD"), (204, "GET"), (304, "GET")]
    )
    def test_a_stream_that_must_not_be_sent_is_closed(self, status, method):
        source = Source("a")
        response = Stream(source, status, headers={"content-length": "1"})

        response.finish(method)

        assert source.closed
        assert list(response) == []
        assert ("content-length" in response.headers) is (status == 200)

    def test_a_client_that_has_it_gets_no_stream(self):
        source = Source("a")
        response = Stream(source)
        response.etag = "v1"

        response.prepare(asked(if_none_match='"v1"'))
        response.finish("GET")

        assert response.status == 304
        assert source.closed
        assert list(response) == []

    def test_an_async_stream_that_never_began_is_dropped(self):
        source = AsyncSource("a")
        response = Stream(source)

        response.finish("HEAD")

        async def rest():
            chunks = [chunk async for chunk in response]
            await response.aclose()
            return chunks

        assert asyncio.run(rest()) == []
        assert source.closed


class TestAfterwards:
    def test_calls_are_kept_in_order(self):
        calls = []
        response = Response("x")

        response.after(calls.append, 1)
        response.after(calls.extend, [2, 3])
        for function, args, kwargs in response.background:
            function(*args, **kwargs)

        assert calls == [1, 2, 3]

    def test_nothing_is_shared_between_answers(self):
        one, two = Response("x"), Response("x")

        one.after(print)
        one.headers["x-a"] = "1"

        assert two.background == []
        assert "x-a" not in two.headers

"""Compression: by what the client takes, and never at the price of a secret."""

import asyncio
import gzip
import zlib
from types import SimpleNamespace

import brotli
import pytest

from segue.core.http import compression
from segue.core.http.compression import Compression
from segue.core.http.conditional import ETag
from segue.core.http.files import File
from segue.core.http.headers import Headers, HTTPValueError
from segue.core.http.limits import Limits
from segue.core.http.response import HTML, JSON, Response, Stream, Text

try:
    from compression import zstd
except ImportError:
    from backports import zstd

PAGE = "<p>Hello, World!</p>" * 100


def asked(accept="gzip", **fields):
    pairs = [(name.replace("_", "-"), value) for name, value in fields.items()]
    if accept is not None:
        pairs.append(("accept-encoding", accept))
    return SimpleNamespace(method="GET", headers=Headers(pairs), limits=Limits())


def applied(response, request=None, **options):
    Compression(**options).apply(request or asked(), response)
    return response


class App:
    """As much of an app as an extension needs here."""

    def __init__(self):
        self.hooks = []

    def after(self, function):
        self.hooks.append(function)


class TestBodies:
    @pytest.mark.feature("M-050")
    def test_a_page_is_compressed_with_gzip(self):
        response = applied(HTML(PAGE))
        response.finish("GET")

        assert gzip.decompress(response.body).decode() == PAGE
        assert response.headers["content-encoding"] == "gzip"
        assert response.headers["vary"] == "accept-encoding"
        assert int(response.headers["content-length"]) == len(response.body) < 200

    @pytest.mark.feature("M-051")
    @pytest.mark.parametrize(
        ("coding", "decompress"), [("br", brotli.decompress), ("zstd", zstd.decompress)]
    )
    def test_a_page_is_compressed_with_what_the_client_likes_best(
        self, coding, decompress
    ):
        response = applied(HTML(PAGE), asked(f"gzip;q=0.5, {coding}"))

        assert decompress(response.body).decode() == PAGE
        assert response.headers["content-encoding"] == coding

    def test_of_equals_the_favourite_is_chosen(self):
        assert applied(HTML(PAGE), asked("gzip, br, zstd")).headers[
            "content-encoding"
        ] == ("zstd")
        assert applied(
            HTML(PAGE), asked("gzip, br, zstd"), codings=["gzip", "br"]
        ).headers["content-encoding"] == ("gzip")

    @pytest.mark.parametrize("accept", [None, "", "identity", "gzip;q=0", "deflate"])
    def test_a_client_that_takes_none_gets_it_as_it_is(self, accept):
        response = applied(HTML(PAGE), asked(accept))

        assert response.body.decode() == PAGE
        assert "content-encoding" not in response.headers
        assert response.headers["vary"] == "accept-encoding"

    def test_a_small_body_is_left_alone(self):
        small = applied(Text("x" * 499))
        large = applied(Text("x" * 500))
        tiny = applied(Text("x" * 50), minimum=10)

        assert "content-encoding" not in small.headers
        assert small.headers["vary"] == "accept-encoding"
        assert large.headers["content-encoding"] == "gzip"
        assert tiny.headers["content-encoding"] == "gzip"

    def test_a_body_that_would_grow_is_left_alone(self):
        response = applied(Text("abcdefgh"), minimum=1)

        assert response.body == b"abcdefgh"
        assert "content-encoding" not in response.headers

    @pytest.mark.parametrize(
        ("media_type", "compressed"),
        [
            ("text/css", True),
            ("TEXT/CSS; charset=utf-8", True),
            ("application/json", True),
            ("application/problem+json", True),
            ("image/svg+xml", True),
            ("application/wasm", True),
            ("image/png", False),
            ("application/zip", False),
            ("application/octet-stream", False),
            ("nonsense", False),
        ],
    )
    def test_only_types_that_become_smaller_are_touched(self, media_type, compressed):
        response = applied(Response(PAGE.encode(), media_type=media_type))

        assert ("content-encoding" in response.headers) is compressed
        assert ("vary" in response.headers) is compressed

    def test_an_answer_without_type_is_not_touched(self):
        assert applied(Response()).headers.pairs() == []

    def test_the_types_can_be_chosen(self):
        response = applied(HTML(PAGE), types=["application/json"])
        data = applied(JSON([PAGE]), types=["application/json"])

        assert "content-encoding" not in response.headers
        assert "content-encoding" in data.headers

    def test_what_is_compressed_already_is_not_touched(self):
        response = HTML(PAGE, headers={"content-encoding": "br"})

        applied(response)

        assert response.body.decode() == PAGE
        assert "vary" not in response.headers

    def test_no_transform_is_obeyed(self):
        response = HTML(PAGE)
        response.cache(no_transform=True)
        other = HTML(PAGE)
        other.cache(max_age=60)

        assert "content-encoding" not in applied(response).headers
        assert "content-encoding" in applied(other).headers

    @pytest.mark.parametrize("status", [204, 206])
    def test_parts_and_nothing_are_not_touched(self, status):
        assert "vary" not in applied(HTML(PAGE, status)).headers

    def test_files_are_sent_as_they_are(self, tmp_path):
        (tmp_path / "a.txt").write_text(PAGE)

        response = applied(File(tmp_path, "a.txt"))

        assert "content-encoding" not in response.headers
        assert "vary" not in response.headers

    def test_errors_are_compressed_too(self):
        assert "content-encoding" in applied(HTML(PAGE, 404)).headers

    def test_a_strong_tag_becomes_weak(self):
        response = HTML(PAGE)
        response.etag = "v1"
        response.headers["accept-ranges"] = "bytes"

        applied(response)

        assert response.etag == ETag("v1", weak=True)
        assert "accept-ranges" not in response.headers

    def test_a_304_has_the_tag_and_the_vary_of_its_200(self):
        request = asked(if_none_match='W/"v1"')
        response = HTML(PAGE)
        response.etag = "v1"
        response.prepare(request)

        applied(response, request)
        response.finish("GET")

        assert response.status == 304
        assert response.headers.pairs() == [
            ("etag", 'W/"v1"'),
            ("vary", "accept-encoding"),
        ]


class TestStreams:
    def test_each_chunk_arrives_by_itself(self):
        reader = zlib.decompressobj(31)
        response = applied(
            Stream(["data: 1\n\n", "", b"data: 2\n\n"], media_type="text/event-stream")
        )

        chunks = iter(response)

        assert reader.decompress(next(chunks)) == b"data: 1\n\n"
        assert reader.decompress(next(chunks)) == b"data: 2\n\n"
        assert reader.decompress(b"".join(chunks)) == b""
        assert reader.eof
        assert response.headers["content-encoding"] == "gzip"

    @pytest.mark.parametrize(
        ("coding", "decompress"),
        [
            ("gzip", gzip.decompress),
            ("br", brotli.decompress),
            ("zstd", zstd.decompress),
        ],
    )
    def test_an_async_stream_is_compressed(self, coding, decompress):
        async def rows():
            for number in range(100):
                yield f"row {number}\n"

        async def collect():
            chunks = [chunk async for chunk in response]
            await response.aclose()
            return chunks

        response = Stream(
            rows(), media_type="text/csv", headers={"content-length": "790"}
        )
        applied(response, asked(coding))

        chunks = asyncio.run(collect())

        assert decompress(b"".join(chunks)) == (
            "".join(f"row {number}\n" for number in range(100)).encode()
        )
        assert len(chunks) == 101
        assert "content-length" not in response.headers

    @pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
    def test_a_chunk_of_every_coding_can_be_read_at_once(self, coding):
        readers = {
            "gzip": lambda: zlib.decompressobj(31).decompress,
            "br": lambda: brotli.Decompressor().process,
            "zstd": lambda: zstd.ZstdDecompressor().decompress,
        }
        read = readers[coding]()

        response = applied(Stream(["first"], media_type="text/plain"), asked(coding))

        assert read(next(iter(response))) == b"first"

    def test_an_empty_stream_is_a_whole_body(self):
        response = applied(Stream([], media_type="text/plain"))

        assert gzip.decompress(b"".join(response)) == b""

    def test_closing_closes_the_source_begun_or_not(self):
        class Rows:
            def __init__(self):
                self.closed = 0

            def __iter__(self):
                return iter(["a", "b"])

            def close(self):
                self.closed += 1

        begun, fresh = Rows(), Rows()
        for source in (begun, fresh):
            response = applied(Stream(source, media_type="text/plain"))
            if source is begun:
                next(iter(response))
            response.close()

        assert (begun.closed, fresh.closed) == (1, 1)


class TestSecrets:
    """What BREACH needs is a secret of somebody; see the module."""

    @pytest.mark.parametrize(
        "fields", [{"cookie": "id=7"}, {"authorization": "Basic eA=="}]
    )
    def test_an_answer_to_somebody_known_is_not_compressed(self, fields):
        response = applied(HTML(PAGE), asked(**fields))

        assert response.body.decode() == PAGE
        assert response.headers["vary"] == "accept-encoding"

    def test_an_answer_that_sets_a_cookie_is_not_compressed(self):
        response = HTML(PAGE)
        response.set_cookie("id", "7")

        assert "content-encoding" not in applied(response).headers

    def test_what_is_public_is_compressed_for_everybody(self):
        response = HTML(PAGE)
        response.cache(public=True, max_age=60)
        private = HTML(PAGE)
        private.cache(private=True)
        request = asked(cookie="id=7")

        assert "content-encoding" in applied(response, request).headers
        assert "content-encoding" not in applied(private, request).headers

    def test_the_handler_knows_better(self):
        safe, secret = HTML(PAGE), HTML(PAGE)
        safe.secret, secret.secret = False, True

        assert "content-encoding" in applied(safe, asked(cookie="id=7")).headers
        assert "content-encoding" not in applied(secret, secrets=True).headers

    def test_the_rule_can_be_given_up(self):
        response = applied(HTML(PAGE), asked(cookie="id=7"), secrets=True)

        assert "content-encoding" in response.headers


class TestSetUp:
    def test_it_compresses_after_the_other_hooks(self):
        app = App()
        extension = Compression()

        extension.setup(app)

        assert app.hooks == [extension.apply]
        assert extension.codings == ("zstd", "br", "gzip")

    def test_a_level_is_an_effort(self):
        fast = applied(Text(PAGE), level={"gzip": 1})
        small = applied(Text(PAGE), level={"gzip": 9})

        # RFC 1952, section 2.3.1: the ninth byte tells how hard zlib tried.
        assert (fast.body[8], small.body[8]) == (4, 2)

    @pytest.mark.parametrize(
        "options",
        [
            {"level": {"gzip": 12}},
            {"level": {"br": 99}},
            {"level": {"zstd": 9999}},
            {"level": {"deflate": 1}},
            {"codings": ["deflate"]},
        ],
    )
    def test_what_does_not_exist_is_refused_at_once(self, options):
        with pytest.raises(HTTPValueError, match="SG-HTTP-015"):
            Compression(**options)

    def test_a_library_that_is_not_installed_is_left_out(self, monkeypatch):
        monkeypatch.setattr(compression, "_ZSTD", ("no_such_library",))
        monkeypatch.setattr(compression, "_BROTLI", ("no_such_library", "zlib_no"))

        assert Compression().codings == ("gzip",)

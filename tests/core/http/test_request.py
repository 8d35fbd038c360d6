import asyncio
import gc
import weakref

import msgspec
import pytest

from segue.core.errors import (
    BadRequest,
    ContentTooLarge,
    SegueError,
    UnprocessableContent,
    UnsupportedMediaType,
)
from segue.core.http.exchange import Exchange
from segue.core.http.limits import Limits
from segue.core.http.media import MediaType
from segue.core.http.proxies import ProxyTrust
from segue.core.http.request import Request


class Source:
    """A body in chunks that remembers how many of them were taken."""

    def __init__(self, *chunks, content_length=None):
        self.content_length = content_length
        self.taken = 0
        self._chunks = chunks

    def chunks(self):
        for chunk in self._chunks:
            self.taken += 1
            yield chunk

    async def achunks(self):
        for chunk in self.chunks():
            yield chunk


class Plain:
    """An exchange that nobody had to send."""

    def __init__(self, *chunks, headers=(), content_length=None, **parts):
        self.protocol = "asgi"
        self.method = "GET"
        self.path = "/"
        self.root_path = ""
        self.query_string = ""
        self.scheme = "http"
        self.http_version = "1.1"
        self.client = ("203.0.113.9", 4711)
        self.server = ("127.0.0.1", 8000)
        self.raw = {"the": "scope"}
        self.body = Source(*chunks, content_length=content_length)
        self.asked = 0
        self._headers = [(n.lower(), v) for n, v in headers]
        self.__dict__.update(parts)

    def header_pairs(self):
        self.asked += 1
        return self._headers


def request(*chunks, limits=None, proxies=None, **parts):
    exchange: Exchange = Plain(*chunks, **parts)
    return Request(exchange, limits=limits or Limits(), proxies=proxies)


def sent(body, content_type=None, **parts):
    headers = [("content-type", content_type)] if content_type else []
    return request(body, headers=headers, **parts)


def sync(asked, reader, *args):
    return getattr(asked, reader)(*args)


def awaited(asked, reader, *args):
    return asyncio.run(getattr(asked, f"a{reader}")(*args))


COLOURS = pytest.mark.parametrize("read", [sync, awaited])

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
FILE = (
    b'--b\r\nContent-Disposition: form-data; name="cv"; filename="cv.txt"\r\n\r\n'
    b"My life\r\n--b--\r\n"
)


# What was asked


def test_making_a_request_reads_nothing():
    exchange = Plain(b"body")

    Request(exchange, limits=Limits())

    assert (exchange.asked, exchange.body.taken) == (0, 0)


def test_a_request_says_what_was_asked():
    asked = request(method="PUT", path="/ä", root_path="/app", query_string="q=1")

    assert (asked.method, asked.path, asked.root_path) == ("PUT", "/ä", "/app")
    assert (asked.query_string, asked.protocol) == ("q=1", "asgi")
    assert (asked.http_version, asked.raw) == ("1.1", {"the": "scope"})


def test_a_request_knows_its_app_its_route_and_the_values_of_its_path():
    app = object()
    asked = Request(Plain(), limits=Limits(fields=3), app=app, values={"id": 7})
    other = request()

    assert (asked.app, asked.values, asked.route) == (app, {"id": 7}, None)
    assert asked.limits.fields == 3
    assert (other.app, other.values, other.proxies) == (None, {}, None)
    asked.route = "the route"
    assert asked.route == "the route"


@pytest.mark.feature("M-033")
def test_the_query_is_there_field_by_field():
    asked = request(query_string="tag=a&tag=b%20c&page=2")

    assert asked.query["page"] == "2"
    assert asked.query.get_all("tag") == ["a", "b c"]
    assert asked.query is asked.query


@pytest.mark.parametrize("text", ["a=%", "a=%ff", "a=%00", "a&b&c&d"])
def test_a_malformed_query_is_a_bad_request_when_it_is_read(text):
    asked = request(query_string=text, limits=Limits(fields=3))

    with pytest.raises(BadRequest) as caught:
        _ = asked.query
    assert caught.value.__context__ is None or not isinstance(
        caught.value.__context__, AttributeError
    )


@pytest.mark.parametrize(
    ("parts", "url", "base"),
    [
        ({}, "http://shop.example/", "http://shop.example/"),
        (
            {"path": "/a b/ü", "root_path": "/app", "query_string": "q=%20&x"},
            "http://shop.example/app/a%20b/%C3%BC?q=%20&x",
            "http://shop.example/app/",
        ),
        (
            {"headers": [("host", "Shop.Example:8443")], "scheme": "https"},
            "https://shop.example:8443/",
            "https://shop.example:8443/",
        ),
        (
            {"headers": [("host", "[::1]:8000")]},
            "http://[::1]:8000/",
            "http://[::1]:8000/",
        ),
        (
            {"path": '/"><b>', "query_string": '"><b>#`\xe9 \n=1'},
            "http://shop.example/%22%3E%3Cb%3E?%22%3E%3Cb%3E%23%60%E9%20%0A=1",
            "http://shop.example/",
        ),
    ],
)
def test_the_url_is_the_whole_one(parts, url, base):
    asked = request(**{"headers": [("host", "shop.example")], **parts})

    assert (str(asked.url), str(asked.base_url)) == (url, base)


def test_a_request_shows_what_was_asked_without_controls():
    assert repr(request(path="/\n\x1b")) == r"<Request 'GET' '/\n\x1b'>"


# Who asked, and how


def test_every_request_has_an_id_of_its_own_that_stays():
    one, other = request(), request()

    assert one.id == one.id != other.id
    assert len(one.id) == 16
    assert int(one.id, 16) >= 0


def test_the_id_may_be_given():
    asked = request()
    asked.id = "from-outside"

    assert asked.id == "from-outside"


def test_headers_are_read_once_whatever_their_case():
    exchange = Plain(headers=[("Accept", "a"), ("accept", "b")])
    asked = Request(exchange, limits=Limits())

    assert asked.headers["ACCEPT"] == "a"
    assert asked.headers.get_all("accept") == ["a", "b"]
    assert exchange.asked == 1


def test_cookies_are_there_by_name_from_all_their_headers():
    asked = request(headers=[("cookie", "a=1; b=2"), ("cookie", "c=3")])

    assert asked.cookies == {"a": "1", "b": "2", "c": "3"}
    assert asked.cookies is asked.cookies
    assert request().cookies == {}


@pytest.mark.parametrize(
    ("client", "address"),
    [(("203.0.113.9", 1), "203.0.113.9"), (("", 0), None), (None, None)],
)
def test_the_client_is_the_peer_if_there_is_one(client, address):
    assert request(client=client).client == address


@pytest.mark.feature("M-041")
def test_a_trusted_proxy_tells_client_scheme_and_host():
    headers = [
        ("host", "inner:8000"),
        ("x-forwarded-for", "6.6.6.6, 203.0.113.9"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "Shop.Example"),
    ]
    asked = request(
        headers=headers,
        client=("10.0.0.1", 1),
        proxies=ProxyTrust(("10.0.0.0/8",), host=True),
    )

    assert asked.client == "203.0.113.9"
    assert asked.is_secure
    assert str(asked.url) == "https://shop.example/"


@pytest.mark.feature("M-041")
@pytest.mark.parametrize("proxies", [None, ProxyTrust(("10.0.0.0/8",), host=True)])
def test_a_stranger_cannot_pretend_to_be_a_proxy(proxies):
    headers = [
        ("host", "shop.example"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.test"),
        ("forwarded", "for=127.0.0.1;proto=https;host=evil.test"),
    ]
    asked = request(headers=headers, proxies=proxies)

    assert asked.client == "203.0.113.9"
    assert not asked.is_secure
    assert (asked.scheme, asked.host) == ("http", "shop.example")


@pytest.mark.parametrize(
    ("scheme", "secure"),
    [("http", False), ("https", True), ("ws", False), ("wss", True)],
)
def test_an_encrypted_connection_is_secure(scheme, secure):
    assert request(scheme=scheme).is_secure is secure


@pytest.mark.parametrize(
    ("server", "host"),
    [
        (("127.0.0.1", 8000), "127.0.0.1:8000"),
        (("::1", 8000), "[::1]:8000"),
        (("/run/app.sock", None), "localhost"),
        (None, "localhost"),
    ],
)
def test_without_a_host_header_the_host_is_where_the_server_listens(server, host):
    assert request(server=server).host == host


@pytest.mark.feature("M-039")
@pytest.mark.parametrize(
    ("headers", "chosen"),
    [
        ([], JSON),
        ([("accept", "text/html")], "text/html"),
        ([("accept", "text/html;q=0.1"), ("accept", "application/*")], JSON),
        ([("accept", "image/png")], None),
    ],
)
def test_the_visitor_chooses_between_media_types(headers, chosen):
    assert request(headers=headers).accepts(JSON, "text/html") == chosen


@pytest.mark.feature("M-039")
@pytest.mark.parametrize(
    ("said", "chosen"), [(None, "de"), ("en-GB, de;q=0.5", "en"), ("fr", None)]
)
def test_the_visitor_chooses_between_languages(said, chosen):
    headers = [("accept-language", said)] if said else []

    assert request(headers=headers).language("de", "en") == chosen


def test_the_state_is_a_place_for_anything():
    asked = request()
    asked.state.user = "ada"

    assert asked.state.user == "ada"
    assert not hasattr(request().state, "user")


# What was sent with it


def test_the_content_type_is_read_with_its_parameters():
    kind = sent(b"", "Text/HTML; Charset=UTF-8").content_type

    assert kind == MediaType("text", "html", (("charset", "UTF-8"),))
    assert request().content_type is None


def test_two_content_types_are_a_bad_request():
    headers = [("content-type", "text/plain"), ("content-type", JSON)]

    with pytest.raises(BadRequest):
        request(b"{}", headers=headers).json()


def test_the_announced_length_is_there():
    assert request(content_length=7).content_length == 7
    assert request().content_length is None


@COLOURS
def test_the_body_is_read_as_often_as_wanted(read):
    asked = request(b"ab", b"c")

    assert read(asked, "body") == b"abc"
    assert read(asked, "body") == read(asked, "text").encode() == b"abc"


@pytest.mark.feature("M-036")
def test_the_body_is_streamed_in_chunks():
    asked = request(b"ab", b"c")

    async def collect():
        return [chunk async for chunk in request(b"ab", b"c").astream()]

    assert list(asked.stream()) == asyncio.run(collect()) == [b"ab", b"c"]


def test_a_streamed_body_cannot_be_read_again():
    asked = request(b"ab", b"c")
    list(asked.stream())

    with pytest.raises(SegueError, match="SG-HTTP-030"):
        asked.body()


@COLOURS
@pytest.mark.parametrize(
    ("reader", "kind"),
    [
        ("body", None),
        ("text", None),
        ("json", JSON),
        ("data", JSON),
        ("data", "application/msgpack"),
        ("form", FORM),
        ("form", MULTIPART),
    ],
)
def test_every_reader_of_both_colours_keeps_to_the_limit(read, reader, kind):
    asked = sent(b"[" + b" " * 100, kind, limits=Limits(body=50))

    with pytest.raises(ContentTooLarge):
        read(asked, reader)


@pytest.mark.feature("M-037")
def test_the_limit_of_the_route_counts():
    asked = request(b"x" * 100, limits=Limits(body=1000))
    asked.limits = asked.limits.replace(body=50)

    with pytest.raises(ContentTooLarge, match="50 bytes"):
        asked.body()


@pytest.mark.parametrize("reader", ["body", "text", "json", "data", "form", "stream"])
def test_a_blocking_reader_on_the_event_loop_is_refused(reader):
    kind = FORM if reader == "form" else JSON

    async def handler():
        return getattr(sent(b"{}", kind), reader)()

    with pytest.raises(SegueError, match="SG-HTTP-031"):
        asyncio.run(handler())


def test_on_the_event_loop_a_body_that_is_there_may_be_read_by_blocking_code():
    async def handler():
        asked = sent(b'{"a":1}', JSON)
        await asked.abody()
        return asked.json(), asked.text()

    assert asyncio.run(handler()) == ({"a": 1}, '{"a":1}')


@COLOURS
def test_text_is_read_in_the_charset_it_names(read):
    assert read(sent("ü".encode()), "text") == "ü"
    assert read(sent(b"\xfc", "text/plain; charset=iso-8859-1"), "text") == "ü"
    with pytest.raises(BadRequest):
        read(sent(b"\xfc", "text/plain"), "text")
    with pytest.raises(UnsupportedMediaType):
        read(sent(b"x", "text/plain; charset=utf-7"), "text")


class Item(msgspec.Struct):
    sku: str
    quantity: int


@pytest.mark.feature("M-033", "M-034")
@COLOURS
@pytest.mark.parametrize(
    "kind", [JSON, "application/json; charset=utf-8", "application/vnd.api+json"]
)
def test_json_is_read_by_its_content_type(read, kind):
    body = b'{"sku":"a","quantity":1}'

    assert read(sent(body, kind), "json") == {"sku": "a", "quantity": 1}
    assert read(sent(body, kind), "json", Item) == Item("a", 1)


@pytest.mark.feature("M-034")
@COLOURS
@pytest.mark.parametrize("reader", ["json", "data"])
@pytest.mark.parametrize(
    "kind", [None, "text/plain", "text/json", "application/jsonx", FORM]
)
def test_what_is_not_called_json_is_not_read_as_json(read, reader, kind):
    asked = sent(b"{}", kind)

    with pytest.raises(UnsupportedMediaType) as caught:
        read(asked, reader)

    assert JSON in caught.value.headers["accept"]
    assert asked.exchange.body.taken == 0


@COLOURS
def test_malformed_json_is_a_bad_request_and_unfit_json_is_unprocessable(read):
    with pytest.raises(BadRequest):
        read(sent(b"{", JSON), "json")
    with pytest.raises(UnprocessableContent):
        read(sent(b"{}", JSON), "json", Item)


@pytest.mark.feature("M-035")
@COLOURS
@pytest.mark.parametrize(
    ("kind", "encode"),
    [
        (JSON, msgspec.json.encode),
        ("application/msgpack", msgspec.msgpack.encode),
        ("Application/X-MsgPack", msgspec.msgpack.encode),
        ("application/vnd.msgpack", msgspec.msgpack.encode),
    ],
)
def test_data_is_json_or_messagepack_as_its_content_type_says(read, kind, encode):
    body = encode({"sku": "a", "quantity": 1})

    assert read(sent(body, kind), "data") == {"sku": "a", "quantity": 1}
    assert read(sent(body, kind), "data", Item) == Item("a", 1)


@pytest.mark.feature("M-035")
@COLOURS
def test_broken_messagepack_is_a_bad_request(read):
    with pytest.raises(BadRequest):
        read(sent(b"\xc1", "application/msgpack"), "data")
    with pytest.raises(UnprocessableContent):
        read(sent(b"\x90", "application/msgpack"), "data", Item)


@pytest.mark.feature("M-033")
@COLOURS
def test_a_form_without_files_is_read(read):
    asked = sent(b"name=Ada&tag=a&tag=b", f"{FORM}; charset=utf-8")

    form = read(asked, "form")

    assert (form["name"], form.get_all("tag")) == ("Ada", ["a", "b"])
    assert read(asked, "form") is form


@pytest.mark.feature("M-033")
@COLOURS
def test_a_form_with_files_is_read_and_closed_with_the_request(read):
    asked = sent(FILE, MULTIPART)

    form = read(asked, "form")
    upload = form.file("cv")

    assert (upload.filename, upload.read()) == ("cv.txt", b"My life")
    assert read(asked, "form") is form
    asked.close()
    assert upload.file.closed


@COLOURS
def test_a_form_may_be_read_from_a_body_that_is_there_already(read):
    asked = sent(FILE, MULTIPART)

    assert read(asked, "body") == FILE
    assert read(asked, "form").file("cv").read() == b"My life"


@COLOURS
@pytest.mark.parametrize("kind", [None, JSON, "text/plain", "multipart/mixed"])
def test_what_is_not_called_a_form_is_not_read_as_one(read, kind):
    with pytest.raises(UnsupportedMediaType):
        read(sent(b"a=1", kind), "form")


@COLOURS
def test_a_multipart_form_needs_a_boundary(read):
    with pytest.raises(BadRequest, match="boundary"):
        read(sent(FILE, "multipart/form-data"), "form")


def test_closing_a_request_whose_form_nobody_read_does_nothing():
    asked = sent(FILE, MULTIPART)

    asked.close()

    assert asked.exchange.body.taken == 0


def test_a_request_is_gone_when_nobody_holds_it():
    asked = request(b"{}")
    asked.body()
    held = weakref.ref(asked)
    gc.disable()
    try:
        del asked

        assert held() is None
    finally:
        gc.enable()

"""Request: what a visitor asked, read when it is asked for.

A request is made in front of almost every handler that does more than answer, so
making one only stores what the protocol adapter gives. Everything else is worked out
at its first use and kept.

Every reader of the body has two colours: `request.json()` in a `def` handler,
`await request.ajson()` in an `async def` one.
"""

import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Any, Final

import msgspec

from segue.core.errors import UnsupportedMediaType
from segue.core.http.bodies import Body
from segue.core.http.cookies import parse_cookies
from segue.core.http.decoding import decode_data, decode_text
from segue.core.http.exchange import Exchange
from segue.core.http.forms import FormData, parse_form
from segue.core.http.headers import Headers
from segue.core.http.hosts import split_host
from segue.core.http.limits import Limits
from segue.core.http.media import MediaType, negotiate, negotiate_language
from segue.core.http.multipart import aparse_multipart, parse_multipart
from segue.core.http.proxies import Forwarded, ProxyTrust
from segue.core.http.urls import URL, Query, quote_path

__all__ = ["Exchange", "Request"]

_MULTIPART: Final = "multipart/form-data"
_URLENCODED: Final = "application/x-www-form-urlencoded"
_MSGPACK: Final = frozenset(
    ("application/msgpack", "application/x-msgpack", "application/vnd.msgpack")
)

# What cannot stand in the query of a URL, or ends an attribute of a page.
_FOREIGN: Final = re.compile(r"[^!$-;=?-_a-~]")


class Request:
    """One request of a visitor.

    Args:
        exchange: What the protocol adapter gives.
        limits: What the request may cost; the kernel exchanges them for those of
            the route before the body is read.
        app: The app that answers.
        values: The values in the path, by name.
        proxies: Whose forwarded headers count; None believes nobody.

    Attributes:
        exchange: As given.
        limits: As given.
        app: As given.
        values: As given.
        proxies: As given.
        route: The route that answers, once it is known.
        scope: What providers have made for hooks, if any of them asked.
    """

    __slots__ = (
        "__weakref__",
        "_body",
        "_cookies",
        "_form",
        "_forwarded",
        "_headers",
        "_id",
        "_query",
        "_state",
        "app",
        "exchange",
        "limits",
        "proxies",
        "route",
        "scope",
        "values",
    )

    # What is worked out later has no value at all until then.
    _body: Body
    _cookies: dict[str, str]
    _form: FormData
    _forwarded: Forwarded
    _headers: Headers
    _id: str
    _query: Query
    _state: SimpleNamespace

    def __init__(
        self,
        exchange: Exchange,
        *,
        limits: Limits,
        app: Any = None,
        values: dict[str, Any] | None = None,
        proxies: ProxyTrust | None = None,
    ) -> None:
        self.exchange = exchange
        self.limits = limits
        self.app = app
        self.values: dict[str, Any] = {} if values is None else values
        self.proxies = proxies
        self.route: Any = None
        self.scope: Any = None

    def __repr__(self) -> str:
        return f"<Request {self.method!a} {self.path!a}>"

    # What was asked

    @property
    def protocol(self) -> str:
        """How the server speaks to the app: `wsgi`, `asgi` or `rsgi`."""
        return self.exchange.protocol

    @property
    def raw(self) -> Any:
        """The environ or scope of the server; nothing of it is portable."""
        return self.exchange.raw

    @property
    def http_version(self) -> str:
        """`1.1` or `2` for example."""
        return self.exchange.http_version

    @property
    def method(self) -> str:
        """`GET` for example."""
        return self.exchange.method

    @property
    def path(self) -> str:
        """The path below the root path, decoded."""
        return self.exchange.path

    @property
    def root_path(self) -> str:
        """The path that the app is mounted at, decoded; empty for the root."""
        return self.exchange.root_path

    @property
    def query_string(self) -> str:
        """The query as it was sent."""
        return self.exchange.query_string

    @property
    def query(self) -> Query:
        """The fields of the query.

        Raises:
            BadRequest: It is malformed, or has more fields than the limits allow.
        """
        if not hasattr(self, "_query"):
            self._query = Query.parse(self.query_string, self.limits.fields)
        return self._query

    @property
    def url(self) -> URL:
        """The whole URL, as the visitor's browser shows it."""
        query = _FOREIGN.sub(_percent, self.query_string)
        return self._url(self.root_path + self.path, query)

    @property
    def base_url(self) -> URL:
        """The URL of the app's root, with a slash at its end."""
        return self._url(self.root_path + "/", "")

    def _url(self, path: str, query: str) -> URL:
        name, port = split_host(self.host)
        return URL(
            scheme=self.scheme,
            host=name.strip("[]"),
            port=port,
            path=quote_path(path),
            query=query,
        )

    # Who asked, and how

    @property
    def id(self) -> str:
        """What the log and the 500 page call this request."""
        try:
            return self._id
        except AttributeError:
            self._id = os.urandom(8).hex()
            return self._id

    @id.setter  # noqa: A003 - the property above, not the builtin
    def id(self, value: str) -> None:
        self._id = value

    @property
    def headers(self) -> Headers:
        """The headers, as they came."""
        try:
            return self._headers
        except AttributeError:
            self._headers = Headers(self.exchange.header_pairs())
            return self._headers

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies, by name."""
        try:
            return self._cookies
        except AttributeError:
            # HTTP/2 may send each cookie in a header of its own.
            header = "; ".join(self.headers.get_all("cookie"))
            self._cookies = parse_cookies(header)
            return self._cookies

    @property
    def client(self) -> str | None:
        """The address of who asks; None when no trusted side tells it."""
        return self._origin.client

    @property
    def scheme(self) -> str:
        """`http` or `https`, as the visitor asked."""
        return self._origin.scheme or self.exchange.scheme

    @property
    def is_secure(self) -> bool:
        """Whether the visitor's connection is encrypted."""
        return self.scheme in {"https", "wss"}

    @property
    def host(self) -> str:
        """Name and port that the visitor asked for, in lower case."""
        host = self._origin.host or self.headers.get("host") or self._listening
        return host.lower()

    @property
    def _listening(self) -> str:
        # HTTP/1.0 needs no Host header.
        name, port = self.exchange.server or ("localhost", None)
        if port is None:
            return "localhost"
        return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"

    @property
    def _origin(self) -> Forwarded:
        try:
            return self._forwarded
        except AttributeError:
            client = self.exchange.client
            peer = client[0] if client else None
            if self.proxies is None:
                self._forwarded = Forwarded(peer or None)
            else:
                self._forwarded = self.proxies.resolve(peer, self.headers)
            return self._forwarded

    def accepts(self, *types: str) -> str | None:
        """Choose the media type that the visitor likes best.

        Args:
            types: What can be made, the favourite first.

        Returns:
            One of them, or None when the visitor takes none.
        """
        return negotiate(self.headers.joined("accept"), types)

    def language(self, *offers: str) -> str | None:
        """Choose the language that the visitor likes best.

        Args:
            offers: The languages there are (`de`, `pt-BR`), the favourite first.

        Returns:
            One of them, or None when the visitor asks for others only.
        """
        return negotiate_language(self.headers.joined("accept-language"), offers)

    @property
    def state(self) -> SimpleNamespace:
        """A place for what hooks and handlers of this request tell each other."""
        try:
            return self._state
        except AttributeError:
            self._state = SimpleNamespace()
            return self._state

    # What was sent with it

    @property
    def content_type(self) -> MediaType | None:
        """The media type of the body; None when none is said.

        Raises:
            BadRequest: It is malformed.
        """
        # Two headers of this name become one malformed type.
        said = self.headers.joined("content-type")
        return MediaType.parse(said) if said else None

    @property
    def content_length(self) -> int | None:
        """The announced length of the body in bytes; None when none is."""
        return self.exchange.body.content_length

    def body(self) -> bytes:
        """Read the body.

        Raises:
            ContentTooLarge: It is over the limit.
            ClientDisconnected: It did not end properly.
            WalkError: It was streamed before, or this is the event loop's thread.
        """
        return self._bytes.read()

    async def abody(self) -> bytes:
        """Read the body as `body` does, in awaited steps."""
        return await self._bytes.aread()

    def stream(self) -> Iterator[bytes]:
        """Read the body in chunks, none of which is kept.

        Raises:
            WalkError: It was streamed before, or this is the event loop's thread.
        """
        return self._bytes.stream()

    def astream(self) -> AsyncIterator[bytes]:
        """Read the body as `stream` does: `async for chunk in request.astream()`."""
        return self._bytes.astream()

    def text(self) -> str:
        """Read the body as text, in UTF-8 or the charset it names.

        Raises:
            UnsupportedMediaType: The charset is none that is read here.
            BadRequest: The bytes are none of that charset.
        """
        return self._as_text(self.body())

    async def atext(self) -> str:
        """Read the body as text, as `text` does, in awaited steps."""
        return self._as_text(await self.abody())

    def json(self, type: Any = Any) -> Any:  # noqa: A002 - as msgspec calls it
        """Read the body as JSON.

        Args:
            type: What it is to be: a Struct, a dataclass, `list[int]` ...

        Raises:
            UnsupportedMediaType: The content type says that it is none.
            BadRequest: It is malformed.
            UnprocessableContent: It does not fit the type.
        """
        self._demand_json()
        return decode_data(msgspec.json.decode, self.body(), type)

    async def ajson(self, type: Any = Any) -> Any:  # noqa: A002 - as msgspec calls it
        """Read the body as JSON, as `json` does, in awaited steps."""
        self._demand_json()
        return decode_data(msgspec.json.decode, await self.abody(), type)

    def data(self, type: Any = Any) -> Any:  # noqa: A002 - as msgspec calls it
        """Read the body as JSON or MessagePack, whichever its content type says.

        Args:
            type: What it is to be: a Struct, a dataclass, `list[int]` ...

        Raises:
            UnsupportedMediaType: The content type says neither.
            BadRequest: It is malformed.
            UnprocessableContent: It does not fit the type.
        """
        return decode_data(self._decoder(), self.body(), type)

    async def adata(self, type: Any = Any) -> Any:  # noqa: A002 - as msgspec calls it
        """Read the body as JSON or MessagePack, as `data` does, awaiting it."""
        return decode_data(self._decoder(), await self.abody(), type)

    def form(self) -> FormData:
        """Read the body as a form, with its files.

        Raises:
            UnsupportedMediaType: The content type says that it is none.
            BadRequest: It is malformed.
            ContentTooLarge: It passes a limit.
        """
        if not hasattr(self, "_form"):
            boundary = self._boundary()
            if boundary is None:
                self._form = parse_form(self.body(), self.limits)
            else:
                self._form = parse_multipart(self.stream(), boundary, self.limits)
        return self._form

    async def aform(self) -> FormData:
        """Read the body as a form, as `form` does, in awaited steps."""
        if not hasattr(self, "_form"):
            boundary = self._boundary()
            if boundary is None:
                self._form = parse_form(await self.abody(), self.limits)
            else:
                chunks = self.astream()
                self._form = await aparse_multipart(chunks, boundary, self.limits)
        return self._form

    def close(self) -> None:
        """Close the files of the form; the adapters do it behind the answer."""
        if hasattr(self, "_form"):
            self._form.close()

    @property
    def _bytes(self) -> Body:
        try:
            return self._body
        except AttributeError:
            self._body = Body(self.exchange.body, self.limits.body)
            return self._body

    def _as_text(self, body: bytes) -> str:
        kind = self.content_type
        return decode_text(body, kind.charset if kind else None, "body")

    def _demand_json(self) -> None:
        kind = self.content_type
        if kind is None or not kind.is_json:
            raise _unsupported(kind, "application/json")

    def _decoder(self) -> Callable[..., Any]:
        kind = self.content_type
        if kind is not None and kind.is_json:
            return msgspec.json.decode
        if kind is not None and kind.essence in _MSGPACK:
            return msgspec.msgpack.decode
        raise _unsupported(kind, "application/json, application/msgpack")

    def _boundary(self) -> str | None:
        """Find the boundary of a multipart form; None for the other kind of form."""
        kind = self.content_type
        if kind is not None and kind.essence == _MULTIPART:
            return kind.get("boundary", "")
        if kind is not None and kind.essence == _URLENCODED:
            return None
        raise _unsupported(kind, f"{_MULTIPART}, {_URLENCODED}")


def _unsupported(kind: MediaType | None, wanted: str) -> UnsupportedMediaType:
    said = kind.essence if kind else "no type"
    return UnsupportedMediaType(
        f"A body of {said} is not read here; send {wanted}.",
        headers={"accept": wanted},
    )


def _percent(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"

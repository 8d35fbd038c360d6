"""Answers: a status, headers and a body, and what is to happen after them.

A `Response` is built by a handler, passes hooks and middleware, which may change
it, and is then prepared once for its request (`prepare`) and finished (`finish`)
before a protocol writes it out. Three kinds exist for the protocols: whole bytes,
a stream of chunks, and a file.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, ParamSpec, TypeAlias, Unpack, cast

from segue.core.errors import WalkError
from segue.core.http.caching import CacheControl, CacheOptions
from segue.core.http.conditional import ConditionalRequest, ETag, evaluate
from segue.core.http.cookies import Cookie, CookieOptions, expired
from segue.core.http.dates import format_http_date, parse_http_date
from segue.core.http.encoding import encode_json
from segue.core.http.headers import HeaderSource, HTTPValueError, MutableHeaders
from segue.core.http.urls import URL, build_query, quote_url

__all__ = [
    "HTML",
    "JSON",
    "BackgroundCall",
    "Chunk",
    "Redirect",
    "Response",
    "Stream",
    "Text",
]

P = ParamSpec("P")

BackgroundCall: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
"""A function with its arguments, to be called after the answer was sent."""

Chunk: TypeAlias = bytes | str
"""One piece of a stream; text is sent as UTF-8."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LITERAL: Final = re.compile(r"[/?#.]|[A-Za-z][A-Za-z0-9+.\-]*:").match
_DANGEROUS: Final = re.compile(r"(?:javascript|data|vbscript):", re.IGNORECASE).match
_SAME_BYTES: Final = {"GET", "HEAD"}


class Response:
    """An answer whose body is known as a whole.

    Args:
        body: Text is sent as UTF-8.
        status: The status, 200 to 599.
        headers: A mapping or pairs.
        media_type: The `Content-Type`; by default the one of this class, else
            `text/plain` for text and `application/octet-stream` for bytes.
        cookies: Cookies to set.

    Attributes:
        status: The status.
        headers: The headers, all checked as they are set.
        body: The body.
        secret: Whether the body holds secrets, so that it must not be compressed;
            None leaves that to the look of the request.
        background: Calls to make after the answer was sent.

    Example:
        >>> response = Response("Made.", 201, headers={"x-made-by": "hand"})
        >>> response.headers["content-type"], response.body
        ('text/plain; charset=utf-8', b'Made.')
    """

    __slots__ = ("_cookies", "background", "body", "headers", "secret", "status")

    kind: ClassVar[Literal["bytes", "stream", "file"]] = "bytes"
    default_type: ClassVar[str | None] = None

    def __init__(
        self,
        body: bytes | str | None = b"",
        status: int = 200,
        *,
        headers: HeaderSource | None = None,
        media_type: str | None = None,
        cookies: Iterable[Cookie] = (),
    ) -> None:
        content_type = media_type or self.default_type
        if isinstance(body, str):
            self.body = body.encode()
            if media_type is not None:
                content_type = _with_charset(media_type)
            elif content_type is None:
                content_type = "text/plain; charset=utf-8"
        else:
            self.body = body if isinstance(body, bytes) else _read_body(body)
            if content_type is None and self.body:
                content_type = "application/octet-stream"
        self._begin(status, headers, content_type, cookies, media_type is None)

    def _begin(
        self,
        status: int,
        headers: HeaderSource | None,
        content_type: str | None,
        cookies: Iterable[Cookie],
        known: bool,
    ) -> None:
        self.status = status if status == 200 else _checked_status(status)  # noqa: PLR2004 - the usual one, without a call
        self.background: list[BackgroundCall] = []
        self.secret: bool | None = None
        self._cookies: dict[tuple[str, str | None, str | None], str] | None = None
        self.headers = MutableHeaders() if headers is None else MutableHeaders(headers)
        if content_type is not None and "content-type" not in self.headers:
            if known:
                self.headers.trust("content-type", content_type)
            else:
                self.headers["content-type"] = content_type
        for cookie in cookies:
            self.add_cookie(cookie)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status} {self.headers!r}>"

    @property
    def media_type(self) -> str | None:
        """The `Content-Type`."""
        return self.headers.get("content-type")

    @media_type.setter
    def media_type(self, value: str) -> None:
        self.headers["content-type"] = value

    @property
    def etag(self) -> ETag | None:
        """The name of this state of the resource; text makes a strong one."""
        value = self.headers.get("etag")
        return None if value is None else ETag.parse(value)

    @etag.setter
    def etag(self, value: ETag | str) -> None:
        self.headers["etag"] = str(ETag(value) if isinstance(value, str) else value)

    @property
    def last_modified(self) -> datetime | None:
        """When this state of the resource began."""
        return parse_http_date(self.headers.get("last-modified") or "")

    @last_modified.setter
    def last_modified(self, value: datetime | float) -> None:
        self.headers["last-modified"] = format_http_date(value)

    @property
    def conditional(self) -> bool:
        """Whether `prepare` has something to do, so that it needs the request."""
        return "etag" in self.headers or "last-modified" in self.headers

    def add_etag(self) -> None:
        """Name this state by a hash of the body, unless it has a name."""
        # Only those who ask pay for the import of OpenSSL.
        from hashlib import blake2b  # noqa: PLC0415

        if "etag" not in self.headers:
            self.etag = blake2b(self.body, digest_size=16).hexdigest()

    def set_cookie(
        self, name: str, value: str = "", **options: Unpack[CookieOptions]
    ) -> None:
        """Ask the browser to keep a cookie; `Cookie` lists the options.

        A cookie of the same name, domain and path that this answer set before is
        replaced.
        """
        self.add_cookie(Cookie(name=name, value=value, **options))

    def add_cookie(self, cookie: Cookie) -> None:
        """Add a cookie that was made already."""
        header = cookie.header()
        key = (cookie.name, cookie.domain, cookie.path)
        if self._cookies is None:
            self._cookies = {}
        if key in self._cookies:
            others = self.headers.get_all("set-cookie")
            others.remove(self._cookies[key])
            self.headers.pop("set-cookie")
            for other in others:
                self.headers.add("set-cookie", other)
        self._cookies[key] = header
        self.headers.add("set-cookie", header)

    def delete_cookie(
        self, name: str, *, path: str | None = "/", domain: str | None = None
    ) -> None:
        """Ask the browser to forget the cookie of this name, path and domain."""
        self.add_cookie(expired(name, path=path, domain=domain))

    def cache(
        self, control: CacheControl | None = None, **options: Unpack[CacheOptions]
    ) -> None:
        """Say who may keep this answer; `CacheControl` lists the options."""
        self.headers["cache-control"] = (control or CacheControl(**options)).header()

    def vary(self, *names: str) -> None:
        """Name the request headers that this answer depends on."""
        self.headers.vary(*names)

    def after(
        self, function: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Call a function after the answer was sent, in this process."""
        self.background.append((function, args, kwargs))

    def prepare(self, request: ConditionalRequest) -> None:
        """Answer 304 or 412 instead, when the request's conditions say so."""
        if self.status == 200 and request.method in _SAME_BYTES and self.conditional:  # noqa: PLR2004 - only of a success is there a state to compare
            outcome = evaluate(
                request.method, request.headers, self.etag, self.last_modified
            )
            if outcome is not None:
                self._answer_without_body(outcome)

    def finish(self, method: str) -> None:
        """Prepare the headers for sending; drop a body that must not be sent.

        Args:
            method: The method of the request.

        Source: RFC 9110, sections 6.4.1 and 8.6.
        """
        if self.status != 200:  # noqa: PLR2004 - the usual one, without a call
            _checked_status(self.status)
            if self.status in {204, 304}:
                self.body = b""
                self.headers.pop("content-length")
                self.headers.pop("content-type")
                return
        if method == "HEAD" and not self.body:
            self.headers.setdefault("content-length", "0")
            return
        self.headers.trust("content-length", str(len(self.body)))
        if method == "HEAD":
            self.body = b""

    def close(self) -> None:
        """Give back what the body holds; to be called once, in any case."""

    async def aclose(self) -> None:
        """Give back what the body holds, on the loop."""
        self.close()

    def _answer_without_body(self, status: int) -> None:
        self.status = status
        self.body = b""
        if status != 304:  # noqa: PLR2004 - its headers are those of the body it saves
            self.headers.pop("content-type")


class Text(Response):
    """An answer of plain text."""

    __slots__ = ()

    default_type = "text/plain; charset=utf-8"


class HTML(Response):
    """An answer that is a page.

    Example:
        >>> HTML("<h1>Books</h1>").media_type
        'text/html; charset=utf-8'
    """

    __slots__ = ()

    default_type = "text/html; charset=utf-8"


class JSON(Response):
    """An answer of data: dicts, lists, Structs, dataclasses, dates, numbers, text.

    Args:
        data: What to encode; it is encoded here, so later changes do not count.
        status: The status.
        headers: A mapping or pairs.
        media_type: Another JSON type such as `application/problem+json`.
        cookies: Cookies to set.

    Raises:
        WalkError: The data holds itself, or a value that JSON cannot hold.

    Example:
        >>> JSON({"id": 3}, 201).body
        b'{"id":3}'
    """

    __slots__ = ()

    default_type = "application/json"

    def __init__(
        self,
        data: Any,
        status: int = 200,
        *,
        headers: HeaderSource | None = None,
        media_type: str | None = None,
        cookies: Iterable[Cookie] = (),
    ) -> None:
        self.body = encode_json(data)
        content_type = media_type or "application/json"
        self._begin(status, headers, content_type, cookies, media_type is None)


class Redirect(Response):
    """An answer that sends the browser elsewhere.

    Args:
        to: A path or a URL, which is taken literally, or else the handler or the
            name of a route. For a visitor's own text ask `is_safe_redirect` first.
        status: 303 makes any request a GET; 307 and 308 keep its method; 301 and
            308 are for good.
        headers: A mapping or pairs.
        cookies: Cookies to set.
        values: Path values of the route; other names are the query.

    Raises:
        HTTPValueError: A line break in the target, a script for a target, or a
            status that is no redirect.

    Example:
        >>> Redirect("/books", page=2).headers["location"]
        '/books?page=2'
    """

    __slots__ = ("to", "values")

    def __init__(
        self,
        to: str | URL | Callable[..., Any],
        /,
        *,
        status: int = 303,
        headers: HeaderSource | None = None,
        cookies: Iterable[Cookie] = (),
        **values: Any,
    ) -> None:
        if status not in _REDIRECTS:
            raise HTTPValueError(
                "SG-HTTP-010",
                f"{status!r} is not the status of a redirect.",
                why="A browser would stay where it is.",
                fix="Use 303 after a form, 307 or 308 to keep the method, "
                "301 or 308 when the move is for good.",
            )
        self.body = b""
        self._begin(status, headers, None, cookies, True)
        self.to = to
        self.values = values
        if isinstance(to, URL) or (isinstance(to, str) and _LITERAL(to)):
            self._go_to(_with_query(str(to), values))

    def resolve(self, url_builder: Callable[..., str]) -> None:
        """Find the URL of a route, unless the target was one from the start.

        Args:
            url_builder: Gets the target and its values, and returns the URL.
        """
        if "location" not in self.headers:
            self._go_to(url_builder(self.to, **self.values))

    def finish(self, method: str) -> None:
        if "location" not in self.headers:
            raise WalkError(
                "SG-HTTP-011",
                f"Redirect({self.to!r}) was sent before its route was looked up.",
                why="The browser would not know where to go.",
                fix="Call response.resolve(app.url) before the answer leaves.",
            )
        super().finish(method)

    def _go_to(self, target: str) -> None:
        if _DANGEROUS(target):
            raise HTTPValueError(
                "SG-HTTP-010",
                f"{target!r} is no place to send a browser to.",
                why="It would run what somebody wrote into the URL.",
                fix="Redirect to a path, or to an http or https URL.",
            )
        self.headers["location"] = quote_url(target)


class Stream(Response):
    """An answer that is sent piece by piece, as it is made.

    Args:
        chunks: A generator or another iterable of bytes or text, async or not.
        status: The status.
        headers: A mapping or pairs; a `Content-Length` must be true.
        media_type: The `Content-Type`.
        cookies: Cookies to set.

    Attributes:
        chunks: The source; whoever wraps it must close it.
        is_async: Whether the source is an async one.

    Raises:
        WalkError: The source is no iterable, or is text or bytes as a whole.

    Example:
        >>> list(Stream(["a", b"b", ""], media_type="text/plain; charset=utf-8"))
        [b'a', b'b']
    """

    __slots__ = ("chunks",)

    kind = "stream"
    default_type = "application/octet-stream"

    def __init__(
        self,
        chunks: Iterable[Chunk] | AsyncIterable[Chunk],
        status: int = 200,
        *,
        headers: HeaderSource | None = None,
        media_type: str | None = None,
        cookies: Iterable[Cookie] = (),
    ) -> None:
        self.body = b""
        self.chunks = _checked_source(chunks)
        content_type = media_type or self.default_type
        self._begin(status, headers, content_type, cookies, media_type is None)

    @property
    def is_async(self) -> bool:
        """Whether the chunks come from an async source."""
        return isinstance(self.chunks, AsyncIterable)

    def __iter__(self) -> Iterator[bytes]:
        if isinstance(self.chunks, AsyncIterable):
            raise _stream_error("This stream is async.", "Iterate it with `async for`.")
        for chunk in self.chunks:
            if data := _read_chunk(chunk):
                yield data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if not isinstance(self.chunks, AsyncIterable):
            raise _stream_error("This stream is not async.", "Iterate it with `for`.")
        async for chunk in self.chunks:
            if data := _read_chunk(chunk):
                yield data

    def finish(self, method: str) -> None:
        _checked_status(self.status)
        if self.status in {204, 304}:
            self.headers.pop("content-length")
            self.headers.pop("content-type")
        elif method != "HEAD":
            return
        self._drop_chunks()

    def close(self) -> None:
        """Close a sync source; an async one is closed by `aclose`."""
        close = getattr(self.chunks, "close", None)
        if close is not None:
            close()

    async def aclose(self) -> None:
        close = getattr(self.chunks, "aclose", None)
        if close is None:
            self.close()
        else:
            await close()

    def _answer_without_body(self, status: int) -> None:
        super()._answer_without_body(status)
        self._drop_chunks()

    def _drop_chunks(self) -> None:
        self.close()
        # What can only be closed in awaited steps is kept until `aclose`.
        self.chunks = _Dropped(self.chunks) if hasattr(self.chunks, "aclose") else ()


class _Dropped:
    """An async source that nobody reads any more, but somebody must still close."""

    def __init__(self, chunks: Any) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[Chunk]:
        return self

    async def __anext__(self) -> Chunk:
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Close it."""
        await self._chunks.aclose()


def _checked_status(status: Any) -> int:
    if isinstance(status, int) and 200 <= status <= 599:  # noqa: PLR2004 - the statuses that end a request
        return int(status)
    raise HTTPValueError(
        "SG-HTTP-005",
        f"{status!r} is not the status of an answer.",
        why="Clients know 200 to 599; below it they would go on waiting.",
        fix="Give one of them: 200, 201, 303, 404, ...",
    )


def _read_body(body: object) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytearray | memoryview):
        return bytes(cast("bytearray", body))
    raise WalkError(
        "SG-HTTP-012",
        f"A {type(body).__qualname__} cannot be the body of a Response.",
        why="A body is text or bytes.",
        fix="Use JSON(...) for data and Stream(...) for an iterable.",
    )


def _with_charset(media_type: str) -> str:
    if media_type.startswith("text/") and "charset" not in media_type.lower():
        return f"{media_type}; charset=utf-8"
    return media_type


def _with_query(target: str, values: dict[str, Any]) -> str:
    query = build_query(values)
    if not query:
        return target
    head, mark, fragment = target.partition("#")
    return f"{head}{'&' if '?' in head else '?'}{query}{mark}{fragment}"


def _checked_source(chunks: object) -> Iterable[Chunk] | AsyncIterable[Chunk]:
    kind: type[object] = type(chunks)
    if issubclass(kind, Iterable | AsyncIterable) and not issubclass(
        kind, str | bytes | bytearray | memoryview | dict
    ):
        return cast("Iterable[Chunk] | AsyncIterable[Chunk]", chunks)
    raise _stream_error(
        f"A {kind.__qualname__} is not a stream of chunks.",
        "Give Stream(...) a generator or a list of bytes or text.",
    )


def _read_chunk(chunk: object) -> bytes:
    if isinstance(chunk, bytes):
        return chunk
    if isinstance(chunk, str):
        return chunk.encode()
    if isinstance(chunk, bytearray | memoryview):
        return bytes(cast("bytearray", chunk))
    raise _stream_error(
        f"A {type(chunk).__qualname__} is not a chunk of a stream.",
        "Yield bytes or text; msgspec.json.encode(value) makes bytes of data.",
    )


def _stream_error(what: str, fix: str) -> WalkError:
    return WalkError("SG-HTTP-013", what, why="It cannot be sent as it is.", fix=fix)

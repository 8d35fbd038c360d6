"""What leaves the client: one request as it would stand on the wire.

Built once from a test's arguments; the protocols read it, redirects derive the
next one from it. Nothing here knows a protocol or does any I/O.
"""

from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypedDict
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

import msgspec

from segue.testing.errors import ClientError
from segue.testing.forms import Fields, Files, encode_fields, encode_multipart, pairs_of

__all__ = [
    "Body",
    "Content",
    "HeaderPairs",
    "Outgoing",
    "Received",
    "RequestOptions",
    "Sent",
    "build_headers",
    "build_outgoing",
    "build_url",
]

Content: TypeAlias = bytes | str | Iterable[bytes] | AsyncIterable[bytes]
"""What a test may give as the raw body."""

Body: TypeAlias = bytes | Iterable[bytes] | AsyncIterable[bytes]
"""A body as it leaves: bytes have a length, the others are chunked."""

HeaderPairs: TypeAlias = (
    Mapping[str, str | bytes | None] | Iterable[tuple[str, str | bytes | None]]
)

# What a browser sends as it is; everything else in a target is percent-encoded.
_KEPT = "/:?#[]@!$&'()*+,;=%-._~|\"<>^`{}\\"


@dataclass(frozen=True, slots=True)
class Sent:
    """The client hangs up when this many bytes of its body were sent."""

    count: int


@dataclass(frozen=True, slots=True)
class Received:
    """The client hangs up when it has received this many bytes of the answer."""

    count: int


class RequestOptions(TypedDict, total=False):
    """Everything that a request may say beside its method and its URL.

    Attributes:
        params: Fields of the query, after those that the URL has.
        headers: Over the client's own; `None` takes a header out.
        cookies: Sent with this request only, beside the jar's.
        json: Data for a JSON body (Structs and dataclasses as well).
        data: Fields of a form.
        files: Files of a multipart form.
        content: The raw body; an iterable is streamed without a length.
        follow_redirects: Over the client's own choice.
        disconnect_after: Where the client hangs up: `Sent(n)`, `Received(n)`.
    """

    params: Fields
    headers: HeaderPairs
    cookies: Mapping[str, str]
    json: Any
    data: Fields
    files: Files
    content: Content
    follow_redirects: bool
    disconnect_after: Sent | Received


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request, ready for any protocol.

    Attributes:
        method: As given; never changed to upper case.
        url: Absolute, without a fragment.
        headers: Lower-case names, in the order of sending.
        content: The body; bytes have a length, an iterable is chunked.
        cut: Where the client hangs up, if it does.
    """

    method: str
    url: SplitResult
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content: Body = b""
    cut: Sent | Received | None = None
    peer: tuple[str, int] | None = ("127.0.0.1", 50000)
    root_path: str = ""
    http_version: str = "1.1"

    @property
    def raw_path(self) -> bytes:
        """The path as it was sent, without the query."""
        return (self.url.path or "/").encode("latin-1")

    @property
    def path_bytes(self) -> bytes:
        """The path, percent-decoded once."""
        return unquote_to_bytes(self.raw_path)

    @property
    def server(self) -> tuple[str, int]:
        """The host and port that the client connects to."""
        default = 443 if self.url.scheme in {"https", "wss"} else 80
        return self.url.hostname or "", self.url.port or default

    def header(self, name: bytes) -> bytes | None:
        """Find the first header of a lower-case name."""
        return next((value for key, value in self.headers if key == name), None)

    def replace(self, **changes: Any) -> "Outgoing":
        """Build a request that differs in these attributes."""
        return replace(self, **changes)


def build_url(base: str, url: str, params: Fields | None = None) -> SplitResult:
    """Build the absolute URL of a request.

    A URL that begins with `/` is a path below the base's path, also when it
    begins with two slashes: tests of bad input need that.
    """
    text = quote(url, safe=_KEPT).partition("#")[0]
    if not text.startswith(("http://", "https://", "ws://", "wss://")):
        origin = urlsplit(base)
        target, mark, query = text.partition("?")
        path = origin.path.rstrip("/") + "/" + target.removeprefix("/")
        split = SplitResult(
            origin.scheme, origin.netloc, path, query if mark else "", ""
        )
    else:
        split = urlsplit(text)
    if not params:
        return split
    query = "&".join(filter(None, [split.query, encode_fields(params)]))
    return split._replace(query=query)


def build_headers(
    *layers: HeaderPairs | None,
) -> list[tuple[bytes, bytes]]:
    """Build one list from several layers; a later one replaces names of earlier."""
    merged: list[tuple[bytes, bytes]] = []
    for layer in layers:
        fresh = [
            (name.lower().encode("latin-1"), None if value is None else _octets(value))
            for name, value in pairs_of(layer or ())
        ]
        names = {name for name, _ in fresh}
        merged = [pair for pair in merged if pair[0] not in names]
        merged += [(name, value) for name, value in fresh if value is not None]
    return merged


def build_outgoing(
    method: str, url: SplitResult, own: HeaderPairs, options: RequestOptions
) -> Outgoing:
    """Build a request from its parts; the jar's cookies are added by the client."""
    content, implied = _body(options)
    if content == b"" and not implied and method in {"POST", "PUT", "PATCH"}:
        implied.append(("content-length", "0"))
    first: list[tuple[str, str | bytes | None]] = [("host", url.netloc)]
    headers = build_headers(first, own, implied, options.get("headers"))
    if "cookies" in options:
        text = "; ".join(f"{k}={v}" for k, v in options["cookies"].items())
        headers.append((b"cookie", _octets(text)))
    return Outgoing(
        method, url, tuple(headers), content, options.get("disconnect_after")
    )


def _body(options: RequestOptions) -> tuple[Body, list[tuple[str, str]]]:
    """Build the body and the headers that it implies."""
    given = [name for name in ("json", "data", "files", "content") if name in options]
    if len(given) > 1 and set(given) != {"data", "files"}:
        raise ClientError(
            "SG-TEST-007",
            f"A request was given {' and '.join(given)}.",
            why="Each of them is the whole body.",
            fix="Keep one of them; only data and files go together.",
        )
    headers: list[tuple[str, str]] = []
    content = options.get("content", b"")
    if "json" in options:
        content = msgspec.json.encode(options["json"])
        headers.append(("content-type", "application/json"))
    elif "files" in options:
        content, media_type = encode_multipart(
            options.get("data", ()), options["files"]
        )
        headers.append(("content-type", media_type))
    elif "data" in options:
        content = encode_fields(options["data"]).encode()
        headers.append(("content-type", "application/x-www-form-urlencoded"))
    return _framed(content, headers, chosen=bool(given))


def _framed(
    content: Content, headers: list[tuple[str, str]], *, chosen: bool
) -> tuple[Body, list[tuple[str, str]]]:
    """Add the header that says where the body ends."""
    if isinstance(content, str):
        content = content.encode()
    elif isinstance(content, (bytearray, memoryview)):
        content = bytes(content)
    if not isinstance(content, bytes):
        headers.append(("transfer-encoding", "chunked"))
    elif chosen:
        headers.append(("content-length", str(len(content))))
    return content, headers


def _octets(value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()

"""What a WSGI environ says of a request, and what it hides.

Header names are merged (`X_Forwarded_For` looks like `X-Forwarded-For`), repeated
headers are joined by some servers, and a body without a length is only readable
where the server says that it marks its end (`wsgi.input_terminated`); elsewhere such
a request is refused with 411.

Source: PEP 3333.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeAlias

from segue.core.errors import (
    BadRequest,
    ClientDisconnected,
    ContentTooLarge,
    LengthRequired,
)

__all__ = ["Environ", "WSGIExchange", "read_body", "read_path", "read_whole"]

Environ: TypeAlias = dict[str, Any]

_CHUNK = 64 * 1024
_UNPREFIXED = (
    ("content-type", "CONTENT_TYPE"),
    ("content-length", "CONTENT_LENGTH"),
)


def read_path(environ: Environ) -> str:
    """Read the path below the mount point, percent-decoded once, as UTF-8."""
    # Only below a mount point is an empty path the root; else the target was none.
    path = environ["PATH_INFO"]
    return "/" if not path and environ.get("SCRIPT_NAME") else _decode(path)


def _decode(path: str) -> str:
    if path.isascii():
        return path
    return path.encode("latin-1").decode("utf-8", "replace")


class WSGIExchange:
    """One request as WSGI gives it."""

    __slots__ = ("body", "raw")

    protocol = "wsgi"

    def __init__(self, environ: Environ) -> None:
        self.raw = environ
        self.body = _Body(environ)

    @property
    def method(self) -> str:
        return str(self.raw["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        return read_path(self.raw)

    @property
    def root_path(self) -> str:
        return _decode(self.raw.get("SCRIPT_NAME") or "").rstrip("/")

    @property
    def query_string(self) -> str:
        return str(self.raw.get("QUERY_STRING") or "")

    @property
    def scheme(self) -> str:
        return str(self.raw.get("wsgi.url_scheme") or "http")

    @property
    def http_version(self) -> str:
        return str(self.raw.get("SERVER_PROTOCOL") or "HTTP/1.1").removeprefix("HTTP/")

    @property
    def client(self) -> tuple[str, int] | None:
        address = self.raw.get("REMOTE_ADDR")
        if not address:
            return None
        port = str(self.raw.get("REMOTE_PORT") or "")
        return str(address), int(port) if port.isdecimal() else 0

    @property
    def server(self) -> tuple[str, int | None] | None:
        port = str(self.raw.get("SERVER_PORT") or "")
        name = str(self.raw.get("SERVER_NAME") or "")
        return (name, int(port) if port.isdecimal() else None) if name else None

    def header_pairs(self) -> list[tuple[str, str]]:
        """Give the headers; names lower-case with dashes."""
        pairs = [
            (key[5:].replace("_", "-").lower(), value)
            for key, value in self.raw.items()
            if key.startswith("HTTP_") and isinstance(value, str)
        ]
        pairs += [
            (name, self.raw[key]) for name, key in _UNPREFIXED if self.raw.get(key)
        ]
        return pairs


class _Body:
    """The body of one request, in blocking pieces."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Environ) -> None:
        self._environ = environ

    @property
    def content_length(self) -> int | None:
        return _length(self._environ)

    def chunks(self) -> Iterator[bytes]:
        return _pieces(self._environ, _length(self._environ))

    async def achunks(self) -> AsyncIterator[bytes]:
        import asyncio  # noqa: PLC0415 - only async handlers come here

        chunks = self.chunks()
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            yield chunk


def read_body(environ: Environ, limit: int) -> tuple[bytes, str]:
    """Read the whole body; give it with its content type."""
    return read_whole(environ, limit), environ.get("CONTENT_TYPE") or ""


def read_whole(environ: Environ, limit: int) -> bytes:
    """Read the whole body."""
    length = _length(environ)
    if length is None:
        return _unmeasured(environ, limit)
    if length > limit:
        raise _too_large(limit)
    body = _part(environ, length)
    if len(body) < length:
        body += b"".join(_pieces(environ, length - len(body)))
    return body


def _unmeasured(environ: Environ, limit: int) -> bytes:
    size, parts = 0, list[bytes]()
    for part in _pieces(environ, None):
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


def _too_large(limit: int) -> ContentTooLarge:
    return ContentTooLarge(f"The body is over the limit of {limit} bytes.")


def _pieces(environ: Environ, length: int | None) -> Iterator[bytes]:
    """Read up to the end of the body, which a chunked one marks itself."""
    if length is None:
        if not _is_chunked(environ):
            return
        _check_end(environ)
        while part := _part(environ, _CHUNK):
            yield part
        return
    while length > 0:
        part = _part(environ, min(length, _CHUNK))
        if not part:
            raise ClientDisconnected("the body ended early")
        length -= len(part)
        yield part


def _part(environ: Environ, size: int) -> bytes:
    try:
        part: bytes = environ["wsgi.input"].read(size)
    except Exception as error:
        # Each server has errors of its own for a body that breaks off.
        raise ClientDisconnected("the body ended early") from error
    return part


def _length(environ: Environ) -> int | None:
    text = environ.get("CONTENT_LENGTH")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20):  # noqa: PLR2004 - 64 bits
        raise BadRequest("The Content-Length is malformed.")
    return int(text)


def _is_chunked(environ: Environ) -> bool:
    return bool(environ.get("HTTP_TRANSFER_ENCODING"))


def _check_end(environ: Environ) -> None:
    # Granian says that it marks the end, and marks the end of a broken body as well.
    software = str(environ.get("SERVER_SOFTWARE") or "")
    if not environ.get("wsgi.input_terminated") or software.startswith("Granian"):
        raise LengthRequired(
            "This server does not tell where a chunked body ends; send a length."
        )

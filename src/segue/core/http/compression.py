"""Compression of answers: zstd, Brotli and gzip, by what the client takes.

Text that mixes a secret with a visitor's input tells the secret by its compressed
size to whoever can guess, send requests in the visitor's name and watch the line
(BREACH). A secret in a page belongs to somebody, and that somebody is known by a
cookie or by `Authorization`. So an answer is compressed only if

* the request carries neither of them and the answer sets no cookie, or
* the answer says `Cache-Control: public`: it is the same for everybody, or
* the handler vouches for it: `response.secret = False`.

`response.secret = True` is never compressed. `Compression(secrets=True)` gives the
rule up, for an app whose pages hold no tokens or mask them anew in every answer.
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any, Final, Protocol

from segue.core.http.caching import CacheControl
from segue.core.http.conditional import ETag
from segue.core.http.headers import HTTPValueError
from segue.core.http.media import negotiate_encoding
from segue.core.http.request import Request
from segue.core.http.response import Chunk, Response, Stream

__all__ = ["COMPRESSIBLE", "Compression"]

COMPRESSIBLE: Final = frozenset(
    {
        "*+json",
        "*+xml",
        "application/javascript",
        "application/json",
        "application/x-ndjson",
        "application/xml",
        "application/wasm",
        "font/otf",
        "font/ttf",
        "image/bmp",
        "image/x-icon",
        "text/*",
    }
)
"""Media types that become smaller; images, fonts and archives of today do not."""

_LEVELS: Final = {"zstd": 3, "br": 4, "gzip": 6}
_ZSTD: Final = ("compression.zstd", "backports.zstd")
_BROTLI: Final = ("brotli", "brotlicffi")
_NO_BODY: Final = frozenset({204, 206})


class _Coder(Protocol):
    """One body on its way through a coding."""

    def write(self, data: bytes) -> bytes:
        """Compress a chunk; what comes out can be read at once."""
        ...  # protocol

    def end(self, data: bytes = b"") -> bytes:
        """Compress the last chunk, and end the body."""
        ...  # protocol


class _Maker(Protocol):
    def __call__(self, level: int) -> _Coder: ...  # protocol


class Compression:
    """An extension that compresses what the app answers.

    The whole of a body is compressed at once; a stream chunk by chunk, each of which
    arrives without waiting for the next. Files are sent as they are.

    Args:
        minimum: Bodies of fewer bytes are left alone.
        level: Effort by coding: gzip 1 to 9, Brotli 0 to 11, zstd 1 to 19.
        types: Media types to compress; `text/*` and `*+json` stand for many.
        codings: What is offered, the favourite first; a coding whose library is
            not installed is left out. gzip needs none.
        secrets: Compress even what may hold secrets; see the top of this module.

    Raises:
        HTTPValueError: A coding or a level that does not exist.

    Example:
        ```python
        app.use(Compression())
        ```
    """

    def __init__(
        self,
        *,
        minimum: int = 500,
        level: Mapping[str, int] | None = None,
        types: Iterable[str] = COMPRESSIBLE,
        codings: Iterable[str] = ("zstd", "br", "gzip"),
        secrets: bool = False,
    ) -> None:
        self.minimum = minimum
        self.types = frozenset(types)
        self.secrets = secrets
        levels = {**_LEVELS, **(level or {})}
        wanted = tuple(codings)
        for name in (*levels, *wanted):
            if name not in _LEVELS:
                raise _error(f"There is no coding {name!r} here.")
        makers = _available()
        self._coders = {
            name: partial(makers[name], level=levels[name])
            for name in wanted
            if name in makers
        }
        for name, make in self._coders.items():
            try:
                make().end()
            except Exception as error:  # each library has errors of its own
                raise _error(f"{name} has no level {levels[name]!r}.") from error

    @property
    def codings(self) -> tuple[str, ...]:
        """What is offered, the favourite first."""
        return tuple(self._coders)

    def setup(self, app: Any) -> None:
        """Compress every answer of the app, after its other hooks."""
        app.after(self.apply)

    def apply(self, request: Request, response: Response) -> None:
        """Compress one answer, if its type, its size and its request allow it."""
        if not self._is_compressible(response):
            return
        response.vary("accept-encoding")
        if self._may_tell_secrets(request, response):
            return
        accepted = request.headers.joined("accept-encoding")
        coding = negotiate_encoding(accepted, self.codings)
        if coding is None:
            return
        if response.status == 304:  # noqa: PLR2004 - names the state of the compressed body
            _weaken(response)
        elif isinstance(response, Stream):
            _compress_stream(response, self._coders[coding]())
            _mark(response, coding)
        elif len(response.body) >= self.minimum:
            body = self._coders[coding]().end(response.body)
            if len(body) < len(response.body):
                response.body = body
                _mark(response, coding)

    def _is_compressible(self, response: Response) -> bool:
        headers = response.headers
        if response.kind == "file" or response.status in _NO_BODY:
            return False
        if "content-encoding" in headers or not self._has_type(response.media_type):
            return False
        control = headers.get("cache-control")
        return control is None or not CacheControl.parse(control).no_transform

    def _has_type(self, content_type: str | None) -> bool:
        if content_type is None:
            return False
        essence = content_type.partition(";")[0].strip().lower()
        main, _, subtype = essence.partition("/")
        suffix = subtype.rpartition("+")[2]
        return not self.types.isdisjoint({essence, f"{main}/*", f"*+{suffix}"})

    def _may_tell_secrets(self, request: Request, response: Response) -> bool:
        if response.secret is not None:
            return response.secret
        if self.secrets:
            return False
        control = response.headers.get("cache-control")
        if control is not None and CacheControl.parse(control).public:
            return False
        asked = request.headers
        return (
            "cookie" in asked
            or "authorization" in asked
            or "set-cookie" in response.headers
        )


class _Gzip:
    def __init__(self, zlib: ModuleType, level: int) -> None:
        # 31: the largest window, with gzip's header and checksum around it.
        self._coder = zlib.compressobj(level, zlib.DEFLATED, 31)
        self._flush = zlib.Z_SYNC_FLUSH

    def write(self, data: bytes) -> bytes:
        done: bytes = self._coder.compress(data) + self._coder.flush(self._flush)
        return done

    def end(self, data: bytes = b"") -> bytes:
        done: bytes = self._coder.compress(data) + self._coder.flush()
        return done


class _Brotli:
    def __init__(self, brotli: ModuleType, level: int) -> None:
        self._coder = brotli.Compressor(quality=level)

    def write(self, data: bytes) -> bytes:
        done: bytes = self._coder.process(data) + self._coder.flush()
        return done

    def end(self, data: bytes = b"") -> bytes:
        done: bytes = self._coder.process(data) + self._coder.finish()
        return done


class _Zstd:
    def __init__(self, zstd: ModuleType, level: int) -> None:
        self._coder = zstd.ZstdCompressor(level=level)

    def write(self, data: bytes) -> bytes:
        done: bytes = self._coder.compress(data, mode=self._coder.FLUSH_BLOCK)
        return done

    def end(self, data: bytes = b"") -> bytes:
        done: bytes = self._coder.compress(data, mode=self._coder.FLUSH_FRAME)
        return done


class _Compressed:
    """A source whose chunks go through a coder."""

    def __init__(self, source: Stream, coder: _Coder) -> None:
        self._source = source
        self._coder = coder

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._source:
            yield self._coder.write(chunk)
        yield self._coder.end()

    def close(self) -> None:
        """Close the source, begun or not."""
        self._source.close()


class _AsyncCompressed:
    """An async source whose chunks go through a coder."""

    def __init__(self, source: Stream, coder: _Coder) -> None:
        self._source = source
        self._coder = coder

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._source:
            yield self._coder.write(chunk)
        yield self._coder.end()

    async def aclose(self) -> None:
        """Close the source, begun or not."""
        await self._source.aclose()


def _available() -> dict[str, _Maker]:
    """Find the libraries; here, because they are not loaded with the app."""
    makers: dict[str, _Maker] = {}
    for name, coder, libraries in (
        ("zstd", _Zstd, _ZSTD),
        ("br", _Brotli, _BROTLI),
        ("gzip", _Gzip, ("zlib",)),
    ):
        library = _find_library(libraries)
        if library is not None:
            makers[name] = partial(coder, library)
    return makers


def _find_library(names: Iterable[str]) -> ModuleType | None:
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    return None


def _compress_stream(response: Stream, coder: _Coder) -> None:
    source = Stream(response.chunks)
    chunks: Iterable[Chunk] | AsyncIterable[Chunk]
    chunks = (_AsyncCompressed if source.is_async else _Compressed)(source, coder)
    response.chunks = chunks


def _mark(response: Response, coding: str) -> None:
    headers = response.headers
    headers["content-encoding"] = coding
    headers.pop("content-length")
    headers.pop("accept-ranges")
    _weaken(response)


def _weaken(response: Response) -> None:
    etag = response.etag
    if etag is not None:
        response.etag = ETag(etag.value, weak=True)


def _error(what: str) -> HTTPValueError:
    return HTTPValueError(
        "SG-HTTP-015",
        what,
        why="The first answer to be compressed would fail.",
        fix="Choose from gzip 1 to 9, br 0 to 11 and zstd 1 to 19: "
        'Compression(level={"gzip": 6}).',
    )

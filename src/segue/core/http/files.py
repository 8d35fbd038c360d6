"""Files: which one a path may name, and which of its bytes to send.

A file is opened once, when its answer is prepared. Everything said about it, its
length, its tag, its date, is read from that open file, so one that is replaced or
removed while it is sent changes nothing. One that is cut short breaks the answer
off: its length was promised, and half a file must not pass for a whole one.
"""

# Paths are text: pathlib costs at import, and again for every answer.
# ruff: noqa: PTH116, PTH118, PTH119, PTH122

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import cache
from io import FileIO
from typing import Final, TypeAlias

from segue.core.errors import NotFound, RangeNotSatisfiable, WalkError
from segue.core.http.conditional import (
    ConditionalRequest,
    ETag,
    evaluate,
    if_range_holds,
    parse_ranges,
)
from segue.core.http.cookies import Cookie
from segue.core.http.headers import HeaderSource
from segue.core.http.response import Response
from segue.core.http.urls import quote_field

__all__ = [
    "CHUNK_SIZE",
    "File",
    "FilePart",
    "FileTruncatedError",
    "content_disposition",
    "file_media_type",
    "safe_path",
]

CHUNK_SIZE: Final = 65_536
"""How many bytes of a file are read at a time."""

FilePart: TypeAlias = bytes | tuple[int, int]
"""Bytes to send as they are, or offset and length of a piece of the file."""

_OFFICE = "application/vnd.openxmlformats-officedocument"

# What browsers meet every day; the rest is looked up in the standard library.
_TYPES: Final = {
    ".avif": "image/avif",
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".epub": "application/epub+zip",
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}

_DEVICE: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *+(?:[.:].*)?",
    re.IGNORECASE | re.DOTALL,
).fullmatch
_ABSENT: Final = frozenset(
    {
        errno.EACCES,
        errno.EINVAL,
        errno.EISDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.ENOENT,
        errno.ENOTDIR,
    }
)


class FileTruncatedError(OSError):
    """A file became shorter while it was sent; the answer cannot be completed."""


class File(Response):
    """An answer that is a file.

    It names its state (`ETag`, `Last-Modified`), answers 304 to a client that has
    it, and sends the ranges that are asked for.

    Args:
        root: The folder that `path` may not leave; without `path`, the file.
        path: What the visitor asked for, below `root`.
        status: The status; only a 200 is conditional or partial.
        download: True to have it saved instead of shown, or the name to save as.
        media_type: By default told from the file's name.
        headers: A mapping or pairs.
        max_age: How long it may be kept without asking.
        cookies: Cookies to set.

    Attributes:
        path: The file, with all symbolic links followed.
        size: Its length in bytes, once prepared.
        file_parts: What to send, in order, once prepared.
        length: How many bytes will be sent, once prepared.
        handle: The open file, while there is something to send of it.

    Raises:
        NotFound: There is no such file, it is no regular file, or it lies outside
            `root`. The visitor cannot tell these apart.

    Source: RFC 9110, sections 13 and 14.
    """

    __slots__ = ("file_parts", "handle", "length", "path", "size")

    kind = "file"

    def __init__(
        self,
        root: str | os.PathLike[str],
        path: str | None = None,
        *,
        status: int = 200,
        download: bool | str = False,
        media_type: str | None = None,
        headers: HeaderSource | None = None,
        max_age: int | timedelta | None = None,
        cookies: Iterable[Cookie] = (),
    ) -> None:
        self.path = os.fspath(root) if path is None else safe_path(root, path)
        _require_file(self.path)
        self.body = b""
        self.size = 0
        self.length: int | None = None
        self.file_parts: list[FilePart] = []
        self.handle: FileIO | None = None
        content_type = media_type or file_media_type(self.path)
        self._begin(status, headers, content_type, cookies, media_type is None)
        # A browser must not take somebody's upload for a page.
        self.headers.setdefault("x-content-type-options", "nosniff")
        if download:
            name = os.path.basename(self.path) if download is True else download
            self.headers["content-disposition"] = content_disposition(name)
        if max_age is not None:
            self.cache(max_age=max_age)

    @property
    def conditional(self) -> bool:
        return True

    def prepare(self, request: ConditionalRequest) -> None:
        """Open the file and decide which of its bytes to send, if any.

        Raises:
            NotFound: The file is gone since the handler named it.
        """
        if self.length is not None:
            return
        self.handle = _open(self.path)
        self._describe(os.fstat(self.handle.fileno()))
        if self.status != 200 or request.method not in {"GET", "HEAD"}:  # noqa: PLR2004 - only of a success is there a state to compare
            return
        outcome = evaluate(
            request.method, request.headers, self.etag, self.last_modified
        )
        if outcome is not None:
            self._answer_without_body(outcome)
        elif request.method == "GET" and "range" in request.headers:
            self._choose_ranges(request)

    def finish(self, method: str) -> None:
        if self.length is None:
            raise WalkError(
                "SG-HTTP-014",
                f"File({self.path!r}) was sent before it was prepared.",
                why="Its length is not known yet, nor what the client has of it.",
                fix="Call response.prepare(request) before response.finish(method).",
            )
        super().finish("GET")
        bodiless = self.status in {204, 304}
        if not bodiless:
            self.headers.trust("content-length", str(self.length))
        if bodiless or method == "HEAD":
            self._send_nothing()

    def __iter__(self) -> Iterator[bytes]:
        """Read what is to be sent, at most `CHUNK_SIZE` bytes at a time.

        Raises:
            FileTruncatedError: The file is shorter than it was.
        """
        for part in self.file_parts:
            if isinstance(part, bytes):
                yield part
            elif self.handle is not None:
                yield from _read(self.handle, *part)

    def close(self) -> None:
        if self.handle is not None:
            self.handle.close()
            self.handle = None

    def _describe(self, info: os.stat_result) -> None:
        if not stat.S_ISREG(info.st_mode):
            self.close()
            raise NotFound
        self.size = self.length = info.st_size
        self.file_parts = [(0, self.size)] if self.size else []
        if "etag" not in self.headers:
            self.etag = ETag(f"{info.st_mtime_ns:x}-{info.st_size:x}")
        if "last-modified" not in self.headers:
            self.last_modified = info.st_mtime
        self.headers.trust("accept-ranges", "bytes")

    def _choose_ranges(self, request: ConditionalRequest) -> None:
        headers = request.headers
        if not if_range_holds(headers.get("if-range"), self.etag, self.last_modified):
            return
        try:
            asked = headers.joined("range") or ""
            found = parse_ranges(asked, self.size, request.limits.ranges)
        except RangeNotSatisfiable:
            self._answer_without_body(416)
            self.headers["content-range"] = f"bytes */{self.size}"
            return
        if len(found) == 1:
            start, stop = found[0]
            self.headers["content-range"] = _content_range(start, stop, self.size)
            self._send_parts([(start, stop - start)])
        elif found:
            self._send_parts(self._multipart(found))

    def _multipart(self, ranges: list[tuple[int, int]]) -> list[FilePart]:
        """Build a `multipart/byteranges` body. Source: RFC 9110, section 14.6."""
        boundary = os.urandom(16).hex()
        kind = self.headers.get("content-type", "application/octet-stream")
        self.headers["content-type"] = f"multipart/byteranges; boundary={boundary}"
        parts: list[FilePart] = []
        for start, stop in ranges:
            head = (
                f"\r\n--{boundary}\r\ncontent-type: {kind}\r\n"
                f"content-range: {_content_range(start, stop, self.size)}\r\n\r\n"
            )
            parts += [head.encode("latin-1"), (start, stop - start)]
        parts.append(f"\r\n--{boundary}--\r\n".encode())
        return parts

    def _send_parts(self, parts: list[FilePart]) -> None:
        self.status = 206
        self.file_parts = parts
        self.length = sum(
            len(part) if isinstance(part, bytes) else part[1] for part in parts
        )

    def _send_nothing(self) -> None:
        self.file_parts = []
        self.close()

    def _answer_without_body(self, status: int) -> None:
        super()._answer_without_body(status)
        self._send_nothing()
        self.length = 0
        self.headers.pop("content-disposition")


def safe_path(
    root: str | os.PathLike[str], path: str, *, windows: bool = os.name == "nt"
) -> str:
    """Find the file that a visitor's path means below a folder.

    Args:
        root: The folder; it may itself be reached through symbolic links.
        path: Segments joined by `/`. Empty ones, `.` and `..`, names of Windows
            devices and links that lead outside are all refused, everywhere.
        windows: Whether to refuse what only Windows reads differently.

    Raises:
        NotFound: The path is refused.
    """
    segments = path.split("/")
    if any(_is_refused(segment, windows=windows) for segment in segments):
        raise NotFound
    try:
        base = os.path.realpath(root)
        full = os.path.realpath(os.path.join(base, *segments))
    except (OSError, ValueError):
        raise NotFound from None
    if not os.path.normcase(full).startswith(os.path.normcase(os.path.join(base, ""))):
        raise NotFound
    return full


def content_disposition(name: str, kind: str = "attachment") -> str:
    r"""Build the value of a `Content-Disposition` header.

    Old browsers read the plain name, all others the exact one. Path separators
    and control characters become `_`.

    Args:
        name: The name to save as; any text.
        kind: `attachment` or `inline`.

    Source: RFC 6266, section 4 and appendix D; RFC 8187.

    Example:
        >>> print(content_disposition("naïve.pdf"))
        attachment; filename="na_ve.pdf"; filename*=UTF-8''na%C3%AFve.pdf
    """
    name = re.sub(r"[\x00-\x1f\x7f/\\]", "_", name)
    # A name on disk may hold bytes that are no text.
    name = name.encode("utf-8", "replace").decode()
    plain = re.sub(r"[^\x20-\x7e]", "_", name)
    quoted = plain.replace('"', '\\"')
    if re.fullmatch(r"[ A-Za-z0-9\-._~]*", name):
        return f'{kind}; filename="{quoted}"'
    return f"{kind}; filename=\"{quoted}\"; filename*=UTF-8''{quote_field(name)}"


def file_media_type(name: str) -> str:
    """Tell a file's media type from its name; texts are taken for UTF-8.

    Example:
        >>> file_media_type("site/Index.HTML"), file_media_type("a.unheard-of")
        ('text/html; charset=utf-8', 'application/octet-stream')
    """
    suffix = os.path.splitext(name)[1].lower()
    known = _TYPES.get(suffix)
    return known if known is not None else _rarer_type(suffix)


@cache
def _mime_table() -> dict[str, str]:
    # Rare suffixes only; its import and its tables cost a millisecond or more.
    from mimetypes import MimeTypes  # noqa: PLC0415

    # Its own table alone: what a machine has in /etc must not change an answer.
    return MimeTypes().types_map[True]


def _rarer_type(suffix: str) -> str:
    kind = _mime_table().get(suffix, "application/octet-stream")
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _is_refused(segment: str, *, windows: bool) -> bool:
    if segment in {"", ".", ".."} or "\0" in segment or _DEVICE(segment):
        return True
    return windows and (
        "\\" in segment or ":" in segment or segment.endswith((".", " "))
    )


def _require_file(path: str) -> None:
    try:
        info = os.stat(path)
    except (OSError, ValueError) as error:
        raise _absent(error) from None
    if not stat.S_ISREG(info.st_mode):
        raise NotFound


def _open(path: str) -> FileIO:
    try:
        return FileIO(path)
    except (OSError, ValueError) as error:
        raise _absent(error) from None


def _absent(error: OSError | ValueError) -> Exception:
    # Too many open files or a broken disk is no 404, and must not be cached as one.
    if isinstance(error, OSError) and error.errno not in _ABSENT:
        return error
    return NotFound()


def _content_range(start: int, stop: int, size: int) -> str:
    return f"bytes {start}-{stop - 1}/{size}"


def _read(handle: FileIO, offset: int, length: int) -> Iterator[bytes]:
    handle.seek(offset)
    while length:
        data = handle.read(min(length, CHUNK_SIZE))
        if not data:
            raise FileTruncatedError(f"{handle.name!r} lacks its last {length} bytes.")
        length -= len(data)
        yield data

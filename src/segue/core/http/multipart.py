"""Multipart: forms with files, read piece by piece within limits.

`MultipartReader` is pushed by whoever has the chunks; the blocking and the awaited
reader at the end are the only parts that know where these come from. The grammar is
the work of the `multipart` library; limits, files, names and texts are ours.

Chunks are gathered before they are parsed, since a parser that is fed single bytes
looks at the same beginning of a header again and again.
"""

import importlib
import re
from collections.abc import AsyncIterable, Iterable, Iterator
from functools import partial
from typing import Any, Final

from segue.core.errors import BadRequest, ContentTooLarge, UnsupportedMediaType
from segue.core.http.decoding import decode_text
from segue.core.http.forms import (
    FormData,
    FormValue,
    Upload,
    field_too_large,
)
from segue.core.http.headers import Headers
from segue.core.http.limits import Limits
from segue.core.http.urls import unquote

__all__ = ["MultipartReader", "aparse_multipart", "parse_multipart"]

_STEP: Final = 65_536

# Wider than RFC 2046, which programs do not keep to; nothing that could end a line.
_BOUNDARY: Final = partial(re.fullmatch, r"[\x20-\x7e]*[\x21-\x7e]")

# Compiled by `re` when first used: most requests bring no parts.
# The parameters of a Content-Disposition, quotes and what is in them included.
_PARAMETERS: Final = partial(
    re.finditer, r';[ \t]*+([!#$%&\'*+.^_`|~0-9A-Za-z-]++)=("(?:[^"\\]|\\.)*+"|[^;]*+)'
)
_EXTENDED: Final = partial(re.fullmatch, r"(?i)utf-8'[^']*+'(.+)")

# Anything else would have to be decoded, which no reader of forms does any more.
_PLAIN_ENCODINGS: Final = frozenset(("7bit", "8bit", "binary"))


class MultipartReader:
    """Builds a form out of the chunks of a `multipart/form-data` body.

    Text is UTF-8 unless a part names another plain charset. A file input that was
    left empty is absent. Text before the first part or behind the last is skipped.

    Args:
        boundary: The parameter of the content type.
        limits: What the form may cost.

    Raises:
        BadRequest: The boundary, or later the body, is malformed.
        ContentTooLarge: A limit is passed.
        UnsupportedMediaType: A part is encoded in a way that is not read here.

    Source: RFC 7578; RFC 2046, section 5.1.
    """

    __slots__ = (
        "_costs",
        "_gathered",
        "_limits",
        "_pairs",
        "_parser",
        "_part",
        "_waiting",
    )

    def __init__(self, boundary: str, limits: Limits) -> None:
        if len(boundary) > limits.boundary or not _BOUNDARY(boundary):
            raise BadRequest("The boundary of the multipart body is malformed.")
        self._limits = limits
        self._parser = _Parser(boundary, limits)
        self._gathered: list[bytes] = []
        self._waiting = 0
        self._pairs: list[tuple[str, FormValue]] = []
        self._costs = _Costs(limits)
        # No content comes before a first head, so nothing is ever put into this one.
        self._part: _Field | _File = _Field("", None, self._costs)

    def feed(self, chunk: bytes) -> None:
        """Read on with the next chunk."""
        self._gathered.append(chunk)
        self._waiting += len(chunk)
        if self._waiting >= _STEP:
            self._parse()

    def writes_to_disk(self, chunk: bytes) -> bool:
        """Tell whether to feed this chunk will write to a file on disk."""
        return self._part.on_disk and self._waiting + len(chunk) >= _STEP

    def finish(self) -> FormData:
        """Build the form; the chunk before was the last one."""
        self._parse()
        self._parser.finish()
        return FormData(self._pairs)

    def close(self) -> None:
        """Close the files of a form that came to nothing."""
        self._part.close()
        FormData(self._pairs).close()

    def _parse(self) -> None:
        chunk = b"".join(self._gathered)
        self._gathered.clear()
        self._waiting = 0
        for event in self._parser.parse(chunk):
            if isinstance(event, bytes):
                self._part.take(event)
            elif event is not None:
                self._part = self._begin(event)
            elif (value := self._part.value()) is not None:
                self._pairs.append((self._part.name, value))

    def _begin(self, head: Any) -> "_Field | _File":
        headers = Headers(head.headerlist)
        limit = self._limits.part_header_size
        if sum(len(name) + len(value) for name, value in headers.items()) > limit:
            raise ContentTooLarge(f"The headers of a part are over {limit} bytes.")
        if "\0" in head.name:
            raise BadRequest("The name of a field has a NUL in it.")
        filename = _filename(headers, head.filename)
        if filename is not None:
            kind = head.content_type or "application/octet-stream"
            upload = Upload(filename, content_type=kind, headers=headers)
            return _File(head.name, upload, self._costs)
        self._costs.count_field()
        return _Field(head.name, head.charset, self._costs)


class _Costs:
    """What a form has cost until now."""

    __slots__ = ("fields", "limits", "memory")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.fields = 0
        self.memory = 0

    def count_field(self) -> None:
        self.fields += 1
        limit = self.limits.fields
        if self.fields > limit:
            raise ContentTooLarge(f"The form has more than {limit} fields.")

    @property
    def over(self) -> bool:
        return self.memory > self.limits.memory


class _Field:
    """A part that is a text."""

    __slots__ = ("_charset", "_costs", "_pieces", "_size", "name")

    on_disk = False

    def __init__(self, name: str, charset: str | None, costs: _Costs) -> None:
        self.name = name
        self._charset = charset
        self._costs = costs
        self._pieces: list[bytes] = []
        self._size = 0

    def take(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._costs.limits.field_size:
            raise field_too_large(self._costs.limits)
        self._costs.memory += len(chunk)
        if self._costs.over:
            raise ContentTooLarge(
                "The fields of the form are over the limit of "
                f"{self._costs.limits.memory} bytes together."
            )
        self._pieces.append(chunk)

    def value(self) -> str:
        content = b"".join(self._pieces)
        text = decode_text(content, self._charset, f"field {self.name!r}")
        if "\0" in text:
            raise BadRequest(f"The field {self.name!r} has a NUL in it.")
        return text

    def close(self) -> None:
        self._pieces.clear()


class _File:
    """A part that is a file."""

    __slots__ = ("_costs", "_upload", "name")

    def __init__(self, name: str, upload: Upload, costs: _Costs) -> None:
        self.name = name
        self._upload = upload
        self._costs = costs

    @property
    def on_disk(self) -> bool:
        return not self._upload.in_memory

    def take(self, chunk: bytes) -> None:
        upload, costs = self._upload, self._costs
        upload.write(chunk)
        if upload.in_memory:
            costs.memory += len(chunk)
            if costs.over or upload.size > costs.limits.spool:
                costs.memory -= upload.size
                upload.move_to_disk()

    def value(self) -> Upload | None:
        if not self._upload.raw_filename and not self._upload.size:
            return None
        self._upload.file.seek(0)
        return self._upload

    def close(self) -> None:
        self._upload.close()


class _Parser:
    """The library's parser with its outcomes as ours; its types end here."""

    __slots__ = ("_complete", "_library", "_push")

    def __init__(self, boundary: str, limits: Limits) -> None:
        # Imports tempfile and costs 30 ms; most requests carry no multipart body.
        self._library: Any = importlib.import_module("multipart")
        # Strict: without it, a header continued over many lines takes quadratic time.
        self._push: Any = self._library.PushMultipartParser(
            boundary,
            max_header_count=limits.part_headers,
            max_header_size=limits.part_header_size,
            max_segment_count=limits.parts,
            strict=True,
        )
        self._complete = False

    def parse(self, chunk: bytes) -> Iterator[Any]:
        """Yield a head, then bytes of its content, then None, for each part."""
        if self._complete or not chunk:
            return
        try:
            yield from self._push.parse(chunk)
        except self._library.ParserLimitReached as error:
            raise ContentTooLarge(f"The form is too large: {error}.") from error
        except self._library.StrictParserError:
            # What stands behind the last part is skipped, as the RFC has it.
            self.finish()
            self._complete = True
        except self._library.MultipartError as error:
            raise _malformed(error) from error

    def finish(self) -> None:
        """Demand that the last part was seen."""
        try:
            self._push.close()
        except self._library.MultipartError as error:
            raise _malformed(self._push.error) from error


def parse_multipart(chunks: Iterable[bytes], boundary: str, limits: Limits) -> FormData:
    """Parse a `multipart/form-data` body.

    Raises:
        HTTPError: As in `MultipartReader`; no file is left open then.
    """
    reader = MultipartReader(boundary, limits)
    try:
        for chunk in chunks:
            reader.feed(chunk)
        return reader.finish()
    except BaseException:
        reader.close()
        raise


async def aparse_multipart(
    chunks: AsyncIterable[bytes], boundary: str, limits: Limits
) -> FormData:
    """Parse a `multipart/form-data` body as `parse_multipart` does, awaiting it.

    What goes to disk is written by a thread, so that the loop never waits for it.
    """
    reader = MultipartReader(boundary, limits)
    try:
        async for chunk in chunks:
            if reader.writes_to_disk(chunk):
                await _feed_in_thread(reader, chunk)
            else:
                reader.feed(chunk)
        return reader.finish()
    except BaseException:
        reader.close()
        raise


async def _feed_in_thread(reader: MultipartReader, chunk: bytes) -> None:
    # This runs on an event loop, so asyncio is imported already.
    import asyncio  # noqa: PLC0415

    fed = asyncio.get_running_loop().run_in_executor(None, reader.feed, chunk)
    try:
        await asyncio.shield(fed)
    except asyncio.CancelledError:
        # The file is closed by who gave up; not while the thread writes to it.
        await asyncio.wait([fed])
        raise


def _filename(headers: Headers, plain: str | None) -> str | None:
    """Find the name a file was sent with; None for a part that is a field."""
    copies = headers.get_all("content-disposition")
    found = [(m[1].lower(), m[2]) for m in _PARAMETERS(copies[0])]
    params = dict(found)
    if len(copies) > 1 or len(params) < len(found):
        raise BadRequest("A part of the form has two names.")
    encoding = headers.get("content-transfer-encoding", "8bit")
    if str(encoding).strip().lower() not in _PLAIN_ENCODINGS:
        raise UnsupportedMediaType("A part of the form is encoded for mail.")
    if plain is not None or "filename*" not in params:
        return plain
    # Not in the RFC of forms, but some programs write it so (RFC 8187).
    extended = _EXTENDED(params["filename*"].strip())
    if extended is None:
        raise BadRequest("The name of a file is malformed.")
    return unquote(extended[1], "name of a file")


def _malformed(error: Any) -> BadRequest:
    return BadRequest(f"The multipart body is malformed: {error.args[0]}.")

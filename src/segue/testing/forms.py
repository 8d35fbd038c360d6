"""Forms as a browser sends them: fields in a body or a query, and files."""

import mimetypes
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import IO, Any, TypeAlias, TypeVar, cast
from urllib.parse import urlencode

__all__ = [
    "Fields",
    "FileContent",
    "Files",
    "encode_fields",
    "encode_multipart",
    "pairs_of",
]

V = TypeVar("V")

Fields: TypeAlias = Mapping[str, Any] | Iterable[tuple[str, Any]]
"""Names and values; a list or tuple as value repeats the name."""

FileContent: TypeAlias = bytes | str | PathLike[str] | IO[bytes]
"""The bytes of a file, a text, the path of a file, or an open binary file."""

FileField: TypeAlias = (
    FileContent | tuple[str | None, FileContent] | tuple[str | None, FileContent, str]
)
"""A file's content; with its name; with its name and its media type."""

Files: TypeAlias = Mapping[str, FileField] | Iterable[tuple[str, FileField]]


def pairs_of(fields: Mapping[str, V] | Iterable[tuple[str, V]]) -> list[tuple[str, V]]:
    """Build a list of pairs from a mapping or from pairs."""
    if isinstance(fields, Mapping):
        return list(cast("Mapping[str, V]", fields).items())
    return list(fields)


def encode_fields(fields: Fields) -> str:
    """Encode fields as `application/x-www-form-urlencoded`."""
    return urlencode(_flat(fields))


def encode_multipart(fields: Fields, files: Files) -> tuple[bytes, str]:
    """Encode fields and files as `multipart/form-data`.

    Returns:
        The body and its media type. The boundary is the same for the same form,
        so that a failing test fails alike twice.
    """
    parts = [(_disposition(name), value.encode()) for name, value in _flat(fields)]
    parts += [_file_part(name, given) for name, given in pairs_of(files)]
    boundary = _boundary(parts)
    mark = b"--" + boundary.encode()
    lines = [mark + b"\r\n" + head + b"\r\n\r\n" + body for head, body in parts]
    body = b"\r\n".join([*lines, mark + b"--\r\n"])
    return body, f"multipart/form-data; boundary={boundary}"


def _flat(fields: Fields) -> list[tuple[str, str]]:
    return [
        (name, _text(item))
        for name, value in pairs_of(fields)
        for item in (
            cast("Iterable[Any]", value)
            if isinstance(value, (list, tuple))
            else [value]
        )
    ]


def _text(value: Any) -> str:
    """Write a value as a page's script would: `true`, not `True`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _file_part(name: str, given: FileField) -> tuple[bytes, bytes]:
    media_type: str | None = None
    if isinstance(given, tuple):
        filename, content = given[0], given[1]
        media_type = given[2] if len(given) > 2 else None  # noqa: PLR2004 - its shape
    else:
        filename, content = _name_of(given), given
    guessed = mimetypes.guess_type(filename or "")[0] or "application/octet-stream"
    head = _disposition(name, filename)
    head += b"\r\ncontent-type: " + (media_type or guessed).encode("latin-1")
    return head, _read(content)


def _name_of(content: FileContent) -> str:
    if isinstance(content, (bytes, str)):
        return "upload"
    named = content if isinstance(content, PathLike) else getattr(content, "name", "")
    return Path(str(named)).name or "upload"


def _read(content: FileContent) -> bytes:
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, PathLike):
        return Path(content).read_bytes()
    return content if isinstance(content, bytes) else content.read()


def _disposition(name: str, filename: str | None = None) -> bytes:
    """Build a part's first header as browsers do: UTF-8, three escapes.

    Source: HTML Living Standard, "Multipart form data".
    """
    text = f'content-disposition: form-data; name="{_escaped(name)}"'
    if filename is not None:
        text += f'; filename="{_escaped(filename)}"'
    return text.encode()


def _escaped(text: str) -> str:
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def _boundary(parts: Iterable[tuple[bytes, bytes]]) -> str:
    whole = b"".join(head + body for head, body in parts)
    number = 0
    while (boundary := f"----segue-form-{number}").encode() in whole:
        number += 1
    return boundary

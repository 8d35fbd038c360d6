"""Forms: the fields and files that a browser's form sent.

`FormData` is the same for both ways of sending one; multipart.py reads the way that
carries files. What a visitor calls a file is a suggestion: `filename` is made safe to
be the name of a file here, `raw_filename` is what was sent.
"""

import io
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, TypeAlias

from segue.core.errors import ContentTooLarge, WalkError
from segue.core.http.headers import Headers
from segue.core.http.limits import Limits
from segue.core.http.urls import MissingField, parse_query

__all__ = [
    "FormData",
    "FormValue",
    "Upload",
    "field_too_large",
    "parse_form",
    "safe_filename",
]

# What one file name may take on the usual file systems, in bytes.
_LONGEST_NAME: Final = 255
_STEP: Final = 65_536

# Windows reads these names as devices, with any ending.
_DEVICES: Final = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{port}{number}" for port in ("COM", "LPT") for number in "123456789¹²³"]
)
_UNSAFE: Final = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


class Upload:
    """A file that came with a form.

    It lives as long as the request: `save` what is to stay.

    Attributes:
        filename: Its name, safe for any file system; `file` when none is left.
        raw_filename: Its name as it was sent: never build a path from it.
        content_type: What the client says it is, in lower case; look for yourself
            before you believe it.
        headers: The headers of its part.
        size: Its bytes.
        file: The content, in memory or on disk, to be read in pieces.
    """

    __slots__ = ("content_type", "file", "filename", "headers", "raw_filename", "size")

    def __init__(
        self,
        filename: str,
        content: bytes = b"",
        *,
        content_type: str = "application/octet-stream",
        headers: Headers | None = None,
    ) -> None:
        self.raw_filename = filename
        self.filename = safe_filename(filename)
        self.content_type = content_type
        self.headers = headers or Headers()
        self.size = len(content)
        self.file: BinaryIO = io.BytesIO(content)

    def __repr__(self) -> str:
        kind = self.content_type
        return f"<Upload {self.filename!r} {kind!r} {self.size} bytes>"

    def read(self) -> bytes:
        """Read the whole content, from its beginning.

        Raises:
            WalkError: The request is over, and the file with it.
        """
        self._rewind()
        return self.file.read()

    async def aread(self) -> bytes:
        """Read the whole content; what is on disk is read by a thread."""
        if self.in_memory:
            return self.read()
        # An async handler runs on an event loop, so asyncio is imported already.
        import asyncio  # noqa: PLC0415

        return await asyncio.to_thread(self.read)

    def save(self, path: str | os.PathLike[str], *, replace: bool = False) -> str:
        """Write the content to a file.

        Args:
            path: Where to; in a folder the file gets the name `filename`.
            replace: Whether a file of that name is overwritten.

        Returns:
            The path of the file.

        Raises:
            FileExistsError: There is such a file, and `replace` is not said.
            WalkError: The request is over, and the file with it.
        """
        # Used by few requests, and some milliseconds on import.
        from pathlib import Path  # noqa: PLC0415

        self._rewind()
        target = Path(path)
        if target.is_dir():
            target /= self.filename
        with target.open("wb" if replace else "xb") as copy:
            while piece := self.file.read(_STEP):
                copy.write(piece)
        return str(target)

    async def asave(
        self, path: str | os.PathLike[str], *, replace: bool = False
    ) -> str:
        """Write the content to a file, as `save` does, by a thread."""
        # An async handler runs on an event loop, so asyncio is imported already.
        import asyncio  # noqa: PLC0415

        return await asyncio.to_thread(self.save, path, replace=replace)

    @property
    def in_memory(self) -> bool:
        """Whether the content is in memory and not on disk."""
        return isinstance(self.file, io.BytesIO)

    def write(self, chunk: bytes) -> None:
        """Add to the content; for the reader of the form."""
        self.size += len(chunk)
        self.file.write(chunk)

    def move_to_disk(self) -> None:
        """Move the content to a nameless file on disk; for the reader of the form."""
        # 24 ms on import, and most files are small.
        import tempfile  # noqa: PLC0415

        disk: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the request
        disk.write(self._rewind().read())
        self.file.close()
        self.file = disk

    def close(self) -> None:
        """Let the content go; a nameless file on disk is gone then."""
        self.file.close()

    def _rewind(self) -> BinaryIO:
        if self.file.closed:
            raise WalkError(
                "SG-HTTP-036",
                f"The uploaded file {self.filename!r} is read after its request.",
                why="Its content is thrown away when the answer was sent.",
                fix="Read it in the handler, or save it: upload.save(folder).",
            )
        self.file.seek(0)
        return self.file


FormValue: TypeAlias = str | Upload


class FormData:
    """The fields and files of a form; a name may have several, the last one counts.

    Example:
        >>> form = FormData([("tag", "a"), ("tag", "b"), ("cv", Upload("a.txt"))])
        >>> form["tag"], form.get_all("tag"), form.get("page", "1")
        ('b', ['a', 'b'], '1')
        >>> form.file("cv"), form.text("cv")
        (<Upload 'a.txt' 'application/octet-stream' 0 bytes>, None)
    """

    __slots__ = ("_pairs", "_values")

    def __init__(self, pairs: Iterable[tuple[str, FormValue]] = ()) -> None:
        self._pairs = tuple(pairs)
        self._values: dict[str, list[FormValue]] = {}
        for name, value in self._pairs:
            self._values.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> FormValue:
        values = self._values.get(name)
        if values is None:
            raise MissingField(f"The form has no field {name!r}.")
        return values[-1]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FormData):
            return NotImplemented
        return self._pairs == other._pairs

    def __hash__(self) -> int:
        return hash(self._pairs)

    def __repr__(self) -> str:
        # Values may be passwords.
        return f"<FormData {', '.join(map(repr, self._values))}>"

    def get(self, name: str, default: FormValue | None = None) -> FormValue | None:
        """Find the last field or file of a name."""
        values = self._values.get(name)
        return values[-1] if values else default

    def get_all(self, name: str) -> list[FormValue]:
        """List every field and file of a name, in the order of the form."""
        return list(self._values.get(name, ()))

    def text(self, name: str, default: str | None = None) -> str | None:
        """Find the last field of a name that is no file."""
        texts = [v for v in self._values.get(name, ()) if isinstance(v, str)]
        return texts[-1] if texts else default

    def file(self, name: str) -> Upload | None:
        """Find the last file of a name."""
        found = [v for v in self._values.get(name, ()) if isinstance(v, Upload)]
        return found[-1] if found else None

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Names and values of all fields that are no files, in order."""
        return [(n, v) for n, v in self._pairs if isinstance(v, str)]

    @property
    def files(self) -> list[tuple[str, Upload]]:
        """Names and files, in order."""
        return [(n, v) for n, v in self._pairs if isinstance(v, Upload)]

    def keys(self) -> Iterable[str]:
        """List the names, each once."""
        return self._values.keys()

    def items(self) -> list[tuple[str, FormValue]]:
        """List every name with its field or file, in the order of the form."""
        return list(self._pairs)

    def close(self) -> None:
        """Close every file; the request does it when its answer was sent."""
        for _, upload in self.files:
            upload.close()


def parse_form(body: bytes, limits: Limits) -> FormData:
    """Parse a form that was sent as `application/x-www-form-urlencoded`.

    Raises:
        ContentTooLarge: More fields, or a longer one, than the limits allow.
        BadRequest: A malformed percent-encoding, text that is not UTF-8, or a NUL.
    """
    if body.count(b"&") >= limits.fields and body:
        raise ContentTooLarge(f"The form has more than {limits.fields} fields.")
    if len(body) > limits.field_size:
        longest = max(map(len, body.split(b"&")))
        if longest > limits.field_size:
            raise field_too_large(limits)
    return FormData(parse_query(body.decode("latin-1"), limits.fields, part="form"))


def field_too_large(limits: Limits) -> ContentTooLarge:
    """Build the answer to a field, not a file, that is too long."""
    return ContentTooLarge(
        f"A field of the form is over the limit of {limits.field_size} bytes."
    )


def safe_filename(raw: str) -> str:
    r"""Build a name that is one file's name, and harmless, on every system.

    Folders, control characters, reversed writing, characters that Windows forbids,
    dots and blanks at the ends and names of devices are taken out or replaced; what
    is left is cut to what a file system takes, with its ending kept.

    Example:
        >>> safe_filename("../../etc/passwd"), safe_filename("C:\\cv\\me.pdf")
        ('passwd', 'me.pdf')
        >>> safe_filename("con.txt"), safe_filename("..")
        ('_con.txt', 'file')
    """
    base = raw.replace("\\", "/").rpartition("/")[2]
    shown = "".join(filter(str.isprintable, base)).translate(_UNSAFE)
    name = _cut(shown.strip(". ")).strip(". ")
    if name.partition(".")[0].rstrip(" ").upper() in _DEVICES:
        name = f"_{name}"
    return name or "file"


def _cut(name: str) -> str:
    # One byte is kept free for the underscore before the name of a device.
    if len(name.encode()) < _LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = (dot + ending).encode()
    if not stem or len(tail) > _LONGEST_NAME // 4:
        stem, tail = name, b""
    head = stem.encode()[: _LONGEST_NAME - 1 - len(tail)]
    return (head + tail).decode(errors="ignore")

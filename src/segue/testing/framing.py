"""What every protocol asks of an answer: legal headers, a body that fits them."""

import re
from collections.abc import Iterable
from typing import Any, TypeGuard, cast

from segue.testing.errors import broken

__all__ = ["Framing", "check_fields", "is_text_pair"]

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
_LENGTH = re.compile(r"[0-9]+")


def check_fields(protocol: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Refuse header names and values that cannot stand in HTTP.

    Raises:
        ProtocolError: A name is no token, or a value holds control characters.

    Source: RFC 9110, section 5.
    """
    for name, value in pairs:
        if not _NAME.fullmatch(name):
            raise broken(
                protocol,
                f"The app sent the header name {name!r}.",
                "Use letters, digits and dashes.",
            )
        if not _VALUE.fullmatch(value):
            raise broken(
                protocol,
                f"The header {name!r} has the value {value!r}.",
                "Take the control characters out: they would split the answer.",
            )


def is_text_pair(pair: object) -> TypeGuard[tuple[str, str]]:
    """Say whether a header is what WSGI and RSGI ask for: a tuple of two str."""
    return type(pair) is tuple and [type(part) for part in cast("Any", pair)] == [
        str,
        str,
    ]


class Framing:
    """Counts the body of one answer against its status and its content-length.

    Source: RFC 9110, sections 6.4.1 and 8.6.
    """

    def __init__(
        self, protocol: str, method: str, status: int, pairs: list[tuple[str, str]]
    ) -> None:
        check_fields(protocol, pairs)
        self._protocol = protocol
        self._head = method == "HEAD"
        self._status = status
        self._empty = status < 200 or status in {204, 304}  # noqa: PLR2004 - RFC 9110
        self._declared = self._read_length(pairs)
        self._total = 0

    def add(self, data: bytes) -> bytes:
        """Count a piece of the body; return what of it goes onto the wire.

        Raises:
            ProtocolError: The answer may have no body, or less of it.
        """
        if self._head:
            return b""
        self._total += len(data)
        if data and self._empty:
            raise broken(
                self._protocol,
                f"The app sent a body of {data[:40]!r} with status {self._status}.",
                "Send no body with 204, 304 and 1xx.",
            )
        if self._declared is not None and self._total > self._declared:
            raise self._misfit()
        return data

    def end(self) -> None:
        """Check the whole.

        Raises:
            ProtocolError: The body is shorter than its content-length.
        """
        bodiless = self._head or self._empty
        if not bodiless and self._declared not in {None, self._total}:
            raise self._misfit()

    def _misfit(self) -> Exception:
        return broken(
            self._protocol,
            f"The body has {self._total} bytes, content-length is {self._declared}.",
            "Declare the length in bytes, not in characters, or none at all.",
        )

    def _read_length(self, pairs: list[tuple[str, str]]) -> int | None:
        lengths = {value for name, value in pairs if name.lower() == "content-length"}
        if not lengths:
            return None
        text = lengths.pop()
        if lengths or not _LENGTH.fullmatch(text):
            raise broken(
                self._protocol,
                f"The content-length is {', '.join(sorted({text, *lengths}))!r}.",
                "Send one content-length of plain digits.",
            )
        if self._empty and self._status != 304:  # noqa: PLR2004 - 304 may tell it
            raise broken(
                self._protocol,
                f"The app sent a content-length with status {self._status}.",
                "Send none: these answers have no body.",
            )
        return int(text)

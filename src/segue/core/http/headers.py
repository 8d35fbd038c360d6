"""Header fields: what came in, as it came; what goes out, checked.

`Headers` belongs to a request and never changes. `MutableHeaders` belongs to an
answer; nothing enters it that could end a line and begin another one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias, cast

from segue.core.errors import SegueError

__all__ = ["HTTPValueError", "HeaderSource", "Headers", "MutableHeaders"]

HeaderSource: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""What an answer's headers may be given as."""

_MASKED: Final = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"}
)

# Names that need no second look, because they are written in our own files.
_KNOWN: Final = frozenset(
    {
        "accept-ranges",
        "allow",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-length",
        "content-range",
        "content-security-policy",
        "content-type",
        "etag",
        "last-modified",
        "location",
        "retry-after",
        "set-cookie",
        "vary",
        "x-content-type-options",
        "x-request-id",
    }
)

# A server frames its answers itself; WSGI forbids an app to set these.
_OF_THE_SERVER: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_FOREIGN: Final = re.compile(r"[^\t\x20-\x7e\x80-\xff]").search


class HTTPValueError(SegueError, ValueError):
    """A value that must not, or cannot, be sent over HTTP."""


class Headers:
    """The header fields of a request; names in any spelling of case.

    Args:
        pairs: Name and value of every field line, in the order of arrival.

    Example:
        >>> headers = Headers([("Accept", "text/html"), ("accept", "*/*")])
        >>> headers["ACCEPT"], headers.joined("accept")
        ('text/html', 'text/html, */*')
    """

    __slots__ = ("_lines", "_pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = [(name.lower(), value) for name, value in pairs]
        lines: dict[str, list[str]] = {}
        for name, value in self._pairs:
            if name in lines:
                lines[name].append(value)
            else:
                lines[name] = [value]
        self._lines = lines

    def __getitem__(self, name: str) -> str:
        return self._lines[name.lower()][0]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Headers):
            return NotImplemented
        return self._lines == other._lines

    def __hash__(self) -> int:
        return hash(frozenset((name, *lines) for name, lines in self._lines.items()))

    def __repr__(self) -> str:
        return f"Headers({_shown(self._pairs)})"

    def get(self, name: str, default: str | None = None) -> str | None:
        """Find the first value of a name."""
        lines = self._lines.get(name.lower())
        return lines[0] if lines else default

    def get_all(self, name: str) -> list[str]:
        """List every value of a name, in the order of arrival."""
        return list(self._lines.get(name.lower(), ()))

    def joined(self, name: str) -> str | None:
        """Build the one value that several lines of a list-valued name mean.

        Source: RFC 9110, section 5.3.
        """
        lines = self._lines.get(name.lower())
        return ", ".join(lines) if lines else None

    def keys(self) -> Iterable[str]:
        """List the names, each once."""
        return self._lines.keys()

    def items(self) -> list[tuple[str, str]]:
        """List every name and value, in the order of arrival."""
        return list(self._pairs)


class MutableHeaders:
    """The header fields of an answer; every name and value is checked.

    Names leave in lower case. A name's further values come after all first ones.

    Args:
        fields: A mapping or pairs; a name given twice has both values.

    Example:
        >>> headers = MutableHeaders({"X-Served-By": "segue"})
        >>> headers.vary("cookie")
        >>> headers.pairs()
        [('x-served-by', 'segue'), ('vary', 'cookie')]
    """

    __slots__ = ("_first", "_further")

    def __init__(self, fields: HeaderSource = ()) -> None:
        # A dict answers almost every question; second values are rare.
        self._first: dict[str, str] = {}
        self._further: list[tuple[str, str]] = []
        if fields:
            for name, value in _pairs(fields):
                self.add(name, value)

    def __getitem__(self, name: str) -> str:
        return self._first[name.lower()]

    def __setitem__(self, name: str, value: str) -> None:
        name = _checked_name(name)
        self._first[name] = _checked_value(name, value)
        if self._further:
            self._drop_further(name)

    def __delitem__(self, name: str) -> None:
        name = name.lower()
        del self._first[name]
        if self._further:
            self._drop_further(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._first

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)

    def __len__(self) -> int:
        return len(self._first)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MutableHeaders):
            return NotImplemented
        return self._first == other._first and self._further == other._further

    __hash__ = None  # type: ignore[assignment]  # it changes, so it has no hash

    def __repr__(self) -> str:
        return f"MutableHeaders({_shown(self.pairs())})"

    def get(self, name: str, default: str | None = None) -> str | None:
        """Find the first value of a name."""
        return self._first.get(name.lower(), default)

    def get_all(self, name: str) -> list[str]:
        """List every value of a name."""
        name = name.lower()
        first = [self._first[name]] if name in self._first else []
        return first + [value for known, value in self._further if known == name]

    def add(self, name: str, value: str) -> None:
        """Add a value beside those that the name already has."""
        name = _checked_name(name)
        value = _checked_value(name, value)
        if name in self._first:
            self._further.append((name, value))
        else:
            self._first[name] = value

    def setdefault(self, name: str, value: str) -> str:
        """Set the value unless the name has one; return the one it has then."""
        known = self._first.get(name.lower())
        if known is None:
            known = self._first[_checked_name(name)] = _checked_value(name, value)
        return known

    def trust(self, name: str, value: str) -> None:
        """Set the one value of a name, both written in our own files: unchecked."""
        self._first[name] = value

    def update(self, fields: HeaderSource) -> None:
        """Set every name to its value; the values it had are gone."""
        for name, value in _pairs(fields):
            self[name] = value

    def pop(self, name: str, default: str | None = None) -> str | None:
        """Remove a name with all its values; return the first one."""
        name = name.lower()
        if self._further:
            self._drop_further(name)
        return self._first.pop(name, default)

    def vary(self, *names: str) -> None:
        """Add names to `Vary`, each once; `*` swallows all others."""
        present = ", ".join(self.get_all("vary"))
        seen = {item.strip().lower(): None for item in present.split(",")}
        seen.pop("", None)
        seen.update((name.lower(), None) for name in names)
        if seen:
            self["vary"] = "*" if "*" in seen else ", ".join(seen)

    def items(self) -> list[tuple[str, str]]:
        """List every name and value; the same as `pairs`."""
        return self.pairs()

    def pairs(self) -> list[tuple[str, str]]:
        """List every name and value as they will be sent."""
        return [*self._first.items(), *self._further]

    def _drop_further(self, name: str) -> None:
        self._further = [pair for pair in self._further if pair[0] != name]


def _pairs(fields: HeaderSource) -> Iterable[tuple[str, str]]:
    # What has items is a mapping; asking for the abstract type takes longer.
    items: Callable[[], Iterable[tuple[str, str]]] | None = getattr(
        fields, "items", None
    )
    return cast("Iterable[tuple[str, str]]", fields) if items is None else items()


def _checked_name(name: str) -> str:
    if name in _KNOWN:
        return name
    lowered = name.lower()
    if not _TOKEN(lowered):
        raise HTTPValueError(
            "SG-HTTP-001",
            f"{name!r} cannot be the name of a header.",
            why="A header's name is made of letters, digits and !#$%&'*+-.^_`|~ only.",
            fix="Write a name such as 'x-served-by'.",
        )
    if lowered in _OF_THE_SERVER:
        raise HTTPValueError(
            "SG-HTTP-001",
            f"The header {lowered!r} belongs to the server.",
            why="It is about the connection, which an app neither opens nor closes.",
            fix="Leave it out; the server sends it when it is due.",
        )
    return lowered


def _checked_value(name: str, value: str) -> str:
    try:
        found = _FOREIGN(value)
    except TypeError:
        raise HTTPValueError(
            "SG-HTTP-001",
            f"The header {name!r} cannot hold {value!r}: it is no text.",
            why="What is sent is text, and a value can be written in many ways.",
            fix="Write it as a str.",
        ) from None
    if found is None:
        # Servers refuse spaces at the ends, or strip them: say it once, here.
        return value.strip(" \t")
    raise HTTPValueError(
        "SG-HTTP-001",
        f"The header {name!r} cannot hold {found[0]!r} (at {found.start()}).",
        why="A line break would begin a header of the visitor's choice; other control "
        "characters and text outside latin-1 cannot be sent at all.",
        fix="Remove it, or percent-encode the text: segue.core.http.quote_path(text).",
    )


def _shown(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, "***" if name in _MASKED else value) for name, value in pairs]

"""URLs and their queries: reading them strictly, building them safely.

The text of a query is the request's own bytes, one latin-1 character each, as
every protocol hands it over. It is decoded once, as UTF-8; what does not decode
is a `BadRequest`, never a guess.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

import msgspec

from segue.core.errors import BadRequest
from segue.core.http.headers import HTTPValueError

__all__ = [
    "URL",
    "MissingField",
    "Query",
    "build_query",
    "is_safe_redirect",
    "parse_query",
    "query_dict",
    "quote_field",
    "quote_path",
    "quote_url",
    "unquote",
]

_HEX: Final = "0123456789abcdefABCDEF"
_BYTES: Final = {
    (high + low).encode(): bytes([int(high + low, 16)]) for high in _HEX for low in _HEX
}
_UNRESERVED: Final = (
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_IN_SEGMENT: Final = _UNRESERVED + b"!$&'()*+,;=:@"
_IN_PATH: Final = _IN_SEGMENT + b"/"
_IN_URL: Final = _IN_PATH + b"?#[]%"
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]").search

# RFC 3986, appendix B, with a scheme that begins with a letter.
_PARTS: Final = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.\-]*+):)?(?://([^/?#]*+))?([^?#]*+)(?:\?([^#]*+))?(?:#(.*+))?",
    re.DOTALL,
)
_AUTHORITY: Final = re.compile(
    r"(?:\[([0-9A-Fa-f:.]++)\]|([A-Za-z0-9\-._~]*+))(?::([0-9]{0,5}))?"
)
_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class MissingField(BadRequest, KeyError):
    """400: a field that the handler asked for by name was not sent."""


def query_dict(text: str, limit: int = 1000) -> dict[str, str]:
    """Parse a query into one value per name; the last one wins.

    This is on the path of every typed route with a query, so the usual text, one
    or a few plain fields, takes a handful of C calls.

    Raises:
        BadRequest: As in `parse_query`.

    Example:
        >>> query_dict("q=hello&page=2")
        {'q': 'hello', 'page': '2'}
    """
    if "%" in text or "+" in text or "\0" in text or not text.isascii():
        return dict(parse_query(text, limit))
    if "&" not in text:
        name, _, value = text.partition("=")
        return {name: value} if text else {}
    fields = text.split("&")
    if len(fields) > limit:
        raise BadRequest(f"The query has more than {limit} fields.")
    found: dict[str, str] = {}
    for field in fields:
        name, _, value = field.partition("=")
        found[name] = value
    if "" in found and "" in fields:
        # Two separators in a row are no field; only `=value` has an empty name.
        return dict(parse_query(text, limit))
    return found


def parse_query(
    text: str, limit: int = 1000, *, part: str = "query"
) -> list[tuple[str, str]]:
    """Parse a query, or a form that was sent like one, into its fields.

    Fields are separated by `&` only, and `+` is a space.

    Args:
        text: The bytes of the query, each as one latin-1 character.
        limit: How many fields are read at most.
        part: What it is, for the message to the visitor.

    Raises:
        BadRequest: More than `limit` fields, a malformed percent-encoding, text
            that is not UTF-8, or a NUL.

    Example:
        >>> parse_query("tag=a%20b&tag=c+d&flag")
        [('tag', 'a b'), ('tag', 'c d'), ('flag', '')]
    """
    if not text:
        return []
    if text.count("&") >= limit:
        raise BadRequest(f"The {part} has more than {limit} fields.")
    text = text.replace("+", " ")
    pairs = [field.partition("=") for field in text.split("&") if field]
    if "%" not in text and "\0" not in text and text.isascii():
        return [(name, value) for name, _, value in pairs]
    return [(unquote(name, part), unquote(value, part)) for name, _, value in pairs]


def unquote(text: str, part: str = "URL") -> str:
    """Decode percent-encoded text, strictly, as UTF-8.

    Args:
        text: Bytes as latin-1 characters, percent-encoded or not.
        part: What it is, for the message to the visitor.

    Raises:
        BadRequest: A `%` without two hexadecimal digits, bytes that are not
            UTF-8, or a NUL.

    Example:
        >>> unquote("caf%C3%A9")
        'café'
    """
    try:
        first, *others = text.encode("latin-1").split(b"%")
        pieces = [first]
        for piece in others:
            pieces.append(_BYTES[piece[:2]])
            pieces.append(piece[2:])
        decoded = b"".join(pieces).decode()
    except KeyError:
        raise BadRequest(f"The {part} has a malformed percent-encoding.") from None
    except UnicodeError:
        raise BadRequest(f"The {part} is not UTF-8.") from None
    if "\0" in decoded:
        raise BadRequest(f"The {part} has a NUL in it.")
    return decoded


def build_query(values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> str:
    """Build a query from names and values.

    A list or tuple is one field per item, `None` is no field, `True` and `False`
    are lower-case words; anything else is written with `str`.

    Example:
        >>> build_query({"q": "a b", "tag": ["x", "y"], "page": None})
        'q=a%20b&tag=x&tag=y'
    """
    own_items = getattr(values, "items", None)
    pairs = cast("Iterable[tuple[str, Any]]", own_items() if own_items else values)
    fields: list[str] = []
    for name, value in pairs:
        many = isinstance(value, list | tuple)
        items = cast("Iterable[Any]", value) if many else (value,)
        fields += [
            f"{quote_field(name)}={quote_field(_query_text(item))}"
            for item in items
            if item is not None
        ]
    return "&".join(fields)


def quote_field(text: str) -> str:
    """Percent-encode all but letters, digits and `-._~`.

    Example:
        >>> quote_field("a b&c")
        'a%20b%26c'
    """
    return _quoted(text, _UNRESERVED)


def quote_path(text: str, *, slashes: bool = True) -> str:
    """Percent-encode text for the path of a URL.

    Args:
        text: Any text; lone surrogates are refused.
        slashes: Whether `/` stays; without, the text is one segment.

    Example:
        >>> quote_path("a b/ü"), quote_path("a/b", slashes=False)
        ('a%20b/%C3%BC', 'a%2Fb')
    """
    return _quoted(text, _IN_PATH if slashes else _IN_SEGMENT)


def quote_url(text: str) -> str:
    r"""Percent-encode what cannot stand anywhere in a URL; keep its structure.

    Backslashes are encoded too: browsers read them as slashes, which turns
    `/\evil.example` into another host. Control characters are refused: nobody
    means them, and encoding would only hide that somebody tried.

    Raises:
        HTTPValueError: A control character, or half of a surrogate pair.

    Example:
        >>> quote_url("/bücher?q=a b")
        '/b%C3%BCcher?q=a%20b'
    """
    if _CONTROLS(text):
        raise _url_error(text, "it has a control character in it")
    return _quoted(text, _IN_URL)


def is_safe_redirect(target: str, host: str) -> bool:
    r"""Tell whether a redirect to a visitor's text stays on this host.

    Browsers drop control characters and read `\` as `/`, so both are refused.

    Args:
        target: What came from outside, `next=` for example.
        host: The host of the request, with its port when it has one.

    Example:
        >>> is_safe_redirect("/cart?x=1", "shop.example")
        True
        >>> is_safe_redirect("//evil.example", "shop.example")
        False
    """
    if not target or "\\" in target or target != target.strip() or _CONTROLS(target):
        return False
    scheme, authority, _, _, _ = _split(target)
    if authority is None:
        return scheme is None
    allowed = scheme is None or scheme.lower() in {"http", "https"}
    return allowed and bool(authority) and authority.lower() == host.lower()


class Query:
    """The fields of a query; a name may have several values, the last one counts.

    Example:
        >>> query = Query.parse("tag=a&tag=b")
        >>> query["tag"], query.get_all("tag"), query.get("page", "1")
        ('b', ['a', 'b'], '1')
    """

    __slots__ = ("_pairs", "_values")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = tuple(pairs)
        self._values: dict[str, list[str]] = {}
        for name, value in self._pairs:
            self._values.setdefault(name, []).append(value)

    @classmethod
    def parse(cls, text: str, limit: int = 1000) -> "Query":
        """Parse the text of a query; see `parse_query`."""
        return cls(parse_query(text, limit))

    def __getitem__(self, name: str) -> str:
        values = self._values.get(name)
        if values is None:
            raise MissingField(f"The query has no field {name!r}.")
        return values[-1]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and self._pairs == other._pairs

    def __hash__(self) -> int:
        return hash(self._pairs)

    def __repr__(self) -> str:
        return f"Query({list(self._pairs)!r})"

    def __str__(self) -> str:
        return build_query(self._pairs)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Find the last value of a name."""
        values = self._values.get(name)
        return values[-1] if values else default

    def get_all(self, name: str) -> list[str]:
        """List every value of a name."""
        return list(self._values.get(name, ()))

    def keys(self) -> Iterable[str]:
        """List the names, each once."""
        return self._values.keys()

    def items(self) -> list[tuple[str, str]]:
        """List every name and value, in the order of the query."""
        return list(self._pairs)


class URL(msgspec.Struct, frozen=True):
    """A URL in its parts, all of them as they are sent: percent-encoded.

    Attributes:
        scheme: In lower case; empty in a relative URL.
        host: In lower case, without the brackets of an IPv6 address.
        port: Only when the text names one.
        path: With its leading slash when there is a host.
        query: Without the `?`.
        fragment: Without the `#`.

    Example:
        >>> url = URL.parse("https://Shop.example:8443/books?page=2#top")
        >>> url.host, url.port, str(url.with_query(page=3))
        ('shop.example', 8443, 'https://shop.example:8443/books?page=3#top')
    """

    scheme: str = ""
    host: str = ""
    port: int | None = None
    path: str = ""
    query: str = ""
    fragment: str = ""

    @classmethod
    def parse(cls, text: str) -> "URL":
        """Parse an absolute or relative URL; text outside ASCII is encoded.

        Raises:
            HTTPValueError: Control characters, a user name, a malformed host or
                a port above 65535.
        """
        scheme, authority, path, query, fragment = _split(quote_url(text))
        host, port = _read_authority(text, authority) if authority else ("", None)
        return cls(
            scheme=(scheme or "").lower(),
            host=host,
            port=port,
            path=path or ("/" if host else ""),
            query=query or "",
            fragment=fragment or "",
        )

    def __str__(self) -> str:
        text = f"{self.scheme}:" if self.scheme else ""
        if self.host:
            text += f"//{self.netloc}"
        text += self.path
        if self.query:
            text += f"?{self.query}"
        return f"{text}#{self.fragment}" if self.fragment else text

    @property
    def netloc(self) -> str:
        """Host and port as a `Host` header writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = self.port is None or _PORTS.get(self.scheme) == self.port
        return host if default else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port, as an `Origin` header writes them."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def params(self) -> Query:
        """The query, parsed."""
        return Query.parse(self.query)

    def replace(self, **parts: Any) -> "URL":
        """Build the same URL with some parts exchanged."""
        return msgspec.structs.replace(self, **parts)

    def with_query(self, **values: Any) -> "URL":
        """Build the same URL with these fields set; `None` takes one away."""
        kept = [pair for pair in self.params.items() if pair[0] not in values]
        return self.replace(query=build_query([*kept, *values.items()]))

    def without_query(self, *names: str) -> "URL":
        """Build the same URL without these fields, or without all of them."""
        kept = [pair for pair in self.params.items() if names and pair[0] not in names]
        return self.replace(query=build_query(kept))


def _split(text: str) -> tuple[str | None, str | None, str, str | None, str | None]:
    found = _PARTS.match(text)
    # Every part may be empty, so the expression cannot fail.
    scheme, authority, path, query, fragment = found.groups() if found else [None] * 5
    return scheme, authority, path or "", query, fragment


def _read_authority(text: str, authority: str) -> tuple[str, int | None]:
    if "@" in authority:
        raise _url_error("***", "a user name or password in it would reach every log")
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        raise _url_error(text, f"{authority!r} is no host")
    address, name, digits = found.groups()
    port = int(digits) if digits else None
    if port is not None and port > 65_535:  # noqa: PLR2004 - the last port there is
        raise _url_error(text, f"there is no port {port}")
    return (address or name).lower(), port


def _url_error(text: str, reason: str) -> HTTPValueError:
    return HTTPValueError(
        "SG-HTTP-003",
        f"{text!r} is not a URL that can be used: {reason}.",
        why="A browser would read it as something else, or not at all.",
        fix="Write it as scheme://host:port/path?query, percent-encoded.",
    )


def _query_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _quoted(text: str, safe: bytes) -> str:
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise _url_error(text, "it has half a character in it") from None
    if not raw.translate(None, safe):
        return text
    return "".join([chr(byte) if byte in safe else f"%{byte:02X}" for byte in raw])

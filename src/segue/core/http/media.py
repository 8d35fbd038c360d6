"""Media types, and the choice between those that a visitor would accept.

Every reader here goes through a header once, from left to right, and stops
after `MAX_CHOICES` elements; nobody has more to say in earnest.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from segue.core.errors import BadRequest

__all__ = [
    "MAX_CHOICES",
    "MediaType",
    "is_json",
    "negotiate",
    "negotiate_encoding",
    "negotiate_language",
]

MAX_CHOICES: Final = 100
"""How many elements of an `Accept` header are read; the rest is ignored."""

_T = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_ESSENCE: Final = re.compile(rf"[ \t]*+({_T})/({_T})[ \t]*+").match
_PARAMETER: Final = re.compile(
    rf";[ \t]*+(?:({_T})=({_T}|{_QUOTED})[ \t]*+)?+", re.DOTALL
).match
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_JSON_KIND: Final = re.compile(rf"{_T}/[!#$%&'*\-.^_`|~0-9A-Za-z+]*?\+json").fullmatch

# One element of a list; a comma inside quotes does not end it.
_ELEMENT: Final = re.compile(r'(?:[^,"]++|"(?:[^"\\]++|\\.)*+"?+)++', re.DOTALL)
_WEIGHT: Final = re.compile(r"[01](?:\.[0-9]{0,9})?").fullmatch
_LANGUAGE: Final = re.compile(r"\*|[A-Za-z]{1,8}(?:-[0-9A-Za-z]{1,8}){0,8}").fullmatch


class MediaType(msgspec.Struct, frozen=True):
    """A media type with its parameters, names in lower case.

    Example:
        >>> kind = MediaType.parse("Text/HTML; Charset=utf-8")
        >>> kind.essence, kind.charset
        ('text/html', 'utf-8')
    """

    type: str
    subtype: str
    params: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> "MediaType":
        """Parse the value of a `Content-Type` header.

        Raises:
            BadRequest: It is malformed, or names a parameter twice.

        Source: RFC 9110, section 8.3.1.
        """
        found = _ESSENCE(text)
        if found is None:
            raise BadRequest("The media type is malformed.")
        params: dict[str, str] = {}
        position = found.end()
        while position < len(text):
            part = _PARAMETER(text, position)
            if part is None:
                raise BadRequest("The media type has a malformed parameter.")
            position = part.end()
            if part[1] is None:
                continue
            name = part[1].lower()
            if name in params:
                raise BadRequest(f"The media type has two parameters {name!r}.")
            params[name] = _unquoted(part[2])
        return cls(found[1].lower(), found[2].lower(), tuple(params.items()))

    def __str__(self) -> str:
        params = "".join(f"; {name}={_quoted(value)}" for name, value in self.params)
        return self.essence + params

    @property
    def essence(self) -> str:
        """The type without its parameters."""
        return f"{self.type}/{self.subtype}"

    @property
    def charset(self) -> str | None:
        """The parameter of that name, in lower case."""
        charset = self.get("charset")
        return charset.lower() if charset is not None else None

    @property
    def is_json(self) -> bool:
        """Whether a body of this type is JSON."""
        return is_json(self.essence)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Find a parameter."""
        return dict(self.params).get(name, default)


def is_json(content_type: str) -> bool:
    """Tell whether a `Content-Type` says JSON: the type exactly, or `+json`.

    Anything near it is not JSON: a browser sends `text/plain` across sites without
    asking, so a body of that type must never be read as data.

    Example:
        >>> is_json("application/problem+json; charset=utf-8"), is_json("text/json")
        (True, False)
    """
    if content_type == "application/json":
        return True
    essence = content_type.partition(";")[0].strip(" \t").lower()
    return essence == "application/json" or _JSON_KIND(essence) is not None


def negotiate(header: str | None, offers: Sequence[str]) -> str | None:
    """Choose the offered media type that an `Accept` header likes best.

    Of two it likes equally, the one it names more exactly wins, then the one
    offered first. Malformed elements are ignored.

    Args:
        header: All lines of the header, joined; None or empty accepts anything.
        offers: Media types, the server's favourite first.

    Returns:
        One of the offers as it was given, or None when all are refused.

    Source: RFC 9110, section 12.5.1.

    Example:
        >>> negotiate("text/*;q=0.5, application/json", ["text/html", "text/csv"])
        'text/html'
    """
    if not header or header.isspace():
        return offers[0] if offers else None
    ranges = [found for found in _media_ranges(header) if found is not None]
    rated: list[tuple[tuple[float, int], str]] = []
    for offer in offers:
        kind = MediaType.parse(offer)
        exactness, weight = max(
            ((part.exactness, part.weight) for part in ranges if part.covers(kind)),
            default=(0, 0.0),
        )
        if weight:
            rated.append(((weight, exactness), offer))
    return _best(rated)


def negotiate_language(header: str | None, offers: Sequence[str]) -> str | None:
    """Choose the offered language that an `Accept-Language` header likes best.

    `de-CH` is answered by `de` when there is no `de-CH`, and `de` by `de-AT`.

    Args:
        header: All lines of the header, joined; None or empty accepts anything.
        offers: Language tags, the server's favourite first.

    Returns:
        One of the offers as it was given, or None when none is asked for.

    Source: RFC 4647, sections 3.3.1 and 3.4.

    Example:
        >>> negotiate_language("de-CH, fr;q=0.8", ["fr", "de"])
        'de'
    """
    if not header or header.isspace():
        return offers[0] if offers else None
    asked = [
        (tag.lower(), weight) for tag, weight in _weights(header) if _LANGUAGE(tag)
    ]
    refused = {tag for tag, weight in asked if not weight}
    named = {tag for tag, _ in asked}
    open_offers = [offer for offer in offers if offer.lower() not in refused]
    # A stable sort: of equal weights the earlier one is preferred.
    for tag, weight in sorted(asked, key=lambda item: -item[1]):
        if not weight:
            break
        if tag == "*":
            others = [offer for offer in open_offers if offer.lower() not in named]
            found = others[0] if others else None
        else:
            found = _find_language(tag, open_offers)
        if found is not None:
            return found
    return None


def negotiate_encoding(header: str | None, offers: Sequence[str]) -> str | None:
    """Choose the offered content coding that an `Accept-Encoding` header likes best.

    Returns:
        One of the offers, or None: send the body as it is. That is the answer to a
        missing header too, and to one that likes `identity` better.

    Source: RFC 9110, section 12.5.3.

    Example:
        >>> negotiate_encoding("gzip, br;q=0.9", ["br", "gzip"])
        'gzip'
    """
    if not header:
        return None
    weights: dict[str, float] = {}
    for name, weight in _weights(header):
        weights.setdefault(name.lower(), weight)
    if "x-gzip" in weights:
        weights.setdefault("gzip", weights["x-gzip"])
    others = weights.get("*", 0.0)
    rated = [((weights.get(offer, others), 0), offer) for offer in offers]
    best = _best([entry for entry in rated if entry[0][0]])
    if best is None or weights.get("identity", 0.0) > weights.get(best, others):
        return None
    return best


class _MediaRange(NamedTuple):
    type: str
    subtype: str
    params: frozenset[tuple[str, str]]
    weight: float

    @property
    def exactness(self) -> int:
        if self.type == "*":
            return 0
        return 1 if self.subtype == "*" else 2 + len(self.params)

    def covers(self, kind: MediaType) -> bool:
        return (
            self.type in {"*", kind.type}
            and self.subtype in {"*", kind.subtype}
            and (not self.params or self.params <= frozenset(kind.params))
        )


def _media_ranges(header: str) -> Iterator[_MediaRange | None]:
    for element in _elements(header):
        try:
            kind = MediaType.parse(element)
        except BadRequest:
            continue
        params = dict(kind.params)
        weight = _weight(params.pop("q", "1"))
        # Every text of ours is UTF-8, so to ask for it excludes nothing.
        if params.get("charset", "").lower() in {"utf-8", "utf8"}:
            del params["charset"]
        if weight is not None and (kind.type != "*" or kind.subtype == "*"):
            yield _MediaRange(
                kind.type, kind.subtype, frozenset(params.items()), weight
            )


def _weights(header: str) -> Iterator[tuple[str, float]]:
    for element in _elements(header):
        name, _, rest = element.partition(";")
        marker, _, value = rest.partition("=")
        weight = _weight(value.strip()) if marker.strip().lower() == "q" else 1.0
        if weight is not None and name.strip():
            yield name.strip(), weight


def _elements(header: str) -> Iterator[str]:
    for count, found in enumerate(_ELEMENT.finditer(header)):
        if count == MAX_CHOICES:
            return
        yield found[0]


def _weight(text: str) -> float | None:
    return min(float(text), 1.0) if _WEIGHT(text) else None


def _find_language(tag: str, offers: Sequence[str]) -> str | None:
    lowered = [offer.lower() for offer in offers]
    while tag:
        for place, offer in enumerate(lowered):
            if offer == tag:
                return offers[place]
        for place, offer in enumerate(lowered):
            if offer.startswith(tag + "-"):
                return offers[place]
        tag = tag.rpartition("-")[0]
    return None


def _best(rated: list[tuple[tuple[float, int], str]]) -> str | None:
    # `max` keeps the first of equals: the server's favourite.
    return max(rated, key=lambda entry: entry[0])[1] if rated else None


def _unquoted(text: str) -> str:
    return _ESCAPED.sub(r"\1", text[1:-1]) if text[0] == '"' else text


def _quoted(text: str) -> str:
    if re.fullmatch(_T, text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

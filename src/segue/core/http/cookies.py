"""Cookies: what a browser sends back, and what it is asked to keep."""

import re
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal, TypedDict

import msgspec

from segue.core.http.dates import EPOCH, format_http_date
from segue.core.http.headers import HTTPValueError

__all__ = ["MAX_COOKIES", "Cookie", "CookieOptions", "expired", "parse_cookies"]

MAX_COOKIES: Final = 1000
"""How many cookies of one request are read; browsers keep fewer for a site."""

_MAX_SIZE: Final = 4096
_MAX_ATTRIBUTE: Final = 1024

# Compiled by `re` when first used: most apps set no cookie before they start.
_NAME: Final = partial(re.fullmatch, r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++")
_VALUE: Final = partial(re.fullmatch, r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*+")
_PATH: Final = partial(re.fullmatch, r"/[\x20-\x3a\x3c-\x7e]*+")
_DOMAIN: Final = partial(
    re.fullmatch, r"(?i)\.?[a-z0-9](?:[a-z0-9\-]*+)(?:\.[a-z0-9][a-z0-9\-]*+)*+"
)


class CookieOptions(TypedDict, total=False):
    """What `set_cookie` takes beside name and value; see `Cookie`."""

    max_age: int | timedelta | None
    expires: datetime | None
    path: str | None
    domain: str | None
    secure: bool
    httponly: bool
    samesite: Literal["lax", "strict", "none"] | None
    partitioned: bool
    priority: Literal["low", "medium", "high"] | None


def parse_cookies(header: str) -> dict[str, str]:
    """Parse a `Cookie` header into one value per name; the first one wins.

    Browsers send the cookie of the most specific path first. Quotes around a value
    are taken off; text without a `=` and more than `MAX_COOKIES` are ignored.

    Args:
        header: The bytes of the header, each as one latin-1 character.

    Source: RFC 6265, sections 4.2 and 5.4.

    Example:
        >>> parse_cookies('theme=dark; user="ada"; theme=light')
        {'theme': 'dark', 'user': 'ada'}
    """
    if not header.isascii():
        header = _utf8(header)
    found: dict[str, str] = {}
    for pair in header.split(";", MAX_COOKIES)[:MAX_COOKIES]:
        name, equals, value = pair.partition("=")
        name = name.strip(" \t")
        if equals and name and name not in found:
            value = value.strip(" \t")
            quoted = len(value) > 1 and value[0] == value[-1] == '"'
            found[name] = value[1:-1] if quoted else value
    return found


class Cookie(msgspec.Struct, frozen=True, kw_only=True):
    """One cookie of an answer, checked when it is made.

    Attributes:
        name: Letters, digits and !#$%&'*+-.^_`|~.
        value: ASCII without spaces, quotes, commas, semicolons and backslashes.
        max_age: Seconds to keep it; without it and `expires` it ends with the
            browser's session. Zero deletes it.
        expires: The moment it ends, with a time zone; `max_age` is simpler.
        path: The pages that get it back.
        domain: Subdomains get it too; without it only the host that set it.
        secure: Only ever sent over HTTPS.
        httponly: Out of reach for scripts on the page.
        samesite: `lax` sends it with links from elsewhere but not with posted
            forms, `strict` with neither, `none` with everything.
        partitioned: Kept apart for every site that embeds this one.
        priority: Which cookies a browser with too many of them drops first.

    Raises:
        HTTPValueError: Anything that a browser would refuse or misread.

    Source: RFC 6265bis, sections 4.1 and 5.

    Example:
        >>> Cookie(name="theme", value="dark", max_age=60).header()
        'theme=dark; Max-Age=60; Path=/; HttpOnly; SameSite=Lax'
    """

    name: str
    value: str = ""
    max_age: int | timedelta | None = None
    expires: datetime | None = None
    path: str | None = "/"
    domain: str | None = None
    secure: bool = False
    httponly: bool = True
    samesite: Literal["lax", "strict", "none"] | None = "lax"
    partitioned: bool = False
    priority: Literal["low", "medium", "high"] | None = None

    def __post_init__(self) -> None:
        self._check_text()
        self._check_attributes()
        self._check_choices()
        self._check_prefix()

    def header(self) -> str:
        """Build the value of the `Set-Cookie` header."""
        parts = [f"{self.name}={self.value}"]
        if self.max_age is not None:
            parts.append(f"Max-Age={_seconds(self.max_age)}")
        if self.expires is not None:
            parts.append(f"Expires={format_http_date(self.expires)}")
        if self.domain is not None:
            parts.append(f"Domain={self.domain.removeprefix('.').lower()}")
        if self.path is not None:
            parts.append(f"Path={self.path}")
        flags = {
            "Secure": self.secure,
            "HttpOnly": self.httponly,
            f"SameSite={(self.samesite or '').capitalize()}": self.samesite,
            "Partitioned": self.partitioned,
            f"Priority={(self.priority or '').capitalize()}": self.priority,
        }
        return "; ".join(parts + [text for text, wanted in flags.items() if wanted])

    def _check_text(self) -> None:
        if not _NAME(self.name):
            raise _error(
                f"{self.name!r} cannot be the name of a cookie.", fix=_FIX_NAME
            )
        if not _VALUE(self.value):
            raise _error(
                f"The cookie {self.name!r} cannot hold this value.", fix=_FIX_VALUE
            )
        if len(self.name) + len(self.value) > _MAX_SIZE:
            raise _error(
                f"The cookie {self.name!r} is longer than {_MAX_SIZE} bytes.",
                fix="Keep the data on the server, and its key in the cookie.",
            )

    def _check_attributes(self) -> None:
        if self.path is not None and not (
            _PATH(self.path) and len(self.path) <= _MAX_ATTRIBUTE
        ):
            raise _error(
                f"The cookie {self.name!r} cannot have the path {self.path!r}.",
                fix="Begin the path with '/', and percent-encode what is not ASCII.",
            )
        if self.domain is not None and not (
            _DOMAIN(self.domain) and len(self.domain) <= _MAX_ATTRIBUTE
        ):
            raise _error(
                f"The cookie {self.name!r} cannot have the domain {self.domain!r}.",
                fix="Give a host name such as 'example.org', without port or scheme.",
            )

    def _check_choices(self) -> None:
        if not _is_age(self.max_age):
            raise _error(
                f"The cookie {self.name!r} cannot have max_age={self.max_age!r}.",
                fix="Give whole seconds or a timedelta.",
            )
        if self.expires is not None:
            format_http_date(self.expires)
        for name, value, choices in (
            ("samesite", self.samesite, ("lax", "strict", "none")),
            ("priority", self.priority, ("low", "medium", "high")),
        ):
            if value is not None and value not in choices:
                raise _error(
                    f"The cookie {self.name!r} cannot have {name}={value!r}.",
                    fix=f"Write one of {', '.join(choices)}, in lower case.",
                )

    def _check_prefix(self) -> None:
        name = self.name.lower()
        for wants, words in (
            (self.samesite == "none", "samesite='none'"),
            (self.partitioned, "partitioned=True"),
            (name.startswith("__secure-"), "the prefix __Secure-"),
            (name.startswith("__host-"), "the prefix __Host-"),
        ):
            if wants and not self.secure:
                raise _error(
                    f"The cookie {self.name!r} has {words} without secure=True.",
                    fix="Add secure=True.",
                )
        if name.startswith("__host-") and (self.path != "/" or self.domain is not None):
            raise _error(
                f"The cookie {self.name!r} has the prefix __Host-, so its path must "
                "be '/' and it must have no domain.",
                fix="Leave path and domain out, or drop the prefix.",
            )


def expired(
    name: str,
    *,
    path: str | None = "/",
    domain: str | None = None,
    secure: bool | None = None,
    partitioned: bool = False,
) -> Cookie:
    """Build the cookie that deletes one of this name, path and domain.

    Args:
        name: Its name.
        path: The path it was set with.
        domain: The domain it was set with.
        secure: By default as the name's prefix asks for.
        partitioned: Whether it was set with it.

    Example:
        >>> expired("theme").header().partition(";")[0]
        'theme='
    """
    if secure is None:
        secure = partitioned or name.lower().startswith(("__host-", "__secure-"))
    return Cookie(
        name=name,
        max_age=0,
        expires=EPOCH,
        path=path,
        domain=domain,
        secure=secure,
        partitioned=partitioned,
    )


_FIX_NAME = "Write a name of letters, digits, '-' and '_'."
_FIX_VALUE = (
    "Encode the value: base64.urlsafe_b64encode(...) or urllib.parse.quote(...); "
    "then decode it where you read it."
)


def _error(what: str, *, fix: str) -> HTTPValueError:
    return HTTPValueError(
        "SG-HTTP-002",
        what,
        why="A browser would drop the cookie without a word, or read another one.",
        fix=fix,
    )


def _is_age(age: object) -> bool:
    return isinstance(age, int | timedelta | None)


def _seconds(age: int | timedelta) -> int:
    return int(age.total_seconds()) if isinstance(age, timedelta) else age


def _utf8(header: str) -> str:
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header

"""`Cache-Control`: who may keep an answer, and for how long."""

import re
from datetime import timedelta
from typing import Any, Final, TypedDict

import msgspec

from segue.core.http.headers import HTTPValueError

__all__ = ["CacheControl", "CacheOptions"]

_DIRECTIVE: Final = re.compile(
    r'([!#$%&\'*+\-.^_`|~0-9A-Za-z]++)(?:=("(?:[^"\\]|\\.)*+"|[^",;\s]*+))?+',
    re.DOTALL,
)
_MAX_DIRECTIVES: Final = 50
_FOREVER: Final = 2**31 - 1


class CacheOptions(TypedDict, total=False):
    """What `Response.cache` takes; see `CacheControl`."""

    max_age: int | timedelta | None
    s_maxage: int | timedelta | None
    stale_while_revalidate: int | timedelta | None
    stale_if_error: int | timedelta | None
    public: bool
    private: bool
    no_cache: bool
    no_store: bool
    no_transform: bool
    must_revalidate: bool
    proxy_revalidate: bool
    must_understand: bool
    immutable: bool


class CacheControl(msgspec.Struct, frozen=True, kw_only=True):
    """The directives of an answer for browsers and caches, checked together.

    Attributes:
        max_age: Seconds for which the answer is fresh.
        s_maxage: The same for shared caches only.
        stale_while_revalidate: Seconds for which an old answer may be served while
            a new one is fetched.
        stale_if_error: Seconds for which an old answer may stand in for an error.
        public: Shared caches may keep it, even one for somebody logged in.
        private: Only the visitor's own browser may keep it.
        no_cache: Keep it, but ask before every use.
        no_store: Nobody keeps it.
        no_transform: Nobody changes it on the way; it is not compressed either.
        must_revalidate: Never serve it once it is old.
        proxy_revalidate: The same for shared caches only.
        must_understand: Keep it only if the status is understood.
        immutable: It will never change while it is fresh.

    Raises:
        HTTPValueError: Two directives contradict each other, or an age is negative.

    Source: RFC 9111, section 5.2.2; RFC 5861; RFC 8246.

    Example:
        >>> CacheControl(public=True, max_age=3600, immutable=True).header()
        'public, max-age=3600, immutable'
    """

    max_age: int | timedelta | None = None
    s_maxage: int | timedelta | None = None
    stale_while_revalidate: int | timedelta | None = None
    stale_if_error: int | timedelta | None = None
    public: bool = False
    private: bool = False
    no_cache: bool = False
    no_store: bool = False
    no_transform: bool = False
    must_revalidate: bool = False
    proxy_revalidate: bool = False
    must_understand: bool = False
    immutable: bool = False

    def __post_init__(self) -> None:
        if self.public and self.private:
            raise _error("public and private at once")
        if self.private and self.s_maxage is not None:
            raise _error("private with s_maxage, an age for shared caches")
        for name in _AGES:
            age = getattr(self, name)
            if age is None:
                continue
            if self.no_store and name != "max_age":
                raise _error(f"no_store with {name}")
            if self.no_store and _seconds(age) > 0:
                raise _error("no_store with an age to keep it for")
            if _seconds(age) < 0:
                raise _error(f"{name}={age!r}, which is negative")

    @classmethod
    def parse(cls, text: str) -> "CacheControl":
        """Parse a header; what is malformed or unknown is left out.

        Of two directives that contradict each other the stricter one is kept.

        Example:
            >>> CacheControl.parse("private, max-age=60, x-new=1").max_age
            60
        """
        found: dict[str, Any] = {}
        for count, part in enumerate(_DIRECTIVE.finditer(text)):
            if count == _MAX_DIRECTIVES:
                break
            name = part[1].lower().replace("-", "_")
            value = (part[2] or "").strip('"')
            if name in _AGES and value.isascii() and value.isdigit():
                # Eleven digits are longer than forever.
                found[name] = min(int(value[:11]), _FOREVER)
            elif name in _FLAGS:
                found[name] = True
        if found.get("private"):
            found.pop("public", None)
            found.pop("s_maxage", None)
        if found.get("no_store"):
            for name in _AGES:
                found.pop(name, None)
        return cls(**found)

    def header(self) -> str:
        """Build the value of the `Cache-Control` header."""
        parts: list[str] = []
        for name in _ORDER:
            value = getattr(self, name)
            if value is True:
                parts.append(name.replace("_", "-"))
            elif value is not None and value is not False:
                parts.append(f"{name.replace('_', '-')}={_seconds(value)}")
        return ", ".join(parts)


_AGES: Final = ("max_age", "s_maxage", "stale_while_revalidate", "stale_if_error")
_FLAGS: Final = (
    "public",
    "private",
    "no_cache",
    "no_store",
    "no_transform",
    "must_revalidate",
    "proxy_revalidate",
    "must_understand",
    "immutable",
)
_ORDER: Final = (*_FLAGS[:5], *_AGES, *_FLAGS[5:])


def _seconds(age: int | timedelta) -> int:
    return int(age.total_seconds()) if isinstance(age, timedelta) else age


def _error(contradiction: str) -> HTTPValueError:
    return HTTPValueError(
        "SG-HTTP-008",
        f"Cache-Control cannot say {contradiction}.",
        why="Caches would choose one half of it, each its own.",
        fix="Keep one: response.cache(max_age=60, public=True) for all, "
        "cache(private=True) for one visitor, cache(no_store=True) for nobody.",
    )

"""The client's cookies, kept and sent as a browser keeps and sends them.

Source: RFC 6265bis, sections 5.6 to 5.8. SameSite is kept out: a test has no other
site to come from. There is no list of public suffixes; a cookie for a domain that
the answering host does not belong to is dropped.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult

__all__ = ["CookieJar", "StoredCookie"]

_INTEGER = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class StoredCookie:
    """One cookie as it lies in the jar.

    Attributes:
        domain: The host that set it, or the domain that it named.
        host_only: No `Domain` was named: other hosts of the domain never get it.
        expires: Seconds since the epoch; None lasts as long as the jar.
    """

    name: str
    value: str
    domain: str
    path: str = "/"
    secure: bool = False
    http_only: bool = False
    host_only: bool = True
    expires: float | None = None
    samesite: str | None = None
    partitioned: bool = False

    def fits(self, url: SplitResult) -> bool:
        """Say whether this cookie goes with a request to the URL."""
        host = url.hostname or ""
        same = host == self.domain if self.host_only else _within(host, self.domain)
        safe = not self.secure or url.scheme in {"https", "wss"}
        return same and safe and _below(url.path or "/", self.path)


class CookieJar:
    """The cookies of one client.

    Args:
        host: The host for cookies that a test sets without a domain.
        clock: Seconds since the epoch, for what expires.
    """

    def __init__(self, host: str, clock: Callable[[], float] | None = None) -> None:
        self._host = host
        self._clock = clock or time.time
        self._cookies: dict[tuple[str, str, str], StoredCookie] = {}

    def __iter__(self) -> Iterator[StoredCookie]:
        now = self._clock()
        alive = [c for c in self._cookies.values() if not _over(c, now)]
        return iter(alive)

    def __len__(self) -> int:
        # Not len(list(...)): a list asks for the length first.
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return any(cookie.name == name for cookie in self)

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __repr__(self) -> str:
        return f"CookieJar({sorted(cookie.name for cookie in self)})"

    def get(self, name: str, default: str | None = None) -> str | None:
        """Find the value of the first cookie with this name."""
        return next((c.value for c in self if c.name == name), default)

    def set(self, name: str, value: str, *, domain: str = "", path: str = "/") -> None:
        """Put a cookie into the jar, for the client's own host unless told."""
        host = domain.lstrip(".") or self._host
        self._keep(StoredCookie(name, value, host, path, host_only=not domain))

    def delete(self, name: str) -> None:
        """Take every cookie with this name out of the jar."""
        self._cookies = {k: c for k, c in self._cookies.items() if c.name != name}

    def clear(self) -> None:
        """Empty the jar."""
        self._cookies.clear()

    def header(self, url: SplitResult) -> str:
        """Build the Cookie header for a URL: longer paths first, then older."""
        fitting = [cookie for cookie in self if cookie.fits(url)]
        fitting.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join(f"{c.name}={c.value}" for c in fitting)

    def read(self, url: SplitResult, lines: Iterable[str]) -> None:
        """Take in the Set-Cookie lines of an answer from the URL."""
        for line in lines:
            cookie = _parse(line, url, self._clock())
            if cookie is not None:
                self._keep(cookie)

    def _keep(self, cookie: StoredCookie) -> None:
        key = (cookie.domain, cookie.path, cookie.name)
        if _over(cookie, self._clock()):
            self._cookies.pop(key, None)
        else:
            # A replaced cookie keeps its age, and so its place in the header.
            self._cookies[key] = cookie


def _over(cookie: StoredCookie, now: float) -> bool:
    return cookie.expires is not None and cookie.expires <= now


def _parse(line: str, url: SplitResult, now: float) -> StoredCookie | None:
    """Build a cookie from a Set-Cookie line, or None where a browser drops it."""
    pair, *rest = line.split(";")
    name, found, value = (part.strip() for part in pair.partition("="))
    if not found:
        return None
    parts = [part.partition("=") for part in rest]
    attributes = {key.strip().lower(): text.strip() for key, _, text in parts}
    host = url.hostname or ""
    domain = attributes.get("domain", "").lstrip(".").lower()
    path = attributes.get("path", "")
    cookie = StoredCookie(
        name,
        value,
        domain or host,
        path if path.startswith("/") else _default_path(url.path),
        secure="secure" in attributes,
        http_only="httponly" in attributes,
        host_only=not domain,
        expires=_expiry(attributes, now),
        samesite=attributes.get("samesite"),
        partitioned="partitioned" in attributes,
    )
    return cookie if _acceptable(cookie, url) else None


def _acceptable(cookie: StoredCookie, url: SplitResult) -> bool:
    """Check the rules that make a browser drop a cookie without a word."""
    https = url.scheme in {"https", "wss"}
    name = cookie.name.lower()
    if not _within(url.hostname or "", cookie.domain):
        return False
    if cookie.secure and not https:
        return False
    if name.startswith("__host-"):
        return cookie.secure and cookie.host_only and cookie.path == "/"
    return cookie.secure or not name.startswith("__secure-")


def _expiry(attributes: dict[str, str], now: float) -> float | None:
    """Read the end of a cookie's life; Max-Age goes before Expires."""
    age = attributes.get("max-age", "")
    if _INTEGER.fullmatch(age):
        return now + int(age)
    try:
        expires = parsedate_to_datetime(attributes.get("expires", ""))
    except ValueError:
        return None
    return expires.replace(tzinfo=expires.tzinfo or UTC).timestamp()


def _default_path(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _within(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)


def _below(path: str, top: str) -> bool:
    if not path.startswith(top):
        return False
    return top.endswith("/") or path[len(top) : len(top) + 1] in {"", "/"}

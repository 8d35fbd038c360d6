"""Proxies: who really asked, when a trusted proxy says so.

A proxy appends what it saw at the right end of a list: `X-Forwarded-For: client, hop`.
Everything left of what trusted hops wrote is what the client itself may have made up.
So the list is read from the right: as long as an address is a trusted proxy, the entry
before it was written by that proxy; the first address that is none is the client.

A proxy also passes on headers that it does not know. Therefore one way of speaking is
chosen, not guessed: the `X-Forwarded-*` headers, or the `Forwarded` header of RFC 7239.
`X-Forwarded-Host` is believed only when asked for, because the usual set-up of nginx
passes on the client's own.

What is malformed says nothing: the client is unknown then, never the address of the
proxy, which might look like one of the house.

WSGI cannot tell `X_Forwarded_For` from `X-Forwarded-For`: both arrive as
`HTTP_X_FORWARDED_FOR`. The adapters drop names with underscores where they can see them
(ASGI, RSGI); under WSGI the server has to (gunicorn and Granian do), or the proxy.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, Protocol

import msgspec

from segue.core.errors import SettingsError
from segue.core.http.headers import Headers
from segue.core.http.hosts import valid_host

__all__ = ["Forwarded", "ProxyTrust"]

# A chain of more proxies than this is an attack on our patience.
_MOST_HOPS: Final = 32

_STYLES: Final = frozenset(("x-forwarded", "forwarded"))

# Some proxies name the scheme of a WebSocket's opening request.
_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}

# One `name=value` of a Forwarded element and what ends it. Nothing is given back once
# taken (`*+`), so the time is linear. Colons and brackets outside of quotes are against
# the RFC and common.
_PAIR: Final = re.compile(
    r"[ \t]*+(?:([!#$%&'*+.^_`|~0-9A-Za-z-]++)="
    r"(?:\"((?:[^\"\\]|\\.)*+)\"|([!#$%&'*+.^_`|~0-9A-Za-z:\[\]-]++)))?+"
    r"[ \t]*+([;,]|\Z)"
)

_ESCAPED: Final = re.compile(r"\\(.)")

# An address of a hop with what may stand around it: `[v6]`, `[v6]:port`, `v4:port`;
# the port may be a name with an underscore before it (RFC 7239, section 6.3).
_NODE: Final = re.compile(
    r"(?:\[([0-9A-Fa-f:.]++)\]|([0-9.]++))(?::(?:[0-9]{1,5}|_[0-9A-Za-z._-]++))?"
)


class _Network(Protocol):
    """What is used of `ipaddress`, which is imported only when a proxy is trusted."""

    def __contains__(self, other: Any, /) -> bool: ...


class Forwarded(msgspec.Struct, frozen=True):
    """What is known of a request's origin.

    Attributes:
        client: The address of who asked; None when nobody trusted tells it.
        scheme: The scheme asked with; None leaves the connection's own.
        host: The host asked for; None leaves the `Host` header.
    """

    client: str | None = None
    scheme: str | None = None
    host: str | None = None


class ProxyTrust:
    """Which peers are proxies of this house, and which of their headers count.

    Args:
        networks: Addresses (`10.0.0.7`), networks (`10.0.0.0/8`, `fd00::/8`), `unix`
            (the peer of a unix socket, which has no address), or `*`: whoever
            connects is a proxy, as behind the router of a hosting service. `*` says
            nothing about hops before that one.
        style: `x-forwarded` reads X-Forwarded-For, -Proto and -Host, `forwarded`
            reads the header of RFC 7239. The other kind is never looked at.
        host: Whether X-Forwarded-Host is believed. Say yes only when the proxy sets
            or removes it on every request.

    Raises:
        SettingsError: A network or the style cannot be read.

    Example:
        >>> trust = ProxyTrust(("10.0.0.0/8",))
        >>> headers = Headers([("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.0.0.2")])
        >>> trust.resolve("10.0.0.1", headers).client
        '203.0.113.9'
    """

    __slots__ = ("_parsed", "host", "networks", "style")

    def __init__(
        self,
        networks: Iterable[str] = (),
        *,
        style: Literal["x-forwarded", "forwarded"] = "x-forwarded",
        host: bool = False,
    ) -> None:
        if style not in _STYLES:
            raise SettingsError(
                "SG-HTTP-035",
                f"ProxyTrust(style={style!r}) is no way a proxy speaks.",
                why="It would be unclear which headers to believe.",
                fix='Write style="x-forwarded" or style="forwarded".',
            )
        names = (networks,) if isinstance(networks, str) else tuple(networks)
        self.networks = names
        self.style = style
        self.host = host
        parsed = [_network(name) for name in names if name not in {"unix", "*"}]
        self._parsed: tuple[_Network, ...] = tuple(parsed)

    def __repr__(self) -> str:
        return (
            f"ProxyTrust({self.networks!r}, style={self.style!r}, host={self.host!r})"
        )

    def trusts(self, peer: str | None) -> bool:
        """Tell whether the peer of a connection is one of the proxies."""
        if "*" in self.networks:
            return True
        address = _peer(peer)
        if address is None:
            return "unix" in self.networks
        return self._is_proxy(address)

    def resolve(self, peer: str | None, headers: Headers) -> Forwarded:
        """Find out who asked, and how.

        Args:
            peer: The address at the other end of the connection; None for a unix
                socket.
            headers: The headers of the request.
        """
        own = _peer(peer)
        if not self.trusts(own):
            return Forwarded(own)
        if self.style == "forwarded":
            return self._resolve_standard(own, headers)
        hops = _members(headers, "x-forwarded-for")
        client, depth = self._client(hops, own)
        scheme = _at_depth(_members(headers, "x-forwarded-proto"), depth)
        hosts = _members(headers, "x-forwarded-host") if self.host else ()
        return _forwarded(client, scheme, _at_depth(hosts, depth))

    def _resolve_standard(self, own: str | None, headers: Headers) -> Forwarded:
        elements = _elements(headers.get_all("forwarded"))
        if not elements:
            return Forwarded(own)
        client, depth = self._client([e.get("for", "") for e in elements], own)
        # Elements stand for hops one to one, so the other values stand beside `for`.
        said = elements[-1 - depth]
        return _forwarded(client, said.get("proto", ""), said.get("host", ""))

    def _client(self, hops: Sequence[str], own: str | None) -> tuple[str | None, int]:
        """Walk the hops from the right.

        Returns:
            The client, and how many hops were proxies of the house.
        """
        if not hops:
            return own, 0
        client: str | None = None
        depth = 0
        for depth, hop in enumerate(reversed(hops)):
            client = _address(hop)
            if client is None or not self._is_proxy(client):
                return client, depth
        # Proxies all the way: the request began inside the house.
        return client, depth

    def _is_proxy(self, text: str) -> bool:
        if not self._parsed:
            return False
        address = _parse_address(text)
        return address is not None and any(address in part for part in self._parsed)


def _network(text: str) -> _Network:
    # 5 ms on import, and most apps trust no proxy.
    import ipaddress  # noqa: PLC0415

    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise SettingsError(
            "SG-HTTP-032",
            f"{text!r} in proxies= is no address or network.",
            why=f"{error}. No proxy could be recognised by it.",
            fix='Write proxies=("10.0.0.0/8",), an address, "unix" or "*".',
        ) from error


def _parse_address(text: str) -> Any:
    """Parse an address; `::ffff:10.0.0.1` is the same peer as 10.0.0.1."""
    # Reached only where a proxy is trusted, see _network.
    import ipaddress  # noqa: PLC0415

    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _address(text: str) -> str | None:
    """Read the address out of a hop: with a port, in brackets, or neither.

    `unknown` and obfuscated names (`_hidden`) are no addresses, and neither is an
    address with a zone, which means something on one machine only.
    """
    match = _NODE.fullmatch(text)
    bare = (match[1] or match[2]) if match else text
    address = None if "%" in bare else _parse_address(bare)
    return None if address is None else str(address)


def _peer(text: str | None) -> str | None:
    """Spell the address of a connection as networks and logs expect it.

    Servers give nothing, an empty text or `unix:` for the peer of a unix socket.
    """
    if not text or text.startswith("unix:"):
        return None
    return (_address(text) or text) if ":" in text else text


def _forwarded(client: str | None, scheme: str, host: str) -> Forwarded:
    return Forwarded(
        client, _SCHEMES.get(scheme.lower()), host if valid_host(host) else None
    )


def _members(headers: Headers, name: str) -> list[str]:
    """List the last members of all copies of a list header, empty ones left out."""
    joined = ",".join(headers.get_all(name))
    parts = joined.rsplit(",", _MOST_HOPS)[-_MOST_HOPS:]
    return [member for part in parts if (member := part.strip(" \t"))]


def _at_depth(members: Sequence[str], depth: int) -> str:
    """Pick the member that the outermost proxy of the house wrote.

    Proxies append to these lists or replace them, so there may be fewer members than
    hops; the leftmost that any of them can have written is then the one.
    """
    return members[-min(depth + 1, len(members))] if members else ""


def _elements(copies: Sequence[str]) -> list[dict[str, str]]:
    """Parse `Forwarded` as far as it can be believed: the end of it.

    A malformed copy says nothing, and neither does what stands left of it, since
    nobody knows how many hops it hides.
    """
    elements: list[dict[str, str]] = []
    for copy in reversed(copies):
        parsed = _parse_forwarded(copy)
        if parsed is None:
            return [{}, *elements]
        elements = parsed + elements
        if len(elements) >= _MOST_HOPS:
            break
    return elements[-_MOST_HOPS:]


def _parse_forwarded(text: str) -> list[dict[str, str]] | None:
    """Parse one copy of the header; None when it is malformed.

    Source: RFC 7239, section 4.
    """
    elements: list[dict[str, str]] = []
    current: dict[str, str] = {}
    position = 0
    while match := _PAIR.match(text, position):
        name, quoted, token, end = match.groups()
        name = (name or "").lower()
        if name in current:
            return None
        if name:
            current[name] = token if quoted is None else _ESCAPED.sub(r"\1", quoted)
        if end != ";" and current:
            elements.append(current)
            current = {}
        if not end:
            return elements
        position = match.end()
    return None

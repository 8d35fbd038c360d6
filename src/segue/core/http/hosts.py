"""Hosts: which texts are a host, and which hosts an app answers to.

A host here is what a `Host` header may say: a name, an IPv4 address or an IPv6 address
in brackets, with or without a port. Names are the names of the DNS (letters, digits,
hyphens, and the underscores that container networks use). RFC 3986 would let `,`, `;`
or `%41` pass as well; none of them is in a name that resolves, and a comma is what two
joined copies of the header look like, so all of them are refused.
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from segue.core.errors import SettingsError

__all__ = ["HostRule", "allowed", "split_host", "valid_host"]

# 253 for a name (RFC 1035), a closing dot, a colon and five digits.
_LONGEST: Final = 260
_LONGEST_NAME: Final = 253
_HIGHEST_PORT: Final = 65535

# No part of these can match the same character in two ways: the time is linear.
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z_.-]+)(?::([0-9]{1,5}))?")
_LABEL: Final = re.compile(r"[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?")
_OCTET: Final = re.compile(r"0|[1-9][0-9]{0,2}")
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


def valid_host(text: str) -> bool:
    """Tell whether a text is a host as a `Host` header may carry it.

    User names, blanks, slashes, control characters, non-ASCII names, zones of IPv6
    addresses and an empty port are refused. A name whose last label is a number must
    be an IPv4 address in its usual spelling: `127.1` and `0x7f.1` mean 127.0.0.1 to
    some programs and a name to others.

    Source: RFC 9110, section 7.2; RFC 3986, section 3.2.2.

    Example:
        >>> [valid_host(t) for t in ("example.org:8000", "[::1]", "a b", "u@h")]
        [True, True, False, False]
    """
    if len(text) > _LONGEST:
        return False
    match = _HOST.fullmatch(text)
    if match is None:
        return False
    host, port = match.groups()
    if port is not None and int(port) > _HIGHEST_PORT:
        return False
    return _is_ipv6(host[1:-1]) if host[0] == "[" else _is_name(host)


def split_host(text: str) -> tuple[str, int | None]:
    """Take a valid host apart into its name, brackets kept, and its port.

    Example:
        >>> split_host("[::1]:8000")
        ('[::1]', 8000)
        >>> split_host("example.org")
        ('example.org', None)
    """
    name, colon, port = text.rpartition(":")
    if colon and port.isdigit():
        return name, int(port)
    return text, None


def allowed(host: str, patterns: Iterable[str]) -> bool:
    """Tell whether a host is among the patterns of an app's `hosts=`.

    Example:
        >>> allowed("Shop.Example.ORG:8000", (".example.org",))
        True
        >>> allowed("example.org.evil.test", (".example.org",))
        False
    """
    return HostRule.parse(patterns).allows(host)


class HostRule(msgspec.Struct, frozen=True):
    """Which hosts an app answers to.

    A pattern is `example.org` (that name), `.example.org` (it and every name below
    it), an address such as `192.0.2.1` or `[2001:db8::1]`, or `*` (every host). The
    port is no part of the question.

    Attributes:
        names: The names answered to, in lower case.
        suffixes: The endings answered to, each with its leading dot.
        every: Whether any host will do.
    """

    names: frozenset[str]
    suffixes: tuple[str, ...] = ()
    every: bool = False

    @classmethod
    def parse(cls, patterns: Iterable[str]) -> "HostRule":
        """Parse the patterns of an app.

        Raises:
            SettingsError: A pattern is none of the forms above.
        """
        names: set[str] = set()
        suffixes: list[str] = []
        every = False
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            name = _canonical(pattern)
            if name == "*":
                every = True
            elif not _is_pattern(name):
                raise _bad_pattern(pattern)
            else:
                if name[0] == ".":
                    suffixes.append(name)
                names.add(name.removeprefix("."))
        return cls(frozenset(names), tuple(suffixes), every)

    def allows(self, host: str) -> bool:
        """Tell whether a valid host is one of those answered to."""
        if self.every:
            return True
        name = _canonical(split_host(host)[0])
        return name in self.names or name.endswith(self.suffixes)


def _canonical(name: str) -> str:
    """Spell a name so that equal names are equal texts."""
    if name[:1] == "[" and name[-1:] == "]" and _is_ipv6(name[1:-1]):
        # Rarely used, and 5 ms on import.
        import ipaddress  # noqa: PLC0415

        return f"[{ipaddress.IPv6Address(name[1:-1])}]"
    return name.lower().removesuffix(".")


def _is_pattern(name: str) -> bool:
    bare = name.removeprefix(".")
    return valid_host(bare) and split_host(bare)[1] is None


def _is_name(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    if len(host) > _LONGEST_NAME + 1 or not all(map(_LABEL.fullmatch, labels)):
        return False
    if _NUMBER.fullmatch(labels[-1]):
        return _is_ipv4(host)
    return True


def _is_ipv4(host: str) -> bool:
    octets = host.split(".")
    return len(octets) == 4 and all(  # noqa: PLR2004 - an IPv4 address has four
        _OCTET.fullmatch(octet) and int(octet) < 256  # noqa: PLR2004 - of one byte each
        for octet in octets
    )


def _is_ipv6(text: str) -> bool:
    # Rarely used, and 5 ms on import.
    import ipaddress  # noqa: PLC0415

    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def _bad_pattern(pattern: str) -> SettingsError:
    bare = re.sub(r"^[a-z]+://", "", pattern.strip()).partition("/")[0]
    bare = bare.replace("*.", ".") if "*." in bare else split_host(bare)[0]
    near = bare if valid_host(bare.removeprefix(".")) else "example.org"
    return SettingsError(
        "SG-HTTP-033",
        f"{pattern!r} in hosts= is no pattern of a host.",
        why="No request could match it, so the app would answer nobody by that name.",
        fix=f"Write a name or an ending with a dot before it: hosts=({near!r},).",
    )

"""Versions of an API, told apart by a header.

    v1 = Group("/api", when=version("1", default=True))
    v2 = Group("/api", when=version("2"))

By path a group is enough, `Group("/v2")`; by media type the predicate `accepts` is:
`when=accepts("application/vnd.shop.v2+json")`.
"""

from typing import Any, Final

from segue.core.routing.predicates import SINGLE, Condition

__all__ = ["Version", "version"]

_HEADER: Final = "api-version"


class Version(Condition, frozen=True):
    """The client asks for this version, or for none while it is the default.

    Attributes:
        value: The version, as clients write it.
        header: The header they write it in.
        default: It also answers who does not say a version.
    """

    value: str
    header: str
    default: bool

    @property
    def vary(self) -> frozenset[str]:
        return frozenset({self.header})

    @property
    def weight(self) -> int:
        # Never more than another version: a request has one of them.
        return SINGLE

    def __call__(self, request: Any, /) -> bool:
        found = request.headers.get(self.header)
        return self.default if found is None else found.strip() == self.value

    def __str__(self) -> str:
        otherwise = ", or none" if self.default else ""
        return f"version {self.value} in {self.header}{otherwise}"


def version(value: str, *, header: str = _HEADER, default: bool = False) -> Version:
    """Hold for one version of an API.

    Args:
        value: The version, `2` or `2026-11-25` for example.
        header: The header that clients write it in.
        default: It also answers clients that do not say a version.
    """
    return Version(value, header.lower(), default)

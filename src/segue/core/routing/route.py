"""A route: a pattern, methods, conditions, and what they lead to."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from segue.core.routing.hosts import HostPattern
from segue.core.routing.pattern import Pattern
from segue.core.routing.predicates import Predicate

__all__ = ["COMMON_METHODS", "Route"]

COMMON_METHODS: Final = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
)
"""The methods a route for any method is entered under for the fast lookup."""


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


# Compared by identity: two equal routes are still two places in the code.
class Route(msgspec.Struct, frozen=True, eq=False):
    """A pattern, methods and conditions that lead to a target.

    Attributes:
        pattern: The path.
        methods: Upper-case names; None is any method. A name in parentheses,
            `(WEBSOCKET)`, is one that no client can send, and that None leaves
            out.
        target: What it leads to; routing never looks into it.
        name: For reverse URLs, unique in a table; None has none.
        place: `file:line name` of the handler, for errors.
        host: The host it is bound to; None is every host.
        predicates: Further conditions; all must hold.
        options: For the floors above; routing never looks into them.
    """

    pattern: Pattern
    methods: frozenset[str] | None
    target: Any
    name: str | None = None
    place: str = ""
    host: HostPattern | None = None
    predicates: tuple[Predicate, ...] = ()
    options: Mapping[str, Any] = msgspec.field(default_factory=_nothing)

    @property
    def conditional(self) -> bool:
        """Whether more than path and method decide."""
        return self.host is not None or bool(self.predicates)

    @property
    def allowed(self) -> frozenset[str]:
        """The methods it answers, with HEAD where it answers GET."""
        if self.methods is None:
            return frozenset(COMMON_METHODS)
        head = {"HEAD"} if "GET" in self.methods else set[str]()
        return self.methods | head

    def answers(self, method: str) -> bool:
        """Say whether it answers a method; GET answers HEAD."""
        methods = self.methods
        if methods is None:
            return not method.startswith("(")
        if method in methods:
            return True
        return method == "HEAD" and "GET" in methods

    def __repr__(self) -> str:
        return f"<Route {self}>"

    def __str__(self) -> str:
        words = "ANY" if self.methods is None else " ".join(sorted(self.methods))
        path = f"{self.host or ''}{self.pattern}"
        when = " and ".join(map(str, self.predicates))
        return f"{words} {path}" + (f" when {when}" if when else "")

"""The table of an app's routes: collected, checked, compiled, reversed."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from segue.core.errors import Problem, RouteError
from segue.core.routing.conflicts import find_problems
from segue.core.routing.explain import Candidate, explain
from segue.core.routing.matcher import Found, Matcher, Miss
from segue.core.routing.reverse import Reverse
from segue.core.routing.route import Route
from segue.core.types import Slashes

__all__ = ["RouteTable"]

E = TypeVar("E")

# Tokens of RFC 9110 have more characters; no method in use does.
_METHOD: Final = re.compile(r"[A-Z]+(?:-[A-Z]+)*|\([A-Z]+\)").fullmatch


class RouteTable:
    """Routes in the order they were added; open until it is frozen.

    Args:
        slashes: What happens to a path that only lacks or has a final slash:
            a `redirect` to the one that exists, `strict` 404, or `ignore` the
            difference.

    Example:
        >>> from segue.core.routing.pattern import Pattern
        >>> table = RouteTable()
        >>> route = Route(Pattern.parse("/users/{id:int}"), frozenset({"GET"}), "user")
        >>> table.add(route)
        >>> table.freeze()
        []
        >>> table.compile(lambda route: route.target).find("/users/7", "GET")
        ('user', (7,))
        >>> table.url("user", {"id": 7, "tab": "x"})
        '/users/7?tab=x'
    """

    def __init__(self, slashes: Slashes = "redirect") -> None:
        self.slashes: Slashes = slashes
        self.frozen = False
        self._routes: list[Route] = []
        self._matcher: Matcher[Route] | None = None
        self._reverse: Reverse | None = None

    def add(self, route: Route) -> None:
        """Add a route.

        Raises:
            RouteError: The table is frozen, or the methods are malformed.
        """
        if self.frozen:
            raise RouteError(
                "SG-ROUTE-011",
                f"{route} comes after the table was frozen.",
                why="The first request may have been answered without it.",
                fix="Declare all routes before the app serves, on import.",
                where=_where(route),
            )
        methods = route.methods
        if methods is not None and not (methods and all(map(_METHOD, methods))):
            raise RouteError(
                "SG-ROUTE-010",
                f"{route.pattern} has the methods {sorted(methods)!r}.",
                why="A method is a word in upper case, and a route needs one at least.",
                fix="Write methods=['GET', 'POST'].",
                where=_where(route),
            )
        self._routes.append(route)
        self._reverse = None

    def freeze(self) -> list[Problem]:
        """Close the table and report all that cannot work: duplicates, dead routes.

        A second call reports the same again.
        """
        self.frozen = True
        return find_problems(self._routes)

    def compile(self, make: Callable[[Route], E]) -> Matcher[E]:
        """Build a matcher; `make` is called once for each route."""
        return Matcher(self._routes, make, self.slashes)

    @property
    def matcher(self) -> Matcher[Route]:
        """A matcher whose entries are the routes themselves."""
        if self._matcher is None or not self.frozen:
            self._matcher = self.compile(lambda route: route)
        return self._matcher

    def search(
        self, path: str, method: str, host: str, request: Callable[[], Any]
    ) -> Found[Route] | Miss:
        """Search the route of a request; see `Matcher.search`."""
        return self.matcher.search(path, method, host, request)

    def explain(
        self, method: str, path: str, host: str, request: Any, *, limit: int = 20
    ) -> list[Candidate]:
        """Explain which route answers and why the nearest others do not.

        Args:
            method: The method asked for.
            path: The decoded path.
            host: The host asked for.
            request: For the predicates.
            limit: At most so many candidates.
        """
        return explain(self.matcher, self._routes, method, path, host, request)[:limit]

    def url(self, target: Any, values: Mapping[str, Any] | None = None) -> str:
        """Build the URL of a route: `/path?query`, or `//host/path?query`.

        Args:
            target: The name of a route, or what it leads to.
            values: Values of path and host by name; the others are the query.

        Raises:
            RouteError: No such route, or a value is missing or does not fit.
        """
        if self._reverse is None:
            self._reverse = Reverse(self._routes)
        return self._reverse.url(target, values or {})

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def __len__(self) -> int:
        return len(self._routes)


def _where(route: Route) -> tuple[str, ...]:
    return (route.place,) if route.place else ()

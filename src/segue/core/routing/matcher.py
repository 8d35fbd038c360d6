"""The matcher: a path, a method and a host to an entry.

Two speeds. `static` and `find` know path and method only, and answer where
nothing else can matter. `search` knows all: hosts, predicates, what else is
allowed, where a slash is missing. `find` and `search` agree: where `find`
answers, `search` would give the same.

Order of all candidates: a host that is fixed, a host with parameters, every
host; then the path's specificity; then the more or the narrower predicates;
then a route for this method before GET's for HEAD before one for any method.
Where routes differ only in the media type that they accept, the client decides.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

from segue.core.routing.hosts import HostPattern, bare_host
from segue.core.routing.lookup import (
    Places,
    fill,
    finder,
    guarded,
    ranked,
    statics,
)
from segue.core.routing.predicates import Accepts, vary
from segue.core.routing.route import Route
from segue.core.routing.tree import Cell, Leaf, Zone
from segue.core.types import Slashes

__all__ = ["Found", "Matcher", "Miss", "other_slash"]

E = TypeVar("E")

Values: TypeAlias = tuple[Any, ...]


class Found(msgspec.Struct, Generic[E], frozen=True):
    """A request has an answer.

    Attributes:
        entry: What was compiled from the route.
        values: The path's values, in the order of `route.pattern.names`.
        host_values: The host's values, by name.
        route: The route.
        vary: Request headers that the decision depended on.
    """

    entry: E
    values: Values
    host_values: Mapping[str, Any]
    route: Route
    vary: frozenset[str] = frozenset()


class Miss(msgspec.Struct, frozen=True):
    """A request has no answer.

    Attributes:
        allowed: Methods that this path would answer; empty is 404.
        redirect: The path with or without its final slash, decoded, when that
            one would answer; None when not. It never begins with two slashes.
        vary: Request headers that the decision depended on.
    """

    allowed: frozenset[str] = frozenset()
    redirect: str | None = None
    vary: frozenset[str] = frozenset()


class _Look:
    """What one search needs and collects."""

    __slots__ = ("_made", "_make", "allowed", "method", "vary")

    def __init__(self, method: str, make: Callable[[], Any]) -> None:
        self.method = method
        self.allowed: set[str] = set()
        self.vary: set[str] = set()
        self._make = make
        self._made: Any = None

    @property
    def request(self) -> Any:
        """The request, made when it is first asked."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def holds(self, route: Route) -> bool:
        """Say whether all predicates of a route hold."""
        for predicate in route.predicates:
            self.vary |= vary((predicate,))
            if not predicate(self.request):
                return False
        return True

    def choose(self, leaf: Leaf[E]) -> Cell[E] | None:
        """Choose the cell of a leaf that answers; note what else is allowed."""
        winners: list[Cell[E]] = []
        best: tuple[int, int] | None = None
        for key, cell in ranked(leaf.cells, self.method):
            if best is not None and key != best:
                break
            if self.holds(cell.route):
                best = key
                winners.append(cell)
        if len(winners) > 1:
            return self._prefer(winners)
        if winners:
            return winners[0]
        for cell in leaf.cells:
            route = cell.route
            if not route.answers(self.method) and self.holds(route):
                self.allowed |= route.allowed
        return None

    def _prefer(self, winners: list[Cell[E]]) -> Cell[E]:
        """Let the client decide between routes that differ in what it accepts."""
        offers = {
            predicate.media_type: cell
            for cell in winners
            for predicate in cell.route.predicates
            if isinstance(predicate, Accepts)
        }
        chosen: str | None = self.request.accepts(*offers) if offers else None
        return winners[0] if chosen is None else offers[chosen]


class Matcher(Generic[E]):
    """Finds entries; nothing changes but entries that are replaced.

    Attributes:
        static: Path to method to entry, for what path and method decide alone.
        find: `find(path, method)` gives `(entry, values)` for a path with
            parameters, or None, which means: use `search`.
        conditional: Whether any route has a host or predicates. Where none
            has, a path that `static` and `find` do not know has no answer.
        slashes: What happens to a path that only lacks or has a final slash.
    """

    __slots__ = (
        "_cells",
        "_hosts",
        "_open",
        "_patterns",
        "_places",
        "conditional",
        "find",
        "slashes",
        "static",
    )

    find: Callable[[str, str], tuple[E, Values] | None]

    def __init__(
        self, routes: Iterable[Route], make: Callable[[Route], E], slashes: Slashes
    ) -> None:
        self.slashes: Slashes = slashes
        self._cells = {route: Cell(route, make(route)) for route in routes}
        self._places: Places[E] = {}
        self._open: Zone[E] = Zone()
        self._hosts: dict[str, Zone[E]] = {}
        self._patterns: list[tuple[HostPattern, Zone[E]]] = []
        for cell in self._cells.values():
            self._zone(cell.route.host).add(cell)
        self._patterns.sort(key=lambda each: each[0].specificity)
        for zone in self._zones():
            zone.seal()
        for leaf in self._open.leaves:
            fill(leaf, self._places)
        self.conditional = any(route.conditional for route in self._cells)
        held = any(route.predicates for route in self._cells)
        guard = guarded(self._cells)
        self.static = statics(self._open, guard, self._places)
        self.find = finder(self._open, guard, held=held)

    def search(
        self, path: str, method: str, host: str, request: Callable[[], Any]
    ) -> Found[E] | Miss:
        """Search everything: hosts, predicates, other methods, the other slash.

        Args:
            path: The decoded path.
            method: The method, as it came.
            host: The host, with or without its port.
            request: Makes the request for the predicates; called only when
                there are any to ask, and at most once.
        """
        look = _Look(method, request)
        found = self._look(path, host, look)
        if found is not None:
            return found
        other = None if self.slashes == "strict" else other_slash(path)
        allowed = look.allowed
        if other is not None:
            look.allowed = set()
            found = self._look(other, host, look)
            if self.slashes == "ignore":
                if found is not None:
                    return found
                allowed |= look.allowed
        allowed = {each for each in allowed if not each.startswith("(")}
        if allowed:
            allowed.add("OPTIONS")
        redirect = None
        if other is not None and found is not None and self.slashes == "redirect":
            redirect = other
        return Miss(frozenset(allowed), redirect, frozenset(look.vary))

    def replace(self, route: Route, entry: E) -> None:
        """Put another entry in the place of a route's, wherever it stands."""
        self._cells[route].entry = entry
        for slots, method in self._places.get(route, ()):
            slots[method] = entry

    def entry(self, route: Route) -> E:
        """Return the present entry of a route."""
        return self._cells[route].entry

    def _zone(self, host: HostPattern | None) -> Zone[E]:
        if host is None:
            return self._open
        if host.static:
            return self._hosts.setdefault(host.host, Zone())
        for known, zone in self._patterns:
            if known.shape == host.shape:
                return zone
        self._patterns.append((host, Zone()))
        return self._patterns[-1][1]

    def _zones(self) -> Iterator[Zone[E]]:
        yield self._open
        yield from self._hosts.values()
        yield from (zone for _, zone in self._patterns)

    def _matching(self, host: str) -> Iterator[Zone[E]]:
        """Yield the zones of a host, the most specific first."""
        if self._hosts:
            fixed = self._hosts.get(bare_host(host))
            if fixed is not None:
                yield fixed
        for pattern, zone in self._patterns:
            if pattern.match(host) is not None:
                yield zone
        yield self._open

    def _look(self, path: str, host: str, look: _Look) -> Found[E] | None:
        for zone in self._matching(host):
            for leaf, values in zone.fits(path):
                cell = look.choose(leaf)
                if cell is not None:
                    route = cell.route
                    hosted = route.host.match(host) if route.host else None
                    vary = frozenset(look.vary)
                    return Found(cell.entry, values, hosted or {}, route, vary)
        return None


def other_slash(path: str) -> str | None:
    """Put a final slash on a path, or take it off; None where neither is safe.

    A path that begins with two slashes, or a slash and a backslash, would be
    taken for another host by the client that is sent there.
    """
    if path == "/" or path[1:2] in {"/", "\\"} or not path.startswith("/"):
        return None
    return path[:-1] if path.endswith("/") else path + "/"

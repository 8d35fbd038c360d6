"""The fast lookup: what path and method decide alone, laid out for speed.

Each leaf gets a dict of method to entry. Where the winner of a method depends
on more (predicates), the slot holds `HOLD`, which sends the request to the slow
search. Routes bound to a host may win over any other, so a second tree, the
guard, knows every path that one of them could take; such paths are held too.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias, TypeVar

from segue.core.routing.predicates import weight
from segue.core.routing.route import COMMON_METHODS, Route
from segue.core.routing.tree import Cell, Leaf, Tails, Zone

__all__ = ["HOLD", "Places", "fill", "finder", "guarded", "ranked", "statics"]

E = TypeVar("E")

Values: TypeAlias = tuple[Any, ...]
Places: TypeAlias = dict[Route, list[tuple[dict[str, E], str]]]
Find: TypeAlias = Callable[[str, str], tuple[E, Values] | None]

HOLD: Final[Any] = object()
"""Stands in a slot whose winner depends on more than path and method."""


def ranked(
    cells: Iterable[Cell[E]], method: str
) -> list[tuple[tuple[int, int], Cell[E]]]:
    """Sort the cells of a leaf that answer a method; equal keys are a tie.

    More or narrower predicates first, then how exactly the method is meant,
    then what the predicates say: never the order of declaration, but for
    duplicates, which are reported.
    """
    found: list[tuple[tuple[int, int], Cell[E]]] = []
    for cell in cells:
        route = cell.route
        if not route.answers(method):
            continue
        exact = 2 if route.methods is None else int(method not in route.methods)
        found.append(((-weight(route.predicates), exact), cell))
    if len(found) > 1:
        found.sort(key=lambda each: (each[0], _words(each[1].route)))
    return found


def _words(route: Route) -> list[str]:
    return sorted(map(str, route.predicates))


def fill(leaf: Leaf[E], places: Places[E]) -> None:
    """Fill the slots of a leaf, and note where each route's entry stands."""
    methods: set[str] = set()
    for cell in leaf.cells:
        methods |= cell.route.allowed
    # In the order of the common methods, so that a table reads the same always.
    for method in sorted(methods, key=lambda each: (each not in COMMON_METHODS, each)):
        _, cell = ranked(leaf.cells, method)[0]
        if cell.route.predicates:
            leaf.slots[method] = HOLD
        else:
            leaf.slots[method] = cell.entry
            places.setdefault(cell.route, []).append((leaf.slots, method))


def guarded(routes: Iterable[Route]) -> Zone[Any] | None:
    """Build the tree of all routes that are bound to a host; None without any."""
    bound = [route for route in routes if route.host is not None]
    if not bound:
        return None
    guard: Zone[Any] = Zone()
    for route in bound:
        slots = guard.leaf(route).slots
        for method in route.allowed:
            slots[method] = HOLD
    guard.seal()
    return guard


def _held(guard: Zone[Any], path: str, method: str) -> bool:
    leaf = guard.plain.get(path)
    if leaf is not None and method in leaf.slots:
        return True
    return guard.first(path, method) is not None


def statics(
    zone: Zone[E], guard: Zone[Any] | None, places: Places[E]
) -> dict[str, dict[str, E]]:
    """Collect path to method to entry for all static paths that are not held."""
    found: dict[str, dict[str, E]] = {}
    for path, leaf in zone.plain.items():
        slots = leaf.slots
        free = {
            method: entry
            for method, entry in slots.items()
            if entry is not HOLD and (guard is None or not _held(guard, path, method))
        }
        if len(free) == len(slots):
            free = slots
        elif free:
            for cell in leaf.cells:
                noted = places.get(cell.route, [])
                noted += [(free, m) for s, m in noted if s is slots and m in free]
        if free:
            found[path] = free
    return found


def finder(zone: Zone[E], guard: Zone[Any] | None, *, held: bool) -> Find[E]:
    """Compile the function that finds paths with parameters.

    Args:
        zone: The routes of every host.
        guard: The tree of those bound to a host.
        held: Whether any slot of the zone may hold `HOLD`.
    """
    free = _free_finder(zone)
    if guard is None and not held:
        return free
    plain = zone.plain

    def find(path: str, method: str) -> tuple[E, Values] | None:
        if guard is not None and _held(guard, path, method):
            return None
        # A static path that comes here is held, or does not answer the method.
        leaf = plain.get(path)
        if leaf is not None and method in leaf.slots:
            return None
        found = free(path, method)
        return None if found is None or found[0] is HOLD else found

    return find


def _free_finder(zone: Zone[E]) -> Find[E]:
    """Compile the function that finds without looking at `HOLD`."""
    first = zone.first
    tails: Tails[E] = zone.tails()
    tails_get = tails.get

    def find(path: str, method: str) -> tuple[E, Values] | None:
        head, _, tail = path.rpartition("/")
        edges = tails_get(head)
        # What sorts before "./" is seen to below: "", "." and ".." among it.
        if edges is not None and tail > "./":
            for read, slots in edges:
                entry = slots.get(method)
                if entry is not None:
                    try:
                        return entry, (read(tail),)
                    except ValueError:
                        pass
        return first(path, method)

    return find

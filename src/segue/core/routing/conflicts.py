"""Conflicts: routes of which one would never run, found at start.

Two routes are duplicates when nothing tells their requests apart: the same
shape of path and host (names of parameters do not count, converters do), the
same predicates, and a method in common. A route for any method is the rest
behind those for one, so it clashes only with another one for any.

A route is dead when no request can fit it, or when each request that fits it
is taken by others before. Found are the cases that can be decided by looking:
predicates that contradict each other, predicates that imply those of a route
before it, a pair `p` and `~p` before it, and a converter that is tried after
one that takes every text. A wide route is never dead because of narrow ones.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any, TypeAlias

from segue.core.errors import Problem
from segue.core.routing.converters import BUILT_IN
from segue.core.routing.lookup import ranked
from segue.core.routing.predicates import (
    AllOf,
    AnyOf,
    Header,
    Method,
    Not,
    Predicate,
    Query,
    flatten,
)
from segue.core.routing.route import Route
from segue.core.routing.segments import Kind, Segment
from segue.core.routing.tree import Cell

__all__ = ["find_problems"]

_Shape: TypeAlias = tuple[Any, ...]
_Group: TypeAlias = list[Route]


def find_problems(routes: Sequence[Route]) -> list[Problem]:
    """Find duplicates, dead routes and repeated names."""
    groups: dict[_Shape, _Group] = {}
    for route in routes:
        host = route.host and route.host.shape
        groups.setdefault((host, route.pattern.shape), []).append(route)
    problems: list[Problem] = []
    doubled: set[Route] = set()
    for group in groups.values():
        if len(group) > 1:
            problems += _duplicates(group, doubled)
    problems += _impossible(routes)
    for group in groups.values():
        if len(group) > 1:
            problems += _hidden([each for each in group if each not in doubled])
    problems += _swallowed(routes)
    problems += _names(routes)
    return problems


def _duplicates(group: _Group, doubled: set[Route]) -> Iterator[Problem]:
    """Find routes of one shape with equal predicates and a method in common."""
    owners: dict[Any, Route] = {}
    for route in group:
        predicates = frozenset(flatten(route.predicates))
        clashes: dict[Route, list[str]] = {}
        for method in sorted(route.methods or {"any method"}):
            owner = owners.setdefault((predicates, method), route)
            if owner is not route:
                clashes.setdefault(owner, []).append(method)
        if sum(map(len, clashes.values())) == len(route.methods or {"any method"}):
            doubled.add(route)
        for owner, methods in clashes.items():
            yield _duplicate(owner, route, methods)


def _duplicate(first: Route, second: Route, methods: list[str]) -> Problem:
    when = " and ".join(map(str, flatten(first.predicates)))
    path = f"{first.host or ''}{first.pattern}"
    what = f"{' and '.join(methods)} {path}" + (f" when {when}" if when else "")
    return Problem(
        "SG-ROUTE-003",
        f"Two routes answer {what}.",
        why=f"A request reaches the first one only; {_called(second)} would never run.",
        fix="Change one path, or tell the two apart with a predicate such as "
        'when=accepts("text/html").',
        where=_places(first, second),
    )


def _impossible(routes: Sequence[Route]) -> Iterator[Problem]:
    """Find routes whose own conditions cannot hold together."""
    for route in routes:
        if not route.predicates:
            continue
        clash = _contradiction(route)
        if clash:
            yield Problem(
                "SG-ROUTE-004",
                f"No request can fit {route}.",
                why=f"{clash}, so {_called(route)} would never run.",
                fix="Drop one of the conditions, or join them with |.",
                where=_places(route),
            )


def _contradiction(route: Route) -> str:
    """Say which conditions of a route exclude each other; empty when none do."""
    single = flatten(route.predicates)
    for predicate in single:
        if isinstance(predicate, Method) and not any(
            map(route.answers, predicate.names)
        ):
            return f"'{predicate}' is asked of a route for other methods"
        for other in single:
            if _excludes(predicate, other):
                return f"'{predicate}' and '{other}' exclude each other"
    return ""


def _excludes(one: Predicate, other: Predicate) -> bool:
    if isinstance(other, Not):
        return _implies((one,), other.inner)
    mine, theirs = _field(one), _field(other)
    if mine is None or theirs is None or mine[0] != theirs[0]:
        return False
    return None not in {mine[1], theirs[1]} and mine[1] != theirs[1]


def _field(predicate: Predicate) -> tuple[tuple[type, str], str | None] | None:
    """Take a question for a header or a query field apart."""
    if isinstance(predicate, Header | Query):
        return (type(predicate), predicate.name), predicate.value
    return None


def _implies(known: Sequence[Predicate], wanted: Predicate) -> bool:
    """Say whether what is known to hold makes another predicate hold."""
    if wanted in known:
        return True
    if isinstance(wanted, AnyOf):
        return any(_implies(known, each) for each in wanted.members)
    if isinstance(wanted, AllOf):
        return all(_implies(known, each) for each in wanted.members)
    asked = _field(wanted)
    if asked is None or asked[1] is not None:
        return False
    return any(found[0] == asked[0] for found in map(_field, known) if found)


def _hidden(group: _Group) -> Iterator[Problem]:
    """Find routes whose requests others of the same shape take before them."""
    cells = [Cell(route, None) for route in group]
    for route in group:
        takers: list[Route] = []
        for method in sorted(route.methods or {"any method"}):
            before = _before(route, cells, method)
            taken = _takers(route, before)
            if not taken:
                takers = []
                break
            takers += taken
        if takers:
            yield _dead(route, takers)


def _before(route: Route, cells: list[Cell[None]], method: str) -> list[Route]:
    others = takewhile(lambda each: each[1].route is not route, ranked(cells, method))
    return [cell.route for _, cell in others]


def _takers(route: Route, before: list[Route]) -> list[Route]:
    """Find the one or two routes that together take all that fits another."""
    known = flatten(route.predicates)
    halves: dict[Predicate, Route] = {}
    for other in before:
        open_ones = [p for p in flatten(other.predicates) if not _implies(known, p)]
        if not open_ones:
            return [other]
        if len(open_ones) == 1:
            (half,) = open_ones
            turned = Not.of(half)
            if turned in halves:
                return [halves[turned], other]
            halves[half] = other
    return []


def _swallowed(routes: Sequence[Route]) -> Iterator[Problem]:
    """Find converters that are tried after one that takes every text."""
    for route in routes:
        if not any(map(_late, route.pattern.segments)):
            continue
        for other in routes:
            if _takes_all(other, route):
                yield _dead(route, [other])
                break


def _late(segment: Segment) -> bool:
    """Say whether a segment is tried after `{x}`, or its span after `{x:tail}`."""
    if len(segment.parts) != 1 or not segment.parameters:
        return False
    converter = segment.parameters[0].converter
    limit = BUILT_IN["tail" if converter.spans else "str"].rank
    return converter.rank >= limit and converter.name not in BUILT_IN


def _takes_all(other: Route, route: Route) -> bool:
    """Say whether a route takes all requests of another, before it."""
    mine, theirs = route.pattern, other.pattern
    same_host = (route.host and route.host.shape) == (other.host and other.host.shape)
    if mine.shape == theirs.shape or not same_host:
        return False
    if len(mine.segments) != len(theirs.segments):
        return False
    if theirs.specificity > mine.specificity or not _covers_methods(other, route):
        return False
    known = flatten(route.predicates)
    return all(_implies(known, each) for each in flatten(other.predicates)) and all(
        map(_covers, theirs.segments, mine.segments)
    )


def _covers_methods(other: Route, route: Route) -> bool:
    if route.methods is None:
        return other.methods is None
    return all(map(other.answers, route.methods))


def _covers(wide: Segment, narrow: Segment) -> bool:
    """Say whether a segment takes every text that another one takes."""
    if wide.shape == narrow.shape:
        return True
    if wide.shape == ("{str}",):
        return bool(narrow.parts) and narrow.kind is not Kind.SPAN
    return wide.shape == ("{tail}",) and narrow.kind is Kind.SPAN


def _dead(route: Route, takers: list[Route]) -> Problem:
    unique = list(dict.fromkeys(takers))
    names = " and ".join(map(str, unique))
    return Problem(
        "SG-ROUTE-004",
        f"{route} is dead.",
        why=f"Each request that fits it is taken by {names} before; "
        f"{_called(route)} would never run.",
        fix="Remove it, or make the path or the conditions of the other narrower.",
        where=_places(route, *unique),
    )


def _names(routes: Sequence[Route]) -> Iterator[Problem]:
    """Find names that two routes have."""
    known: dict[str, Route] = {}
    for route in routes:
        if route.name is None:
            continue
        first = known.setdefault(route.name, route)
        if first is not route:
            yield Problem(
                "SG-ROUTE-005",
                f"Two routes are named {route.name!r}.",
                why=f"url({route.name!r}) could mean {first} or {route}.",
                fix="Give one of them another name=.",
                where=_places(first, route),
            )


def _called(route: Route) -> str:
    """Call a route by its handler's name when its place tells it."""
    _, _, name = route.place.rpartition(" ")
    return repr(name) if name else str(route)


def _places(*routes: Route) -> tuple[str, ...]:
    return tuple(route.place for route in routes if route.place)

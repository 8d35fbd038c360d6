"""Explanations: why a request found its route, or found none, in words."""

from collections.abc import Iterable
from typing import Any

import msgspec

from segue.core.routing.matcher import Found, Matcher, other_slash
from segue.core.routing.pattern import Pattern
from segue.core.routing.predicates import weight
from segue.core.routing.route import Route
from segue.core.routing.segments import Kind, Segment
from segue.core.routing.tree import has_dots

__all__ = ["Candidate", "explain"]


class Candidate(msgspec.Struct, frozen=True):
    """One route, held beside a request.

    Attributes:
        route: The route.
        matched: Whether it is the one that answers.
        reason: Why, or why not, in words.
        rank: Its place: 0 is the one that answers, or comes nearest.
    """

    route: Route
    matched: bool
    reason: str
    rank: int

    def __str__(self) -> str:
        return f"{self.route}: {self.reason}"


class _Asked(msgspec.Struct, frozen=True):
    """A request, and the route that answers it."""

    method: str
    path: str
    host: str
    request: Any
    winner: Route | None
    slashes: str


class _Story(msgspec.Struct, frozen=True):
    """How near a route came and where it stopped; the nearest sorts first."""

    near: tuple[int, int]
    reason: str
    route: Route


_ANSWERS, _FITS, _PREDICATE, _METHOD, _SLASH, _HOST, _PATH = range(7)


def explain(
    matcher: Matcher[Route],
    routes: Iterable[Route],
    method: str,
    path: str,
    host: str,
    request: Any,
) -> list[Candidate]:
    """Explain a request: the route that answers first, then the nearest."""
    result = matcher.search(path, method, host, lambda: request)
    winner = result.route if isinstance(result, Found) else None
    asked = _Asked(method, path, host, request, winner, matcher.slashes)
    stories = [_story(route, asked) for route in routes]
    stories.sort(key=lambda each: (each.near, each.route.pattern.specificity))
    return [
        Candidate(each.route, each.route is winner, each.reason, rank)
        for rank, each in enumerate(stories)
    ]


def _story(route: Route, asked: _Asked) -> _Story:
    """Tell the first thing that does not fit, or why it answers."""
    if route is asked.winner:
        return _Story((_ANSWERS, 0), "answers", route)
    fitted, reason = _misfit(route.pattern, asked.path)
    if reason and asked.slashes != "strict":
        other = other_slash(asked.path)
        if other is not None and not _misfit(route.pattern, other)[1]:
            return _Story((_SLASH, 0), f"fits {other!r}, with the other slash", route)
    if reason:
        return _Story((_PATH, -fitted), reason, route)
    if route.host is not None and route.host.match(asked.host) is None:
        return _Story((_HOST, 0), f"is not bound to {asked.host!r}", route)
    if not route.answers(asked.method):
        words = " and ".join(sorted(route.allowed))
        return _Story((_METHOD, 0), f"answers {words}, not {asked.method!r}", route)
    for predicate in route.predicates:
        if not predicate(asked.request):
            return _Story((_PREDICATE, 0), f"'{predicate}' does not hold", route)
    return _Story((_FITS, 0), _after(route, asked.winner), route)


def _after(route: Route, winner: Route | None) -> str:
    """Say why another route that fits too comes before this one."""
    if winner is None:
        return "fits now: one of its conditions depends on more than the request"
    start = f"fits, but comes after {winner}"
    if (route.host and route.host.shape) != (winner.host and winner.host.shape):
        return f"{start}, which is bound to the host more closely"
    pairs = zip(route.pattern.segments, winner.pattern.segments, strict=False)
    for mine, theirs in pairs:
        if mine.shape != theirs.shape:
            return f"{start}, where {theirs} is more specific than {mine}"
    if route.pattern.shape != winner.pattern.shape:
        return f"{start}, which has more segments behind its span"
    if weight(route.predicates) != weight(winner.predicates):
        return f"{start}, whose conditions are narrower"
    if route.methods != winner.methods:
        return f"{start}, which is meant for the method more closely"
    return f"{start}, which the client prefers, or which is its duplicate"


def _misfit(pattern: Pattern, path: str) -> tuple[int, str]:
    """Say how many segments fit, and what is wrong with the next; "" is nothing."""
    if has_dots(path) or not path.startswith("/"):
        return 0, f"{path!r} is no path that leads anywhere"
    texts = path[1:].split("/")
    segments = pattern.segments
    span = next((i for i, s in enumerate(segments) if s.kind is Kind.SPAN), None)
    if span is not None and len(texts) >= len(segments):
        stop = len(texts) - (len(segments) - span - 1)
        texts[span:stop] = ["/".join(texts[span:stop])]
    for index, (segment, text) in enumerate(zip(segments, texts, strict=False)):
        wrong = _wrong(segment, text)
        if wrong:
            return index, f"segment {index + 1} {wrong}"
    if len(texts) != len(segments):
        count = f"{len(texts)} segment{'s' if len(texts) > 1 else ''}"
        reason = f"the path has {count}, the pattern {len(segments)}"
        return min(len(texts), len(segments)), reason
    return len(segments), ""


def _wrong(segment: Segment, text: str) -> str:
    """Say what is wrong with the text of a segment; "" is nothing."""
    if segment.kind is Kind.LITERAL:
        if text == segment.literal:
            return ""
        wanted = repr(segment.literal) if segment.parts else "the end after a slash"
        return f"is {text!r}, not {wanted}"
    if not text and segment.kind is not Kind.SPAN:
        return f"is empty, where {segment} is asked for"
    pieces = segment.split(text)
    if pieces is None:
        return f"is {text!r}, which has not the form of {segment}"
    for parameter, piece in zip(segment.parameters, pieces, strict=True):
        try:
            parameter.converter.read(piece)
        except ValueError:
            return f"is {piece!r}, which is not {parameter.converter.words}"
    return ""

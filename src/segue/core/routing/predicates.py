"""Predicates: further conditions of a route, which say themselves in words.

    @app.get("/", when=accepts("text/html") & ~header("x-api"))

A predicate is a question to the request. It is also a value: two of the same
kind with the same arguments are equal, so that duplicates are found at start.
Any hashable object with `__call__` and `__str__` will do; `custom(...)` makes
one of a function.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

import msgspec

from segue.core.routing.hosts import HostPattern

__all__ = [
    "Accepts",
    "AllOf",
    "AnyOf",
    "Condition",
    "ContentType",
    "Custom",
    "Header",
    "Host",
    "Method",
    "Not",
    "Predicate",
    "Query",
    "accepts",
    "content_type",
    "custom",
    "flatten",
    "header",
    "host",
    "method",
    "query",
    "vary",
    "weight",
]


SINGLE: Final = 40
"""The weight of a predicate, also of one that does not tell its own."""

_WIDER: Final = 30
"""The weight of a predicate that others of its kind imply."""


class Predicate(Protocol):
    """A condition of a route; hashable, and equal to its equals."""

    def __call__(self, request: Any, /) -> bool:
        """Say whether it holds for this request."""
        ...  # protocol

    def __str__(self) -> str:
        """Say the condition in words: `header x-api = 2`."""
        ...  # protocol

    def __hash__(self) -> int: ...  # protocol


class Condition(msgspec.Struct, frozen=True):
    """What the built-in predicates share: `&`, `|`, `~` and two answers.

    Attributes:
        vary: The request headers it reads, which caches have to know.
        weight: How narrow it is; of two routes the one with more weight is
            tried first.
    """

    @property
    def vary(self) -> frozenset[str]:
        return frozenset()

    @property
    def weight(self) -> int:
        return SINGLE

    def __call__(self, request: Any, /) -> bool:
        """Say whether it holds for this request."""
        raise NotImplementedError

    def __and__(self, other: Predicate) -> "AllOf":
        return AllOf(frozenset(flatten((self, other))))

    def __or__(self, other: Predicate) -> "AnyOf":
        members: set[Predicate] = set()
        for each in (self, other):
            members |= each.members if isinstance(each, AnyOf) else {each}
        return AnyOf(frozenset(members))

    def __invert__(self) -> Predicate:
        return Not(self)


class Header(Condition, frozen=True):
    """A header is there, or has one value."""

    name: str
    value: str | None

    @property
    def vary(self) -> frozenset[str]:
        return frozenset({self.name})

    @property
    def weight(self) -> int:
        return _WIDER if self.value is None else SINGLE

    def __call__(self, request: Any, /) -> bool:
        found = request.headers.get(self.name)
        return found is not None and self.value in {None, found}

    def __str__(self) -> str:
        return f"header {self.name}" + (
            "" if self.value is None else f" = {self.value}"
        )


class Query(Condition, frozen=True):
    """A query field is there, or has one value."""

    name: str
    value: str | None

    @property
    def weight(self) -> int:
        return _WIDER if self.value is None else SINGLE

    def __call__(self, request: Any, /) -> bool:
        found = request.query.get(self.name)
        return found is not None and self.value in {None, found}

    def __str__(self) -> str:
        return f"query {self.name}" + ("" if self.value is None else f" = {self.value}")


class Accepts(Condition, frozen=True):
    """The client takes a media type."""

    media_type: str

    @property
    def vary(self) -> frozenset[str]:
        return frozenset({"accept"})

    def __call__(self, request: Any, /) -> bool:
        return request.accepts(self.media_type) is not None

    def __str__(self) -> str:
        return f"accepts {self.media_type}"


class ContentType(Condition, frozen=True):
    """The body has a media type; `image/*` takes any of a family."""

    media_type: str

    @property
    def vary(self) -> frozenset[str]:
        return frozenset({"content-type"})

    @property
    def weight(self) -> int:
        return _WIDER if self.media_type.endswith("*") else SINGLE

    def __call__(self, request: Any, /) -> bool:
        text = request.headers.get("content-type") or ""
        found = text.partition(";")[0].strip().lower()
        family = self.media_type.removesuffix("*")
        if family != self.media_type:
            return bool(found.startswith(family))
        return bool(found == self.media_type)

    def __str__(self) -> str:
        return f"content type {self.media_type}"


class Host(Condition, frozen=True):
    """The host fits a pattern; its values go to nobody."""

    text: str
    pattern: HostPattern

    def __call__(self, request: Any, /) -> bool:
        return self.pattern.match(request.host) is not None

    def __str__(self) -> str:
        return f"host {self.text}"


class Method(Condition, frozen=True):
    """The method is one of several."""

    names: tuple[str, ...]

    def __call__(self, request: Any, /) -> bool:
        return request.method in self.names

    def __str__(self) -> str:
        return f"method {' or '.join(self.names)}"


class Custom(Condition, frozen=True):
    """A function of the app says it."""

    function: Callable[[Any], object]
    says: str

    def __call__(self, request: Any, /) -> bool:
        return bool(self.function(request))

    def __str__(self) -> str:
        return self.says


class Not(Condition, frozen=True):
    """Another predicate does not hold."""

    inner: Predicate

    @staticmethod
    def of(predicate: Predicate) -> Predicate:
        """Turn any predicate round; a turned one back."""
        return ~predicate if isinstance(predicate, Condition) else Not(predicate)

    @property
    def vary(self) -> frozenset[str]:
        return vary((self.inner,))

    @property
    def weight(self) -> int:
        # What is wide is narrow when it is turned round, and the other way.
        return _WIDER if weight((self.inner,)) >= SINGLE else SINGLE

    def __call__(self, request: Any, /) -> bool:
        return not self.inner(request)

    def __invert__(self) -> Predicate:
        return self.inner

    def __str__(self) -> str:
        return f"not {_enclosed(self.inner)}"


class AllOf(Condition, frozen=True):
    """Several predicates hold together."""

    members: frozenset[Predicate]

    @property
    def vary(self) -> frozenset[str]:
        return vary(self.members)

    @property
    def weight(self) -> int:
        return weight(self.members)

    def __call__(self, request: Any, /) -> bool:
        return all(each(request) for each in self.members)

    def __invert__(self) -> Predicate:
        return AnyOf(frozenset(Not.of(each) for each in self.members))

    def __str__(self) -> str:
        return " and ".join(sorted(map(_enclosed, self.members)))


class AnyOf(Condition, frozen=True):
    """At least one of several predicates holds."""

    members: frozenset[Predicate]

    @property
    def vary(self) -> frozenset[str]:
        return vary(self.members)

    @property
    def weight(self) -> int:
        # Wider than each of its members, so that none of them is hidden by it.
        return min(weight((each,)) for each in self.members) - len(self.members)

    def __call__(self, request: Any, /) -> bool:
        return any(each(request) for each in self.members)

    def __invert__(self) -> Predicate:
        return AllOf(frozenset(flatten(Not.of(each) for each in self.members)))

    def __str__(self) -> str:
        return " or ".join(sorted(map(_enclosed, self.members)))


def _enclosed(predicate: Predicate) -> str:
    several = isinstance(predicate, AllOf | AnyOf)
    return f"({predicate})" if several else str(predicate)


def vary(predicates: Iterable[Predicate]) -> frozenset[str]:
    """Collect the request headers that predicates read."""
    names: set[str] = set()
    for each in predicates:
        names |= getattr(each, "vary", frozenset[str]())
    return frozenset(names)


def weight(predicates: Iterable[Predicate]) -> int:
    """Weigh a set of predicates: the narrower, the more."""
    return sum(getattr(each, "weight", SINGLE) for each in predicates)


def flatten(predicates: Iterable[Predicate]) -> tuple[Predicate, ...]:
    """Take `a & b` apart, drop repeats, and sort by what they say.

    Example:
        >>> [str(each) for each in flatten([header("b") & query("a"), header("b")])]
        ['header b', 'query a']
    """
    single: set[Predicate] = set()
    for each in predicates:
        single |= each.members if isinstance(each, AllOf) else {each}
    return tuple(sorted(single, key=str))


def header(name: str, value: str | None = None) -> Condition:
    """Hold when a header is there, or has the value."""
    return Header(name.lower(), value)


def query(name: str, value: str | None = None) -> Condition:
    """Hold when a query field is there, or has the value."""
    return Query(name, value)


def accepts(media_type: str) -> Condition:
    """Hold when the client takes the media type.

    Where several routes of one path differ in this alone, the client's own
    preference decides between them.
    """
    return Accepts(media_type.lower())


def content_type(media_type: str) -> Condition:
    """Hold when the body has the media type; `image/*` takes a family."""
    return ContentType(media_type.lower())


def host(pattern: str) -> Condition:
    """Hold when the host fits the pattern; `host=` of a route gives its values too."""
    return Host(pattern, HostPattern.parse(pattern))


def method(*names: str) -> Condition:
    """Hold when the method is one of these."""
    return Method(tuple(sorted({name.upper() for name in names})))


def custom(function: Callable[[Any], object], *, says: str) -> Condition:
    """Hold when a function of the request returns something true.

    Args:
        function: Called with the request; it must not block or change it.
        says: The condition in words, for `segue explain` and the debug page.
    """
    return Custom(function, says)

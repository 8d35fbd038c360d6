"""What a resource does, written once for both colours.

Each operation is a generator that yields what it asks of the store, `("get", key)`, and
is sent the answer; `drive` runs it on a plain store, `adrive` on an async one. What the
store raises is raised at the yield.

An update reads, checks, changes, and writes in the place of what it read. Where
somebody else was faster the store says so, and it begins anew; or it refuses, where the
client named the state that it has seen.
"""

import re
from collections.abc import Callable, Generator, Sequence
from typing import Any, Final, Generic, TypeAlias, TypeVar

import msgspec

from segue.core.errors import Conflict, HTTPError, NotFound, PreconditionFailed
from segue.core.handlers.invalid import invalid
from segue.core.http.conditional import ETag
from segue.resources.match import Match
from segue.resources.matching import value_of
from segue.resources.store import Duplicate, ItemError, Stale
from segue.resources.views import Views

__all__ = ["Operations", "Steps", "adrive", "drive"]

T = TypeVar("T")
R = TypeVar("R")

Steps: TypeAlias = Generator[tuple[Any, ...], Any, R]
"""An operation: it yields the name of a method of the store and what that takes."""

_TRIES: Final = 10
"""How often a change begins anew before it gives up."""


def drive(steps: Steps[R], store: Any) -> R:
    """Run an operation on a plain store."""
    step = _first(steps)
    while isinstance(step, _Call):
        try:
            found = _asked(store, step.method)(*step.arguments)
        except (HTTPError, ItemError) as error:
            step = _next(steps.throw, error)
        else:
            step = _next(steps.send, found)
    return step.result


async def adrive(steps: Steps[R], store: Any) -> R:
    """Run an operation on an async store."""
    step = _first(steps)
    while isinstance(step, _Call):
        try:
            found = await _asked(store, step.method, _AsyncEach)(*step.arguments)
        except (HTTPError, ItemError) as error:
            step = _next(steps.throw, error)
        else:
            step = _next(steps.send, found)
    return step.result


def _asked(
    store: Any, method: str, each: "type[_Each | _AsyncEach] | None" = None
) -> Any:
    """Find a method of a store; one that cannot get many gets each by itself."""
    if method == "get_many" and not hasattr(store, method):
        store = (each or _Each)(store)
    return getattr(store, method)


class _Each:
    """Gets many items one by one."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def get_many(self, keys: Sequence[Any]) -> list[Any]:
        """Get the items of some keys."""
        return [self._store.get(key) for key in keys]


class _AsyncEach:
    """Gets many items one by one, and awaits each."""

    def __init__(self, store: Any) -> None:
        self._store = store

    async def get_many(self, keys: Sequence[Any]) -> list[Any]:
        """Get the items of some keys."""
        return [await self._store.get(key) for key in keys]


class _Call(msgspec.Struct, frozen=True):
    method: str
    arguments: tuple[Any, ...]


class _Done(msgspec.Struct, Generic[R], frozen=True):
    result: R


def _first(steps: Steps[R]) -> "_Call | _Done[R]":
    return _next(steps.send, None)


def _next(go_on: Callable[[Any], Any], value: Any) -> "_Call | _Done[Any]":
    """Go to the next call of the store, or to the end."""
    try:
        method, *arguments = go_on(value)
    except StopIteration as end:
        return _Done(end.value)
    return _Call(method, tuple(arguments))


class Operations(Generic[T]):
    """The operations of one resource on items of a type.

    Args:
        views: What comes in and leaves.
        title: What one item is called.
        key: The field that tells items apart, and what clients call it.
        etag: Tells the tag of an item.
        demands: A change must say which state it is of.
    """

    def __init__(
        self,
        views: Views[T],
        title: str,
        key: tuple[str, str],
        etag: Callable[[T], str],
        *,
        demands: bool = False,
    ) -> None:
        self._views = views
        self._title = title
        self._key, self._wire = key
        self._etag = etag
        self._demands = demands

    def read(self, key: Any) -> Steps[T]:
        """Get an item.

        Raises:
            NotFound: There is none.
        """
        item: T | None = yield "get", key
        if item is None:
            raise self._missing(key)
        return item

    def create(self, new: T) -> Steps[T]:
        """Add an item.

        Raises:
            Conflict: There is one with this key.
        """
        made: T = yield "insert", new
        return made

    def update(self, key: Any, change: Any, match: Match) -> Steps[T]:
        """Change some fields of an item.

        Raises:
            NotFound: There is none.
            PreconditionFailed: It is in another state than the client has seen.
            Conflict: Others change it all the time, or its new values are taken.
        """
        for _ in range(_TRIES):
            item = yield from self.read(key)
            self._check(item, match)
            changed = change.apply(item)
            try:
                saved: T = yield "update", key, changed, item
            except Stale as error:
                _refuse(match, error)
            else:
                return saved
        raise self._busy(key)

    def put(self, key: Any, new: T, match: Match) -> Steps[tuple[T, int]]:
        """Put an item in the place of another, or create it where clients give keys.

        Returns:
            The item and the status: 201 where there was none.

        Raises:
            NotFound: There is none, and keys are given by the store.
            PreconditionFailed: It is in another state than the client has seen.
            Conflict: Others change it all the time, or its new values are taken.
        """
        if self._views.has_key:
            self._check_key(new, key)
        for _ in range(_TRIES):
            item: T | None = yield "get", key
            try:
                if item is not None:
                    self._check(item, match)
                    whole = self._views.replaced(item, new)
                    saved: T = yield "update", key, whole, item
                    return saved, 200
                match.check(None)
                if not self._views.has_key:
                    raise self._missing(key)
                made: T = yield "insert", new
            except (Stale, Duplicate) as error:
                if isinstance(error, Duplicate) and (
                    item is not None or self._is_other(error)
                ):
                    raise
                _refuse(match, error)
            else:
                return made, 201
        raise self._busy(key)

    def delete(self, key: Any, match: Match) -> Steps[None]:
        """Delete an item.

        Raises:
            NotFound: There is none.
            PreconditionFailed: It is in another state than the client has seen.
            Conflict: Others change it all the time.
        """
        for _ in range(_TRIES):
            item = yield from self.read(key)
            self._check(item, match)
            try:
                yield "delete", key, item
            except Stale as error:
                _refuse(match, error)
            else:
                return
        raise self._busy(key)

    # -- many at once: all of them, or none

    def create_many(self, new: Sequence[T]) -> Steps[list[T]]:
        """Add several items.

        Raises:
            HTTPError: One cannot be added; the answer says which.
        """
        try:
            made: list[T] = yield "insert_many", new
        except ItemError as error:
            raise _located([error]) from error
        return made

    def update_many(self, changes: Sequence[Any]) -> Steps[list[T]]:
        """Change several items.

        Args:
            changes: Each has the key, the `change`, and the `etag` that was seen.

        Raises:
            HTTPError: Some cannot be changed; the answer says which.
        """
        pairs = [(getattr(each, self._key), each) for each in changes]
        items = yield from self._read_many([key for key, _ in pairs], "body")
        ready: list[tuple[Any, T, T]] = []
        wrong: list[ItemError] = []
        for index, ((key, each), item) in enumerate(zip(pairs, items, strict=True)):
            try:
                if each.etag is not None and _bare(each.etag) != self._etag(item):
                    raise PreconditionFailed("It is not in the state you have seen.")
                ready.append((key, each.change.apply(item), item))
            except HTTPError as error:
                wrong.append(ItemError(index, error))
        if wrong:
            raise _located(wrong)
        try:
            saved: list[T] = yield "update_many", ready
        except ItemError as error:
            raise _located([error]) from error
        return saved

    def delete_many(self, keys: Sequence[Any]) -> Steps[None]:
        """Delete several items.

        Raises:
            HTTPError: Some cannot be deleted; the answer says which.
        """
        items = yield from self._read_many(keys, "query", self._wire)
        try:
            yield "delete_many", list(zip(keys, items, strict=True))
        except ItemError as error:
            raise _located([error], "query", self._wire) from error

    def _read_many(
        self, keys: Sequence[Any], place: str, root: str = "$"
    ) -> Steps[list[T]]:
        seen: set[Any] = set()
        items: list[T] = []
        wrong: list[ItemError] = []
        found: list[T | None] = yield "get_many", keys
        for index, (key, item) in enumerate(zip(keys, found, strict=True)):
            if item is None:
                wrong.append(ItemError(index, self._missing(key)))
            elif key in seen:
                twice = Conflict(f"{self._title} {key} is there twice.")
                wrong.append(ItemError(index, twice))
            else:
                items.append(item)
            seen.add(key)
        if wrong:
            raise _located(wrong, place, root)
        return items

    # -- outcomes

    def _check(self, item: T, match: Match) -> None:
        if self._demands:
            match.demand()
        match.check(self._etag(item))

    def _check_key(self, item: T, key: Any) -> None:
        if value_of(item, self._key) != key:
            raise invalid(
                "body", f"$.{self._wire}", "The key is another one in the path", "key"
            )

    def _is_other(self, error: Duplicate) -> bool:
        """Tell whether another value than the key is there already."""
        return bool(error.fields) and self._key not in error.fields

    def _missing(self, key: Any) -> NotFound:
        return NotFound(f"There is no {self._title} {key}.")

    def _busy(self, key: Any) -> Conflict:
        return Conflict(f"{self._title} {key} is being changed by others; try again.")


def _refuse(match: Match, error: HTTPError) -> None:
    """Refuse a change of what has changed, if the client named what it has seen."""
    if match.if_match is not None or match.if_none_match is not None:
        raise PreconditionFailed("It is not in the state you have seen.") from error


def _located(
    wrong: Sequence[ItemError], place: str = "body", root: str = "$"
) -> HTTPError:
    """Build the answer about items of a list: the status of the first, all by index."""
    errors = [
        {
            "in": place,
            "name": f"{root}[{each.index}]{name.removeprefix('$')}",
            "message": message,
            "code": code,
        }
        for each in wrong
        for name, message, code in _told(each.error)
    ]
    words = "Nothing was changed: one item does not fit."
    if len(wrong) > 1:
        words = f"Nothing was changed: {len(wrong)} items do not fit."
    first = wrong[0].error
    # A class that is made of other things than words has one above it that is not.
    kinds: Any = (c for c in type(first).__mro__ if _takes_words(c))
    kind: type[HTTPError] = next(kinds)
    return kind(words, status=first.status, extra={"errors": errors})


def _bare(tag: str) -> str:
    """Take the quotes off a tag, as a client has it from the header."""
    found = ETag.parse(tag)
    return tag if found is None else found.value


def _takes_words(kind: Any) -> bool:
    return bool(kind.__init__ is HTTPError.__init__)


def _told(error: HTTPError) -> list[tuple[str, str, str]]:
    """List what is wrong with one item: where in it, in words, and as a code."""
    found = error.extra.get("errors")
    if found:
        return [(_below(each["name"]), each["message"], each["code"]) for each in found]
    code = re.sub("(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()
    return [("$", error.detail or error.title, code)]


def _below(name: str) -> str:
    return name if name.startswith("$") else f"$.{name}"

"""What is done with an answer before it leaves, where a mark in its type asks for it.

    def books(db: Db) -> list[Annotated[Read[Book], Load(Book.author)]]: ...

A mark with a method `__prepare__(returns, is_async)` gives the factory of a provider.
What that makes is called with the answer, behind the handler and before the answer is
encoded, so before a unit of work ends. In async code what it returns is awaited.
"""

import typing
from collections.abc import Iterator
from typing import Annotated, Any, Final

from segue.core.di.provider import Provider
from segue.core.handlers.places import place_of

__all__ = ["preparers_of"]

_DOOR: Final = "__prepare__"


def preparers_of(returns: Any, *, is_async: bool) -> Iterator[Provider]:
    """Make the providers that the marks of an answer bring, one for each kind."""
    marks = [mark for mark in _marks(returns) if hasattr(mark, _DOOR)]
    kinds: dict[Any, Any] = {mark.__class__: mark for mark in marks}
    for mark in kinds.values():
        factory = getattr(mark, _DOOR)(returns, is_async)
        yield Provider(factory, factory, "request", True, place_of(factory))


def _marks(hint: Any) -> Iterator[Any]:
    """List the marks of a hint and of those inside it."""
    if typing.get_origin(hint) is Annotated:
        yield from hint.__metadata__
        yield from _marks(hint.__origin__)
    for each in typing.get_args(hint):
        yield from _marks(each)

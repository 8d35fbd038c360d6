"""Types that bring their own provider, so that nobody has to register one.

    class Page:
        @classmethod
        def __provide__(cls, hint: Any) -> Callable[..., "Page"]:
            return read_page

Who asks for a `Page` gets what `read_page` makes, planned like the factory of any other
provider: its own parameters come from the query, from other providers and so on. The
method is called once, at start, with the hint as it is written, so that
`Annotated[Page, ...]` can say more. A provider that the app registers comes first.

A type may also make its objects of a value of the path:

    @classmethod
    def __of_path__(cls, asked: InPath) -> Callable[..., "Book"]: ...

What it gives takes that value by `FromPath(asked.name)`, and whatever else it needs.
Such an object is made behind the guards that do without it, and before the body is
read. The way back is a method `__to_path__(field)` of the object.
"""

from typing import Any, Final

import msgspec

from segue.core.di.provider import Provider
from segue.core.handlers.inputs import classes_of
from segue.core.handlers.places import place_of

__all__ = ["InPath", "brought_provider", "object_of_path"]

_DOOR: Final = "__provide__"
_OF_PATH: Final = "__of_path__"


class InPath(msgspec.Struct, frozen=True):
    """A value of the path that stands for an object.

    Attributes:
        name: What the path calls it.
        field: For `{book.slug}` the field `slug`; None for `{book}`.
        is_async: The handler is async, so what makes the object may be, too.
        place: Who asks, for messages.
    """

    name: str
    field: str | None
    is_async: bool
    place: str


def brought_provider(hint: Any) -> Provider | None:
    """Make the provider that the type of a hint brings, if it brings one."""
    for cls in classes_of(hint):
        if (bring := getattr(cls, _DOOR, None)) is not None:
            factory = bring(hint)
            return Provider(hint, factory, "request", True, place_of(factory))
    return None


def object_of_path(hint: Any, asked: InPath) -> Provider | None:
    """Make the provider of an object that a value of the path stands for."""
    for cls in classes_of(hint):
        if (bring := getattr(cls, _OF_PATH, None)) is not None:
            factory = bring(asked)
            return Provider(factory, factory, "request", False, place_of(factory))
    return None

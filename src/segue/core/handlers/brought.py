"""Types that bring their own provider, so that nobody has to register one.

    class Page:
        @classmethod
        def __provide__(cls, hint: Any) -> Callable[..., "Page"]:
            return read_page

Who asks for a `Page` gets what `read_page` makes, planned like the factory of any other
provider: its own parameters come from the query, from other providers and so on. The
method is called once, at start, with the hint as it is written, so that
`Annotated[Page, ...]` can say more. A provider that the app registers comes first.
"""

from typing import Any, Final

from segue.core.di.provider import Provider
from segue.core.handlers.inputs import classes_of
from segue.core.handlers.places import place_of

__all__ = ["brought_provider"]

_DOOR: Final = "__provide__"


def brought_provider(hint: Any) -> Provider | None:
    """Make the provider that the type of a hint brings, if it brings one."""
    for cls in classes_of(hint):
        if (bring := getattr(cls, _DOOR, None)) is not None:
            factory = bring(hint)
            return Provider(hint, factory, "request", True, place_of(factory))
    return None

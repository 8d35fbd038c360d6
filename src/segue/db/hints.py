"""The hints of a class body, before the class is there.

Names may stand for models that come later in the file: such a name is read as a
`Later`, a class that says nothing but which model is meant, so that `Later | None` and
`Many[Later]` work as they do with a real one.
"""

import builtins
import importlib
import sys
import typing
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from types import FrameType
from typing import Any, Final, cast

__all__ = ["Later", "calling_frame", "later", "own_hints", "read_hint", "scope_of"]

_MAKES_HINTS: Final = sys.version_info >= (3, 14)


class Later:
    """A model that is named before it exists."""

    name: str


def later(name: str) -> type[Later]:
    """Make what stands for a model until it exists."""
    return type(name, (Later,), {"name": name})


def own_hints(namespace: MutableMapping[str, Any]) -> dict[str, Any]:
    """Take the hints of a class body as they were written: objects or texts."""
    if "__annotations__" in namespace or not _MAKES_HINTS:
        return dict(namespace.get("__annotations__", {}))
    # From 3.14 on a body has a function that makes them; names that are not there yet
    # come as forward references.
    library: Any = importlib.import_module("annotationlib")
    annotate = library.get_annotate_from_class_namespace(namespace)
    if annotate is None:
        return {}
    return dict(library.call_annotate_function(annotate, library.Format.FORWARDREF))


def read_hint(hint: Any, scope: Mapping[str, Any]) -> Any:
    """Make a hint of one that may be text, or have text in it."""
    if isinstance(hint, str):
        return _evaluated(hint, scope)
    if isinstance(hint, typing.ForwardRef):
        return _evaluated(hint.__forward_arg__, scope)
    arguments = typing.get_args(hint)
    if not arguments or typing.get_origin(hint) is typing.Literal:
        return hint
    if typing.get_origin(hint) is typing.Annotated:
        inner = read_hint(hint.__origin__, scope)
        marks: tuple[Any, ...] = hint.__metadata__
        return cast("Any", typing.Annotated)[(inner, *marks)]
    read = tuple(read_hint(each, scope) for each in arguments)
    if all(new is old for new, old in zip(read, arguments, strict=True)):
        return hint
    return _with_arguments(hint, read)


def calling_frame() -> FrameType:
    """Find where a class is written, from the method of its metaclass."""
    return sys._getframe(2)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def scope_of(
    frame: FrameType, find: Callable[[str], Any], own: str
) -> Mapping[str, Any]:
    """Build what the names in the hints of a class stand for.

    Args:
        frame: Where the class is written; a function has names of its own.
        find: Finds a model by its name.
        own: The name of the class itself, which is not there yet.
    """
    return _Scope(frame.f_locals, frame.f_globals, find, own)


class _Scope(Mapping[str, Any]):
    """Names of a function, of its module, of Python, of the registry; else `Later`."""

    def __init__(
        self,
        names: Mapping[str, Any],
        known: Mapping[str, Any],
        find: Callable[[str], Any],
        own: str,
    ) -> None:
        self._places = (names, known, vars(builtins))
        self._find = find
        self._own = own

    def __getitem__(self, name: str) -> Any:
        if name != self._own:
            for place in self._places:
                if name in place:
                    return place[name]
            found = self._find(name)
            if found is not None:
                return found
        return later(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places[0])

    def __len__(self) -> int:
        return len(self._places[0])


def _evaluated(text: str, scope: Mapping[str, Any]) -> Any:
    found: Any = eval(text, {}, scope)  # noqa: S307 - the developer's own hint
    return read_hint(found, scope)


def _with_arguments(hint: Any, arguments: tuple[Any, ...]) -> Any:
    origin = typing.get_origin(hint)
    if origin is typing.Union or type(hint).__name__ == "UnionType":
        return cast("Any", typing.Union)[arguments]
    # One argument is not a tuple of one: list[int], not list[(int,)].
    (first, *rest) = arguments
    return origin[arguments if rest else first]

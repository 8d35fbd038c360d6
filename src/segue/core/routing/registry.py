"""The converters of one app: the built-in ones and its own."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from segue.core.errors import RouteError, did_you_mean
from segue.core.routing.converters import (
    BUILT_IN,
    RANK_CUSTOM,
    Converter,
    plain_text,
)
from segue.core.routing.hints import converter_for

__all__ = ["Converters"]


class Converters:
    """Converters by name and by type; each app has its own.

    Example:
        >>> known = Converters()
        >>> _ = known.add("hex", lambda text: int(text, 16), "{:x}".format)
        >>> known.get("hex").read("ff")
        255
    """

    __slots__ = ("_by_name", "_by_type")

    def __init__(self) -> None:
        self._by_name: dict[str, Converter] = dict(BUILT_IN)
        self._by_type: dict[Any, Converter] = {}

    def add(
        self,
        name: str,
        read: Callable[[str], Any],
        write: Callable[[Any], str] = plain_text,
        *,
        hint: Any = None,
        rank: int = RANK_CUSTOM,
        spans: bool = False,
        says: str = "",
    ) -> Converter:
        """Add a converter of the app's own.

        Args:
            name: What stands after the colon in a pattern.
            read: Text to value; raises `ValueError` for text it does not take.
            write: Value to text, for reverse URLs.
            hint: A type whose parameters this converter reads by itself.
            rank: Lower is tried first where several stand at the same place.
            spans: Whether the text may contain `/`.
            says: What it takes, in words, for `segue explain`.

        Raises:
            RouteError: The name or the type is taken, or is no name.
        """
        if not name.isidentifier() or name == "re":
            raise RouteError(
                "SG-ROUTE-009",
                f"{name!r} cannot be the name of a converter.",
                why="The name stands in patterns, {id:name}; `re` marks an expression.",
                fix="Choose a name of letters, digits and '_'.",
            )
        if name in self._by_name or (hint is not None and hint in self._by_type):
            taken = name if name in self._by_name else hint
            raise RouteError(
                "SG-ROUTE-009",
                f"There is a converter for {taken!r} already.",
                why="Patterns that use it would change their meaning.",
                fix="Choose another name, or a NewType of your own as the hint.",
            )
        converter = Converter(name, read, write, rank, spans, None, says)
        self._by_name[name] = converter
        if hint is not None:
            self._by_type[hint] = converter
        return converter

    def get(self, name: str, *, where: Iterable[str] = ()) -> Converter:
        """Return the converter of that name.

        Raises:
            RouteError: There is none; the error names the nearest.
        """
        try:
            return self._by_name[name]
        except KeyError:
            raise RouteError(
                "SG-ROUTE-002",
                f"There is no converter {name!r}.{did_you_mean(name, self._by_name)}",
                why="The pattern that asks for it could not be matched.",
                fix=f"Use one of {', '.join(sorted(self._by_name))}, or add your own: "
                f"app.converter({name!r}, read, write).",
                where=where,
            ) from None

    def for_hint(self, hint: Any) -> Converter | None:
        """Find the converter that a type hint stands for, None without one."""
        return converter_for(hint, self._by_type)

    @property
    def by_name(self) -> Mapping[str, Converter]:
        """All converters, by name."""
        return dict(self._by_name)

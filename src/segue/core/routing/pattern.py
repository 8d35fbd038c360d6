"""Patterns: the path of a route, with places for values.

    /users/{id}             the hint of `id` is its converter
    /users/{id:int}         a converter by name
    /files/{rest:path}      a value that may contain `/`
    /in/{year:re:[0-9]{4}}  a regular expression
    /f/{name}.{ext}         fixed text and values in one segment
    /books/{book.slug}      the field `slug` of what `book` asks for
    /a{{b}}                 braces as text

A pattern is written as the path is read: decoded, without a query.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from segue.core.errors import RouteError
from segue.core.routing.converters import plain_text
from segue.core.routing.quoting import quote_text
from segue.core.routing.registry import Converters
from segue.core.routing.segments import Kind, Parameter, Segment
from segue.core.routing.syntax import read_segments

__all__ = ["Pattern"]


class Pattern(msgspec.Struct, frozen=True):
    """A parsed path pattern.

    Attributes:
        text: As the developer wrote it.
        segments: What stands between the slashes; the first is after the
            leading slash, an empty one at the end is a trailing slash.
        parameters: All parameters, in order.
        names: Their names, in order; the values of a match come in this order.
        static: Whether there are none.
        shape: Equal for two patterns that match the same paths by the same
            converters, whatever their parameters are called.
        specificity: A sort key; of two patterns that fit a path the one with
            the smaller key wins.
    """

    text: str
    segments: tuple[Segment, ...]
    parameters: tuple[Parameter, ...]
    names: tuple[str, ...]
    static: bool
    shape: tuple[tuple[str, ...], ...]
    specificity: tuple[tuple[Any, ...], ...]

    @classmethod
    def parse(
        cls,
        text: str,
        converters: Converters | None = None,
        hints: Mapping[str, Any] | None = None,
        *,
        where: Iterable[str] = (),
    ) -> "Pattern":
        """Read a pattern.

        Args:
            text: The pattern, beginning with `/`.
            converters: The app's converters; the built-in ones by default.
            hints: Parameter name to type hint; for `{book.slug}` the key is
                `book.slug`. They matter where no converter is written.
            where: The place of the route, for the error.

        Raises:
            RouteError: The pattern cannot be read, or could never match.
        """
        segments = read_segments(text, converters or Converters(), hints or {}, where)
        parameters = tuple(each for part in segments for each in part.parameters)
        return cls(
            text,
            segments,
            parameters,
            tuple(each.name for each in parameters),
            not parameters,
            tuple(segment.shape for segment in segments),
            _specificity(segments),
        )

    @property
    def names_with_fields(self) -> tuple[tuple[str, str | None], ...]:
        """Name and field of each parameter, in order; mostly without a field."""
        return tuple((each.name, each.field) for each in self.parameters)

    @property
    def path(self) -> str:
        """The path of a static pattern, braces and all, as it is matched."""
        return "/" + "/".join(segment.literal for segment in self.segments)

    def build(self, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Build the quoted path from values; the second part are those left over.

        Raises:
            RouteError: A value is missing, or cannot stand in this path.
        """
        texts = {each.label: _written(self, each, values) for each in self.parameters}
        path = "/".join(_filled(self, segment, texts) for segment in self.segments)
        left = {name: values[name] for name in values if name not in self.names}
        return "/" + path, left

    def __repr__(self) -> str:
        return f"<Pattern {self.text}>"

    def __str__(self) -> str:
        return self.text


def _specificity(segments: tuple[Segment, ...]) -> tuple[tuple[Any, ...], ...]:
    """Compare left to right; after a span, more segments behind it win."""
    keys: list[tuple[Any, ...]] = []
    for index, segment in enumerate(segments):
        keys.append(segment.specificity)
        if segment.kind is Kind.SPAN:
            keys.append((index + 1 - len(segments),))
    return tuple(keys)


def _written(pattern: Pattern, parameter: Parameter, values: Mapping[str, Any]) -> str:
    """Write one value as decoded text that its converter reads again."""
    try:
        value = values[parameter.name]
    except KeyError:
        raise RouteError(
            "SG-ROUTE-007",
            f"The path {pattern} needs a value for {parameter.name!r}.",
            why="Without it there is no URL to build.",
            fix=f"Give {parameter.name}=...",
        ) from None
    value = _field(value, parameter.field)
    try:
        text = parameter.converter.write(value)
        parameter.converter.read(text)
        quote_text(text)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise _unfit(pattern, parameter.label, value, parameter.converter.words) from (
            error
        )
    return text


def _field(value: Any, field: str | None) -> Any:
    """Take what stands for an object; a plain value stands for itself."""
    try:
        plain_text(value)
    except ValueError:
        if (write := getattr(value, "__to_path__", None)) is not None:
            return write(field)
        return value if field is None else getattr(value, field, None)
    return value


def _filled(pattern: Pattern, segment: Segment, texts: Mapping[str, str]) -> str:
    """Fill in a segment and make sure that it is read back as the same values."""
    if segment.kind is Kind.LITERAL:
        return quote_text(segment.literal)
    text = "".join(
        part if isinstance(part, str) else texts[part.label] for part in segment.parts
    )
    wanted = tuple(texts[each.label] for each in segment.parameters)
    pieces = text.split("/")
    # Clients resolve dot segments before they ask, so such a URL leads elsewhere.
    lost = "." in pieces or ".." in pieces
    if segment.kind is not Kind.SPAN:
        lost = lost or not text or len(pieces) > 1
    if lost or segment.split(text) != wanted:
        names = ", ".join(each.label for each in segment.parameters)
        raise _unfit(pattern, names, text, "text that is read back as the same value")
    return quote_text(text)


def _unfit(pattern: Pattern, label: str, value: Any, words: str) -> RouteError:
    return RouteError(
        "SG-ROUTE-008",
        f"{value!r} cannot stand for {label!r} in {pattern}.",
        why=f"{label!r} takes {words}; the URL would lead elsewhere or nowhere.",
        fix="Give a value that fits, or put it into the query.",
    )

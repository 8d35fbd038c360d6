"""Segments: one part of a pattern between two separators, and how it is read.

A segment is a run of parts, each fixed text or a parameter:

    users               literal
    {name}.{ext}        mixed: fixed text and parameters
    {id:int}            parameter: one and nothing else
    {rest:path}         span: a parameter that may take several segments

The order of these four kinds is the order of specificity. Within a kind: more
fixed text first, then the converter's rank, then its name, so that the order
never depends on which route was declared first.

A mixed segment is one regular expression. Where two parameters that take any
text meet, the later one may not contain the first character of the text
between them (`{name}.{ext}` splits `a.tar.gz` at the last dot). That leaves
exactly one way to split, so that no text makes the expression slow.
"""

import re
from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeAlias

import msgspec

from segue.core.routing.converters import TEXT_LIMIT, Converter

__all__ = ["Kind", "Parameter", "Part", "Segment"]


class Kind(IntEnum):
    """The four kinds, the most specific first."""

    LITERAL = 0
    MIXED = 1
    PARAMETER = 2
    SPAN = 3


class Parameter(msgspec.Struct, frozen=True):
    """A named place in a pattern.

    Attributes:
        name: The parameter of the handler that takes the value.
        field: For `{book.slug}` the field `slug`, else None.
        converter: How its text is read and written.
        written: Whether the converter stands in the pattern; otherwise it comes
            from the hint, or is `str` because the hint stands for none.
    """

    name: str
    field: str | None
    converter: Converter
    written: bool

    @property
    def label(self) -> str:
        """Name and field, as in the pattern: `book.slug`."""
        return self.name if self.field is None else f"{self.name}.{self.field}"

    def __str__(self) -> str:
        name = self.converter.name
        suffix = "" if name == "str" else f":{name}"
        return f"{{{self.label}{suffix}}}"


Part: TypeAlias = str | Parameter


class Segment(msgspec.Struct, frozen=True):
    """One part of a pattern between two separators.

    Attributes:
        parts: Fixed text and parameters, in order; never two texts in a row.
    """

    parts: tuple[Part, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters, in order."""
        return tuple(each for each in self.parts if isinstance(each, Parameter))

    @property
    def kind(self) -> Kind:
        """Which of the four kinds it is."""
        parameters = self.parameters
        if not parameters:
            return Kind.LITERAL
        if any(each.converter.spans for each in parameters):
            return Kind.SPAN
        return Kind.PARAMETER if len(self.parts) == 1 else Kind.MIXED

    @property
    def literal(self) -> str:
        """The fixed text of it, without the parameters."""
        return "".join(each for each in self.parts if isinstance(each, str))

    @property
    def shape(self) -> tuple[str, ...]:
        """What makes two segments the same: all but the parameters' names."""
        return tuple(
            each if isinstance(each, str) else f"{{{each.converter.name}}}"
            for each in self.parts
        )

    @property
    def specificity(self) -> tuple[Any, ...]:
        """A sort key: the smaller is tried first."""
        kind = self.kind
        if kind is Kind.LITERAL:
            return (kind,)
        first = self.parts[0]
        lead = len(first) if isinstance(first, str) else 0
        ranks = tuple(each.converter.rank for each in self.parameters)
        return (kind, -len(self.literal), -lead, ranks, self.shape)

    def __str__(self) -> str:
        return "".join(
            each.replace("{", "{{").replace("}", "}}")
            if isinstance(each, str)
            else str(each)
            for each in self.parts
        )

    @property
    def groups(self) -> int:
        """How many groups the expression of this segment has.

        Raises:
            re.error: The expressions in it do not go together.
        """
        return re.compile(self._expression(), re.DOTALL).groups

    def split(self, text: str) -> tuple[str, ...] | None:
        """Split text into the texts of the parameters; None when it does not fit."""
        if len(self.parts) == 1 and self.parameters:
            return (text,)
        if len(text) > TEXT_LIMIT:
            return None
        match = re.fullmatch(self._expression(), text, re.DOTALL)
        return None if match is None else match.groups()

    def reader(self) -> Callable[[str], tuple[Any, ...]]:
        """Compile the function from this segment's text to its values.

        It raises `ValueError` for text that does not fit.
        """
        reads = tuple(each.converter.read for each in self.parameters)
        fullmatch = re.compile(self._expression(), re.DOTALL).fullmatch

        def read(text: str) -> tuple[Any, ...]:
            match = fullmatch(text) if len(text) <= TEXT_LIMIT else None
            if match is None:
                raise ValueError(text)
            pairs = zip(reads, match.groups(), strict=True)
            return tuple([each(part) for each, part in pairs])

        return read

    def _expression(self) -> str:
        """Build the expression with one group for each parameter."""
        pieces: list[str] = []
        text, free = "", False
        for part in self.parts:
            if isinstance(part, str):
                text = part
                pieces.append(re.escape(part))
                continue
            shape = part.converter.shape
            if shape is None:
                shape = f"[^{re.escape(text[0])}]+" if free else ".+"
            free = part.converter.shape is None
            pieces.append(f"({shape})")
        return "".join(pieces)

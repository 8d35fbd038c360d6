"""The syntax of patterns: text to segments, with an error that teaches.

One reader serves paths, whose segments `/` separates, and hosts, whose labels
`.` separates. A parameter is `{name}`, `{name.field}`, `{name:converter}` or
`{name:re:expression}`; `{{` and `}}` are braces as text.
"""

import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn, TypeAlias

import msgspec

from segue.core.errors import RouteError
from segue.core.routing.converters import BUILT_IN, Converter, regex_converter
from segue.core.routing.registry import Converters
from segue.core.routing.segments import Kind, Parameter, Part, Segment

__all__ = ["Reading", "check_names", "parse_parts", "read_segments"]

_FOREIGN: Final = (
    (re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>"), (2, 1)),  # Flask, Django
    (re.compile(r"(?:(?<=/)|^):(\w+)()"), (1, 2)),  # Express
)


class Reading(msgspec.Struct, frozen=True):
    """What a pattern is read with.

    Attributes:
        text: The whole pattern.
        converters: The converters it may name.
        hints: Parameter label to type hint.
        where: The place of the route.
    """

    text: str
    converters: Converters
    hints: Mapping[str, Any]
    where: tuple[str, ...]

    def fail(self, what: str, *, why: str, fix: str) -> NoReturn:
        """Raise the error about a malformed pattern."""
        raise RouteError(
            "SG-ROUTE-001",
            f"The pattern {self.text!r} {what}",
            why=why,
            fix=fix,
            where=self.where,
        )


class _Braced(msgspec.Struct, frozen=True):
    """What stands between two braces."""

    text: str


_Raw: TypeAlias = str | _Braced


def read_segments(
    text: str, converters: Converters, hints: Mapping[str, Any], where: Iterable[str]
) -> tuple[Segment, ...]:
    """Read a path pattern.

    Raises:
        RouteError: It cannot be read, or could never match.
    """
    reading = Reading(text, converters, hints, tuple(where))
    if not text.startswith("/"):
        reading.fail(
            "does not begin with '/'.",
            why="Every path begins with one.",
            fix=f"Write {'/' + text!r}.",
        )
    segments = tuple(parse_parts(reading, text[1:], "/"))
    for index, segment in enumerate(segments):
        _check_literal(reading, segment, last=index == len(segments) - 1)
    check_names(reading, segments)
    spans = [segment for segment in segments if segment.kind is Kind.SPAN]
    if sum(p.converter.spans for s in segments for p in s.parameters) > 1:
        reading.fail(
            "has two parameters that may contain '/'.",
            why="There would be many ways to split a path between them.",
            fix=f"Keep one of {' and '.join(map(str, spans))}.",
        )
    return segments


def parse_parts(reading: Reading, text: str, separator: str) -> Iterable[Segment]:
    """Yield the segments of a text between separators."""
    for raw in _split(reading, text, separator):
        parts: list[Part] = []
        for piece in raw:
            if isinstance(piece, str):
                parts.append(piece)
                continue
            if parts and isinstance(parts[-1], Parameter):
                reading.fail(
                    f"has nothing between {parts[-1]} and {{{piece.text}}}.",
                    why="There would be many ways to split the text between them.",
                    fix="Put text or a separator between the two.",
                )
            parts.append(_parameter(reading, piece.text))
        segment = Segment(tuple(parts))
        if len(parts) > 1:
            _check_expression(reading, segment)
        yield segment


def check_names(reading: Reading, segments: Iterable[Segment]) -> None:
    """Refuse a name that two parameters have."""
    labels: dict[str, str] = {}
    for parameter in (each for part in segments for each in part.parameters):
        label = parameter.label
        clash = label in labels or labels.get(parameter.name) == parameter.name
        clash = clash or (parameter.field is None and parameter.name in labels.values())
        if clash:
            reading.fail(
                f"has two parameters for {parameter.name!r}.",
                why="The handler has one parameter of that name for one value.",
                fix="Give the second one a name of its own.",
            )
        labels[label] = parameter.name


def _split(reading: Reading, text: str, separator: str) -> list[list[_Raw]]:
    """Split at separators outside of braces."""
    segments: list[list[_Raw]] = [[]]
    index, literal = 0, ""
    while index < len(text):
        char = text[index]
        if text[index : index + 2] in {"{{", "}}"}:
            literal += char
            index += 2
            continue
        if char in {"{", separator} and literal:
            segments[-1].append(literal)
            literal = ""
        if char == "{":
            end = _closing(text, index)
            segments[-1].append(_Braced(text[index + 1 : end]))
            index = end
        elif char == separator:
            segments.append([])
        else:
            literal += char
        if char == "}" or index < 0:
            reading.fail(
                "has a brace without its partner.",
                why="It is not clear where the parameter begins or ends.",
                fix="Close it, or write '{{' and '}}' for braces as text.",
            )
        index += 1
    if literal:
        segments[-1].append(literal)
    return segments


def _closing(text: str, start: int) -> int:
    """Find the brace that closes the one at `start`; -1 without one."""
    depth, index = 0, start
    while index < len(text):
        char = text[index]
        if char == "\\":
            index += 1
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return index
        index += 1
    return -1


def _parameter(reading: Reading, text: str) -> Parameter:
    """Read what stands between two braces."""
    label, colon, spec = text.partition(":")
    name, dot, field = label.partition(".")
    for word in (name, field) if dot else (name,):
        if not word.isidentifier() or keyword.iskeyword(word):
            reading.fail(
                f"has {{{text}}}, where {word!r} is no name of a parameter.",
                why="The value is given to the parameter of the handler of that name.",
                fix="Write {name}, {name:converter} or {name.field}.",
            )
    if spec.startswith("re:"):
        converter = _regex(reading, text, spec[3:])
    elif colon:
        _check_order(reading, name, spec)
        converter = reading.converters.get(spec, where=reading.where)
    else:
        hinted = reading.converters.for_hint(reading.hints.get(label))
        converter = hinted or BUILT_IN["str"]
    return Parameter(name, field or None, converter, bool(colon))


def _check_order(reading: Reading, name: str, spec: str) -> None:
    """Refuse `{int:id}`, which others write for `{id:int}`."""
    known = reading.converters.by_name
    if name in known and spec not in known:
        reading.fail(
            f"has {{{name}:{spec}}}, which has its name and its converter swapped.",
            why=f"There is no converter {spec!r}.",
            fix=f"Write {{{spec}:{name}}}.",
        )


def _regex(reading: Reading, text: str, expression: str) -> Converter:
    try:
        converter = regex_converter(expression)
    except (re.error, RecursionError, OverflowError) as error:
        reading.fail(
            f"has {{{text}}}, which is no regular expression: {error}.",
            why="No path could be compared with it.",
            fix="Mend the expression; a brace in it is written '\\{'.",
        )
    if not expression or "/" in expression:
        reading.fail(
            f"has {{{text}}}, whose expression could never match.",
            why="It is compared with one segment, which has no '/' and is not empty.",
            fix="Write an expression for one segment, or {name:path} for several.",
        )
    return converter


def _check_expression(reading: Reading, segment: Segment) -> None:
    """Refuse expressions that do not work beside other text in a segment."""
    try:
        groups = segment.groups
    except re.error as error:
        reading.fail(
            f"has the segment {segment}, whose expressions clash: {error}.",
            why="A segment with text and values is read with one expression.",
            fix="Leave flags such as (?i) and references such as \\1 out of it.",
        )
    if groups != len(segment.parameters):
        reading.fail(
            f"has groups in an expression of the segment {segment}.",
            why="Its values are found by counting the groups of the whole segment.",
            fix="Write (?:...) for groups, or let {name:re:...} stand alone.",
        )


def _check_literal(reading: Reading, segment: Segment, *, last: bool) -> None:
    """Refuse fixed text that no decoded path can have, or that is another syntax."""
    text = segment.literal
    if not segment.parts and not last:
        reading.fail(
            "has an empty segment.",
            why="Two slashes in a row are hardly ever meant.",
            fix="Leave out one '/'.",
        )
    if segment.kind is Kind.LITERAL and text in {".", ".."}:
        reading.fail(
            f"has the segment {text!r}.",
            why="Clients resolve it before they ask, so it never arrives.",
            fix="Write the path that it stands for.",
        )
    if "?" in text or "#" in text:
        reading.fail(
            "has a query or a fragment.",
            why="Only the path is compared.",
            fix="Leave it out: parameters that are not in the path are the query.",
        )
    if re.search(r"%[0-9A-Fa-f]{2}|[\x00-\x1f\x7f\ufffd\ud800-\udfff]", text):
        reading.fail(
            "has percent-encoded text or control characters.",
            why="Patterns are compared with the decoded path.",
            fix="Write the text as it reads: 'a b', not 'a%20b'.",
        )
    _check_foreign(reading, text)


def _check_foreign(reading: Reading, text: str) -> None:
    """Refuse the parameters of other frameworks, and say how they are written."""
    for syntax, (name, kind) in _FOREIGN:
        found = syntax.search(text)
        if found is None:
            continue
        word = found[kind] or ""
        known = {"string": "str", "integer": "int"}.get(word, word)
        suffix = f":{known}" if known in reading.converters.by_name else ""
        reading.fail(
            f"has {found[0]!r}, which is plain text here.",
            why="It would match only a path with exactly these characters.",
            fix=f"Write {{{found[name]}{suffix}}}.",
        )

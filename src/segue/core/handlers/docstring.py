"""Reads a Google docstring: the summary, the text, a line per parameter."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Docstring", "docstring_of", "parse_docstring"]

_SECTION: Final = re.compile(
    r"(Args|Arguments|Attributes|Returns|Raises|Yields|Example|Examples|Note|Source):\s*"
)
_PARAMETER: Final = re.compile(r"\*{0,2}(?P<name>\w+)(?:\s*\([^)]*\))?:\s*(?P<text>.*)")


@dataclass(frozen=True, slots=True)
class Docstring:
    """The parts of a docstring that help and documents show.

    Attributes:
        summary: The first paragraph on one line.
        text: Everything before the first section.
        parameters: What the section `Args:` says, or `Attributes:`, by name.
    """

    summary: str
    text: str
    parameters: Mapping[str, str]


def docstring_of(function: Any) -> Docstring:
    """Read the docstring of a function."""
    return parse_docstring(inspect.getdoc(function) or "")


def parse_docstring(text: str) -> Docstring:
    """Parse a docstring that `inspect.getdoc` has cleaned."""
    before: list[str] = []
    told: list[str] = []
    section = ""
    for line in text.splitlines():
        match = _SECTION.fullmatch(line)
        if match is not None:
            section = match[1]
        elif not section:
            before.append(line)
        elif section in {"Args", "Arguments", "Attributes"}:
            told.append(line)
    body = "\n".join(before).strip()
    summary = " ".join(body.partition("\n\n")[0].split())
    return Docstring(summary, body, _parameters(told))


def _parameters(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    indent = _indent(next((line for line in lines if line.strip()), ""))
    name = ""
    for line in lines:
        match = _PARAMETER.fullmatch(line.strip())
        if match is not None and _indent(line) == indent:
            name = match["name"]
            found[name] = match["text"].strip()
        elif name and line.strip():
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())

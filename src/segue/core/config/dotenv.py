r"""The `.env` file: its grammar and its mistakes.

The grammar, line by line:

    # a comment                     blank lines and comments are skipped
    NAME=value                      up to the end of the line, trimmed
    NAME=value # a comment          a `#` after white space ends a bare value
    export NAME=value               `export` is allowed and means nothing
    NAME='as it stands'             nothing inside is special
    NAME="with \n \t \" \\ \$"      the escapes \n \r \t \" \' \\ \$
    NAME="more than                 both kinds of quotes may span lines
    one line"

There is no expansion of `$OTHER`: a password may contain a dollar sign. When a
name stands twice the later line counts, as in every shell.
"""

import re

from msgspec import Struct

from segue.core.errors import Problem

__all__ = ["Entry", "parse_dotenv"]

_NAME = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.\-]*)[ \t]*=[ \t]*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_BARE_COMMENT = re.compile(r"(?:^|[ \t])#")
_DOUBLE = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_SINGLE = re.compile(r"'([^']*)'")


class Entry(Struct, frozen=True):
    """One value of a `.env` file and the line where it begins."""

    value: str
    line: int


def parse_dotenv(
    text: str, name: str = ".env"
) -> tuple[dict[str, Entry], list[Problem]]:
    r"""Parse the text of a `.env` file; every mistake is found, not the first only.

    Args:
        text: The whole text of the file.
        name: How problems call the file.

    Returns:
        The entries by name, and one problem for each line that means nothing.

    Example:
        >>> parse_dotenv("export A=1 # one\nB='x y'")[0]["B"]
        Entry(value='x y', line=2)
    """
    text = text.replace("\r\n", "\n")
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    position, line = 0, 1
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        head = text[position:end].strip(" \t")
        stop = end
        if head and not head.startswith("#"):
            read = _read_assignment(text, position, end)
            if isinstance(read, str):
                problems.append(_mistake(read, f"{name}:{line}"))
            else:
                key, value, stop = read
                entries[key] = Entry(value, line)
        line += text.count("\n", position, stop) + 1
        position = stop + 1
    return entries, problems


def _read_assignment(text: str, start: int, end: int) -> tuple[str, str, int] | str:
    """Read `NAME=value`; the answer is a sentence when it is none."""
    while text[start] in " \t":
        start += 1
    match = _NAME.match(text, start, end)
    if match is None:
        # The line may be a piece of a secret: it is never shown.
        return "A line is no NAME=value."
    key, begin = match[1], match.end()
    quote = text[begin : begin + 1]
    if quote in {"'", '"'}:
        quoted = (_SINGLE if quote == "'" else _DOUBLE).match(text, begin)
        if quoted is None:
            return f"The quote of {key} is never closed."
        value = quoted[1] if quote == "'" else _ESCAPE.sub(_unescape, quoted[1])
        stop = text.find("\n", quoted.end())
        stop = len(text) if stop < 0 else stop
        rest = text[quoted.end() : stop].strip(" \t")
        if rest and not rest.startswith("#"):
            return f"After the closing quote of {key} only a comment may stand."
    else:
        value, stop = text[begin:end], end
        if comment := _BARE_COMMENT.search(value):
            value = value[: comment.start()]
        value = value.rstrip(" \t")
    if "\0" in value:
        return f"The value of {key} contains a NUL character."
    return key, value, stop


def _unescape(match: re.Match[str]) -> str:
    """Read one escape; one that means nothing stays as it stands."""
    if match[1] in {'"', "'", "\\", "$"}:
        return match[1]
    return _ESCAPES.get(match[1], match[0])


def _mistake(what: str, where: str) -> Problem:
    return Problem(
        "SG-CONF-004",
        what,
        why="The setting would silently keep another value.",
        fix="Write NAME=value, or NAME='value' when it has spaces, quotes or '#'.",
        where=(where,),
    )

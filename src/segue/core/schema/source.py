"""Code that is written at start: text -> function, visible in tracebacks.

A function that was compiled from text shows up in tracebacks as `<file>` lines
without source, unless the text is registered with `linecache`; so it is.
"""

import itertools
import keyword
import linecache
from collections.abc import Callable
from typing import Any, cast

__all__ = ["Writer", "compile_source", "identifier"]

_numbers = itertools.count(1)


class Writer:
    """Lines of source with an indent."""

    def __init__(self) -> None:
        self.depth = 1
        self._lines: list[str] = []

    def add(self, line: str, depth: int | None = None) -> None:
        """Append a line below `depth` levels; below the present ones by default."""
        self._lines.append("    " * (self.depth if depth is None else depth) + line)

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"


def compile_source(
    source: str, name: str, title: str, namespace: dict[str, Any]
) -> Callable[..., Any]:
    """Compile the text of one function.

    Args:
        source: The text of the function.
        name: The name that the text defines.
        title: What the file is called in tracebacks, `GET /users/{id}` for example.
        namespace: The globals of the function.
    """
    filename = f"<segue {next(_numbers)}: {title}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    code = compile(source, filename, "exec")
    exec(code, namespace)  # noqa: S102 - text made of identifiers by compile.py
    function: Any = namespace[name]
    function.__segue_source__ = source
    return cast("Callable[..., Any]", function)


def identifier(text: str) -> str:
    """Make a name that can stand in source from any text."""
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in text) or "_"
    if name[0].isdigit():
        return f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name

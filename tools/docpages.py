# ruff: noqa: INP001 - a script beside the package, not a package
"""Reading documentation pages: their blocks of code, and what a reader would type.

A block of a page is run as it stands, with two conventions:

* `<!-- not run: reason -->` in the line before a block keeps it from running.
* A first line such as `# shop/app.py` names the file that the block is.
"""

import ast
import doctest
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

__all__ = ["Block", "Typed", "blocks", "same_output", "typed"]

FENCE = re.compile(
    r"^(?P<note><!--(?:(?!-->).)*-->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
NOT_RUN = re.compile(r"<!-- not run: \S.*-->", re.DOTALL)
FILE_NAME = re.compile(r"\A(?:#|//|<!--) ?(?P<name>[\w./-]+\.\w+|\.env)(?=\s)")
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page.

    Attributes:
        line: The line of the page on which its text begins.
        skipped: The page says that it is not run, and why.
    """

    page: Path
    line: int
    language: str
    text: str
    skipped: bool

    @property
    def file(self) -> str | None:
        """The file that its first line names."""
        match = FILE_NAME.match(self.text)
        return match["name"] if match else None

    @property
    def place(self) -> str:
        """Where it is, for a failure."""
        return f"{self.page.name}:{self.line}"

    def compile(self) -> CodeType:
        """Compile it so that a traceback shows the line of the page."""
        text = "\n" * (self.line - 1) + self.text
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        return compile(text, str(self.page), "exec", flags=flags)


@dataclass(frozen=True, slots=True)
class Typed:
    """A line that the reader types in a terminal, and what it then shows."""

    words: list[str]
    shown: str
    place: str


def blocks(page: Path) -> list[Block]:
    """Read the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page,
            text.count("\n", 0, match.start("text")) + 1,
            match["language"],
            match["text"],
            bool(NOT_RUN.match(match["note"] or "")),
        )
        for match in FENCE.finditer(text)
    ]


def typed(block: Block) -> Iterator[Typed]:
    """Split a `console` block into commands and what they show."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.replace("\\\n", " ").partition("\n")
        yield Typed(shlex.split(command, comments=True), shown, block.place)


def same_output(shown: str, got: str) -> bool:
    """Compare, with `...` for whatever a page leaves out."""
    return doctest.OutputChecker().check_output(
        f"{shown.strip()}\n", f"{got.strip()}\n", LOOSE
    )

"""Rows -> objects, by a function that is written once for each statement.

A row goes positionally into the constructor of the Struct. Where a relation to one was
joined, its object takes the place of its key; the same row is the same object.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Node", "hydrator"]

Hydrate = Callable[[list[Any]], list[Any]]


@dataclass(slots=True)
class Node:
    """One model in a row.

    Attributes:
        make: Makes an object of values.
        processors: Of its columns.
        joined: What is in the place of a column: by its position.
        key: The position of its key.
    """

    make: Callable[..., Any]
    processors: Sequence[Any]
    key: int = 0
    joined: dict[int, "Node"] = field(default_factory=dict[int, "Node"])


def hydrator(node: Node) -> Hydrate:
    """Write the function of a statement."""
    if not node.joined and not any(node.processors):
        make, starmap = node.make, itertools.starmap
        return lambda rows: list(starmap(make, rows))
    return _Writer().write(node)


class _Writer:
    def __init__(self) -> None:
        self._columns = itertools.count()
        self._nodes = itertools.count()
        self._space: dict[str, Any] = {}
        self._names: list[str] = []
        self._lines: list[str] = []
        self._memos: list[str] = []

    def write(self, node: Node) -> Hydrate:
        made = self._made(node)
        names = "".join(f"{name}, " for name in self._names)
        if not self._lines:
            source = f"lambda rows: [{made} for ({names}) in rows]"
            function: Hydrate = eval(source, self._space)  # noqa: S307 - made of numbers
            return function
        body = "".join(f"        {line}\n" for line in self._lines)
        memos = "".join(f"    {memo} = {{}}\n" for memo in self._memos)
        source = (
            f"def hydrate(rows):\n{memos}    found = []\n    add = found.append\n"
            f"    for ({names}) in rows:\n{body}        add({made})\n    return found\n"
        )
        exec(source, self._space)  # noqa: S102 - made of numbers
        written: Hydrate = self._space["hydrate"]
        return written

    def _made(self, node: Node) -> str:
        """Write the call that makes an object; the columns come in this order."""
        own = [self._column(node, place) for place in range(len(node.processors))]
        number = next(self._nodes)
        self._space[f"make{number}"] = node.make
        for place, other in node.joined.items():
            own[place] = self._other(other)
        return f"make{number}({', '.join(own)})"

    def _other(self, node: Node) -> str:
        """Write what finds or makes a joined object."""
        start = len(self._names)
        made = self._made(node)
        key = self._names[start + node.key]
        name, memo = f"o{start}", f"memo{start}"
        self._memos.append(memo)
        self._lines += [
            f"{name} = {memo}.get({key})",
            f"if {name} is None and {key} is not None:",
            f"    {name} = {memo}[{key}] = {made}",
        ]
        return name

    def _column(self, node: Node, place: int) -> str:
        number = next(self._columns)
        name = f"r{number}"
        self._names.append(name)
        process = node.processors[place]
        if process is None:
            return name
        text: str | None = getattr(process, "inline", None)
        if text is not None:
            # Written out, it costs no call for each row.
            self._space[f"f{number}"] = process.by
            return text.format(v=name, by=f"f{number}")
        self._space[f"f{number}"] = process
        return f"f{number}({name})"

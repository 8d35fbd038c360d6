"""The tree of routes: a path to what stands at its leaves, the best one first.

The law: of all patterns that fit a path, the one with the smallest
`Pattern.specificity` wins. The keys are compared segment by segment from the
left, so a walk that tries the branches of each node in the order of their keys
and steps back where it gets stuck meets the winner first.

How: a node has a dict of fixed segments, then edges that read one segment,
then spans that read several. A pattern has one span at most, so the number of
segments behind it says where it ends: nothing is searched for. Static paths are
in a dict of their own, which comes first, as fixed text beats all else.

`Zone.first` is the fast lookup by path and method, `Zone.fits` the slow one that
yields all leaves. Change them together, and `Segment.specificity` with them.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeAlias, TypeVar

import msgspec

from segue.core.routing.route import Route
from segue.core.routing.segments import Kind, Segment

__all__ = ["Cell", "Leaf", "Tails", "Zone", "has_dots"]

E = TypeVar("E")

Values: TypeAlias = tuple[Any, ...]
Read: TypeAlias = Callable[[str], Any]

# What a literal lookup, an edge and a span lead to: the flag says that the
# reader returns several values.
_Edge: TypeAlias = "tuple[Read, bool, _Node[E]]"
_Span: TypeAlias = "tuple[Read, bool, int, _Node[E]]"
Tails: TypeAlias = dict[str, tuple[tuple[Read, dict[str, E]], ...]]

_NO_SLOTS: Final[dict[str, Any]] = {}


def has_dots(path: str) -> bool:
    """Say whether a path has a segment `.` or `..`; such a path leads nowhere."""
    return not {".", ".."}.isdisjoint(path.split("/"))


class Cell(msgspec.Struct, Generic[E], eq=False):
    """A route and what the floor above made of it, which may be replaced."""

    route: Route
    entry: E


class Leaf(Generic[E]):
    """What stands at one place of the tree: routes of one shape.

    Attributes:
        cells: The routes.
        slots: Method to entry, for the fast lookup.
    """

    __slots__ = ("cells", "slots")

    def __init__(self) -> None:
        self.cells: list[Cell[E]] = []
        self.slots: dict[str, E] = {}


class _Node(Generic[E]):
    """A node: what may follow here."""

    __slots__ = (
        "edges",
        "fixed",
        "growing",
        "leaf",
        "literals",
        "only",
        "slots",
        "spans",
    )

    def __init__(self) -> None:
        self.literals: dict[str, _Node[E]] = {}
        self.growing: dict[Any, tuple[Any, Segment, int, _Node[E]]] = {}
        self.edges: tuple[_Edge[E], ...] = ()
        self.spans: tuple[_Span[E], ...] = ()
        self.fixed = True
        self.only: tuple[Read, _Node[E]] | None = None
        self.leaf: Leaf[E] | None = None
        self.slots: dict[str, E] = _NO_SLOTS

    def child(self, segment: Segment, left: int) -> "_Node[E]":
        """Return the node behind a segment that has `left` more behind it."""
        if segment.kind is Kind.LITERAL:
            return self.literals.setdefault(segment.literal, _Node())
        span = segment.kind is Kind.SPAN
        count = left if span else 0
        key = (segment.specificity, -count)
        fresh = (key, segment, count, _Node[E]())
        return self.growing.setdefault(key, fresh)[3]

    def seal(self) -> None:
        """Put the branches in order, here and below."""
        for node in self.literals.values():
            node.seal()
        edges: list[_Edge[E]] = []
        spans: list[_Span[E]] = []
        for _, segment, count, node in sorted(
            self.growing.values(), key=lambda each: each[0]
        ):
            node.seal()
            many = len(segment.parts) > 1
            read = segment.reader() if many else segment.parameters[0].converter.read
            if segment.kind is Kind.SPAN:
                spans.append((read, many, count, node))
            else:
                edges.append((read, many, node))
        self.edges, self.spans = tuple(edges), tuple(spans)
        self.fixed = not edges and not spans
        if len(edges) == 1 and not spans and not edges[0][1]:
            self.only = (edges[0][0], edges[0][2])


class Zone(Generic[E]):
    """All routes of one host, or of every host.

    Attributes:
        plain: Static path to leaf.
    """

    __slots__ = ("_leaves", "_root", "plain")

    def __init__(self) -> None:
        self.plain: dict[str, Leaf[E]] = {}
        self._root: _Node[E] = _Node()
        self._leaves: list[Leaf[E]] = []

    @property
    def leaves(self) -> Iterator[Leaf[E]]:
        """All leaves."""
        yield from self.plain.values()
        yield from self._leaves

    def add(self, cell: Cell[E]) -> None:
        """Put a route where its pattern leads."""
        self.leaf(cell.route).cells.append(cell)

    def leaf(self, route: Route) -> Leaf[E]:
        """Return the leaf of a route's shape, a new one if need be."""
        pattern = route.pattern
        if pattern.static:
            return self.plain.setdefault(pattern.path, Leaf())
        node, left = self._root, len(pattern.segments)
        for segment in pattern.segments:
            left -= 1
            node = node.child(segment, left)
        if node.leaf is None:
            node.leaf = Leaf()
            node.slots = node.leaf.slots
            self._leaves.append(node.leaf)
        return node.leaf

    def seal(self) -> None:
        """Put all branches in order; nothing is added afterwards."""
        self._root.seal()

    def tails(self) -> Tails[E]:
        """Collect the commonest shape: fixed segments, then one parameter.

        One dict lookup by the fixed part then replaces the walk. A node with
        mixed edges, which come before the parameters, is left to the walk.
        """
        found: Tails[E] = {}
        waiting: list[tuple[str, _Node[E]]] = [("", self._root)]
        while waiting:
            head, node = waiting.pop()
            waiting += [(f"{head}/{text}", n) for text, n in node.literals.items()]
            edges = tuple((read, child.slots) for read, _, child in node.edges)
            if edges and not any(many for _, many, _ in node.edges):
                found[head] = edges
        return found

    def first(self, path: str, method: str) -> tuple[E, Values] | None:
        """Find the best entry for a path and a method, and its values.

        Static paths are not looked at: their dict is asked before.
        """
        parts = path.split("/")
        if parts[0] or ("/." in path and has_dots(path)):
            return None  # it does not begin with a slash, or has dot segments
        return _first(self._root, parts, 1, len(parts), method)

    def fits(self, path: str) -> Iterator[tuple[Leaf[E], Values]]:
        """Yield each leaf that a path fits, the most specific first."""
        if has_dots(path) or not path.startswith("/"):
            return
        leaf = self.plain.get(path)
        if leaf is not None:
            yield leaf, ()
        parts = path.split("/")
        yield from _fits(self._root, parts, 1, len(parts))


def _first(
    node: _Node[E], parts: list[str], index: int, end: int, method: str
) -> tuple[E, Values] | None:
    values: Values = ()
    while index < end:
        part = parts[index]
        index += 1
        child = node.literals.get(part)
        if node.fixed:
            if child is None:
                return None
            node = child
            continue
        if child is not None:
            found = _first(child, parts, index, end, method)
            if found is not None:
                return found[0], values + found[1]
        if node.only is None:
            found = _branch(node, parts, index, end, method)
            return None if found is None else (found[0], values + found[1])
        # One way to go on: no need to come back, so no call either.
        if not part:
            return None
        read, node = node.only
        try:
            values += (read(part),)
        except ValueError:
            return None
    entry = node.slots.get(method)
    return None if entry is None else (entry, values)


def _branch(
    node: _Node[E], parts: list[str], index: int, end: int, method: str
) -> tuple[E, Values] | None:
    """Try edges, then spans; `index` is behind the segment to be read."""
    part = parts[index - 1]
    if part:
        for read, many, child in node.edges:
            try:
                value = read(part)
            except ValueError:
                continue
            found = _first(child, parts, index, end, method)
            if found is not None:
                entry, rest = found
                return entry, ((*value, *rest) if many else (value, *rest))
    for read, many, count, child in node.spans:
        stop = end - count
        if stop < index:
            continue
        try:
            value = read("/".join(parts[index - 1 : stop]))
        except ValueError:
            continue
        found = _first(child, parts, stop, end, method)
        if found is not None:
            entry, rest = found
            return entry, ((*value, *rest) if many else (value, *rest))
    return None


def _fits(
    node: _Node[E], parts: list[str], index: int, end: int
) -> Iterator[tuple[Leaf[E], Values]]:
    if index == end:
        if node.leaf is not None:
            yield node.leaf, ()
        return
    part = parts[index]
    literal = node.literals.get(part)
    if literal is not None:
        yield from _fits(literal, parts, index + 1, end)
    for read, many, stop, child in _branches(node, index, end, part):
        try:
            value = read("/".join(parts[index:stop]))
        except ValueError:
            continue
        values = value if many else (value,)
        for leaf, rest in _fits(child, parts, stop, end):
            yield leaf, (*values, *rest)


def _branches(
    node: _Node[E], index: int, end: int, part: str
) -> Iterator[tuple[Read, bool, int, _Node[E]]]:
    """Yield edges, then spans, each with the place where it ends."""
    if part:
        for read, many, child in node.edges:
            yield read, many, index + 1, child
    for read, many, count, child in node.spans:
        if end - count > index:
            yield read, many, end - count, child

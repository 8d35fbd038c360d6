"""The named schemas of a document: one for each class, under a name that can be read.

A name is decided last, when all that need one are known, so it does not depend on the
order of their finding. Until then a reference is a placeholder; `settle` fills it in.

    Order                        what it is mostly
    Order and OrderInput         where what comes in differs from what goes out
    shop.models.Order            where two classes share a name
"""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

__all__ = ["Components", "Direction", "Schema"]

Direction: TypeAlias = Literal["in", "out"]
"""Whether a value comes with a request or leaves with an answer."""

Schema: TypeAlias = dict[str, Any]
"""One JSON Schema, as it is written into a document."""


@dataclass(slots=True, eq=False)
class _Component:
    """A class, its schemas in the directions that were asked for, and what they need.

    Attributes:
        places: Where it is referred to: a dict, a key in it, the direction.
    """

    mark: str
    name: str
    full_name: str
    bodies: dict[Direction, Schema] = field(default_factory=dict[Direction, Schema])
    needs: set["_Component"] = field(default_factory=set["_Component"])
    places: list[tuple[Schema, str, Direction]] = field(
        default_factory=list[tuple[Schema, str, Direction]]
    )

    @property
    def differs(self) -> bool:
        """Whether the two directions differ in the schema itself."""
        return len(self.bodies) > 1 and self.bodies["in"] != self.bodies["out"]


class Components:
    """Collects named schemas and gives out references to them.

    Args:
        template: A reference, with `{name}` in it.
    """

    def __init__(self, template: str) -> None:
        self._template = template
        self._found: dict[Hashable, _Component] = {}
        self._marked: dict[str, _Component] = {}
        self._open: list[_Component] = []

    def refer(
        self,
        key: Hashable,
        names: tuple[str, str],
        direction: Direction,
        build: Callable[[], Schema],
    ) -> Schema:
        """Give a reference to a schema; build it the first time.

        Args:
            key: Tells it from all others.
            names: The short name, and the one with its module.
            direction: Which of its two schemas is meant.
            build: Builds the schema. It may refer to itself.
        """
        component = self._found.get(key)
        if component is None:
            component = _Component(f"?{len(self._found)}", *names)
            self._found[key] = self._marked[component.mark] = component
        if direction not in component.bodies:
            component.bodies[direction] = {}
            self._open.append(component)
            component.bodies[direction] = build()
            self._open.pop()
        reference: Schema = {}
        self._place(component, reference, "$ref", direction)
        return reference

    def point(
        self, reference: Schema, direction: Direction, into: Schema, key: str
    ) -> None:
        """Write what a new reference refers to under a key of another dict."""
        self._place(self._marked[reference["$ref"]], into, key, direction)

    def settle(self) -> dict[str, Schema]:
        """Decide the names, write them into all references, give the schemas."""
        for component in self._found.values():
            for place, key, _ in component.places:
                place[key] = component.mark
        apart = self._apart()
        names = self._named(apart)
        for component in self._found.values():
            for place, key, direction in component.places:
                name = names[component, _side(direction, component in apart)]
                place[key] = self._template.format(name=name)
        schemas = {
            names[component, _side(direction, component in apart)]: body
            for component in self._found.values()
            for direction, body in component.bodies.items()
        }
        return dict(sorted(schemas.items()))

    def _place(
        self, component: _Component, into: Schema, key: str, direction: Direction
    ) -> None:
        into[key] = component.mark
        component.places.append((into, key, direction))
        if self._open:
            self._open[-1].needs.add(component)

    def _apart(self) -> set[_Component]:
        """Find those that need a name for each direction: by themselves or inside."""
        every = self._found.values()
        apart = {component for component in every if component.differs}
        while more := {
            component
            for component in every
            if component not in apart
            and len(component.bodies) > 1
            and component.needs & apart
        }:
            apart |= more
        return apart

    def _named(self, apart: set[_Component]) -> dict[tuple[_Component, str], str]:
        """Name each component, and again the input of those that are apart."""
        short = [_plain(component.name) for component in self._found.values()]
        often = Counter(short)
        names: dict[tuple[_Component, str], str] = {}
        taken: set[str] = set()
        for component, name in zip(self._found.values(), short, strict=True):
            chosen = name if often[name] == 1 else _plain(component.full_name)
            names[component, ""] = _free(chosen, taken)
        for component in filter(apart.__contains__, self._found.values()):
            names[component, "Input"] = _free(f"{names[component, '']}Input", taken)
        return names


def _side(direction: Direction, is_apart: bool) -> str:
    return "Input" if is_apart and direction == "in" else ""


def _plain(name: str) -> str:
    """Write a name with the signs that a component's name may have.

    Example:
        >>> _plain("Page[Order | None]")
        'Page_Order_None_'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)


def _free(name: str, taken: set[str]) -> str:
    """Take a name, with a number behind it when somebody has it already."""
    numbered = (f"{name}{number}" for number in itertools.count(2))
    free = next(x for x in itertools.chain([name], numbered) if x not in taken)
    taken.add(free)
    return free

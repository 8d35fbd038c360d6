"""A Draft: one function that is being written for a plan.

The names in the text: those of arguments and values end with a number, those of our
own with a low line, so that no parameter of a user can be taken for either.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from segue.core.handlers.plan import Plan
from segue.core.schema.source import Writer, identifier

__all__ = ["Draft", "Tools", "begin_draft", "own_name"]


class Tools(msgspec.Struct, frozen=True):
    """What written functions use of the app they belong to.

    Attributes:
        values: The values of the app by type. Looked up when called, so that a test
            may replace one.
        run: Runs a plain function in a worker thread, awaited by async ones.
        field_limit: How many fields a query may have.
    """

    values: Mapping[Any, Any] = msgspec.field(default_factory=dict[Any, Any])
    run: Callable[..., Any] | None = None
    field_limit: int = 1000


class Draft(msgspec.Struct, frozen=True):
    """A function that is being written.

    Attributes:
        path: The name in the text of each value of the path.
        made: The name of each value that a provider has made by now.
        opens: Some provider is a generator, to be closed behind the answer.
        scoped: What comes from a scope, since others ask for it as well.
    """

    plan: Plan
    writer: Writer
    namespace: dict[str, Any]
    path: Mapping[str, str]
    made: dict[Any, str]
    opens: bool
    scoped: frozenset[Any]
    _numbers: Iterator[int]

    @property
    def add(self) -> Callable[[str], None]:
        """Write one line at the present depth."""
        return self.writer.add

    def name(self, text: str) -> str:
        """Make a name that nothing else in the text has."""
        return f"{identifier(text)}_{next(self._numbers)}"

    def put(self, text: str, value: Any) -> str:
        """Give a value to the text under a name of its own."""
        name = self.name(text)
        self.namespace[name] = value
        return name

    @property
    def wait(self) -> str:
        """What stands before a call that is awaited in an async function."""
        return "await " if self.plan.is_async else ""


def begin_draft(
    plan: Plan, tools: Tools, scoped: frozenset[Any] = frozenset()
) -> Draft:
    """Begin a function for a plan."""
    numbers = itertools.count()
    path = {name: f"{identifier(name)}_{next(numbers)}" for name in plan.path_names}
    names = {
        "handler_": plan.function,
        "app_": tools.values,
        "run_": tools.run,
        "field_limit_": tools.field_limit,
    }
    opens = any(
        (each.plan.is_generator or each.provider.is_unit) and each.wanted not in scoped
        for each in plan.provided
    )
    return Draft(plan, Writer(), names, path, {}, opens, scoped, numbers)


def own_name(plan: Plan) -> str:
    """Give the name of the written function."""
    name = identifier(plan.name)
    return f"{name}0" if name.endswith("_") else name

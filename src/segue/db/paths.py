"""Paths: relations as they stand in queries.

`Book.author` is a way: to the columns of the author, to the author's own relations, to
the author itself. Its own words begin with an underscore or are those of queries, so
that they never hide a field.
"""

from typing import Any

from segue.core.errors import did_you_mean
from segue.db.expressions import (
    ColumnExpression,
    Condition,
    Expression,
    Order,
    Ref,
)
from segue.db.mistakes import QueryError, caller
from segue.db.query import Query

__all__ = ["Path", "Step", "key_value", "path_of"]


class Step:
    """One relation on a way; itself and nothing else, so that it can be a key.

    Attributes:
        owner: The model that has the relation.
        part: The field.
    """

    __slots__ = ("_target", "name", "owner", "part")

    def __init__(self, owner: Any, part: Any) -> None:
        self.owner = owner
        self.part = part
        self.name: str = part.name
        self._target: Any = None

    @property
    def many(self) -> bool:
        """It leads to any number of objects."""
        role: str = self.part.role
        return role == "many"

    @property
    def target(self) -> Any:
        """The model at its end."""
        if self._target is None:
            registry = self.owner.__registry__
            by = f"{self.owner.__name__}.{self.name}"
            self._target = registry.resolve(self.part.plain, by)
        return self._target

    def __repr__(self) -> str:
        return f"{self.owner.__name__}.{self.name}"


class Path:
    """A relation, or several in a row, on a class."""

    __slots__ = ("_memo", "_model", "_steps")

    def __init__(self, model: Any, steps: tuple[Step, ...]) -> None:
        self._model = model
        self._steps = steps
        self._memo: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name[0] == "_":
            raise AttributeError(name)
        found = self._memo.get(name)
        if found is None:
            found = self._memo[name] = self._find(name)
        return found

    def _find(self, name: str) -> Any:
        target = self._steps[-1].target
        names = target.__names__
        own = names.get(name)
        if isinstance(own, Path):
            return Path(self._model, (*self._steps, *path_of(own)[1]))
        if isinstance(own, ColumnExpression):
            return ColumnExpression(Ref(self._model, self._steps, own.key.part))
        raise QueryError(
            "SG-DB-033",
            f"{target.__name__} has no field {name!r}.",
            why=f"{self!r} leads there, and nothing of this name can be asked for.",
            fix=f"Name one of {', '.join(names)}.{did_you_mean(name, names)}",
            where=[caller()],
        )

    # -- as a value: the key of the one at its end

    def __operand__(self) -> Expression:
        """Give the key that the relation has."""
        last = self._steps[-1]
        if last.many:
            raise QueryError(
                "SG-DB-034",
                f"{self!r} is compared as if it were one object.",
                why="It leads to any number of objects.",
                fix=f"Ask for one with what is wanted: has({self!r}, ...), or compare "
                "a field of them.",
                where=[caller()],
            )
        return ColumnExpression(Ref(self._model, self._steps[:-1], last.part))

    def __eq__(self, other: object) -> Any:
        return self.__operand__() == key_value(other)

    def __ne__(self, other: object) -> Any:
        return self.__operand__() != key_value(other)

    __hash__ = object.__hash__

    def in_(self, values: Any) -> Condition:
        """It is one of these objects or keys."""
        is_query = hasattr(values, "__inner__")
        keys = values if is_query else [key_value(each) for each in values]
        return self.__operand__().in_(keys)

    def not_in(self, values: Any) -> Condition:
        """It is none of these objects or keys."""
        return ~self.in_(values)

    def is_null(self) -> Condition:
        """There is none."""
        return self.__operand__().is_null()

    def is_not_null(self) -> Condition:
        """There is one."""
        return self.__operand__().is_not_null()

    def __neg__(self) -> Order:
        return -self.__operand__()

    # -- as what to load: with words of queries behind it

    def where(self, *conditions: Any) -> Any:
        """Load only those for which the conditions hold."""
        return self._load().where(*conditions)

    def order_by(self, *orders: Any) -> Any:
        """Load them in this order."""
        return self._load().order_by(*orders)

    def limit(self, count: int) -> Any:
        """Load so many of them for each object."""
        return self._load().limit(count)

    def load(self, *paths: Any) -> Any:
        """Load relations of them as well."""
        return self._load().load(*paths)

    def _load(self) -> Any:
        return Query[Any](self._steps[-1].target, via=self)

    def __bool__(self) -> bool:
        return self.__operand__().__bool__()

    def __repr__(self) -> str:
        names = [self._model.__name__, *(step.name for step in self._steps)]
        return ".".join(names)


def path_of(path: Path) -> tuple[Any, tuple[Step, ...]]:
    """Take a path apart: where it begins, and its steps."""
    return path._model, path._steps  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def key_value(value: Any) -> Any:
    """Give the key of an object; everything else is a key already."""
    if hasattr(value, "__key__"):
        return value.__key__()
    return value

"""The models that share a database: found by name, their tables made together."""

import threading
from typing import Any

from segue.core.errors import did_you_mean
from segue.db.hints import Later
from segue.db.mistakes import ModelError

__all__ = ["Registry"]


class Registry:
    """The models of one root.

    Their tables are made when the first is asked for: not before every model that they
    name is there, and SQLAlchemy is not imported before either.

    Attributes:
        root: The class that they are all below.
    """

    def __init__(self) -> None:
        self.root: Any = None
        self._models: dict[str, list[Any]] = {}
        self._lock = threading.RLock()
        self._metadata: Any = None
        self._links: dict[str, Any] = {}

    @property
    def models(self) -> tuple[Any, ...]:
        """Every model, in the order of their declaration."""
        return tuple(each for several in self._models.values() for each in several)

    @property
    def metadata(self) -> Any:
        """The SQLAlchemy `MetaData` with the tables of all models."""
        # Imported here: an app without a model needs no SQLAlchemy.
        from segue.db.tables import make_tables  # noqa: PLC0415

        with self._lock:
            self._metadata = make_tables(self, self._metadata)
            return self._metadata

    def add(self, model: Any) -> None:
        """Take a model in; one that is defined again takes the place of its first.

        Raises:
            ModelError: Another model has the same table.
        """
        told = model.__model__
        with self._lock:
            for other in self.models:
                if _is_same(other, model):
                    self._remove(other)
                elif other.__model__.table == told.table:
                    raise ModelError(
                        "SG-DB-003",
                        f"{model.__name__} and {other.__name__} both have the table "
                        f"{told.table!r}.",
                        why="Their rows would be in one table.",
                        fix="Give one of them another: "
                        f'class {model.__name__}(Model, table="...").',
                        where=[told.place, other.__model__.place],
                    )
            self._models.setdefault(model.__name__, []).append(model)

    def find(self, name: str) -> Any:
        """Find a model by the name of its class; None when there is none, or two."""
        found = self._models.get(name, [])
        return found[0] if len(found) == 1 else None

    def resolve(self, named: Any, by: str) -> Any:
        """Get the model that a hint means.

        Args:
            named: A model, or what stands for one.
            by: Who asks: `Book.author`.

        Raises:
            ModelError: There is no such model.
        """
        name = named if isinstance(named, str) else getattr(named, "name", "")
        if _is_there(named):
            return named
        found = self._models.get(name, [])
        if len(found) == 1:
            return found[0]
        known = "is no model" if not found else "could be several models"
        raise ModelError(
            "SG-DB-004",
            f"{by} names {name!r}, which {known}.",
            why="A relation needs a table at its other end.",
            fix="Import the module that defines it before the first query, or write "
            f"the name as the class has it.{did_you_mean(name, self._models)}",
        )

    def _remove(self, model: Any) -> None:
        several = self._models[model.__name__]
        several.remove(model)
        if self._metadata is not None:
            table = self._metadata.tables.get(model.__model__.table)
            if table is not None:
                self._metadata.remove(table)


def _is_there(named: Any) -> bool:
    return isinstance(named, type) and not issubclass(named, Later)


def _is_same(one: Any, other: Any) -> bool:
    return (one.__module__, one.__qualname__) == (other.__module__, other.__qualname__)

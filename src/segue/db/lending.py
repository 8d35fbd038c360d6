"""What a `Db` has from its `Database`, once it is asked for."""

from typing import Any

__all__ = ["FromDatabase"]


class FromDatabase:
    """The logic of the database; kept in the object, where it is found without us."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        found = instance.__dict__["logic"] = instance.database.logic
        return found

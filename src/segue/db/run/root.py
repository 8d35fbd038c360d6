"""R: the root of the models of one database, by which several are told apart."""

from typing import Any

from typing_extensions import TypeVar

__all__ = ["R"]

R = TypeVar("R", default=Any)
"""`Db` is the app's database; `Db[Stats]` the one of the models below Stats."""

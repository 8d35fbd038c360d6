"""Which database a model lives in: what a function asks for to reach it."""

from typing import Any

from segue.db.model import Model

__all__ = ["face_of"]


def face_of(model: Any, face: Any) -> Any:
    """Give the `Db` or `AsyncDb` of a model: of a root of its own, `Db[Stats]`."""
    registry = model.__registry__
    above = [
        each
        for each in model.__mro__
        if getattr(each, "__registry__", None) is registry
    ]
    return face if above[-1] is Model else face[above[-1]]

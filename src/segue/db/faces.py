"""Which database a model lives in: what a function asks for to reach it."""

from typing import Any

__all__ = ["face_of"]


def face_of(model: Any, face: Any) -> Any:
    """Give the `Db` or `AsyncDb` of a model: of a root of its own, `Db[Stats]`."""
    registry = model.__registry__
    models = [each for each in model.__mro__ if hasattr(each, "__registry__")]
    below = [each for each in models if each.__registry__ is registry]
    # The root of all models has none above it.
    return face if models[-1] is below[-1] else face[below[-1]]

"""A model in the path: loaded by its key, `{book}`, or a unique field, `{book.slug}`.

What is loaded is what the handler gets, and every guard and provider that asks for it.
A value that could be no key, and one that nobody has, are the same to a client: a 404.
"""

import datetime as dt
import enum
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Final

from segue.core.errors import NotFound, did_you_mean
from segue.core.handlers.brought import InPath
from segue.core.handlers.sources import FromPath
from segue.db.async_session import AsyncDb
from segue.db.description import Description, Part
from segue.db.faces import face_of
from segue.db.marks import Index, Unique
from segue.db.mistakes import ModelError
from segue.db.paths import key_value
from segue.db.query import Query
from segue.db.session import Db
from segue.db.shapes import hint_of_value
from segue.db.validation import fits_column

__all__ = ["loader_of", "path_value"]

_TEXTUAL: Final = (str, int, float, bool, Decimal, uuid.UUID, dt.date, enum.Enum)


def loader_of(model: Any, asked: InPath) -> Callable[..., Any]:
    """Make what loads an object by a value of the path.

    Raises:
        ModelError: The field does not lead to one object.
    """
    part = _part(model, asked)
    make = _awaited if asked.is_async else _plain
    load: Any = make(model, part)
    load.__name__ = f"{model.__name__.lower()}_by_{part.name}"
    load.__annotations__ = {
        "value": Annotated[hint_of_value(model, part), FromPath(asked.name)],
        "db": face_of(model, AsyncDb if asked.is_async else Db),
        "return": model,
    }
    return load


def path_value(thing: Any, field: str | None) -> Any:
    """Give what stands for an object in a path."""
    return thing.__key__() if field is None else key_value(getattr(thing, field))


def _plain(model: Any, part: Part) -> Callable[..., Any]:
    read = _reader(model, part)

    def load(value: Any, db: Any) -> Any:
        found = db.run(read(db.logic, value)) if fits_column(part, value) else None
        if found is None:
            raise NotFound
        return found

    return load


def _awaited(model: Any, part: Part) -> Callable[..., Any]:
    read = _reader(model, part)

    async def load(value: Any, db: Any) -> Any:
        fits = fits_column(part, value)
        found = await db.run(read(db.logic, value)) if fits else None
        if found is None:
            raise NotFound
        return found

    return load


def _reader(model: Any, part: Part) -> Callable[[Any, Any], Any]:
    """Choose the steps that find the object."""
    if part.is_key:
        return lambda logic, value: logic.get(model, value)
    column = model.__names__[part.name]
    return lambda logic, value: logic.first(Query(model, (column == value,)))


def _part(model: Any, asked: InPath) -> Part:
    """Find the field that a value of the path is for.

    Raises:
        ModelError: There is none, or several objects may have the same.
    """
    told: Description = model.__model__
    alone = len(told.key) == 1
    part = told.part(asked.field) if asked.field else told.key[0]
    if part is not None and (_is_unique(told, part) or (part.is_key and alone)):
        if part.role == "one" or _is_text(part.plain):
            return part
        why = f"A {part.plain} is not written in a path."
    elif asked.field is None:
        why = f"The key of {model.__name__} has several fields, a path has one value."
    else:
        why = "Several objects could have the same value there, or it has none."
    label = f"{asked.name}.{asked.field}" if asked.field else asked.name
    good = [p.name for p in told.stored if _is_unique(told, p) or (p.is_key and alone)]
    near = did_you_mean(asked.field or "", good)
    choice = ", ".join(f"{{{asked.name}.{name}}}" for name in good)
    raise ModelError(
        "SG-DB-050",
        f"No {model.__name__} can be loaded by {{{label}}}.",
        why=why,
        fix=f"Write {choice}.{near}"
        if good
        else "Give the model a field that is Unique(); or take the values by "
        "themselves and ask for the object with db.first(...).",
        where=[asked.place, told.place],
    )


def _is_text(plain: Any) -> bool:
    return isinstance(plain, type) and issubclass(plain, _TEXTUAL)


def _is_unique(told: Description, part: Part) -> bool:
    return part.is_unique or any(
        rule.fields == (part.name,)
        and (
            isinstance(rule, Unique)
            or (isinstance(rule, Index) and rule.unique and rule.where is None)
        )
        for rule in told.rules
        if isinstance(rule, Unique | Index)
    )

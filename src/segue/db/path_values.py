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
from segue.db.description import Description, Part, told_of
from segue.db.faces import face_of
from segue.db.marks import Check, Unique
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
    load: Callable[..., Any] = make(model, part)
    load.__name__ = f"{model.__name__.lower()}_by_{part.name}"
    load.__annotations__ = {
        "value": Annotated[hint_of_value(model, part), FromPath(asked.name)],
        "db": face_of(model, AsyncDb if asked.is_async else Db),
        "return": model,
    }
    return load


def path_value(thing: Any, field: str | None) -> Any:
    """Give what stands for an object in a path."""
    if field is None:
        return thing.__key__()
    return key_value(told_of(thing).slots[field](thing))


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

        def by_key(logic: Any, value: Any) -> Any:
            return logic.get(model, value)

        return by_key
    column = model.__names__[part.name]

    def by_field(logic: Any, value: Any) -> Any:
        return logic.first(Query[Any](model, (column == value,)))

    return by_field


def _part(model: Any, asked: InPath) -> Part:
    """Find the field that a value of the path is for.

    Raises:
        ModelError: There is none, or several objects may have the same.
    """
    told: Description = model.__model__
    part = told.part(asked.field) if asked.field else told.key[0]
    if part is not None and _leads(told, part):
        return part
    why = "Several objects could have the same value there, or it is no text."
    if asked.field is None:
        why = f"The key of {model.__name__} has several fields, a path has one value."
    label = f"{asked.name}.{asked.field}" if asked.field else asked.name
    good = [each.name for each in told.stored if _leads(told, each)]
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


def _leads(told: Description, part: Part) -> bool:
    """Tell whether a text can stand for one object: by its key, or a unique field."""
    is_text = part.role == "one" or (
        isinstance(part.plain, type) and issubclass(part.plain, _TEXTUAL)
    )
    is_key = part.is_key and len(told.key) == 1
    return is_text and (is_key or part.is_unique or _is_ruled(told, part))


def _is_ruled(told: Description, part: Part) -> bool:
    return any(
        rule.fields == (part.name,)
        and (isinstance(rule, Unique) or (rule.unique and rule.where is None))
        for rule in told.rules
        if not isinstance(rule, Check)
    )

"""Objects for tests, made from what the types say.

    book = make(Book, title="Dune")

What is required and not given gets a value that fits its type and its marks; what is
unique gets one that no other has; a relation gets an object of its own, made the same
way. What has a default keeps it.
"""

import datetime as dt
import decimal
import enum
import itertools
import math
import typing
import uuid
from collections.abc import Callable
from typing import Any, Final, TypeVar

from segue.core.errors import SegueError
from segue.core.schema.describe import describe
from segue.core.schema.shape import Bounds
from segue.db.description import Description, Part
from segue.db.mistakes import caller
from segue.db.model import Model
from segue.db.paths import Step
from segue.db.tables import type_of
from segue.db.validation import Invalid

__all__ = ["Factory", "FactoryError"]

M = TypeVar("M", bound=Model)

_SIGNS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_START: Final = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


class FactoryError(SegueError):
    """An object that cannot be made from its type alone."""


class Factory:
    """Makes objects in a database.

    Args:
        db: Where they are inserted.
    """

    def __init__(self, db: Any) -> None:
        self._db = db
        self._numbers = itertools.count(1)

    def __call__(self, model: type[M], /, **values: Any) -> M:
        """Make an object, in the database.

        Args:
            model: Its model.
            values: Fields that the test cares for; of a relation to many a list.

        Raises:
            FactoryError: A value must be given, because the type does not tell it.
        """
        made: M = self._make(model, values, ())
        return made

    def many(self, count: int, model: type[M], /, **values: Any) -> list[M]:
        """Make several objects, with the same values given."""
        return [self(model, **values) for _ in range(count)]

    def _make(self, model: Any, given: dict[str, Any], above: tuple[Any, ...]) -> Any:
        told: Description = model.__model__
        related = {
            part.name: given.pop(part.name) for part in told.many if part.name in given
        }
        known = {model.__aliases__.get(name, name) for name in given}
        made: set[str] = set()
        values = dict(given)
        for part in told.stored:
            if part.name not in known and self._is_wanted(told, part):
                values[part.name] = self._value(model, part, (*above, model))
                made.add(part.name)
        thing = self._insert(model, values, made)
        for name, others in related.items():
            self._db.add(thing, getattr(model, name), *others)
        return thing

    def _is_wanted(self, told: Description, part: Part) -> bool:
        if part.is_late:
            return False
        alone = part.is_unique or (part.is_key and len(told.key) == 1)
        return part.is_required or (alone and not part.nullable)

    def _insert(self, model: Any, values: dict[str, Any], made: set[str]) -> Any:
        try:
            return self._db.insert(model(**values))
        except Invalid as error:
            wrong = sorted(made & error.faults.keys())
            if not wrong:
                raise
            name = wrong[0]
            raise _unknown(model, name, ", ".join(error.faults[name])) from error

    def _value(self, model: Any, part: Part, above: tuple[Any, ...]) -> Any:
        if part.role == "one":
            target = Step(model, part).target
            if target in above:
                raise _unknown(model, part.name, "it would need itself")
            return self._make(target, {}, above)
        if part.nullable and not (part.is_unique or part.is_key):
            return None
        length = getattr(type_of(model, part), "length", None)
        bounds = describe(
            typing.Annotated[(part.plain, *part.marks)] if part.marks else part.plain
        ).bounds
        found = _value_of(part.plain, bounds, next(self._numbers), part.name, length)
        if found is None:
            raise _unknown(model, part.name, f"{part.plain!r} has no usual value")
        return found


def _value_of(
    plain: Any, bounds: Bounds, number: int, name: str, length: int | None = None
) -> Any:
    """Make a value of a type; another one for each number, where there are so many."""
    if plain is str:
        return _text(bounds, number, name, length)
    if plain is bytes:
        return str(number).encode().rjust(bounds.min_length or 0, b"0")
    if plain in (int, float, decimal.Decimal):
        return _number(plain, bounds, number)
    if plain is bool:
        return False
    if plain in _TIMES:
        return _TIMES[plain](number)
    if isinstance(plain, type) and issubclass(plain, enum.Enum):
        members: list[Any] = list(plain)
        return members[(number - 1) % len(members)]
    return _data(plain, number, name)


def _moment(number: int) -> dt.datetime:
    return _START + dt.timedelta(minutes=number)


_TIMES: Final[dict[Any, Callable[[int], Any]]] = {
    dt.datetime: _moment,
    dt.date: lambda n: _moment(1440 * n).date(),
    dt.time: lambda n: _moment(n).time(),
    dt.timedelta: lambda n: _moment(n) - _START,
    uuid.UUID: lambda n: uuid.UUID(int=n),
}


_EMPTY: Final[dict[Any, Callable[[], Any]]] = {
    list: list,
    dict: dict,
    set: set[Any],
    tuple: lambda: (),
    frozenset: frozenset[Any],
}


def _text(bounds: Bounds, number: int, name: str, length: int | None) -> str:
    most = min(each for each in (bounds.max_length, length, 255) if each is not None)
    text = f"{name} {number}"
    if len(text) > most:
        text = _short(number)[-most:] if most else ""
    return text.ljust(bounds.min_length or 0, "x")


def _short(number: int) -> str:
    """Write a number with as few signs as there are."""
    signs = ""
    while number:
        number, rest = divmod(number, len(_SIGNS))
        signs = _SIGNS[rest] + signs
    return signs


def _number(plain: Any, bounds: Bounds, number: int) -> Any:
    """Find a number within its bounds: the next one from the lowest that fits."""
    step = plain(bounds.multiple_of or 1)
    low = bounds.ge if bounds.ge is not None else bounds.gt
    high = bounds.le if bounds.le is not None else bounds.lt
    if low is None:
        low = 0 if high is None or high >= 0 else high - step
    found = plain(math.ceil(plain(low) / step)) * step
    if bounds.gt is not None and found <= bounds.gt:
        found += step
    if high is None:
        return found + (number - 1) * step
    count = max(1, int((plain(high) - found) / step) + (bounds.lt is None))
    found += (number - 1) % count * step
    if found > high or found == bounds.lt:  # a narrow gap between two numbers
        found = (plain(low) + plain(high)) / 2
    return found


def _data(plain: Any, number: int, name: str) -> Any:
    """Make data: an empty list, a Struct with what it requires."""
    origin: Any = typing.get_origin(plain) or plain
    if origin in _EMPTY:
        return _EMPTY[origin]()
    if origin is typing.Literal:
        choices = typing.get_args(plain)
        return choices[(number - 1) % len(choices)]
    if origin is Any:
        return {}
    members = [each for each in typing.get_args(plain) if each is not type(None)]
    if members:
        return _value_of(members[0], Bounds(), number, name)
    if hasattr(origin, "__struct_fields__") or hasattr(origin, "__dataclass_fields__"):
        fields = describe(plain).fields()
        values = {
            field.name: _value_of(
                field.shape.hint, field.shape.bounds, number, field.name
            )
            for field in fields
            if field.required
        }
        return origin(**values)
    return None


def _unknown(model: Any, name: str, why: str) -> FactoryError:
    return FactoryError(
        "SG-DB-158",
        f"make() does not know a value for {model.__name__}.{name}: {why}.",
        why="It makes values from the type and its marks alone.",
        fix=f"Give it one: make({model.__name__}, {name}=...)",
        where=[caller()],
    )

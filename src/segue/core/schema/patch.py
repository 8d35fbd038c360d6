"""A change of some fields: what is absent stays as it is, and absent is not null."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass, replace
from typing import Any, ClassVar, Final, Generic, TypeVar, cast

import msgspec

from segue.core.errors import PlanError, UnprocessableContent, did_you_mean
from segue.core.schema.describe import describe, name_of
from segue.core.schema.refining import View
from segue.core.schema.weaving import shape_of

__all__ = ["Patch"]

T = TypeVar("T")
_HIDDEN: Final = "..."


class Patch(Generic[T]):
    """The fields of a `T` that somebody wants to change.

    A handler asks for one and gets what the request has; a test makes one by hand.

    Args:
        of: The type that is changed.
        values: The new values by field.

    Raises:
        PlanError: A value for what is no field.

    Example:
        >>> class Account(msgspec.Struct):
        ...     email: str
        ...     note: str | None = None
        >>> change = Patch(Account, note=None)
        >>> change.fields, "email" in change
        (frozenset({'note'}), False)
        >>> change.apply(Account("a@example.org", "old"))
        Account(email='a@example.org', note=None)
    """

    __slots__ = ("_of", "_values")
    __view__: ClassVar[View] = View("patch", shape_of)

    def __init__(self, of: type[T], /, **values: Any) -> None:
        known = [each.name for each in describe(of).fields()]
        for name in values:
            if name not in known:
                raise PlanError(
                    "SG-VIEW-001",
                    f"A patch of {name_of(of)} has {name!r}, which is none of its "
                    "fields.",
                    why="It could not be applied.",
                    fix=f"Name one of {', '.join(known)}.{did_you_mean(name, known)}",
                )
        self._of: Any = of
        self._values = values

    @classmethod
    def of_fields(cls, of: Any, values: dict[str, Any]) -> "Patch[Any]":
        """Make a patch of values that are known to be of fields of a type."""
        made: Patch[Any] = cls.__new__(cls)
        made._of, made._values = of, values
        return made

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields that are to be changed."""
        return frozenset(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def as_dict(self) -> dict[str, Any]:
        """Give the new values by the names that the fields have in Python."""
        return dict(self._values)

    def apply(self, to: T) -> T:
        """Give a copy with the new values; what is applied to stays as it is.

        Raises:
            UnprocessableContent: The class of the object refuses the values together.
        """
        try:
            return cast("T", _changed(to, self._values))
        except (TypeError, ValueError) as error:
            message = str(error)
            refused = {"in": "body", "name": "$", "message": message, "code": "value"}
            raise UnprocessableContent(
                "The request has a value that does not fit.",
                extra={"errors": [refused]},
            ) from error

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Patch):
            return NotImplemented
        return self._of == other._of and self._values == other._values

    __hash__ = None  # type: ignore[assignment]  # what it has may change

    def __repr__(self) -> str:
        secret = {
            f.name for f in describe(self._of).fields() if f.shape.notes.write_only
        }
        shown = (
            f", {name}={_HIDDEN if name in secret else repr(value)}"
            for name, value in self._values.items()
        )
        return f"Patch({name_of(self._of)}{''.join(shown)})"


def _changed(thing: Any, values: Mapping[str, Any]) -> Any:
    cls: Any = thing.__class__
    if issubclass(cls, msgspec.Struct):
        return thing.__replace__(**values)
    if issubclass(cls, dict):
        return {**thing, **values}
    if is_dataclass(cls):
        return replace(thing, **values)
    aliases = {each.name: each.alias for each in cls.__attrs_attrs__}
    evolve = sys.modules["attr"].evolve  # it made the class, so it is there
    return evolve(thing, **{aliases[name]: value for name, value in values.items()})

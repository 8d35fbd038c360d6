"""Filters of a list: names such as `price__ge` -> typed fields of the query.

    filters=("status", "price__ge", "price__le", "name__contains", "shipped__null")

    ?status=open&price__ge=3&price__ge=5      a field and an operator behind two lines
    ?status__in=open&status__in=paid          a list is a field several times

What a resource lists is what its clients may ask for, nothing else; each is a plain
query parameter of the field's own type, so that documents, checks and clients treat it
like any other. A name that is not there is refused, with the nearest that is.
"""

import datetime as dt
import decimal
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from annotated_types import MaxLen

from segue.core.errors import PlanError, did_you_mean
from segue.core.handlers.inputs import (
    bare,
    is_repeated,
    is_scalar,
    members_of,
)
from segue.core.handlers.plan import type_name
from segue.resources.hints import list_of, marked, optional
from segue.resources.query import Condition, Operator
from segue.resources.records import RecordField, pick

__all__ = ["Filters"]

_MOST: Final = 100
"""How many values a list of a filter may have."""

_RESERVED: Final = frozenset(
    ("page", "size", "after", "before", "total", "sort", "fields")
)
_ORDERED: Final = (
    str,
    int,
    float,
    decimal.Decimal,
    dt.date,
    dt.time,
    dt.timedelta,
)
_ORDERING: Final = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)
_BY_NAME: Final[Mapping[str, Operator]] = types.MappingProxyType(
    {operator.value: operator for operator in Operator}
)


class Filters:
    """The filters of one list.

    Args:
        names: Fields, or a field and an operator: `price__ge`.
        known: The fields of the items.
        title: The name of the type of the items.
        place: Where they were declared.

    Attributes:
        type: A Struct of the query, each filter a field that may be absent.

    Raises:
        PlanError: A field or an operator that there is not, or one that a field of
            its type does not have.
    """

    def __init__(
        self,
        names: Iterable[str],
        known: Mapping[str, RecordField],
        title: str,
        place: str,
    ) -> None:
        self._known = known
        self._place = place
        self._asked: dict[str, tuple[RecordField, Operator]] = {}
        fields: list[tuple[str, Any, Any]] = []
        wires: dict[str, str] = {}
        for name in names:
            field, operator = self._parsed(name)
            hint = self._hint(name, field, operator)
            wire = name.replace(field.name, field.wire, 1)
            if wire in _RESERVED:
                raise self._error(
                    f"The filter {wire!r} is a parameter of every list.",
                    fix=f"Write {name + '__eq'!r}.",
                )
            self._asked[name] = field, operator
            wires[name] = wire
            fields.append((name, optional(hint), None))
        self.type: Any = msgspec.defstruct(
            f"{title}Filter",
            fields,
            rename=wires,
            frozen=True,
            forbid_unknown_fields=True,
        )
        self.type.__doc__ = f"Which {title} items are wanted."

    def conditions(self, wanted: Any) -> tuple[Condition, ...]:
        """Read what a client asked for."""
        asked = ((name, getattr(wanted, name)) for name in self._asked)
        return tuple(
            Condition(self._asked[name][0].name, self._asked[name][1], value)
            for name, value in asked
            if value is not None
        )

    def _parsed(self, name: str) -> tuple[RecordField, Operator]:
        if name in self._known:
            return self._known[name], Operator.EQ
        field, found, word = name.rpartition("__")
        if not found:
            return pick(self._known, name, "filters=", self._place), Operator.EQ
        known = pick(self._known, field, "filters=", self._place)
        if word not in _BY_NAME:
            raise self._error(
                f"The filter {name!r} has the operator {word!r}."
                f"{did_you_mean(word, _BY_NAME)}",
                fix=f"Write one of {', '.join(_BY_NAME)} behind the two lines.",
            )
        return known, _BY_NAME[word]

    def _hint(self, name: str, field: RecordField, operator: Operator) -> Any:
        """Find the type of what a client asks for."""
        if operator is Operator.NULL:
            return bool
        hint = field.hint
        if operator is Operator.CONTAINS and is_repeated(hint):
            (array,) = members_of(hint)
            return bare(next(iter(typing.get_args(array)), str))
        members = members_of(hint)
        fits = is_scalar(hint)
        if operator in _ORDERING:
            fits = fits and all(_is(member, _ORDERED) for member in members)
        elif operator in (Operator.CONTAINS, Operator.STARTSWITH):
            fits = fits and members == (str,)
        if not fits:
            raise self._error(
                f"The filter {name!r} cannot be asked of "
                f"{field.name!r}: {type_name(bare(field.hint))}.",
                fix="Take it out, or choose an operator that the type has.",
            )
        one = members[0] if len(members) == 1 else typing.Union[members]  # noqa: UP007 - built from a tuple
        return marked(list_of(one), MaxLen(_MOST)) if operator is Operator.IN else one

    def _error(self, what: str, *, fix: str) -> PlanError:
        return PlanError(
            "SG-RES-003",
            what,
            why="Each filter is a typed field of the query.",
            fix=fix,
            where=(self._place,),
        )


def _is(member: Any, kinds: tuple[type, ...]) -> bool:
    return (
        isinstance(member, type)
        and issubclass(member, kinds)
        and not issubclass(member, bool)
    )

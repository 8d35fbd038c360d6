"""A `Query` of a resource -> a query of the data layer, in SQL from its first row on.

Conditions, order and window are the database's: what lies behind a cursor is asked for
by the values of its item, so that a page far behind costs as much as the first. What is
found is what `matching.py` finds over a list.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from segue.db.expressions import ColumnExpression, Order as Sorted, condition
from segue.db.tables import type_of
from segue.resources.fitting import Fit, Place, compared, fit
from segue.resources.query import Condition, Operator, Order, Query

__all__ = ["Asking"]


class Asking:
    """Writes the queries of a model.

    Args:
        model: Whose rows are asked for.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._told = model.__model__

    def column(self, name: str) -> Any:
        """Get the column of a field; of a relation that of its key."""
        found = self._model.__names__[name]
        own = getattr(found, "__operand__", None)
        return found if own is None else own()

    def fit(self, name: str, value: Any) -> Fit:
        """Find where a value lies among those of a field."""
        return fit(value, self._digits(name))

    def wanted(self, conditions: Sequence[Condition]) -> Any:
        """Write the query of all items for which the conditions hold."""
        query = self._model.query()
        return query.where(*[self._holds(each) for each in conditions])

    def cut(self, wanted: Any, query: Query) -> Any:
        """Cut the window out of what is wanted, and sort it; one row more is asked for.

        With `before` the rows come backwards.
        """
        limited = wanted.limit(query.limit + 1)
        if query.before is not None:
            if query.before:
                limited = limited.where(self._before(query.order, query.before))
            return limited.sorted_by(tuple(self._sorted(query.order, back=True)))
        if query.after:
            limited = limited.where(self._after(query.order, query.after))
        elif query.offset:
            limited = limited.offset(query.offset)
        return limited.sorted_by(tuple(self._sorted(query.order)))

    # -- conditions

    def _holds(self, asked: Condition) -> Any:
        column, operator = self.column(asked.field), asked.operator
        if operator is Operator.NULL:
            return column.is_null() if asked.value else column.is_not_null()
        if operator is Operator.IN:
            found = [self.fit(asked.field, each) for each in asked.value]
            some = [each.value for each in found if each.place is Place.HERE]
            return column.in_(some) if some else condition(False)
        place = self.fit(asked.field, asked.value)
        if operator in _TEXTS:
            if place.place is not Place.HERE:
                return condition(False)
            return _TEXTS[operator](column, asked.value)
        return _said(compared(column, operator, place))

    def _digits(self, name: str) -> tuple[int, int] | None:
        part: Any = self._told.part(name)
        kept: dict[str, Any] = self._told.kept.setdefault("digits", {})
        if name not in kept:
            kind: Any = None if part.role != "column" else type_of(self._model, part)
            scale = getattr(kind, "scale", None)
            kept[name] = None if scale is None else (kind.precision, scale)
        found: tuple[int, int] | None = kept[name]
        return found

    # -- positions

    def _after(self, orders: Sequence[Order], values: Sequence[Any]) -> Any:
        """Say that a row comes behind one with these values; nulls come last."""

        def step(column: Any, order: Order, value: Any) -> Any:
            if value is None:
                return condition(False)
            operator = Operator.LT if order.descending else Operator.GT
            behind = _said(compared(column, operator, self.fit(order.field, value)))
            nullable = self._told.part(order.field).nullable
            return behind | column.is_null() if nullable else behind

        return self._placed(orders, values, step)

    def _before(self, orders: Sequence[Order], values: Sequence[Any]) -> Any:
        """Say that a row comes before one with these values."""

        def step(column: Any, order: Order, value: Any) -> Any:
            if value is None:
                return column.is_not_null()
            operator = Operator.GT if order.descending else Operator.LT
            return _said(compared(column, operator, self.fit(order.field, value)))

        return self._placed(orders, values, step)

    def _placed(
        self,
        orders: Sequence[Order],
        values: Sequence[Any],
        step: Callable[[Any, Order, Any], Any],
    ) -> Any:
        found: Any = None
        for order, value in reversed(list(zip(orders, values, strict=True))):
            column = self.column(order.field)
            placed = step(column, order, value)
            if found is not None:
                placed = placed | (self._same(column, order.field, value) & found)
            found = placed
        return found

    def _same(self, column: Any, name: str, value: Any) -> Any:
        if value is None:
            return column.is_null()
        return _said(compared(column, Operator.EQ, self.fit(name, value)))

    def _sorted(self, orders: Sequence[Order], *, back: bool = False) -> list[Any]:
        found: list[Any] = []
        for order in orders:
            column: ColumnExpression = self.column(order.field)
            by = Sorted(column, descending=order.descending)
            found.append(by.backwards() if back else by)
        return found


_TEXTS: Final[dict[Operator, Callable[[Any, str], Any]]] = {
    Operator.CONTAINS: lambda column, text: column.contains(text, ignore_case=True),
    Operator.STARTSWITH: lambda column, text: column.startswith(text),
}


def _said(found: Any) -> Any:
    return condition(found)

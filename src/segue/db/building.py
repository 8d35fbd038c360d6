"""Keys of expressions -> SQLAlchemy Core, with a named room for every value.

Values are counted in the order in which they stand in the key: that is the order of
`Query.values()`, so the n-th room is called `p<n>` whatever SQL makes of it.
"""

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import sqlalchemy as sa

from segue.db.arithmetic import aggregated, computed
from segue.db.expressions import VALUE, Ref
from segue.db.mistakes import QueryError
from segue.db.paths import Step
from segue.db.relations import find_way
from segue.db.tables import column_of, table_of
from segue.db.types import GlobPattern

__all__ = ["Builder", "Scope"]

_COMPARED: Final[dict[str, Callable[[Any, Any], Any]]] = {
    name: getattr(operator, name) for name in ("eq", "ne", "ge", "gt", "le", "lt")
}
_MOST: Final = 16_384


class Scope:
    """The tables of one SELECT, reached from a model through relations.

    Attributes:
        model: Where the ways begin.
        prefix: What of a way leads to this scope; the rest is inside.
        parent: The scope around it, for ways that lead elsewhere.
        source: What stands behind FROM.
    """

    def __init__(
        self,
        model: Any,
        table: Any,
        prefix: tuple[Step, ...] = (),
        parent: "Scope | None" = None,
    ) -> None:
        self.model = model
        self.prefix = prefix
        self.parent = parent
        self.source = table
        self._tables: dict[tuple[Step, ...], Any] = {prefix: table}
        self._outer: set[tuple[Step, ...]] = set()

    def covers(self, steps: tuple[Step, ...]) -> bool:
        """Tell whether a way leads into this scope."""
        return steps[: len(self.prefix)] == self.prefix

    def table(self, steps: tuple[Step, ...]) -> Any:
        """Get the table at the end of a way of relations to one; join it first."""
        if not self.covers(steps) and self.parent is not None:
            return self.parent.table(steps)
        found = self._tables.get(steps)
        if found is None:
            found = self._joined(steps)
        return found

    def column(self, ref: Ref) -> Any:
        """Get a column."""
        steps = ref.path
        if steps and not steps[-1].many and ref.part in steps[-1].target.__model__.key:
            # The key of the other is here already.
            return column_of(self.table(steps[:-1]), steps[-1].part)
        return column_of(self.table(steps), ref.part)

    def is_nullable(self, ref: Ref) -> bool:
        """Tell whether a column may be null."""
        return ref.part.nullable or any(step.part.nullable for step in ref.path)

    def tables(self) -> list[Any]:
        """List the tables of this scope and of those around it."""
        around = [] if self.parent is None else self.parent.tables()
        return [*self._tables.values(), *around]

    def _joined(self, steps: tuple[Step, ...]) -> Any:
        near, step = self.table(steps[:-1]), steps[-1]
        far = table_of(step.target).alias()
        key = step.target.__model__.key[0]
        on = column_of(near, step.part) == column_of(far, key)
        outer = step.part.nullable or steps[:-1] in self._outer
        if outer:
            self._outer.add(steps)
        self.source = self.source.join(far, on, isouter=outer)
        self._tables[steps] = far
        return far


class Builder:
    """Builds the parts of one statement."""

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        self.names: list[str] = []

    def value(self, of_type: Any) -> Any:
        """Make room for the next value."""
        return sa.bindparam(self._name(), type_=of_type)

    def conditions(self, keys: Iterable[Any], scope: Scope) -> list[Any]:
        """Build several conditions."""
        return [self.condition(key, scope) for key in keys]

    def condition(self, key: Any, scope: Scope) -> Any:
        """Build a condition."""
        word = key[0]
        if word == "and":
            return sa.and_(sa.true(), *self.conditions(key[1:], scope))
        if word == "or":
            return sa.or_(sa.false(), *self.conditions(key[1:], scope))
        if word == "not":
            return sa.not_(self.condition(key[1], scope))
        if word == "has":
            return self._has(key, scope)
        steps = _first_many(key, scope)
        if steps is not None:
            return self._exists(steps, [key], scope)
        return self._leaf(word, key, scope)

    def expression(self, key: Any, scope: Scope, of_type: Any = None) -> Any:
        """Build an expression.

        Args:
            key: What it is.
            scope: Where its columns are.
            of_type: The type of a value that stands by itself.
        """
        if _is_value(key):
            return self.value(of_type)
        if isinstance(key, Ref):
            return scope.column(key)
        word = key[0]
        if word == "op":
            left, right = self._pair(key[2], key[3], scope)
            return computed(key[1], left, right, self.dialect)
        if word == "fn":
            return self._function(key[1], key[2:], scope)
        if word == "agg":
            return self._aggregate(key, scope)
        if word == "count":
            return sa.func.count()
        if word == "count related":
            return self._related(key[2], scope, _count)
        return self.condition(key, scope)

    def order(self, key: Any, scope: Scope) -> list[Any]:
        """Build what to sort by; nulls come last, and first where it goes backwards."""
        (direction, _, back), by = key[0].partition(" "), key[1]
        column = self.expression(by, scope)
        ordered = column.desc() if direction == "desc" else column.asc()
        if isinstance(by, Ref) and not scope.is_nullable(by):
            return [ordered]
        if self.dialect.name in {"mysql", "mariadb"}:
            return [column.is_not(None) if back else column.is_(None), ordered]
        return [ordered.nulls_first() if back else ordered.nulls_last()]

    def related(self, steps: tuple[Step, ...], scope: Scope) -> tuple[Scope, Any]:
        """Open a scope at the end of a way whose last step leads to many.

        Returns:
            The scope, and the condition that ties it to the row around it.
        """
        step = steps[-1]
        way = find_way(step)
        near = scope.table(steps[:-1])
        far = table_of(way.target).alias()
        inner = Scope(scope.model, far, steps, scope)
        key = column_of(near, way.owner.__model__.key[0])
        if way.back is not None:
            return inner, column_of(far, way.back) == key
        link = way.owner.__registry__.metadata.tables[way.link].alias()
        target = column_of(far, way.target.__model__.key[0])
        inner.source = far.join(link, link.c[way.far] == target)
        return inner, link.c[way.near] == key

    # -- leaves

    def _leaf(self, word: str, key: Any, scope: Scope) -> Any:
        if word in _COMPARED:
            left, right = self._pair(key[1], key[2], scope)
            return _COMPARED[word](left, right)
        left = self.expression(key[1], scope)
        if word == "null":
            return left.is_(None)
        if word == "not null":
            return left.is_not(None)
        if word == "in":
            return self._in(left, key[2])
        if word == "between":
            return left.between(
                self.expression(key[2], scope, left.type),
                self.expression(key[3], scope, left.type),
            )
        if word == "in query":
            return left.in_(self.subquery(key[2]))
        return self._like(word, left, key[2], scope)

    def _in(self, left: Any, room: int) -> Any:
        if room > _MOST:
            raise QueryError(
                "SG-DB-039",
                f"in_() got more than {_MOST} values.",
                why="A statement has room for so many.",
                fix="Ask in portions, or for what the values come from: "
                ".in_(Author.where(...)).",
            )
        if room == 0:
            return sa.false()
        return left.in_([self.value(left.type) for _ in range(room)])

    def _like(self, word: str, left: Any, key: Any, scope: Scope) -> Any:
        if self.dialect.name == "sqlite" and word == "like" and _is_value(key):
            # LIKE of SQLite takes capitals for small letters.
            return left.op("GLOB", is_comparison=True)(self.value(GlobPattern()))
        pattern = self.expression(key, scope, sa.String())
        if word == "ilike":
            return left.ilike(pattern, escape="\\")
        return left.like(pattern, escape="\\")

    def _pair(self, left: Any, right: Any, scope: Scope) -> tuple[Any, Any]:
        """Build two operands; a value is of the type of the other."""
        if _is_value(left):
            name = self._name()
            other = self.expression(right, scope)
            return sa.bindparam(name, type_=other.type), other
        one = self.expression(left, scope)
        return one, self.expression(right, scope, one.type)

    def _name(self) -> str:
        name = f"p{len(self.names)}"
        self.names.append(name)
        return name

    # -- functions

    def _function(self, name: str, keys: tuple[Any, ...], scope: Scope) -> Any:
        first = self.expression(keys[0], scope, sa.String())
        rest = [self.expression(key, scope, first.type) for key in keys[1:]]
        if name == "length":
            return sa.func.char_length(first) if self.dialect.name in {
                "mysql", "mariadb"} else sa.func.length(first)  # fmt: skip
        return getattr(sa.func, name)(first, *rest, type_=first.type)

    def _aggregate(self, key: Any, scope: Scope) -> Any:
        name, of = key[1], key[2]
        steps = _first_many(key, scope)
        if steps is None:
            return aggregated(name, self.expression(of, scope), self.dialect)

        def chosen(inner: Scope) -> Any:
            return aggregated(name, self.expression(of, inner), self.dialect)

        return self._related(steps, scope, chosen)

    def _related(
        self, steps: tuple[Step, ...], scope: Scope, what: Callable[[Scope], Any]
    ) -> Any:
        if any(step.many for step in steps[:-1]):
            raise QueryError(
                "SG-DB-040",
                f"{'.'.join(map(repr, steps))} passes several relations to many.",
                why="What is counted or added up would be there more than once.",
                fix="Begin at the model in between, or write it with SQLAlchemy Core.",
            )
        inner, tie = self.related(steps, scope)
        chosen = what(inner)
        asked = sa.select(chosen).select_from(inner.source).where(tie)
        return asked.correlate(*scope.tables()).scalar_subquery()

    # -- of other rows

    def subquery(self, key: Any) -> Any:
        """Build a query whose one column is compared with."""
        model, wheres, orders, has_size, has_start, extra = key
        table = table_of(model).alias()
        scope = Scope(model, table)
        columns = () if extra is None else extra[-1]
        chosen = [self.expression(column, scope) for column in columns]
        chosen = chosen or [column_of(table, model.__model__.key[0])]
        where = self.conditions(wheres, scope)
        asked = sa.select(*chosen).where(*where)
        sorted_by = [each for order in orders for each in self.order(order, scope)]
        asked = asked.select_from(scope.source).order_by(*sorted_by)
        if has_size:
            asked = asked.limit(self.value(sa.Integer()))
        if has_start:
            asked = asked.offset(self.value(sa.Integer()))
        return asked

    def _has(self, key: Any, scope: Scope) -> Any:
        steps: tuple[Step, ...] = key[1]
        inner, tie = self._opened(steps, scope)
        fresh = Scope(steps[-1].target, inner.table(steps))
        fresh.source = inner.source
        where = self.conditions(key[2], fresh)
        return self._row_of(fresh.source, [tie, *where], scope)

    def _opened(self, steps: tuple[Step, ...], scope: Scope) -> tuple[Scope, Any]:
        if steps[-1].many:
            return self.related(steps, scope)
        way = find_way(steps[-1])
        far = table_of(way.target).alias()
        near = column_of(scope.table(steps[:-1]), steps[-1].part)
        tie = near == column_of(far, way.target.__model__.key[0])
        return Scope(scope.model, far, steps, scope), tie

    def _exists(self, steps: tuple[Step, ...], keys: list[Any], scope: Scope) -> Any:
        inner, tie = self.related(steps, scope)
        where = self.conditions(keys, inner)
        return self._row_of(inner.source, [tie, *where], scope)

    def _row_of(self, source: Any, where: list[Any], scope: Scope) -> Any:
        return _exists(source, where, scope)


def _exists(source: Any, where: list[Any], scope: Scope) -> Any:
    one: sa.ColumnElement[Any] = sa.literal_column("1")
    asked = sa.select(one).select_from(source).where(*where)
    return sa.exists(asked.correlate(*scope.tables()))


def _count(inner: Scope) -> Any:
    """Count the rows of a scope."""
    del inner
    return sa.func.count()


def _is_value(key: Any) -> bool:
    return type(key) is str and key == VALUE


def _first_many(key: Any, scope: Scope) -> tuple[Step, ...] | None:
    """Find the way to the first relation to many that is not opened yet.

    Raises:
        QueryError: There are two, so that it is not clear which rows are meant.
    """
    found = {
        ref.path[: position + 1]
        for ref in _refs(key)
        for position in [_position(ref, scope)]
        if position is not None
    }
    if len(found) > 1:
        raise QueryError(
            "SG-DB-041",
            "One comparison is about two relations to many: "
            f"{', '.join(sorted(map(repr, found)))}.",
            why="Each may have any number of objects, and nothing says which meet.",
            fix="Compare each by itself, or write it with has(...).",
        )
    return next(iter(found), None)


def _position(ref: Ref, scope: Scope) -> int | None:
    start = len(scope.prefix) if scope.covers(ref.path) else 0
    if start == 0 and scope.prefix and scope.covers(ref.path) is False:
        return None
    for position, step in enumerate(ref.path[start:], start):
        if step.many:
            return position
    return None


def _refs(key: Any) -> Iterator[Ref]:
    """List the columns of a key that are of its own rows."""
    if isinstance(key, Ref):
        yield key
    elif key.__class__ is tuple and key and key[0] != "has":
        inside: Any = key[1:2] if key[0] == "in query" else key[1:]
        for each in inside:
            yield from _refs(each)

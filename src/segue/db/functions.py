"""Functions of the database, for `order_by`, `where`, `db.rows` and `db.agg`.

Those over many rows see the rows of the query; over a relation they see what an object
is related to: `count(Author.books)`.
"""

from typing import Any

from segue.db.expressions import Condition, Expression, Order, condition, key_of
from segue.db.paths import Path, path_of

__all__ = [
    "avg",
    "coalesce",
    "col",
    "count",
    "desc",
    "has",
    "length",
    "lower",
    "max_",
    "min_",
    "not_",
    "sum_",
    "upper",
]


def col(of: Any) -> Any:
    """Give a field as the expression that it is on its class.

    For type checkers, to which `Book.year` is an `int`: `col(Book.year).in_([1, 2])`.
    """
    return of


def desc(by: Any) -> Any:
    """From the greatest to the least, in `order_by`; nulls last."""
    return (
        by.__operand__().desc() if isinstance(by, Path) else Order(by, descending=True)
    )


def not_(that: Any) -> Condition:
    """It does not hold: `~` for type checkers, to which a comparison is a bool."""
    return ~condition(that)


def has(relation: Any, *conditions: Any) -> Condition:
    """There is a related object for which all of these hold together.

    Args:
        relation: `Author.books`.
        conditions: About the model at its end: `Book.year > 2000`.
    """
    found = [condition(each) for each in conditions]
    values = tuple(value for each in found for value in each.values)
    _, steps = path_of(relation)
    return Condition(("has", steps, tuple(each.key for each in found)), values)


def count(of: Any = None, *, distinct: bool = False) -> Any:
    """The number of rows, of related objects, or of values that are not null."""
    if of is None:
        return Expression(("count",))
    if isinstance(of, Path):
        model, steps = path_of(of)
        return Expression(("count related", model, steps))
    key, values = key_of(of)
    return Expression(("agg", "count distinct" if distinct else "count", key), values)


def sum_(of: Any) -> Any:
    """The sum; null of no rows."""
    return _aggregate("sum", of)


def avg(of: Any) -> Any:
    """The mean; null of no rows. Of decimals it has four more digits than they."""
    return _aggregate("avg", of)


def min_(of: Any) -> Any:
    """The least; null of no rows."""
    return _aggregate("min", of)


def max_(of: Any) -> Any:
    """The greatest; null of no rows."""
    return _aggregate("max", of)


def coalesce(*of: Any) -> Any:
    """The first that is not null."""
    return _function("coalesce", *of)


def lower(of: Any) -> Any:
    """It in small letters."""
    return _function("lower", of)


def upper(of: Any) -> Any:
    """It in capitals."""
    return _function("upper", of)


def length(of: Any) -> Any:
    """How many signs a text has."""
    return _function("length", of)


def _aggregate(name: str, of: Any) -> Expression:
    key, values = key_of(of)
    return Expression(("agg", name, key), values)


def _function(name: str, *of: Any) -> Expression:
    found = [key_of(each) for each in of]
    values = tuple(value for _, own in found for value in own)
    return Expression(("fn", name, *(key for key, _ in found)), values)

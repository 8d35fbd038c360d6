"""Numbers: the same result on every database.

An exact decimal is a whole number of its last digit on SQLite, so a product has its
digits twice and a quotient none; both are put right here, in whole numbers.
"""

import operator
from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

from segue.db.mistakes import QueryError
from segue.db.types import ScaledDecimal, big_integer

__all__ = ["aggregated", "computed"]

_SIGNS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: left / right,
    "%": operator.mod,
}
_MORE: Final = 4
"""So many more digits has the mean of decimals."""


def computed(sign: str, left: Any, right: Any, dialect: Any) -> Any:
    """Build `left sign right`."""
    if isinstance(left.type, ScaledDecimal) or isinstance(right.type, ScaledDecimal):
        return _exact(sign, left, right, dialect)
    if isinstance(left.type, sa.String):
        return sa.type_coerce(left.concat(right), sa.String())
    if not isinstance(left.type, (sa.Integer, sa.Float)):
        raise QueryError(
            "SG-DB-042",
            f"{sign!r} is not computed with {left.type!r}.",
            why="Databases differ in what they make of it.",
            fix="Compute it in Python and compare with the result, or write the query "
            "with SQLAlchemy Core.",
        )
    if sign == "/":
        return _plain(sign, _as_float(left), _as_float(right))
    return _plain(sign, left, right)


def aggregated(name: str, of: Any, dialect: Any) -> Any:
    """Build a function over many rows."""
    if name == "count":
        return sa.func.count(of)
    if name == "count distinct":
        return sa.func.count(sa.distinct(of))
    kind: Any = of.type
    exact = isinstance(kind, ScaledDecimal)
    if name == "avg":
        return _mean(of, dialect) if exact else sa.func.avg(_as_float(of))
    made = getattr(sa.func, name)(of)
    if name == "sum" and isinstance(kind, sa.Integer):
        return sa.cast(made, sa.BigInteger())
    return sa.type_coerce(made, of.type)


def _mean(of: Any, dialect: Any) -> Any:
    scale = of.type.scale + _MORE
    result = ScaledDecimal(of.type.precision + _MORE, scale)
    if dialect.name != "sqlite":
        return sa.type_coerce(sa.func.round(sa.func.avg(_bare(of)), scale), result)
    total = sa.func.sum(_whole(of)) * sa.literal_column(str(10**_MORE))
    return sa.type_coerce(_divided(total, sa.func.count(of)), result)


def _exact(sign: str, left: Any, right: Any, dialect: Any) -> Any:
    kind = left.type if isinstance(left.type, ScaledDecimal) else right.type
    scale = max(_scale(left), _scale(right))
    result = ScaledDecimal(kind.precision, scale)
    if sign in "+-%":
        one, other = _to_scale(left, scale, dialect), _to_scale(right, scale, dialect)
        return sa.type_coerce(_plain(sign, one, other), result)
    if dialect.name != "sqlite":
        made = _plain(sign, _bare(left), _bare(right))
        return sa.type_coerce(sa.func.round(made, scale), result)
    one, other = _whole(left), _whole(right)
    if sign == "*":
        surplus = _scale(left) + _scale(right) - scale
        return sa.type_coerce(_divided(one * other, _power(surplus)), result)
    missing = scale - _scale(left) + _scale(right)
    return sa.type_coerce(
        _divided(one * _power(missing), other, positive=False), result
    )


def _plain(sign: str, left: Any, right: Any) -> Any:
    made: Any = _SIGNS[sign](left, right)
    return made


def _divided(number: Any, by: Any, *, positive: bool = True) -> Any:
    """Divide whole numbers; halves go away from zero, as PostgreSQL rounds."""
    number = sa.type_coerce(number, sa.BigInteger())
    nothing = sa.literal_column("0", sa.BigInteger())
    if not positive:
        number = sa.case((by < nothing, -number), else_=number)
        by = sa.func.abs(by, type_=sa.BigInteger())
    half = by // sa.literal_column("2", sa.BigInteger())
    return (number + sa.case((number < nothing, -half), else_=half)) // by


def _scale(of: Any) -> int:
    return of.type.scale if isinstance(of.type, ScaledDecimal) else 0


def _to_scale(of: Any, scale: int, dialect: Any) -> Any:
    if dialect.name != "sqlite":
        return _bare(of)
    missing = scale - _scale(of)
    return _whole(of) * _power(missing) if missing else _whole(of)


def _whole(of: Any) -> Any:
    """Take a scaled decimal as the whole number that it is; values stay values."""
    return of if _is_value(of) else sa.type_coerce(of, big_integer())


def _bare(of: Any) -> Any:
    if _is_value(of):
        return of
    return sa.type_coerce(of, sa.Numeric())


def _as_float(of: Any) -> Any:
    double = sa.Double[float]()
    return sa.cast(of, double)


def _is_value(of: Any) -> bool:
    return isinstance(of, sa.BindParameter)


def _power(digits: int) -> Any:
    return sa.literal_column(str(10**digits), sa.BigInteger())

"""Types: how values are in a database, the same on every one.

SQLAlchemy has the types and the dialects. Those below are for what databases do
differently: a time with its zone, an exact decimal, a span of time, an enum, data.
"""

import datetime as dt
import decimal
import enum
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from segue.db.mistakes import QueryError

__all__ = [
    "EXACT",
    "Data",
    "Duration",
    "EnumValue",
    "GlobPattern",
    "ScaledDecimal",
    "Timestamp",
    "big_integer",
]

EXACT: Final = decimal.Context(prec=80, rounding=decimal.ROUND_HALF_UP)
"""Rounds halves away from zero, as PostgreSQL does."""

_MICROSECOND: Final = dt.timedelta(microseconds=1)


def big_integer() -> Any:
    """Make the type of an `int`; SQLite numbers rows by INTEGER alone."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Timestamp(TypeDecorator[dt.datetime]):
    """A time with its zone, stored in UTC."""

    impl = sa.DateTime
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in {"mysql", "mariadb"}:
            return mysql.DATETIME(fsp=6)
        return sa.DateTime(timezone=True)

    def bind_processor(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return _utc_text
        return _utc_naive if dialect.name != "postgresql" else _utc

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        return _from_text if dialect.name == "sqlite" else _from_time

    def __repr__(self) -> str:
        return "Timestamp()"


def _utc(value: Any) -> Any:
    if value is None:
        return None
    if value.tzinfo is None:
        raise QueryError(
            "SG-DB-038",
            f"{value!r} has no time zone.",
            why="Times are stored in UTC, and this could be any moment of a day.",
            fix="Give it a zone: datetime.now(UTC), or value.replace(tzinfo=UTC).",
        )
    return value.astimezone(dt.UTC)


def _utc_naive(value: Any) -> Any:
    return None if value is None else _utc(value).replace(tzinfo=None)


def _utc_text(value: Any) -> Any:
    return None if value is None else _utc_naive(value).isoformat(" ", "microseconds")


class _FromText:
    """Reads a time that SQLite has as text.

    Attributes:
        inline: The same as an expression, for who writes functions of rows.
        by: What that calls.
    """

    inline = 'None if {v} is None else {by}({v} + "+00:00")'
    by = staticmethod(dt.datetime.fromisoformat)

    def __call__(self, value: Any) -> Any:
        return None if value is None else self.by(f"{value}+00:00")


_from_text: Final = _FromText()


def _from_time(value: Any) -> Any:
    if value is None or value.tzinfo is dt.UTC:
        return value
    if value.tzinfo is None:
        return value.replace(tzinfo=dt.UTC)
    return value.astimezone(dt.UTC)


class ScaledDecimal(TypeDecorator[decimal.Decimal]):
    """An exact decimal; on SQLite, which has none, a whole number of its last digit."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int = 18, scale: int = 2) -> None:
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return sa.BigInteger()
        return sa.Numeric(self.precision, self.scale)

    def bind_processor(self, dialect: Dialect) -> Any:
        scale = self.scale
        step = decimal.Decimal(1).scaleb(-scale)

        def rounded(value: Any) -> Any:
            if value is None:
                return None
            return EXACT.quantize(decimal.Decimal(str(value)), step)

        def scaled(value: Any) -> Any:
            if value is None:
                return None
            exact = value if type(value) is _Decimal else _Decimal(str(value))
            return int(EXACT.quantize(exact, step).scaleb(scale, EXACT))

        return scaled if dialect.name == "sqlite" else rounded

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        if dialect.name != "sqlite":
            return None
        scale = -self.scale

        def read(value: Any) -> Any:
            return None if value is None else _Decimal(value).scaleb(scale, EXACT)

        return read

    def __repr__(self) -> str:
        return f"ScaledDecimal({self.precision}, {self.scale})"


_Decimal: Final = decimal.Decimal


class Duration(TypeDecorator[dt.timedelta]):
    """A span of time; a number of microseconds where there is no type for it."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return postgresql.INTERVAL()
        return sa.BigInteger()

    def bind_processor(self, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return None
        return _microseconds

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        if dialect.name == "postgresql":
            return None
        return _from_microseconds

    def __repr__(self) -> str:
        return "Duration()"


def _microseconds(value: Any) -> Any:
    return None if value is None else value // _MICROSECOND


def _from_microseconds(value: Any) -> Any:
    return None if value is None else value * _MICROSECOND


class EnumValue(TypeDecorator[Any]):
    """A member of an enum, stored as its value.

    New members need no change of the table, as long as they fit in.
    """

    impl = sa.String
    cache_ok = True

    def __init__(self, cls: type[enum.Enum], length: int = 64) -> None:
        self.cls = cls
        self.length = length
        super().__init__(length)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        values = [each.value for each in self.cls]
        if all(isinstance(value, int) for value in values):
            return sa.BigInteger()
        return sa.String(max([self.length, *map(len, map(str, values))]))

    def bind_processor(self, dialect: Dialect) -> Any:
        cls = self.cls

        def written(value: Any) -> Any:
            if value is None:
                return None
            return value.value if isinstance(value, cls) else cls(value).value

        return written

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        cls = self.cls

        def read(value: Any) -> Any:
            return None if value is None else cls(value)

        return read

    def __repr__(self) -> str:
        # Not the class: revision files must be readable when it is gone.
        return f"String({self.length})"


class Data(TypeDecorator[Any]):
    """Data as JSON: a Struct, a dataclass, a list or a dict of such."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self, hint: Any = Any) -> None:
        super().__init__(none_as_null=True)
        self.hint = hint

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return postgresql.JSONB(none_as_null=True)
        return sa.JSON(none_as_null=True)

    def bind_processor(self, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            inner: Any = self.load_dialect_impl(dialect).dialect_impl(dialect)
            wrap = inner.bind_processor(dialect)

            def wrapped(value: Any) -> Any:
                return None if value is None else wrap(msgspec.to_builtins(value))

            return wrapped
        encode = msgspec.json.Encoder().encode

        def written(value: Any) -> Any:
            return None if value is None else encode(value).decode()

        return written

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        hint = self.hint
        decode = msgspec.json.Decoder(hint).decode

        def read(value: Any) -> Any:
            if value is None:
                return None
            if isinstance(value, (str, bytes)) and dialect.name != "postgresql":
                return decode(value)
            return msgspec.convert(value, hint)

        return read

    def __repr__(self) -> str:
        return "JSON()"


class GlobPattern(TypeDecorator[str]):
    """A pattern of LIKE as SQLite's GLOB has it."""

    impl = sa.String
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return as_glob


def as_glob(pattern: str) -> str:
    r"""Write a pattern of LIKE as one of GLOB.

    Example:
        >>> as_glob(r"50\%_*%")
        '50%?[*]*'
    """
    signs = iter(pattern)
    return "".join(_glob_sign(sign, signs) for sign in signs)


def _glob_sign(sign: str, rest: Iterator[str]) -> str:
    if sign == "\\":
        sign = next(rest, "\\")
    elif sign in _WILD:
        return _WILD[sign]
    return f"[{sign}]" if sign in "*?[" else sign


_WILD: Final = {"%": "*", "_": "?"}

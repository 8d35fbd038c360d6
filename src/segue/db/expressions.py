"""Expressions: what a query says about columns, without SQL and without values.

An expression is two things: its `key`, nested tuples of words and `Ref`s that say what
is asked, and its `values`, in the order in which the key has room for them.

    Book.year >= 1985        key ("ge", Ref(Book.year), VALUE)      values (1985,)

The key is the whole structure, so it finds the SQL that was made for it; a value is
never part of it, so nobody can fill memory with values.
"""

from collections.abc import Iterable
from typing import Any, Final

from segue.db.mistakes import QueryError, caller

__all__ = [
    "VALUE",
    "ColumnExpression",
    "Condition",
    "Expression",
    "Order",
    "Ref",
    "both",
    "condition",
    "key_of",
    "operand",
    "size_class",
]

VALUE: Final = "?"
"""The room of a value in a key."""

_TRUE: Final = ("and",)


class Ref:
    """A column, reached from a model through relations; itself and nothing else.

    Attributes:
        model: Where the way begins.
        path: The relations on the way.
        part: The field at its end.
    """

    __slots__ = ("model", "part", "path")

    def __init__(self, model: Any, path: tuple[Any, ...], part: Any) -> None:
        self.model = model
        self.path = path
        self.part = part

    def __repr__(self) -> str:
        names = [self.model.__name__, *(each.name for each in self.path)]
        return ".".join([*names, self.part.name])


class Expression:
    """Something that a row has a value of."""

    __slots__ = ("key", "values")

    def __init__(self, key: Any, values: tuple[Any, ...] = ()) -> None:
        self.key = key
        self.values = values

    # -- comparisons

    def __eq__(self, other: object) -> Any:
        return _compared("eq", self, other)

    def __ne__(self, other: object) -> Any:
        return _compared("ne", self, other)

    def __ge__(self, other: Any) -> "Condition":
        return _compared("ge", self, other)

    def __gt__(self, other: Any) -> "Condition":
        return _compared("gt", self, other)

    def __le__(self, other: Any) -> "Condition":
        return _compared("le", self, other)

    def __lt__(self, other: Any) -> "Condition":
        return _compared("lt", self, other)

    __hash__ = object.__hash__

    def between(self, low: Any, high: Any) -> "Condition":
        """It is not below the one and not above the other."""
        return _made("between", self, low, high)

    def in_(self, values: Any) -> "Condition":
        """It is one of these; None among them means that it may be null."""
        query = getattr(values, "__inner__", None)
        if query is not None:
            key, inside = query()
            return Condition(("in query", self.key, key), (*self.values, *inside))
        found = list(values)
        some = [each for each in found if each is not None]
        room = size_class(len(some))
        # Filled up with the last, so that lists of many lengths are one statement.
        filled = (*some, *some[-1:] * (room - len(some)))
        chosen = Condition(("in", self.key, room), (*self.values, *filled))
        return chosen if len(some) == len(found) else chosen | self.is_null()

    def not_in(self, values: Any) -> "Condition":
        """It is none of these."""
        return ~self.in_(values)

    def is_null(self) -> "Condition":
        """It has no value."""
        return Condition(("null", self.key), self.values)

    def is_not_null(self) -> "Condition":
        """It has a value."""
        return Condition(("not null", self.key), self.values)

    # -- texts

    def like(self, pattern: str, *, ignore_case: bool = False) -> "Condition":
        """It fits a pattern in which `%` is any text and `_` any sign.

        A backslash before them means the signs themselves.
        """
        return _made("ilike" if ignore_case else "like", self, pattern)

    def startswith(self, text: Any) -> "Condition":
        """It begins with this text."""
        return _made("like", self, f"{_escaped(text)}%")

    def endswith(self, text: Any) -> "Condition":
        """It ends with this text."""
        return _made("like", self, f"%{_escaped(text)}")

    def contains(self, text: Any, *, ignore_case: bool = False) -> "Condition":
        """It has this text in it."""
        pattern = f"%{_escaped(text)}%"
        return _made("ilike" if ignore_case else "like", self, pattern)

    def lower(self) -> "Expression":
        """It in small letters."""
        return Expression(("fn", "lower", self.key), self.values)

    def upper(self) -> "Expression":
        """It in capitals."""
        return Expression(("fn", "upper", self.key), self.values)

    # -- numbers

    def __add__(self, other: Any) -> "Expression":
        return _combined("+", self, other)

    def __radd__(self, other: Any) -> "Expression":
        return _combined("+", other, self)

    def __sub__(self, other: Any) -> "Expression":
        return _combined("-", self, other)

    def __rsub__(self, other: Any) -> "Expression":
        return _combined("-", other, self)

    def __mul__(self, other: Any) -> "Expression":
        return _combined("*", self, other)

    def __rmul__(self, other: Any) -> "Expression":
        return _combined("*", other, self)

    def __truediv__(self, other: Any) -> "Expression":
        return _combined("/", self, other)

    def __rtruediv__(self, other: Any) -> "Expression":
        return _combined("/", other, self)

    def __mod__(self, other: Any) -> "Expression":
        return _combined("%", self, other)

    def __neg__(self) -> "Order":
        """From the greatest to the least, in `order_by`."""
        return Order(self, descending=True)

    def desc(self) -> "Order":
        """From the greatest to the least, in `order_by`."""
        return Order(self, descending=True)

    def asc(self) -> "Order":
        """From the least to the greatest, in `order_by`."""
        return Order(self)

    def __bool__(self) -> bool:
        raise QueryError(
            "SG-DB-030",
            "A condition of a query is used as if it were true or false.",
            why="What it is, only the database knows, for each row. `and`, `or`, "
            "`not`, `if` and `1 < x < 3` ask at once.",
            fix="Write & for and, | for or, ~ for not, each side in parentheses: "
            "(Book.year > 3) & (Book.price < 5).",
            where=[caller()],
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key!r} {self.values!r}>"


class Condition(Expression):
    """Something that holds for a row, or does not."""

    __slots__ = ()

    def __and__(self, other: Any) -> "Condition":
        return both("and", self, condition(other))

    def __rand__(self, other: Any) -> "Condition":
        return both("and", condition(other), self)

    def __or__(self, other: Any) -> "Condition":
        return both("or", self, condition(other))

    def __ror__(self, other: Any) -> "Condition":
        return both("or", condition(other), self)

    def __invert__(self) -> "Condition":
        return Condition(("not", self.key), self.values)


class ColumnExpression(Expression):
    """A column; what is compared most, so its keys are ready."""

    __slots__ = ("_keys",)

    def __init__(self, ref: Ref) -> None:
        self.key = ref
        self.values = ()
        self._keys = {name: (name, ref, VALUE) for name in _COMPARISONS}

    def __eq__(self, other: object) -> Any:
        if other is None or isinstance(other, Expression):
            return _compared("eq", self, other)
        return Condition(self._keys["eq"], (other,))

    def __ge__(self, other: Any) -> Condition:
        if other is None or isinstance(other, Expression):
            return _compared("ge", self, other)
        return Condition(self._keys["ge"], (other,))

    __hash__ = object.__hash__


_COMPARISONS: Final = ("eq", "ne", "ge", "gt", "le", "lt")


class Order:
    """A column or expression to sort by; nulls come last, whichever way."""

    __slots__ = ("key", "values")

    def __init__(self, by: Expression, *, descending: bool = False) -> None:
        self.key = ("desc" if descending else "asc", by.key)
        self.values = by.values

    def __neg__(self) -> "Order":
        order = Order.__new__(Order)
        order.key = ("asc" if self.key[0] == "desc" else "desc", self.key[1])
        order.values = self.values
        return order

    def backwards(self) -> "Order":
        """The same order read from its end: nulls come first."""
        order = -self
        order.key = (f"{order.key[0]} back", order.key[1])
        return order


def condition(value: Any) -> Condition:
    """Take a condition; `True` and `False` are conditions as well.

    Raises:
        QueryError: It is something else: a column, a number.
    """
    if isinstance(value, Condition):
        return value
    if value is True or value is False:
        always = Condition(_TRUE)
        return always if value else ~always
    if isinstance(value, Expression):
        return _compared("eq", value, True)
    raise QueryError(
        "SG-DB-031",
        f"{value!r} is no condition.",
        why="A query asks for the rows for which its conditions hold.",
        fix="Compare a field of the model: Book.where(Book.title == title).",
        where=[caller()],
    )


def both(word: str, one: Condition, other: Condition) -> Condition:
    """Join two conditions."""
    return Condition((word, one.key, other.key), (*one.values, *other.values))


def key_of(value: Any) -> tuple[Any, tuple[Any, ...]]:
    """Take an operand apart: the key and the values."""
    if isinstance(value, Expression):
        return value.key, value.values
    operand = getattr(value, "__operand__", None)
    if operand is not None:
        found: Expression = operand()
        return found.key, found.values
    return VALUE, (value,)


def operand(value: Any) -> Any:
    """Take something that is sorted, grouped or chosen by; a relation is its key."""
    if isinstance(value, (Expression, Order)):
        return value
    made = getattr(value, "__operand__", None)
    if made is not None:
        return made()
    raise QueryError(
        "SG-DB-036",
        f"{value!r} is nothing that a row has.",
        why="Rows are sorted, grouped and chosen by columns and what is computed of "
        "them.",
        fix="Name a field of the model: .order_by(desc(Book.published), Book.title).",
        where=[caller()],
    )


def size_class(count: int) -> int:
    """Find for how many values a list has room: a power of two.

    Example:
        >>> [size_class(n) for n in (0, 1, 3, 5, 64)]
        [0, 1, 4, 8, 64]
    """
    return 0 if count == 0 else 1 << (count - 1).bit_length()


def _compared(word: str, left: Expression, right: Any) -> Condition:
    if right is None:
        if word == "eq":
            return left.is_null()
        if word == "ne":
            return left.is_not_null()
        raise QueryError(
            "SG-DB-032",
            f"An expression is compared with None by {word!r}.",
            why="Nothing is greater or less than null, so no row would be found.",
            fix="Write == None or != None, or leave the condition out.",
            where=[caller()],
        )
    key, values = key_of(right)
    return Condition((word, left.key, key), (*left.values, *values))


def _made(word: str, *operands: Any) -> Condition:
    keys, values = _operands(operands)
    return Condition((word, *keys), values)


def _combined(sign: str, left: Any, right: Any) -> Expression:
    keys, values = _operands((left, right))
    return Expression(("op", sign, *keys), values)


def _operands(
    operands: Iterable[Any],
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    keys: list[Any] = []
    values: list[Any] = []
    for each in operands:
        key, own = key_of(each)
        keys.append(key)
        values += own
    return tuple(keys), tuple(values)


def _escaped(text: Any) -> str:
    r"""Make a text stand for itself in a pattern.

    Example:
        >>> _escaped("50%")
        '50\\%'
    """
    plain = str(text).replace("\\", "\\\\")
    return plain.replace("%", "\\%").replace("_", "\\_")

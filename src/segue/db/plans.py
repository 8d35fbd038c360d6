"""Plans: statements that were compiled once, and where they are kept.

SQLAlchemy Core makes the text, the order of the parameters and what turns values into
those of the driver and back. It does so for each structure of a query once.
"""

import itertools
import re
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from segue.db.command import Command

__all__ = ["Plan", "Plans", "result_processors"]

_MOST: Final = 1_000
_NUMERIC: Final = 1700
_DOUBLE: Final = 701


class Plan:
    """One statement, compiled.

    Attributes:
        sql: The text.
        bind: Makes the driver's values of the query's.
        hydrate: Makes objects of the driver's rows.
        statement: As SQLAlchemy Core has it.
        names: Of its parameters, in the order of the query's values.
        writes: It changes something.
        locks: It locks rows.
        rows: It brings rows.
        plain: The driver takes the values as they are, in their order.
        make: Makes an object of a row, where no value needs a processor.
        texts: Of an INSERT: for several rows, by their number.
    """

    __slots__ = (
        "bind",
        "by_core",
        "hydrate",
        "locks",
        "make",
        "names",
        "plain",
        "rows",
        "sql",
        "statement",
        "texts",
        "writes",
    )

    def __init__(
        self,
        statement: Any,
        names: Sequence[str],
        dialect: Any,
        hydrate: Callable[[Any], Any],
        *,
        writes: bool = False,
        locks: bool = False,
        rows: bool = True,
    ) -> None:
        options = {"render_postcompile": True}
        compiled = statement.compile(dialect=dialect, compile_kwargs=options)
        self.sql: str = compiled.string
        self.statement = statement
        self.names = tuple(names)
        self.bind, plain = _binder(compiled, names, dialect)
        self.hydrate = hydrate
        self.writes = writes
        self.locks = locks
        self.rows = rows
        # Where parameters have names, SQLAlchemy's own connection binds them.
        self.by_core = not compiled.positional
        self.plain = plain and not self.by_core
        self.texts: dict[int, str] = {}
        # Only where the driver takes a key as it is.
        self.make: Any = None

    def command(self, values: Sequence[Any]) -> Command:
        """Make the command of some values."""
        if self.by_core:
            named = dict(zip(self.names, values, strict=True))
            core = (self.statement, named)
            return Command(
                self.sql, (), self.writes, self.locks, self.rows, False, core
            )
        return Command(self.sql, self.bind(values), self.writes, self.locks, self.rows)

    def many(self, several: Sequence[Sequence[Any]]) -> Command:
        """Make the command that runs once for each of several."""
        core = None
        if self.by_core:
            named = [dict(zip(self.names, each, strict=True)) for each in several]
            core = (self.statement, named)
        bound = [self.bind(each) for each in several]
        return Command(self.sql, bound, self.writes, self.locks, False, True, core)

    def inserting(self, several: Sequence[Sequence[Any]]) -> Command:
        """Make the command of an INSERT for several rows at once."""
        count = len(several)
        sql = self.texts.get(count)
        if sql is None:
            sql = self.texts[count] = _repeated(self.sql, count)
        bound = several if self.plain else map(self.bind, several)
        values = tuple(itertools.chain.from_iterable(bound))
        return Command(sql, values, self.writes, self.locks, self.rows)


class Plans:
    """The plans of a dialect; bounded, since requests choose filters and orders.

    Attributes:
        find: Finds a plan by its key.
        gets: Those that get an object by its key: one for each model.
        scopes: What every query of a model must hold, where there is something.
        ways: How relations are loaded, by the paths that name them.
    """

    def __init__(self, dialect: Any, most: int = _MOST) -> None:
        self.dialect = dialect
        self._most = most
        self._kept: dict[Any, Plan] = {}
        self._lock = threading.Lock()
        self.find = self._kept.get
        self.gets: dict[Any, Plan] = {}
        self.scopes: dict[Any, Any] = {}
        self.ways: dict[tuple[int, ...], Any] = {}

    def keep(self, key: Any, plan: Plan) -> Plan:
        """Keep a plan; the oldest makes room."""
        with self._lock:
            while len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = plan
        return plan

    def __len__(self) -> int:
        return len(self._kept)


def result_processors(columns: Sequence[Any], dialect: Any) -> list[Any]:
    """List what turns the driver's values of columns into Python's; None: nothing."""
    if not dialect.positional:
        return [None for _ in columns]
    return [_result_processor(column.type, dialect) for column in columns]


def _result_processor(of_type: Any, dialect: Any) -> Any:
    known = of_type.dialect_impl(dialect)
    coltype: Any = None
    if dialect.name == "postgresql":
        # What the server calls the type of a number; other types do not look.
        coltype = _DOUBLE if isinstance(of_type, sa.Float) else _NUMERIC
    return known.result_processor(dialect, coltype)


def _binder(
    compiled: Any, names: Sequence[str], dialect: Any
) -> tuple[Callable[[Sequence[Any]], tuple[Any, ...]], bool]:
    """Write what puts values in the order of the text, each as the driver has it.

    Returns:
        The function, and whether it leaves them as they are.
    """
    places = {name: number for number, name in enumerate(names)}
    # What a condition that never holds stands beside has no place in the text.
    order = list(compiled.positiontup if compiled.positional else names)
    space: dict[str, Any] = {"tuple": tuple}
    items: list[str] = []
    for number, name in enumerate(order):
        bound = compiled.binds[name]
        process = bound.type.dialect_impl(dialect).bind_processor(dialect)
        if name in places:
            item = f"v[{places[name]}]"
        else:
            # SQLAlchemy's own: the OFFSET 0 of SQLite.
            space[f"c{number}"] = bound.effective_value
            item = f"c{number}"
        if process is not None:
            space[f"f{number}"] = process
            item = f"f{number}({item})"
        items.append(item)
    plain = [f"v[{number}]" for number in range(len(names))]
    is_plain = items == plain
    body = "tuple(v)" if is_plain else f"({''.join(f'{i}, ' for i in items)})"
    made: Callable[[Sequence[Any]], tuple[Any, ...]] = eval(f"lambda v: {body}", space)  # noqa: S307 - made of numbers
    return made, is_plain


_VALUES: Final = re.compile(r"(?<= VALUES )\(.*\)(?= RETURNING |$)", re.DOTALL)


def _repeated(sql: str, count: int) -> str:
    """Write an INSERT of one row as one of several.

    Example:
        >>> _repeated("INSERT INTO t (a) VALUES (?) RETURNING id", 3)
        'INSERT INTO t (a) VALUES (?), (?), (?) RETURNING id'
    """
    return _VALUES.sub(lambda found: ", ".join([found.group()] * count), sql)

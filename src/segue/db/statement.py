"""Statements that were written with SQLAlchemy Core: what the query language stops at.

    table = Book.__table__
    ranked = select(table).where(func.length(table.c.title) > 5)
    db.select(ranked, into=Book)

What comes back is what queries give: objects of a model, a Struct of one's own, or
small records with the names of the columns.
"""

from collections.abc import Callable, Sequence
from typing import Any

from segue.db.command import Command, Steps
from segue.db.description import Description
from segue.db.hydrate import Node, hydrator
from segue.db.mistakes import QueryError, caller
from segue.db.plans import Plans, result_processors
from segue.db.selects import maker, record
from segue.db.tables import column_name

__all__ = ["explain", "select", "sql"]


def select(plans: Plans, statement: Any, into: Any = None) -> Steps[list[Any]]:
    """Read the rows of a statement.

    Args:
        plans: The plans of the dialect.
        statement: A `select()` of SQLAlchemy Core.
        into: A model, whose columns are among those selected, or a Struct, whose
            fields have the names of the columns.

    Raises:
        QueryError: A column is missing that `into` needs.
    """
    columns = list(statement.selected_columns)
    make = _make([str(column.key) for column in columns], into)
    processors = result_processors(columns, plans.dialect)
    result = yield _command(plans, statement)
    found: list[Any] = hydrator(Node(make, processors))(result.rows)
    return found


def sql(plans: Plans, query: Any) -> tuple[str, tuple[Any, ...]]:
    """Give the text of a query and what is bound in it, for reading."""
    from segue.db.reads import planned  # noqa: PLC0415 - rarely needed

    plan, values = planned(plans, query)
    return plan.sql, tuple(plan.bind(values))


def explain(plans: Plans, query: Any) -> Steps[str]:
    """Ask the database how it would answer a query."""
    text, values = sql(plans, query)
    words = "EXPLAIN QUERY PLAN" if plans.dialect.name == "sqlite" else "EXPLAIN"
    result = yield Command(f"{words} {text}", values)
    # SQLite tells in the last column, the others in one or in a table.
    lines = (row[-1:] if words != "EXPLAIN" else row for row in result.rows)
    return "\n".join(" ".join(map(str, line)) for line in lines)


def _command(plans: Plans, statement: Any) -> Command:
    compiled = statement.compile(dialect=plans.dialect)
    if not compiled.positional:
        return Command(str(compiled), (), statement=statement)
    # Lists have found their length.
    state = compiled.construct_expanded_state()
    values: list[Any] = []
    for name in state.positiontup:
        process = state.processors.get(name)
        if process is None and name in compiled.binds:
            known = compiled.binds[name].type.dialect_impl(plans.dialect)
            process = known.bind_processor(plans.dialect)
        value = state.parameters[name]
        values.append(value if process is None else process(value))
    locks = getattr(statement, "_for_update_arg", None) is not None
    return Command(state.statement, tuple(values), locks=locks)


def _make(names: Sequence[str], into: Any) -> Callable[..., Any]:
    if into is None:
        small: Callable[..., Any] = record([*names])
        return small
    told: Description | None = getattr(into, "__model__", None)
    wanted = into.__struct_fields__ if told is None else _columns(told)
    missing = [name for name in wanted if name not in names]
    if missing:
        raise QueryError(
            "SG-DB-050",
            f"A statement into {into.__name__} selects no {', '.join(missing)}.",
            why="The objects could not be made without.",
            fix=f"Select all of it: select({into.__name__}.__table__), or label a "
            "column with the name that is missing.",
            where=[caller()],
        )
    places = [names.index(name) for name in wanted]
    make = maker(into, [*wanted]) if told is None else told.make

    def made(*values: Any) -> Any:
        return make(*[values[place] for place in places])

    return made


def _columns(told: Description) -> list[str]:
    return [column_name(part) for part in told.stored]

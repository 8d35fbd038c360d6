# ruff: noqa: SLF001 - this file is where such things are
"""What Segue uses of SQLAlchemy and Alembic that has no public name.

Each function says what would be used instead if there were one. All of it is covered
by the tests, which are how a new release that changes something is noticed.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import EMPTY_DICT

__all__ = [
    "bases",
    "cache_key",
    "copied",
    "execute",
    "family",
    "has_options",
    "installed",
    "is_of_type",
    "pending_columns",
    "replace_execute",
    "share_module",
    "variants",
    "version_table",
    "without_variants",
]


def execute(context: Any, construct: Any) -> Any:
    """Run a statement or write it as SQL: `execute` of a context takes no result."""
    return context.impl._exec(construct)


def replace_execute(context: Any, function: Any) -> Any:
    """Put a function in the way of all statements of a context; gives the old one."""
    former = context.impl._exec
    context.impl._exec = function
    return former


def version_table(context: Any) -> sa.Table:
    """Get the table in which Alembic keeps the revisions."""
    table: sa.Table = context._version
    return table


def bases(script: Any) -> tuple[str, ...]:
    """List the revisions that one builds upon, `depends_on` among them."""
    return tuple(script._all_down_revisions)


def share_module(made: Any, of: Any) -> None:
    """Let `alembic.op` stand for a subclass of `Operations` too."""
    of._setups[made] = of._setups[of]


@contextmanager
def installed(operations: Any) -> Generator[None]:
    """Be what `alembic.op` means for a while; `Operations.context` makes its own."""
    operations._install_proxy()
    try:
        yield
    finally:
        operations._remove_proxy()


def variants(made: Any) -> Mapping[str, Any]:
    """Get what a type is for other dialects, from `with_variant`."""
    found: Mapping[str, Any] = made._variant_mapping
    return found


def without_variants(made: Any) -> Any:
    """Copy a type without them."""
    copied_type = made.copy()
    copied_type._variant_mapping = EMPTY_DICT
    return copied_type


def family(made: Any) -> Any:
    """Get the class that stands for a kind of types: `Integer` for `SmallInteger`."""
    return made._type_affinity


def cache_key(made: Any) -> Any:
    """Get the key by which SQLAlchemy knows two types to be the same."""
    return made._static_cache_key


def copied(column: Any) -> sa.Column[Any]:
    """Copy a column that belongs to a table."""
    made: sa.Column[Any] = column._copy()
    return made


def pending_columns(constraint: Any) -> list[Any]:
    """Get the columns of a constraint that has no table yet."""
    return [column for column in constraint._pending_colargs if column is not None]


def has_options(made: Any) -> bool:
    """Whether a thing was given arguments of a dialect; to list them takes long."""
    return "dialect_options" in vars(made)


def is_of_type(constraint: Any) -> bool:
    """Whether a check comes from the type of a column."""
    return bool(getattr(constraint, "_type_bound", False))

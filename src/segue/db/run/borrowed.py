"""SQLAlchemy's Connection around a connection of ours.

It may do everything but end the transaction, which belongs to `transaction()`.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from segue.core.errors import WalkError

__all__ = ["borrowed"]


class _Borrowed:
    """A driver's connection that cannot be closed, committed or rolled back.

    Attributes:
        returning: It is being given back, where SQLAlchemy tidies up as it always does.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.returning = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def close(self) -> None:
        """Leave it open."""

    def commit(self) -> None:
        """Refuse."""
        self._refuse("commit")

    def rollback(self) -> None:
        """Refuse."""
        self._refuse("rollback")

    def _refuse(self, what: str) -> None:
        if not self.returning:
            raise WalkError(
                "SG-DB-133",
                f"{what}() was called on the connection of db.sa().",
                why="It would end the transaction of everything around it.",
                fix="Leave the `with` block, which commits; raise an error to roll "
                "back. A part of it is connection.begin_nested().",
            )


@contextmanager
def borrowed(dialect: Any, raw: Any) -> Generator[Any]:
    """Give SQLAlchemy's Connection around one of the driver's.

    Args:
        dialect: The dialect; its class is used anew, since a connection settles it.
        raw: The driver's connection, inside a transaction.
    """
    # Imported here: with the first table or connection it is there in any case.
    import sqlalchemy  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    lent = _Borrowed(raw)
    engine = sqlalchemy.create_engine(
        f"{dialect.name}+{dialect.driver}://",
        creator=lambda: lent,
        poolclass=NullPool,
        **_options(dialect),
    )
    connection = engine.connect()
    try:
        with connection.begin():
            lent.returning = False
            try:
                yield connection
            finally:
                lent.returning = True
    finally:
        connection.close()
        engine.dispose()


def _options(dialect: Any) -> dict[str, Any]:
    # Looking for hstore wants a connection of psycopg's own class.
    return {"use_native_hstore": False} if dialect.driver == "psycopg" else {}

"""A test's database: whatever a test writes is undone at its end.

    from segue.db.testing import rolled_back

    @pytest.fixture
    def db(app):
        with rolled_back(app) as db:
            yield db

    def test_a_book_is_added(db, client):
        client.post("/books", json={"title": "Dune"})

        assert db.count(Book) == 1

Everything runs inside one transaction on one connection, that of the test and those of
the requests it sends: what was a transaction is a savepoint, so it is still kept or
undone as a whole, and what is called on its commit is called.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from segue.db.database import Database
from segue.db.session import Db

__all__ = ["rolled_back"]


@contextmanager
def rolled_back(target: Any) -> Generator[Db[Any], None, None]:
    """Undo at the end of the block whatever is written inside it.

    Args:
        target: The app, or one of its databases.

    Yields:
        A `Db` inside the transaction. Requests of a client, sync or async, see what it
        wrote, and it what they wrote.
    """
    database = _database(target)
    with database.pinned() as db:
        yield db


def _database(target: Any) -> Database:
    if isinstance(target, Database):
        return target
    found: Database = target.extensions[Database]
    return found

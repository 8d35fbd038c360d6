"""A test's database: apart from the real one, and empty again after each test.

    from segue.db.testing import rolled_back, separate_databases

    @pytest.fixture(scope="session")
    def app():
        with separate_databases(shop.app):
            yield shop.app

    @pytest.fixture
    def db(app):
        with rolled_back(app) as db:
            yield db

    def test_a_book_is_added(db, client):
        client.post("/books", json={"title": "Dune"})

        assert db.count(Book) == 1

The pytest plugin has these fixtures already. Everything runs inside one transaction on
one connection, that of the test and those of the requests it sends: what was a
transaction is a savepoint, so it is still kept or undone as a whole, and what is called
on its commit is called.
"""

import os
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from segue.db.database import Database
from segue.db.session import Db
from segue.db.tools.held import held_databases
from segue.db.tools.renewing import make_tables
from segue.db.tools.starting import has_migrations

__all__ = ["rolled_back", "separate_databases"]


@contextmanager
def rolled_back(target: Any) -> Generator[Db[Any], None, None]:
    """Undo at the end of the block whatever is written inside it.

    Args:
        target: The app, or one of its databases.

    Yields:
        A `Db` inside the transaction, of the app's first database. Requests of a
        client, sync or async, see what it wrote, and it what they wrote.
    """
    with ExitStack() as stack:
        pinned = [stack.enter_context(each.pinned()) for each in _databases(target)]
        yield pinned[0]


@contextmanager
def separate_databases(app: Any) -> Generator[None, None, None]:
    """Give an app other databases inside the block, with its tables and empty.

    They are made by its migrations, or from its models if it has none: a file of
    SQLite in a temporary folder, on a server a database beside the real one, called
    `shop_test`. Each process of pytest-xdist has its own.

    Args:
        app: The app; it must not be running.
    """
    with ExitStack() as stack:
        for database in _databases(app):
            models = getattr(database.root, "__registry__", None)
            if has_migrations(database.migrations) or (models and models.models):
                url = stack.enter_context(_empty_database(database.address))
                stack.enter_context(database.moved(url))
                make_tables(database)
        yield


def _databases(target: Any) -> list[Any]:
    if isinstance(target, Database):
        return [target]
    return list(held_databases(target))


@contextmanager
def _empty_database(address: Any) -> Generator[str, None, None]:
    if address.kind == "sqlite":
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield f"sqlite:///{Path(folder, 'test.db')}"
        return
    # An app on SQLite has no use for it.
    import sqlalchemy  # noqa: PLC0415

    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = "_".join(filter(None, (address.url.database, "test", worker)))
    postgres = address.kind == "postgresql"
    engine = sqlalchemy.create_engine(
        address.url.set(database="postgres" if postgres else "information_schema"),
        isolation_level="AUTOCOMMIT",
        poolclass=sqlalchemy.NullPool,
    )
    quoted = engine.dialect.identifier_preparer.quote_identifier(name)
    drop = f"DROP DATABASE IF EXISTS {quoted}{' WITH (FORCE)' if postgres else ''}"
    with engine.connect() as connection:
        connection.exec_driver_sql(drop)  # of a run that was killed
        connection.exec_driver_sql(f"CREATE DATABASE {quoted}")
    try:
        url = address.url.set(database=name)
        yield _spelled(url, address.options)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(drop)


def _spelled(url: Any, options: Any) -> str:
    told: str = url.update_query_dict(options).render_as_string(hide_password=False)
    return told

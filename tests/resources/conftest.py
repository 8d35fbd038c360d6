"""What the tests of resources have in common."""

import pytest

from segue.db.database import Database
from tests.db.conftest import servers
from tests.resources.library import Library

__all__ = ["servers"]  # a fixture


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def protocol(request):
    """Name a protocol to serve over."""
    return request.param


@pytest.fixture(scope="module")
def opened(servers, tmp_path_factory):
    """Opens the library on a database: its tables, and nothing in them."""
    made = {}

    def open_library(kind):
        if kind not in made:
            url = f"sqlite:///{tmp_path_factory.mktemp('library') / 'test.db'}"
            if kind != "sqlite":
                url = servers(kind)
            made[kind] = database = Database(url, models=Library)
            with database.db().sa() as connection:
                Library.metadata.drop_all(connection)
                Library.metadata.create_all(connection)
        return made[kind]

    yield open_library
    for each in made.values():
        with each.db().sa() as connection:
            Library.metadata.drop_all(connection)
        each.close()

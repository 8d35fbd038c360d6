"""Every test of the walk runs over all three protocols, sync and async."""

from collections.abc import Iterator

import pytest

from segue import App
from segue.testing import Client


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["def", "async def"])
def colour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def client(app: App, protocol: str) -> Iterator[Client]:
    # Not entered: that would start the app before the test has declared anything.
    client = Client(app, protocol=protocol, raise_server_exceptions=False)
    yield client
    client.close()
    app.stop()

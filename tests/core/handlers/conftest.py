"""One app of one route, asked through each of the three protocols."""

import pytest

from segue import App
from segue.testing import Client


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def protocol(request):
    return request.param


@pytest.fixture
def ask(protocol):
    """Serve a handler, send it one request, give its answer."""

    def ask(handler, target="/", *, path="/", method="GET", options=None, **sent):
        app = App()
        app.add(path, handler, methods=[method], **(options or {}))
        client = Client(app, protocol=protocol)
        with client:
            return client.request(method, target, **sent)

    return ask

"""The protocol of an app is found without calling it."""

from functools import partial

import pytest

from segue.testing import Client, ClientError
from segue.testing.drivers import choose_protocol


def wsgi(environ, start_response):
    """Take two arguments."""


async def asgi(scope, receive, send):
    """Take three."""


async def rsgi(scope, protocol):
    """Take two, async."""


class Asgi:
    async def __call__(self, scope, receive, send):
        """Take three."""


class Rsgi:
    async def __call__(self, scope, protocol):
        """Take two, async."""


class Named:
    def __rsgi__(self, scope, protocol):
        """Say it by name."""


class Segue:
    def __init__(self, line):
        self.line = line

    def needs_asgi(self):
        return self.line

    __call__ = __rsgi__ = None


def extra(setting, environ, start_response, *, key=None, more=1):
    """Take two more after a partial."""


@pytest.mark.parametrize(
    ("app", "protocol"),
    [
        (wsgi, "wsgi"),
        (asgi, "asgi"),
        (rsgi, "rsgi"),
        (Asgi(), "asgi"),
        (Rsgi(), "rsgi"),
        (Named(), "rsgi"),
        (partial(extra, 1), "wsgi"),
        (Segue(None), "wsgi"),
        (Segue("app.py:3 home is async"), "asgi"),
    ],
)
def test_the_protocol_follows_from_the_app(app, protocol):
    assert choose_protocol(app, "auto") == protocol


def test_a_protocol_that_is_named_is_taken():
    assert choose_protocol(wsgi, "rsgi") == "rsgi"


@pytest.mark.parametrize(
    ("app", "protocol", "words"),
    [
        (wsgi, "asig", "no protocol 'asig'. Did you mean 'asgi'?"),
        (object(), "auto", "is no application"),
        (lambda one: None, "auto", "takes 1 arguments"),
    ],
)
def test_what_is_unclear_is_an_error(app, protocol, words):
    with pytest.raises(ClientError, match="SG-TEST-001") as caught:
        _ = Client(app, protocol=protocol).protocol

    assert words in str(caught.value)

"""Which protocol an app is served by."""

import pytest

from segue.cli.inspection import Inspection
from segue.cli.interface import choose
from segue.core.errors import CommandError

pytestmark = pytest.mark.feature("M-214")

SYNC = Inspection()
ASYNC = Inspection(needs_asgi="shop/views.py:31 chat is async")
LIVE = Inspection(needs_asgi="a.py:1 chat is a WebSocket", websockets="a.py:1 chat")
STREAM = Inspection(streams=True)
WSGI = Inspection(is_segue=False)
ASGI = Inspection(is_segue=False, needs_asgi="it is an ASGI application")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (SYNC, "WSGI, because every handler is a plain function"),
        (ASYNC, "ASGI, because shop/views.py:31 chat is async"),
        (STREAM, "WSGI, because every handler is a plain function"),
        (WSGI, "WSGI, because it is a WSGI application"),
        (ASGI, "ASGI, because it is an ASGI application"),
    ],
)
def test_the_protocol_follows_from_the_app(found, said):
    assert str(choose(found, None)) == said


@pytest.mark.parametrize(
    ("found", "asked"),
    [
        (SYNC, "wsgi"),
        (SYNC, "asgi"),
        (SYNC, "rsgi"),
        (ASYNC, "wsgi"),
        (ASYNC, "rsgi"),
        (LIVE, "rsgi"),
        (STREAM, "asgi"),
        (WSGI, "wsgi"),
        (ASGI, "asgi"),
    ],
)
def test_a_protocol_that_fits_may_be_asked_for(found, asked):
    choice = choose(found, asked)

    assert choice.interface == asked
    assert choice.reason == "it was asked for"


@pytest.mark.parametrize(
    ("found", "asked", "code"),
    [
        (STREAM, "rsgi", "SG-RUN-002"),
        (WSGI, "rsgi", "SG-RUN-003"),
        (WSGI, "asgi", "SG-RUN-003"),
        (ASGI, "wsgi", "SG-RUN-003"),
        (LIVE, "wsgi", "SG-RUN-007"),
    ],
)
def test_a_protocol_that_does_not_fit_is_refused(found, asked, code):
    with pytest.raises(CommandError) as caught:
        choose(found, asked)

    assert caught.value.problem.code == code

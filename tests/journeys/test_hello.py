"""Five lines are a whole app, and stay one whoever serves it."""

import pytest

from segue.testing import Client

HELLO = """\
from segue import App
app = App()
@app.get("/")
def home():
    return "Hello, World!"
"""


@pytest.fixture
def app():
    namespace = {"__name__": "hello"}
    exec(HELLO, namespace)
    return namespace["app"]


@pytest.mark.feature("M-002")
@pytest.mark.parametrize("protocol", ["wsgi", "asgi", "rsgi"])
def test_five_lines_say_hello_on_every_protocol(app, protocol):
    with Client(app, protocol=protocol) as client:
        answer = client.get("/")

    assert len(HELLO.splitlines()) == 5
    assert (answer.status, answer.text) == (200, "Hello, World!")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-length"] == "13"

"""What a server must know of an app, asked in a process of its own."""

import sys

import pytest

from segue.app import App
from segue.cli.inspection import Inspection, inspect_apart, inspect_app
from segue.cli.place import find_place
from segue.cli.target import Target


@pytest.mark.feature("M-214")
def test_an_app_of_plain_functions_needs_nothing():
    app = App()

    @app.get("/")
    def home():
        return ""

    assert inspect_app(app) == Inspection()


@pytest.mark.feature("M-214")
def test_the_first_async_handler_and_the_first_socket_are_found():
    app = App()

    @app.get("/")
    def home():
        return ""

    @app.get("/async")
    async def later():
        return ""

    @app.websocket("/live")
    async def live(socket): ...

    found = inspect_app(app)

    assert "later" in found.needs_asgi
    assert "live" in found.websockets
    assert not found.streams


def test_a_stream_is_found():
    app = App()

    @app.get("/")
    def rows():
        yield "x"

    assert inspect_app(app).streams


def _wsgi(environ, start_response): ...


async def _asgi(scope, receive, send): ...


def _asgi_by_arguments(scope, receive, send, extra=None, *rest): ...


class _AsgiObject:
    async def __call__(self, scope, receive, send): ...


class _WsgiObject:
    def __call__(self, environ, start_response): ...


@pytest.mark.parametrize(
    ("app", "is_asgi"),
    [
        (_wsgi, False),
        (_WsgiObject(), False),
        (_WsgiObject().__call__, False),
        (_asgi, True),
        (_asgi_by_arguments, True),
        (_AsgiObject(), True),
        (_AsgiObject().__call__, True),
        (dict.get, False),
        (type, False),
    ],
)
def test_other_applications_are_told_apart(app, is_asgi):
    found = inspect_app(app)

    assert not found.is_segue
    assert (found.needs_asgi is not None) == is_asgi


@pytest.mark.feature("M-214")
def test_an_app_is_inspected_without_being_imported_here(project, capfd):
    project.write(
        "app.py",
        """
        print("imported")
        from segue.app import App
        app = App()
        @app.get("/")
        async def home():
            return ""
        """,
    )

    found = inspect_apart(Target(find_place(project.folder)))

    assert "home" in found.needs_asgi
    assert "app" not in sys.modules
    assert capfd.readouterr().out == ""


@pytest.mark.feature("M-214")
def test_an_app_that_cannot_start_ends_the_command(project, capsys):
    project.write(
        "app.py",
        """
        from segue.app import App
        app = App()
        @app.get("/")
        def one(): ...
        @app.get("/")
        def two(): ...
        """,
    )

    with pytest.raises(SystemExit) as caught:
        inspect_apart(Target(find_place(project.folder)))

    assert caught.value.code == 1
    assert capsys.readouterr().err.startswith("SG-ROUTE-003")

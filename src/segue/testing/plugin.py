"""The pytest plugin: `app`, `client`, `async_client`, `live_server`, `db`, `make`.

It comes with Segue and costs a run that does not use it nothing: what the fixtures
need is imported inside them. A project's own fixture of the same name goes first.

An app with databases has others in its tests: empty ones, with its tables. Whatever a
test writes with `db`, `client` or `async_client` is undone at its end.

    [tool.pytest.ini_options]
    segue_app = "shop:app"          # else app.py or main.py beside the configuration
    segue_server = "uvicorn"        # else the first of granian, uvicorn, wsgiref
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

__all__ = [
    "app",
    "async_client",
    "client",
    "db",
    "live_server",
    "make",
    "separate_databases",
    "written",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings of the plugin."""
    parser.addini("segue_app", "the app under test, as module:name", default="")
    parser.addini("segue_server", "the server of live_server", default="")


@pytest.fixture(scope="session")
def app(pytestconfig: pytest.Config) -> Any:
    """Give the app under test."""
    return _load(pytestconfig)


@pytest.fixture(scope="session")
def separate_databases() -> Iterator[Callable[[Any], None]]:
    """Give what has the databases of an app apart from the real ones, from now on."""
    known: list[Any] = []
    with ExitStack() as stack:

        def separate(app: Any) -> None:
            if any(each is app for each in known):
                return
            # Here, because a run without databases should not pay for it.
            from segue.db.testing import separate_databases  # noqa: PLC0415

            known.append(app)
            stack.enter_context(separate_databases(app))

        yield separate


@pytest.fixture
def written(app: Any, separate_databases: Callable[[Any], None]) -> Iterator[Any]:
    """Undo at the end of the test what it writes; give the database."""
    if not _has_databases(app):
        yield None
        return
    separate_databases(app)
    # Here, because a run without this fixture should not pay for it.
    from segue.db.testing import rolled_back  # noqa: PLC0415

    with rolled_back(app) as database:
        yield database


@pytest.fixture
def db(app: Any, written: Any) -> Any:
    """Give the database of the app; what is written in the test is undone."""
    if written is None:
        raise _no_database(app)
    return written


@pytest.fixture
def make(db: Any) -> Any:
    """Give what makes objects: `make(Book, title="Dune")` is one in the database."""
    # Here, because a run without this fixture should not pay for it.
    from segue.db.factory import Factory  # noqa: PLC0415

    return Factory(db)


@pytest.fixture
def client(app: Any, written: Any) -> Iterator[Any]:
    """Give a `Client` of the app, with its lifespan around the test."""
    del written  # asked for what it does
    # Here, because a run without this fixture should not pay for it.
    from segue.testing.client import Client  # noqa: PLC0415

    with Client(app) as running:
        yield running


@pytest.fixture
def async_client(app: Any, written: Any) -> Any:
    """Give an `AsyncClient` of the app; `async with async_client:` starts the app."""
    del written  # asked for what it does
    # Here, because a run without this fixture should not pay for it.
    from segue.testing.async_client import AsyncClient  # noqa: PLC0415

    return AsyncClient(app)


@pytest.fixture(scope="session")
def live_server(
    app: Any, pytestconfig: pytest.Config, separate_databases: None
) -> Iterator[Any]:
    """Give a `LiveServer` that serves the app until the last test that wants it."""
    del separate_databases  # asked for what it does
    with _server(app, pytestconfig) as running:
        yield running


def _has_databases(app: Any) -> bool:
    extensions: Any = getattr(app, "extensions", None) or {}
    kinds: list[Any] = [type(each) for each in extensions.values()]
    return any(getattr(kind, "has_tables", False) for kind in kinds)


def _no_database(app: Any) -> Exception:
    # Here, because a run without these fixtures should not pay for it.
    from segue.testing.errors import ClientError  # noqa: PLC0415

    return ClientError(
        "SG-TEST-019",
        f"{app!r} has no database.",
        why="The fixtures `db` and `make` give the app's own.",
        fix="app.use(Database())",
    )


def _load(config: pytest.Config) -> Any:
    module, _, name = _target(config).partition(":")
    value: Any = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part, None)
    if value is None:
        raise _missing(f"{module} has no {name!r}.")
    return value


def _server(app: Any, config: pytest.Config) -> Any:
    # Here, because a run without this fixture should not pay for it.
    from segue.testing.live import LiveServer  # noqa: PLC0415

    needs_asgi = getattr(app, "needs_asgi", None)
    plain = needs_asgi is not None and needs_asgi() is None
    server: Any = str(config.getini("segue_server")) or _installed(plain=plain)
    wsgi = server in {"wsgiref", "gunicorn"} or (plain and server == "granian")
    return LiveServer(
        _target(config),
        server=server,
        interface="wsgi" if wsgi else "asgi",
        folder=config.rootpath,
    )


def _target(config: pytest.Config) -> str:
    """Find `module:name` of the app under test, and make its module importable."""
    folder = config.rootpath
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    named = str(config.getini("segue_app"))
    if named:
        return named if ":" in named else f"{named}:app"
    for candidate in ("app.py", "main.py"):
        if Path(folder, candidate).exists():
            return f"{candidate.removesuffix('.py')}:app"
    raise _missing(f"{folder} has no app.py and no main.py.")


def _installed(*, plain: bool) -> str:
    for name in ("granian", "uvicorn"):
        if importlib.util.find_spec(name) is not None:
            return name
    if plain:
        return "wsgiref"
    raise _missing("Neither granian nor uvicorn is installed, and the app is async.")


def _missing(what: str) -> Exception:
    # Here, because a run without these fixtures should not pay for it.
    from segue.testing.errors import ClientError  # noqa: PLC0415

    return ClientError(
        "SG-TEST-014",
        what,
        why="The fixtures of Segue's pytest plugin need the app under test.",
        fix='Set segue_app = "module:app" in the pytest configuration, install '
        '"segue[server]" for live_server, or write a fixture `app` of your own.',
    )

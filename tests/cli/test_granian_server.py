"""What Granian is told, and what its workers do besides."""

import logging
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from segue.cli import granian_server
from segue.cli.granian_server import load_worker, settings_of
from segue.cli.options import Options
from segue.cli.place import find_place
from segue.cli.target import Target

granian = pytest.importorskip("granian")

pytestmark = [pytest.mark.service("granian"), pytest.mark.feature("M-214")]


@pytest.mark.feature("M-216")
def test_workers_are_killed_after_a_while_and_replaced_when_they_die():
    settings = settings_of(Options(workers=3, kill_after=20), "asgi")

    assert settings["workers"] == 3
    assert settings["workers_kill_timeout"] == 20
    assert settings["respawn_failed_workers"]
    assert settings["websockets"]
    assert "blocking_threads" not in settings


def test_wsgi_gets_threads_and_no_websockets():
    assert settings_of(Options(), "wsgi")["blocking_threads"] == 64
    assert settings_of(Options(threads=3), "wsgi")["blocking_threads"] == 3
    assert not settings_of(Options(), "wsgi")["websockets"]


def test_a_unix_socket_takes_the_place_of_the_address():
    assert "address" not in settings_of(Options(uds=Path("/run/a.sock")), "asgi")
    assert settings_of(Options(port=81), "asgi")["port"] == 81


def test_http2_is_offered_only_when_asked_for():
    assert settings_of(Options(), "asgi")["http"] == "1"
    assert settings_of(Options(http2=True), "asgi")["http"] == "auto"


@pytest.mark.parametrize(("installed", "loop"), [(True, "uvloop"), (False, "asyncio")])
def test_a_faster_loop_is_used_when_it_is_installed(monkeypatch, installed, loop):
    monkeypatch.setattr(granian_server, "find_spec", lambda name: installed or None)

    assert settings_of(Options(), "asgi")["loop"] == loop


def test_development_is_quiet_and_replaces_no_worker():
    settings = settings_of(Options(debug=True), "asgi")

    assert settings["log_level"] == "warning"
    assert not settings["respawn_failed_workers"]


def test_the_doubt_about_threads_is_not_passed_on():
    def record(text):
        return logging.LogRecord("_granian", logging.WARNING, "", 1, text, (), None)

    assert not granian_server._is_news(record("up to 64 Python threads, which seems"))
    assert granian_server._is_news(record("Unexpected exit from worker-1"))


def test_granian_has_what_is_wrapped():
    from granian import _signals

    assert callable(_signals.set_loop_signals)
    assert callable(_signals.set_sync_signals)


@pytest.mark.parametrize("interface", ["wsgi", "asgi"])
def test_a_worker_starts_the_lifespan_where_the_protocol_does_not(
    project, interface, monkeypatch
):
    from granian import _signals

    monkeypatch.setattr(_signals, "set_loop_signals", _signals.set_loop_signals)
    monkeypatch.setattr(_signals, "set_sync_signals", _signals.set_sync_signals)
    project.write(
        "app.py",
        """
        from segue.app import App
        app = App()
        app.state.log = []
        @app.lifespan
        def life():
            app.state.log.append("start")
            yield
            app.state.log.append("stop")
        """,
    )

    app = load_worker(Target(find_place(project.folder)), interface)
    started = list(app.state.log)
    app.stop()

    assert started == (["start"] if interface == "wsgi" else [])


def test_another_application_is_loaded_as_it_is(project):
    project.write("app.py", "def app(environ, start_response): ...\n")

    assert load_worker(Target(find_place(project.folder)), "wsgi").__name__ == "app"


def test_a_worker_in_development_looks_for_a_terminal(project, monkeypatch):
    from granian import _signals

    monkeypatch.setattr(_signals, "set_loop_signals", _signals.set_loop_signals)
    monkeypatch.setattr(_signals, "set_sync_signals", _signals.set_sync_signals)
    project.write("app.py")
    looked = []
    monkeypatch.setattr(granian_server, "_reopen_terminal", lambda: looked.append(1))
    place = find_place(project.folder)

    load_worker(Target(place, development=True, debug=True), "asgi")
    load_worker(Target(place), "asgi")

    assert looked == [1]


def test_the_terminal_is_opened_again(monkeypatch):
    opened = []
    monkeypatch.setattr("sys.stdin", None)
    monkeypatch.setattr(Path, "open", lambda path, **_: opened.append(path))

    granian_server._reopen_terminal()

    assert opened == [Path("/dev/tty")]


def test_without_a_terminal_stdin_stays(monkeypatch):
    def refuse(path, **_):
        raise OSError

    stdin = SimpleNamespace(isatty=lambda: False)
    monkeypatch.setattr("sys.stdin", stdin)
    monkeypatch.setattr(Path, "open", refuse)

    granian_server._reopen_terminal()

    assert sys.stdin is stdin


def test_a_terminal_that_is_there_is_kept(monkeypatch):
    stdin = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr("sys.stdin", stdin)

    granian_server._reopen_terminal()

    assert sys.stdin is stdin

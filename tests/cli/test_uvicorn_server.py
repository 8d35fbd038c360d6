"""What uvicorn is told, and what its workers do besides."""

import signal
from pathlib import Path

import pytest

from segue.cli.options import Options
from segue.cli.place import find_place
from segue.cli.signals import STOPPING
from segue.cli.target import Target
from segue.cli.uvicorn_server import (
    announce_stop,
    load_worker,
    serve_uvicorn,
    settings_of,
)
from segue.core.errors import CommandError

pytestmark = pytest.mark.feature("M-214")


@pytest.fixture(autouse=True)
def handlers():
    before = {number: signal.getsignal(number) for number in STOPPING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_server_is_told_to_drain_and_to_keep_quiet():
    settings = settings_of(Options(workers=2, kill_after=20))

    assert settings["workers"] == 2
    assert settings["timeout_graceful_shutdown"] == 20
    assert not settings["server_header"]
    assert not settings["proxy_headers"]
    assert not settings["access_log"]


def test_a_unix_socket_takes_the_place_of_the_address():
    assert settings_of(Options(uds=Path("/run/a.sock")))["uds"] == "/run/a.sock"
    assert settings_of(Options(port=81))["port"] == 81


@pytest.mark.service("uvicorn")
@pytest.mark.parametrize(
    ("options", "interface"),
    [(Options(), "wsgi"), (Options(), "rsgi"), (Options(http2=True), "asgi")],
)
def test_what_uvicorn_does_not_do_is_refused(project, options, interface):
    pytest.importorskip("uvicorn")
    project.write("app.py")

    with pytest.raises(CommandError, match="SG-RUN-003"):
        serve_uvicorn(Target(find_place(project.folder)), options, interface)


def test_a_worker_finds_its_target_in_the_environment(project, monkeypatch):
    project.write("app.py")
    target = Target(find_place(project.folder), threads=7)
    monkeypatch.setenv("SEGUE_TARGET", target.dumps())

    assert load_worker().threads == 7


def test_a_worker_serves_another_application_too(project, monkeypatch):
    project.write("app.py", "async def app(scope, receive, send): ...\n")
    monkeypatch.setenv("SEGUE_TARGET", Target(find_place(project.folder)).dumps())

    assert load_worker().__name__ == "app"


@pytest.mark.feature("M-215")
def test_streams_are_told_before_the_server_stops():
    done = []
    signal.signal(signal.SIGTERM, lambda *_: done.append("stop"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    announce_stop(lambda: done.append("drain"))
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGINT)

    assert done == ["drain", "stop", "drain"]

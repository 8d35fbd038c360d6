"""What uvicorn is told, and what its workers do besides."""

import asyncio
import signal
from pathlib import Path

import pytest

from segue.cli.options import Options
from segue.cli.place import find_place
from segue.cli.signals import STOPPING
from segue.cli.target import Target
from segue.cli.uvicorn_server import (
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


async def _loaded():
    return load_worker()


def test_a_worker_finds_its_target_in_the_environment(project, monkeypatch):
    project.write("app.py")
    target = Target(find_place(project.folder), threads=7)
    monkeypatch.setenv("SEGUE_TARGET", target.dumps())

    assert asyncio.run(_loaded()).threads == 7


def test_a_worker_serves_another_application_too(project, monkeypatch):
    project.write("app.py", "async def app(scope, receive, send): ...\n")
    monkeypatch.setenv("SEGUE_TARGET", Target(find_place(project.folder)).dumps())

    assert asyncio.run(_loaded()).__name__ == "app"


@pytest.mark.feature("M-215")
def test_sockets_are_closed_before_the_server_stops(project, monkeypatch):
    project.write("app.py")
    target = Target(find_place(project.folder))
    monkeypatch.setenv("SEGUE_TARGET", target.dumps())
    done = []

    async def serve():
        signal.signal(signal.SIGTERM, lambda *_: done.append("stop"))
        app = load_worker()
        signal.raise_signal(signal.SIGTERM)
        while not app.kernel.sockets.stopping:
            await asyncio.sleep(0)

    asyncio.run(serve())

    assert done == ["stop"]

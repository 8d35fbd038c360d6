"""A real server in a process of its own."""

import os
import sys
import types
import urllib.request
from pathlib import Path

import pytest

from segue.testing import ClientError, LiveServer, LiveServerError
from segue.testing.live import app_target, free_port

pytestmark = pytest.mark.feature("M-204")

SITE = """
import os

def wsgi(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [("wsgi " + os.environ.get("WORD", "")).encode()]

async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"asgi"})

class Rsgi:
    async def __rsgi__(self, scope, protocol):
        protocol.response_str(200, [], "rsgi")

rsgi = Rsgi()
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "live_site.py").write_text(SITE)
    return tmp_path


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_an_app_is_served_on_the_loopback_until_the_block_ends(folder):
    with LiveServer(
        "live_site:wsgi", server="wsgiref", folder=folder, environ={"WORD": "up"}
    ) as server:
        text = fetch(server.url + "/")
        pid = server.pid

    assert text == "wsgi up"
    assert server.url.startswith("http://127.0.0.1:")
    assert server.pid == 0
    assert not is_alive(pid)


@pytest.mark.service("granian")
@pytest.mark.parametrize("interface", ["wsgi", "asgi", "rsgi"])
def test_granian_serves_each_interface(folder, interface):
    pytest.importorskip("granian")
    with LiveServer(
        f"live_site:{interface}", interface=interface, folder=folder
    ) as server:
        text = fetch(server.url)

    assert text.strip() == interface


@pytest.mark.service("uvicorn")
def test_uvicorn_serves_asgi(folder):
    pytest.importorskip("uvicorn")
    with LiveServer("live_site:asgi", server="uvicorn", folder=folder) as server:
        text = fetch(server.url)

    assert text == "asgi"


@pytest.mark.service("gunicorn")
@pytest.mark.parametrize("interface", ["wsgi", "asgi"])
def test_gunicorn_serves_its_interfaces(folder, interface):
    pytest.importorskip("gunicorn")
    with LiveServer(
        f"live_site:{interface}", server="gunicorn", interface=interface, folder=folder
    ) as server:
        text = fetch(server.url)

    assert text.strip() == interface


def test_a_server_that_ends_tells_what_it_printed(folder):
    server = LiveServer("live_site:nothing", server="wsgiref", folder=folder)

    with pytest.raises(LiveServerError, match="SG-TEST-012") as caught:
        server.start()

    assert "AttributeError" in str(caught.value)
    assert "ended with 1" in str(caught.value)
    assert server.output == ""


def test_a_server_that_does_not_answer_is_given_up(folder):
    (folder / "live_mute.py").write_text("import threading\nthreading.Event().wait()\n")
    server = LiveServer("live_mute:app", server="wsgiref", folder=folder, timeout=0.3)

    with pytest.raises(
        LiveServerError, match=r"did not answer within 0\.3 seconds"
    ) as caught:
        server.start()

    assert "(it printed nothing)" in str(caught.value)


def test_a_server_that_does_not_listen_to_the_signal_is_killed(folder):
    (folder / "live_deaf.py").write_text(
        SITE + "\nimport signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    )
    with LiveServer("live_deaf:wsgi", server="wsgiref", folder=folder) as server:
        server._timeout = 0.1
        pid = server.pid

    assert not is_alive(pid)


def test_a_server_that_went_by_itself_can_be_stopped(folder):
    with LiveServer("live_site:wsgi", server="wsgiref", folder=folder) as server:
        server._process.kill()
        server._process.wait()

    assert server.pid == 0


def test_stopping_what_was_never_started_does_nothing():
    server = LiveServer("live_site:wsgi", server="wsgiref")
    server.stop()

    assert server.pid == 0
    assert server.output == ""


def test_an_app_is_found_by_its_module(monkeypatch):
    module = types.ModuleType("live_shop")
    module.__file__ = __file__
    module.app = object()
    monkeypatch.setitem(sys.modules, "live_shop", module)

    assert app_target(module.app) == "live_shop:app"
    assert app_target("live_shop:app") == "live_shop:app"
    assert app_target("live_shop") == "live_shop:app"
    with pytest.raises(ClientError, match="SG-TEST-017"):
        app_target(object())


@pytest.mark.parametrize(
    ("server", "interface", "words"),
    [
        ("uvicron", None, "no server 'uvicron'. Did you mean 'uvicorn'?"),
        ("uvicorn", "rsgi", "uvicorn does not speak rsgi"),
    ],
)
def test_what_cannot_be_served_is_an_error(server, interface, words):
    with pytest.raises(ClientError, match="SG-TEST-018") as caught:
        LiveServer("a:b", server=server, interface=interface)

    assert words in str(caught.value)


def test_the_start_is_where_the_test_runs_unless_told():
    server = LiveServer("a:b", server="wsgiref")

    assert server._folder == Path.cwd()
    assert free_port() > 0

"""The plugin's fixtures around an app of this file, in this process."""

import asyncio

import pytest

from segue.testing import ClientError, plugin

pytestmark = pytest.mark.feature("M-203")


class Site:
    """As much of a Segue app as the plugin asks."""

    def __init__(self, line=None):
        self.line = line
        self.running = False

    def needs_asgi(self):
        return self.line

    def start(self):
        self.running = True

    def stop(self):
        self.running = False

    def __call__(self, environ, start_response):
        start_response("200 OK", [])
        return [b"running" if self.running else b"not running"]


class Config:
    """As much of pytest's configuration as the plugin asks."""

    def __init__(self, folder, **values):
        self.rootpath = folder
        self.values = values

    def getini(self, name):
        return self.values.get(name, "")


@pytest.fixture
def app():
    return Site()


@pytest.fixture
def forget():
    import sys

    before = list(sys.path)
    yield
    sys.path[:] = before
    for name in ("plugin_app", "main"):
        sys.modules.pop(name, None)


def test_the_client_starts_the_app(client):
    assert client.get("/").text == "running"


def test_the_async_client_starts_it_in_its_block(async_client):
    async def main():
        async with async_client:
            return await async_client.get("/")

    assert asyncio.run(main()).text == "running"


def test_an_app_is_loaded_by_its_name(tmp_path, forget):
    (tmp_path / "plugin_app.py").write_text("class a:\n    b = 7\napp = 8\n")

    assert plugin._load(Config(tmp_path, segue_app="plugin_app:a.b")) == 7
    assert plugin._load(Config(tmp_path, segue_app="plugin_app")) == 8
    with pytest.raises(ClientError, match=r"plugin_app has no 'c\.d'"):
        plugin._load(Config(tmp_path, segue_app="plugin_app:c.d"))


def test_an_app_is_found_by_the_name_of_its_file(tmp_path, forget):
    with pytest.raises(ClientError, match="SG-TEST-014"):
        plugin._load(Config(tmp_path))
    (tmp_path / "main.py").write_text("app = 9\n")

    assert plugin._load(Config(tmp_path)) == 9


@pytest.mark.feature("M-204")
@pytest.mark.parametrize(
    ("app", "wanted", "server", "interface"),
    [
        (Site(), "wsgiref", "wsgiref", "wsgi"),
        (Site(), "gunicorn", "gunicorn", "wsgi"),
        (Site(), "uvicorn", "uvicorn", "asgi"),
        (Site(), "granian", "granian", "wsgi"),
        (Site("app.py:3 home is async"), "granian", "granian", "asgi"),
        (object(), "granian", "granian", "asgi"),
        (Site(), "", "wsgiref", "wsgi"),
    ],
)
def test_the_live_server_is_chosen_for_the_app(
    tmp_path, forget, monkeypatch, app, wanted, server, interface
):
    monkeypatch.setattr(plugin.importlib.util, "find_spec", lambda name: None)
    config = Config(tmp_path, segue_app="shop:app", segue_server=wanted)

    chosen = plugin._server(app, config)

    assert (chosen.server, chosen.interface) == (server, interface)
    assert chosen.target == "shop:app"


def test_an_async_app_without_a_server_says_what_to_install(monkeypatch):
    monkeypatch.setattr(plugin.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ClientError, match=r"segue\[server\]"):
        plugin._installed(plain=False)


def test_the_first_server_that_is_installed_is_taken(monkeypatch):
    monkeypatch.setattr(plugin.importlib.util, "find_spec", lambda name: name)

    assert plugin._installed(plain=True) == "granian"

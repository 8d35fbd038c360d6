"""The fixtures of the pytest plugin, in a pytest of their own."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.feature("M-203")

APP = '''
def app(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [b"hello"]

class site:
    async def inner(scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("none")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"inner"})

class Segue:
    """As much of a Segue app as the plugin asks."""
    def needs_asgi(self):
        return None
    def __call__(self, environ, start_response):
        return app(environ, start_response)

segue = Segue()
'''


@pytest.fixture
def run(tmp_path):
    def run(test, ini="", files=None):
        (tmp_path / "pytest.ini").write_text("[pytest]\n" + ini)
        for name, text in (files or {"app.py": APP}).items():
            (tmp_path / name).write_text(text)
        (tmp_path / "test_it.py").write_text(test)
        path = os.pathsep.join(filter(None, sys.path))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:segue"]
        command += ["-p", "segue.testing.plugin", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*command, "--rootdir", str(tmp_path), "-c", str(tmp_path / "pytest.ini")],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            check=False,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_the_client_drives_the_app_beside_the_configuration(run):
    code, output = run(
        "def test(client):\n    assert client.get('/').text == 'hello'\n"
        "def test_app(app):\n    assert callable(app)\n"
    )

    assert code == 0, output


def test_main_is_found_as_well(run):
    code, output = run(
        "def test(client):\n    assert client.get('/').text == 'hello'\n",
        files={"main.py": APP},
    )

    assert code == 0, output


@pytest.mark.parametrize("name", ["shop:site.inner", "shop"])
def test_the_configuration_names_the_app(run, name):
    code, output = run(
        "import asyncio\n"
        "def test(async_client):\n"
        "    async def main():\n"
        "        async with async_client:\n"
        "            return await async_client.get('/')\n"
        "    assert asyncio.run(main()).status == 200\n",
        ini=f"segue_app = {name}\n",
        files={"shop.py": APP},
    )

    assert code == 0, output


@pytest.mark.feature("M-204")
def test_the_live_server_serves_the_app(run):
    code, output = run(
        "from urllib.request import urlopen\n"
        "def test(live_server):\n"
        "    with urlopen(live_server.url) as answer:\n"
        "        assert answer.read() == b'hello'\n",
        ini="segue_server = wsgiref\n",
    )

    assert code == 0, output


@pytest.mark.feature("M-204")
@pytest.mark.service("granian")
@pytest.mark.parametrize(
    ("name", "text"), [("site.inner", "inner"), ("segue", "hello")]
)
def test_the_live_server_takes_what_is_installed(run, name, text):
    pytest.importorskip("granian")
    code, output = run(
        "from urllib.request import urlopen\n"
        "def test(live_server):\n"
        "    with urlopen(live_server.url) as answer:\n"
        f"        assert answer.read() == b'{text}'\n",
        ini=f"segue_app = app:{name}\n",
    )

    assert code == 0, output


@pytest.mark.parametrize(
    ("ini", "files", "words"),
    [
        ("", {"other.py": ""}, "has no app.py and no main.py"),
        ("segue_app = other:thing\n", {"other.py": ""}, "other has no 'thing'"),
    ],
)
def test_an_app_that_is_not_there_is_an_error(run, ini, files, words):
    code, output = run("def test(app):\n    pass\n", ini=ini, files=files)

    assert code == 1
    assert "SG-TEST-014" in output
    assert words in output


def test_a_run_that_uses_nothing_loads_nothing_of_the_client(run):
    code, output = run(
        "import sys\n"
        "def test():\n"
        "    loaded = {n for n in sys.modules if n.startswith('segue.testing')}\n"
        "    assert loaded == {'segue.testing', 'segue.testing.plugin'}\n"
    )

    assert code == 0, output

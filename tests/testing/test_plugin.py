"""The fixtures of the pytest plugin, in a pytest of their own."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.feature("M-203")

APP = """
def app(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [b"hello"]

class site:
    async def inner(scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("none")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"inner"})
"""


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


def test_the_configuration_names_the_app(run):
    code, output = run(
        "import asyncio\n"
        "def test(async_client):\n"
        "    async def main():\n"
        "        async with async_client:\n"
        "            return await async_client.get('/')\n"
        "    assert asyncio.run(main()).status == 200\n",
        ini="segue_app = shop:site.inner\n",
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


def test_an_app_that_is_not_there_is_an_error(run):
    code, output = run("def test(app):\n    pass\n", files={"other.py": ""})

    assert code == 1
    assert "SG-TEST-014" in output
    assert "has no app.py and no main.py" in output


def test_a_run_that_uses_nothing_loads_nothing_of_the_client(run):
    code, output = run(
        "import sys\n"
        "def test():\n"
        "    loaded = {n for n in sys.modules if n.startswith('segue.testing')}\n"
        "    assert loaded == {'segue.testing', 'segue.testing.plugin'}\n"
    )

    assert code == 0, output


SHOP = """
from segue import App
from segue.db.command import Command
from segue.db.database import Database
from segue.db.session import Db

app = App()
app.use(Database())

def do(sql):
    return (yield Command(sql, writes=True)).rows

Database().db().run(do("CREATE TABLE IF NOT EXISTS note (n integer)"))

@app.post("/")
def add(db: Db):
    db.run(do("INSERT INTO note VALUES (1)"))
    return db.run(do("SELECT count(*) FROM note"))[0][0]
"""


def test_an_app_without_a_database_says_so(run):
    code, output = run("def test(db):\n    pass\n")

    assert code == 1
    assert "SG-TEST-019" in output


def test_the_database_forgets_what_a_test_wrote(run):
    code, output = run(
        "import pytest\n"
        "@pytest.mark.parametrize('turn', [1, 2])\n"
        "def test(db, client, turn):\n"
        "    assert client.post('/').json() == 1\n",
        files={"app.py": SHOP},
    )

    assert code == 0, output


MODELS = """
from segue import App
from segue.db import Database, Db, Model

app = App()
app.use(Database())

class Note(Model):
    text: str

@app.post("/{text}")
def add(text: str, db: Db) -> int:
    db.insert(Note(text=text))
    return db.count(Note)
"""


@pytest.mark.feature("M-206")
def test_an_app_with_models_has_a_database_of_its_own_in_tests(run, tmp_path):
    code, output = run(
        "import pytest\n"
        "from app import Note\n"
        "@pytest.mark.parametrize('turn', [1, 2])\n"
        "def test(client, turn):\n"
        "    assert client.post('/x').json() == 1\n"
        "def test_made(make, db):\n"
        "    make.many(2, Note)\n"
        "    assert db.count(Note) == 2\n"
        "def test_async(async_client, db):\n"
        "    import asyncio\n"
        "    async def main():\n"
        "        async with async_client:\n"
        "            return await async_client.post('/x')\n"
        "    assert asyncio.run(main()).json() == 1\n",
        files={"app.py": MODELS},
    )

    assert code == 0, output
    assert not (tmp_path / "app.db").exists()


@pytest.mark.feature("M-206")
def test_each_process_of_a_run_has_a_database_of_its_own(run):
    code, output = run(
        "import pytest\n"
        "@pytest.mark.parametrize('turn', range(6))\n"
        "def test(client, turn):\n"
        "    assert client.post('/x').json() == 1\n",
        ini="addopts = -n 2\n",
        files={"app.py": MODELS},
    )

    assert code == 0, output


def test_an_app_without_a_database_has_none_to_give(run):
    code, output = run("def test(db):\n    pass\n", files={"app.py": APP})

    assert code == 1
    assert "SG-TEST-019" in output

"""The examples are apps that work."""

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from segue.testing import Client

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SOURCE = EXAMPLES.parent / "src"
BLOGS = {
    "postgresql": ("SEGUE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1/postgres"),
    "mariadb": ("SEGUE_TEST_MARIADB", "mariadb://root@127.0.0.1/"),
}


@pytest.fixture
def client(monkeypatch):
    """A client of the example in one file, imported anew for each test."""
    monkeypatch.syspath_prepend(EXAMPLES / "onefile")
    monkeypatch.delitem(sys.modules, "app", raising=False)
    module = __import__("app")
    del sys.modules["app"]  # what monkeypatch deleted it would put back
    with Client(module.app) as client:
        yield client


@pytest.mark.feature("M-001")
def test_one_file_is_a_whole_app(client):
    assert client.get("/").text == "Hello, World!"
    assert client.get("/about").headers["content-type"] == "text/html; charset=utf-8"
    assert [book["title"] for book in client.get("/books").json()] == [
        "Dune",
        "Solaris",
    ]
    assert [book["title"] for book in client.get("/books?read=yes").json()] == [
        "Solaris"
    ]
    assert client.get("/newest", follow_redirects=True).json()["title"] == "Solaris"
    assert client.get("/count/3").text == "1\n2\n3\n"


@pytest.mark.feature("M-001")
def test_one_file_takes_and_checks_what_comes_in(client):
    added = client.post("/books", json={"title": "Emma", "pages": 320})
    refused = client.post("/books", json={"title": "Emma", "pages": 0})

    assert (added.status, added.json()["title"]) == (201, "Emma")
    assert refused.status == 422
    assert client.get("/books/3").json()["title"] == "Emma"
    assert client.get("/books/9").json()["detail"] == "There is no book 9."


@pytest.mark.feature("M-003")
def test_the_package_of_groups_passes_its_own_tests():
    _pass_own_tests("groups", 5)


@pytest.mark.feature("M-052")
def test_the_api_of_orders_passes_its_own_tests():
    _pass_own_tests("orders", 14)


@pytest.mark.feature("M-182", "M-183", "M-184")
def test_the_catalogue_of_tags_passes_its_own_tests():
    _pass_own_tests("tags", 6)


@pytest.mark.feature("M-089", "M-206", "M-208")
@pytest.mark.parametrize(
    "kind",
    [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.service("postgresql")),
        pytest.param("mariadb", marks=pytest.mark.service("mariadb")),
    ],
)
def test_the_blog_passes_its_own_tests_on_every_database(kind, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if kind != "sqlite":
        variable, usual = BLOGS[kind]
        base = os.environ.get(variable, usual).rpartition("/")[0]
        name = f"segue_blog_{uuid.uuid4().hex[:8]}"
        monkeypatch.setenv("DATABASE_URL", f"{base}/{name}")

    _pass_own_tests("blog", 8)


@pytest.mark.feature("M-102", "M-189")
def test_the_blog_is_migrated_filled_and_checked(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    blog = tmp_path / "blog"
    shutil.copytree(EXAMPLES / "blog", blog, ignore=shutil.ignore_patterns("app.db*"))

    def segue(*words):
        done = subprocess.run(
            [sys.executable, "-m", "segue", *words],
            cwd=blog,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert segue("db", "check") == "1 migrations: they say all that the app wants.\n"
    assert segue("db", "migrate") == "applied 0001_start\n"
    assert segue("db", "seed") == "first_posts: done\n"
    assert '"To go on without a pause"' in segue("request", "GET", "/api/posts")


def _pass_own_tests(example, number):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."],
        cwd=EXAMPLES / example,
        env={**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}."},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{number} passed" in done.stdout

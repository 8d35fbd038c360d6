"""A folder with an app in it, and the command line run in it."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from segue.cli import main

HELLO = """
    from segue.app import App

    app = App()

    @app.get("/")
    def home():
        return "Hello, World!"
"""

VARIABLES = (
    "SEGUE_APP",
    "SEGUE_DEBUG",
    "SEGUE_DEVELOPMENT",
    "SEGUE_TARGET",
    "SECRET_KEY",
    "PORT",
    "WEB_CONCURRENCY",
)


class Project:
    """A user's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str = HELLO) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    folder = tmp_path.resolve() / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in VARIABLES:
        # Set first, so that what the code under test sets is undone as well.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "path", list(sys.path))
    # Processes that a test starts find the package whatever their folder is.
    monkeypatch.setenv("PYTHONPATH", str(Path(main.__file__).parents[2]))
    # What has the time of the file before is written again in the same second.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = set(sys.modules)
    yield Project(folder)
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def segue(project: Project) -> Callable[..., Result]:
    """Run a command in the project's folder."""

    def run(*arguments: str, input: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main.cli, arguments, input=input, prog_name="segue")

    return run

"""`segue shell`."""

import sys
import types

import pytest

from segue.app import App
from segue.cli.shell import names_of
from segue.testing.client import Client

pytestmark = pytest.mark.feature("M-193")


def test_the_shell_begins_with_the_app_a_client_and_url():
    app = App()

    names = names_of(app)

    assert names["app"] is app
    assert isinstance(names["client"], Client)
    assert names["url"] == app.url


def test_a_line_is_run_with_the_app_loaded(segue, project):
    project.write("app.py")

    result = segue("shell", "--run", "print(client.get(url('home')).text)")

    assert result.output == "Hello, World!\n"


def test_the_plain_shell_reads_lines(segue, project):
    project.write("app.py")

    result = segue("shell", "--plain", typed="print(url('home') * 3)\n")

    assert "At hand: app, client, url" in result.stderr
    assert "///" in result.stdout


def test_ipython_is_used_when_it_is_there(segue, project, monkeypatch):
    project.write("app.py")
    started = []
    ipython = types.ModuleType("IPython")
    ipython.__spec__ = types.SimpleNamespace(name="IPython")
    ipython.start_ipython = lambda argv, user_ns: started.append(sorted(user_ns))
    monkeypatch.setitem(sys.modules, "IPython", ipython)

    result = segue("shell")

    assert started == [["app", "client", "url"]]
    assert "At hand" in result.output


def test_the_shell_works_without_readline(segue, project, monkeypatch):
    project.write("app.py")
    monkeypatch.setitem(sys.modules, "readline", None)

    assert "2" in segue("shell", "--plain", typed="print(1 + 1)\n").stdout

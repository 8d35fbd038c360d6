"""`segue run`: options, and real servers."""

import os
import signal
import threading

import pytest

from segue.cli import launch as launch_module, run as run_module
from segue.cli.inspection import Inspection
from segue.cli.launch import installed_server, plan_launch
from segue.cli.run import is_loopback
from segue.core.errors import CommandError, MissingExtraError

granian = pytest.mark.service("granian")

ASYNC = """
    from segue.app import App

    app = App()

    @app.get("/")
    async def home():
        return "async"
"""

SOCKET = """
    from segue.app import App

    app = App()

    @app.get("/")
    def home():
        return "Hello, World!"

    @app.websocket("/live")
    async def live(socket): ...
"""


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("example.org", False),
    ],
)
def test_loopback_is_told_from_the_rest(host, expected):
    assert is_loopback(host) == expected


@pytest.fixture
def launched(monkeypatch):
    """What would have been launched."""
    calls = []
    monkeypatch.setattr(run_module, "launch", lambda *args: calls.append(args))
    return calls


@pytest.mark.feature("M-191")
def test_development_shows_the_debug_page_and_listens_here_only(
    segue, project, launched
):
    project.write("app.py")

    result = segue("run", "--no-reload")

    ((target, options, _, interface),) = launched
    assert (target.debug, target.development, target.access_log) == (True, True, True)
    assert (options.host, options.port, options.debug) == ("127.0.0.1", 8000, True)
    assert interface is None
    assert "Everybody" not in result.output


def test_an_open_host_is_warned_of(segue, project, launched):
    project.write("app.py")

    assert (
        "Everybody who reaches 0.0.0.0"
        in segue("run", "--no-reload", "--host", "0.0.0.0").output
    )
    assert segue("run", "--no-reload", "--host", "0.0.0.0", "--no-debug").output == ""


def test_the_debug_page_may_be_switched_off_by_the_environment(
    segue, project, launched, monkeypatch
):
    project.write("app.py")
    monkeypatch.setenv("SEGUE_DEBUG", "0")

    segue("run", "--no-reload")

    assert not launched[0][0].debug
    assert launched[0][0].development


@pytest.mark.feature("M-191")
def test_a_missing_server_is_said_in_one_line(segue, project, launched, monkeypatch):
    project.write("app.py")
    monkeypatch.setattr(launch_module, "find_spec", lambda name: None)

    result = segue("run", "--no-reload")

    assert launched[0][2] == "wsgiref"
    assert result.output.count("\n") == 1
    assert 'pip install "segue[server]"' in result.output
    assert segue("run", "--no-reload", "--server", "wsgiref").output == ""


@pytest.mark.feature("M-202")
def test_the_supervised_process_is_the_same_command_without_reload(
    segue, project, monkeypatch
):
    project.write("site_of_shop.py")
    calls = []

    def supervise(command, folders):
        calls.append((command, folders))
        return 3

    monkeypatch.setattr(run_module, "supervise", supervise)
    (project.folder / "templates").mkdir()

    result = segue(
        "--app",
        "site_of_shop",
        "run",
        "--port",
        "81",
        "--no-debug",
        "--server",
        "wsgiref",
        "--watch",
        "templates",
    )

    ((command, folders),) = calls
    assert result.exit_code == 3
    assert command[1:5] == ["-m", "segue", "run", "--no-reload"]
    assert " ".join(command[5:]) == (
        "--app site_of_shop --host 127.0.0.1 --port 81 --no-debug --server wsgiref "
        "--access-log"
    )
    assert folders == [project.folder, project.folder / "templates"]


@pytest.mark.parametrize(
    ("installed", "server"),
    [
        ({"granian", "uvicorn"}, "granian"),
        ({"uvicorn"}, "uvicorn"),
        (set(), "wsgiref"),
    ],
)
def test_the_best_installed_server_is_used(monkeypatch, installed, server):
    monkeypatch.setattr(
        launch_module, "find_spec", lambda name: name in installed or None
    )

    assert installed_server(None) == server
    assert installed_server("wsgiref") == "wsgiref"


@pytest.mark.parametrize(("server", "extra"), [("granian", "server"), ("uvicorn",) * 2])
def test_a_server_that_is_not_installed_is_told(monkeypatch, server, extra):
    monkeypatch.setattr(launch_module, "find_spec", lambda name: None)

    with pytest.raises(MissingExtraError) as caught:
        installed_server(server)

    assert f"segue[{extra}]" in caught.value.problem.fix


def test_an_installed_server_may_be_asked_for(monkeypatch):
    monkeypatch.setattr(launch_module, "find_spec", lambda name: object())

    assert installed_server("uvicorn") == "uvicorn"


def test_the_standard_library_serves_wsgi_only():
    asgi = Inspection(is_segue=False, needs_asgi="it is an ASGI application")

    assert plan_launch(Inspection(needs_asgi="x"), "wsgiref", None).interface == "wsgi"
    with pytest.raises(MissingExtraError):
        plan_launch(asgi, "wsgiref", None)


def test_uvicorn_serves_asgi_only():
    assert plan_launch(Inspection(), "uvicorn", None).interface == "asgi"
    assert plan_launch(Inspection(is_segue=False), "uvicorn", None).interface == "wsgi"
    assert plan_launch(Inspection(), "uvicorn", "wsgi").interface == "wsgi"


def test_granian_serves_what_fits_the_app():
    assert plan_launch(Inspection(needs_asgi="x"), "granian", None).interface == "asgi"
    with pytest.raises(CommandError):
        plan_launch(Inspection(streams=True), "granian", "rsgi")


@pytest.fixture
def interrupt():
    """Ask this process to stop as soon as somebody has asked a question."""
    threads = []

    def soon(ask):
        def work():
            try:
                ask()
            finally:
                os.kill(os.getpid(), signal.SIGTERM)

        threads.append(threading.Thread(target=work))
        threads[-1].start()

    yield soon
    for thread in threads:
        thread.join()


@pytest.mark.feature("M-191")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_standard_library_serves_the_app_here(
    segue, project, monkeypatch, interrupt, host
):
    import urllib.request

    from segue.cli import wsgiref_server

    project.write("app.py", SOCKET)
    answers = []
    load = wsgiref_server.load_target

    def load_and_ask(target):
        app = load(target)
        interrupt(ask)
        return app

    def ask():
        url = result_url()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(400):
            try:
                with opener.open(url, timeout=10) as answer:
                    answers.append(answer.read())
                    return
            except OSError:
                threading.Event().wait(0.02)

    said = []
    monkeypatch.setattr(
        launch_module, "_say", lambda target, options, *rest: said.append(options)
    )

    def result_url():
        return f"{said[0].url}/"

    monkeypatch.setattr(wsgiref_server, "load_target", load_and_ask)
    result = segue(
        "run", "--no-reload", "--server", "wsgiref", "--port", "0", "--host", host
    )

    assert result.exit_code == 0, result.output
    assert answers == [b"Hello, World!"]
    assert "WebSockets do not work without a server: " in result.output


@granian
@pytest.mark.feature("M-202")
def test_a_change_is_served_at_once(project, start):
    pytest.importorskip("granian")
    project.write("app.py")
    server = start("run")
    server.wait_until_open()
    before = server.get()

    project.write("app.py", ASYNC)
    server.wait_for("as ASGI, because ")
    server.wait_until_open()
    after = server.get()
    status = server.stop(signal.SIGTERM)

    assert (before, after) == ("Hello, World!", "async")
    assert "app.py changed, restarting." in server.text
    assert status == 0


@granian
@pytest.mark.feature("M-202")
def test_a_mistake_is_told_and_mended_by_the_next_change(project, start):
    pytest.importorskip("granian")
    project.write("app.py", "app = App()\n")
    server = start("run")
    server.wait_for("Waiting for a change")

    project.write("app.py")
    server.wait_until_open()

    assert "SG-CLI-004" in server.text
    assert "app.py:1 <module>  app = App()" in server.text
    assert server.get() == "Hello, World!"


@granian
@pytest.mark.feature("M-191")
def test_the_terminals_interrupt_ends_everything(project, start):
    pytest.importorskip("granian")
    project.write("app.py")
    server = start("run")
    server.wait_until_open()
    server.get()

    status = server.interrupt()

    assert status == 0
    assert "Traceback" not in server.text
    assert "Killing" not in server.text

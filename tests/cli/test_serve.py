"""`segue serve`: options, and real servers."""

import http.client
import signal
import socket
import ssl
import subprocess
import threading
from contextlib import closing

import pytest

from segue.cli import serve as serve_module
from segue.cli.serve import _split

granian = pytest.mark.service("granian")

PIDS = """
    import os
    import threading
    from segue.app import App

    app = App()

    @app.get("/")
    def home():
        return str(os.getpid())

    @app.get("/slow")
    def slow():
        print("begun", flush=True)
        threading.Event().wait(1)
        return "finished"
"""

LIVE = """
    from segue.app import App
    from segue.core.websockets.socket import WebSocket

    app = App()

    @app.websocket("/live")
    async def live(socket: WebSocket):
        async for text in socket:
            await socket.send(text)
"""

EVENTS = """
    import asyncio
    import time

    from segue.app import App
    from segue.core.http.response import Stream

    app = App()

    @app.get("/ticks")
    def ticks():
        def forever():
            while True:
                yield "data: tick\\n\\n"
                time.sleep(0.05)

        return Stream(forever(), media_type="text/event-stream")

    @app.get("/aticks")
    async def aticks():
        async def forever():
            while True:
                yield "data: tick\\n\\n"
                await asyncio.sleep(0.05)

        return Stream(forever(), media_type="text/event-stream")
"""

OTHER_WSGI = """
    def app(environ, start_response):
        start_response("200 OK", [])
        return [b"other"]
"""

OTHER_ASGI = """
    async def app(scope, receive, send):
        if scope["type"] == "http":
            start = {"type": "http.response.start", "status": 200, "headers": []}
            await send(start)
            await send({"type": "http.response.body", "body": b"other"})
"""

ASYNC = """
    from segue.app import App

    app = App()

    @app.get("/")
    async def home():
        return "async"
"""


def _connected(path):
    """Connect to a Unix socket as soon as somebody listens."""
    for _ in range(1200):
        client = socket.socket(socket.AF_UNIX)
        if client.connect_ex(str(path)) == 0:
            return client
        client.close()
        threading.Event().wait(0.05)
    raise AssertionError(path)


def _needs(name):
    pytest.importorskip(name)


@pytest.mark.feature("M-216")
@pytest.mark.parametrize(("text", "count"), [("3", 3), ("1", 1)])
def test_workers_are_a_number(text, count):
    assert serve_module._Workers().convert(text, None, None) == count


@pytest.mark.feature("M-216")
def test_workers_may_follow_the_machine():
    assert serve_module._Workers().convert("auto", None, None) >= 1


@pytest.mark.feature("M-216")
@pytest.mark.parametrize("text", ["0", "-1", "many"])
def test_other_numbers_of_workers_are_refused(segue, project, text):
    project.write("app.py")

    assert segue("serve", "--workers", text).exit_code == 2


def test_proxies_may_be_repeated_or_in_one_text():
    assert _split(("10.0.0.0/8, unix", "", "::1")) == ("10.0.0.0/8", "unix", "::1")


def test_a_folder_without_an_app_is_told(segue):
    assert segue("serve").output.startswith("SG-CLI-001")


def test_no_installed_server_is_told_with_the_line_to_install_one(
    segue, project, monkeypatch
):
    project.write("app.py")
    monkeypatch.setattr(serve_module, "installed_server", lambda asked: "wsgiref")

    result = segue("serve")

    assert result.exit_code == 1
    assert 'pip install "segue[server]"' in result.output


@granian
@pytest.mark.feature("M-214", "M-216")
def test_workers_serve_and_stop_well(project, start):
    _needs("granian")
    project.write("app.py", PIDS)
    pid = project.folder / "a.pid"

    server = start("serve", "--workers", "2", "--pid", "a.pid")
    server.wait_for("Started worker", count=2)
    main = pid.read_text(encoding="ascii")
    workers = {server.get() for _ in range(50)}
    status = server.stop(signal.SIGTERM)

    assert "Granian with 2 workers as WSGI, because every handler is a plain" in (
        server.text
    )
    assert int(main) == server.process.pid
    assert len(workers) == 2
    assert status == 0
    assert not pid.exists()


@granian
@pytest.mark.feature("M-214")
def test_an_async_handler_is_served_by_asgi_and_named(project, start):
    _needs("granian")
    project.write("app.py", ASYNC)

    server = start("serve")
    server.wait_until_open()

    assert server.get() == "async"
    assert "as ASGI, because " in server.text
    assert "app.py:6 home" in server.text


@granian
@pytest.mark.feature("M-214")
@pytest.mark.parametrize("interface", ["asgi", "rsgi"])
def test_another_protocol_is_served_when_asked_for(project, start, interface):
    _needs("granian")
    project.write("app.py")

    server = start("serve", "--interface", interface)
    server.wait_until_open()

    assert server.get() == "Hello, World!"
    assert server.stop(signal.SIGTERM) == 0


@granian
@pytest.mark.feature("M-215")
@pytest.mark.parametrize("interface", ["wsgi", "asgi"])
def test_a_request_under_way_is_finished(project, start, interface):
    _needs("granian")
    project.write("app.py", PIDS)
    server = start("serve", "--interface", interface)
    server.wait_until_open()
    answers = []

    asking = threading.Thread(target=lambda: answers.append(server.get("/slow")))
    asking.start()
    server.wait_for("begun")
    status = server.stop(signal.SIGTERM)
    asking.join()

    assert answers == ["finished"]
    assert status == 0


@granian
@pytest.mark.feature("M-215")
@pytest.mark.parametrize("interface", ["wsgi", "asgi", "rsgi"])
def test_the_terminals_interrupt_needs_no_killing(project, start, interface):
    _needs("granian")
    project.write("app.py")
    server = start("serve", "--interface", interface, "--kill-after", "20")
    server.wait_until_open()
    server.get()

    status = server.interrupt()

    assert status == 0
    assert "Killing" not in server.text


@granian
@pytest.mark.feature("M-215")
def test_a_new_version_is_loaded_without_losing_a_request(project, start):
    _needs("granian")
    project.write("app.py")
    server = start("serve")
    server.wait_until_open()
    before = server.get()

    project.write("app.py", ASYNC.replace("async def", "def"))
    server.process.send_signal(signal.SIGHUP)
    answers = {server.get()}
    while "Stopped old worker" not in server.text:
        answers.add(server.get())
    after = server.get()

    assert before == "Hello, World!"
    assert after == "async"
    assert answers <= {before, after}


@granian
@pytest.mark.feature("M-214")
def test_a_unix_socket_is_served(project, start):
    _needs("granian")
    project.write("app.py")
    server = start("serve", "--uds", "a.sock")

    with closing(_connected(project.folder / "a.sock")) as client:
        client.sendall(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65536), b""))

    assert answer.endswith(b"Hello, World!")
    assert "unix:a.sock" in server.text


@granian
@pytest.mark.feature("M-214")
@pytest.mark.parametrize("http2", [False, True])
def test_tls_is_served(project, start, http2):
    _needs("granian")
    project.write("app.py")
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ],
        check=True,
        capture_output=True,
        cwd=project.folder,
    )
    extra = ["--http2"] if http2 else []
    server = start("serve", "--certificate", "cert.pem", "--key", "key.pem", *extra)
    server.wait_until_open()

    context = ssl.create_default_context(cafile=project.folder / "cert.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        closing(socket.create_connection(("127.0.0.1", server.port))) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secure,
    ):
        protocol = secure.selected_alpn_protocol()
    context = ssl.create_default_context(cafile=project.folder / "cert.pem")
    with closing(
        http.client.HTTPSConnection("localhost", server.port, context=context)
    ) as client:
        client.request("GET", "/")
        answer = client.getresponse().read()

    assert answer == b"Hello, World!"
    assert protocol == ("h2" if http2 else "http/1.1")


@granian
@pytest.mark.feature("M-214")
def test_requests_are_logged_when_asked_for(project, start):
    _needs("granian")
    project.write("app.py")
    server = start("serve", "--access-log")
    server.wait_until_open()

    server.get("/?q=1")
    server.wait_for("GET /")

    assert " 200 " in server.text


@granian
@pytest.mark.feature("M-214")
def test_a_worker_that_dies_is_replaced(project, start):
    _needs("granian")
    project.write(
        "app.py",
        PIDS + "    @app.get('/die')\n    def die():\n        os._exit(3)\n",
    )
    server = start("serve", "--workers", "2")
    server.wait_for("Started worker", count=2)

    with pytest.raises((http.client.HTTPException, OSError)):
        server.get("/die")
    server.wait_for("Started worker", count=3)

    assert server.get().isdigit()
    assert server.stop(signal.SIGTERM) == 0


@granian
@pytest.mark.feature("M-214")
def test_a_taken_port_is_told(project, start, segue):
    _needs("granian")
    project.write("app.py")
    server = start("serve")
    server.wait_until_open()

    result = segue("serve", "--port", str(server.port))

    assert result.exit_code == 1
    assert result.output.startswith("SG-RUN-001")


@pytest.mark.service("uvicorn")
@pytest.mark.feature("M-214", "M-216")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_uvicorn_serves_the_same_app(project, start, workers):
    _needs("uvicorn")
    project.write("app.py", PIDS)

    server = start("serve", "--server", "uvicorn", "--workers", workers)
    server.wait_for("Application startup complete", count=int(workers))
    server.wait_until_open()
    answer = server.get()
    status = server.stop(signal.SIGTERM)

    assert answer.isdigit()
    assert "as ASGI, because it is all that uvicorn serves" in server.text
    assert status == 0


@granian
@pytest.mark.feature("M-214")
@pytest.mark.parametrize(
    ("code", "protocol"),
    [(OTHER_WSGI, "WSGI"), (OTHER_ASGI, "ASGI")],
)
def test_applications_of_others_are_served(project, start, code, protocol):
    _needs("granian")
    project.write("app.py", code)

    server = start("serve", "--app", "app:app")
    server.wait_until_open()

    assert server.get() == "other"
    assert f"because it is a{'n' * (protocol == 'ASGI')} {protocol}" in server.text


@granian
@pytest.mark.feature("M-214")
def test_an_app_without_a_secret_key_is_not_served(project, start):
    _needs("granian")
    project.write(
        "app.py",
        """
        from segue.app import App
        from segue.core.config.secret import Secret
        from segue.core.config.settings import Settings

        class Config(Settings):
            secret_key: Secret[str]

        app = App(Config)
        """,
    )

    server = start("serve")

    assert server.process.wait(60) == 1
    server.wait_for("SG-CONF-")


@pytest.mark.feature("M-215")
@pytest.mark.parametrize(
    ("options", "handler"),
    [
        pytest.param(("--interface", "wsgi"), "ticks", marks=granian),
        pytest.param(("--interface", "asgi"), "ticks", marks=granian),
        pytest.param(("--interface", "asgi"), "aticks", marks=granian),
        pytest.param(
            ("--server", "uvicorn"), "aticks", marks=pytest.mark.service("uvicorn")
        ),
    ],
)
def test_a_stream_of_events_ends_when_the_server_stops(
    project, start, options, handler
):
    _needs("uvicorn" if "uvicorn" in options else "granian")
    project.write("app.py", EVENTS)
    server = start("serve", *options)
    server.wait_until_open()

    with closing(http.client.HTTPConnection("127.0.0.1", server.port, 30)) as client:
        client.request("GET", f"/{handler}")
        answer = client.getresponse()
        first = answer.readline()
        server.process.send_signal(signal.SIGTERM)
        rest = answer.read()  # raises when the stream is cut off
    status = server.process.wait(60)

    assert first == b"data: tick\n"
    assert rest.replace(b"data: tick\n", b"").strip() == b""
    assert status == 0
    assert "Killing" not in server.text


@pytest.mark.feature("M-215")
@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param(
            ("--interface", "asgi"),
            1012,
            marks=[
                granian,
            ],
        ),
        # Granian's RSGI closes a socket well, but sends no code with it.
        pytest.param(("--interface", "rsgi"), 1005, marks=granian),
        pytest.param(
            ("--server", "uvicorn"), 1012, marks=pytest.mark.service("uvicorn")
        ),
    ],
)
def test_a_websocket_gets_a_close_frame_when_the_server_stops(
    project, start, options, code
):
    _needs("uvicorn" if "uvicorn" in options else "granian")
    connection = pytest.importorskip("websockets.sync.client")
    closed = pytest.importorskip("websockets.exceptions").ConnectionClosed
    project.write("app.py", LIVE)
    server = start("serve", *options)
    server.wait_until_open()

    with connection.connect(f"ws://127.0.0.1:{server.port}/live", proxy=None) as client:
        client.send("hello")
        echo = client.recv(30)
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(closed) as caught:
            client.recv(30)
    status = server.process.wait(60)

    assert echo == "hello"
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == code
    assert status == 0

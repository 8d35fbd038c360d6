"""`segue request`."""

import pytest

pytestmark = pytest.mark.feature("M-195")

APP = """
    from segue.app import App
    from segue.core.http.request import Request
    from segue.core.http.response import Response

    app = App()
    log = []

    @app.lifespan
    def life():
        log.append("started")
        yield

    @app.get("/")
    def home(request: Request):
        return f"{request.headers.get('x-a')} {log}"

    @app.post("/echo")
    def echo(request: Request):
        return f"{request.headers.get('content-type')} {request.text()}"

    @app.get("/bytes")
    def octets():
        return bytes([0, 255, 10])

    @app.get("/empty", status=204)
    def empty(): ...

    @app.get("/odd")
    def odd():
        return Response(b"", 299)
"""


@pytest.fixture(autouse=True)
def app(project):
    project.write("app.py", APP)


def test_the_answer_is_printed_with_status_and_headers(segue):
    result = segue("request", "get", "/", "-H", "X-A: 1")

    head, _, body = result.output.partition("\n\n")
    assert head.startswith("200 OK\n")
    assert "content-type: text/plain; charset=utf-8" in head
    assert body == "1 ['started']\n"


@pytest.mark.parametrize("protocol", ["wsgi", "asgi", "rsgi"])
def test_every_protocol_gives_the_same_answer(segue, protocol):
    result = segue("request", "GET", "/", "--protocol", protocol, "--body-only")

    assert result.output == "None ['started']\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--data", "a=1"], "application/x-www-form-urlencoded a=1"),
        (["--json", '{"a": 1}'], 'application/json {"a": 1}'),
        (["--data", "x", "-H", "Content-Type: text/plain"], "text/plain x"),
        (["--data", "@body.txt"], "application/x-www-form-urlencoded from a file"),
        (["--data", "-"], "application/x-www-form-urlencoded from the input"),
        ([], "None "),
    ],
)
def test_a_body_is_sent(segue, project, options, said):
    (project.folder / "body.txt").write_text("from a file", encoding="utf-8")

    result = segue(
        "request", "POST", "/echo", "--body-only", *options, typed="from the input"
    )

    assert result.output == f"{said}\n"


def test_two_bodies_are_refused(segue):
    result = segue("request", "POST", "/echo", "--data", "a", "--json", "1")

    assert result.exit_code == 2
    assert "not both" in result.output


def test_a_missing_body_file_is_refused(segue):
    result = segue("request", "POST", "/echo", "--data", "@missing.txt")

    assert result.exit_code == 2
    assert "missing.txt" in result.output


def test_a_body_of_bytes_is_printed_as_it_is(segue):
    result = segue("request", "GET", "/bytes", "--body-only")

    assert result.stdout_bytes == bytes([0, 255, 10])


def test_an_answer_without_a_body_prints_none(segue):
    result = segue("request", "GET", "/empty")

    assert result.output.startswith("204 No Content\n")


def test_a_status_without_a_phrase_is_printed_alone(segue):
    assert segue("request", "GET", "/odd", "--protocol", "asgi").output.startswith(
        "299\n"
    )


def test_an_error_status_fails_only_when_asked_to(segue):
    assert segue("request", "GET", "/none").exit_code == 0
    assert segue("request", "GET", "/none", "--fail").exit_code == 1
    assert segue("request", "GET", "/", "--fail").exit_code == 0

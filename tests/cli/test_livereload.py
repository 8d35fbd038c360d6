"""Live reload puts its script into pages, and into nothing else."""

import pytest

from segue import HTML, App, Stream
from segue.cli.livereload import PATH, SCRIPT, LiveReload
from segue.testing import Client


@pytest.fixture
def client() -> Client:
    app = App()
    app.use(LiveReload())
    app.add("/page", lambda: HTML("<html><body><h1>x</h1></body></html>"))
    app.add("/piece", lambda: HTML("<h1>x</h1>"))
    app.add("/text", lambda: "<body></body>")
    app.add("/stream", lambda: Stream([b"<body></body>"], media_type="text/html"))
    app.add("/packed", lambda: HTML("x", headers={"content-encoding": "gzip"}))
    return Client(app, protocol="wsgi")


def test_a_page_gets_the_script_before_its_end(client: Client) -> None:
    page = client.get("/page").text

    assert page.endswith("</script></body></html>")
    assert PATH in page
    assert client.get(PATH).json()["process"] in page


def test_a_page_without_a_body_tag_gets_it_at_the_end(client: Client) -> None:
    assert client.get("/piece").text.startswith("<h1>x</h1><script ")


@pytest.mark.parametrize("path", ["/text", "/stream", "/packed"])
def test_what_is_no_plain_page_is_left_alone(client: Client, path: str) -> None:
    assert b"<script" not in client.get(path).body


def test_a_fragment_that_a_script_asked_for_is_left_alone(client: Client) -> None:
    answer = client.get("/page", headers={"sec-fetch-dest": "empty"})

    assert "<script" not in answer.text


def test_the_script_is_a_file_and_neither_is_in_the_document(client: Client) -> None:
    answer = client.get(SCRIPT)
    kernel = client.app.kernel

    assert f'src="{SCRIPT}"' in client.get("/page").text
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "location.reload()" in answer.text
    hidden = {
        str(r.pattern)
        for r in kernel.table
        if not r.options.get("include_in_schema", True)
    }
    assert hidden == {PATH, SCRIPT}


def test_two_starts_are_told_apart() -> None:
    assert LiveReload().process != LiveReload().process

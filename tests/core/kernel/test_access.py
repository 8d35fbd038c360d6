"""The access log: one line an answer, with the request's id, and no forged lines."""

import logging

import pytest

from segue import App, Request
from segue.testing import Client


@pytest.mark.feature("M-209")
def test_every_answer_is_one_line_with_the_id_of_its_request(
    app: App, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    app.access_log = True
    app.add("/who", lambda request: request.id)
    caplog.set_level(logging.INFO, "segue.access")

    number = client.get("/who?a=1").text
    client.get("/nothing")

    lines = [record for record in caplog.records if record.name == "segue.access"]
    assert [line.getMessage().rsplit(" ", 1)[0] for line in lines] == [
        "GET /who?a=1 200",
        "GET /nothing 404",
    ]
    assert lines[0].request_id == number  # type: ignore[attr-defined]
    assert lines[1].status == 404  # type: ignore[attr-defined]


def test_control_characters_of_a_path_are_escaped(
    app: App, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    app.access_log = True
    app.add("/{name}", lambda name: name)
    caplog.set_level(logging.INFO, "segue.access")

    client.get("/a%0aGET%20/forged%20200")

    (line,) = [r.getMessage() for r in caplog.records if r.name == "segue.access"]
    assert "\n" not in line
    assert line.startswith("GET /a\\nGET /forged")


def test_a_handler_can_ask_for_the_id(app: App, client: Client) -> None:
    def who(request: Request) -> str:
        return request.id

    app.add("/", who)

    first, second = client.get("/").text, client.get("/").text

    assert len(first) == 16
    assert first != second

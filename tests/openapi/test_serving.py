"""A document as it is served."""

import json

import pytest

from segue import App
from segue.openapi import OpenAPI
from segue.openapi.serving import Served
from segue.testing import Client


@pytest.fixture
def made():
    """How often the document was made."""
    return []


@pytest.fixture
def app(made):
    app = App()
    app.use(OpenAPI(title="Shöp", amend=lambda document: made.append(1)))
    app.add("/x", lambda: "x")
    return app


@pytest.mark.feature("M-062")
def test_it_is_made_once_and_named(app, made):
    client = Client(app)

    first, second = client.get("/openapi.json"), client.get("/openapi.json")

    assert first.headers["content-type"] == "application/json"
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["etag"] == second.headers["etag"]
    assert first.json()["info"]["title"] == "Shöp"
    assert "Shöp".encode() in first.body
    assert len(made) == 1


@pytest.mark.parametrize("protocol", ["wsgi", "asgi", "rsgi"])
def test_who_has_it_already_gets_no_copy(app, protocol):
    client = Client(app, protocol=protocol)
    etag = client.get("/openapi.json").headers["etag"]

    answer = client.get("/openapi.json", headers={"if-none-match": etag})

    assert (answer.status, answer.body) == (304, b"")


class Request:
    def __init__(self, prefix):
        self.root_path = prefix


@pytest.fixture
def served():
    def served(servers=(), **about):
        app = App()
        openapi = OpenAPI(title="x", servers=servers, **about)
        return Served(app, openapi.information, None, "/openapi.json")

    return served


def urls(answer):
    return [server["url"] for server in json.loads(answer.body)["servers"]]


def test_below_a_prefix_the_server_has_it(served):
    document = served()

    assert urls(document.answer(Request("/api"))) == ["/api"]
    assert urls(document.answer(Request(""))) == ["/"]


def test_servers_of_other_hosts_keep_their_urls(served):
    document = served(["https://a.example.org", "/v1/"])

    assert urls(document.answer(Request("/api"))) == [
        "https://a.example.org",
        "/api/v1",
    ]


def test_only_so_many_prefixes_are_kept(served, made):
    document = served(amend=lambda document: made.append(1))

    for number in range(40):
        document.answer(Request(f"/{number}"))

    assert len(document._made) <= 16
    assert len(made) == 1


def test_a_document_without_servers_stays_so(served):
    document = served(amend=lambda document: document.pop("servers"))

    assert "servers" not in json.loads(document.answer(Request("/api")).body)

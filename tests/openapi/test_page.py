"""The page that shows a document."""

import gzip
import re
from importlib.resources import files

import pytest

from segue import App
from segue.openapi import OpenAPI, SwaggerUI
from segue.testing import Client


@pytest.fixture
def client():
    app = App()
    app.use(OpenAPI(title="<Shop>"))
    return Client(app)


def assets(client):
    page = client.get("/docs").text
    return re.findall(r'(?:src|href)="(/docs/[^"]+)"', page)


@pytest.mark.feature("M-063", "M-064")
def test_the_page_asks_no_other_host_and_has_nothing_inline(client):
    answer = client.get("/docs")

    assert "&lt;Shop&gt;" in answer.text
    assert 'data-document="/openapi.json"' in answer.text
    assert "http" not in answer.text
    assert not re.search(r"<script(?![^>]* src=)|<style| on\w+=", answer.text)
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert len(assets(client)) == 3


@pytest.mark.feature("M-064")
def test_the_files_of_the_page_are_sent_packed_and_kept_for_good(client):
    for path in assets(client):
        answer = client.get(path, headers={"accept-encoding": "gzip"})

        assert answer.status == 200
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "accept-encoding"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "5.35.0" in path


def test_who_takes_nothing_packed_gets_the_file_itself(client):
    (bundle,) = (each for each in assets(client) if "bundle" in each)

    plain = client.get(bundle, headers={"accept-encoding": "identity"})
    packed = client.get(bundle, headers={"accept-encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert plain.body.startswith(b"/*!")
    assert plain.headers["etag"] != packed.headers["etag"]


def test_what_a_guard_protects_is_kept_by_the_browser_alone():
    def guard() -> bool:
        return True

    app = App()
    app.use(OpenAPI(allow=guard))
    client = Client(app)

    headers = client.get(assets(client)[0]).headers

    assert headers["cache-control"].startswith("private")


def test_other_origins_may_be_asked_where_that_is_said():
    app = App()
    app.use(OpenAPI(page=SwaggerUI(connect=["https://api.example.org"])))

    policy = Client(app).get("/docs").headers["content-security-policy"]

    assert "connect-src 'self' https://api.example.org;" in policy


def test_the_files_come_with_their_licence():
    folder = files("segue.openapi") / "assets"

    assert "Apache License" in (folder / "swagger-ui-LICENSE.txt").read_text("utf-8")
    assert "SmartBear" in (folder / "swagger-ui-NOTICE.txt").read_text("utf-8")
    packed = (folder / "swagger-ui-bundle.js.gz").read_bytes()
    assert b"SwaggerUIBundle" in gzip.decompress(packed)


def test_below_a_prefix_everything_has_it(client):
    class Behind:
        root_path = "/shop"

    route = next(each for each in client.app.routes if str(each.pattern) == "/docs")

    page = route.target(Behind()).body.decode()

    assert 'data-document="/shop/openapi.json"' in page
    assert page.count('"/shop/docs/') == 4

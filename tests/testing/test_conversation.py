"""Redirects are followed as by a browser."""

import pytest

from segue.testing import Client, ClientError

pytestmark = pytest.mark.feature("M-203")


@pytest.fixture
def site(speak, told):
    """Redirect from /STATUS/... to what `to` says, and tell what arrives elsewhere."""
    seen = []

    def handler(request):
        seen.append(request)
        first, _, target = request.path.removeprefix("/").partition("/")
        if first.isdigit():
            location = "/" + target if not request.query else request.query
            return told(
                status=int(first),
                headers=[("location", location), ("set-cookie", "hop=1; Path=/")],
            )
        return told([request.method.encode(), b" ", request.body])

    app = speak(handler)
    app.seen = seen
    return app


def test_redirects_are_not_followed_unless_asked(site):
    with Client(site) as client:
        response = client.get("/302/end")

    assert response.status == 302
    assert response.headers["location"] == "/end"
    assert response.history == ()


@pytest.mark.parametrize(
    ("status", "method", "after"),
    [
        (301, "POST", "GET "),
        (302, "POST", "GET "),
        (303, "POST", "GET "),
        (303, "PUT", "GET "),
        (301, "PUT", "PUT body"),
        (302, "GET", "GET body"),
        (307, "POST", "POST body"),
        (308, "POST", "POST body"),
        (300, "POST", ""),
    ],
)
def test_the_status_decides_on_method_and_body(site, status, method, after):
    with Client(site, follow_redirects=True) as client:
        response = client.request(
            method,
            f"/{status}/end",
            content=b"body",
            headers={"content-type": "text/plain"},
        )

    last = site.seen[-1]
    assert response.text == after
    assert bool(last.header("content-type")) is (after != "GET ")
    assert len(response.history) == (status != 300)


def test_head_stays_head(site):
    with Client(site) as client:
        client.head("/303/end", follow_redirects=True)

    assert [request.method for request in site.seen] == ["HEAD", "HEAD"]


def test_a_chain_is_remembered_and_cookies_travel_along(site):
    with Client(site) as client:
        response = client.get("/302/303/end", follow_redirects=True)

    assert [step.status for step in response.history] == [302, 303]
    assert response.url == "http://testserver/end"
    assert [request.header("cookie") for request in site.seen] == ["", "hop=1", "hop=1"]


def test_a_stream_follows_as_well(site):
    with (
        Client(site) as client,
        client.stream(
            "POST", "/307/end", content=b"x", follow_redirects=True
        ) as stream,
    ):
        body = stream.read()

    assert body == b"POST x"
    assert [step.status for step in stream.history] == [307]


def test_secrets_do_not_travel_to_another_origin(site):
    with Client(site, headers={"authorization": "Basic eA==", "x-a": "1"}) as client:
        client.get("/302/?http://other.example/end#part", follow_redirects=True)
        client.get("/302/end", follow_redirects=True)

    far, near = site.seen[1], site.seen[3]
    assert far.header("host") == "other.example"
    assert far.header("authorization") == ""
    assert far.header("x-a") == "1"
    assert near.header("authorization") == "Basic eA=="


def test_a_loop_ends_with_an_error(speak, told):
    seen = []

    def handler(request):
        seen.append(request.path)
        return told(status=302, headers=[("location", "?again")])

    with (
        Client(speak(handler), follow_redirects=True, max_redirects=3) as client,
        pytest.raises(ClientError, match="redirect number 4") as caught,
    ):
        client.get("/loop")

    assert caught.match("SG-TEST-008")
    assert seen == ["/loop"] * 4


def test_a_streamed_body_cannot_be_sent_twice(site):
    with Client(site) as client, pytest.raises(ClientError, match="second time"):
        client.post("/307/end", content=iter([b"x"]), follow_redirects=True)


def test_a_url_outside_the_root_path_is_an_error(site):
    with (
        Client(site, root_path="/shop") as client,
        pytest.raises(ClientError, match="SG-TEST-007"),
    ):
        client.get("/books")

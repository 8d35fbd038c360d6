"""`url()` finds the app at work; outside a request that is an error that teaches."""

import contextvars

import pytest

from segue import App, Request, url
from segue.core.errors import WalkError
from segue.core.kernel.current import find_request
from segue.testing import Client


@pytest.mark.feature("M-013")
def test_url_finds_the_app_of_the_request_in_both_colours(
    app: App, client: Client, colour: str
) -> None:
    def user(id: int) -> str:
        return url(user, id=id, tab="x")

    async def auser(id: int) -> str:
        return url("user", id=id)

    app.add("/users/{id}", user if colour == "def" else auser, name="user")

    expected = "/users/7?tab=x" if colour == "def" else "/users/7"
    assert client.get("/users/7").text == expected


def test_two_apps_in_one_process_find_their_own(protocol: str) -> None:
    apps = [App(), App()]
    for number, app in enumerate(apps):
        app.add(f"/{number}", lambda: url("target"))
        app.add(f"/target/{number}", lambda: "x", name="target")
    clients = [Client(app, protocol=protocol) for app in apps]

    answers = [client.get(f"/{n}").text for n, client in enumerate(clients)]

    assert answers == ["/target/0", "/target/1"]
    for client, app in zip(clients, apps, strict=True):
        client.close()
        app.stop()


def test_the_request_at_work_is_found_where_one_was_made(
    app: App, client: Client
) -> None:
    def with_request(request: Request) -> bool:
        return find_request() is request

    def without() -> bool:
        return find_request() is None

    app.add("/with", with_request)
    app.add("/without", without)

    assert client.get("/with").json() is True
    assert client.get("/without").json() is True


def test_outside_a_request_url_says_what_to_do(app: App) -> None:
    app.add("/x", lambda: "x", name="x")

    # A context of its own: a WSGI request of an earlier test ran in this thread.
    with pytest.raises(WalkError) as caught:
        contextvars.Context().run(url, "x")
    with app.at_work():
        inside = url("x")

    assert caught.value.problem.code == "SG-WALK-010"
    assert inside == "/x"

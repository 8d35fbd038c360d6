"""What a framework answers with a page comes out in the test all the same."""

import asyncio
import threading

import pytest

from segue.testing import AsyncClient, Client

pytestmark = pytest.mark.feature("M-203")


class Careful:
    """An app that answers its errors itself and tells its watchers of them."""

    def __init__(self, *, thread=False):
        self.watchers = []
        self.thread = thread

    def watch_faults(self, watcher):
        self.watchers.append(watcher)
        return lambda: self.watchers.remove(watcher)

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/fine":
            start_response("200 OK", [])
            return [b"fine"]
        error = LookupError(environ["PATH_INFO"])
        if self.thread:
            self.lose_the_context(error)
        else:
            self.tell(error)
        start_response("500 Oh", [])
        return [b"the page"]

    def tell(self, error):
        for watcher in tuple(self.watchers):
            watcher(error)

    def lose_the_context(self, error):
        thread = threading.Thread(target=self.tell, args=[error])
        thread.start()
        thread.join()


@pytest.mark.parametrize("thread", [False, True])
def test_what_the_app_answered_comes_out(thread):
    with Client(Careful(thread=thread)) as client:
        fine = client.get("/fine")
        with pytest.raises(LookupError, match="/broken"):
            client.get("/broken")

    assert fine.text == "fine"


def test_or_the_page_is_seen():
    with Client(Careful(), raise_server_exceptions=False) as client:
        response = client.get("/broken")

    assert (response.status, response.text) == (500, "the page")


def test_a_fault_belongs_to_its_own_request():
    async def main():
        async with AsyncClient(Careful()) as client:
            return await asyncio.gather(
                *(client.get(path) for path in ("/a", "/fine", "/b")),
                return_exceptions=True,
            )

    one, fine, two = asyncio.run(main())

    assert str(one) == "/a"
    assert fine.text == "fine"
    assert str(two) == "/b"


def test_a_fault_that_nobody_asked_for_is_nobodys():
    app = Careful()
    client = Client(app)
    app.tell(LookupError("on its own"))
    response = client.get("/fine")
    client.close()

    assert response.text == "fine"
    assert app.watchers == []


def test_an_app_does_not_keep_a_client_alive():
    app = Careful()
    client = Client(app)
    del client
    app.tell(LookupError("to nobody"))

    assert len(app.watchers) == 1

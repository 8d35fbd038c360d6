"""Start and stop of an ASGI app, around the block of a client."""

import asyncio

import pytest

from segue.testing import AsyncClient, Client, ClientError, ProtocolError

pytestmark = pytest.mark.feature("M-203")

STARTED = {"type": "lifespan.startup.complete"}
STOPPED = {"type": "lifespan.shutdown.complete"}


def app_with(lifespan, told=None):
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await lifespan(scope, receive, send)
            return
        if told is not None:
            told.append(dict(scope["state"]))
            scope["state"]["own"] = 1
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    return app


def test_the_app_is_started_and_stopped_and_its_state_copied():
    told = []

    async def lifespan(scope, receive, send):
        told.append((scope["asgi"]["version"], (await receive())["type"]))
        scope["state"]["db"] = "open"
        await send(STARTED)
        told.append((await receive())["type"])
        await send(STOPPED)

    with Client(app_with(lifespan, told)) as client:
        client.get("/")
        client.get("/")

    start = ("3.0", "lifespan.startup")
    assert told == [start, {"db": "open"}, {"db": "open"}, "lifespan.shutdown"]


def test_without_a_block_there_is_no_lifespan():
    async def lifespan(scope, receive, send):
        raise AssertionError

    client = Client(app_with(lifespan))
    response = client.get("/")
    client.close()

    assert response.status == 204


def test_an_app_that_knows_no_lifespan_is_served_all_the_same():
    async def lifespan(scope, receive, send):
        raise ValueError("what is a lifespan?")

    with Client(app_with(lifespan)) as client:
        response = client.get("/")

    assert response.status == 204


def test_an_app_that_returns_from_its_lifespan_at_once_is_served():
    async def lifespan(scope, receive, send):
        """Know nothing of it."""

    with Client(app_with(lifespan)) as client:
        response = client.get("/")

    assert response.status == 204


def test_a_failed_start_is_an_error_with_the_message_of_the_app():
    async def lifespan(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with (
        pytest.raises(ClientError, match=r"SG-TEST-011.*no database"),
        Client(app_with(lifespan)),
    ):
        pass


def test_the_exception_behind_a_failed_start_comes_out():
    async def lifespan(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})
        raise LookupError("postgres")

    async def main():
        async with AsyncClient(app_with(lifespan)):
            pass

    with pytest.raises(LookupError, match="postgres"), Client(app_with(lifespan)):
        pass
    with pytest.raises(LookupError, match="postgres"):
        asyncio.run(main())


def test_a_failed_stop_is_an_error():
    async def lifespan(scope, receive, send):
        await receive()
        await send(STARTED)
        await receive()
        await send({"type": "lifespan.shutdown.failed"})

    with (
        pytest.raises(ClientError, match="failed at its shutdown"),
        Client(app_with(lifespan)) as client,
    ):
        client.get("/")


@pytest.mark.parametrize("when", ["after", "before"])
def test_an_exception_during_the_stop_comes_out(when):
    async def lifespan(scope, receive, send):
        await receive()
        await send(STARTED)
        await receive()
        if when == "after":
            await send(STOPPED)
        raise LookupError("at the end")

    with pytest.raises(LookupError, match="at the end"), Client(app_with(lifespan)):
        pass


def test_a_message_out_of_order_is_named():
    async def lifespan(scope, receive, send):
        await receive()
        await send(STARTED)
        await send(STARTED)

    with (
        pytest.raises(ProtocolError, match=r"lifespan\.startup\.complete"),
        Client(app_with(lifespan)),
    ):
        pass


def test_a_start_that_never_ends_is_an_error_after_the_timeout():
    async def lifespan(scope, receive, send):
        await asyncio.Event().wait()

    with (
        pytest.raises(ClientError, match="The app's startup did not come"),
        Client(app_with(lifespan), timeout=0.05),
    ):
        pass

"""What WSGI alone has: an iterable, and a thread of the server that pulls it."""

from collections.abc import AsyncIterator
from typing import Any
from wsgiref.util import setup_testing_defaults

from segue import App, Response, Stream
from segue.core.protocols.wsgi import _Pull
from segue.testing import Client


def begin(app: App) -> tuple[list[str], Any]:
    """Call the app; give the status line and its iterable."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    lines: list[str] = []
    return lines, app(environ, lambda line, headers: lines.append(line))


def test_a_status_without_a_usual_phrase_is_sent(app: App) -> None:
    @app.get("/")
    def odd() -> Response:
        return Response("x", 299)

    with Client(app, protocol="wsgi") as client:
        status = client.get("/").status

    assert status == 299


def test_an_iterable_that_has_ended_stays_ended(app: App) -> None:
    app.add("/", lambda: Stream([b"x"]))
    _, answer = begin(app)

    chunks = [*answer, *answer]
    answer.close()

    assert chunks == [b"x"]


def test_a_pull_that_was_ended_before_it_began_does_not_wait(app: App) -> None:
    async def never() -> AsyncIterator[bytes]:
        import asyncio

        await asyncio.Event().wait()
        yield b"x"

    pull = _Pull(app.kernel)
    pull.end()

    assert list(pull.chunks(never())) == []

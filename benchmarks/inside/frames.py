"""Count the Python frames between the server's call and a handler.

`python -m inside.frames` prints one JSON object: protocol and kind to frames.
"""

import asyncio
import inspect
import json
import sys
from typing import Any

from inside.fakes import Call, asgi_calls, rsgi_calls, wsgi_calls
from segue import App

__all__ = ["main"]

CALL = Call("GET", "/")


def depth() -> int:
    """Count the frames of this thread, this one not included."""
    frame = inspect.currentframe()
    frame = frame.f_back if frame else None
    found = 0
    while frame is not None:
        found += 1
        frame = frame.f_back
    return found


def plain_app() -> App:
    """Build an app whose plain function tells how deep it was called."""
    app = App()

    @app.get("/", inline=True)
    def home() -> str:
        return str(depth())

    return app


def async_app() -> App:
    """Build an app whose coroutine tells how deep it was called."""
    app = App()

    @app.get("/")
    async def home() -> str:
        return str(depth())

    return app


def bare_wsgi(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [str(depth()).encode()]


async def bare_asgi(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": str(depth()).encode()})


class BareRSGI:
    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        protocol.response_str(200, [], str(depth()))


def above(caller: Any, app: Any, bare: Any) -> int:
    """Count what stands above the handler that does not stand above a bare callable.

    The bare callable is the frame the server calls, so a handler called directly from
    one application frame has one frame above it.
    """
    return int(caller(app, CALL)(1).body) - int(caller(bare, CALL)(1).body)


async def in_loop() -> dict[str, int]:
    """Count for the two protocols whose applications are coroutines."""
    return {
        "asgi async": above(asgi_calls, async_app(), bare_asgi),
        "asgi inline": above(asgi_calls, plain_app(), bare_asgi),
        "rsgi async": above(rsgi_calls, async_app(), BareRSGI()),
        "rsgi inline": above(rsgi_calls, plain_app(), BareRSGI()),
    }


def main() -> None:
    """Print the counts."""
    found = {"wsgi sync": above(wsgi_calls, plain_app(), bare_wsgi)}
    found |= asyncio.run(in_loop())
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

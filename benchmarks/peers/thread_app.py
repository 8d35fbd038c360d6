"""Blocking handlers: what it costs to keep them off the event loop.

`/plaintext` returns at once, so its price is that of the way to the handler;
`/sleep` waits ten milliseconds, as a call to a database would.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse as StarlettePlainText
from starlette.routing import Route

WAIT = 0.01
HELLO = "Hello, World!"


def plaintext(request):
    return StarlettePlainText(HELLO)


def sleep(request):
    time.sleep(WAIT)
    return StarlettePlainText(HELLO)


starlette_app = Starlette(routes=[Route("/plaintext", plaintext), Route("/sleep", sleep)])
fastapi_app = FastAPI()


@fastapi_app.get("/plaintext", response_class=PlainTextResponse)
def fastapi_plaintext() -> str:
    return HELLO


@fastapi_app.get("/sleep", response_class=PlainTextResponse)
def fastapi_sleep() -> str:
    time.sleep(WAIT)
    return HELLO


pool = ThreadPoolExecutor(40)
BODY = HELLO.encode()
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/plain"), (b"content-length", b"13")],
}


def bare_sleep():
    time.sleep(WAIT)
    return BODY


def bare_plaintext():
    return BODY


async def executor_app(scope, receive, send):
    """Bare ASGI with `run_in_executor`, the standard library's way."""
    if scope["type"] != "http":
        raise NotImplementedError
    work = bare_sleep if scope["path"] == "/sleep" else bare_plaintext
    body = await asyncio.get_running_loop().run_in_executor(pool, work)
    await send(START)
    await send({"type": "http.response.body", "body": body})

"""Segue's three ways to a handler, as `thread_app.py` has those of others."""

import asyncio
import time

from segue import App

WAIT = 0.01
HELLO = "Hello, World!"

sync_app = App()
async_app = App()
inline_app = App()


@sync_app.get("/plaintext")
@inline_app.get("/plaintext", inline=True)
def plaintext() -> str:
    return HELLO


@sync_app.get("/sleep")
def sleep() -> str:
    time.sleep(WAIT)
    return HELLO


@async_app.get("/plaintext")
async def aplaintext() -> str:
    return HELLO


@async_app.get("/sleep")
async def asleep() -> str:
    await asyncio.sleep(WAIT)
    return HELLO

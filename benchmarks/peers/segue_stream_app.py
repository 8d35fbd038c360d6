"""Segue streams 300 MB: from a plain generator, from an async one, from a file."""

import os
from collections.abc import AsyncIterator, Iterator

from segue import App, File

SIZE = 300 * 1024 * 1024
PIECE = b"x" * 65536
COUNT = SIZE // len(PIECE)

sync_app = App()
async_app = App()


@sync_app.get("/")
@async_app.get("/")
def home() -> str:
    return "ok"


@sync_app.get("/file")
@async_app.get("/file")
def file() -> File:
    return File(os.environ["BENCH_FILE"])


@sync_app.get("/stream")
def stream() -> Iterator[bytes]:
    for _ in range(COUNT):
        yield PIECE


@async_app.get("/stream")
async def astream() -> AsyncIterator[bytes]:
    for _ in range(COUNT):
        yield PIECE

"""One app that does a bit of everything, in both colours, for the parity suites."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec

from segue import (
    HTML,
    JSON,
    App,
    File,
    NotFound,
    Redirect,
    Request,
    Response,
    WebSocket,
    Wrap,
)

FOLDER = Path(__file__).parent


class Item(msgspec.Struct):
    sku: str
    quantity: int


class Order(msgspec.Struct):
    customer: str
    items: list[Item]


class Receipt(msgspec.Struct):
    customer: str
    count: int


def add_sync(app: App) -> None:
    """Add the sync half."""

    @app.get("/text")
    def text() -> str:
        return "grüße"

    @app.get("/data")
    def data() -> dict[str, int]:
        return {"a": 1}

    @app.get("/users/{id}")
    def user(id: int, q: str = "none", page: int = 1) -> dict[str, Any]:
        return {"id": id, "q": q, "page": page}

    @app.get("/named/{name}")
    def named(name: str) -> dict[str, str]:
        return {"name": name}

    @app.post("/orders", status=201)
    def order(order: Order) -> Receipt:
        return Receipt(order.customer, sum(item.quantity for item in order.items))

    @app.post("/echo")
    def echo(request: Request) -> Response:
        return Response(request.body(), media_type="application/x-echo")

    @app.post("/length")
    def length(request: Request) -> dict[str, int]:
        return {"length": sum(map(len, request.stream()))}

    @app.post("/form")
    def form(request: Request) -> dict[str, Any]:
        form = request.form()
        return {"texts": form.texts, "files": [f.filename for _, f in form.files]}

    @app.get("/stream")
    def stream() -> Iterator[str]:
        for number in range(5):
            yield f"line {number}\n"

    @app.get("/headers")
    def headers(request: Request) -> dict[str, Any]:
        wanted = ("x-one", "x-forwarded-for", "accept")
        return {name: request.headers.get(name) for name in wanted}

    @app.get("/file/{path:path}")
    def file(path: str) -> File:
        return File(FOLDER / "files", path)

    @app.get("/cookie")
    def cookie(request: Request) -> Response:
        response = Response(request.cookies.get("seen", "never"))
        response.set_cookie("seen", "yes")
        response.set_cookie("other", "1", secure=True, samesite="none")
        return response


def add_async(app: App) -> None:
    """Add the async half: the same answers, awaited."""

    @app.get("/text")
    async def text() -> str:
        await asyncio.sleep(0)
        return "grüße"

    @app.get("/data")
    async def data() -> dict[str, int]:
        return {"a": 1}

    @app.get("/users/{id}")
    async def user(id: int, q: str = "none", page: int = 1) -> dict[str, Any]:
        return {"id": id, "q": q, "page": page}

    @app.get("/named/{name}")
    async def named(name: str) -> dict[str, str]:
        return {"name": name}

    @app.post("/orders", status=201)
    async def order(order: Order) -> Receipt:
        return Receipt(order.customer, sum(item.quantity for item in order.items))

    @app.post("/echo")
    async def echo(request: Request) -> Response:
        return Response(await request.abody(), media_type="application/x-echo")

    @app.post("/length")
    async def length(request: Request) -> dict[str, int]:
        size = 0
        async for chunk in request.astream():
            size += len(chunk)
        return {"length": size}

    @app.post("/form")
    async def form(request: Request) -> dict[str, Any]:
        form = await request.aform()
        return {"texts": form.texts, "files": [f.filename for _, f in form.files]}

    @app.get("/stream")
    async def stream() -> AsyncIterator[str]:
        for number in range(5):
            yield f"line {number}\n"

    @app.get("/headers")
    async def headers(request: Request) -> dict[str, Any]:
        wanted = ("x-one", "x-forwarded-for", "accept")
        return {name: request.headers.get(name) for name in wanted}

    @app.get("/file/{path:path}")
    async def file(path: str) -> File:
        return File(FOLDER / "files", path)

    @app.get("/cookie")
    async def cookie(request: Request) -> Response:
        response = Response(request.cookies.get("seen", "never"))
        response.set_cookie("seen", "yes")
        response.set_cookie("other", "1", secure=True, samesite="none")
        return response


def make_app(colour: str) -> App:
    """Make the app in one colour; what has no colour is the same in both."""
    app = App()
    (add_sync if colour == "sync" else add_async)(app)

    @app.middleware
    def stamp(request: Request) -> Wrap:
        response = yield
        if "stamp" in request.query:
            response.headers["x-stamp"] = request.query["stamp"]

    @app.get("/")
    def home() -> HTML:
        return HTML("<h1>home</h1>")

    @app.get("/none")
    def none() -> None:
        return None

    @app.get("/accepted")
    def accepted() -> tuple[dict[str, int], int]:
        return {"queue": 1}, 202

    @app.get("/teapot")
    def teapot() -> Response:
        return JSON({"tea": True}, 418, headers={"x-tea": "yes"})

    @app.get("/go")
    def go() -> Redirect:
        return Redirect("user", id=7, q="from go")

    @app.get("/missing")
    def missing() -> None:
        raise NotFound("no such book")

    @app.get("/boom")
    def boom() -> None:
        raise ZeroDivisionError("secret detail")

    @app.websocket("/ws/{room}")
    async def ws(socket: WebSocket, room: str) -> None:
        async for message in socket:
            if isinstance(message, str):
                await socket.send(f"{room}: {message}")
            else:
                await socket.send(bytes(reversed(message)))

    return app


# What the servers of the suite import.
sync_app = make_app("sync")
async_app = make_app("async")

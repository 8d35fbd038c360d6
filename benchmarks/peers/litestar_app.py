"""Litestar: typed handlers; msgspec Structs are its native models."""

from litestar import Litestar, MediaType, get, post
from records import Order, Receipt, User, receipt


@get("/plaintext", media_type=MediaType.TEXT)
async def plaintext() -> str:
    return "Hello, World!"


@get("/json")
async def message() -> dict[str, str]:
    return {"message": "Hello, World!"}


@get("/users/{id:int}")
async def user(id: int, q: str = "") -> User:
    return User(id, q)


@post("/orders/{id:int}", status_code=200)
async def order(id: int, data: Order) -> Receipt:
    return receipt(id, data)


app = Litestar([plaintext, message, user, order], openapi_config=None)

"""Segue, three times: plain functions, coroutines, and plain functions on the loop."""

from records import Order, Receipt, User, receipt

from segue import App

sync_app = App()
async_app = App()
inline_app = App()


@sync_app.get("/plaintext")
@inline_app.get("/plaintext", inline=True)
def plaintext() -> str:
    return "Hello, World!"


@sync_app.get("/json")
@inline_app.get("/json", inline=True)
def message() -> dict[str, str]:
    return {"message": "Hello, World!"}


@sync_app.get("/users/{id}")
@inline_app.get("/users/{id}", inline=True)
def user(id: int, q: str = "") -> User:
    return User(id, q)


@sync_app.post("/orders/{id}")
@inline_app.post("/orders/{id}", inline=True)
def order(id: int, order: Order) -> Receipt:
    return receipt(id, order)


@async_app.get("/plaintext")
async def aplaintext() -> str:
    return "Hello, World!"


@async_app.get("/json")
async def amessage() -> dict[str, str]:
    return {"message": "Hello, World!"}


@async_app.get("/users/{id}")
async def auser(id: int, q: str = "") -> User:
    return User(id, q)


@async_app.post("/orders/{id}")
async def aorder(id: int, order: Order) -> Receipt:
    return receipt(id, order)

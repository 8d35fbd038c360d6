"""FastAPI: Pydantic models in and out, `async def` handlers."""

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel


class Item(BaseModel):
    sku: str
    quantity: int
    price: float


class Order(BaseModel):
    customer: str
    items: list[Item]
    note: str | None = None


class Receipt(BaseModel):
    id: int
    customer: str
    total: float
    items: list[Item]


class User(BaseModel):
    id: int
    q: str


class Message(BaseModel):
    message: str


app = FastAPI()


@app.get("/plaintext", response_class=PlainTextResponse)
async def plaintext() -> str:
    return "Hello, World!"


@app.get("/json")
async def message() -> Message:
    return Message(message="Hello, World!")


@app.get("/users/{id}")
async def user(id: int, q: str = "") -> User:
    return User(id=id, q=q)


@app.post("/orders/{id}")
async def order(id: int, order: Order) -> Receipt:
    total = sum(item.quantity * item.price for item in order.items)
    return Receipt(id=id, customer=order.customer, total=total, items=order.items)

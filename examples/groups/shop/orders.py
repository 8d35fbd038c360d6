"""The orders, for those who know the till's key."""

from typing import Annotated

import msgspec
from msgspec import Meta

from segue import Group, Redirect, Request, Wrap
from segue.errors import Forbidden
from shop.books import find
from shop.settings import Config

__all__ = ["orders"]

orders = Group("/orders", name="orders")


class Order(msgspec.Struct):
    """What somebody wants to have."""

    book: int
    copies: Annotated[int, Meta(ge=1, le=100)] = 1


class Receipt(msgspec.Struct):
    """What an order costs."""

    number: int
    title: str
    cents: int


_receipts: list[Receipt] = []


@orders.middleware
def at_the_till(request: Request) -> Wrap:
    """Let only those in who know the key."""
    config: Config = request.app.settings
    if request.headers.get("x-till-key") != config.till_key.reveal():
        raise Forbidden("The till is closed to you.")
    yield


@orders.post(status=201)
def place(order: Order) -> Receipt:
    book = find(order.book)
    receipt = Receipt(len(_receipts) + 1, book.title, book.cents * order.copies)
    _receipts.append(receipt)
    return receipt


@orders.get("/{number}")
def receipt(number: int) -> Receipt:
    return _receipts[number - 1]


@orders.get("/last")
def last():
    return Redirect(receipt, number=len(_receipts))

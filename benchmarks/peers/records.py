"""The records of the typed POST, shared by every Python peer that leaves the choice."""

import msgspec


class Item(msgspec.Struct):
    """One line of an order."""

    sku: str
    quantity: int
    price: float


class Order(msgspec.Struct):
    """What a client sends."""

    customer: str
    items: list[Item]
    note: str | None = None


class Receipt(msgspec.Struct):
    """What it gets back."""

    id: int
    customer: str
    total: float
    items: list[Item]


class User(msgspec.Struct):
    """The answer to `/users/42?q=hello`."""

    id: int
    q: str


encode = msgspec.json.Encoder().encode
decode_order = msgspec.json.Decoder(Order).decode
ValidationError = msgspec.ValidationError
DecodeError = msgspec.DecodeError


def receipt(number: int, order: Order) -> Receipt:
    """Add up an order."""
    total = sum(item.quantity * item.price for item in order.items)
    return Receipt(number, order.customer, total, order.items)

"""The routes of orders."""

from typing import Annotated

from annotated_types import MaxLen, MinLen
from orders.customers import Customer, staff
from orders.models import (
    NewOrder,
    Order,
    OrderFilter,
    OrderPage,
    Status,
    StatusChange,
)
from orders.store import Store

from segue import JSON, Controller, FromHeader, get, post, put, url
from segue.errors import Conflict, NotFound

__all__ = ["Orders"]

Key = Annotated[
    str | None,
    FromHeader("idempotency-key", description="The same key never orders twice."),
    MinLen(8),
    MaxLen(64),
]


class Orders(Controller):
    """Orders: one object of this class serves all requests."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @get()
    def index(self, wanted: OrderFilter, customer: Customer) -> OrderPage:
        """List orders, the newest first."""
        return self.store.search(wanted, customer)

    @post(status=201, raises=Conflict)
    def place(self, new: NewOrder, customer: Customer, key: Key = None) -> Order:
        """Place an order."""
        order = self.store.place(new, customer, key)
        location = url(self.show, number=order.number)
        return JSON(order, status=201, headers={"location": location})

    @get("/{number}", raises=NotFound)
    def show(self, order: Order) -> Order:
        """Show an order."""
        return order

    @post("/{number}/cancel", raises=(NotFound, Conflict))
    def cancel(self, order: Order) -> Order:
        """Cancel an order that is not on its way yet."""
        self.store.move(order, Status.CANCELLED)
        return order

    @put("/{number}/status", allow=staff, raises=(NotFound, Conflict))
    def move(self, order: Order, change: StatusChange) -> Order:
        """Say how far an order has come; for the staff."""
        self.store.move(order, change.status)
        return order

"""Where orders are kept: in memory, which is enough for an example."""

import threading
from collections.abc import Iterator
from datetime import UTC
from itertools import count

from orders.customers import Customer
from orders.models import Document, NewOrder, Order, OrderFilter, OrderPage, Status

from segue import App, NotFound
from segue.errors import Conflict

__all__ = ["Store", "find_order", "open_store"]

PRICES = {"dune": 1200, "emma": 800, "solaris": 900}


class Store:
    """All orders; handlers of several threads use it at once."""

    def __init__(self, app: App) -> None:
        self._now = app.clock
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._orders: dict[int, Order] = {}
        self._keys: dict[tuple[str, str], tuple[NewOrder, Order]] = {}
        self._contents: dict[tuple[int, str], bytes] = {}

    def place(self, new: NewOrder, customer: Customer, key: str | None) -> Order:
        """Place an order; with the key of an earlier one nothing is ordered twice.

        Raises:
            Conflict: The earlier one was another order; or there is no such book.
        """
        with self._lock:
            if key is not None and (customer.name, key) in self._keys:
                earlier, order = self._keys[customer.name, key]
                if earlier != new:
                    raise Conflict("This key was used for another order.")
                return order
            order = self._made(new, customer)
            self._orders[order.number] = order
            if key is not None:
                self._keys[customer.name, key] = new, order
            return order

    def _made(self, new: NewOrder, customer: Customer) -> Order:
        unknown = sorted({line.sku for line in new.lines} - PRICES.keys())
        if unknown:
            raise Conflict(f"There is no {', '.join(unknown)}.")
        return Order(
            number=next(self._numbers),
            customer=customer.name,
            placed=self._now(),
            address=new.address,
            lines=new.lines,
            cents=sum(PRICES[line.sku] * line.copies for line in new.lines),
            note=new.note,
        )

    def search(self, wanted: OrderFilter, customer: Customer) -> OrderPage:
        """Find the orders that a customer may see."""
        found = [
            order
            for order in self._orders.values()
            if _may_see(order, customer) and _fits(order, wanted)
        ]
        if wanted.sort == "newest":
            found.reverse()
        page = found[wanted.offset : wanted.offset + wanted.limit]
        return OrderPage(total=len(found), orders=page)

    def find(self, number: int, customer: Customer) -> Order:
        """Find one order; one of somebody else is as good as none.

        Raises:
            NotFound: There is none.
        """
        order = self._orders.get(number)
        if order is None or not _may_see(order, customer):
            raise NotFound(f"There is no order {number}.")
        return order

    def move(self, order: Order, status: Status) -> None:
        """Move an order on.

        Raises:
            Conflict: It is shipped or cancelled already.
        """
        with self._lock:
            if order.status is not Status.PLACED:
                raise Conflict(f"Order {order.number} is {order.status.value}.")
            order.status = status

    def attach(self, order: Order, document: Document, content: bytes) -> None:
        """Keep a file with an order; one of the same name takes its place."""
        with self._lock:
            others = [each for each in order.documents if each.name != document.name]
            order.documents = [*others, document]
            self._contents[order.number, document.name] = content

    def content(self, order: Order, name: str) -> bytes:
        """Read a file of an order.

        Raises:
            NotFound: There is none.
        """
        content = self._contents.get((order.number, name))
        if content is None:
            raise NotFound(f"Order {order.number} has no {name}.")
        return content


def _may_see(order: Order, customer: Customer) -> bool:
    return customer.is_staff or order.customer == customer.name


def _fits(order: Order, wanted: OrderFilter) -> bool:
    skus = {line.sku for line in order.lines}
    since = wanted.since
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    return (
        wanted.status in (None, order.status)
        and skus.issuperset(wanted.sku)
        and (since is None or order.placed >= since)
    )


def open_store(app: App) -> Iterator[Store]:
    """Open the store when the app starts, and close it when it stops."""
    yield Store(app)  # a database would be closed behind this line


def find_order(number: int, store: Store, customer: Customer) -> Order:
    """Find the order of the path: `/orders/{number}` asks for `order: Order`."""
    return store.find(number, customer)

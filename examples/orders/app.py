"""The app: what belongs together, put together."""

from orders.api import Orders
from orders.customers import Customer, Customers, ask_customer, known
from orders.documents import documents
from orders.models import Order
from orders.store import Store, find_order, open_store

from segue import App, Group
from segue.openapi import OpenAPI

api = Group("/orders", tags="orders", allow=known)
api.include(Orders)
api.include(documents)

app = App()
app.provide(Customers, scope="app")
app.provide(Store, open_store, scope="app")
app.provide(Customer, ask_customer)
app.provide(Order, find_order)
app.include(api)
app.use(
    OpenAPI(
        title="Orders",
        version="1",
        description="Orders of a bookshop, for other programs.",
        license={"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        tags={"orders": "What customers order.", "about": "The API itself."},
    )
)


@app.get("/", tags="about")
def about():
    """Say what this is."""
    return {"api": "orders", "version": 1}

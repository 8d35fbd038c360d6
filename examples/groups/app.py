"""The app: settings, groups and what surrounds every request."""

from segue import App, NotFound, Request, Wrap
from shop.books import books
from shop.orders import orders
from shop.settings import Config

app = App(Config)
app.include(books)
app.include(orders)


@app.get("/")
def home(config: Config):
    return {"shop": config.name, "currency": config.currency}


@app.middleware
def stamp() -> Wrap:
    response = yield
    response.headers["x-shop"] = "segue"


@app.on(NotFound)
def missing(error: NotFound, request: Request):
    return {"asked": request.path, "hint": error.detail or "Look at /books."}, 404

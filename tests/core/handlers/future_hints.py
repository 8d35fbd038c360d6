"""Handlers of a module whose hints are all text."""

from __future__ import annotations

import functools

import msgspec

from segue import App, Controller, get, post


def app_of_locals():
    class Item(msgspec.Struct):
        sku: str

    def logged(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper

    app = App()

    @app.post("/items", status=201)
    def add(item: Item, count: int = 1) -> Item:
        return item

    @app.post("/logged")
    @logged
    def log(item: Item) -> Item:
        return item

    class Items(Controller):
        @post("/controller")
        def add(self, item: Item) -> Item:
            return item

        @get("/controller")
        def none(self):
            return []

    app.include(Items)
    return app


def app_with_a_hint_that_is_not_there():
    app = App()

    @app.get("/")
    def broken(item: Nowhere):  # noqa: F821 - that is the point
        return item

    return app


def app_with_a_class_below():
    app = App()

    @app.post("/")
    def early(item: Later):
        return item

    class Later(msgspec.Struct):
        sku: str

    return app

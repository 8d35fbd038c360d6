"""Usage: what a provider learns of the route it works for."""

import pytest

from segue import App, Group
from segue.core.handlers.usage import Usage
from segue.testing import Client


class Told:
    def __init__(self, usage: Usage):
        self.usage = usage


@pytest.fixture
def app():
    app = App()
    app.provide(Told)
    return app


def test_a_provider_learns_methods_and_options(app):
    seen = []
    group = Group("/g", audited=True)

    def handler(told: Told):
        seen.append(told.usage)

    group.add("/a", handler, methods=["PUT", "POST"], colour="red")
    app.add("/b", handler, methods=None)
    app.include(group)

    @app.get("/c")
    def stream(told: Told):
        seen.append(told.usage)
        yield "c"

    client = Client(app)
    client.put("/g/a")
    client.put("/g/a")
    client.get("/b")
    assert client.get("/c").text == "c"

    first, again, free, streaming = seen
    assert first is again
    assert first.methods == {"PUT", "POST"}
    assert (first.options["colour"], first.options["audited"]) == ("red", True)
    assert (free.methods, free.streams) == (frozenset(), False)
    assert (streaming.methods, streaming.streams) == ({"GET"}, True)


def test_the_same_function_on_two_routes_has_two_usages(app):
    seen = []

    def handler(told: Told):
        seen.append(told.usage.options.get("atomic"))

    app.add("/a", handler)
    app.add("/b", handler, atomic=False)
    client = Client(app)
    client.get("/a")
    client.get("/b")

    assert seen == [None, False]


def test_outside_a_route_there_are_no_methods(app):
    with app.scope() as scope:
        assert scope.get(Told).usage.methods is None


def test_hooks_of_a_route_learn_the_same(app):
    seen = []

    @app.before
    def before(told: Told):
        seen.append(told.usage)

    @app.get("/")
    def home(told: Told):
        seen.append(told.usage)

    Client(app).get("/")

    assert seen[0] is seen[1]
    assert seen[0].methods == {"GET"}


def test_the_same_function_with_the_same_options_has_one_plan(app):
    def handler(told: Told):
        pass

    app.add("/a", handler)
    app.add("/b", handler)
    app.add("/c", handler, atomic=False)
    app.freeze()
    first, second, third = (app.kernel.entry_for(r).call.plan for r in app.routes)

    assert first is second
    assert first is not third

"""Groups: prefixes, names, hosts, controllers, modules, hooks of a part."""

import functools
import types

import pytest

from segue import App, Controller, Group, NotFound, Response, Settings, get, post
from segue.core.errors import ConfigurationError, RouteError
from segue.core.handlers.marks import route
from segue.core.routing.predicates import accepts, header
from segue.testing import Client


class Config(Settings):
    size: int = 7


def paths(app):
    return [str(each) for each in app.routes]


@pytest.mark.feature("M-011", "M-012")
def test_groups_in_groups_add_prefix_name_and_options_up():
    app, api, books = App(), Group("/api", name="api"), Group("/books", name="books")

    @books.get("/{id}")
    def show(id: int):
        return id

    api.include(books, "/v1")
    app.include(api)

    assert paths(app) == ["GET /api/v1/books/{id}"]
    assert app.url("api.books.show", id=3) == "/api/v1/books/3"
    assert app.url(show, id=3, tab="x") == "/api/v1/books/3?tab=x"
    assert Client(app).get("/api/v1/books/3").text == "3"


@pytest.mark.feature("M-011")
def test_a_group_is_included_by_reference():
    app, api = App(), Group("/api")
    app.include(api)
    api.get("/late")(lambda: "late")

    assert Client(app).get("/api/late").text == "late"


def test_a_group_may_be_included_under_two_prefixes():
    app, api = App(), Group()
    api.get("/x")(lambda: "x")
    app.include(api, "/v1")
    app.include(api, "/v2")

    client = Client(app)

    assert client.get("/v1/x").text == client.get("/v2/x").text == "x"


def fill(part):
    """Declare one of everything."""
    seen = []

    @part.get("/x")
    def show(bad: bool = False):
        return {}["x"] if bad else "x"

    @part.after
    def after(response: Response):
        response.headers["x-after"] = "1"

    @part.middleware
    def around():
        response = yield
        response.headers["x-around"] = "1"

    @part.on(KeyError)
    def lost(error: KeyError):
        return "lost", 410

    @part.lifespan
    def life():
        seen.append("start")
        yield
        seen.append("stop")

    part.before(lambda: seen.append("before"))
    part.teardown(lambda: seen.append("teardown"))
    part.command(name="re-price")(lambda: None)
    return seen


@pytest.mark.feature("M-003", "M-025")
def test_a_part_of_an_app_moves_into_a_group_without_a_change():
    whole, app, part = App(), App(), Group()
    one, two = fill(whole), fill(part)
    app.include(part)

    for each, seen in ((whole, one), (app, two)):
        with Client(each) as client:
            good, bad = client.get("/x"), client.get("/x?bad=1")
        assert (good.text, bad.status) == ("x", 410)
        assert good.headers["x-after"] == good.headers["x-around"] == "1"
        assert seen == ["start", *["before", "teardown"] * 2, "stop"]
        assert list(each.commands) == ["re-price"]


def test_every_verb_of_a_group_answers_its_method():
    app, group = App(), Group("/x")
    for verb in ("get", "post", "put", "patch", "delete", "options"):
        getattr(group, verb)()(lambda verb=verb: verb)
    group.head("/h")(lambda: "")
    group.route("/any", methods=None)(lambda: "any")
    app.include(group)
    client = Client(app)

    answers = [
        client.request(verb.upper(), "/x").status
        for verb in ("get", "post", "put", "patch", "delete", "options")
    ]

    assert answers == [200] * 6
    assert client.head("/x/h").status == 200
    assert client.request("PROPFIND", "/x/any").text == "any"


def test_the_hosts_predicates_and_options_of_a_group_are_its_routes():
    app = App()
    group = Group(
        host="{tenant}.example.org",
        when=header("x-api", "2"),
        status=201,
        middleware=[],
    )

    @group.get("/", when=[accepts("text/html")])
    def home(tenant: str):
        return tenant

    app.include(group)
    app.get("/")(lambda: "plain")
    client = Client(app)
    wanted = {"x-api": "2", "accept": "text/html"}

    shop = client.get("http://shop.example.org/", headers=wanted)
    other = client.get("http://shop.example.org/", headers={"x-api": "1"})

    assert (shop.status, shop.text) == (201, "shop")
    assert (other.status, other.text) == (200, "plain")


def test_middleware_may_stand_around_one_route(caplog):
    def shout():
        response = yield
        response.headers["x-loud"] = "1"

    app = App()
    app.get("/one", middleware=shout)(lambda: "x")
    app.get("/two", middleware=[shout])(lambda: "x")
    app.get("/three")(lambda: "x")
    client = Client(app)

    loud = ["x-loud" in client.get(path).headers for path in ("/one", "/two", "/three")]

    assert loud == [True, True, False]


def test_methods_are_given_one_or_several_in_any_case():
    app = App()
    app.add("/a", lambda: "x", methods="post")
    app.add("/b", lambda: "x", methods=["get", "put"])

    assert paths(app) == ["POST /a", "GET PUT /b"]


class Orders(Controller):
    def __init__(self, app: App, config: Config):
        self.size = config.size
        self.app = app

    @post("/", status=201)
    def add(self):
        return [self.size]

    @get("/{id}")
    def show(self, id: int):
        return [id, self.size]

    @route("/both", methods=["GET", "POST"], name="two")
    async def both(self, page: int = 1):
        return page

    @get("/static")
    @staticmethod
    def static():
        return "static"

    @classmethod
    @get("/class")
    def of_class(cls):
        return cls.__name__

    def helper(self):
        """Stay what it is: no handler."""


def test_the_marked_methods_of_a_controller_are_handlers():
    app = App(Config)
    app.include(Orders, "/orders")
    client = Client(app)

    assert paths(app)[:2] == ["POST /orders/", "GET /orders/{id}"]
    assert client.post("/orders/").json() == [7]
    assert client.get("/orders/3").json() == [3, 7]
    assert client.get("/orders/both?page=2").text == "2"
    assert client.get("/orders/static").text == "static"
    assert client.get("/orders/class").text == "Orders"
    assert app.url("Orders.show", id=1) == "/orders/1"
    assert app.url("Orders.two") == "/orders/both"


def test_a_method_that_overrides_a_handler_keeps_its_route():
    class Mine(Orders):
        def show(self, id: int):
            return "mine"

    app = App(Config)
    app.include(Mine)

    assert Client(app).get("/3").text == "mine"
    assert len(app.routes) == 5


def test_a_decorator_above_a_mark_keeps_the_mark():
    def logged(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs) + "!"

        return wrapper

    class Pages(Controller):
        @logged
        @get("/")
        def home(self):
            return "home"

    app = App()
    app.include(Pages)

    assert Client(app).get("/").text == "home!"


@pytest.mark.feature("M-003")
def test_the_marked_functions_of_a_module_are_handlers():
    module = types.ModuleType("shop.views")
    exec(
        "from segue import get, post\n"
        "@get('/a', name='first')\n"
        "@post('/a')\n"
        "def a(): return 'a'\n"
        "alias = a\n"
        "@get('/b')\n"
        "async def b(): return 'b'\n"
        "number = 3\n",
        module.__dict__,
    )
    foreign = post("/foreign")(lambda: "x")
    module.foreign = foreign
    app = App()
    app.include(module, "/shop")

    client = Client(app)

    assert paths(app) == ["POST /shop/a", "GET /shop/a", "GET /shop/b"]
    assert client.get("/shop/a").text == "a"
    assert client.get("/shop/b").text == "b"


def refused(work, code):
    with pytest.raises(RouteError) as caught:
        work()
    assert caught.value.problem.code == code
    return caught.value.problem


@pytest.mark.parametrize(
    ("prefix", "fix"),
    [("/", "Leave it out."), ("api", "Write '/api'."), ("/a//b/", "Write '/a/b'.")],
)
def test_a_prefix_begins_with_a_slash_and_ends_without(prefix, fix):
    group = refused(lambda: Group(prefix), "SG-APP-001")
    included = refused(lambda: App().include(Group(), prefix), "SG-APP-001")

    assert group.fix == included.fix == fix
    assert group.where[0].startswith("tests/test_group.py:")


def test_a_path_begins_with_a_slash():
    problem = refused(lambda: App().get("x")(lambda: "x"), "SG-APP-002")

    assert problem.fix == "Write '/x'."


def test_a_decorator_without_its_parentheses_is_refused():
    app = App()

    for use in (app.get, app.post, app.route, app.websocket):
        with pytest.raises(Exception, match="SG-PLAN-012"):
            use(lambda: "x")


@pytest.mark.parametrize("part", [3, "x", Orders(App(), Config()), Response])
def test_what_has_no_routes_cannot_be_included(part):
    refused(lambda: App().include(part), "SG-APP-003")


def test_a_group_cannot_be_included_in_itself():
    one, two = Group(), Group()
    one.include(two)

    problem = refused(lambda: two.include(one), "SG-APP-009")
    refused(lambda: one.include(one), "SG-APP-009")

    assert problem.where[0].startswith("tests/test_group.py:")


@pytest.mark.parametrize(
    "kind", [200, 600, "404", None, KeyboardInterrupt, BaseException, lambda: "x", 4.04]
)
def test_what_is_no_error_and_no_event_has_no_handler(kind):
    problem = refused(lambda: App().on(kind), "SG-APP-004")

    assert problem.where[0].startswith("tests/test_group.py:")


def test_on_without_anything_is_refused():
    refused(lambda: App().on(), "SG-APP-004")


def test_two_functions_for_one_error_are_refused_with_both_places():
    app = App()

    @app.on(404, NotFound)
    def first():
        return "first"

    def second():
        pass

    problem = refused(lambda: app.on(NotFound)(second), "SG-APP-005")
    refused(lambda: app.on(404)(second), "SG-APP-005")

    assert problem.what == "Two functions answer NotFound."
    assert problem.where[0].endswith("first")
    assert problem.where[1].endswith("second")


def test_one_function_may_be_registered_twice_for_an_error():
    app = App()

    def missing():
        return "nothing here"

    app.on(404)(missing)
    app.on(404)(missing)

    assert Client(app).get("/x").text == "nothing here"


def test_two_functions_for_one_command_are_refused_with_both_places():
    app = App()

    def reprice():
        pass

    def other():
        pass

    app.command(functools.partial(reprice))
    app.command(name="twice")(other)
    app.command(name="twice")(other)

    problem = refused(lambda: app.command(name="reprice")(other), "SG-APP-006")

    assert problem.where[0].endswith("reprice")
    assert problem.where[1].endswith("other")
    assert list(app.commands) == ["reprice", "twice"]


def test_the_same_command_in_two_groups_is_told_at_start():
    app, group = App(), Group()
    app.include(group)

    @app.command
    def reprice():
        pass

    group.command(name="reprice")(lambda: None)

    with pytest.raises(ConfigurationError, match="SG-APP-006"):
        app.freeze()


def test_a_controller_and_a_module_without_handlers_are_refused():
    class Empty(Controller):
        pass

    refused(lambda: App().include(Empty), "SG-APP-007")
    refused(lambda: App().include(types), "SG-APP-008")


@pytest.mark.parametrize("when", ["text/html", [accepts("text/html"), "x"], None])
def test_a_predicate_can_be_called(when):
    problem = refused(lambda: Group(when=when), "SG-APP-014")
    refused(lambda: App().get("/", when=when)(lambda: "x"), "SG-APP-014")

    assert problem.where[0].startswith("tests/test_group.py:")


def test_middleware_says_where_it_stands():
    app, seen = App(), []

    def layer(name):
        def around():
            seen.append(name)
            yield

        around.__name__ = name
        return around

    app.middleware(after="last")(layer("first"))
    app.middleware(before=[])(layer("middle"))
    app.middleware(layer("last"))
    app.get("/")(lambda: "x")
    Client(app).get("/")

    assert seen.index("last") < seen.index("first")

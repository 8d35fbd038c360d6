"""The app: how it is made, grown, frozen, looked into and served."""

import asyncio
import types
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime
from wsgiref.util import setup_testing_defaults

import pytest

from segue import (
    App,
    Controller,
    Group,
    Redirect,
    Request,
    Settings,
    WebSocket,
    get,
    url,
)
from segue.core.errors import (
    ConfigurationError,
    MissingExtraError,
    RouteError,
    SettingsError,
    WalkError,
)
from segue.core.http.limits import Limits
from segue.core.http.proxies import ProxyTrust
from segue.testing import Client, override


class Config(Settings):
    page_size: int = 20


class Strict(Settings):
    secret: str


@dataclass
class Sold:
    title: str


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def protocol(request):
    return request.param


def refused(work, code):
    with pytest.raises((RouteError, SettingsError, WalkError)) as caught:
        work()
    assert caught.value.problem.code == code
    return caught.value.problem


# -- starting small, growing


@pytest.mark.feature("M-001", "M-002")
def test_a_whole_app_is_five_lines_in_one_file(protocol, tmp_path):
    file = tmp_path / "app.py"
    file.write_text(
        "from segue import App\n"
        "app = App()\n"
        '@app.get("/")\n'
        "def home():\n"
        '    return "Hello, World!"\n'
    )
    namespace = {}
    exec(compile(file.read_text(), str(file), "exec"), namespace)

    with Client(namespace["app"], protocol=protocol) as client:
        response = client.get("/")

    assert response.text == "Hello, World!"
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.feature("M-006", "M-007")
def test_decorators_and_one_central_table_make_the_same_routes(protocol):
    def home():
        return "home"

    async def show(id: int):
        return {"id": id}

    def change(id: int):
        return None

    decorated, central = App(), App()
    decorated.get("/")(home)
    decorated.get("/books/{id}", name="book")(show)
    decorated.route("/books/{id}", methods=["PUT", "PATCH"])(change)
    for path, handler, options in (
        ("/", home, {}),
        ("/books/{id}", show, {"name": "book"}),
        ("/books/{id}", change, {"methods": ["PUT", "PATCH"]}),
    ):
        central.add(path, handler, **options)

    with (
        Client(decorated, protocol=protocol) as one,
        Client(central, protocol=protocol) as two,
    ):
        answers = [
            (
                client.get("/").text,
                client.get("/books/3").json(),
                client.put("/books/3").status,
            )
            for client in (one, two)
        ]

    assert answers == [("home", {"id": 3}, 204)] * 2
    assert list(map(str, decorated.routes)) == list(map(str, central.routes))
    assert decorated.url("book", id=3) == central.url(show, id=3) == "/books/3"


@pytest.mark.feature("M-003")
def test_an_app_grows_into_modules_without_a_change_to_what_was_there():
    shop = types.ModuleType("shop")
    exec(
        "from segue import Group\n"
        'books = Group("/books", name="books")\n'
        '@books.get("/{id}")\n'
        "def show(id: int): return {'id': id}\n",
        shop.__dict__,
    )
    app = App()

    @app.get("/")
    def home():
        return "Hello, World!"

    app.include(shop.books)
    client = Client(app)

    assert client.get("/").text == "Hello, World!"
    assert client.get("/books/3").json() == {"id": 3}


def test_two_apps_live_in_one_process(protocol):
    one, two = App(Config), App()
    one.state.name, two.state.name = "one", "two"

    def home(app: App):
        return app.state.name

    def other(app: App):
        return url(home)

    one.get("/one")(home)
    two.get("/two")(home)
    one.get("/x")(other)
    two.get("/x")(other)

    with (
        Client(one, protocol=protocol) as first,
        Client(two, protocol=protocol) as second,
    ):
        found = [first.get("/one").text, second.get("/two").text]
        urls = [first.get("/x").text, second.get("/x").text]
        missing = second.get("/one").status

    assert found == ["one", "two"]
    assert urls == ["/one", "/two"]
    assert missing == 404


# -- inside another app


@pytest.mark.feature("M-029")
def test_an_app_is_mounted_inside_another_wsgi_app():
    app = App()

    @app.get("/here", name="here")
    def here(request: Request):
        return f"{request.root_path} {request.path} {request.url.path}"

    def outer(environ, start_response):
        if environ["PATH_INFO"].startswith("/legacy/new"):
            environ["SCRIPT_NAME"] += "/legacy/new"
            environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/legacy/new")
            return app(environ, start_response)
        start_response("200 OK", [("content-length", "3")])
        return [b"old"]

    client = Client(outer, protocol="wsgi")

    assert client.get("/x").text == "old"
    assert client.get("/legacy/new/here").text == "/legacy/new /here /legacy/new/here"
    assert client.get("/legacy/new/nothing").status == 404


@pytest.mark.feature("M-029")
@pytest.mark.parametrize("keeps", [True, False], ids=["whole path", "path below"])
def test_an_app_is_mounted_inside_another_asgi_app(keeps):
    app = App()

    @app.get("/here")
    async def here(request: Request):
        return f"{request.root_path} {request.path} {request.url.path}"

    async def outer(scope, receive, send):
        path = scope["path"] if keeps else scope["path"].removeprefix("/legacy")
        await app({**scope, "root_path": "/legacy", "path": path}, receive, send)

    client = Client(outer, protocol="asgi")

    assert client.get("/legacy/here").text == "/legacy /here /legacy/here"
    assert client.get("/legacy/nothing").status == 404
    client.close()


# -- one object, every server


def test_one_object_is_called_in_each_way_of_the_servers():
    app = App()
    app.get("/")(lambda: "x")
    environ, started = {}, []
    setup_testing_defaults(environ)

    body = b"".join(app(environ, lambda status, headers: started.append(status)))

    async def twice():
        sent = []

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "headers": [(b"host", b"x")],
            "http_version": "1.1",
            "scheme": "http",
            "client": None,
            "server": None,
        }
        await app(dict(scope), receive, send)
        await app(dict(scope))(receive, send)
        return [m["body"] for m in sent if m["type"] == "http.response.body"]

    assert (started, body) == (["200 OK"], b"x")
    assert [b for b in asyncio.run(twice()) if b] == [b"x", b"x"]
    app.stop()


def test_a_request_that_came_while_the_app_was_built_is_answered_too():
    app = App()
    app.get("/")(lambda: "x")

    class Early:
        """A server's hold on the app from before its first request."""

        wsgi, asgi, rsgi = app._wsgi, app._asgi, app._rsgi

        def __rsgi__(self, scope, protocol):
            return Early.rsgi(scope, protocol)

    async def asgi(scope, receive, send):
        await Early.asgi(scope, receive, send)

    def wsgi(environ, start_response):
        return Early.wsgi(environ, start_response)

    for early, protocol in ((wsgi, "wsgi"), (asgi, "asgi"), (Early(), "rsgi")):
        client = Client(early, protocol=protocol)
        answers = [client.get("/").text for _ in range(2)]
        client.close()
        assert answers == ["x", "x"]
    app.stop()


def test_lifespans_run_around_the_work_of_a_server(protocol):
    app, seen = App(), []

    @app.lifespan
    def outer(app: App):
        seen.append("start")
        yield
        seen.append("stop")

    app.get("/")(lambda: seen[-1])
    with Client(app, protocol=protocol) as client:
        inside = client.get("/").text

    assert inside == "start"
    assert seen == ["start", "stop"]


def test_an_app_that_was_never_started_stops_in_peace():
    app = App()
    app.stop()

    assert not app.frozen


# -- arguments


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"settings": Config()}, "Config("),
        ({"settings": dict}, "<class 'dict'>"),
        ({"slashes": "keep"}, "slashes='keep'"),
        ({"threads": 0}, "threads=0"),
        ({"threads": "4"}, "threads='4'"),
        ({"timeout": 0}, "timeout=0"),
    ],
)
def test_an_argument_that_cannot_be_is_refused_at_once(arguments, told):
    problem = refused(lambda: App(**arguments), "SG-APP-015")

    assert told in problem.what
    assert problem.where[0].startswith("tests/test_app.py:")


@pytest.mark.parametrize(
    ("name", "near"), [("proxys", "proxies"), ("alow", "allow"), ("prefix", None)]
)
def test_an_argument_that_nobody_knows_is_refused(name, near):
    problem = refused(lambda: App(**{name: "x"}), "SG-APP-015")

    assert f"{name}='x'" in problem.what
    assert (f"Did you mean {near!r}?" in problem.fix) is (near is not None)


def test_an_option_of_the_app_counts_for_all_its_routes(protocol):
    def closed() -> bool:
        return False

    app, group = App(allow=closed, status=201), Group("/group")
    app.add("/one", lambda: "one")
    group.add("/two", lambda: "two", allow=lambda: True)
    app.include(group)

    with Client(app, protocol=protocol) as client:
        assert [client.get(path).status for path in ("/one", "/group/two")] == [403] * 2


def test_proxies_are_given_as_text_as_several_or_ready():
    ready = ProxyTrust(("10.0.0.0/8",))

    assert App(proxies=ready).proxies is ready
    assert App(proxies="10.0.0.1").proxies.networks == ("10.0.0.1",)
    assert App(proxies=["10.0.0.1", "unix"]).proxies.networks == ("10.0.0.1", "unix")


def test_limits_and_hosts_are_kept(protocol):
    app = App(limits=Limits(body=3), hosts="example.org", timeout=5)

    @app.post("/")
    async def size(request: Request):
        return str(len(await request.abody()))

    with Client(app, protocol=protocol, base_url="http://example.org") as client:
        small, large = (
            client.post("/", content=b"abc"),
            client.post("/", content=b"abcd"),
        )
        foreign = client.post("http://evil.org/")

    assert (small.text, large.status, foreign.status) == ("3", 413, 400)


# -- extensions


class Clock:
    """An extension that claims a route, a command and a converter, if told so."""

    def __init__(self, **claims):
        self.claims = claims

    def setup(self, app):
        if path := self.claims.get("path"):
            app.get(path)(self.now)
        if command := self.claims.get("command"):
            app.command(name=command)(self.tell)
        if name := self.claims.get("converter"):
            app.converter(name, int, hint=self.claims.get("hint"))

    def now(self):
        return "now"

    def tell(self):
        """Tell the time."""


class Watch(Clock):
    """Another one."""

    def now(self):
        return "watch"

    def tell(self):
        """Tell another."""


@pytest.mark.feature("M-025")
def test_an_extension_sets_itself_up_by_the_app_s_own_doors():
    app, clock = App(), Clock(path="/now", command="tell", converter="tick")
    app.use(clock)
    app.get("/{n:tick}/tock")(lambda n: [n])
    client = Client(app)

    assert app.extensions == {Clock: clock}
    assert client.get("/now").text == "now"
    assert client.get("/3/tock").json() == [3]
    assert list(app.commands) == ["tell"]


@pytest.mark.feature("M-032")
def test_two_extensions_of_one_kind_are_refused_with_both_places():
    app = App()
    app.use(Clock())

    problem = refused(lambda: app.use(Clock()), "SG-APP-013")

    assert len(set(problem.where)) == 2
    assert all(place.startswith("tests/test_app.py:") for place in problem.where)


@pytest.mark.feature("M-032")
def test_two_extensions_with_one_route_are_told_with_both_places():
    app = App()
    app.use(Clock(path="/now"), Watch(path="/now"))

    with pytest.raises(ConfigurationError) as caught:
        app.freeze()

    assert caught.value.problem.code == "SG-ROUTE-003"
    assert [place.split()[-1] for place in caught.value.problem.where] == [
        "Clock.now",
        "Watch.now",
    ]


@pytest.mark.feature("M-032")
def test_two_extensions_with_one_command_are_told_with_both_places():
    app = App()

    problem = refused(
        lambda: app.use(Clock(command="tell"), Watch(command="tell")), "SG-APP-006"
    )

    assert [place.split()[-1] for place in problem.where] == [
        "Clock.tell",
        "Watch.tell",
    ]


@pytest.mark.feature("M-032")
@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"converter": "tick"}, {"converter": "tick"}),
        ({"converter": "a", "hint": Sold}, {"converter": "b", "hint": Sold}),
    ],
)
def test_two_extensions_with_one_converter_are_told_with_both_places(one, two):
    app = App()

    problem = refused(lambda: app.use(Clock(**one), Watch(**two)), "SG-ROUTE-009")

    assert len(problem.where) == 2
    assert all(place.startswith("tests/test_app.py:") for place in problem.where)


def test_a_converter_that_clashes_with_a_built_in_one_names_its_own_place():
    problem = refused(lambda: App().converter("int", int), "SG-ROUTE-009")

    assert len(problem.where) == 1


@pytest.mark.parametrize(
    "thing", [Clock, object(), types, types.SimpleNamespace(setup=print), None, "x"]
)
def test_what_is_no_extension_cannot_be_used(thing):
    problem = refused(lambda: App().use(thing), "SG-APP-012")

    assert problem.where[0].startswith("tests/test_app.py:")


def test_a_missing_extra_prints_the_line_that_installs_it():
    error = MissingExtraError("granian", extra="server", purpose="`segue serve`")

    assert error.problem.code == "SG-APP-010"
    assert error.problem.fix == 'pip install "segue[server]"'


# -- open and frozen


def test_an_app_is_open_until_it_is_frozen_or_asked():
    app = App()
    app.get("/")(lambda: "x")
    before = app.frozen
    kernel = app.kernel
    app.freeze()

    assert (before, app.frozen) == (False, True)
    assert app.kernel is kernel


LATE = [
    lambda app: app.get("/late")(lambda: "x"),
    lambda app: app.include(Group()),
    lambda app: app.use(Clock()),
    lambda app: app.converter("x", int),
    lambda app: app.before(lambda: None),
    lambda app: app.after(lambda: None),
    lambda app: app.teardown(lambda: None),
    lambda app: app.on(404),
    lambda app: app.middleware(lambda: None),
    lambda app: app.middleware(),
    lambda app: app.lifespan(lambda: None),
    lambda app: app.command(lambda: None),
]


@pytest.mark.parametrize("change", LATE)
def test_a_frozen_app_takes_no_change_and_names_what_froze_it(change):
    app = App()
    app.freeze()

    problem = refused(lambda: change(app), "SG-APP-011")

    assert problem.where[0].startswith("tests/test_app.py:")
    assert problem.where[1].endswith(", where it was frozen")


def test_all_mistakes_are_told_together(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    app = App(Strict)
    app.get("/a")(lambda: "x")
    app.get("/b/{key:itn}")(lambda key: key)

    @app.get("/c")
    def c(thing: complex):
        pass

    @app.get("/d")
    def d(settings: Strict):
        pass

    class Pages(Controller):
        def __init__(self, thing: complex):
            pass

        @get("/e")
        def e(self):
            pass

    app.include(Pages)

    with pytest.raises(ConfigurationError) as caught:
        app.freeze()

    codes = [problem.code for problem in caught.value.problems]
    assert codes[0].startswith("SG-CONF-")
    assert codes[1:] == ["SG-ROUTE-002", "SG-PLAN-007", "SG-PLAN-007"]
    assert "4 mistakes keep this app from starting." in str(caught.value)
    assert not app.frozen


def test_a_controller_without_its_settings_hides_no_mistake(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    app = App(Strict)

    class Pages(Controller):
        def __init__(self, settings: Strict):
            self.secret = settings.secret

        @get("/")
        def home(self):
            pass

    app.include(Pages)

    with pytest.raises(ConfigurationError, match="SG-CONF-"):
        app.freeze()


def test_settings_that_cannot_be_loaded_are_told_at_start(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    app = App(Strict)

    with pytest.raises(ConfigurationError, match="secret"):
        app.freeze()


def test_an_error_in_a_controller_is_its_own():
    class Broken(Controller):
        def __init__(self):
            raise LookupError("no plans")

        @get("/")
        def home(self):
            pass

    app = App()
    app.include(Broken)

    with pytest.raises(LookupError, match="no plans"):
        app.start()


# -- settings, state, commands, urls


def test_settings_are_given_to_who_asks_for_their_class(protocol, monkeypatch):
    monkeypatch.setenv("PAGE_SIZE", "7")
    app = App(Config)

    @app.get("/")
    def size(config: Config):
        return config.page_size

    with Client(app, protocol=protocol) as client:
        assert client.get("/").text == "7"
    assert app.settings.page_size == 7
    assert app.loaded_settings.value is app.settings


def test_an_app_without_settings_has_none():
    assert App().settings is None
    assert App().loaded_settings is None


def test_state_is_a_place_for_an_app_s_own_things(protocol):
    app = App()
    app.state.names = ["ann"]

    @app.get("/names")
    def names(app: App):
        return app.state.names

    with Client(app, protocol=protocol) as client:
        assert client.get("/names").json() == ["ann"]


def test_urls_are_built_from_handlers_and_names():
    app, group = App(), Group("/api", name="api")

    @group.get("/users/{id}")
    def user(id: int):
        return id

    app.include(group)
    app.get("/old")(lambda: Redirect(user, id=3))

    assert app.url(user, id=3, tab="x y") == "/api/users/3?tab=x%20y"
    assert app.url("api.user", id=4) == "/api/users/4"
    assert Client(app).get("/old", follow_redirects=False).headers["location"] == (
        "/api/users/3"
    )
    with pytest.raises(RouteError, match=r"api\.user"):
        app.url("api.usr", id=4)


def test_a_free_url_needs_an_app_at_work():
    app = App()

    @app.get("/x")
    def x():
        return url("x", page=2)

    def outside():
        with pytest.raises(WalkError, match="SG-WALK-010"):
            url(x)
        with app.at_work():
            inside = url(x)
        with pytest.raises(WalkError, match="SG-WALK-010"):
            url(x)
        return inside

    # In a context of its own, where no other test was at work.
    assert Context().run(outside) == "/x"
    assert Client(app).get("/x").text == "/x?page=2"


def test_commands_are_typed_functions_by_name():
    app = App()

    @app.command
    def re_price(percent: int, dry_run: bool = False):
        """Raise all prices."""

    app.command(name="again")(re_price)

    assert app.commands == {"re-price": re_price, "again": re_price}


def test_listeners_hear_events_from_sync_and_async_code():
    app, seen = App(), []

    @app.on(Sold)
    def hear(event: Sold):
        seen.append(event.title)

    @app.on(Sold)
    async def hear_later(event):
        seen.append(event.title.upper())

    app.emit(Sold("dune"))
    asyncio.run(app.aemit(Sold("solaris")))
    app.stop()

    assert seen == ["dune", "DUNE", "solaris", "SOLARIS"]


# -- looking in


def test_an_app_says_what_makes_wsgi_not_enough():
    sync, asynchronous, socket, stream = App(), App(), App(), App()
    sync.get("/")(lambda: "x")

    @asynchronous.get("/")
    async def home():
        return "x"

    @socket.websocket("/ws")
    async def chat(socket: WebSocket):
        pass

    @stream.get("/")
    def pieces():
        yield "x"

    assert sync.needs_asgi() is None
    assert asynchronous.needs_asgi().endswith("home is async")
    assert socket.needs_asgi().endswith("chat is a WebSocket")
    assert (sync.streams, stream.streams) == (False, True)


def test_an_app_explains_a_request():
    app = App(debug=True)

    @app.get("/users/{id}")
    def user(id: int, verbose: bool = False):
        return id

    told = str(app.explain("GET", "/users/3"))

    assert "user" in told
    assert "verbose: bool from the query, else False" in told


def test_a_debugging_app_shows_its_errors():
    app = App(debug=True)
    app.get("/")(lambda: 1 / 0)
    client = Client(app, raise_server_exceptions=False)

    response = client.get("/", headers={"accept": "text/html"})

    assert response.status == 500
    assert "ZeroDivisionError" in response.text


def test_the_clock_of_an_app_is_utc_and_can_be_frozen():
    app = App()
    before = app.clock()

    with override(app, now=datetime(2030, 1, 2, tzinfo=UTC)) as clock:
        frozen = app.clock()

    assert before.tzinfo is UTC
    assert frozen == datetime(2030, 1, 2, tzinfo=UTC)
    assert clock is not None

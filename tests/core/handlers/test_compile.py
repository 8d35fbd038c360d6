"""Every kind of callable is served, whatever its names are."""

import functools
import inspect
from typing import Annotated

import msgspec
import pytest

from segue import App, Request, Settings
from segue.core.errors import BadRequest
from segue.core.handlers.build import build_plan
from segue.core.handlers.compile import compile_plan
from segue.core.handlers.draft import Tools
from segue.core.handlers.surroundings import Surroundings
from segue.testing import Client


class Config(Settings):
    size: int = 7


class Item(msgspec.Struct):
    sku: str


class Greeter:
    def __init__(self, greeting):
        self.greeting = greeting

    def greet(self, name: str):
        return f"{self.greeting} {name}"

    def __call__(self, name: str):
        return f"{self.greeting}, {name}"


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) + "!"

    return wrapper


def alogged(function):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        return await function(*args, **kwargs) + "!"

    return wrapper


def greet(greeting, name: str):
    return f"{greeting} {name}"


async def agreet(name: str):
    return f"hello {name}"


CALLABLES = [
    (lambda name: f"hello {name}", "hello bob"),
    (functools.partial(greet, "hi"), "hi bob"),
    (functools.partial(greet, greeting="hey"), "hey bob"),
    (Greeter("hello").greet, "hello bob"),
    (Greeter("hello"), "hello, bob"),
    (logged(Greeter("hello").greet), "hello bob!"),
    (agreet, "hello bob"),
    (alogged(agreet), "hello bob!"),
    (functools.partial(alogged(agreet)), "hello bob!"),
]


@pytest.mark.feature("M-006")
@pytest.mark.parametrize(("handler", "expected"), CALLABLES)
def test_any_callable_is_a_handler(ask, handler, expected):
    assert ask(handler, "/?name=bob").text == expected


def test_a_value_that_a_partial_binds_cannot_be_replaced_by_a_query(ask):
    handler = functools.partial(greet, greeting="hi")

    assert ask(handler, "/?name=bob&greeting=evil").text == "hi bob"


def test_keyword_only_and_positional_only_parameters_are_filled(ask):
    def handler(a, /, b: int, *, c: int = 3, d: str):
        return [a, b, c, d]

    response = ask(handler, "/x?b=2&d=4", path="/{a}")

    assert response.json() == ["x", 2, 3, "4"]


OURS = [
    "query",
    "body",
    "request_",
    "answer",
    "handler",
    "app",
    "finish",
    "encode",
    "values",
    "pair",
    "kind",
    "out",
    "error",
    "carried",
    "pairs",
    "content_type",
    "environ",
    "scope",
    "receive",
    "send",
]


@pytest.mark.parametrize("name", OURS)
def test_a_value_may_have_any_name_that_we_use_ourselves(ask, name):
    namespace = {}
    exec(f"def {name}_({name}, other: list[int], last: int): return {name}", namespace)
    exec(f"async def {name}({name}, last: int): return {name}", namespace)

    for handler in (namespace[f"{name}_"], namespace[name]):
        response = ask(handler, "/x?other=1&last=2", path=f"/{{{name}}}")
        assert response.text == "x"


def test_names_that_differ_in_foreign_letters_only_are_told_apart(ask):
    def handler(é, è, ä_0=""):  # noqa: PLC2401 - that is the point
        return [é, è, ä_0]

    response = ask(handler, "/1/2?%C3%A4_0=3", path="/{é}/{è}")

    assert response.json() == ["1", "2", "3"]


def test_a_parameter_named_like_a_keyword_is_read_from_the_plain_name(ask):
    def handler(from_: int, *, class_: str = "x"):
        return [from_, class_]

    assert ask(handler, "/?from=3&class=y").json() == [3, "y"]


def test_path_query_body_request_app_and_settings_meet_in_one_call(protocol):
    app = App(Config)

    @app.post("/{id}")
    def handler(
        id: int,
        item: Item,
        request: Request,
        config: Config,
        app_: Annotated[App, "marked"],
        tags: list[str],
        *,
        page: int = 1,
    ):
        return [id, item.sku, request.method, config.size, app_ is app, tags, page]

    with Client(app, protocol=protocol) as client:
        response = client.post("/3?tags=a&tags=b&page=2", json={"sku": "s"})

    assert response.json() == [3, "s", "POST", 7, True, ["a", "b"], 2]


def test_an_async_handler_gets_the_same(protocol):
    app = App(Config)

    @app.put("/{id}")
    async def handler(request: Request, item: Item, id: int, page: int = 1):
        return [id, item.sku, request.path, page]

    with Client(app, protocol=protocol) as client:
        response = client.put("/3?page=2", json={"sku": "s"})

    assert response.json() == [3, "s", "/3", 2]


def test_a_sync_handler_may_run_on_the_loop(ask):
    assert ask(lambda x: x, "/?x=1", options={"inline": True}).text == "1"


def test_a_handler_that_surrounds_have_a_say_in_gets_the_same(protocol):
    app = App()
    app.before(lambda: None)

    @app.post("/{query}")
    def handler(query: str, item: Item, request: Request, body: int = 1):
        return [query, item.sku, request.method, body]

    with Client(app, protocol=protocol) as client:
        response = client.post("/x?body=2", json={"sku": "s"})

    assert response.json() == ["x", "s", "POST", 2]


def test_the_written_function_needs_what_its_signature_asks_for():
    def handler(id, page: int, item: Item, request: Request):
        pass

    around = Surroundings(path=("id",), methods=frozenset({"POST"}))
    call = compile_plan(build_plan(handler, around), Tools())
    plain = compile_plan(build_plan(lambda: "x", around), Tools())

    assert (call.query, call.body, call.request, call.carried) == (
        True,
        True,
        True,
        False,
    )
    assert list(inspect.signature(call.function).parameters) == [
        "query_",
        "body_",
        "content_type_",
        "request_",
        "id_0",
    ]
    assert not call.is_plain
    assert plain.is_plain
    assert "handler_(id_0" in call.source


def test_a_plan_may_be_compiled_without_finishing_its_answer():
    async def hook(response):
        return response

    around = Surroundings(carried=(str,), input=False)
    hook.__annotations__["response"] = str
    call = compile_plan(build_plan(hook, around), Tools(), answers=False)

    assert call.carried
    assert inspect.iscoroutinefunction(call.function)


def test_a_path_value_that_nobody_asks_for_is_passed_over(ask):
    assert ask(lambda: "x", "/3/4", path="/{a}/{b}").text == "x"


def test_an_error_in_a_handler_is_its_own(ask):
    def handler():
        raise BadRequest("no")

    assert ask(handler).status == 400

"""Where each argument comes from, decided at start."""

import dataclasses
import functools
from typing import Any, Protocol, TypedDict

import msgspec
import pytest

from segue import App, Request, Response, Settings, WebSocket
from segue.core.errors import ConfigurationError, HTTPError, PlanError
from segue.core.handlers.build import build_plan
from segue.core.handlers.plan import Source
from segue.core.handlers.surroundings import Surroundings
from segue.core.types import UNSET
from segue.testing import Client


class Config(Settings):
    size: int = 1


class Item(msgspec.Struct):
    sku: str


class Other(msgspec.Struct):
    sku: str


class Filter(msgspec.Struct):
    word: str = ""
    tags: list[str] = []


class Deep(msgspec.Struct):
    item: Item


class Entry(TypedDict):
    name: str


class Named(Protocol):
    name: str


@dataclasses.dataclass
class Started:
    at: int


GET = Surroundings(methods=frozenset({"GET"}), app=(App, Config))
POST = Surroundings(methods=frozenset({"POST"}), app=(App, Config))


def sources(function, around):
    plan = build_plan(function, around)
    return {a.name: (a.source, a.key) for a in plan.arguments}


def refusal(function, around):
    with pytest.raises(PlanError) as caught:
        build_plan(function, around)
    return caught.value.problem


def test_a_name_of_the_path_comes_first():
    def handler(request, app: App, id: Item):
        pass

    around = Surroundings(path=("request", "app", "id"), app=(App,))

    assert sources(handler, around) == {
        "request": (Source.PATH, "request"),
        "app": (Source.PATH, "app"),
        "id": (Source.PATH, "id"),
    }


def test_the_request_is_found_by_type_or_by_its_bare_name():
    def handler(request, its: Request, again: Request | None = None):
        pass

    assert {s for s, _ in sources(handler, GET).values()} == {Source.REQUEST}


def test_what_the_app_holds_is_found_by_type_and_by_a_wider_type():
    def handler(app: App, config: Config, settings: Settings, maybe: Config | None):
        pass

    assert sources(handler, GET) == {
        "app": (Source.APP, App),
        "config": (Source.APP, Config),
        "settings": (Source.APP, Config),
        "maybe": (Source.APP, Config),
    }


def test_types_that_refuse_to_be_compared_are_no_trouble():
    def handler(entry: Entry):
        pass

    def other(thing: Named):
        pass

    assert sources(handler, POST) == {"entry": (Source.BODY, None)}
    assert refusal(other, GET).code == "SG-PLAN-007"


@pytest.mark.parametrize(
    ("carried", "hint"),
    [
        (WebSocket, WebSocket[Item, Any]),
        (WebSocket, WebSocket),
        (Exception, Exception | None),
        (HTTPError, HTTPError),
        (ValueError, Exception),
        (Exception, ValueError | KeyError),
        (Response, Response | None),
    ],
    ids=str,
)
def test_a_value_of_the_moment_is_found_by_its_type(carried, hint):
    def hook(value):
        pass

    hook.__annotations__["value"] = hint

    assert sources(hook, Surroundings(carried=(carried,), input=False)) == {
        "value": (Source.CARRIED, carried)
    }


@pytest.mark.parametrize(
    ("carried", "name"),
    [
        (WebSocket, "websocket"),
        (WebSocket, "socket"),
        (Response, "response"),
        (ValueError, "error"),
        (Started, "event"),
        (Started, "started"),
    ],
)
def test_a_value_of_the_moment_is_found_by_its_bare_name(carried, name):
    namespace = {}
    exec(f"def hook({name}): pass", namespace)
    around = Surroundings(
        carried=(carried,), request=carried is not Started, input=False
    )

    assert sources(namespace["hook"], around) == {name: (Source.CARRIED, carried)}


def test_a_hint_of_object_means_nothing():
    def hook(value: object):
        pass

    around = Surroundings(carried=(Response,), app=(App,), input=False)

    assert refusal(hook, around).code == "SG-PLAN-007"


def test_a_struct_is_the_body_where_there_is_one_and_the_query_elsewhere():
    def handler(item: Filter):
        pass

    body = build_plan(handler, POST).arguments[0]
    query = build_plan(handler, GET).arguments[0]

    assert (body.source, body.record) == (Source.BODY, False)
    assert (query.source, query.record) == (Source.QUERY, True)


def test_a_struct_of_the_query_has_flat_fields():
    def handler(item: Deep):
        pass

    problem = refusal(handler, GET)

    assert problem.code == "SG-PLAN-009"
    assert "'item' is a Item" in problem.what


@pytest.mark.parametrize(("around", "word"), [(POST, "bodies"), (GET, "whole queries")])
def test_two_structs_are_refused(around, word):
    def handler(one: Item, two: Other):
        pass

    problem = refusal(handler, around)

    assert problem.code == "SG-PLAN-006"
    assert f"two {word}: one and two" in problem.what


@pytest.mark.parametrize("around", [GET, POST])
def test_a_union_that_nothing_tells_apart_is_refused(around):
    def handler(item: Item | Other):
        pass

    problem = refusal(handler, around)

    assert problem.code == ("SG-PLAN-004" if around is POST else "SG-PLAN-007")


def test_text_that_could_be_two_things_is_refused():
    import uuid

    def handler(key: uuid.UUID | str | bytes):
        pass

    problem = refusal(handler, GET)

    assert problem.code == "SG-PLAN-004"
    assert "key" in problem.what


def test_a_parameter_that_is_a_keyword_has_a_low_line():
    def handler(from_, class_, type_, id_):
        pass

    assert [key for _, key in sources(handler, GET).values()] == [
        "from",
        "class",
        "type_",
        "id_",
    ]


def test_a_default_says_the_type_where_no_hint_does():
    def handler(page=1, exact=False, rate=0.5, words="x", none=None):
        pass

    hints = [argument.hint for argument in build_plan(handler, GET).arguments]

    assert hints == [int, bool, float, UNSET, UNSET]


def test_what_nothing_provides_names_what_there_is():
    def hook(respones):
        pass

    hook.__annotations__["respones"] = type("Respons", (), {})
    around = Surroundings(carried=(Response,), app=(App,), input=False)

    problem = refusal(hook, around)

    assert problem.code == "SG-PLAN-007"
    assert problem.what.startswith("hook() asks for `respones: Respons`")
    assert "There is App, Request, Response." in problem.fix
    assert "Did you mean 'Response'?" in problem.fix


def test_an_untyped_parameter_of_a_hook_is_refused():
    problem = refusal(lambda x: x, Surroundings(request=False, input=False))

    assert "`x: no type`" in problem.what
    assert "Add a provider" in problem.fix


def test_a_body_where_there_is_none_is_told_to_be_served_otherwise():
    def handler(items: list[Item]):
        pass

    problem = refusal(handler, GET)

    assert problem.code == "SG-PLAN-007"
    assert problem.fix.startswith("Serve it with POST")


def test_a_handler_that_asks_for_its_answer_is_told_to_return_one():
    def handler(response: Response):
        pass

    problem = refusal(handler, GET)

    assert problem.code == "SG-PLAN-007"
    assert "return JSON(" in problem.fix


def test_a_name_of_the_path_that_is_nearly_a_parameter_is_refused():
    def handler(user_id):
        pass

    around = Surroundings(path=("userid",), methods=frozenset({"GET"}))

    problem = refusal(handler, around)

    assert problem.code == "SG-PLAN-008"
    assert "Did you mean 'user_id'?" in problem.why


def test_a_name_of_the_path_that_nobody_asks_for_is_fine():
    plan = build_plan(lambda words="": words, Surroundings(path=("id",)))
    hook = Surroundings(path=("userid",), app=(App,), input=False)

    assert plan.path_names == ("id",)
    assert build_plan(lambda request: None, hook).path_names == ("userid",)


def test_a_name_in_both_path_and_host_is_refused():
    problem = refusal(lambda key: key, Surroundings(path=("key", "key")))

    assert problem.code == "SG-PLAN-005"


def test_options_become_part_of_the_plan():
    from http import HTTPStatus

    options = {"status": HTTPStatus.CREATED, "inline": True}
    plan = build_plan(functools.partial(lambda x: x, 1), GET, options)

    assert type(plan.status) is int
    assert plan.status == 201
    assert plan.inline
    assert plan.name == "<lambda>"


def test_a_hook_without_hints_finds_the_app_by_its_name():
    class Thing:
        pass

    def hook(thing):
        return thing

    plan = build_plan(hook, Surroundings(app=[Thing], input=False))

    assert [(a.source, a.key) for a in plan.arguments] == [(Source.APP, Thing)]


def test_the_type_of_a_path_value_may_stand_in_a_provider(protocol):
    app = App()

    class Book:
        def __init__(self, id: int) -> None:
            self.id = id

    app.provide(Book)

    @app.get("/books/{id}")
    def show(book: Book) -> dict[str, int]:
        return {"next": book.id + 1}

    with Client(app, protocol=protocol) as client:
        assert client.get("/books/7").json() == {"next": 8}
        assert client.get("/books/x").status == 404


def test_two_types_for_one_value_of_the_path_are_refused():
    app = App()

    class Book:
        def __init__(self, id: str) -> None:
            self.id = id

    app.provide(Book)

    @app.get("/more/{id}")
    def more(id: int, book: Book) -> str:
        return "x"

    with pytest.raises(ConfigurationError, match="SG-PLAN-028"):
        app.freeze()

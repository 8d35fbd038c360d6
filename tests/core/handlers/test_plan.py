"""Plans tell of themselves."""

from typing import Annotated, Any

from annotated_types import MaxLen

from segue import Request, WebSocket
from segue.core.di.provider import Provider
from segue.core.handlers.plan import Argument, Plan, Provided, Source, type_name
from segue.core.types import UNSET


class Item:
    pass


def test_an_argument_says_where_it_comes_from():
    told = [
        str(Argument("id", Source.PATH, int)),
        str(Argument("page", Source.QUERY, int, 1)),
        str(Argument("filter", Source.QUERY, Item, record=True)),
        str(Argument("request", Source.REQUEST, UNSET)),
        str(Argument("key", Source.HEADER, Annotated[str, MaxLen(8)], key="x-key")),
        str(Argument("self", Source.APP, UNSET, key=Item)),
        str(Argument("item", Source.BODY, list[Item])),
        str(Argument("raw", Source.BODY, bytes)),
        str(Argument("hook", Source.BODY, UNSET)),
    ]

    assert told == [
        "id: int from the path",
        "page: int from the query, else 1",
        "filter: Item from the whole query",
        "request: untyped from the request",
        "key: str (length <= 8) from the header 'x-key'",
        "self: Item from the app",
        "item: list[Item] from the body, as JSON or msgpack",
        "raw: bytes from the body",
        "hook: untyped from the body",
    ]


def make_item() -> Item:
    return Item()


def make_untyped():
    return Item()


def test_what_a_factory_makes_is_told_by_its_type():
    told = []
    for factory, returns in ((make_item, Item), (make_untyped, UNSET)):
        provider = Provider(factory, factory, "request", False, "here")
        plan = Plan(factory, factory.__name__, "here", (), returns=returns)
        told.append(str(Provided(provider, plan)))

    assert told == [
        "Item by make_item() at here, for the request",
        "make_untyped() by make_untyped() at here, for the request",
    ]


def test_a_plan_knows_which_sources_it_uses():
    plan = Plan(print, "print", "here", (Argument("id", Source.PATH, int),))

    assert plan.uses(Source.PATH)
    assert not plan.uses(Source.BODY)


def test_a_type_is_written_as_a_user_writes_it():
    assert type_name(Request) == "Request"
    assert type_name(list[Item] | None) == "list[Item] | None"
    assert type_name(WebSocket[Item, Any]) == "WebSocket[Item, Any]"

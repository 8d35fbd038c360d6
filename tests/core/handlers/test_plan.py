"""Plans tell of themselves."""

from typing import Any

from segue import Request, WebSocket
from segue.core.handlers.plan import Argument, Plan, Source, type_name
from segue.core.types import UNSET


class Item:
    pass


def test_an_argument_says_where_it_comes_from():
    told = [
        str(Argument("id", Source.PATH, int)),
        str(Argument("page", Source.QUERY, int, 1)),
        str(Argument("filter", Source.QUERY, Item, record=True)),
        str(Argument("request", Source.REQUEST, UNSET)),
    ]

    assert told == [
        "id: int from the path",
        "page: int from the query, else 1",
        "filter: Item from the whole query",
        "request: untyped from the request",
    ]


def test_a_plan_knows_which_sources_it_uses():
    plan = Plan(print, "print", "here", (Argument("id", Source.PATH, int),))

    assert plan.uses(Source.PATH)
    assert not plan.uses(Source.BODY)


def test_a_type_is_written_as_a_user_writes_it():
    assert type_name(Request) == "Request"
    assert type_name(list[Item] | None) == "list[Item] | None"
    assert type_name(WebSocket[Item, Any]) == "WebSocket[Item, Any]"

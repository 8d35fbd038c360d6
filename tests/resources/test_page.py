"""Pages of a list, for any handler that asks by type."""

import datetime as dt
import enum
from typing import Annotated, Any

import msgspec
import pytest

from segue import App, Page, Paged
from segue.resources import Found, Order, PageSize
from segue.resources.page import MAX_PAGE
from segue.testing import Client

PROOF = pytest.mark.feature("M-182", "M-183")
pytestmark = PROOF


class Colour(enum.Enum):
    RED = "red"


class Item(msgspec.Struct):
    id: int
    name: str | None = None


class Public(msgspec.Struct):
    id: int


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    name: str | None = None


ITEMS = [Item(n, None if n % 3 == 0 else f"n{n % 4}") for n in range(25)]


@pytest.fixture
def client(protocol):
    app = App()

    @app.get("/items")
    def items(wanted: Wanted, page: Annotated[Page, PageSize(5, 50)]) -> Paged[Public]:
        fit = [i for i in ITEMS if wanted.name in {None, i.name}]
        return page.cut(fit, sort="-name,id")  # type: ignore[return-value]

    @app.get("/async/{page}")
    async def later(cut: Page) -> Paged[Item]:
        return cut.of(ITEMS[cut.offset : cut.offset + cut.size], total=len(ITEMS))

    @app.get("/cursors")
    async def cursors(
        page: Annotated[Page, PageSize(10, cursor=True)], odd: int = 0
    ) -> Paged[Any]:
        return page.cut([{"x": 1, "k": odd}, {"x": 1.5, "k": odd}], sort="x,k")

    @app.get("/unsorted")
    def unsorted(page: Page) -> Paged[Item]:
        return page.cut(ITEMS)

    with Client(app, protocol=protocol) as client:
        yield client


def links(answer):
    found = {}
    for link in answer.headers["link"].split(", "):
        target, relation = link.split("; ")
        found[relation[5:-1]] = target[1:-1]
    return found


def ids(answer):
    return [each["id"] for each in answer.json()["items"]]


def test_a_page_by_number_says_where_the_others_are(client):
    answer = client.get("/items?size=10&page=2")
    body = answer.json()

    assert len(body.pop("items")) == 10
    assert body == {
        "next": "/items?page=3&size=10",
        "prev": "/items?page=1&size=10",
        "total": 25,
        "first": "/items?page=1&size=10",
        "last": "/items?page=3&size=10",
    }
    assert links(answer) == {
        name: body[name] for name in ("next", "prev", "first", "last")
    }


def test_the_first_and_the_last_page_have_no_neighbour(client):
    first, last = client.get("/items?size=20"), client.get("/items?size=20&page=2")

    assert (first.json()["prev"], "prev" in links(first)) == (None, False)
    assert (last.json()["next"], len(last.json()["items"])) == (None, 5)


def test_a_page_behind_the_last_is_empty_and_leads_back(client):
    body = client.get("/items?size=20&page=9").json()

    assert (body["items"], body["next"]) == ([], None)
    assert body["prev"] == "/items?page=2&size=20"


def test_items_leave_as_they_are_declared(client):
    assert set(client.get("/items").json()["items"][0]) == {"id"}


def test_links_keep_the_rest_of_the_query(client):
    body = client.get("/items?name=n1&size=2&total=true").json()

    assert body["next"] == "/items?name=n1&total=true&page=2&size=2"
    assert body["total"] == 4


def test_counting_may_be_left_out(client):
    body = client.get("/items?total=false").json()

    assert "total" not in body
    assert "last" not in body
    assert body["next"] == "/items?total=false&page=2&size=5"


def test_cursors_lead_through_the_whole_list_and_back(client):
    whole = ids(client.get("/items?size=50"))
    forth, target = [], "/items?after="
    while target:
        answer = client.get(target)
        forth += ids(answer)
        target = answer.json()["next"]
    back, target = [], "/items?before=&size=7"
    while target:
        answer = client.get(target)
        back = [*ids(answer), *back]
        target = answer.json()["prev"]

    assert forth == back == whole


def test_a_page_by_cursor_has_both_ends(client):
    answer = client.get("/items?after=&size=5")
    middle = client.get(answer.json()["next"])

    assert answer.json()["prev"] is None
    assert links(middle).keys() == {"next", "prev", "first", "last"}
    assert ids(client.get(links(middle)["prev"])) == ids(answer)
    assert ids(client.get(links(middle)["last"])) == [12, 15, 18, 21, 24]


def test_a_page_by_cursor_counts_when_it_is_asked_to(client):
    assert "total" not in client.get("/items?after=").json()
    assert client.get("/items?after=&total=1").json()["total"] == 25


def test_an_empty_list_has_no_neighbours(client):
    body = client.get("/items?name=nobody&after=").json()

    assert (body["items"], body["next"], body["prev"]) == ([], None, None)
    assert client.get("/items?name=nobody").json()["last"].endswith("page=1&size=5")


def test_a_handler_may_prefer_cursors(client):
    body = client.get("/cursors").json()

    assert body["first"] == "/cursors?after=&size=10"
    assert client.get("/cursors?size=1&after=").json()["next"]


def test_numbers_of_both_kinds_may_be_sorted_by(client):
    target = client.get("/cursors?size=1").json()["next"]

    assert client.get(target).json()["items"] == [{"x": 1.5, "k": 0}]


def test_the_name_of_a_path_value_is_not_taken_for_the_page(client):
    assert len(client.get("/async/7?size=3").json()["items"]) == 3


def test_a_list_without_an_order_has_no_cursors(client):
    assert client.get("/unsorted?page=2").status == 200
    for end in ("after", "before"):
        answer = client.get(f"/unsorted?{end}=")
        assert (answer.status, answer.json()["errors"][0]["name"]) == (422, end)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        (f"page={MAX_PAGE + 1}", "page"),
        ("page=" + "9" * 4000, "page"),
        ("page=1.5", "page"),
        ("page=x", "page"),
        ("size=0", "size"),
        ("size=51", "size"),
        (f"size={10**9}", "size"),
        ("size=", "size"),
        ("after=x", "after"),
        ("before=%C3%A9", "before"),
        ("after=" + "A" * 5000, "after"),
        ("after=&before=", "before"),
        ("after=&page=2", "after"),
        ("total=perhaps", "total"),
        ("nam=x", "nam"),
    ],
)
def test_what_is_no_page_is_refused(client, query, name):
    answer = client.get(f"/items?{query}")

    assert answer.status == 422
    assert [error["name"] for error in answer.json()["errors"]] == [name]


@pytest.mark.parametrize("query", ["after=%00", "after=%ff", "page=%00", "size=1%00"])
def test_what_is_no_text_is_refused(client, query):
    assert client.get(f"/items?{query}").status in {400, 422}


def test_thousands_of_fields_are_refused(client):
    query = "&".join(f"x{n}=1" for n in range(5000))

    assert client.get(f"/items?{query}").status == 400


def test_hundreds_of_unknown_fields_are_told_of_in_bounds(client):
    query = "&".join(f"nam{n}=1" for n in range(900))

    answer = client.get(f"/items?{query}")

    assert answer.status == 422
    assert len(answer.body) < 200_000


def test_a_link_header_that_would_be_too_long_is_cut(client):
    query = "&".join(f"name={'x' * 90}" for _ in range(30))

    answer = client.get(f"/items?{query}&page=2")

    assert len(answer.headers.get("link", "")) <= 4000
    assert answer.json()["prev"]


def test_a_page_made_by_hand_needs_no_request():
    page = Page(number=2, size=2)

    found = page.of(["c"], more=False)

    assert (page.offset, page.by_cursor) == (2, False)
    assert (found.items, found.next, found.prev) == (["c"], None, "?page=1&size=2")


def test_an_answer_is_made_of_what_a_store_found():
    order = (Order("id"),)
    page = Page(size=1, after="")

    query = page.query(order, [int])
    answer = page.answer(Found([Item(1)], more=True), order, [int])

    assert (query.after, query.limit, query.count) == ((), 1, True)
    assert Page(after=str(answer.next).split("after=")[1].split("&")[0]).query(
        order, [int]
    ).after == (1,)


@pytest.mark.parametrize("value", [Colour.RED, dt.date(2030, 1, 1), True])
def test_cut_sorts_by_what_is_there(value):
    page = Page(size=1, after="")

    found = page.cut([{"a": value, "b": 1}, {"a": None, "b": 2}], sort="a,b")

    assert found.items == [{"a": value, "b": 1}]
    assert found.next

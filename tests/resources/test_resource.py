"""A resource in one line."""

import dataclasses
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import attrs
import msgspec
import pytest

from segue import App, Create, Group, Patch, Read, ReadOnly, Request, WriteOnly, url
from segue.core.errors import PlanError, RouteError
from segue.errors import Unauthorized
from segue.resources import (
    AsyncMemoryStore,
    Found,
    Match,
    MemoryStore,
    Page,
    Paged,
    Query,
    Resource,
)
from segue.testing import Client

pytestmark = pytest.mark.feature("M-182", "M-183", "M-184")


class Tag(msgspec.Struct):
    """An item whose key the store gives."""

    name: str
    price: int = 0
    note: str | None = None
    secret: Annotated[str, WriteOnly()] = ""
    id: Annotated[int, ReadOnly()] = 0


class Coin(msgspec.Struct):
    """An item whose key clients give."""

    code: str
    value: int = 0
    minted: Annotated[int, ReadOnly()] = 1900


@pytest.fixture
def serve():
    """Serve a resource with its type, prefix and options; give a client of it."""
    clients: list[Any] = []

    def serve(kind: Any = Tag, prefix: str = "/tags", **options: Any) -> Any:
        app = App()
        app.include(Resource(kind, prefix, **options))
        client = Client(app)
        client.__enter__()
        clients.append(client)
        return client

    yield serve
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def store():
    """Give a store of five tags."""
    notes = ("x", None, None, "y", None)
    tags = [Tag(f"n{n}", n % 3, note, f"s{n}") for n, note in enumerate(notes)]
    return MemoryStore(Tag, items=tags)


def tag(answer):
    return answer.headers["etag"]


# -- the parts


@pytest.mark.parametrize("kind", [MemoryStore, AsyncMemoryStore])
@pytest.mark.feature("M-024")
def test_one_line_is_all_parts(kind, protocol):
    app = App()
    app.include(Resource(Tag, "/tags", store=kind(Tag)))

    with Client(app, protocol=protocol) as client:
        made = client.post("/tags", json={"name": "a", "secret": "s", "id": 9})
        whole = {"name": "a", "price": 0, "note": None, "id": 1}
        assert (made.status, made.json()) == (201, whole)
        assert made.headers["location"] == "/tags/1"
        assert client.get("/tags/1").json() == whole
        assert client.get("/tags").json()["items"] == [whole]
        changed = client.patch("/tags/1", json={"price": 3})
        assert (changed.status, changed.json()) == (200, {**whole, "price": 3})
        replaced = client.put("/tags/1", json={"name": "b"})
        assert (replaced.status, replaced.json()) == (200, {**whole, "name": "b"})
        gone = client.delete("/tags/1")
        assert (gone.status, gone.body) == (204, b"")
        assert client.get("/tags/1").status == 404
        assert client.delete("/tags/1").status == 404
        assert client.patch("/tags/1", json={}).status == 404
        assert client.put("/tags/1", json={"name": "b"}).status == 404
        assert client.head("/tags").status == 200


def test_without_a_store_items_are_kept_in_memory(serve):
    client = serve()

    client.post("/tags", json={"name": "a"})

    assert client.get("/tags/1").json()["name"] == "a"


def test_what_is_only_written_never_leaves(serve, store):
    client = serve(store=store, fields=True, sort=("name",), filters=("name",))
    answers = [
        client.get("/tags"),
        client.get("/tags/1"),
        client.get("/tags/1?fields=name"),
        client.patch("/tags/1", json={"secret": "new"}),
        client.put("/tags/1", json={"name": "n", "secret": "newer"}),
    ]

    assert store.get(1).secret == "newer"
    assert not [each for each in answers if "secret" in each.text or "s0" in each.text]
    assert client.get("/tags?fields=secret").status == 422


def test_what_is_only_read_never_enters(serve):
    client = serve(Coin, "/coins", key="code")

    made = client.post("/coins", json={"code": "eur", "minted": 5})
    changed = client.patch("/coins/eur", json={"minted": 5, "value": 1, "code": "x"})

    assert made.json() == {"code": "eur", "value": 0, "minted": 1900}
    assert changed.json() == {"code": "eur", "value": 1, "minted": 1900}


def test_put_creates_where_clients_give_the_key(serve):
    client = serve(Coin, "/coins", key="code")

    made = client.put("/coins/eur", json={"code": "eur", "value": 2})
    kept = client.put("/coins/eur", json={"code": "eur", "value": 3})
    other = client.put("/coins/eur", json={"code": "usd"})

    assert (made.status, made.json()["value"]) == (201, 2)
    assert (kept.status, kept.json()["value"]) == (200, 3)
    assert (other.status, other.json()["errors"][0]["name"]) == (422, "$.code")


def test_put_keeps_what_clients_may_not_send():
    store = MemoryStore(Coin, key="code", items=[Coin("eur", 1, 1999)])
    app = App()
    app.include(Resource(Coin, "/coins", key="code", store=store))

    with Client(app) as client:
        client.put("/coins/eur", json={"code": "eur", "value": 7, "minted": 1})

    assert store.get("eur") == Coin("eur", 7, 1999)


def test_a_key_that_is_taken_is_a_conflict(serve):
    client = serve(Coin, "/coins", key="code")
    client.post("/coins", json={"code": "eur"})

    again = client.post("/coins", json={"code": "eur"})

    assert (again.status, again.json()["detail"]) == (
        409,
        "There is an item eur already.",
    )


def test_keys_are_written_into_the_location_safely(serve):
    client = serve(Coin, "/coins", key="code")

    made = client.post("/coins", json={"code": "a b/c?ü"})

    assert made.headers["location"] == "/coins/a%20b%2Fc%3F%C3%BC"


def test_only_some_parts_may_be_there(serve, store):
    client = serve(store=store, only=("list", "read"))

    assert client.get("/tags").status == 200
    assert client.post("/tags", json={"name": "a"}).status == 405
    assert client.delete("/tags/1").headers["allow"] == "GET, HEAD, OPTIONS"
    assert client.post("/tags/bulk", json=[]).status == 404


@pytest.mark.parametrize("record", [dataclasses.dataclass, attrs.define])
def test_items_may_be_of_another_family(record):
    @record
    class Note:
        text: str
        id: Annotated[int, ReadOnly()] = 0

    app = App()
    app.include(Resource(Note, "/notes", fields=True, filters=("text__contains",)))

    with Client(app) as client:
        client.post("/notes", json={"text": "abc"})
        assert client.patch("/notes/1", json={"text": "abd"}).json()["text"] == "abd"
        assert client.put("/notes/1", json={"text": "abe"}).json()["text"] == "abe"
        assert client.get("/notes?text__contains=E&fields=id").json()["items"] == [
            {"id": 1}
        ]


# -- lists


def items(answer):
    assert answer.status == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


FILTERS = ("name", "price__ge", "price__in", "name__contains", "note__null", "id__ne")


def test_a_list_is_filtered(serve, store):
    client = serve(store=store, filters=FILTERS)

    assert items(client.get("/tags?name=n1")) == [2]
    assert items(client.get("/tags?price__ge=1&note__null=true")) == [2, 3, 5]
    assert items(client.get("/tags?price__in=0&price__in=2")) == [1, 3, 4]
    assert items(client.get("/tags?name__contains=N&id__ne=1")) == [2, 3, 4, 5]
    assert client.get("/tags?name__contains=N&id__ne=1").json()["total"] == 4


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("nam=x", "No such field; did you mean 'name'?"),
        ("price__gte=1", "No such field; did you mean 'price__ge'?"),
        ("secret=s0", "No such field"),
        ("price__ge=x", "Expected `int`, got `str`"),
        ("note__null=perhaps", "Expected `bool`, got `str`"),
    ],
)
def test_a_filter_that_there_is_not_is_refused(serve, store, query, message):
    client = serve(store=store, filters=FILTERS)

    answer = client.get(f"/tags?{query}")

    assert answer.status == 422
    assert answer.json()["errors"][0]["message"] == message


def test_a_list_of_a_filter_has_an_end(serve, store):
    client = serve(store=store, filters=FILTERS)

    assert client.get("/tags?" + "price__in=1&" * 100).status == 200
    assert client.get("/tags?" + "price__in=1&" * 101).status == 422
    assert client.get("/tags?" + "price__in=1&" * 5000).status == 400
    assert client.get("/tags?price__ge=" + "9" * 5000).status == 422
    assert client.get("/tags?name=%00").status == 400


def test_a_list_is_sorted(serve, store):
    client = serve(store=store, sort=("price", "name"), order="-name")

    assert items(client.get("/tags")) == [5, 4, 3, 2, 1]
    assert items(client.get("/tags?sort=price")) == [1, 4, 2, 5, 3]
    assert items(client.get("/tags?sort=-price,-name")) == [3, 5, 2, 4, 1]
    assert items(client.get("/tags?sort=-price,name,price")) == [3, 2, 5, 1, 4]
    assert items(client.get("/tags?sort=")) == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("sort", "message"),
    [
        ("pric", "There is no field 'pric' to sort by; did you mean 'price'?"),
        ("-secret", "There is no field 'secret' to sort by"),
        ("price," * 500, "Expected `str` of length <= 500"),
    ],
)
def test_an_order_that_there_is_not_is_refused(serve, store, sort, message):
    client = serve(store=store, sort=("price", "name"))

    answer = client.get(f"/tags?sort={sort}")

    assert answer.status == 422
    assert answer.json()["errors"][0]["message"] == message


def test_a_cursor_stands_still_while_items_come_and_go(serve, store):
    client = serve(store=store, sort=("name",))
    first = client.get("/tags?sort=name&after=&size=2")

    store.insert(Tag("a"))  # before it
    store.delete(2, store.get(2))  # the very item that it names
    second = client.get(first.json()["next"])

    assert items(first) == [1, 2]
    assert items(second) == [3, 4]


def test_a_cursor_of_another_order_is_refused(serve, store):
    client = serve(store=store, sort=("name", "price"))
    target = client.get("/tags?sort=name&after=&size=2").json()["next"]

    assert client.get(target.replace("sort=name", "sort=price")).status == 422
    assert client.get(target.replace("sort=name", "sort=-name")).status == 422


def test_a_cursor_of_another_resource_is_refused(store):
    app = App()
    app.include(Resource(Tag, "/tags", store=store))
    app.include(Resource(Tag, "/labels", store=store))

    with Client(app) as client:
        target = client.get("/tags?after=&size=2").json()["next"]
        assert client.get(target).status == 200
        assert client.get(target.replace("/tags", "/labels")).status == 422


def test_sizes_of_pages_are_those_of_the_resource(serve, store):
    client = serve(store=store, page_size=2, max_page_size=3)

    assert len(client.get("/tags").json()["items"]) == 2
    assert len(client.get("/tags?size=3").json()["items"]) == 3
    assert client.get("/tags?size=4").status == 422


def test_a_resource_may_prefer_cursors(serve, store):
    client = serve(store=store, page_size=2, cursor=True)

    assert "after=" in client.get("/tags").json()["next"]


def test_fields_may_be_selected(serve, store):
    client = serve(store=store, fields=True)

    some = client.get("/tags?fields=name,id,name&size=1").json()["items"]
    none = client.get("/tags?fields=&size=1").json()["items"]

    assert (some, none) == ([{"name": "n0", "id": 1}], [{}])
    assert client.get("/tags/2?fields=price").json() == {"price": 1}
    assert client.get("/tags/2").json() == {
        "name": "n1",
        "price": 1,
        "note": None,
        "id": 2,
    }


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("nam", "There is no field 'nam' to choose; did you mean 'name'?"),
        ("x" * 400, f"There is no field '{'x' * 64}' to choose"),
        ("id," * 900, "Expected `str` of length <= 500"),
    ],
)
def test_fields_that_there_are_not_are_refused(serve, store, fields, message):
    client = serve(store=store, fields=True)

    answer = client.get(f"/tags?fields={fields}")

    assert answer.status == 422
    assert answer.json()["errors"][0]["message"] == message


# -- states


def test_who_has_the_present_state_is_told_so(serve, store):
    client = serve(store=store, fields=True)
    seen = client.get("/tags/1")

    again = client.get("/tags/1", headers={"if-none-match": tag(seen)})

    assert (again.status, again.body) == (304, b"")
    assert tag(client.get("/tags/1?fields=name")) == tag(seen)
    client.patch("/tags/1", json={"price": 9})
    fresh = client.get("/tags/1", headers={"if-none-match": tag(seen)})
    assert (fresh.status, tag(fresh) != tag(seen)) == (200, True)


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_a_change_of_another_state_is_refused(serve, store, method):
    client = serve(store=store)
    change = getattr(client, method)
    body = {} if method == "delete" else {"json": {"name": "new"}}
    seen = tag(client.get("/tags/1"))
    client.patch("/tags/1", json={"price": 9})

    for other in (seen, '"x"', 'W/"x"', "junk", '"', "", '"x", "y"', "W/", "é"):
        answer = change("/tags/1", headers={"if-match": other}, **body)
        assert answer.status == 412, other

    assert store.get(1).price == 9
    assert store.get(1).name == "n0"
    assert change("/tags/1", headers={"if-match": "*"}, **body).status < 300


def test_a_weak_tag_counts_since_compression_makes_it_one(serve, store):
    client = serve(store=store)
    seen = tag(client.get("/tags/1"))

    answer = client.patch(
        "/tags/1", json={"price": 9}, headers={"if-match": f'"old", W/{seen}'}
    )

    assert answer.status == 200
    assert tag(answer) == tag(client.get("/tags/1"))


def test_what_is_not_there_is_in_no_state(serve):
    client = serve(Coin, "/coins", key="code")
    body = {"json": {"code": "eur"}}

    assert client.put("/coins/eur", headers={"if-match": "*"}, **body).status == 412
    only_new = {"if-none-match": "*"}
    assert client.put("/coins/eur", headers=only_new, **body).status == 201
    assert client.put("/coins/eur", headers=only_new, **body).status == 412


def test_a_change_may_have_to_say_its_state(serve, store):
    client = serve(store=store, require_match=True)
    seen = tag(client.get("/tags/1"))

    for method, body in (("PATCH", {}), ("PUT", {"name": "x"}), ("DELETE", None)):
        answer = client.request(method, "/tags/1", json=body)
        assert answer.status == 428
        assert answer.json()["title"] == "Precondition Required"
    assert client.delete("/tags/9").status == 404
    assert client.delete("/tags/1", headers={"if-match": seen}).status == 204


def test_an_item_may_count_its_versions(serve):
    class Doc(msgspec.Struct):
        text: str
        id: int = 0
        version: str = "v1"

    client = serve(Doc, "/docs", version="version")

    assert tag(client.post("/docs", json={"text": "a"})) == '"v1"'
    odd = tag(client.patch("/docs/1", json={"version": 'a "b"'}))
    assert odd.strip('"').isalnum()


def test_no_update_is_lost_when_many_change_one_item(serve, store):
    client = serve(store=store)

    def add_one(_):
        while True:
            seen = client.get("/tags/1")
            price = seen.json()["price"] + 1
            answer = client.patch(
                "/tags/1", json={"price": price}, headers={"if-match": tag(seen)}
            )
            if answer.status == 200:
                return
            assert answer.status == 412

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(40)))

    assert store.get(1).price == 40


def test_changes_of_several_fields_do_not_undo_each_other(serve, store):
    client = serve(store=store)
    barrier = threading.Barrier(2)

    def change(field):
        barrier.wait(5)
        for n in range(50):
            value = n + 1 if field == "price" else str(n)
            assert client.patch("/tags/1", json={field: value}).status == 200

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(change, ["price", "note"]))

    assert (store.get(1).price, store.get(1).note) == (50, "49")


# -- many at once


def test_many_are_created_changed_and_deleted_at_once(serve, protocol):
    app = App()
    app.include(Resource(Tag, "/tags", bulk=3))
    with Client(app, protocol=protocol) as client:
        made = client.post("/tags/bulk", json=[{"name": "a"}, {"name": "b"}])
        assert (made.status, [each["id"] for each in made.json()]) == (201, [1, 2])
        changes = [{"id": n, "change": {"price": n}} for n in (1, 2)]
        changed = client.patch("/tags/bulk", json=changes)
        assert [each["price"] for each in changed.json()] == [1, 2]
        assert client.delete("/tags/bulk?id=1&id=2").status == 204
        assert client.get("/tags").json()["items"] == []


@pytest.mark.parametrize(
    ("method", "sent", "status", "names"),
    [
        ("POST", [], 422, ["$"]),
        ("POST", [{"name": "a"}] * 4, 422, ["$"]),
        ("POST", [{"name": "a"}] * 100_000, 422, ["$"]),
        ("POST", [{"name": "a"}, {"name": 1}, {}], 422, ["$[1].name", "$[2].name"]),
        ("POST", {"name": "a"}, 422, ["$"]),
        ("PATCH", [{"id": 1, "change": {}}, {"id": 9, "change": {}}], 404, ["$[1]"]),
        ("PATCH", [{"id": 1, "change": {}}] * 2, 409, ["$[1]"]),
        ("PATCH", [{"id": 8, "change": {}}] * 2, 404, ["$[0]", "$[1]"]),
        ("PATCH", [{"change": {}}], 422, ["$[0].id"]),
        ("PATCH", [{"id": 1, "change": {"price": "x"}}], 422, ["$[0].change.price"]),
        ("PATCH", [{"id": 1, "change": {}, "etag": "x"}], 412, ["$[0]"]),
        ("DELETE", "id=1&id=9", 404, ["id[1]"]),
        ("DELETE", "id=1&id=1", 409, ["id[1]"]),
        ("DELETE", "id=1&id=2&id=3&id=4", 422, ["id"]),
        ("DELETE", "id=x", 422, ["id[0]"]),
        ("DELETE", "", 422, ["id"]),
    ],
)
def test_one_that_does_not_fit_keeps_all_as_they_were(
    serve, store, method, sent, status, names
):
    client = serve(store=store, bulk=3)
    before = client.get("/tags").body
    target = f"/tags/bulk?{sent}" if method == "DELETE" else "/tags/bulk"
    body = {} if method == "DELETE" else {"json": sent}

    answer = client.request(method, target, **body)

    assert answer.status == status
    assert [error["name"] for error in answer.json()["errors"]] == names
    assert client.get("/tags").body == before


def test_a_body_without_end_is_not_read(serve, store):
    client = serve(store=store, bulk=3, body_limit=1000)

    assert client.post("/tags/bulk", json=[{"name": "a"}] * 1000).status == 413


def test_many_with_keys_that_are_taken_are_a_conflict(serve):
    client = serve(Coin, "/coins", key="code", bulk=9)

    answer = client.post("/coins/bulk", json=[{"code": "a"}, {"code": "a"}])

    assert answer.status == 409
    assert answer.json()["errors"] == [
        {
            "in": "body",
            "name": "$[1]",
            "message": "There is an item a already.",
            "code": "duplicate",
        }
    ]
    assert client.get("/coins").json()["total"] == 0


def test_changes_of_many_may_name_the_states_they_are_of(serve, store):
    client = serve(store=store, bulk=9, require_match=True)
    seen = tag(client.get("/tags/1"))
    change = {"id": 1, "change": {"price": 7}}

    assert client.patch("/tags/bulk", json=[change]).status == 422
    assert client.delete("/tags/bulk?id=1").status == 405
    answer = client.patch("/tags/bulk", json=[{**change, "etag": seen}])
    assert answer.json()[0]["price"] == 7


def test_the_key_bulk_is_read_like_any_other(serve):
    client = serve(Coin, "/coins", key="code", bulk=9)

    client.put("/coins/bulk", json={"code": "bulk"})

    assert client.get("/coins/bulk").json()["code"] == "bulk"


# -- bodies


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"name": "a", "price": 1e999}', 400),
        (b'{"name": "a", "price": ' + b"9" * 9000 + b"}", 400),
        (b'{"name": null}', 422),
        (b"[]", 422),
        (b"null", 422),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b"", 422),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_a_body_that_does_not_fit_is_refused(serve, store, method, body, status):
    client = serve(store=store)
    target = "/tags" if method == "POST" else "/tags/1"

    answer = client.request(
        method, target, content=body, headers={"content-type": "application/json"}
    )

    assert answer.status == status
    assert len(store) == 5


def test_a_huge_number_is_a_number_and_may_be_sorted_by(serve):
    client = serve(sort=("price",))
    huge = int("9" * 400)

    for price in (huge, 1, huge + 1):
        client.post("/tags", json={"name": "a", "price": price})
    target = "/tags?sort=-price&size=1&after="
    seen = []
    while target:
        answer = client.get(target)
        seen += items(answer)
        target = answer.json()["next"]

    assert seen == [3, 1, 2]


@pytest.mark.parametrize("key", ["x", "9" * 5000, "1.5", "-1", "%00", "1%2F2", "%ff"])
def test_a_key_that_is_none_is_not_found(serve, store, key):
    client = serve(store=store)

    assert client.get(f"/tags/{key}").status in {400, 404}
    assert client.delete(f"/tags/{key}").status in {400, 404}


# -- what groups do


class User(msgspec.Struct):
    name: str


def staff(user: User) -> bool:
    return user.name == "sam"


def ask_user(request: Request) -> User:
    name = request.headers.get("x-user")
    if name is None:
        raise Unauthorized
    return User(name)


def test_everything_of_groups_works(store):
    app = App()
    app.provide(ask_user)
    inner = Group("/{number}/notes")

    @inner.get()
    def notes(number: int) -> str:
        return f"notes of {number}"

    tags = Resource(Tag, "/tags", store=store, allow=staff, tags=["shop"])
    tags.include(inner)

    @tags.get("/count")
    def count() -> int:
        return len(store)

    api = Group("/api/v1", name="v1")
    api.include(tags)
    app.include(api)

    with Client(app) as client:
        sam = {"headers": {"x-user": "sam"}}
        assert client.get("/api/v1/tags").status == 401
        assert client.get("/api/v1/tags", headers={"x-user": "ann"}).status == 403
        answer = client.get("/api/v1/tags?size=1", **sam)
        assert answer.json()["next"] == "/api/v1/tags?page=2&size=1"
        assert client.get("/api/v1/tags/count", **sam).text == "5"
        assert client.get("/api/v1/tags/3/notes", **sam).text == "notes of 3"
        made = client.post("/api/v1/tags", json={"name": "x"}, **sam)
        assert made.headers["location"] == "/api/v1/tags/6"
        with app.at_work():
            assert url("v1.tags.read", id=3) == "/api/v1/tags/3"


def test_one_resource_may_be_included_twice(store):
    tags = Resource(Tag, "/tags", store=store)
    app = App()
    for version in ("/v1", "/v2"):
        group = Group(version, name=version[1:])
        group.include(tags)
        app.include(group)

    with Client(app) as client:
        for version in ("/v1", "/v2"):
            made = client.post(f"{version}/tags", json={"name": "x"})
            assert made.headers["location"].startswith(f"{version}/tags/")


def test_routes_are_explained_like_any_other(store):
    app = App()
    app.include(Resource(Tag, "/tags", store=store, filters=("name",)))

    told = app.explain("PATCH", "/tags/1")

    assert told.answer.startswith("update() at ")
    assert "test_resource.py" in told.answer
    assert [each.partition(":")[0] for each in told.arguments] == [
        "id",
        "change",
        "match",
    ]


# -- stores


class Shelf:
    """A store of one's own, which a provider makes."""

    def __init__(self, who: str) -> None:
        self.who = who
        self.asked: list[Any] = []

    def get(self, key: Any) -> Tag | None:
        return Tag(f"{self.who} {key}", id=key) if key < 5 else None

    def find(self, query: Query) -> Found[Tag]:
        return Found([Tag(self.who, id=1)], more=True)

    def insert(self, item: Tag) -> Tag:
        item.id = 77
        return item

    def update(self, key: Any, item: Tag, expected: Tag) -> Tag:
        return item

    def delete(self, key: Any, expected: Tag) -> None:
        return None


class AsyncShelf(Shelf):
    async def get(self, key: Any) -> Tag | None:
        return Shelf.get(self, key)

    async def find(self, query: Query) -> Found[Tag]:
        return Shelf.find(self, query)

    async def insert(self, item: Tag) -> Tag:
        return Shelf.insert(self, item)


@pytest.mark.parametrize("kind", [Shelf, AsyncShelf])
def test_a_provider_may_make_the_store(kind, protocol):
    app = App()

    def shelf(request: Request) -> Iterator[Any]:
        yield kind(request.headers.get("x-user", "nobody"))

    app.provide(kind, shelf)
    app.include(Resource(Tag, "/tags", store=kind))

    with Client(app, protocol=protocol) as client:
        ann = {"headers": {"x-user": "ann"}}
        assert client.get("/tags/3", **ann).json()["name"] == "ann 3"
        assert client.get("/tags", **ann).json()["next"] == "/tags?page=2&size=20"
        assert (
            client.post("/tags", json={"name": "x"}).headers["location"].endswith("77")
        )


def test_a_type_may_bring_its_store():
    class Kept(msgspec.Struct):
        id: Annotated[int, ReadOnly()]

        @classmethod
        def __store__(cls, key: str) -> Any:
            return MemoryStore(cls, key=key, items=[cls(7)])

    app = App()
    app.include(Resource(Kept, "/kept"))

    with Client(app) as client:
        assert client.get("/kept/7").json() == {"id": 7}
        assert client.post("/kept", json={}).json() == {"id": 1}


# -- parts replaced


def test_each_part_may_be_replaced_by_a_function(store):
    app = App()
    app.provide(ask_user)
    tags = Resource(Tag, "/tags", store=store, bulk=5)

    @tags.replace("list")
    def newest(page: Page) -> Paged[Read[Tag]]:
        return page.of([Tag("only", id=3)], total=1)

    @tags.replace("create", allow=staff)
    async def add(new: Create[Tag], user: User) -> Read[Tag]:
        new.note = user.name
        return store.insert(new)

    @tags.replace("update")
    def change(id: int, change: Patch[Tag], match: Match) -> Read[Tag]:
        found = store.get(id)
        assert found is not None
        match.check(tags.etag(found))
        return store.update(id, change.apply(found), found)

    @tags.replace("delete", status=202)
    def gone(id: int) -> dict[str, int]:
        return {"gone": id}

    app.include(tags)
    with Client(app) as client:
        assert client.get("/tags").json()["items"][0]["name"] == "only"
        assert "link" in client.get("/tags").headers
        assert client.post("/tags", json={"name": "x"}).status == 401
        made = client.post("/tags", json={"name": "x"}, headers={"x-user": "sam"})
        assert (made.status, made.json()["note"]) == (201, "sam")
        assert made.headers["location"] == "/tags/6"
        assert tag(made) == tag(client.get("/tags/6"))
        stale = {"if-match": '"x"'}
        assert client.patch("/tags/6", json={"price": 1}, headers=stale).status == 412
        changed = client.patch("/tags/6", json={"price": 1})
        assert (changed.json()["price"], tag(changed)) == (
            1,
            tag(client.get("/tags/6")),
        )
        assert client.delete("/tags/6").json() == {"gone": 6}
        with app.at_work():
            assert url(change, id=3) == url("tags.update", id=3) == "/tags/3"


def test_a_part_that_there_is_not_cannot_be_replaced():
    tags = Resource(Tag, "/tags", only=("list",))

    with pytest.raises(PlanError, match=r"SG-RES-005.*Did you mean 'list'"):
        tags.replace("lst")  # type: ignore[arg-type]
    with pytest.raises(PlanError, match="SG-PLAN-010"):
        tags.replace("list", status=7)


def test_a_prefix_may_be_empty(store):
    group = Group("/labels")
    group.include(Resource(Tag, "", store=store, name="labels"))
    app = App()
    app.include(group)

    with Client(app) as client:
        assert client.get("/labels/1").status == 200
        assert client.post("/labels", json={"name": "a"}).headers["location"] == (
            "/labels/6"
        )


def test_a_prefix_that_is_none_is_refused():
    with pytest.raises(RouteError, match="SG-APP-001"):
        Resource(Tag, "tags")


def test_a_key_may_have_the_name_of_a_parameter():
    class Odd(msgspec.Struct):
        match: int = 0

    app = App()
    app.include(Resource(Odd, "/odds", key="match"))

    with Client(app) as client:
        assert client.post("/odds", json={}).headers["location"] == "/odds/1"
        assert client.put("/odds/1", json={}).json() == {"match": 1}
        assert client.delete("/odds/1").status == 204


def test_names_on_the_wire_are_those_of_clients():
    class Person(msgspec.Struct, rename="camel"):
        given_name: str
        born_in: int = 0
        person_id: int = 0

    app = App()
    people = Resource(
        Person,
        "/people",
        key="person_id",
        filters=("given_name", "born_in__ge"),
        sort=("born_in",),
        fields=True,
        bulk=2,
    )
    app.include(people)

    with Client(app) as client:
        client.post("/people/bulk", json=[{"givenName": "a"}, {"givenName": "b"}])
        client.patch("/people/bulk", json=[{"personId": 1, "change": {"bornIn": 5}}])
        answer = client.get("/people?bornIn__ge=0&sort=-bornIn&fields=givenName")
        assert answer.json()["items"] == [{"givenName": "a"}, {"givenName": "b"}]
        assert client.get("/people?givenName=b").json()["total"] == 1
        assert client.delete("/people/bulk?personId=1").status == 204

"""One type, and what a client may send, change and see of it, on every protocol."""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import pytest
from annotated_types import Ge, MinLen

from segue import (
    App,
    Create,
    FromForm,
    FromHeader,
    Only,
    Patch,
    Read,
    ReadOnly,
    Renamed,
    Upload,
    WebSocket,
    Without,
    WriteOnly,
)
from segue.core.errors import ConfigurationError
from segue.testing import Client


class Address(msgspec.Struct):
    city: Annotated[str, MinLen(2)]
    checked: Annotated[bool, ReadOnly()] = False


class Account(msgspec.Struct):
    id: Annotated[int, ReadOnly()]
    email: str
    password: Annotated[str, WriteOnly(), MinLen(8)]
    note: str | None = None
    homes: list[Address] = []


@dataclass
class Span:
    start: int
    end: Annotated[int, Ge(0)] = 9
    id: Annotated[int, ReadOnly()] = 0

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError("A span ends after its start.")


SENT = {"id": 77, "email": "a@example.org", "password": "long enough"}


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def client(request):
    with Client(_shop(), protocol=request.param) as client:
        yield client


def _shop() -> App:
    app = App()
    accounts: dict[int, Account] = {}
    spans = [Span(1)]

    @app.post("/accounts", status=201)
    def add(account: Create[Account]) -> Read[Account]:
        account.id = len(accounts) + 1
        accounts[account.id] = account
        return account

    @app.post("/accounts/many")
    def add_many(several: list[Create[Account]]) -> dict[str, int]:
        return {"added": len(several)}

    @app.post("/accounts/forms")
    def by_form(account: Annotated[Create[SpanForm], FromForm()]) -> SpanForm:
        return account

    @app.post("/accounts/pictures")
    def by_upload(account: Create[SpanForm], picture: Upload) -> str:
        return f"{account.start} {hasattr(account, 'id')} {picture.filename}"

    @app.get("/accounts/{id}")
    def show(id: int) -> Read[Account]:
        return accounts[id]

    @app.get("/accounts")
    def index() -> list[Account]:
        return list(accounts.values())

    @app.get("/accounts/{id}/brief")
    def brief(id: int) -> Annotated[Read[Account], Only("email"), Renamed(email="to")]:
        return accounts[id]

    @app.patch("/accounts/{id}")
    def edit(id: int, change: Patch[Account]) -> Read[Account]:
        accounts[id] = change.apply(accounts[id])
        return accounts[id]

    @app.get("/spans")
    def find(span: Create[SpanForm]) -> str:
        return f"{span.start}-{span.end} {hasattr(span, 'id')}"

    @app.get("/spans/plain")
    def find_plain(span: SpanForm, more: int = 0) -> str:
        return f"{span.start}-{span.end} {more} {hasattr(span, 'id')}"

    @app.get("/spans/changes")
    def find_changes(change: Patch[SpanForm]) -> dict[str, Any]:
        return change.as_dict()

    @app.get("/spans/headers")
    def by_header(span: Annotated[Create[SpanForm], FromHeader()]) -> str:
        return f"{span.start}-{span.end}"

    @app.post("/spans")
    def span(span: Create[Span]) -> Span:
        return span

    @app.patch("/spans")
    def stretch(change: Patch[Span]) -> Span:
        spans[0] = change.apply(spans[0])
        return spans[0]

    @app.put("/perhaps")
    def perhaps(account: Create[Account] | None = None) -> str:
        return "none" if account is None else account.email

    @app.post("/drafts")
    def draft(account: Annotated[Create[Account], Without("password", "homes")]) -> str:
        return f"{account.email} {hasattr(account, 'password')} {account.homes}"

    return app


class SpanForm(msgspec.Struct):
    start: int
    end: Annotated[int, Ge(0)] = 9
    id: Annotated[int, ReadOnly()] = msgspec.field(default=0)


def errors(response):
    assert response.status == 422
    return [(e["name"], e["code"]) for e in response.json()["errors"]]


@pytest.mark.feature("M-058")
def test_a_record_is_created_changed_and_read(client):
    made = client.post("/accounts", json={**SENT, "homes": [{"city": "Ulm"}]})
    home = {"city": "Ulm", "checked": False}
    bare = {"id": 1, "email": "a@example.org", "note": None, "homes": [home]}

    assert (made.status, made.json()) == (201, bare)
    changed = client.patch("/accounts/1", json={"note": "n", "password": "0123456789"})
    assert changed.json() == {**bare, "note": "n"}
    assert client.patch("/accounts/1", json={}).json() == {**bare, "note": "n"}
    assert client.patch("/accounts/1", json={"note": None, "id": 9}).json() == bare
    assert client.get("/accounts").json() == [bare]
    assert client.get("/accounts/1/brief").json() == {"to": "a@example.org"}


def test_a_patched_record_inside_is_replaced(client):
    client.post("/accounts", json={**SENT, "homes": [{"city": "Ulm"}]})

    homes = [{"city": "Bonn", "checked": True}]
    changed = client.patch("/accounts/1", json={"homes": homes})

    assert changed.json()["homes"] == [{"city": "Bonn", "checked": False}]


def test_all_that_is_wrong_is_told_at_once(client):
    bad = {"password": "short", "note": 3, "homes": [{"city": "x", "checked": 5}]}

    assert errors(client.post("/accounts", json=bad)) == [
        ("$.email", "missing"),
        ("$.password", "too_short"),
        ("$.note", "type"),
        ("$.homes[0].city", "too_short"),
    ]
    assert errors(client.patch("/accounts/1", json={**bad, "email": None})) == [
        ("$.email", "type"),
        ("$.password", "too_short"),
        ("$.note", "type"),
        ("$.homes[0].city", "too_short"),
    ]
    assert errors(client.post("/accounts/many", json=[SENT, {"email": 3}])) == [
        ("$[1].email", "type"),
        ("$[1].password", "missing"),
    ]


def test_views_come_in_lists_and_may_be_absent(client):
    assert client.post("/accounts/many", json=[SENT, SENT]).json() == {"added": 2}
    assert client.put("/perhaps", json=SENT).text == SENT["email"]
    assert client.put("/perhaps", json=None).text == "none"
    assert client.put("/perhaps").text == "none"


def test_a_view_may_leave_out_more(client):
    sent = {**SENT, "homes": [{"city": "Ulm"}]}

    assert client.post("/drafts", json=sent).text == "a@example.org False []"


def test_what_the_class_refuses_is_bad_input(client):
    assert client.post("/spans", json={"start": 3, "id": 5}).json() == {
        "start": 3,
        "end": 9,
        "id": 0,
    }
    for response in (
        client.post("/spans", json={"start": 3, "end": 1}),
        client.patch("/spans", json={"end": 0}),
    ):
        assert errors(response) == [("$", "value")]
        assert "A span ends after its start." in response.text


def test_msgpack_is_read_as_well(client):
    sent = msgspec.msgpack.encode(SENT)
    head = {"content-type": "application/msgpack"}

    made = client.post("/accounts", content=sent, headers=head)

    assert made.json()["id"] == 1


def test_queries_forms_and_headers_have_views(client):
    assert client.get("/spans?start=1&id=5").text == "1-9 True"
    assert client.get("/spans/plain?start=1&id=5&more=2").text == "1-9 2 True"
    assert client.get("/spans/changes?end=3").json() == {"end": 3}
    assert client.get("/spans/changes").json() == {}
    assert client.get("/spans/headers", headers={"start": "1"}).text == "1-9"
    assert errors(client.get("/spans?end=-1")) == [
        ("start", "missing"),
        ("end", "too_small"),
    ]
    assert errors(client.get("/spans/changes?end=-1")) == [("end", "too_small")]
    sent = client.post("/accounts/forms", data={"start": "1", "id": "5"})
    assert sent.json() == {"start": 1, "end": 9, "id": 0}
    assert errors(client.post("/accounts/forms", data={"end": "-1"})) == [
        ("start", "missing"),
        ("end", "too_small"),
    ]


def test_messages_of_a_socket_have_views():
    app = App()

    @app.websocket("/")
    async def talk(socket: WebSocket[Create[Account], Read[Account]]) -> None:
        async for account in socket:
            account.id = 3
            await socket.send(account)

    with Client(app, protocol="asgi") as client, client.websocket("/") as socket:
        socket.send_json(SENT)
        assert socket.receive_json() == {
            "id": 3,
            "email": "a@example.org",
            "note": None,
            "homes": [],
        }


def test_a_provider_of_the_type_does_not_fill_its_view():
    app = App()

    @app.provide
    def somebody() -> Account:
        return Account(1, "from the provider", "secret")

    @app.post("/")
    def add(account: Create[Account], me: Account) -> str:
        return f"{account.email}, {me.email}"

    with Client(app) as client:
        sent = client.post("/", json={**SENT, "email": "from the body"})
        assert sent.text == "from the body, from the provider"


def test_explain_tells_what_a_view_takes_and_gives():
    app = _shop()

    told = str(app.explain("POST", "/accounts"))

    assert "account: Create[Account] from the body (email, password, note" in told
    assert "answer: Read[Account] (id, email, note, homes), status 201" in told
    assert "change: Patch[Account] from the body" in str(
        app.explain("PATCH", "/accounts/1")
    )
    assert "answer: list[Account] (id, email, note, homes)" in str(
        app.explain("GET", "/accounts")
    )
    brief = str(app.explain("GET", "/accounts/1/brief"))
    assert "Annotated[Read[Account], Only('email'), Renamed(email='to')] (to)" in brief


def _refused(handler, method="POST"):
    app = App()
    app.add("/", handler, methods=[method])
    with pytest.raises(ConfigurationError) as caught:
        app.freeze()
    (problem,) = caught.value.problems
    assert "test_views.py" in problem.where[0]
    return problem.code


def test_views_that_cannot_be_are_start_up_errors_with_their_place():
    def unknown(account: Annotated[Create[Account], Without("emial")]): ...

    def unknown_body(
        account: Annotated[Create[Account], Without("emial"), FromForm()],
    ): ...

    def wrong_way(account: Read[Account]): ...

    def answer() -> Annotated[Read[Account], Only("password")]: ...

    def created() -> Create[Account]: ...

    def patched(change: Patch[int]): ...

    assert _refused(unknown) == "SG-VIEW-001"
    assert _refused(unknown_body) == "SG-VIEW-001"
    assert _refused(wrong_way) == "SG-VIEW-007"
    assert _refused(answer) == "SG-VIEW-010"
    assert _refused(created) == "SG-VIEW-007"
    assert _refused(patched) == "SG-VIEW-006"


def test_views_of_messages_look_their_way():
    app = App()

    @app.websocket("/")
    async def talk(socket: WebSocket[Create[Account], Create[Account]]) -> None: ...

    with pytest.raises(ConfigurationError) as caught:
        app.freeze()
    (problem,) = caught.value.problems
    assert problem.code == "SG-VIEW-007"
    assert "test_views.py" in problem.where[0]


def test_a_function_that_is_no_handler_may_return_what_it_likes():
    app = App()

    @app.provide
    def made() -> Annotated[Account, Without("note")]:
        return Account(1, "e", "p")

    @app.get("/")
    def show(account: Account) -> str:
        return account.email

    with Client(app) as client:
        assert client.get("/").text == "e"

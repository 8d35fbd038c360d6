"""What a view holds back never leaves, whatever the handler returns."""

import enum
from dataclasses import dataclass
from typing import Annotated, Any, Generic, NotRequired, TypedDict, TypeVar

import msgspec
import pytest
from hypothesis import given, strategies as st

from segue import (
    JSON,
    App,
    Only,
    Read,
    ReadOnly,
    Renamed,
    Response,
    Without,
    WriteOnly,
)
from segue.core.errors import WalkError
from segue.core.handlers.showing import (
    answer_shower,
    show_undeclared,
    show_untyped,
    shower,
)
from segue.testing import Client

T = TypeVar("T")
SECRET = "open sesame"
Password = Annotated[str, WriteOnly()]


class Account(msgspec.Struct):
    id: Annotated[int, ReadOnly()]
    password: Password = SECRET
    note: str | None = None


class Admin(Account):
    key: str = SECRET


class Team(msgspec.Struct):
    head: Account
    members: list[Account] = []
    rooms: dict[str, Account] = {}
    pair: tuple[int, Account] | None = None
    item: "Item | None" = None


class Item(msgspec.Struct):
    sku: str


class BigItem(Item):
    cost: str = SECRET


class Paged(msgspec.Struct, Generic[T]):
    items: list[T]
    total: int = 0


@dataclass
class Member:
    name: str
    password: Password = SECRET


class Row(TypedDict):
    name: str
    password: NotRequired[Password]


class Node(msgspec.Struct):
    name: str
    password: Password = SECRET
    next: "Node | None" = None


def shown(hint, value):
    show = answer_shower(hint)
    return msgspec.json.decode(msgspec.json.encode(show(value)))


@pytest.mark.feature("M-058")
@pytest.mark.parametrize(
    "hint",
    [
        Account,
        Read[Account],
        Account | None,
        Read[Account | None],
        tuple[Account, int],
        Account | Response,
    ],
    ids=str,
)
def test_a_secret_never_leaves(hint):
    for value in (
        Account(1),
        Admin(1),
        {"id": 1, "note": None, "password": SECRET},
        JustLike(1),
    ):
        assert shown(hint, value) == {"id": 1, "note": None}


class JustLike:
    def __init__(self, number):
        self.id = number
        self.password = SECRET
        self.note = None


def test_a_secret_inside_never_leaves():
    account, bare = Account(1), {"id": 1, "note": None}
    team = Team(account, [account, Admin(1)], {"a": account}, (3, account))

    for value in (team, msgspec.to_builtins(team)):
        assert shown(Team, value) == {
            "head": bare,
            "members": [bare, bare],
            "rooms": {"a": bare},
            "pair": [3, bare],
            "item": None,
        }


def test_what_no_view_changes_inside_is_still_held_to_its_type():
    team = Team(Account(1), item=BigItem("a"))

    assert shown(Team, team)["item"] == {"sku": "a"}


@pytest.mark.parametrize(
    ("hint", "wrap"),
    [
        (list[Account], lambda x: [x, x]),
        (list[Account], lambda x: (x, x, x)),
        (set[Account], lambda x: [x]),
        (dict[str, Account], lambda x: {"a": x}),
        (Paged[Account], lambda x: Paged([x])),
        (Paged[Read[Account]], lambda x: Paged([x])),
        (tuple[Account, ...], lambda x: (x, x, x)),
        (tuple[str, Account, str], lambda x: ("a", x, "b")),
        # Not what was declared at all.
        (list[Account], lambda x: x),
        (list[Account], lambda x: {"a": x}),
        (dict[str, Account], lambda x: [x]),
        (Account, lambda x: [x, {"b": x}]),
        (Item | Paged[Account], lambda x: {"a": [x]}),
        (tuple[str, Account, str], lambda x: (x, "b")),
        (tuple[str, Account, str], lambda x: {"a": x}),
    ],
)
def test_a_secret_leaves_no_container(hint, wrap):
    made = msgspec.json.encode(answer_shower(hint)(wrap(Account(1))))

    assert SECRET.encode() not in made
    assert b"password" not in made


def test_of_several_types_each_leaves_as_its_own():
    hint = list[Account | Member | Item]

    found = shown(hint, [Admin(1), Member("m"), BigItem("i"), {"sku": "s", "x": 1}])

    assert found == [
        {"id": 1, "note": None},
        {"name": "m"},
        {"sku": "i"},
        {"sku": "s"},
    ]


def test_typed_dicts_leave_without_their_secrets():
    assert shown(Row, {"name": "n", "password": SECRET, "more": 1}) == {"name": "n"}
    assert shown(list[Row], [{"name": "n"}]) == [{"name": "n"}]


def test_what_stands_for_a_record_may_lack_some_of_it():
    like = JustLike(1)
    del like.note

    assert shown(Account, {"id": 1}) == {"id": 1}
    assert shown(Account, like) == {"id": 1}


def test_records_that_hold_themselves_are_shown_to_the_end():
    assert shown(Node, Node("a", next=Node("b"))) == {
        "name": "a",
        "next": {"name": "b", "next": None},
    }


def test_a_circle_is_named_and_nothing_of_it_leaves():
    node = Node("a")
    node.next = node

    for hint, value in ((Node, node), (tuple[Node, int], (node, 201))):
        with pytest.raises(WalkError, match="SG-HTTP-006"):
            answer_shower(hint)(value)


def test_nothing_leaves_because_it_is_deep():
    node = Node("a")
    for _ in range(3000):
        node = Node("b", next=node)

    for show in (answer_shower(Node), shower(Node), show_undeclared):
        with pytest.raises(WalkError, match="SG-HTTP-006"):
            show(node)


def test_a_view_has_some_fields_under_other_names():
    hint = Annotated[Read[Account], Only("id"), Renamed(id="number")]

    assert shown(hint, Account(1)) == {"number": 1}
    assert shown(hint, {"id": 1, "note": "x"}) == {"number": 1}
    assert shown(Annotated[Read[Account], Without("id")], Account(1)) == {"note": None}
    assert shown(Annotated[Read[Item], Renamed("pascal")], Item("a")) == {"Sku": "a"}


accounts = st.builds(Account, st.integers(), st.just(SECRET), st.none() | st.text())
teams = st.builds(
    Team,
    accounts,
    st.lists(accounts | st.builds(Admin, st.integers())),
    st.dictionaries(st.text(), accounts),
    st.none() | st.tuples(st.integers(), accounts),
    st.none() | st.builds(BigItem, st.text()),
)


@given(
    st.lists(teams | teams.map(msgspec.to_builtins) | teams.map(msgspec.structs.asdict))
)
def test_no_secret_leaves_whatever_there_is(several):
    for hint in (list[Team], list[Read[Team]], list[Team | Item]):
        made = msgspec.json.encode(answer_shower(hint)(several))

        assert SECRET.encode() not in made
        assert [each["head"]["id"] for each in msgspec.json.decode(made)] == [
            msgspec.to_builtins(each)["head"]["id"] for each in several
        ]


def test_a_tag_leaves_with_its_record():
    class Cat(msgspec.Struct, tag=True):
        name: str
        password: Password = SECRET

    class Lion(Cat):
        mane: int = 1

    for value in (Cat("c"), Lion("c"), {"name": "c"}):
        assert shown(Cat, value) == {"type": "Cat", "name": "c"}


def test_what_leaves_out_its_defaults_still_does():
    class Short(msgspec.Struct, omit_defaults=True):
        name: str
        size: int = 1
        password: Password = SECRET

    assert shown(Short, Short("n")) == {"name": "n"}
    assert shown(Short, Short("n", 2)) == {"name": "n", "size": 2}


def test_what_is_unset_does_not_leave():
    class Some(msgspec.Struct):
        name: str | msgspec.UnsetType = msgspec.UNSET
        inner: Account | msgspec.UnsetType = msgspec.UNSET

    assert shown(Some, Some()) == {}
    assert shown(Some, Some("n", Account(1))) == {
        "name": "n",
        "inner": {"id": 1, "note": None},
    }


def test_names_may_be_words_of_python():
    odd = msgspec.defstruct("Odd", [("class", str), ("password", Password, SECRET)])

    assert shown(odd, odd("c")) == {"class": "c"}


def test_a_field_without_a_value_is_told():
    class Blank(msgspec.Struct):
        id: int
        password: Password

    blank = Blank(1, SECRET)
    del blank.id

    with pytest.raises(WalkError) as caught:
        shower(Blank)(blank)

    assert caught.value.problem.code == "SG-VIEW-008"
    assert "'id'" in caught.value.problem.what


def test_an_answer_of_no_declared_type_is_shown_by_its_class():
    account = Account(1)

    for value in (account, [account], (account,), [[account]], [1, account]):
        assert SECRET not in repr(show_undeclared(value))
    for value in ("x", 1, [1, 2], {"a": 1}, (3, "x"), Item("a"), [Item("b")], None):
        assert show_undeclared(value) is value


def test_whatever_it_is_is_shown_by_its_class():
    class Colour(enum.Enum):
        RED = 1

    assert show_untyped({"a": [Account(1)]})["a"][0].id == 1
    assert SECRET not in repr(show_untyped({"a": [Account(1)]}))
    for value in (None, "x", b"x", 1, 1.5, Colour.RED, Item("a")):
        assert show_untyped(value) is value
    assert shown(dict[str, Account | Item], {"a": Colour.RED, "b": 3}) == {
        "a": 1,
        "b": 3,
    }
    assert answer_shower(Account)(Colour.RED) is Colour.RED


# -- on the wire


def test_answers_leave_as_their_views(ask):
    def one() -> Read[Account]:
        return Account(1)

    def several() -> list[Account]:
        return [Account(1), Admin(2)]

    def other() -> Read[Account]:
        return Admin(1)

    def perhaps() -> Read[Account] | None:
        return Account(1)

    def untold():
        return [Account(1)], 202

    def listed() -> Any:
        return [Account(1)]

    def row() -> Row:
        return {"name": "n", "password": SECRET}

    bare = {"id": 1, "note": None}
    assert ask(one).json() == bare
    assert ask(several).json() == [bare, {"id": 2, "note": None}]
    assert ask(other).json() == bare
    assert ask(perhaps).json() == bare
    assert (ask(untold).status, ask(untold).json()) == (202, [bare])
    assert ask(listed).json() == [bare]
    assert ask(row).json() == {"name": "n"}


def test_a_response_made_by_hand_leaves_as_it_is(ask):
    def made() -> Read[Account]:
        return JSON({"id": 1, "by": "hand"}, 202)

    assert ask(made).json() == {"id": 1, "by": "hand"}


def test_answers_are_shown_where_something_surrounds_the_route(ask):
    def one() -> Read[Account]:
        return Account(1)

    bare = {"id": 1, "note": None}
    assert ask(one, options={"renderers": {"text/csv": str}}).json() == bare


def test_a_middleware_sees_what_leaves():
    app = App()

    @app.middleware
    def stamp(request):
        response = yield
        response.headers["x-seen"] = response.body.decode()

    @app.get("/")
    def one() -> Read[Account]:
        return Account(1)

    with Client(app) as client:
        assert SECRET not in client.get("/").headers["x-seen"]
        assert client.get("/").json() == {"id": 1, "note": None}

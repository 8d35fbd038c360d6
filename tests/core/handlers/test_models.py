"""Models of pydantic in handlers: bodies, queries, forms, answers."""

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
import pydantic
import pytest
from annotated_types import MaxLen, Predicate

from segue import App, FromForm, FromHeader
from segue.core.errors import WalkError
from segue.testing import Client


class Item(pydantic.BaseModel):
    sku: Annotated[str, pydantic.Field(max_length=4)]
    quantity: Annotated[int, pydantic.Field(ge=1)] = 1
    added: dt.date | None = None


class Order(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(populate_by_name=True, extra="forbid")
    customer: str = pydantic.Field(alias="customerName")
    items: list[Item] = []

    @pydantic.computed_field
    @property
    def total(self) -> int:
        return sum(item.quantity for item in self.items)


class Priced(Item):
    secret: str = "hidden"


class Cat(pydantic.BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(pydantic.BaseModel):
    kind: Literal["dog"]
    name: str


class Basket(msgspec.Struct):
    items: list[Item]
    note: str = ""


def errors(answer: Any) -> list[tuple[str, str, str]]:
    assert answer.status == 422, answer.text
    return [(e["in"], e["name"], e["code"]) for e in answer.json()["errors"]]


@pytest.mark.feature("M-056")
def test_a_model_is_a_body_and_an_answer(ask):
    def place(order: Order) -> Order:
        return order

    sent = {"customerName": "Ann", "items": [{"sku": "a", "added": "2024-02-29"}]}
    answer = ask(place, method="POST", json=sent)

    assert answer.json() == {
        "customerName": "Ann",
        "items": [{"sku": "a", "quantity": 1, "added": "2024-02-29"}],
        "total": 1,
    }


@pytest.mark.feature("M-056")
def test_all_that_does_not_fit_a_model_is_told_at_once(ask):
    def place(order: Order):
        return order

    sent = {"items": [{"sku": "abcde", "quantity": 0}, {"sku": 1}], "more": 1}
    assert errors(ask(place, method="POST", json=sent)) == [
        ("body", "$.customerName", "missing"),
        ("body", "$.items[0].sku", "too_long"),
        ("body", "$.items[0].quantity", "too_small"),
        ("body", "$.items[1].sku", "type"),
        ("body", "$.more", "unknown_field"),
    ]


@pytest.mark.parametrize(
    ("hint", "good", "bad", "found"),
    [
        (list[Item], [{"sku": "a"}], [{"sku": "a"}, 3], [("$[1]", "type")]),
        (dict[str, Item], {"a": {"sku": "a"}}, {"a": {}}, [("$.a.sku", "missing")]),
        (Item | None, None, {}, [("$.sku", "missing")]),
        (
            Annotated[Cat | Dog, pydantic.Field(discriminator="kind")],
            {"kind": "dog", "name": "x"},
            {"kind": "cow"},
            [("$", "enum")],
        ),
        (
            list[Cat | Dog],
            [{"kind": "cat", "lives": 9}],
            [{"kind": "cat", "lives": "x"}],
            [("$[0].Cat.lives", "type"), ("$[0].Dog.kind", "enum")],
        ),
        (
            Basket,
            {"items": [{"sku": "a"}]},
            {"items": [{}]},
            [("$.items[0].sku", "missing")],
        ),
        (Annotated[list[Item], MaxLen(1)], [], [{"sku": "a"}] * 2, [("$", "too_long")]),
        (
            Annotated[list[Cat | Dog], Predicate(bool)],
            [{"kind": "cat", "lives": 9}],
            [],
            [("$", "value")],
        ),
    ],
    ids=str,
)
def test_models_stand_wherever_a_type_may_stand(ask, hint, good, bad, found):
    def handler(thing):
        return {"name": type(thing).__name__}

    handler.__annotations__["thing"] = hint

    assert ask(handler, method="POST", json=good).status == 200
    told = errors(ask(handler, method="POST", json=bad))
    assert [(name, code) for _, name, code in told][: len(found)] == found
    if good is not None:
        packed = {"content-type": "application/msgpack"}
        content = msgspec.msgpack.encode(good)
        answer = ask(handler, method="POST", content=content, headers=packed)
        assert answer.status == 200


def test_a_model_reads_a_query_a_form_and_headers(ask):
    def search(item: Item) -> Item:
        return item

    def form(item: Annotated[Item, FromForm()]) -> Item:
        return item

    def headers(item: Annotated[Item, FromHeader()]) -> Item:
        return item

    expected = {"sku": "a", "quantity": 3, "added": None}
    assert ask(search, "/?sku=a&quantity=3").json() == expected
    assert errors(ask(search, "/?quantity=x")) == [
        ("query", "sku", "missing"),
        ("query", "quantity", "type"),
    ]
    data = {"sku": "a", "quantity": "3"}
    assert ask(form, method="POST", data=data).json() == expected
    assert ask(headers, headers={"sku": "a", "quantity": "3"}).json() == expected


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"sku": NaN}', 400),
        (b'{"sku": "NaN"}', 200),
        (b'{"sku": "Infinity"}', 422),
        (b"{", 400),
        (b'"\xff"', 400),
        (b"", 422),
        (b"[" * 5000, 400),
        (b"[" * 500 + b"]" * 500, 422),
    ],
)
def test_what_is_no_json_is_malformed(ask, content, status):
    def handler(item: Item):
        return item

    headers = {"content-type": "application/json"}
    assert (
        ask(handler, method="POST", content=content, headers=headers).status == status
    )


def test_more_faults_than_anybody_reads_are_counted(ask):
    def handler(items: list[Item]):
        return items

    (error,) = ask(handler, method="POST", json=[1] * 2000).json()["errors"]
    assert error["message"] == "2000 values do not fit"


def test_what_a_model_does_not_declare_does_not_leave(ask):
    def item() -> Item:
        return Priced(sku="a")

    def items() -> list[Item]:
        return [Priced(sku="a"), Item(sku="b")]

    def of_dict() -> Item:
        return {"sku": "a", "secret": "x"}  # type: ignore[return-value]

    def undeclared():
        return {"items": [Item(sku="b")]}

    def nested() -> Order:
        return Order(customerName="Ann", items=[Priced(sku="a")])

    plain = {"sku": "a", "quantity": 1, "added": None}
    assert ask(nested).json()["items"] == [plain]
    assert ask(item).json() == plain
    assert ask(items).json() == [plain, {**plain, "sku": "b"}]
    assert ask(of_dict).json() == plain
    assert ask(undeclared).json() == {"items": [{**plain, "sku": "b"}]}


def test_an_answer_that_is_no_such_model_is_our_error():
    app = App()

    @app.get("/")
    def item() -> Item:
        return {"sku": 3}  # type: ignore[return-value]

    with Client(app) as client, pytest.raises(WalkError) as caught:
        client.get("/")

    assert "SG-WALK-004  The answer is no Item: sku: " in str(caught.value)


def test_a_value_that_is_no_number_is_refused_in_a_query(ask):
    class Price(pydantic.BaseModel):
        amount: float

    def search(price: Price):
        return price

    search.__annotations__["price"] = Price
    assert ask(search, "/?amount=1.5").json() == {"amount": 1.5}
    assert ask(search, "/?amount=nan").status == 422

"""Faults: everything that is wrong with some data, each with its place."""

import datetime as dt
import enum
import time
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import pytest
from annotated_types import Ge, Gt, Lt, MaxLen, MinLen, MultipleOf, Predicate, Timezone
from hypothesis import given, strategies as st

from segue.core.schema.checks import check_for
from segue.core.schema.faults import (
    LOOKS,
    MOST,
    Fault,
    FaultFinder,
    code_of,
    fault_of,
    find_faults,
    limit_of,
)
from segue.core.schema.marks import Pattern


class Item(msgspec.Struct):
    sku: Annotated[str, MaxLen(4)]
    quantity: Annotated[int, Ge(1)] = 1
    parts: "list[Item]" = []


class Strict(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    first_name: str
    items: Annotated[list[Item], MinLen(1)]
    prices: dict[str, Decimal] = {}


class Cat(msgspec.Struct, tag="cat"):
    lives: int


class Dog(msgspec.Struct, tag="dog"):
    name: str


class Row(NamedTuple):
    name: str
    count: int
    more: int = 0


class Even(msgspec.Struct):
    number: int

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError("odd")


class Colour(enum.Enum):
    RED = "red"


def is_small(value: int) -> bool:
    return value < 10


@pytest.mark.feature("M-060")
def test_all_faults_are_found_with_their_places():
    data = {
        "items": [{"sku": "abcde", "quantity": 0}, {"sku": 1, "parts": [{}]}, 3],
        "prices": {"a": "NaN", "b": "x", "c": "1"},
        "colour": "red",
    }

    assert find_faults(Strict, data) == [
        Fault(("firstName",), "Required, but not given.", "missing"),
        Fault(("items", 0, "sku"), "Expected `str` of length <= 4", "too_long"),
        Fault(("items", 0, "quantity"), "Expected `int` >= 1", "too_small"),
        Fault(("items", 1, "sku"), "Expected `str`, got `int`", "type"),
        Fault(("items", 1, "parts", 0, "sku"), "Required, but not given.", "missing"),
        Fault(("items", 2), "Expected `object`, got `int`", "type"),
        Fault(("prices", "a"), "Expected a finite number", "value"),
        Fault(("prices", "b"), "Invalid decimal string", "format"),
        Fault(("colour",), "No such field", "unknown_field"),
    ]


@pytest.mark.parametrize(
    ("hint", "data", "path", "message", "code"),
    [
        (int, "x", (), "Expected `int`, got `str`", "type"),
        (int, None, (), "Expected `int`, got `null`", "type"),
        (list[int], {}, (), "Expected `array`, got `object`", "type"),
        (set[int], [1, "a"], (1,), "Expected `int`, got `str`", "type"),
        (dict[str, int], [], (), "Expected `object`, got `array`", "type"),
        (dict[int, int], {"a": 1}, ("a",), "Expected `int`, got `str`", "type"),
        (tuple[int, str], 1, (), "Expected `array`, got `int`", "type"),
        (tuple[int, str], [1], (), "Expected `array` of length 2", "too_short"),
        (tuple[int], [1, 2], (), "Expected `array` of length 1", "too_long"),
        (tuple[int, str], [1, 2], (1,), "Expected `str`, got `int`", "type"),
        (Row, 1, (), "Expected `array`, got `int`", "type"),
        (Row, ["a"], (1,), "Required, but not given.", "missing"),
        (Row, ["a", "b"], (1,), "Expected `int`, got `str`", "type"),
        (Cat | Dog, {"lives": 1}, ("type",), "Required, but not given.", "missing"),
        (
            Cat | Dog,
            {"type": "cow"},
            ("type",),
            "Expected one of 'cat', 'dog'",
            "enum",
        ),
        (Cat | Dog, {"type": []}, ("type",), "Expected one of 'cat', 'dog'", "enum"),
        (Cat | Dog, {"type": "cat"}, ("lives",), "Required, but not given.", "missing"),
        (Cat | int, {}, ("lives",), "Required, but not given.", "missing"),
        (Cat | Dog, 3, (), "Expected `Cat | Dog`, got `int`", "type"),
        (int | str, [], (), "Expected `int | str`, got `array`", "type"),
        (Annotated[int, Ge(3)] | str, 1, (), "Expected `int` >= 3", "too_small"),
        (list[int] | int, ["a"], (0,), "Expected `int`, got `str`", "type"),
        (Item | int, {}, ("sku",), "Required, but not given.", "missing"),
        (Colour, "blue", (), "Invalid enum value 'blue'", "enum"),
        (Literal["a"], "b", (), "Invalid enum value 'b'", "enum"),
        (uuid.UUID, "x", (), "Invalid UUID", "format"),
        (dt.date, "2024-02-30", (), "Invalid RFC3339 encoded date", "format"),
        (Even, {"number": 1}, (), "odd", "value"),
        (
            Annotated[int, Predicate(is_small)],
            12,
            (),
            "Expected a value for which is_small holds",
            "value",
        ),
        (float, float("inf"), (), "Expected a finite number", "value"),
        (uuid.UUID, "\ud800", (), "Expected text that can be encoded", "format"),
        (
            Annotated[int, Predicate(bool), Predicate(is_small)],
            12,
            (),
            "Expected a value for which is_small holds",
            "value",
        ),
    ],
    ids=str,
)
def test_a_fault_is_told_with_place_words_and_code(hint, data, path, message, code):
    assert find_faults(hint, data) == [Fault(path, message, code)]


@pytest.mark.parametrize(
    ("hint", "data"),
    [
        (Any, None),
        (Any, object),
        (int | None, None),
        (list[Any], [None]),
        (Cat | Dog, {"type": "dog", "name": "x"}),
        (Even, {"number": 2}),
        (Row, ["a", 1]),
        (int | str, "x"),
    ],
    ids=str,
)
def test_nothing_is_found_where_nothing_is_wrong(hint, data):
    assert find_faults(hint, data) == []


def test_texts_are_read_as_texts():
    assert find_faults(int, "1", text=True) == []
    assert find_faults(int, "1") != []


def test_what_is_found_is_bounded():
    assert len(find_faults(list[int], ["x"] * 1000)) == MOST
    data: Any = {"sku": "a"}
    for _ in range(500):
        data = {"sku": "a", "parts": [data]}

    assert find_faults(Item, data)[0].message == "Nested too deep"


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
)
NAMES = st.sampled_from(
    ["sku", "quantity", "parts", "firstName", "items", "prices", "type", "lives"]
)
DATA = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES | st.just("cat"), inner, max_size=4)
    ),
    max_leaves=12,
)
HINTS = [
    Item,
    Strict,
    Cat | Dog,
    Cat | Dog | None,
    Cat | int,
    Row,
    list[Item],
    dict[str, Annotated[int, Ge(0)]],
    tuple[int, str] | None,
    int | str,
    Annotated[list[int | None], MaxLen(2)],
    set[int],
    Colour | int,
]


@given(st.sampled_from(HINTS), DATA)
def test_faults_are_found_exactly_where_something_is_refused(hint, data):
    check = check_for(hint)
    try:
        value = msgspec.convert(data, hint)
        fits = check is None or check(value)
    except msgspec.ValidationError:
        fits = False

    assert (find_faults(hint, data) == []) is fits


def test_a_finder_is_made_once_and_used_often():
    find = FaultFinder(Item)

    assert find({"sku": "a"}) == []
    assert find({"sku": 1}) == [Fault(("sku",), "Expected `str`, got `int`", "type")]
    assert find({"sku": "a"}) == []


@pytest.mark.parametrize(
    ("hint", "data", "message", "code"),
    [
        (
            Annotated[int, MultipleOf(3)],
            4,
            "Expected `int` that's a multiple of 3",
            "not_multiple",
        ),
        (Annotated[int, Gt(3)], 3, "Expected `int` > 3", "too_small"),
        (Annotated[int, Lt(3)], 3, "Expected `int` < 3", "too_large"),
        (Annotated[str, MinLen(2)], "a", "Expected `str` of length >= 2", "too_short"),
        (
            Annotated[dict[str, int], MaxLen(0)],
            {"a": 1},
            "Expected `object` of length <= 0",
            "too_long",
        ),
        (
            Annotated[str, Pattern("^a")],
            "b",
            "Expected `str` matching regex '^a'",
            "pattern",
        ),
        (
            Annotated[str, Pattern("a"), Pattern("^b")],
            "xa",
            "Expected `str` matching regex '^b'",
            "pattern",
        ),
        (
            Annotated[dt.datetime, Timezone(...)],
            "2024-01-01T00:00:00",
            "Expected a time zone",
            "format",
        ),
        (
            Annotated[dt.datetime, Timezone("UTC")],
            "2024-01-01T00:00:00+01:00",
            "Expected the time zone UTC",
            "format",
        ),
        (
            Annotated[dt.datetime, Ge(dt.datetime(2024, 1, 1, tzinfo=dt.UTC))],
            "2025-01-01T00:00:00",
            "Expected `datetime` >= 2024-01-01 00:00:00+00:00",
            "too_small",
        ),
        (
            Annotated[Any, Predicate(is_small)],
            12,
            "Expected a value for which is_small holds",
            "value",
        ),
    ],
    ids=str,
)
def test_a_constraint_that_does_not_hold_is_told(hint, data, message, code):
    assert find_faults(hint, data)[0] == Fault((), message, code)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Expected `str` of length >= 2", "too_short"),
        ("Expected `str` of length <= 2", "too_long"),
        ("Expected `str` matching regex 'a'", "pattern"),
        ("Expected `int` that's a multiple of 2", "not_multiple"),
        ("Expected `int` >= 2", "too_small"),
        ("Expected `int` < 2", "too_large"),
        ("Expected `int`, got `str`", "type"),
        ("Something else", "value"),
    ],
)
def test_the_kind_of_a_mistake_is_read_from_the_sentence(message, code):
    assert code_of(message) == code


def test_a_check_of_the_whole_may_fail_alone():
    hint = Annotated[list[int], Predicate(is_sorted)]

    assert find_faults(hint, [2, 1])[0].code == "value"
    assert find_faults(Annotated[Item, Predicate(bool)], {"sku": "a"}) == []


def is_sorted(values: list[int]) -> bool:
    return values == sorted(values)


def test_what_msgspec_cannot_convert_is_no_fault():
    class Odd:
        pass

    assert find_faults(Odd, Odd()) == []
    assert find_faults(bytes | str, "x") == []
    assert find_faults(Annotated[Any, Ge(1)], "x") == []
    assert find_faults(list[Odd], [1])[0].message == "Expected `Odd`, got `int`"
    assert find_faults(dict[str, Odd], {"a": Odd()}) == []
    many = {str(n): "x" for n in range(2 * MOST)}
    assert (
        len(find_faults(dict[int, int], dict.fromkeys(map(chr, range(300)), 1))) == MOST
    )
    assert len(find_faults(Strict, many)) == MOST


# -- what a client sends makes neither time nor memory grow without a bound


class Link(msgspec.Struct):
    next: "Link | int | None" = None
    bad: int = 0


class Tree(msgspec.Struct):
    kids: "list[Tree] | dict[str, Tree] | int" = 0


class Leaf(msgspec.Struct):
    kids: "Twig | None" = None


class Twig(msgspec.Struct):
    leaf: "list[Leaf]" = []
    size: Annotated[int, Ge(0)] = 0


def test_a_union_in_itself_is_walked_once_however_deep():
    links: Any = {"bad": "x"}
    for _ in range(90):
        links = {"next": links}
    trees: Any = "x"
    for _ in range(40):
        trees = {"kids": [trees, {"kids": {"a": "y"}}]}
    began = time.process_time()

    found = [*find_faults(Link, links), *find_faults(Tree, trees)]

    assert time.process_time() - began < 1
    assert found[0].path == ("next",) * 90 + ("bad",)
    assert len(found) == 1 + 41


def test_what_a_finder_keeps_grows_with_the_types_only():
    find = FaultFinder(Leaf)
    data: Any = {}
    for _ in range(20):
        data = {"kids": {"leaf": [data, {"kids": {"size": "x"}}]}}

    assert len(find(data)) == 20
    assert len(vars(find)["_fields"]) == 2


def test_more_values_than_are_looked_at_end_the_search():
    data: list[Any] = [1] * (2 * LOOKS) + ["x"]

    assert find_faults(list[int], data) == [
        Fault((2 * LOOKS,), "Expected `int`, got `str`", "type")
    ]
    assert find_faults(list[Annotated[int, Ge(1)]], [*data[:-1], 0]) == []
    keys = dict.fromkeys(map(str, range(2 * LOOKS)), 1)
    assert find_faults(dict[str, Annotated[int, Ge(1)]], {**keys, "a": 0}) == []


def test_a_long_name_is_not_told_again_and_again():
    faults = find_faults(dict[str, list[int]], {"k" * 10_000: ["x"] * 50})

    assert len(faults) == 50
    assert all(len(str(fault.path[0])) < 110 for fault in faults)
    (unknown,) = find_faults(Even, {"number": 2}) or find_faults(
        Strict, {"firstName": "a", "items": [{"sku": "a"}], "z" * 10_000: 1}
    )
    assert len(str(unknown.path[0])) < 110


def test_a_condition_of_a_whole_that_cannot_be_made_is_no_error_of_ours():
    hint = list[Annotated[Even, Predicate(bool)]]

    assert find_faults(hint, [{"number": 2}, {"number": 1}]) == [
        Fault((1,), "odd", "value")
    ]


@pytest.mark.parametrize(
    ("sentence", "path"),
    [
        ("Expected `int`, got `str`", ()),
        ("Expected `int`, got `str` - at `$`", ()),
        ("Expected `int`, got `str` - at `$.a[0][1].b`", ("a", 0, 1, "b")),
        ("Expected `int`, got `str` - at `$.a[...].b`", ("a", "...", "b")),
    ],
)
def test_the_place_is_read_from_the_sentence(sentence, path):
    fault = fault_of(ValueError(sentence))

    assert fault == Fault(path, "Expected `int`, got `str`", "type")


@pytest.mark.parametrize(
    ("sentence", "limit"),
    [
        ("Expected `int` >= -1", -1),
        ("Expected `float` < 1.5", 1.5),
        ("Expected `int` that's a multiple of 3", 3),
        ("Expected `array` of length 2", 2),
        ("Expected `str` of length <= 4", 4),
        ("Input should be greater than or equal to 1", 1),
        ("Input should be less than 10", 10),
        ("String should have at most 4 characters", 4),
        ("List should have at least 1 item", 1),
        ("Expected `date` >= 2024-01-01", None),
        ("Expected `datetime` >= 2024-01-01 00:00:00.5+00:00", None),
        ("Expected `int`", None),
    ],
)
def test_the_limit_is_read_from_the_sentence(sentence, limit):
    assert limit_of(sentence) == limit

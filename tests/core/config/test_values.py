"""Reading text and data into types."""

import dataclasses
import enum
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, NewType, TypedDict
from uuid import UUID

import msgspec
import pytest
from annotated_types import Ge, MinLen
from hypothesis import given, strategies as st

from segue.core.config.misfits import Misfit
from segue.core.config.secret import Secret
from segue.core.config.values import UnreadableHintError, read


class Color(enum.Enum):
    RED = "red"
    DARK_BLUE = "blue"


class Size(enum.IntEnum):
    SMALL = 1


class Odd(enum.Enum):
    LIST = [1]  # noqa: RUF012 - an enum's value may be a list


class Pool(msgspec.Struct):
    size: Annotated[int, Ge(1)]
    name: str = "main"


@dataclasses.dataclass
class Point:
    x: int
    y: int = dataclasses.field(default=0)
    total: int = dataclasses.field(init=False, default=9)
    tags: list[str] = dataclasses.field(default_factory=list)


class Strict(msgspec.Struct):
    low: int
    high: int

    def __post_init__(self):
        if self.low > self.high:
            raise ValueError("low is above high")


class Named(TypedDict):
    where: Path
    key: Secret[str]


class Pair(NamedTuple):
    a: int
    b: timedelta


class Clock:
    pass


Port = NewType("Port", int)


def refused(hint, value, *, text=True):
    with pytest.raises(Misfit) as caught:
        read(hint, value, text=text)
    return caught.value.reasons


TEXTS = [
    (str, " as it is ", " as it is "),
    (int, " 5 ", 5),
    (int, "-5", -5),
    (float, "1.5", 1.5),
    (Decimal, "1.50", Decimal("1.50")),
    (bool, "Yes", True),
    (bool, "on", True),
    (bool, " 1 ", True),
    (bool, "off", False),
    (bool, "F", False),
    (Path, "a/b", Path("a/b")),
    (
        UUID,
        "12345678-1234-5678-1234-567812345678",
        UUID(int=0x12345678123456781234567812345678),
    ),
    (date, "2026-03-01", date(2026, 3, 1)),
    (time, "12:30:00", time(12, 30)),
    (datetime, "2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
    (timedelta, "5 minutes", timedelta(minutes=5)),
    (timedelta, "300", timedelta(minutes=5)),
    (timedelta, "PT5M", timedelta(minutes=5)),
    (bytes, "añ", "añ".encode()),
    (bytes, "base64:AP8=", b"\x00\xff"),
    (bytes, "\udcff", b"\xff"),
    (Any, "x", "x"),
    (object, "x", "x"),
    (Color, "red", Color.RED),
    (Color, "dark_blue", Color.DARK_BLUE),
    (Size, "1", Size.SMALL),
    (Size, "small", Size.SMALL),
    (Odd, "list", Odd.LIST),
    (Literal["a", "b"], "b", "b"),
    (Literal[1, 2], " 2 ", 2),
    (int | None, "", None),
    (int | None, "None", None),
    (int | None, "5", 5),
    (str | None, "", None),
    (str | None, "none", "none"),
    (int | str, "5", 5),
    (str | int, "5", 5),
    (str | int, "x", "x"),
    (bool | list[int], "1,2", [1, 2]),
    (list[int], "1, 2,", [1, 2]),
    (list[int], "[1, 2]", [1, 2]),
    (list[str], "", []),
    (list, "a,b", ["a", "b"]),
    (set[str], "a,a", {"a"}),
    (frozenset[int], "1", frozenset({1})),
    (Sequence[int], "1,2", (1, 2)),
    (tuple[int, ...], "1,2", (1, 2)),
    (tuple[int, str], "1,a", (1, "a")),
    (tuple[int, str], '[1, "a"]', (1, "a")),
    (tuple, "a,b", ("a", "b")),
    (dict[str, int], "a=1, b=2", {"a": 1, "b": 2}),
    (dict[str, int], '{"a": 1}', {"a": 1}),
    (dict[int, str], "1=a", {1: "a"}),
    (Mapping[str, str], "a=b=c", {"a": "b=c"}),
    (dict, "a=1", {"a": "1"}),
    (dict[str, list[int]], '{"a": [1]}', {"a": [1]}),
    (Pool, '{"size": 3}', Pool(3)),
    (list[Pool], '[{"size": 3, "name": "x"}]', [Pool(3, "x")]),
    (Point, '{"x": 1}', Point(1)),
    (Port, "80", 80),
    (Annotated[int, Ge(1)] | None, "5", 5),
]


@pytest.mark.feature("M-196")
@pytest.mark.parametrize(("hint", "text", "value"), TEXTS)
def test_text_is_read_into_its_type(hint, text, value):
    found = read(hint, text, text=True)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("hint", "data", "value"),
    [
        (int, 5, 5),
        (int, "5", 5),
        (bool, True, True),
        (bool, "yes", True),
        (Path, Path("a"), Path("a")),
        (bytes, b"a", b"a"),
        (timedelta, 300, timedelta(minutes=5)),
        (timedelta, timedelta(1), timedelta(1)),
        (date, date(2026, 3, 1), date(2026, 3, 1)),
        (Color, Color.RED, Color.RED),
        (Color, "RED", Color.RED),
        (Size, 1, Size.SMALL),
        (Literal[1, True], True, True),
        (int | None, None, None),
        (int | str, "5", "5"),
        (str | list[int], [1], [1]),
        (list[int], (1, 2), [1, 2]),
        (list[Path], ["a"], [Path("a")]),
        (dict[str, Color], {"a": "red"}, {"a": Color.RED}),
        (Pool, Pool(1), Pool(1)),
        (Point, {"x": 1, "tags": ["a"]}, Point(1, tags=["a"])),
        (Clock | None, None, None),
    ],
)
def test_data_is_read_into_its_type(hint, data, value):
    found = read(hint, data, text=False)

    assert found == value
    assert type(found) is type(value)


def test_an_object_of_a_strange_class_is_taken_as_it_is():
    clock = Clock()

    assert read(Clock, clock, text=False) is clock


def test_our_kinds_are_read_inside_a_typed_dict_and_a_named_tuple():
    named = read(Named, {"where": "a", "key": "x"}, text=False)

    assert named == {"where": Path("a"), "key": Secret("x")}
    assert read(Pair, [1, "PT5M"], text=False) == Pair(1, timedelta(minutes=5))


@pytest.mark.feature("M-196")
@pytest.mark.parametrize(
    ("hint", "text", "fault"),
    [
        (int, "many", "must be a whole number"),
        (int, "", "must be a whole number"),
        (int, "9" * 5000, "must be a whole number"),
        (float, "x", "must be a number"),
        (bool, "maybe", "must be yes or no (true, on, 1; false, off, 0)"),
        (Path, " ", "must be a path"),
        (Path, "a\0b", "must be a path"),
        (date, "1.3.26", "must be a date such as 2026-03-01"),
        (timedelta, "soon", "must be a duration such as '5 minutes' or 300 (seconds)"),
        (bytes, "base64:?", "must be valid base64 after 'base64:'"),
        (str, "\udcff", "must be valid UTF-8"),
        (Color, "green", "must be one of 'red', 'blue'"),
        (Literal["a"], "b", "must be one of 'a'"),
        (
            int | bool,
            "x",
            "must be a whole number or yes or no (true, on, 1; false, off, 0)",
        ),
        (int | None, "x", "must be a whole number"),
        (
            Secret[int] | bool,
            "x",
            "must be a whole number or yes or no (true, on, 1; false, off, 0)",
        ),
        (list[int], "[1", "must be valid JSON"),
        (list[int], "[" * 100_000, "must be valid JSON"),
        (tuple[int, int], "1", "must have 2 parts"),
        (dict[str, int], "a", "must be a table such as a=1, b=2 or a JSON object"),
        (Pool, "x", "must be a table for Pool"),
        (Pool, "{", "must be valid JSON"),
        (Annotated[int, Ge(1)], "0", "must be at least 1"),
        (list[Annotated[str, MinLen(2)]], "ab,c", "must be at least 2 long"),
        (Strict, '{"low": 2, "high": 1}', "is refused by Strict: low is above high"),
    ],
)
def test_text_that_does_not_fit_is_refused_in_words(hint, text, fault):
    (reason,) = refused(hint, text)

    assert reason.fault == fault


@pytest.mark.parametrize(
    ("hint", "data", "fault"),
    [
        (str, 5, "must be text"),
        (bytes, 5, "must be text or 'base64:...'"),
        (int, True, "must be a whole number"),
        (bool, 1, "must be yes or no (true, on, 1; false, off, 0)"),
        (Path, 5, "must be a path"),
        (list[int], "1,2", "must be a list such as a, b or a JSON array"),
        (dict[str, int], [1], "must be a table such as a=1, b=2 or a JSON object"),
        (Color, 5, "must be one of 'red', 'blue'"),
        (Named, {"where": 5, "key": "x"}, "must be a value of type Named"),
    ],
)
def test_data_that_does_not_fit_is_refused_in_words(hint, data, fault):
    (reason,) = refused(hint, data, text=False)

    assert reason.fault == fault


@pytest.mark.feature("M-196")
def test_every_part_that_does_not_fit_has_its_reason_and_place():
    reasons = refused(
        list[Pool], '[{"size": 0}, {"sise": 1}, {"size": "x", "name": 3}]'
    )

    assert [(reason.place, reason.fault, reason.near) for reason in reasons] == [
        ("[0].size", "must be at least 1", ""),
        ("[1].size", "is missing", ""),
        ("[1].sise", "is no setting", " Did you mean 'size'?"),
        ("[2].size", "must be a whole number", ""),
        ("[2].name", "must be text", ""),
    ]


def test_places_go_through_tables():
    (reason,) = refused(dict[str, list[int]], {"a": [1, "x"]}, text=False)

    assert reason.place == "a[1]"


def test_a_near_miss_is_named():
    (reason,) = refused(Color, "rad")

    assert reason.near == " Did you mean 'red'?"


@pytest.mark.feature("M-196")
@pytest.mark.parametrize(
    ("hint", "text", "value"),
    [
        (Secret, "x", "x"),
        (Secret[str], "x", "x"),
        (Secret[int], "5", 5),
        (Secret[bytes], "base64:AA==", b"\x00"),
        (Secret[list[str]], "a,b", ["a", "b"]),
    ],
)
def test_a_secret_is_read_as_the_type_it_holds(hint, text, value):
    secret = read(hint, text, text=True)

    assert secret.reveal() == value


def test_a_secret_given_as_data_is_checked_too():
    assert read(Secret[int], Secret("5"), text=False) == Secret(5)


def test_a_secret_that_does_not_fit_is_not_shown():
    (reason,) = refused(Secret[Annotated[str, MinLen(32)]], "rosebud")

    assert reason.fault == "must be at least 32 long"
    assert str(reason.value) == "***"


def test_marks_on_a_secret_are_about_its_value():
    (reason,) = refused(Annotated[Secret[str], MinLen(32)], "rosebud")

    assert reason.fault == "must be at least 32 long"


def test_a_hint_that_no_text_can_fill_is_told():
    with pytest.raises(UnreadableHintError, match="Clock cannot be read"):
        read(Clock, "x", text=True)
    with pytest.raises(UnreadableHintError):
        read(Callable[[], int], "x", text=True)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = ...` came with 3.12")
def test_a_type_alias_is_looked_through():
    scope: dict[str, Any] = {}
    exec("type Number = int", scope)

    assert read(scope["Number"], "5", text=True) == 5


@given(st.text())
def test_any_text_fits_or_is_a_misfit(text):
    for hint in (int, float, Decimal, bool, date, timedelta, list[int], dict[str, int]):
        with suppress(Misfit):
            read(hint, text, text=True)


@given(st.lists(st.integers()))
def test_lists_are_read_back_from_both_forms(numbers):
    comma = ",".join(map(str, numbers))

    assert read(list[int], comma, text=True) == numbers
    assert read(list[int], str(numbers), text=True) == numbers

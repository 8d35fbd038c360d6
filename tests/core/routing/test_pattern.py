"""Patterns: what they know of themselves, and paths built from values."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

import pytest
from hypothesis import given, strategies as st

from segue.core.errors import RouteError
from segue.core.routing.pattern import Pattern
from segue.core.routing.registry import Converters


@dataclass
class Book:
    slug: str


@pytest.mark.feature("M-008")
def test_the_hint_of_a_parameter_is_its_converter():
    pattern = Pattern.parse("/{id}/{day}", hints={"id": int, "day": date})

    assert [each.converter.name for each in pattern.parameters] == ["int", "date"]
    assert [each.written for each in pattern.parameters] == [False, False]


@pytest.mark.feature("M-008")
def test_a_written_converter_wins_over_the_hint():
    pattern = Pattern.parse("/{id:slug}", hints={"id": int})

    assert pattern.parameters[0].converter.name == "slug"
    assert pattern.parameters[0].written


def test_a_hint_that_stands_for_no_converter_leaves_text():
    pattern = Pattern.parse("/{book}", hints={"book": Book})

    assert pattern.parameters[0].converter.name == "str"


def test_a_field_has_a_hint_of_its_own():
    pattern = Pattern.parse("/{book.id}", hints={"book": Book, "book.id": int})

    assert pattern.names == ("book",)
    assert pattern.names_with_fields == (("book", "id"),)
    assert pattern.parameters[0].converter.name == "int"


def test_a_pattern_without_parameters_is_static():
    pattern = Pattern.parse("/a{{b}}/")

    assert pattern.static
    assert pattern.path == "/a{b}/"
    assert pattern.build({}) == ("/a%7Bb%7D/", {})
    assert repr(pattern) == "<Pattern /a{{b}}/>"


def test_patterns_that_differ_in_names_only_have_one_shape():
    one, other = Pattern.parse("/{a:int}/x"), Pattern.parse("/{b:int}/x")

    assert one.shape == other.shape
    assert one.shape != Pattern.parse("/{a}/x").shape
    assert one.shape != Pattern.parse("/{a:int}/x/").shape


@pytest.mark.feature("M-013")
def test_a_path_is_built_from_values_and_the_rest_is_left():
    pattern = Pattern.parse("/in/{day:date}/{name}.{ext}")
    values = {"day": date(2024, 1, 31), "name": "a b", "ext": "gz", "page": 2}

    assert pattern.build(values) == ("/in/2024-01-31/a%20b.gz", {"page": 2})


@pytest.mark.feature("M-013")
@pytest.mark.parametrize("value", [Book("dune"), "dune"])
def test_a_field_is_taken_from_the_object_or_given_itself(value):
    pattern = Pattern.parse("/books/{book.slug}")

    assert pattern.build({"book": value}) == ("/books/dune", {})


def test_an_object_without_the_field_is_refused():
    with pytest.raises(RouteError, match="SG-ROUTE-008"):
        Pattern.parse("/{book.isbn}").build({"book": Book("dune")})


def test_a_missing_value_is_named():
    with pytest.raises(RouteError, match=r"SG-ROUTE-007.*'id'"):
        Pattern.parse("/users/{id}").build({"name": "x"})


@pytest.mark.feature("M-013")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("/{x:int}", "abc"),
        ("/{x:int}", None),
        ("/{x:date}", 3),
        ("/{x}", ""),
        ("/{x}", None),
        ("/{x}", object()),
        ("/{x}", "a/b"),
        ("/{x}", "."),
        ("/{x}", ".."),
        ("/{x}", "\ud800"),
        ("/{x:path}", "/etc"),
        ("/{x:path}", "a/../b"),
        ("/{x:re:[a-z]+}", "A"),
        ("/.{x}", "."),
        ("/{x}.{y}", "a"),
        ("/{x:decimal}", "1E+9999"),
    ],
)
def test_a_value_that_would_lead_elsewhere_is_refused(text, value):
    with pytest.raises(RouteError, match="SG-ROUTE-008"):
        Pattern.parse(text).build({"x": value, "y": "b.c"})


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
SEGMENT = TEXT.filter(lambda text: "/" not in text and text not in {".", ".."})


@pytest.mark.feature("M-013")
@given(st.integers(), SEGMENT, st.uuids(), st.lists(SEGMENT, min_size=1))
def test_what_is_built_is_read_back(number, text, key, rest):
    pattern = Pattern.parse("/{n:int}/a-{t}/{k:uuid}/{rest:path}/end")
    values = {"n": number, "t": text, "k": key, "rest": "/".join(rest)}

    path, left = pattern.build(values)

    parts = unquote(path).split("/")[1:]
    span = "/".join(parts[3:-1])
    assert left == {}
    assert [
        segment.reader()(part) if len(segment.parts) > 1 else part
        for segment, part in zip(pattern.segments[:2], parts[:2], strict=True)
    ] == [str(number), (text,)]
    assert (parts[2], span, parts[-1]) == (str(key), values["rest"], "end")


@pytest.mark.feature("M-009")
def test_a_converter_of_the_app_reads_and_writes():
    converters = Converters()
    converters.add("hex", lambda text: int(text, 16), "{:x}".format)
    pattern = Pattern.parse("/{n:hex}", converters)

    assert pattern.build({"n": 255}) == ("/ff", {})
    assert pattern.parameters[0].converter.read("ff") == 255

"""Segments: the four kinds, their order, and how mixed text is split."""

import time

import pytest

from segue.core.routing.converters import TEXT_LIMIT
from segue.core.routing.pattern import Pattern
from segue.core.routing.segments import Kind


def segment(text):
    return Pattern.parse(f"/{text}").segments[0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("users", Kind.LITERAL),
        ("", Kind.LITERAL),
        ("{name}.{ext}", Kind.MIXED),
        ("v{n:int}", Kind.MIXED),
        ("{id}", Kind.PARAMETER),
        ("{rest:path}", Kind.SPAN),
        ("{rest:path}.html", Kind.SPAN),
    ],
)
def test_a_segment_knows_its_kind(text, kind):
    assert segment(text).kind is kind


@pytest.mark.feature("M-016")
def test_segments_sort_by_how_specific_they_are():
    wanted = [
        "users",
        "data-{x}.json",
        "{x}.json",
        "v{x:int}",
        "{n:int}.{x}",
        "{a}.{b}",
        "{x:uuid}",
        "{x:int}",
        "{x:re:[a-z]+}",
        "{x:slug}",
        "{x}",
        "{x:path}.html",
        "{x:path}",
        "{x:tail}",
    ]

    found = sorted(map(segment, reversed(wanted)), key=lambda each: each.specificity)

    assert [str(each) for each in found] == wanted


@pytest.mark.parametrize(
    ("pattern", "text", "pieces"),
    [
        ("{name}.{ext}", "a.tar.gz", ("a.tar", "gz")),
        ("{name}.json", "a.json", ("a",)),
        ("{name}.json", ".json", None),
        ("v{n:int}", "v12", ("12",)),
        ("v{n:int}", "vx", None),
        ("{n:int}-{slug}", "12-a-b", ("12", "a-b")),
        ("{d:date}_{name}", "2024-01-31_x", ("2024-01-31", "x")),
        ("{a}-{b}-{c}", "1-2-3-4", ("1-2", "3", "4")),
        ("{a}.{b:int}.{c}", "x.1.y.z", ("x", "1", "y.z")),
        ("{x:re:[a-z]{2}}!", "ab!", ("ab",)),
        ("({x})", "(1)", ("1",)),
        ("{rest:path}.html", "a/b.html", ("a/b",)),
        ("{x}", "any.thing", ("any.thing",)),
        ("{x}.y", "a" * TEXT_LIMIT + ".y", None),
    ],
)
def test_text_is_split_in_one_way(pattern, text, pieces):
    assert segment(pattern).split(text) == pieces


def test_hostile_text_is_split_in_no_time():
    mixed = segment("{a}-{b}.{c}_{d}~{e}-{f:int}")
    reader = mixed.reader()
    began = time.process_time()

    for text in ("-" * TEXT_LIMIT, "-._~" * (TEXT_LIMIT // 4), "-.-.-_" * 166):
        with pytest.raises(ValueError):
            reader(text)

    assert time.process_time() - began < 1


def test_a_reader_converts_each_piece():
    read = segment("{n:int}-{name}").reader()

    assert read("12-x") == (12, "x")
    with pytest.raises(ValueError):
        read("-x")
    with pytest.raises(ValueError):
        read("1" * TEXT_LIMIT + "-x")


def test_a_segment_is_printed_as_it_is_written():
    for text in ("{id:int}", "a{{b}}{x}", "{book.slug}", "{y:re:[0-9]{4}}"):
        assert str(segment(text)) == text

"""The tree: which leaf a path meets first, and what it costs to find out."""

import time

import pytest

from segue.core.routing.tree import Cell, Zone, has_dots


@pytest.fixture
def zone(route):
    def make(*texts):
        made = Zone()
        for text in texts:
            cell = Cell(route(text), text)
            made.add(cell)
            made.leaf(cell.route).slots["GET"] = text
        made.seal()
        return made

    return make


@pytest.mark.feature("M-016")
@pytest.mark.parametrize(
    ("path", "winner", "values"),
    [
        ("/a/b/c", "GET /a/b/{y}", ("c",)),
        ("/a/x/c", "GET /a/{x}/c", ("x",)),
        ("/a/b", "GET /{s}/{y}", ("a", "b")),
        ("/7/x", "GET /{n:int}/{y}", (7, "x")),
        ("/z/x", "GET /{s}/{y}", ("z", "x")),
        ("/z/x.json", "GET /{s}/{f}.json", ("z", "x")),
        ("/d/1/2/end", "GET /d/{r:path}/end", ("1/2",)),
        ("/d/1/2/3", "GET /d/{r:path}", ("1/2/3",)),
        ("/d/x/end", "GET /d/{y}/end", ("x",)),
        ("/f/a/b.html", "GET /f/{r:path}.html", ("a/b",)),
        ("/f/a/b.css", "GET /{rest:path}", ("f/a/b.css",)),
    ],
)
def test_the_most_specific_pattern_wins_with_steps_back_where_needed(
    zone, path, winner, values
):
    found = zone(
        "GET /{rest:path}",
        "GET /{s}/{y}",
        "GET /{s}/{f}.json",
        "GET /{n:int}/{y}",
        "GET /a/{x}/c",
        "GET /a/b/{y}",
        "GET /d/{r:path}",
        "GET /d/{r:path}/end",
        "GET /d/{y}/end",
        "GET /f/{r:path}.html",
    )

    assert found.first(path, "GET") == (winner, values)
    leaf, first = next(found.fits(path))
    assert (leaf.slots["GET"], first) == (winner, values)


def test_values_keep_their_order_over_steps_back(zone):
    found = zone(
        "GET /{a}/x/{b:int}",
        "GET /{a}/x/{b}",
        "GET /{a}/{c}/{b}/y/{d}",
        "GET /{a}/{c:int}/z",
    )

    assert found.first("/1/7/z", "GET") == ("GET /{a}/{c:int}/z", ("1", 7))
    assert found.first("/1/x/2", "GET") == ("GET /{a}/x/{b:int}", ("1", 2))
    assert found.first("/1/x/z", "GET") == ("GET /{a}/x/{b}", ("1", "z"))
    assert found.first("/1/x/3/y/4", "GET") == (
        "GET /{a}/{c}/{b}/y/{d}",
        ("1", "x", "3", "4"),
    )


@pytest.mark.parametrize(
    "path", ["", "*", "x/1", "/a/", "/a/..", "/a/.", "/./a", "/q", "/a/1/b", "//1"]
)
def test_paths_that_lead_nowhere_find_nothing(zone, path):
    found = zone("GET /a/{x}", "GET /{n:int}", "GET /c/{x}/d")

    assert found.first(path, "GET") is None
    assert list(found.fits(path)) == []


def test_an_empty_segment_is_no_value_but_a_tail_may_be_empty(zone):
    found = zone("GET /a/{x}", "GET /{n}/{y}/{z}", "GET /m/{rest:tail}")

    assert found.first("/a/", "GET") is None
    assert found.first("/1//2", "GET") is None
    assert found.first("/m/", "GET") == ("GET /m/{rest:tail}", ("",))
    assert found.first("/m//x", "GET") == ("GET /m/{rest:tail}", ("/x",))


def test_dots_count_only_where_they_are_a_segment():
    assert [has_dots(path) for path in ("/.", "/a/../b", "/.a", "/a..", "/...")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_the_commonest_shape_is_found_by_its_fixed_part(zone):
    found = zone(
        "GET /a/{x:int}", "GET /a/{x}", "GET /b/{x}.y", "GET /b/{x}", "GET /{x}"
    )

    tails = found.tails()

    assert sorted(tails) == ["", "/a"]
    assert [slots["GET"] for _, slots in tails["/a"]] == [
        "GET /a/{x:int}",
        "GET /a/{x}",
    ]


def test_a_long_hostile_path_is_walked_in_no_time(zone):
    found = zone(
        "GET /{a}/{b}/{c}",
        "GET /a/{r:path}/b",
        "GET /{r:path}/a",
        "GET /a/{r:path}/c/d",
    )
    began = time.process_time()

    assert found.first("/a" * 100_000 + "/x", "GET") is None

    assert time.process_time() - began < 1

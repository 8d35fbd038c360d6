"""The fast lookup: who stands in a slot, and who is held back."""

import pytest

from segue.core.routing.lookup import HOLD, fill, guarded, ranked
from segue.core.routing.predicates import header
from segue.core.routing.tree import Cell, Leaf


@pytest.mark.feature("M-016")
def test_cells_rank_by_condition_then_method_then_words(route):
    texts = {
        "any": route("/x"),
        "get": route("GET /x"),
        "head": route("HEAD /x"),
        "b": route("GET /x", when=header("b")),
        "a": route("GET /x", when=header("a")),
        "post": route("POST /x"),
    }
    cells = [Cell(each, name) for name, each in texts.items()]

    assert [cell.entry for _, cell in ranked(cells, "HEAD")] == [
        "a",
        "b",
        "head",
        "get",
        "any",
    ]


def test_a_slot_holds_where_a_predicate_decides(route):
    leaf, places = Leaf(), {}
    plain = route("GET /x")
    leaf.cells += [Cell(plain, "plain"), Cell(route("POST /x", when=header("a")), "a")]

    fill(leaf, places)

    assert leaf.slots == {"GET": "plain", "HEAD": "plain", "POST": HOLD}
    assert places == {plain: [(leaf.slots, "GET"), (leaf.slots, "HEAD")]}


def test_there_is_no_guard_where_no_route_is_bound_to_a_host(route):
    assert guarded([route("GET /x")]) is None
    assert guarded([route("GET h.org/{x}")]).first("/1", "GET") == (HOLD, ("1",))

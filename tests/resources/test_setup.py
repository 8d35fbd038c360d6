"""What a resource may be told, and what it refuses at once."""

import datetime as dt
from typing import Annotated, Any

import msgspec
import pytest

from segue import WriteOnly
from segue.core.errors import PlanError
from segue.resources import MemoryStore, Resource
from segue.resources.setup import PARTS, read_setup


class Tag(msgspec.Struct):
    name: str
    tags: list[str] = []
    price: int | None = None
    secret: Annotated[str, WriteOnly()] = ""
    size: int = 0
    id: int = 0


class Odd(msgspec.Struct):
    id: int
    mixed: Any = None
    both: int | str = 0
    when: dt.date | str = ""


class Halfway:
    def get(self, key: Any) -> Any:
        return None

    find = insert = update = delete = get


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (int, {}, "SG-RES-001  int is no record"),
        (dict[str, int], {}, "SG-RES-001"),
        (Tag, {"key": "idd"}, "SG-RES-002.*Did you mean 'id'"),
        (Tag, {"key": "secret"}, "SG-RES-002"),
        (Tag, {"version": "versio"}, "SG-RES-002"),
        (Tag, {"sort": ("nam",)}, "SG-RES-002.*Did you mean 'name'"),
        (Tag, {"order": "-nam"}, "SG-RES-002.*Did you mean 'name'"),
        (Tag, {"sort": "secret"}, "SG-RES-002"),
        (Tag, {"sort": ("tags",)}, "SG-RES-008"),
        (Odd, {"sort": ("when",)}, "SG-RES-008"),
        (Tag, {"filters": ("nam",)}, "SG-RES-002.*Did you mean 'name'"),
        (Tag, {"filters": ("nam__ge",)}, "SG-RES-002"),
        (Tag, {"filters": ("secret",)}, "SG-RES-002"),
        (Tag, {"filters": ("price__gte",)}, "SG-RES-003.*Did you mean 'gt"),
        (Tag, {"filters": ("price__contains",)}, "SG-RES-003"),
        (Tag, {"filters": ("price__startswith",)}, "SG-RES-003"),
        (Tag, {"filters": ("tags",)}, "SG-RES-003"),
        (Tag, {"filters": ("tags__ge",)}, "SG-RES-003"),
        (Tag, {"filters": ("size",)}, "SG-RES-003.*'size' is a parameter of every"),
        (Tag, {"filter": ("name",)}, "SG-RES-004.*Did you mean 'filters'"),
        (Tag, {"page_size": 0}, "SG-RES-004"),
        (Tag, {"page_size": True}, "SG-RES-004"),
        (Tag, {"page_size": "20"}, "SG-RES-004"),
        (Tag, {"page_size": 50, "max_page_size": 20}, "SG-RES-004"),
        (Tag, {"bulk": -1}, "SG-RES-004"),
        (Tag, {"bulk": 10**9}, "SG-RES-004"),
        (Tag, {"only": ("lst",)}, "SG-RES-004.*Did you mean 'list'"),
        (Tag, {"only": ()}, "SG-RES-004"),
        (Tag, {"cursor": 1}, "SG-RES-004"),
        (Tag, {"store": object()}, "SG-RES-006.*has no get, find, insert"),
        (Tag, {"store": Halfway(), "bulk": 5}, "SG-RES-006.*has no insert_many"),
        (Tag, {"allow": "x"}, "SG-PLAN-010"),
    ],
)
def test_what_cannot_work_is_refused_where_it_stands(kind, options, message):
    with pytest.raises(PlanError) as caught:
        Resource(kind, "/tags", **options)

    assert caught.match(f"(?s){message}")
    assert "test_setup.py" in caught.value.problem.where[0]


def test_what_says_nothing_about_its_order_may_be_sorted_by():
    Resource(Odd, "/odd", sort=("mixed", "both"), filters=("both", "mixed__null"))


def test_a_store_that_has_all_methods_for_one_is_enough():
    Resource(Tag, "/tags", store=Halfway())


def test_a_filter_of_the_name_of_a_parameter_may_be_spelt_out():
    tags = Resource(Tag, "/tags", filters=("size__eq", "tags__contains"))

    assert tags.declarations.routes[0].name == "list"


def test_options_of_the_group_are_kept_apart():
    setup, rest = read_setup({"key": "name", "allow": len, "x": 1}, "here")

    assert (setup.key, rest) == ("name", {"allow": len, "x": 1})


def test_one_word_is_a_list_of_one():
    assert read_setup({"sort": "name", "only": "list"}, "")[0].sort == ("name",)


def test_all_parts_are_there_but_those_for_many():
    one, _ = read_setup({}, "")
    many, _ = read_setup({"bulk": 1}, "")
    strict, _ = read_setup({"bulk": 1, "require_match": True}, "")

    assert one.parts == PARTS[:6]
    assert many.parts == PARTS
    assert strict.parts == PARTS[:-1]


def test_the_key_of_a_store_must_be_there():
    with pytest.raises(PlanError, match="SG-RES-002"):
        MemoryStore(Tag, key="number")

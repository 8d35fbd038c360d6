"""Hints that are text, and hints that name what is around a function."""

import importlib.util
from pathlib import Path

import msgspec
import pytest

from segue import App
from segue.core.errors import ConfigurationError, PlanError
from segue.core.handlers.hints import keep_names, read_hints
from segue.testing import Client


@pytest.fixture(scope="module")
def future():
    path = Path(__file__).with_name("future_hints.py")
    spec = importlib.util.spec_from_file_location("future_hints", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", ["/items", "/logged", "/controller"])
def test_a_textual_hint_may_name_a_class_of_the_function_around(future, path):
    with Client(future.app_of_locals()) as client:
        response = client.post(path, json={"sku": "a"})

    assert response.json() == {"sku": "a"}


def test_a_hint_that_names_nothing_is_told_at_start(future):
    app = future.app_with_a_hint_that_is_not_there()

    with pytest.raises(ConfigurationError) as caught:
        app.freeze()

    problem = caught.value.problem
    assert problem.code == "SG-PLAN-003"
    assert "name 'Nowhere' is not defined" in problem.what
    assert problem.where[0].endswith(" broken")


def test_a_class_that_is_defined_below_its_use_is_told_at_start(future):
    app = future.app_with_a_class_below()

    with pytest.raises(ConfigurationError, match="SG-PLAN-003"):
        app.freeze()


def test_a_hint_may_name_what_the_function_closes_over():
    class Item(msgspec.Struct):
        sku: str

    def add(item: "Item") -> "Item":
        return Item(item.sku)

    assert read_hints(add, "here") == {"item": Item, "return": Item}


def test_a_closed_over_name_without_a_value_yet_is_left_out():
    def add(item: "Item"):
        return Item(item)

    with pytest.raises(PlanError, match="SG-PLAN-003"):
        read_hints(add, "here")

    Item = str  # noqa: N806 - a class

    assert read_hints(add, "here") == {"item": str}


def test_names_are_kept_of_local_functions_with_textual_hints_only():
    class Item:
        pass

    def textual(item: "Item"):
        pass

    def plain(item: Item):
        pass

    for function in (textual, plain, len, App):
        keep_names(function)

    assert textual.__segue_names__ == {"Item": Item}
    assert not hasattr(plain, "__segue_names__")


def test_the_hints_of_a_class_are_those_of_its_constructor():
    class Thing:
        def __init__(self, app: App) -> None:
            pass

    assert read_hints(Thing, "here")["app"] is App

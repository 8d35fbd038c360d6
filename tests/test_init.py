"""The root loads the names of batteries when they are used, and tells checkers so."""

import ast
from pathlib import Path

import pytest

import segue


def _imports(path):
    return {
        name.name: node.module
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def test_every_name_is_there():
    for name in segue.__all__:
        assert getattr(segue, name) is not None

    assert set(segue.__all__) <= set(dir(segue))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Pge'"):
        _ = segue.Pge


def test_type_checkers_read_the_same_names_from_the_same_places():
    path = Path(segue.__file__)
    at_once, told = _imports(path), _imports(path.with_suffix(".pyi"))
    later = {name: home for name, home in told.items() if name not in at_once}

    assert told.keys() == set(segue.__all__)
    assert at_once.items() <= told.items()
    assert later == {name: getattr(segue, name).__module__ for name in later}
    assert later.keys() >= {"Page", "Paged"}

"""The package loads its names when they are used, and promises the same to checkers."""

import ast
from pathlib import Path

import pytest

import segue.testing


def test_every_name_is_loaded_from_its_module():
    for name in segue.testing.__all__:
        assert getattr(segue.testing, name).__name__ == name

    assert set(segue.testing.__all__) <= set(dir(segue.testing))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Klient'"):
        _ = segue.testing.Klient


def test_type_checkers_read_the_same_names():
    stub = Path(segue.testing.__file__).with_suffix(".pyi")
    homes = {
        name.name: node.module
        for node in ast.parse(stub.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }

    assert homes == {
        name: getattr(segue.testing, name).__module__ for name in segue.testing.__all__
    }

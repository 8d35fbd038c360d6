"""The house is typed throughout: every parameter and every answer has its hint."""

import pytest

SELF = {"self", "cls", "mcs"}


def _parameters(node):
    given = node.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    every += [each for each in (given.vararg, given.kwarg) if each is not None]
    return [each for each in every if each.arg not in SELF]


@pytest.mark.feature("M-061")
def test_every_function_says_its_types(sources, root):
    untyped = [
        f"{source.place}:{node.lineno} {node.name}"
        for source in sources
        for node in source.functions
        if any(each.annotation is None for each in _parameters(node))
        or (node.returns is None and node.name != "__init__")
    ]

    assert untyped == []
    # And type checkers of users read them.
    assert (root / "src" / "segue" / "py.typed").is_file()

"""Small things, one sitting: the budgets of files, functions and folders."""

import ast

FILE = 400
FUNCTION = 50
PARAMETERS = 8
DEPTH = 2
CORE = 19_300  # docs/decisions/0045


def _docstring(node):
    if ast.get_docstring(node, clean=False) is None:
        return 0
    return node.body[0].end_lineno - node.body[0].lineno + 1


def _parameters(node):
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [each for each in every if each.arg not in {"self", "cls"}]


def test_a_file_is_a_page(sources):
    long = {s.place: s.code_lines for s in sources if s.code_lines > FILE}

    assert long == {}


def test_a_function_fits_on_a_screen(sources):
    long = {}
    for source in sources:
        for node in source.functions:
            lines = node.end_lineno - node.lineno + 1 - _docstring(node)
            if lines > FUNCTION:
                long[f"{source.place}:{node.lineno} {node.name}"] = lines

    assert long == {}


def test_a_function_takes_few_parameters(sources):
    many = {}
    for source in sources:
        for node in source.functions:
            count = len(_parameters(node))
            if count > PARAMETERS:
                many[f"{source.place}:{node.lineno} {node.name}"] = count

    assert many == {}


def test_folders_are_shallow(sources, root):
    house = root / "src" / "segue"
    deep = [
        source.place
        for source in sources
        if len(source.path.relative_to(house).parts) - 1 > DEPTH
    ]

    assert deep == []


def test_the_core_stays_small(core):
    assert sum(source.code_lines for source in core) < CORE

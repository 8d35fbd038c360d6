"""What a package's `__all__` says is what it has, and all that it promises."""

import ast
import importlib

WORDS_OF_A_FIRST_APP = {
    "App",
    "File",
    "Group",
    "HTML",
    "JSON",
    "NotFound",
    "Redirect",
    "Request",
    "Response",
    "url",
}


def _exports(source):
    for node in source.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name("__all__")], value=value):
                return ast.literal_eval(value)
            case ast.AnnAssign(target=ast.Name("__all__"), value=value):
                return ast.literal_eval(value)
    return None


def _isort_order(name):
    """Constants, then classes, then functions; ruff's order for `__all__`."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1, name) if name[:1].isupper() else (2, name)


def _has_code(source):
    return any(not isinstance(node, ast.Expr) for node in source.tree.body)


def test_every_module_says_what_it_offers(sources):
    silent = [
        source.place
        for source in sources
        if _exports(source) is None
        and _has_code(source)
        and source.path.name != "__main__.py"
    ]

    assert silent == []


def test_exports_are_sorted_and_said_once(sources):
    bad = [
        source.place
        for source in sources
        if (names := _exports(source)) is not None
        and names != sorted(set(names), key=_isort_order)
    ]

    assert bad == []


def test_every_export_exists(sources):
    missing = []
    for source in sources:
        if source.path.name == "__main__.py":
            continue
        module = importlib.import_module(source.module)
        missing += [
            f"{source.place}: {name}"
            for name in _exports(source) or ()
            if not hasattr(module, name)
        ]

    assert missing == []


def test_a_package_exports_all_that_it_takes_from_its_files(sources):
    forgotten = []
    for source in sources:
        if source.path.name != "__init__.py":
            continue
        names = set(_exports(source) or ())
        for node in source.tree.body:
            if isinstance(node, ast.ImportFrom):
                taken = {each.asname or each.name for each in node.names}
                forgotten += [
                    f"{source.place}: {name}"
                    for name in taken - names
                    if not name.startswith("_")
                ]

    assert forgotten == []


def test_the_root_has_the_words_of_a_first_app():
    segue = importlib.import_module("segue")

    assert set(segue.__all__) >= WORDS_OF_A_FIRST_APP


def test_the_root_stays_a_short_list():
    segue = importlib.import_module("segue")

    assert len(segue.__all__) <= 40

"""Every error code has a page, every page a code, and every code a test."""

import re
from pathlib import Path

CODE = re.compile(r"\bSG-[A-Z]+-\d{3}\b")
EXAMPLES = {"SG-APP-000"}  # the doctest of SegueError itself


def _codes(sources):
    found = {}
    for source in sources:
        for code in CODE.findall(source.text):
            found.setdefault(code, source.place)
    return {code: place for code, place in found.items() if code not in EXAMPLES}


def _pages(root):
    return {path.stem: path for path in (root / "docs" / "errors").glob("SG-*.md")}


def test_every_code_has_a_page(sources, root):
    codes = _codes(sources)
    missing = sorted(codes.keys() - _pages(root).keys())

    assert not missing, "\n".join(f"{code} in {codes[code]}" for code in missing)


def test_every_page_has_a_code(sources, root):
    left_over = sorted(_pages(root).keys() - _codes(sources).keys())

    assert not left_over, "\n".join(left_over)


def test_a_page_begins_with_its_code(root):
    wrong = [
        code
        for code, path in _pages(root).items()
        if not path.read_text(encoding="utf-8").startswith(f"# {code}: ")
    ]

    assert wrong == []


def test_every_code_is_provoked_by_a_test(sources, root):
    here = Path(__file__).parent
    tests = "".join(
        path.read_text(encoding="utf-8")
        for path in (root / "tests").rglob("test_*.py")
        if here not in path.parents
    )

    codes = _codes(sources)
    untested = sorted(codes.keys() - set(CODE.findall(tests)))

    assert not untested, "\n".join(f"{code} in {codes[code]}" for code in untested)

"""Every block of Python in the documentation runs, in the order of its page."""

import asyncio
import doctest
import inspect
import json
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import docpages
import pytest

import segue
from segue.core.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
OTHERS = {ROOT / "docs" / "start", ROOT / "docs" / "errors"}  # read by other tests
PAGES = [
    page
    for page in [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    if page.parent not in OTHERS and "```" in page.read_text(encoding="utf-8")
]


@pytest.fixture
def module(monkeypatch, tmp_path):
    """The one namespace of a page, in a folder of its own."""
    before = set(sys.modules)
    module = ModuleType("page")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules["page"] = module
    yield module
    for name in set(sys.modules) - before:
        if name == "page" or _is_below(sys.modules[name], tmp_path):
            del sys.modules[name]


def _is_below(module, folder):
    return str(getattr(module, "__file__", None) or "").startswith(str(folder))


def _write(block):
    if block.file:
        path = Path(block.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")


def _check(app):
    """Freeze an app of a page; what it lacks of settings, its reader's machine has."""
    try:
        app.freeze()
    except ConfigurationError as error:
        codes = {problem.code for problem in error.problems}
        if not all(code.startswith("SG-CONF") for code in codes):
            raise


def _run(block, namespace):
    if block.text.startswith(">>>"):
        test = doctest.DocTestParser().get_doctest(
            block.text, namespace, block.place, str(block.page), block.line
        )
        result = doctest.DocTestRunner().run(test, clear_globs=False)
        assert result.failed == 0, block.place
        return
    code = block.compile()
    found = eval(code, namespace)
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run(page, module):
    for block in docpages.blocks(page):
        if block.skipped:
            continue
        _write(block)
        if block.language in {"python", "pycon"}:
            _run(block, module.__dict__)
        elif block.language == "toml":
            tomllib.loads(block.text)
        elif block.language == "json":
            json.loads(block.text)

    for value in list(module.__dict__.values()):
        if isinstance(value, segue.App):
            _check(value)


def test_a_block_that_is_not_run_gives_its_reason(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- not run: it asks for a key -->\n```python\n1\n```\n\n"
        "```python\n# shop/app.py\n2\n```\n\n"
        "<!-- not run: -->\n```python\n3\n```\n"
    )
    first, second, third = docpages.blocks(page)

    assert (first.skipped, first.line, first.file) == (True, 3, None)
    assert (second.skipped, second.line, second.file) == (False, 7, "shop/app.py")
    assert third.skipped is False

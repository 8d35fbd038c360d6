"""The pages of the error codes: what is called wrong is refused, what is right is not.

Their examples are fragments, so a name that a fragment does not have is no failure
here. But an example that is refused must be refused with the code of its page, and a
right one must not be refused at all.
"""

import ast
import asyncio
import inspect
import re
import typing
from contextvars import Context
from pathlib import Path

import docpages
import msgspec
import pytest

import segue
import segue.core.errors as all_errors
import segue.core.http as all_http
import segue.testing as all_testing

PAGES = sorted(
    (Path(__file__).resolve().parents[2] / "docs" / "errors").glob("SG-*.md")
)
HEADING = re.compile(r"^(?:#+ )?((?:Wrong|Right)\b.*)$", re.MULTILINE)
FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def _namespace():
    found = {"__name__": "page", "msgspec": msgspec}
    for module in (typing, all_http, all_errors, all_testing, segue):
        found |= {name: getattr(module, name) for name in module.__all__}
    return found | {"app": segue.App()}


def _statements(text):
    """Split a fragment into statements; what it returns is only worked out."""
    for node in ast.parse(text).body:
        yield ast.Module([_worked_out(node)], [])


def _worked_out(node):
    if not isinstance(node, ast.Return):
        return node
    return ast.copy_location(ast.Expr(node.value or ast.Constant(None)), node)


def _do(work):
    """Give the codes with which something is refused."""
    try:
        found = work()
        if inspect.iscoroutine(found):
            asyncio.run(found)
    except all_errors.ConfigurationError as error:
        return {problem.code for problem in error.problems}
    except all_errors.SegueError as error:
        return {error.problem.code}
    except Exception:  # a fragment may lack what it stands in
        return set()
    return set()


def _refusals(text, page):
    namespace, codes = _namespace(), set()
    for statement in _statements(text):
        code = compile(statement, str(page), "exec", flags=FLAGS)
        # An app that answered in this thread before is not at work for the page.
        codes |= Context().run(_do, lambda code=code: eval(code, namespace))
    for value in list(namespace.values()):
        if isinstance(value, segue.App):
            codes |= _do(value.freeze)
    return codes


def _part(page, heading):
    """Give the Python blocks below the headings that begin with a word."""
    text = page.read_text(encoding="utf-8")
    lines = [(m.start(), m[1]) for m in HEADING.finditer(text)]
    for block in docpages.blocks(page):
        start = text.index(block.text)
        above = ["", *(name for position, name in lines if position < start)][-1]
        runs = block.language == "python" and not block.skipped
        if runs and above.startswith(heading):
            yield block


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_a_wrong_and_a_right_example(page):
    names = HEADING.findall(page.read_text("utf-8"))

    assert {name[:5] for name in names} == {"Wrong", "Right"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_calls_wrong_is_refused_with_its_code_if_at_all(page):
    for block in _part(page, "Wrong"):
        assert _refusals(block.text, page) <= {page.stem}, block.place


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_calls_right_is_not_refused(page):
    for block in _part(page, "Right"):
        assert _refusals(block.text, page) == set(), block.place

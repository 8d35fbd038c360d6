"""The tutorial: one app that grows, and never takes back a line.

The steps are walked in order in one folder. Each of them writes the files that its
blocks name, then does what a reader would do: types the `curl` and `segue` lines and
compares what they show, character by character, with what the page shows.
"""

import io
import json
import os
import shlex
import subprocess
import sys
import tokenize
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import docpages
import pytest

from segue.testing import Client

ROOT = Path(__file__).resolve().parents[2]
STEPS = sorted((ROOT / "docs" / "start").glob("[0-9]*.md"))
NEVER_ENDS = {"granian", "gunicorn", "pip", "uvicorn"}
SERVERS = {"run", "serve"}
HOST = "127.0.0.1:8000"
BLANK = {tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.INDENT}


def _files(step):
    files = {}
    for block in docpages.blocks(step):
        if block.file and not block.skipped:
            # In a text file a comment would be text: there the name is only said.
            named = block.language == "text"
            files[block.file] = block.text.partition("\n")[2] if named else block.text
    return files


def _grown(until):
    """Collect the files as they stand after a step."""
    files = {}
    for step in STEPS[: until + 1]:
        files |= _files(step)
    return files


def _tokens(line):
    """Split a line of code; one that is no code by itself is split at its blanks."""
    try:
        found = tokenize.generate_tokens(io.StringIO(line.strip()).readline)
        return [token.string for token in found if token.type not in BLANK]
    except tokenize.TokenError:
        return line.split()


def _only_added_to(old, new):
    rest = iter(_tokens(new))
    return all(token in rest for token in _tokens(old))


def _lost_lines(old, new):
    """Give the lines of the old text that the new one does not keep, in order."""
    lines, position, lost = new.splitlines(), 0, []
    for line in filter(str.strip, old.splitlines()):
        rest = range(position, len(lines))
        same = next((i for i in rest if lines[i] == line), None)
        if same is None:
            same = next((i for i in rest if _only_added_to(line, lines[i])), None)
        if same is None:
            lost.append(line)
        else:
            position = same + 1
    return lost


class Terminal:
    """Does what the reader types, in the folder of the tutorial."""

    def __init__(self, client, folder):
        self._client = client
        self._folder = folder

    def type(self, words):
        if words[0] == "curl":
            return self._curl(words[1:])
        program = [sys.executable, "-m", *words]
        done = subprocess.run(
            program,
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "88"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    def _curl(self, words):
        method, headers, body, shows_head = None, {"host": HOST}, None, False
        form = {}
        rest = iter(words)
        for word in rest:
            if word == "-X":
                method = next(rest)
            elif word == "-H":
                name, _, value = next(rest).partition(":")
                headers[name.lower()] = value.strip()
            elif word in {"-d", "--json"}:
                body = next(rest)
                plain = "application/x-www-form-urlencoded"
                kind = "application/json" if word == "--json" else plain
                headers.setdefault("content-type", kind)
            elif word == "-F":
                name, _, value = next(rest).partition("=")
                kind = "files" if value.startswith("@") else "data"
                form.setdefault(kind, {})[name] = _content(value)
            elif word == "-i":
                shows_head = True
            else:
                url = urlsplit(word)
        method = method or ("POST" if form or body is not None else "GET")
        target = url.path + (f"?{url.query}" if url.query else "")
        sent = form or {"content": (body or "").encode()}
        answer = self._client.request(method, target, headers=headers, **sent)
        if not shows_head:
            return answer.text
        lines = [f"HTTP/1.1 {answer.status}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        return "\n".join([*lines, "", answer.text])


def _content(value):
    """Read what `-F name=value` means: text, or with an @ a file."""
    if not value.startswith("@"):
        return value
    file = Path(value.removeprefix("@"))
    return file.name, file.read_bytes()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.feature("M-003")
@pytest.mark.parametrize("number", range(1, len(STEPS)))
def test_a_step_only_adds(number):
    before, after = _grown(number - 1), _grown(number)
    lost = {name: _lost_lines(text, after[name]) for name, text in before.items()}

    assert {name: lines for name, lines in lost.items() if lines} == {}


@pytest.mark.feature("M-003")
@pytest.mark.parametrize("number", range(len(STEPS)), ids=lambda n: STEPS[n].stem)
def test_a_step_does_what_it_says(number, folder):
    for name, text in _grown(number).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with Client(import_module("app").app) as client:
        terminal = Terminal(client, folder)
        for block in docpages.blocks(STEPS[number]):
            if block.language == "console" and not block.skipped:
                _type_all(block, terminal)


def _type_all(block, terminal):
    for line in docpages.typed(block):
        if line.words[0] in NEVER_ENDS or line.words[1] in SERVERS:
            continue
        got = terminal.type(line.words)

        assert docpages.same_output(line.shown, got), (
            f"{line.place}: {shlex.join(line.words)}\nshown: {line.shown}\ngot: {got}"
        )


def test_the_growth_rule_sees_an_edit():
    old = "app = App()\nx = 1\n"

    assert _lost_lines(old, "import y\napp = App(Config)\nx = 1\n") == []
    assert _lost_lines(old, "app = App()\nx = 2\n") == ["x = 1"]
    assert _lost_lines(old, "x = 1\napp = App()\n") == ["x = 1"]


def test_json_of_the_tutorial_is_json():
    bad = []
    for step in STEPS:
        for block in docpages.blocks(step):
            if block.language == "json":
                json.loads(block.text)
            elif block.language not in {"python", "console", "toml", "text", "ini"}:
                bad.append(f"{block.place} {block.language}")

    assert bad == []

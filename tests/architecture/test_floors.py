"""Imports go down: the contracts of pyproject.toml, and what they cannot say."""

import ast
import subprocess
import sys
from pathlib import Path

REFUSED_NAMES = {
    "abstract",
    "base",
    "common",
    "helpers",
    "impl",
    "manager",
    "utils",
}


def _imports(source):
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom):
            yield node.lineno, node.level, node.module or ""
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, 0, name.name


def test_the_import_contracts_hold(root):
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_nobody_imports_the_root_package(sources):
    bad = [
        f"{source.place}:{line}"
        for source in sources
        for line, _level, module in _imports(source)
        if module == "segue"
    ]

    assert bad == []


def test_imports_are_absolute(sources):
    bad = [
        f"{source.place}:{line}"
        for source in sources
        for line, level, _module in _imports(source)
        if level
    ]

    assert bad == []


def test_no_import_is_hidden_from_run_time(sources):
    bad = [
        f"{source.place}:{node.lineno}"
        for source in sources
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
    ]

    assert bad == []


def test_names_of_files_say_something(sources):
    bad = [
        source.place
        for source in sources
        if REFUSED_NAMES & set(source.module.removeprefix("segue.").split("."))
    ]

    assert bad == []

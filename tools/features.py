# ruff: noqa: INP001 - a script beside the package, not a package
"""Make `docs/features.md` from the matrix and from the tests that prove its rows.

A row says yes only when a test carries its mark, `@pytest.mark.feature("M-018")`.
The marks are read from the source of the tests, so that this costs a second and
needs no test run; `pytest --features docs/features.md` writes the same page from
the tests that passed in that run.

    python tools/features.py            write docs/features.md
    python tools/features.py --check    fail when it is not up to date
"""

import ast
import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

__all__ = ["MATRIX", "PAGE", "ROOT", "Proof", "Row", "page", "proofs", "rows"]

ROOT = Path(__file__).resolve().parent.parent
MATRIX = ROOT / "docs" / "features.csv"
PAGE = ROOT / "docs" / "features.md"

SYSTEMS = ("django", "flask", "fastapi", "pyramid", "tornado", "bottle", "litestar")
ON_PURPOSE = frozenset({"M-005", "M-188"})
LINKS = 3

HEAD = """\
# Features

What seven known systems can do, and what Segue can, row by row.
*Segue* says **yes** only where a test proves it: follow the link.
This page is made by `python tools/features.py`; do not edit it.

`yes` in the package itself; `yes*` with a limit; `ext` through a package of
others; `no` not at all.
"""


class Row(NamedTuple):
    """One line of the matrix.

    Attributes:
        answers: What each of the `SYSTEMS` says, in their order.
    """

    id: str
    area: str
    feature: str
    answers: tuple[str, ...]
    target: str
    note: str


class Proof(NamedTuple):
    """A test that carries a row's mark.

    Attributes:
        path: The test's file, relative to the root, with forward slashes.
        test: Its name, with its class before `::` when it has one.
    """

    path: str
    test: str


def rows() -> list[Row]:
    """Read the matrix."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                line["id"],
                line["area"],
                line["feature"],
                tuple(line[system] for system in SYSTEMS),
                line["target"],
                line["note"],
            )
            for line in csv.DictReader(file)
        ]


def proofs(folder: Path = ROOT / "tests") -> dict[str, set[Proof]]:
    """Read which test carries which row's mark, without importing a test."""
    found: dict[str, set[Proof]] = {}
    for file in sorted(folder.rglob("test_*.py")):
        path = file.relative_to(ROOT).as_posix()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for test, ids in _marks(tree):
            for row in ids:
                found.setdefault(row, set()).add(Proof(path, test))
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """Give every test with the rows it names, itself or through what is around it."""
    everywhere = _module_ids(tree)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            shared = everywhere | _ids(node.decorator_list)
            for inner in node.body:
                yield from _of_test(inner, shared, f"{node.name}::")
        else:
            yield from _of_test(node, everywhere, "")


def _module_ids(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark"
            for target in node.targets
        ):
            found |= _ids([node.value])
    return found


def _of_test(
    node: ast.stmt, shared: set[str], prefix: str
) -> Iterator[tuple[str, set[str]]]:
    if isinstance(
        node, ast.FunctionDef | ast.AsyncFunctionDef
    ) and node.name.startswith("test_"):
        ids = shared | _ids(node.decorator_list)
        if ids:
            yield prefix + node.name, ids


def _ids(expressions: Iterable[ast.expr]) -> set[str]:
    """Collect the arguments of every `pytest.mark.feature(...)` in them."""
    found: set[str] = set()
    for expression in expressions:
        for node in ast.walk(expression):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                "mark.feature"
            ):
                found |= {str(ast.literal_eval(argument)) for argument in node.args}
    return found


def page(proved: Mapping[str, Iterable[Proof]]) -> str:
    """Build the page from the rows and what proves them."""
    lines = [HEAD]
    matrix = rows()
    yes = sum(1 for row in matrix if row.id in proved)
    lines.append(
        f"{yes} of {len(matrix)} rows are proved; "
        f"{len(ON_PURPOSE)} are answered no on purpose."
    )
    area = None
    for row in matrix:
        if row.area != area:
            area = row.area
            lines += [f"\n## {area}\n", _table_head()]
        lines.append(_line(row, proved.get(row.id, ())))
    return "\n".join(lines) + "\n"


def _table_head() -> str:
    names = ("id", "feature", "Segue", *SYSTEMS, "target")
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def _line(row: Row, proved: Iterable[Proof]) -> str:
    cells = (row.id, row.feature, _answer(row, proved), *row.answers, row.target)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _answer(row: Row, proved: Iterable[Proof]) -> str:
    tests = sorted(proved)
    if not tests:
        return "no, on purpose" if row.id in ON_PURPOSE else "not yet"
    links = [
        f"[{index}](../{proof.path} '{proof.test}')"
        for index, proof in enumerate(tests[:LINKS], start=1)
    ]
    more = f" and {len(tests) - LINKS} more" if len(tests) > LINKS else ""
    return f"**yes** {' '.join(links)}{more}"


def main(arguments: list[str]) -> int:
    """Write the page, or check that it is up to date."""
    text = page(proofs())
    if arguments == ["--check"]:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        if not same:
            sys.stderr.write("docs/features.md is old: python tools/features.py\n")
        return 0 if same else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Where an app is: parsed from what was typed, or found in the folder.

The law: an explicit choice (`--app`, `SEGUE_APP`) wins. Without one the folder
is looked through in this order: `app.py`, `main.py`, the package `app`, then
the one package that has an `app.py`, a `main.py` or builds an `App` in its
`__init__.py`; the same again in `src/`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from segue.core.errors import CommandError, did_you_mean

__all__ = ["Place", "find_place", "parse_place", "python_files"]

_MODULES: Final = ("app", "main")
_OTHER_PACKAGES: Final = frozenset({"tests", "test", "docs", "migrations"})
_BUILDS_AN_APP: Final = re.compile(r"^\w+\s*(?::[^=\n]+)?=\s*App\(", re.MULTILINE)
_TARGET: Final = re.compile(
    r"(?P<where>.+?)(?::(?P<name>[A-Za-z_][\w.]*)(?P<call>\(\))?)?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an app is, as text only, so that it travels to worker processes.

    Attributes:
        module: Dotted name of the module.
        name: Name of the app in it; None means: look for it.
        factory: Whether `name` is a function that builds the app.
        folder: What must be on `sys.path` for `module` to be found.
    """

    module: str
    name: str | None = None
    factory: bool = False
    folder: str = "."

    def __str__(self) -> str:
        name = "" if self.name is None else f":{self.name}"
        return f"{self.module}{name}{'()' if self.factory else ''}"


def parse_place(text: str, folder: Path) -> Place:
    """Parse what `--app` takes: `module:name`, `module:make()` or a file.

    Raises:
        CommandError: If it names neither a module nor a file that is there.
    """
    match = _TARGET.fullmatch(text.strip())
    if match is None:
        _refuse_target(text)
    where, name, call = match["where"], match["name"], match["call"] is not None
    if where.endswith(".py") or "/" in where or "\\" in where:
        module, root = _module_of_file((folder / where).resolve(), text)
    elif all(part.isidentifier() for part in where.split(".")):
        module, root = where, _root_of_module(where, folder)
    else:
        _refuse_target(text)
    return Place(module, name, factory=call, folder=str(root))


def find_place(folder: Path) -> Place:
    """Find the module that holds the app of a folder.

    Raises:
        CommandError: If there is no such module, or more than one package.
    """
    for root in (folder, folder / "src"):
        module = _module_in(root)
        if module is not None:
            return Place(module, folder=str(root.resolve()))
    raise CommandError(
        "SG-CLI-001",
        f"No app was found in {folder.resolve()}.",
        why="Without an app there is nothing to run.",
        fix="Go to the folder of app.py or main.py, or name the app: "
        "segue --app module:name ...",
    )


def _refuse_target(text: str) -> NoReturn:
    raise CommandError(
        "SG-CLI-002",
        f"{text!r} does not name an app.",
        why="An app is named as module:name, module:factory() or by its file.",
        fix="For example: --app shop.app:app, --app shop/app.py",
    )


def _module_of_file(path: Path, text: str) -> tuple[str, Path]:
    """Find a file's dotted name: climb while the folder is a package."""
    if path.is_dir() and (path / "__init__.py").is_file():
        names, root = [path.name], path.parent
    elif path.is_file() and path.suffix == ".py":
        names, root = [path.stem], path.parent
        if path.stem == "__init__":
            names, root = [root.name], root.parent
    else:
        near = did_you_mean(
            path.name, (file.name for file in python_files(path.parent))
        )
        raise CommandError(
            "SG-CLI-002",
            f"{text!r} names no Python file or package.{near}",
            why=f"There is no {path}.",
            fix="Name an existing file, or a module: --app module:name",
        )
    while (root / "__init__.py").is_file():
        names.insert(0, root.name)
        root = root.parent
    return ".".join(names), root


def python_files(folder: Path) -> Iterator[Path]:
    """Find the Python files of a folder, which need not exist."""
    return folder.glob("*.py") if folder.is_dir() else iter(())


def _root_of_module(module: str, folder: Path) -> Path:
    first = module.partition(".")[0]
    source = folder / "src"
    if not _is_module(folder, first) and _is_module(source, first):
        return source.resolve()
    return folder.resolve()


def _is_module(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file() or (folder / name).is_dir()


def _module_in(root: Path) -> str | None:
    """Find the app's module in one folder, by the order of the law above."""
    for name in _MODULES:
        if (root / f"{name}.py").is_file():
            return name
    if not root.is_dir():
        return None
    candidates = [
        module
        for package in sorted(root.iterdir())
        if (module := _module_in_package(package)) is not None
    ]
    own = [name for name in candidates if name.partition(".")[0] == "app"]
    if len(own or candidates) > 1:
        choices = "\n         ".join(f"segue --app {name} ..." for name in candidates)
        raise CommandError(
            "SG-CLI-003",
            f"{len(candidates)} packages in {root.resolve()} may hold the app: "
            f"{', '.join(candidates)}.",
            why="Guessing could start the wrong one.",
            fix=f"Say which one:\n         {choices}",
        )
    return next(iter(own or candidates), None)


def _module_in_package(package: Path) -> str | None:
    initial = package / "__init__.py"
    if package.name in _OTHER_PACKAGES or not initial.is_file():
        return None
    if _BUILDS_AN_APP.search(initial.read_text("utf-8", "replace")):
        return package.name
    for name in _MODULES:
        if (package / f"{name}.py").is_file():
            return f"{package.name}.{name}"
    return None

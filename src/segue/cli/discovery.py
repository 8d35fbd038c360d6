"""Loads the app from its place, with errors that teach.

In the module the app is: the name given, else `app` or `application`, else
the only `App`, else what the factory `create_app()` returns. When the user's
own code fails, the error shows the user's own frames and nothing else.
"""

import importlib
import inspect
import linecache
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Final, NoReturn

from segue.app import App
from segue.cli.place import Place, python_files
from segue.core.errors import CommandError, SegueError, did_you_mean

__all__ = ["Found", "load", "load_app"]

_NAMES: Final = ("app", "application")
_FACTORIES: Final = ("create_app", "make_app")


@dataclass(frozen=True, slots=True)
class Found:
    """An app and where it was found.

    Attributes:
        app: An `App`, or any other WSGI or ASGI callable.
        place: The place with its name filled in.
    """

    app: Any
    place: Place


def load(place: Place) -> Found:
    """Load the app: import its module, find it there, call its factory.

    Raises:
        CommandError: If the module fails, or holds no app.
        SegueError: Whatever the user's module itself did wrong.
    """
    module = _import(place)
    if place.name is not None:
        value = _attribute(module, place)
        return Found(_made(value, place) if place.factory else value, place)
    name, factory = _look_for_app(module, place)
    found = replace(place, name=name, factory=factory)
    value = getattr(module, name)
    return Found(_made(value, found) if factory else value, found)


def load_app(place: Place) -> App:
    """Load an app that must be a Segue `App`.

    Raises:
        CommandError: If it is another WSGI or ASGI application.
    """
    found = load(place)
    if not isinstance(found.app, App):
        raise CommandError(
            "SG-CLI-007",
            f"{found.place} is no Segue App but a {type(found.app).__name__}.",
            why="Only `segue run` and `segue serve` work with other applications.",
            fix="Name an App: segue --app module:name ...",
        )
    return found.app


def _import(place: Place) -> ModuleType:
    if place.folder not in sys.path:
        sys.path.insert(0, place.folder)
    try:
        return importlib.import_module(place.module)
    except SegueError:
        raise  # it already says what, why, where and fix
    except ModuleNotFoundError as error:
        if _is_part_of(error.name, place.module):
            _refuse_module(place, error)
        _refuse_import(place, error)
    # A module that calls sys.exit() while it is imported holds no app either.
    except (Exception, SystemExit) as error:
        _refuse_import(place, error)


def _is_part_of(name: str | None, module: str) -> bool:
    return name is not None and f"{module}.".startswith(f"{name}.")


def _refuse_module(place: Place, error: ModuleNotFoundError) -> NoReturn:
    folder = Path(place.folder)
    known = [path.stem for path in python_files(folder)]
    near = did_you_mean(place.module, known)
    raise CommandError(
        "SG-CLI-002",
        f"There is no module {error.name!r} in {folder}.{near}",
        why=f"The app was named as {place}.",
        fix="Name a module that can be imported from this folder: --app module:name",
    ) from error


def _refuse_import(place: Place, error: BaseException) -> NoReturn:
    said = str(error).strip() or "no message"
    raise CommandError(
        "SG-CLI-004",
        f"Importing {place.module} failed: {type(error).__name__}: {said}",
        why="The app cannot be loaded while its own code raises.",
        fix="Mend the last line named above; segue --traceback ... shows every frame.",
        where=_own_frames(error, Path(place.folder)),
    ) from error


def _own_frames(error: BaseException, folder: Path) -> list[str]:
    """Build one line per frame of the user's own code, the failing one last."""
    root = folder.resolve()
    frames = [
        f"{path.relative_to(root)}:{line} {name}{_source(path, line)}"
        for path, line, name in _frames(error.__traceback__)
        if path.is_relative_to(root) and "site-packages" not in path.parts
    ]
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        path = Path(error.filename)
        shown = path.relative_to(root) if path.is_relative_to(root) else path
        text = (error.text or "").strip()
        frames.append(f"{shown}:{error.lineno} {text}".rstrip())
    return frames


def _frames(traceback: TracebackType | None) -> Iterator[tuple[Path, int, str]]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        yield Path(code.co_filename), traceback.tb_lineno, code.co_qualname
        traceback = traceback.tb_next


def _source(path: Path, line: int) -> str:
    text = linecache.getline(str(path), line).strip()
    return f"  {text}" if text else ""


def _attribute(module: ModuleType, place: Place) -> Any:
    value: Any = module
    for part in (place.name or "").split("."):
        if not hasattr(value, part):
            near = did_you_mean(part, _callables(value))
            raise CommandError(
                "SG-CLI-005",
                f"{place.module} has no {place.name!r}.{near}",
                why="That is where the app was said to be.",
                fix=f"Assign it there: {place.name} = App()",
                where=[_file_of(module)],
            )
        value = getattr(value, part)
    if not callable(value):
        raise CommandError(
            "SG-CLI-005",
            f"{place} is a {type(value).__name__}, no app.",
            why="An app is an App, or another WSGI or ASGI callable.",
            fix="Name the app itself: --app module:name",
            where=[_file_of(module)],
        )
    return value


def _callables(holder: Any) -> list[str]:
    names = (name for name in dir(holder) if not name.startswith("_"))
    return [name for name in names if callable(getattr(holder, name, None))]


def _look_for_app(module: ModuleType, place: Place) -> tuple[str, bool]:
    members = vars(module)
    for name in _NAMES:
        value = members.get(name)
        if isinstance(value, App) or (callable(value) and not inspect.isclass(value)):
            return name, False
    apps = {id(value): n for n, value in members.items() if isinstance(value, App)}
    if len(apps) == 1:
        return next(iter(apps.values())), False
    if len(apps) > 1:
        names = ", ".join(apps.values())
        raise CommandError(
            "SG-CLI-003",
            f"{place.module} holds {len(apps)} apps: {names}.",
            why="Guessing could start the wrong one.",
            fix=f"Call one of them `app`, or say which: --app {place.module}:NAME",
            where=[_file_of(module)],
        )
    for name in _FACTORIES:
        if callable(members.get(name)):
            return name, True
    raise CommandError(
        "SG-CLI-005",
        f"{place.module} holds no App.",
        why="Without an app there is nothing to run.",
        fix="Add one: from segue import App; app = App()",
        where=[_file_of(module)],
    )


def _file_of(module: ModuleType) -> str:
    return f"{module.__file__ or module.__name__}:1 {module.__name__}"


def _made(factory: Any, place: Place) -> Any:
    """Call a factory, which must need nothing and return an app."""
    try:
        app = factory()
    except SegueError:
        raise
    except Exception as error:
        said = str(error).strip() or "no message"
        raise CommandError(
            "SG-CLI-006",
            f"{place} failed: {type(error).__name__}: {said}",
            why="A factory is called without arguments and returns the app.",
            fix="Give its parameters defaults and mend the last line named above.",
            where=_own_frames(error, Path(place.folder)),
        ) from error
    if not callable(app) or inspect.iscoroutine(app):
        kind = type(app).__name__
        if inspect.iscoroutine(app):
            app.close()
        raise CommandError(
            "SG-CLI-006",
            f"{place} returned a {kind}, no app.",
            why="A factory is called without arguments and returns the app.",
            fix="Return the App; a factory is a plain `def`.",
        )
    return app

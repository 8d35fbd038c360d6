"""`--app`: which app a command works with, and the app itself."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from segue.app import App
from segue.cli.development import has_key, mark
from segue.cli.discovery import load_app
from segue.cli.place import Place, find_place, parse_place

__all__ = ["app_of_commands", "app_option", "chosen_app", "chosen_place"]

_VARIABLE: Final = "SEGUE_APP"

_C = TypeVar("_C", bound=Callable[..., Any])


def app_option(function: _C) -> _C:
    """Add `--app` to a command; the same option before the command works too."""
    return click.option(
        "--app",
        "app_text",
        metavar="MODULE:NAME",
        help="The app: module:name, module:factory() or its file.",
    )(function)


def chosen_place(app_text: str | None) -> Place:
    """Find the place of the app: from the command, the group, `SEGUE_APP`, here.

    Raises:
        CommandError: If nothing was named and nothing was found.
    """
    context = click.get_current_context(silent=True)
    outer = context.find_root().params.get("app_text") if context else None
    text = app_text or outer or os.environ.get(_VARIABLE)
    folder = Path.cwd()
    return parse_place(text, folder) if text else find_place(folder)


def chosen_app(app_text: str | None) -> App:
    """Load the chosen app for a command of development that works with its parts.

    Raises:
        SegueError: If the app cannot be found or loaded.
    """
    return _load(chosen_place(app_text), development=True)


def app_of_commands() -> App:
    """Load the chosen app for a command of its own.

    Such a command runs in production too, where a missing secret key must not be
    made up. So the key of development counts only where `segue run` kept one.

    Raises:
        SegueError: If the app cannot be found or loaded.
    """
    return _load(chosen_place(None), development=has_key(Path.cwd()))


def _load(place: Place, *, development: bool) -> App:
    mark(development=development)
    app = load_app(place)
    if development:
        app.debug = True
    return app

"""`segue openapi`: print the document, write it, or tell whether a file still is it."""

import difflib
import json
import sys
from pathlib import Path
from typing import Any

from segue.app import App
from segue.core.errors import CommandError
from segue.openapi.serving import Served

__all__ = ["document_at", "print_document"]


def print_document(app: App, out: str = "", check: str = "", path: str = "") -> None:
    """Print the OpenAPI document of the app.

    Args:
        app: The app of this folder.
        out: Write it to this file.
        check: Compare it with this file; exit with 1 when they differ.
        path: Of several documents the one that is served here.
    """
    text = written(document_at(app, path))
    if check:
        compare(check, text)
    elif out:
        Path(out).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def document_at(app: App, path: str) -> dict[str, Any]:
    """Build the document that is served at a path, the first where none is named."""
    return chosen(app, path).document()


def chosen(app: App, path: str) -> Served:
    """Find the document that is meant.

    Raises:
        CommandError: There is none at the path.
    """
    documents: list[Served] = app.state.openapi
    for each in documents:
        if path in ("", each.path):
            return each
    raise CommandError(
        "SG-OAPI-006",
        f"No document is served at {path!r}.",
        why="The app has: " + ", ".join(each.path for each in documents) + ".",
        fix=f"Write --path {documents[0].path}",
    )


def written(document: dict[str, Any]) -> str:
    """Write a document for people and for version control."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def compare(name: str, text: str) -> None:
    """Print what differs between a file and the document.

    Raises:
        CommandError: Something does, or the file cannot be read.
    """
    try:
        known = Path(name).read_text(encoding="utf-8")
        same = json.loads(known) == json.loads(text)
    except (OSError, ValueError) as error:
        raise CommandError(
            "SG-OAPI-007",
            f"{name} cannot be read as a document: {error}.",
            why="There is nothing to compare the app with.",
            fix=f"Write it: segue openapi --out {name}",
        ) from error
    if same:
        return
    lines = difflib.unified_diff(
        written(json.loads(known)).splitlines(),
        text.splitlines(),
        name,
        "the app",
        lineterm="",
        n=4,
    )
    sys.stdout.write("\n".join(lines) + "\n")
    raise CommandError(
        "SG-OAPI-008",
        f"{name} is not what the app says.",
        why="Clients that were made from it would ask for what is not there.",
        fix=f"Look at the difference, then: segue openapi --out {name}",
    )

"""Where a written client goes: to a file, beside one to compare it with, or out."""

import difflib
import sys
from pathlib import Path
from typing import Final

from segue.core.errors import CommandError

__all__ = ["deliver"]

_LONGEST: Final = 200


def deliver(text: str, *, out: str = "", check: str = "") -> None:
    """Write a client to a file, compare it with one, or print it.

    Raises:
        CommandError: The file differs, or cannot be read or written.
    """
    if check:
        _compare(check, text)
    elif out:
        _write(out, text)
    else:
        sys.stdout.write(text)


def _write(name: str, text: str) -> None:
    path = Path(name)
    try:
        # One that is written anew makes watchers build anew.
        if not path.exists() or path.read_bytes() != text.encode():
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CommandError(
            "SG-CLIENT-004",
            f"{name} cannot be written: {error.strerror or error}.",
            why="The client has to be somewhere before it can be imported.",
            fix="Give --out a file in a folder that is there.",
        ) from error


def _compare(name: str, text: str) -> None:
    """Print what differs between a file and the client."""
    try:
        known = Path(name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CommandError(
            "SG-CLIENT-005",
            f"{name} cannot be read: {error}.",
            why="There is nothing to compare the app with.",
            fix=f"Write it: segue client ts --out {name}",
        ) from error
    if known == text:
        return
    lines = list(
        difflib.unified_diff(
            known.splitlines(), text.splitlines(), name, "the app", lineterm=""
        )
    )
    shown = lines[:_LONGEST]
    if len(lines) > len(shown):
        shown.append(f"... and {len(lines) - len(shown)} lines more")
    sys.stdout.write("\n".join(shown) + "\n")
    raise CommandError(
        "SG-CLIENT-006",
        f"{name} is not what the app says.",
        why="Who calls the app through it asks for what is not there, or misses "
        "what is.",
        fix=f"Write it anew: segue client ts --out {name}",
    )

"""Asks whoever sits at the terminal."""

import sys
from collections.abc import Callable

__all__ = ["asking"]


def asking() -> Callable[[str], str] | None:
    """Give the function that asks, or None where nobody sits."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    return ask


def ask(question: str) -> str:
    """Ask a question and read one line; an end of the input is an empty one."""
    try:
        return input(f"{question} ")
    except EOFError:
        return ""

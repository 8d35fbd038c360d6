"""Markdown: tables, and the head and foot every result has."""

from collections.abc import Iterable, Sequence
from typing import Any

from measure.outcome import Outcome

__all__ = ["document", "table"]


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Build a table; the first column is text, the others are figures."""
    lines = [
        "| " + " | ".join(headers) + " |",
        "|---|" + "---:|" * (len(headers) - 1),
    ]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def document(title: str, outcome: Outcome, parts: Iterable[str]) -> str:
    """Join a result: title, what it says, where and how it was made, what is missing.

    The text ends with one newline, as files do.
    """
    pieces = [f"# {title}", *parts, failures(outcome), origin(outcome.about)]
    return "\n\n".join(piece.strip() for piece in pieces if piece) + "\n"


def failures(outcome: Outcome) -> str:
    """Name what could not be measured, and why."""
    if not outcome.failures:
        return ""
    lines = ["## Not measured", ""]
    for label, why in outcome.failures.items():
        last = why.strip().splitlines()[-1] if why.strip() else "no output"
        lines.append(f"* {label}: `{last[:200]}`")
    return "\n".join(lines)


def origin(about: dict[str, Any]) -> str:
    """Say what made these figures, so that they can be made again."""
    versions = ", ".join(f"{k} {v}" for k, v in about["versions"].items())
    lines = [
        "## Made by",
        "",
        f"`{about['command']}` on {about['date']} in {about['seconds']:,} s.",
        "",
        f"* CPU: {about['cpu']}; {about['system']}",
        f"* load average before the first round: {about['load']}",
        f"* Python {about['python']}",
    ]
    if about["node"]:
        lines.append(f"* Node {about['node']}")
    return "\n".join([*lines, f"* {versions}"])

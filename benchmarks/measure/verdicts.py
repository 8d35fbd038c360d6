"""Comparisons: is one row cheaper than another beyond the spread of the run?"""

from measure.outcome import Cell, Outcome

__all__ = ["best", "compare", "ratio", "rows_of"]


def rows_of(outcome: Outcome, **wanted: str) -> list[str]:
    """List the labels of the rows whose fields have these values."""
    return [
        label
        for label, row in outcome.rows.items()
        if all(row.get(name) == value for name, value in wanted.items())
    ]


def best(outcome: Outcome, labels: list[str], quantity: str) -> str | None:
    """Return the label with the lowest median; None when nothing was measured."""
    measured = [label for label in labels if outcome.cell(label, quantity)]
    if not measured:
        return None
    return min(measured, key=lambda label: outcome.cell(label, quantity).middle)


def compare(ours: Cell, theirs: Cell) -> str:
    """Say `less` or `more` only when no reading of one reaches into the other's.

    One round has no spread, so nothing is said.
    """
    if min(len(ours.readings), len(theirs.readings)) < 2:
        return ""
    if ours.high < theirs.low:
        return "less"
    if ours.low > theirs.high:
        return "more"
    return "within the spread"


def ratio(ours: Cell, theirs: Cell) -> str:
    """Write how many times as much, with what the spread leaves possible."""
    if not ours or not theirs or theirs.middle <= 0 or theirs.low <= 0:
        return "-"
    middle = ours.middle / theirs.middle
    low, high = ours.low / theirs.high, ours.high / theirs.low
    if len(ours.readings) == 1:
        return f"{middle:.2f}"
    return f"{middle:.2f} ({low:.2f}-{high:.2f})"

"""What an experiment measured: cells with their spread, kept as JSON."""

import json
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Cell", "Outcome", "read_outcome", "write_outcome"]


@dataclass(slots=True)
class Cell:
    """All readings of one quantity: what is shown is the median and the spread."""

    readings: list[float] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """The median: what the tables show."""
        return statistics.median(self.readings)

    @property
    def low(self) -> float:
        """The lowest reading."""
        return min(self.readings)

    @property
    def high(self) -> float:
        """The highest reading."""
        return max(self.readings)

    def __bool__(self) -> bool:
        return bool(self.readings)

    def text(self, digits: int = 1) -> str:
        """Write the median, with the spread where there is one."""
        if not self.readings:
            return "-"
        shown = f"{self.middle:,.{digits}f}"
        if len(self.readings) == 1:
            return shown
        return f"{shown} ({self.low:,.{digits}f}-{self.high:,.{digits}f})"


@dataclass(slots=True)
class Outcome:
    """Rows of cells by name, and what could not be measured.

    Args:
        rows: One dict a row: `label` and whatever the report sorts and groups by.
        cells: (label, quantity) to readings.
        failures: Label to the reason, for what was skipped.
    """

    name: str
    about: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, label: str, quantity: str, value: float) -> None:
        """Add one reading."""
        self.cells.setdefault((label, quantity), Cell()).readings.append(value)

    def cell(self, label: str, quantity: str) -> Cell:
        """Return the readings of a cell; an empty cell when there are none."""
        return self.cells.get((label, quantity), Cell())

    def fail(self, label: str, why: str) -> None:
        """Note why a row, or a part of it, is missing; the first reason stays."""
        if label not in self.failures:
            self.failures[label] = why or "no output"
            print(f"    failed: {label}: {self.failures[label].splitlines()[-1]}")


def write_outcome(outcome: Outcome, folder: Path) -> None:
    """Keep every reading, so that tables and charts can be made again."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            **row,
            "label": label,
            "cells": {
                quantity: [round(value, 4) for value in cell.readings]
                for (owner, quantity), cell in outcome.cells.items()
                if owner == label
            },
        }
        for label, row in outcome.rows.items()
    ]
    document = {
        "name": outcome.name,
        "about": outcome.about,
        "failures": outcome.failures,
        "rows": rows,
    }
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (folder / f"{outcome.name}.json").write_text(text + "\n")


def read_outcome(path: Path) -> Outcome:
    """Load what `write_outcome` kept."""
    document = json.loads(path.read_text())
    outcome = Outcome(document["name"], document["about"])
    outcome.failures = document["failures"]
    for row in document["rows"]:
        label, cells = row.pop("label"), row.pop("cells")
        outcome.rows[label] = row
        for quantity, readings in cells.items():
            outcome.cells[label, quantity] = Cell(readings)
    return outcome

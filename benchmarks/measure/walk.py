"""`walk`: nanoseconds of CPU per request over a bare callable, without a server.

This is the gate: what Segue itself costs, with nothing of a server's in the figure.
"""

from typing import Any

from measure.child import ChildFailed, run_inside
from measure.outcome import Outcome
from measure.questions import QUESTIONS, Question

__all__ = ["LIMITS", "PROTOCOLS", "gate_held", "measure_walk"]

LIMITS = {"plaintext": 1000, "order": 2500}
"""Nanoseconds over the bare callable that a request may cost at most."""

PROTOCOLS = ("wsgi", "asgi", "rsgi")

OURS = {
    "wsgi": {"segue sync": "segue_app:sync_app"},
    "asgi": {
        "segue async": "segue_app:async_app",
        "segue inline": "segue_app:inline_app",
    },
    "rsgi": {
        "segue async": "segue_app:async_app",
        "segue inline": "segue_app:inline_app",
    },
}

OTHERS = {
    "wsgi": {
        name: f"{name}_app:app"
        for name in ("falcon", "bottle", "pyramid", "flask", "django")
    },
    "asgi": {name: f"{name}_app:app" for name in ("starlette", "litestar", "fastapi")},
    "rsgi": {},
}


def measure_walk(rounds: int, core: int, *, quick: bool) -> Outcome:
    """Measure the gate on all protocols, then our rivals once beside it."""
    outcome = Outcome("walk")
    iterations, batches = (500, 8) if quick else (2000, 40)
    for protocol in PROTOCOLS:
        for question in QUESTIONS:
            task = task_of(protocol, question, OURS[protocol])
            task |= {"iterations": iterations, "batches": batches}
            for _ in range(rounds):
                take_round(outcome, task, core)
            show(outcome, protocol, question)
        # The rivals run apart: slow neighbours would empty the caches of the gate.
        for question in QUESTIONS:
            if OTHERS[protocol]:
                task = task_of(protocol, question, OTHERS[protocol])
                task |= {"iterations": iterations // 4, "batches": batches // 2}
                take_round(outcome, task, core, gate=False)
    measure_frames(outcome, core)
    return outcome


def task_of(protocol: str, question: Question, apps: dict[str, str]) -> dict[str, Any]:
    """Build what `inside.walk` reads."""
    path, _, query = question.path.partition("?")
    return {
        "protocol": protocol,
        "question": question.name,
        "method": question.method,
        "path": path,
        "query": query,
        "body": question.body,
        "expected": question.expected,
        "contestants": {"bare": f"raw_{protocol}:app", **apps},
    }


def take_round(
    outcome: Outcome, task: dict[str, Any], core: int, *, gate: bool = True
) -> None:
    """Run one round in a process of its own and keep the differences to bare."""
    protocol, question = task["protocol"], task["question"]
    try:
        result = run_inside("walk", core, task)
    except ChildFailed as error:
        outcome.fail(f"{protocol} {question}", str(error))
        return
    for name, why in result["failures"].items():
        outcome.fail(f"{protocol} {name}", why)
    least = result["least"]
    for name, nanos in least.items():
        label = f"{protocol} {name}"
        outcome.rows.setdefault(label, {"protocol": protocol, "family": name})
        if gate or name != "bare":
            outcome.add(label, question, nanos)
        if name != "bare" and "bare" in least:
            outcome.add(label, f"{question} over", nanos - least["bare"])


def measure_frames(outcome: Outcome, core: int) -> None:
    """Count the frames above a handler."""
    try:
        found = run_inside("frames", core)
    except ChildFailed as error:
        outcome.fail("frames", str(error))
        return
    for name, count in found.items():
        protocol, _, kind = name.partition(" ")
        label = f"{protocol} segue {kind}"
        row = {"protocol": protocol, "family": f"segue {kind}"}
        outcome.rows.setdefault(label, row)
        outcome.add(label, "frames", count)


def show(outcome: Outcome, protocol: str, question: Question) -> None:
    """Print the figure as soon as it is there."""
    for name in OURS[protocol]:
        cell = outcome.cell(f"{protocol} {name}", f"{question.name} over")
        limit = LIMITS.get(question.name)
        wanted = f" (at most {limit:,})" if limit else ""
        line = f"{cell.text(0)} ns over bare{wanted}"
        print(f"  {protocol} {name:14} {question.name:10} {line}")


def gate_held(outcome: Outcome) -> bool:
    """Say whether every protocol and colour was measured and is within the limits."""
    cells = [
        (outcome.cell(f"{protocol} {name}", f"{question} over"), limit)
        for protocol in PROTOCOLS
        for name in OURS[protocol]
        for question, limit in LIMITS.items()
    ]
    return all(cell and cell.middle <= limit for cell, limit in cells)

"""Time what stands between a server and a handler: `python -m inside.walk PROTOCOL`.

One process is one round. The contestants take turns in short batches, so a slow moment
of the machine falls on all; the least disturbed batch of each is kept, which is the one
that says most about the code. The parent runs several such processes and looks at how
they differ: the layout of memory changes from one to the next.
"""

import asyncio
import importlib
import json
import sys
import time
from typing import Any

from inside.fakes import (
    Call,
    Heard,
    NotImmediate,
    Runner,
    asgi_calls,
    rsgi_calls,
    wsgi_calls,
)

__all__ = ["main"]

CALLERS = {"wsgi": wsgi_calls, "asgi": asgi_calls, "rsgi": rsgi_calls}


def load_app(target: str) -> Any:
    """Import `module:name`."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def right(heard: Heard, expected: Any) -> bool:
    """Say whether an answer is the expected text or data."""
    if heard.status != 200:
        return False
    if isinstance(expected, str):
        return heard.body.decode() == expected
    return bool(json.loads(heard.body) == expected)


def prepare(task: dict[str, Any]) -> tuple[dict[str, Runner], dict[str, str]]:
    """Build a runner for each contestant that answers rightly; say why others not."""
    call = Call(task["method"], task["path"], task["query"], task["body"].encode())
    caller = CALLERS[task["protocol"]]
    runners: dict[str, Runner] = {}
    failures = {}
    for label, target in task["contestants"].items():
        try:
            runner = caller(load_app(target), call)
            heard = runner(1)
            if right(heard, task["expected"]):
                runners[label] = runner
            else:
                failures[label] = f"answered {heard.status} {heard.body[:120]!r}"
        except NotImmediate:
            failures[label] = "it waits for something: not measurable in process"
        # A peer that cannot be loaded is reported; the others are still measured.
        except Exception as error:
            failures[label] = f"{type(error).__name__}: {error}"
    return runners, failures


def compete(
    runners: dict[str, Runner], iterations: int, batches: int
) -> dict[str, list[float]]:
    """Let the contestants take turns; return nanoseconds of CPU for each batch."""
    taken: dict[str, list[float]] = {label: [] for label in runners}
    order = list(runners)
    for label in order:
        runners[label](iterations)
    for number in range(batches):
        turn = number % len(order)
        for label in order[turn:] + order[:turn]:
            runner = runners[label]
            start = time.process_time_ns()
            runner(iterations)
            taken[label].append((time.process_time_ns() - start) / iterations)
    return taken


def round_of(task: dict[str, Any]) -> dict[str, Any]:
    """Run one round."""
    runners, failures = prepare(task)
    taken: dict[str, list[float]] = {}
    if runners:
        taken = compete(runners, task["iterations"], task["batches"])
    least = {label: min(values) for label, values in taken.items()}
    return {"least": least, "failures": failures}


async def round_in_loop(task: dict[str, Any]) -> dict[str, Any]:
    """Run one round below a running loop, which ASGI and RSGI applications may ask."""
    return round_of(task)


def main() -> None:
    """Read a task on stdin, write its result on stdout."""
    task = json.load(sys.stdin)
    if task["protocol"] == "wsgi":
        result = round_of(task)
    else:
        result = asyncio.run(round_in_loop(task))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()

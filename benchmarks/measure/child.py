"""Run a program of `inside/` in the peers' environment and read its JSON."""

import json
import subprocess
from typing import Any

from measure.places import PEERS, PYTHON, child_environment

__all__ = ["ChildFailed", "run_inside"]


class ChildFailed(Exception):
    """A measuring program ended with an error; the message is its last line."""


def run_inside(module: str, core: int, task: Any = None, seconds: float = 600) -> Any:
    """Run `python -m inside.<module>` pinned to a core, task in, result out."""
    try:
        done = subprocess.run(
            ["taskset", "-c", str(core), str(PYTHON), "-m", f"inside.{module}"],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            cwd=PEERS,
            env=child_environment(),
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise ChildFailed(f"no result after {seconds:.0f} s") from error
    if done.returncode != 0:
        raise ChildFailed(done.stderr.strip()[-500:] or f"exit {done.returncode}")
    # A peer may print on stdout while it is imported; the result is the last line.
    return json.loads(done.stdout.strip().splitlines()[-1])

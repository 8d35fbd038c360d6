"""`import`: how long a framework takes to import, and what its hello world weighs.

Each figure comes from a fresh process; the rounds are interleaved. Time is the best of
all rounds (a start can only be disturbed upwards), memory the median.
"""

import subprocess
import time

from measure.outcome import Outcome
from measure.places import BENCHMARKS, PEERS, PYTHON, child_environment

__all__ = ["KINDS", "measure_import"]

KINDS = {
    "python": "wsgi",
    "segue": "wsgi",
    "bottle": "wsgi",
    "falcon": "wsgi",
    "flask": "wsgi",
    "pyramid": "wsgi",
    "django": "wsgi",
    "starlette": "asgi",
    "litestar": "asgi",
    "fastapi": "asgi",
    "blacksheep": "none",
    "sanic": "none",
    "aiohttp": "none",
    "tornado": "none",
    "robyn": "none",
    "emmett55": "none",
}
"""Framework to how its hello world is asked once; `none`: only with its own server."""


def measure_import(rounds: int, core: int, wanted: str) -> Outcome:
    """Start every hello world `rounds` times, in turn."""
    outcome = Outcome("import")
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    for name, kind in KINDS.items():
        if not names or name in names or name == "python":
            outcome.rows[name] = {"family": name, "kind": kind}
    # The first start of each writes byte code and fills the disk's cache.
    for number in range(rounds + 1):
        for name in list(outcome.rows):
            if name not in outcome.failures:
                start_once(outcome, name, core, counts=number > 0)
    for name in outcome.failures:
        outcome.rows.pop(name, None)
    return outcome


def start_once(outcome: Outcome, name: str, core: int, *, counts: bool) -> None:
    """Start one hello world in a fresh process and keep what it says."""
    program = str(BENCHMARKS / "inside" / "hello.py")
    start = time.perf_counter()
    done = subprocess.run(
        ["taskset", "-c", str(core), str(PYTHON), program, name, KINDS[name]],
        capture_output=True,
        text=True,
        cwd=PEERS / "hello",
        env=child_environment(PYTHONPATH=hello_path()),
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=120,
    )
    whole = (time.perf_counter() - start) * 1e3
    words = done.stdout.split()[-4:]
    if done.returncode != 0 or len(words) < 4 or words[3] != "1":
        outcome.fail(name, done.stderr.strip()[-500:] or f"printed {done.stdout!r}")
        return
    if counts:
        outcome.add(name, "import", float(words[0]))
        outcome.add(name, "hello", float(words[1]))
        outcome.add(name, "memory", float(words[2]))
        outcome.add(name, "process", whole)


def hello_path() -> str:
    """Put the hello worlds on the path, and our sources."""
    return f"{BENCHMARKS.parent / 'src'}:{PEERS / 'hello'}"

"""Where things are, and the environment every measured process gets."""

import os
from pathlib import Path

__all__ = ["BENCHMARKS", "PEERS", "PYTHON", "RESULTS", "child_environment"]

BENCHMARKS = Path(__file__).resolve().parent.parent
PEERS = BENCHMARKS / "peers"
RESULTS = BENCHMARKS / "results"
PYTHON = BENCHMARKS / ".venv" / "bin" / "python"


def child_environment(**more: str) -> dict[str, str]:
    """Build the environment of a measured process: our sources, production."""
    path = os.pathsep.join(
        [str(BENCHMARKS.parent / "src"), str(PEERS), str(BENCHMARKS)]
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": path, "NODE_ENV": "production", **more}

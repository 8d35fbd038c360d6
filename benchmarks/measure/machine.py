"""What a table must say about where it was made."""

import datetime as dt
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from measure.places import BENCHMARKS, PEERS, PYTHON, child_environment

__all__ = ["about", "processor"]


def processor() -> str:
    """Name the CPU as the system does."""
    text = Path("/proc/cpuinfo").read_text()
    found = re.search(r"model name\s*:\s*(.+)", text)
    return found[1].strip() if found else platform.machine()


def about(arguments: list[str]) -> dict[str, Any]:
    """Collect date, machine, command and versions; the load says how quiet it was."""
    return {
        "command": " ".join(["python", "benchmarks/run.py", *arguments]),
        "date": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": f"{processor()}, {os.cpu_count()} cores",
        "system": f"Linux {platform.release()}",
        "python": output([str(PYTHON), "-c", "import sys; print(sys.version)"]),
        "node": output(["node", "--version"]) if shutil.which("node") else "",
        "versions": python_versions() | node_versions(),
        "load": " ".join(f"{value:.2f}" for value in os.getloadavg()),
    }


def output(command: list[str]) -> str:
    """Run a command for its first line."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=child_environment()
    )
    lines = done.stdout.splitlines()
    return lines[0] if lines else ""


def python_versions() -> dict[str, str]:
    """Ask the environment for the versions of the pinned distributions."""
    text = (BENCHMARKS / "requirements.txt").read_text()
    names = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    program = (
        "import importlib.metadata as m, json, sys\n"
        "print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    )
    line = output([str(PYTHON), "-c", program, *names])
    if not line:
        sys.exit("benchmarks/.venv is missing: run python benchmarks/setup.py")
    versions: dict[str, str] = json.loads(line)
    return versions


def node_versions() -> dict[str, str]:
    """Read the versions of the Node peers that are installed."""
    found = {}
    for name in ("express", "fastify", "ajv"):
        manifest = PEERS / "node_modules" / name / "package.json"
        if manifest.exists():
            found[name] = json.loads(manifest.read_text())["version"]
    return found

"""`import segue` loads what the first request needs, and nothing else."""

import os
import subprocess
import sys

import pytest

HEAVY = {
    "asyncio",
    "click",
    "concurrent.futures",
    "email",
    "granian",
    "http.client",
    "http.cookies",
    "jinja2",
    "logging",
    "mimetypes",
    "multiprocessing",
    "socket",
    "sqlalchemy",
    "ssl",
    "subprocess",
    "tempfile",
    "urllib.request",
    "uvicorn",
    "watchfiles",
}
ROOMS_OF_THE_CORE = {"segue", "segue.app", "segue.group", "segue.core"}


def _loaded_by(statement):
    """Give the modules that the statement loads in a Python without site packages."""
    code = (
        f"import sys; old = set(sys.modules); {statement}; "
        "print(*sorted(set(sys.modules) - old))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],  # without site: no .pth file imports first
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def loaded():
    return _loaded_by("import segue")


def test_importing_segue_loads_nothing_heavy(loaded):
    assert loaded & HEAVY == set()


def test_importing_segue_loads_no_battery(loaded):
    rooms = {".".join(name.split(".")[:2]) for name in loaded if "segue" in name}

    assert rooms <= ROOMS_OF_THE_CORE


def test_the_probe_would_see_a_heavy_module():
    assert "asyncio" in _loaded_by("import asyncio")

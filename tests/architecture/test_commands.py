"""The commands that the README and CONTRIBUTING name are the ones there are."""

import importlib.util
import re
import subprocess
import sys

import pytest

NAMED = re.compile(r"python3 dev\.py (\w+)")


@pytest.fixture
def dev(root):
    spec = importlib.util.spec_from_file_location("dev", root / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", ".ci/run", "dev.py"])
def test_a_command_that_is_named_exists(dev, root, page):
    named = set(NAMED.findall((root / page).read_text(encoding="utf-8")))

    assert named
    assert named <= dev.COMMANDS.keys()


def test_an_unknown_command_prints_the_known_ones_and_installs_nothing(root):
    done = subprocess.run(
        [sys.executable, root / "dev.py", "tset"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "python3 dev.py test" in done.stdout


def test_the_main_job_is_there(dev):
    assert (dev.MAIN_JOB / "app.py").is_file()
    assert dev.BIN.parent.name.startswith(".venv-")


def test_ci_is_a_script_that_bash_can_read(root):
    done = subprocess.run(
        ["bash", "-n", root / ".ci" / "run"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr

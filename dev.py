"""The project's commands, for Python 3.11 or later and nothing else.

    python3 dev.py run      start the main job; it prints its address, Ctrl-C ends it
    python3 dev.py test     the fast tests; what follows goes to pytest
    python3 dev.py test --all       also the tests that need browsers and servers
    python3 dev.py test --cover     and hold the coverage to its floors
    python3 dev.py lint     ruff, import floors, mypy, pyright, the feature table
    python3 dev.py check    lint, then test --cover
    python3 dev.py features         write docs/features.md anew

Each of them first makes a virtual environment in the project, `.venv-3.13` under
Python 3.13, and installs into it what pyproject.toml asks for. That takes a minute
the first time and nothing later, until pyproject.toml changes.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
MAIN_JOB = ROOT / "examples" / "blog"
VENV = ROOT / f".venv-{sys.version_info.major}.{sys.version_info.minor}"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed"

CORE = "src/segue/core/*,src/segue/app.py,src/segue/group.py,src/segue/__init__.py"
LINTS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("lint-imports",),
    ("mypy",),
    ("pyright",),
)


def main(arguments: list[str]) -> int:
    """Prepare the environment, then do what was asked."""
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        sys.stdout.write(__doc__ or "")
        return 0 if name in {"help", "-h", "--help"} else 2
    prepare()
    os.chdir(ROOT)
    return COMMANDS[name](rest)


def prepare() -> None:
    """Make the virtual environment and install the project, once per pyproject.toml."""
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    sys.stderr.write(f"Installing into {VENV.name}: a minute, the first time only.\n")
    if not STAMP.exists():  # new, or left half made
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    pip = (str(PYTHON), "-m", "pip", "install", "-qq")
    for step in (
        ("--upgrade", "pip>=25.1"),  # the first pip that reads dependency groups
        ("--editable", ".[full]", "--group", "dev"),
    ):
        subprocess.run((*pip, *step), cwd=ROOT, check=True)  # noqa: S603 - our words
    STAMP.write_text(wanted, encoding="utf-8")


def run(arguments: list[str]) -> int:
    """Start the main job in place of this process, so that Ctrl-C reaches it."""
    os.chdir(MAIN_JOB)
    if "DATABASE_URL" not in os.environ and not (MAIN_JOB / "app.db").exists():
        for words in (("db", "migrate"), ("db", "seed")):
            subprocess.run((str(BIN / "segue"), *words), check=True)  # noqa: S603 - our words
    command = [str(BIN / "segue"), "run", *arguments]
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - no shell is what we want
    return call(*command)


def test(arguments: list[str]) -> int:
    """Run the tests; without `--all` only those that need nothing but Python."""
    known = {"--all", "--cover"}
    cover, rest = "--cover" in arguments, [a for a in arguments if a not in known]
    fast = ["-m", "pytest", "--quiet", "-m", "not service"]
    if not any(part.startswith("tests/") for part in rest):
        fast += ["-n", "auto", "--dist", "loadscope"]
    # Servers and browsers one after the other: they have a clock to keep.
    slow = ["-m", "pytest", "--quiet", "-m", "service"]
    runs = [fast, slow] if "--all" in arguments else [fast]
    if not cover:
        return max([call(str(PYTHON), *command, *rest) for command in runs])
    coverage = str(BIN / "coverage")
    call(coverage, "erase")
    failed = max([call(coverage, "run", *command, *rest) for command in runs])
    call(coverage, "combine", "--quiet")
    floors = (
        call(coverage, "report", f"--include={CORE}", "--fail-under=100"),
        call(coverage, "report", f"--omit={CORE}", "--fail-under=95"),
    )
    return failed or max(floors)


def lint(_arguments: list[str]) -> int:
    """Run every check that needs no test run, also after one has failed."""
    failed = [
        " ".join(words) for words in LINTS if call(str(BIN / words[0]), *words[1:])
    ]
    if call(str(PYTHON), "tools/features.py", "--check"):
        failed.append("tools/features.py --check")
    sys.stdout.write(f"failed: {', '.join(failed)}\n" if failed else "lint: all well\n")
    return len(failed)


def check(arguments: list[str]) -> int:
    """Do what must be green before a change is handed in."""
    linted = lint([])
    return test(["--cover", *arguments]) or linted


def features(_arguments: list[str]) -> int:
    """Write the feature table from the marks of the tests."""
    return call(str(PYTHON), "tools/features.py")


def call(*command: str) -> int:
    """Run a program of the environment and give its exit code."""
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    environ = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV)}
    return subprocess.run(command, env=environ, check=False).returncode  # noqa: S603 - our words


COMMANDS = {
    "run": run,
    "test": test,
    "lint": lint,
    "check": check,
    "features": features,
}


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)

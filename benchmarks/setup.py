"""Build the environment of the benchmarks: `python benchmarks/setup.py`.

Makes `benchmarks/.venv` with CPython 3.13 and the pinned Python peers, and
`benchmarks/peers/node_modules` with the Node peers. No lock file is kept: the pins in
`requirements.txt` and `peers/package.json` are what the results name.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VERSION = (3, 13)


def main() -> int:
    """Install what is missing; a missing Node only loses the Node peers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", help="a CPython 3.13 (default: found on PATH)")
    parser.add_argument("--no-node", action="store_true", help="skip the Node peers")
    options = parser.parse_args()
    install_python(options.python or find_python())
    if not options.no_node:
        install_node()
    for program in ("wrk", "taskset"):
        if shutil.which(program) is None:
            print(f"missing: {program} (a package of most systems)")
    return 0


def find_python() -> str:
    """Find an interpreter of the version that the results are measured with."""
    if sys.version_info[:2] == VERSION:
        return sys.executable
    found = shutil.which("python3.13")
    if found is None:
        sys.exit("No python3.13 on PATH: give one with --python.")
    return found


def install_python(python: str) -> None:
    """Create the environment and install the pinned peers into it."""
    venv = HERE / ".venv"
    interpreter = venv / "bin" / "python"
    if not interpreter.exists():
        subprocess.run([python, "-m", "venv", str(venv)], check=True)
    command = [str(interpreter), "-m", "pip", "install", "--quiet", "-r"]
    subprocess.run([*command, str(HERE / "requirements.txt")], check=True)


def install_node() -> None:
    """Install the Node peers, if there is a Node."""
    npm = shutil.which("npm")
    if npm is None:
        print("no npm: express, fastify and node are skipped")
        return
    flags = ["--no-package-lock", "--no-fund", "--no-audit"]
    subprocess.run([npm, "install", *flags], cwd=HERE / "peers", check=True)


if __name__ == "__main__":
    raise SystemExit(main())

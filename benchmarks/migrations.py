"""How long is `segue db check`? 200 tables in 100 revisions, without a database.

    python benchmarks/migrations.py            # prints medians of processor time
    python benchmarks/migrations.py --gate     # status 1 when check takes too long

Each round is a process of its own, as the command is. `import` is what it pays before
anything is compared: Python's, SQLAlchemy's and Alembic's modules. `check` is the whole
command after that; `files`, `replay` and `describe` are its parts, done once more.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
REVISIONS = 100
GATE = 300.0
PARTS = ("import", "check", "files", "replay", "describe")

WANTED = """
import sqlalchemy as sa

NAMES = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def column(number):
    types = [
        sa.String(50), sa.Integer(), sa.Text(), sa.Numeric(10, 2), sa.Boolean(),
        sa.DateTime(timezone=True), sa.JSON(), sa.Uuid(), sa.Enum("a", "b", name="e"),
    ]
    default = "1" if number == 1 else None
    return sa.Column(
        f"c{number}", types[number % len(types)], nullable=number % 3 == 0,
        server_default=default, index=number == 0,
    )


def build(revisions):
    metadata = sa.MetaData(naming_convention=NAMES)
    for number in range(revisions):
        for part in "ab":
            parts = [sa.Column("id", sa.Integer, primary_key=True)]
            parts += map(column, range(10))
            parts.append(sa.CheckConstraint("c1 > 0", name="positive"))
            if number:
                parent = sa.ForeignKey(f"t{number - 1}{part}.id")
                parts.append(sa.Column("parent_id", parent))
            if part == "a" and number + 1 < revisions:
                parts.append(sa.Column(f"later{number + 1}", sa.Integer))
            sa.Table(f"t{number}{part}", metadata, *parts)
    return metadata
"""

WRITER = """
import sys
from pathlib import Path
from segue.migrations import Answers, Migrations, make
from wanted import build

for number in range(1, int(sys.argv[1]) + 1):
    metadata = build(number)
    config = Migrations(target=lambda: metadata, url="sqlite://", folder=Path("files"))
    make(config, Answers(nothing_renamed=True))
"""

CHILD = """
import sys, time
from pathlib import Path
now = time.process_time
times = [now()]
from segue.migrations import Migrations, check
from segue.migrations.describe import describe
from segue.migrations.revisions import History
times.append(now())
from wanted import build
metadata = build(int(sys.argv[1]))
folder = Path("files")
config = Migrations(target=lambda: metadata, url="sqlite://", folder=folder)
for work in (
    lambda: check(config),
    lambda: History(folder),
    lambda: History(folder).state(),
    lambda: describe(metadata),
):
    start = now()
    work()
    times.append(now() - start)
print(times[1] - times[0], *times[2:4], times[4] - times[3], times[5])
"""


def run(text: str, folder: str) -> list[float]:
    """Run Python in a process of its own and read the numbers it prints."""
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", text, str(REVISIONS)],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**environ, "PYTHONPATH": os.pathsep.join([str(SOURCE), folder])},
    )
    return [float(word) * 1000 for word in done.stdout.split()]


def main() -> int:
    """Measure, print, and tell whether the gate is held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "wanted.py").write_text(WANTED)
        run(WRITER, folder)
        run(CHILD, folder)
        rounds = [run(CHILD, folder) for _ in range(options.rounds)]
    print(f"200 tables, {REVISIONS} revisions, {options.rounds} processes; ms of CPU")
    medians: dict[str, float] = {}
    for name, column in zip(PARTS, zip(*rounds, strict=True), strict=True):
        medians[name] = statistics.median(column)
        print(f"{name:10}{medians[name]:8.0f}  ({min(column):.0f}-{max(column):.0f})")
    held = medians["check"] < GATE
    print(f"gate: check below {GATE:.0f} ms: {'held' if held else 'NOT held'}")
    return 0 if held or not options.gate else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""Measure what the data layer costs: `python -m inside.data` (see results/data.md).

    python -m inside.data                                   # SQLite, in a scratch file
    python -m inside.data postgresql://user@host/database   # and PostgreSQL

CPU of this process for each operation: the bare driver, Segue, and the ORMs of
SQLAlchemy and Django. All take turns in short batches, and the least of each counts, so
that a busy machine hurts none of them; what is told is the ratio. All of them make
objects of the rows; the bare driver makes msgspec Structs.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from inside.data_bare import BarePostgres, BareSQLite
from inside.data_many import awaited, threaded
from inside.data_peers import DjangoPeer, SQLAlchemyPeer
from inside.data_segue import SeguePeer

__all__ = ["main"]

OUT = Path(__file__).resolve().parent.parent / "results" / "data.md"
ROUNDS = 25


class Work(NamedTuple):
    """One operation: what it is called, its method, how many are one batch."""

    title: str
    method: str
    batch: int


WORK = (
    Work("get by key", "get", 400),
    Work("list of 50 with a join", "list", 40),
    Work("list of 50 with a join, as JSON", "json", 40),
    Work("insert one", "insert", 40),
    Work("insert 1,000", "insert_many", 1),
)


def timed(call: Callable[[int], Any], count: int) -> float:
    """Give the CPU of one call, in microseconds."""
    start = time.process_time()
    for number in range(count):
        call(number)
    return (time.process_time() - start) / count * 1e6


def measure(peers: dict[str, Any]) -> list[tuple[str, dict[str, float]]]:
    """Let all take turns at each operation; give the least of each."""
    found: list[tuple[str, dict[str, float]]] = []
    for work in WORK:
        least = dict.fromkeys(peers, float("inf"))
        calls = {name: getattr(peer, work.method) for name, peer in peers.items()}
        for call in calls.values():
            timed(call, max(work.batch // 4, 1))
        for _ in range(ROUNDS):
            for name, call in calls.items():
                least[name] = min(least[name], timed(call, work.batch))
        found.append((work.title, least))
    return found


def table(rows: list[tuple[str, dict[str, float]]]) -> str:
    """Write what was found as a table: microseconds, and how often the bare driver."""
    names = list(rows[0][1])
    head = [f"| operation | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for title, least in rows:
        bare = least[names[0]]
        cells = [
            f"{micros:,.1f}" + ("" if name == names[0] else f" ({micros / bare:.2f} x)")
            for name, micros in least.items()
        ]
        head.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(head) + "\n"


def on(url: str) -> str:
    """Measure everything on one database; give the part of the page."""
    segue = SeguePeer(url)
    segue.fill()
    bare = (BareSQLite if url.startswith("sqlite") else BarePostgres)(url)
    peers = {
        "bare driver": bare,
        "Segue": segue,
        "SQLAlchemy ORM": SQLAlchemyPeer(url),
        "Django ORM": DjangoPeer(url),
    }
    parts = [table(measure(peers))]
    if url.startswith("postgresql"):
        parts += ["With 8 threads:\n", table(threaded(url, segue))]
        parts += ["With 32 tasks on an event loop:\n", table(awaited(url, segue))]
    for peer in peers.values():
        peer.close()
    segue.drop()
    return "\n".join(parts)


def alone(url: str) -> str:
    """Measure one database in a process of its own."""
    command = [sys.executable, "-m", "inside.data", "--on", url]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> None:
    """Measure, print, and write the page."""
    if sys.argv[1:2] == ["--on"]:
        print(on(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/bench.db"}
        if len(sys.argv) > 1:
            urls["PostgreSQL"] = sys.argv[1]
        parts = [f"## {name}\n\n{alone(url)}" for name, url in urls.items()]
    told = "\n".join(parts)
    print(told)
    head, mark, _ = OUT.read_text(encoding="utf-8").partition("<!-- measured -->\n")
    OUT.write_text(f"{head}{mark}\n{told}", encoding="utf-8")


if __name__ == "__main__":
    main()
